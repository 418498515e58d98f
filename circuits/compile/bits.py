"""Decomposition into bits: n rows for n bits, and with it every range check.

Bits 1 to n - 1 are wires b (b - 1) = 0; bit 0 is no wire but x - 2 b_1 - 4 b_2 - ..., and its row
says that this is 0 or 1. n quadrics have 2^n points at the most, so fewer rows cannot do.

The bits are unique because 2^n - 1 < r: n is at most 253 (SECURITY C2).
"""

from __future__ import annotations

from accel.bn254 import R
from circuits.compile.combination import ONE, Combination, constant, is_constant, shift
from circuits.compile.tracer import Tracer
from circuits.language.refusals import refused
from circuits.language.types import MAX_BITS


def decompose(tracer: Tracer, x: Combination, count: int, origin: int) -> list[Combination]:
    """The `count` lowest bits of x, lowest first; proves that x is below 2^count.

    `count` is from 1 to 253. A combination that was decomposed before costs nothing again.
    """
    x = tracer.resolve(x)
    if is_constant(x) and x.get(ONE, 0) < 1 << count:
        return [constant(x.get(ONE, 0) >> i & 1) for i in range(count)]
    x = tracer.settled(x)
    slots = _bit_slots(tracer, x, count, origin)
    return [_lowest(x, slots), *({slot: 1} for slot in slots)]


def _bit_slots(tracer: Tracer, x: Combination, count: int, origin: int) -> range:
    """The slots of bits 1 to count - 1 of a settled combination, with their rows."""
    if not 1 <= count <= MAX_BITS:  # whatever led here: with 254 bits a value has two sets of them
        raise refused(
            f"needs a decomposition into {count} bits, which could be forged.",
            f"Give narrower types: {MAX_BITS} bits are the most that have one meaning.",
        )
    key = (count, *sorted(x.items()))
    known = tracer.bit_slots.get(key)
    if known is None:
        known = tracer.bit_slots[key] = tracer.advice_bits(x, 1, count - 1)
        tracer.boolean_rows(known, origin)
        lowest = _lowest(x, known)
        tracer.closed_product(lowest, shift(lowest, -1), {}, origin)
    return known


def _lowest(x: Combination, slots: range) -> Combination:
    """Bit 0: what the other bits leave of x."""
    lowest = x.copy()
    for i, slot in enumerate(slots, start=1):
        lowest[slot] = R - (1 << i)
    return lowest


def range_check(tracer: Tracer, x: Combination, count: int, origin: int) -> bool:
    """Prove that x is from 0 to 2^count - 1; False if it is a constant that is not."""
    if count == 0:
        return tracer.equate(x, origin)
    x = tracer.resolve(x)
    if is_constant(x):
        return x.get(ONE, 0) < 1 << count
    _bit_slots(tracer, tracer.settled(x), count, origin)
    return True
