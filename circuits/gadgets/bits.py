"""Bits of a value, and values of bits.

Cost: n rows for n bits; nothing for a value whose bits were taken before, or for from_bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from circuits.language.bounds import fits
from circuits.language.plain import PlainEngine
from circuits.language.refusals import describe, refused
from circuits.language.signal import Signal, constant, flag, in_reach, plain_integer
from circuits.language.types import MAX_BITS


def to_bits(value: Any, count: int) -> list[Any]:
    """The bits of a value from 0 to 2^count - 1, lowest first; proves that it is in that range.

    count  from 1 to 253: of 254 bits two sets could stand for one value (SECURITY C2)

    Raises CompileError for another count, or for an integer that may be negative.
    """
    if type(count) is not int or not 1 <= count <= MAX_BITS:
        raise refused(
            f"takes a number of bits that is not from 1 to {MAX_BITS}.",
            "254 bits have two ways to write some values; narrow() the value first.",
        )
    if not isinstance(value, Signal):
        number = plain_integer(value)
        if number is None:
            raise refused(f"takes bits of {describe(value)}.", "Give a signal or a whole number.")
        engine = PlainEngine("to_bits")
        return engine.bits(constant(engine, number), count)
    if value.fraction is not None:
        raise refused(f"takes bits of {value.kind()}.", "Take those of its units: x.units.")
    if value.low is not None and value.low < 0:
        raise refused(
            f"takes bits of {value.kind()}, which may be negative.",
            "Add what makes it positive first: to_bits(x + 2**(n - 1), n) for an Int[n].",
        )
    return [flag(value.engine, bit) for bit in in_reach(value).bits(value, count)]


def from_bits(bits: Sequence[Any]) -> Any:
    """The integer that bits stand for, lowest first. Costs nothing.

    Raises CompileError if one is no Bool, or there are more than 253.
    """
    for bit in bits:
        if not (bit.is_flag if isinstance(bit, Signal) else plain_integer(bit) in (0, 1)):
            raise refused("takes something that is no Bool for a bit.", "Compare first: x != 0.")
    if not fits(0, (1 << len(bits)) - 1):
        raise refused(f"takes {len(bits)} bits, more than fit the field.", "Give 253 or fewer.")
    total: Any = 0
    for i, bit in enumerate(bits):
        total = total + bit * (1 << i)
    return total
