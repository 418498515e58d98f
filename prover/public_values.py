"""Public values of a proof: each in its one form, as many as a key can have."""

from __future__ import annotations

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.ground.errors import RangeError
from zkpipe.ground.kinds import describe, items, whole_number

MOST_PUBLIC = 1 << BN254.two_adicity  # wires of the largest circuit


def check_public(values: object, curve: Curve = BN254) -> tuple[int, ...]:
    """Public values as Python integers, copied and checked: each in its one form, in [0, r).

    values  a list or an array, in their order (ground.kinds)

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
    return tuple(_public_value(i, value, curve.r) for i, value in enumerate(listed))


def _public_value(i: int, value: object, order: int) -> int:
    number = whole_number(value)
    if number is None or not 0 <= number < order:
        raise RangeError(
            f"Public value {i} is not an integer from 0 to r - 1.",
            "Give each public value in its one form, below the field's order r.",
        )
    return number
