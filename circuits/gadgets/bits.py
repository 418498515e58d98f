"""Bits of a value, and values of bits.

Cost: n rows for n bits, 307 for all 254 bits of a Field; nothing for a value whose bits were taken
before, or for from_bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.circuits.gadgets.arguments import bits as checked_bits
from zkpipe.circuits.gadgets.arguments import misuse, whole
from zkpipe.circuits.language.plain.run import PlainEngine
from zkpipe.circuits.language.values.bounds import FIELD_BITS, MAX_BITS
from zkpipe.circuits.language.values.signal import (
    Signal,
    constant,
    flag,
    foreign,
    in_reach,
    plain_integer,
)
from zkpipe.ground.kinds import describe


def to_bits(value: Any, count: int) -> list[Any]:
    """The bits of a value from 0 to 2^count - 1, lowest first; proves that it is in that range.

    count  from 1 to 254; of 254 bits of a Field two sets could stand for one value, and 53 rows
           more prove that these are of the integer below r

    Raises InputError, or in a circuit CompileError, for another count, for an integer that may be
    negative, and for a constant that is r or more; UnsatisfiedError for one of more bits.
    """
    count = whole(
        "to_bits()",
        "count",
        count,
        1,
        FIELD_BITS,
        f"An element of the field has {FIELD_BITS} bits.",
    )
    if not isinstance(value, Signal):
        number = plain_integer(value)
        if number is None:
            raise misuse(
                "to_bits()",
                f"takes bits of {describe(value)}.",
                "Give a signal or a whole number.",
                "value",
                value,
            )
        if not 0 <= number < R:
            raise misuse(
                "to_bits()",
                f"takes bits of a number that is {'negative' if number < 0 else 'r or more'}.",
                "Give a whole number from 0 to r - 1, which stands for itself.",
                "value",
                value,
            )
        engine = PlainEngine("to_bits")
        return engine.bits(constant(engine, number), count)
    if value.scale is not None:
        raise misuse("to_bits()", f"takes bits of {value.kind()}.", "Take those of x.units.")
    if value.low is not None and value.low < 0:
        raise misuse(
            "to_bits()",
            f"takes bits of {value.kind()}, which may be negative.",
            "Add what makes it positive first: to_bits(x + 2**(n - 1), n) for an Int[n].",
        )
    is_narrow = value.high is not None and value.high < 1 << MAX_BITS
    needed = min(count, MAX_BITS) if is_narrow else count
    found = [flag(value.engine, bit) for bit in in_reach(value).bits(value, needed)]
    return found + [flag(value.engine, value.engine.constant(0)) for _ in range(count - needed)]


def from_bits(bits: Sequence[Any]) -> Any:
    """The integer that bits stand for, lowest first. Costs nothing, nor do its bits again.

    bits  a list or an array of at most 253 Bools

    Raises InputError, or in a circuit CompileError, for anything else.
    """
    checked = checked_bits("from_bits()", "bits", bits)
    if len(checked) > MAX_BITS:
        raise misuse(
            "from_bits()",
            f"takes {len(checked)} bits, more than fit the field.",
            f"Give {MAX_BITS} or fewer.",
            "bits",
        )
    signals = [bit for bit in checked if isinstance(bit, Signal)]
    if not signals or len(checked) == 1:
        return sum(bit << i for i, bit in enumerate(checked)) if not signals else signals[0]
    engine = in_reach(signals[0])
    if any(signal.engine is not engine for signal in signals):
        raise foreign()
    values = [bit if isinstance(bit, Signal) else constant(engine, bit) for bit in checked]
    low, high = (sum(bit.interval[k] << i for i, bit in enumerate(values)) for k in (0, 1))
    return Signal(engine, engine.number([bit.payload for bit in values]), low, high)
