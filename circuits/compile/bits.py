"""Decomposition into bits: n rows for n bits, and with it every range check.

Bits 1 to n - 1 are wires b (b - 1) = 0; bit 0 is no wire but x - 2 b_1 - 4 b_2 - ..., and its row
says that this is 0 or 1. n quadrics have 2^n points at the most, so fewer rows cannot do.

The bits are unique because 2^n - 1 < r: n is at most 253 (SECURITY C2).
"""

from __future__ import annotations

from accel.bn254 import R
from circuits.compile.combination import ONE, Combination, constant, is_constant, shift
from circuits.compile.tracer import Tracer
from circuits.language.types import MAX_BITS


def decompose(tracer: Tracer, x: Combination, count: int, origin: int) -> list[Combination]:
    """The `count` lowest bits of x, lowest first; proves that x is below 2^count.

    `count` is from 1 to 253. A combination that was decomposed before costs nothing again.
    """
    assert 1 <= count <= MAX_BITS  # noqa: S101 - callers have refused anything else
    x = tracer.resolve(x)
    if is_constant(x) and x.get(ONE, 0) < 1 << count:
        return [constant(x.get(ONE, 0) >> i & 1) for i in range(count)]
    x = tracer.settled(x)
    key = (count, *sorted(x.items()))
    known = tracer.decomposed.get(key)
    if known is None:
        known = tracer.decomposed[key] = _fresh_bits(tracer, x, count, origin)
    return known


def _fresh_bits(tracer: Tracer, x: Combination, count: int, origin: int) -> list[Combination]:
    slots = tracer.advice_bits(x, 1, count - 1)
    lowest = x.copy()
    for i, slot in enumerate(slots, start=1):
        lowest[slot] = R - (1 << i)
    if slots:
        tracer.boolean_rows(slots[0], len(slots), origin)
    tracer.closed_product(lowest, shift(lowest, -1), {}, origin)
    return [lowest, *({slot: 1} for slot in slots)]


def range_check(tracer: Tracer, x: Combination, count: int, origin: int) -> bool:
    """Prove that x is from 0 to 2^count - 1; False if it is a constant that is not."""
    if count == 0:
        return tracer.equate(x, origin)
    x = tracer.resolve(x)
    if is_constant(x):
        return x.get(ONE, 0) < 1 << count
    decompose(tracer, x, count, origin)
    return True
