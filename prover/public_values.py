"""Public values of a proof: each in its one form, as many as a key can have."""

from __future__ import annotations

from collections.abc import Sequence

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.ground.errors import RangeError
from zkpipe.ground.kinds import describe, is_bool, is_of, items, whole_number

MOST_PUBLIC = 1 << BN254.two_adicity  # wires of the largest circuit
OF_FIXED = (
    "A Fixed[n, f] is public as its number of units, x * 2**f, and a Decimal[n, p] as x * 10**p"
)


def check_public(
    values: object, curve: Curve = BN254, names: Sequence[str] | None = None
) -> tuple[int, ...]:
    """Public values as Python integers, copied and checked: each in its one form, in [0, r).

    values  a list or an array, in their order (ground.kinds)
    names   of the values, for errors; None if they are not known

    Raises RangeError. A value v and v + r mean the same to the pairing: taking both would let a
    proof be used twice where each value may be used once.
    """
    listed = items(values)
    if listed is None:  # bytes and sets hold integers too
        raise RangeError(
            f"Public values were given as {describe(values)}, not as a list.",
            "Give a list of integers: outputs first, then public inputs.",
        )
    if len(listed) > MOST_PUBLIC:
        raise RangeError(
            f"{len(listed)} public values were given, more than any key has.",
            "Give the values of the circuit that the key belongs to.",
        )
    if names is not None and len(names) != len(listed):
        names = None
    return tuple(_checked(i, value, curve.r, names) for i, value in enumerate(listed))


def _checked(i: int, value: object, order: int, names: Sequence[str] | None) -> int:
    number = whole_number(value)
    if number is None or not 0 <= number < order:
        raise RangeError(
            f"{public_label(i, names)} is not an integer from 0 to r - 1.", _fix(value, number)
        )
    return number


def public_label(i: int, names: Sequence[str] | None) -> str:
    """How errors name a public value."""
    return f"Public value {i}, counted from 0," if names is None else f"Public value `{names[i]}`"


def _fix(value: object, number: int | None) -> str:
    """What to do about a value that is not in its one form."""
    if is_of(value, str):
        return "Give integers. The numbers in PUBLIC.json are texts, and load_public reads them."
    from decimal import Decimal
    from numbers import Real

    if number is None and issubclass(type(value), (Real, Decimal)) and not is_bool(value):
        return f"{OF_FIXED}."
    if number is not None and number < 0:
        return "A negative number is public as its residue: add the field's order r."
    return "Give each public value in its one form, below the field's order r."
