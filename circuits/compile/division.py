"""Quotient and remainder: x = q y + rem with 0 <= rem < y, q and rem each proven in its range.

q is advice; rem is no wire but x - q y. The language has refused bounds under which q y + rem
could wrap around r, so that the true pair is the only one (`bounds.divisible`). A divisor of 0
fails: there is no rem with 0 <= rem < 0.

Cost: bits of q's span, bits of rem; for a divisor that is no constant one row and the bits of
y - 1 - rem more; for a constant that is no power of two what `thresholds` asks for rem <= y - 1.
By a power of two nothing where the bits of x are known: they are those of q and rem.
"""

from __future__ import annotations

from zkpipe.accel.bn254 import R
from zkpipe.circuits.compile.bits import range_check, split
from zkpipe.circuits.compile.combinations.combination import (
    Combination,
    add,
    constant,
    scale,
    shift,
    subtract,
)
from zkpipe.circuits.compile.combinations.linear import Linear, kept
from zkpipe.circuits.compile.tracer import Tracer
from zkpipe.circuits.language.values.bounds import quotient

Interval = tuple[int, int]


def divide(
    tracer: Tracer,
    x: Combination,
    y: Combination,
    x_bounds: Interval,
    y_bounds: Interval,
    origin: int,
) -> tuple[Linear, Linear] | None:
    """Quotient and remainder by y, whose bounds are not below 0; None if it never can be."""
    if x_bounds[0] == x_bounds[1] and y_bounds[0] == y_bounds[1]:
        q, remainder = divmod(x_bounds[0], y_bounds[0])
        return constant(q), constant(remainder)
    key = (*sorted(x.items()), None, *sorted(y.items()), x_bounds, y_bounds)
    known = tracer.quotients.get(key)
    if known is None:
        found = _divide(tracer, x, y, x_bounds, y_bounds, origin)
        if found is not None:
            known = tracer.quotients[key] = kept(found[0]), kept(found[1])
    return known


def _divide(
    tracer: Tracer,
    x: Combination,
    y: Combination,
    x_bounds: Interval,
    y_bounds: Interval,
    origin: int,
) -> tuple[Combination, Combination] | None:
    largest = y_bounds[1]
    low, high = quotient(x_bounds, (max(1, y_bounds[0]), largest))
    shifted = subtract(x, scale(y, low))  # not negative, and its quotient begins at 0
    if y_bounds[0] == largest == 1:
        return x, {}
    if y_bounds[0] == largest and largest & (largest - 1) == 0:
        halves = split(tracer, shifted, largest.bit_length() - 1)
        if halves is not None:
            return add(halves[0], constant(low)), halves[1]
    span = high - low
    if span == 0:
        q: Combination = {}
    else:
        q = {tracer.advice_quotient(shifted, y): 1}
    remainder = subtract(shifted, tracer.product(q, y, origin))
    width = span.bit_length()
    fine = range_check(tracer, q, width, origin)
    if largest << width > R:  # q with all its bits could wrap around: hold it to its very bound
        fine &= range_check(tracer, subtract(constant(span), q), width, origin)
    width = (largest - 1).bit_length()
    fine &= range_check(tracer, remainder, width, origin)
    if y_bounds[0] != largest or largest != 1 << width:
        fine &= range_check(tracer, shift(subtract(y, remainder), -1), width, origin)
    return (add(q, constant(low)), remainder) if fine else None
