"""Inverses of field elements in kernels: invert(x) = 1 / x, and 0 for 0.

One value: division steps, 1.1 us (accel.fields.safegcd).
Eight lanes: the product of all lanes by three rotations, one inverse of a single value, and each
lane's own inverse from it (Montgomery's trick across lanes).
Fp2: 1 / (a + b u) = (a - b u) / (a^2 + b^2).
"""

from __future__ import annotations

from typing import Any

from numba.extending import overload

from zkpipe.accel.fields.field import Element
from zkpipe.accel.fields.functions import (
    constant,
    every_lane,
    first_lane,
    is_zero,
    one,
    pair,
    parts,
    reduce,
    rotate,
    select,
    square,
    zero,
)
from zkpipe.accel.fields.safegcd import invert_single

# Lane 0's words are x 2^260; as a scalar, in form 2^256, that is 16 x. Its inverse's words,
# x^-1 2^252, want a factor 2^8 to be the lanes' form of x^-1.
_LANES_OVER_SCALAR = constant(1 << 8)


def invert(x: Any) -> Any:
    """Invert x in a kernel; 0 gives 0."""
    raise TypeError("invert is a function of kernels")


@overload(invert)
def _invert(x):
    if not isinstance(x, Element):
        return None
    if x.field.degree == 2:
        return _of_extension
    if x.machine.width > 1:
        return _of_lanes
    return lambda x: invert_single(x)


def _of_extension(x):
    c0, c1 = parts(x)
    norm = invert(reduce(square(c0) + square(c1)))
    return pair(reduce(c0) * norm, reduce(-(reduce(c1) * norm)))


def _of_lanes(x):
    blank = is_zero(x)
    value = select(blank, one(x), reduce(x))
    pairs = value * rotate(value, 1)
    fours = pairs * rotate(pairs, 2)
    everything = fours * rotate(fours, 4)
    inverse = every_lane(invert(first_lane(everything)), x) * _LANES_OVER_SCALAR(x)
    others = rotate(value, 1) * rotate(pairs, 2) * rotate(fours, 4)
    return select(blank, zero(x), inverse * others)
