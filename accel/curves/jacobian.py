"""Single points in Jacobian coordinates: (X, Y, Z) is (X / Z^2, Y / Z^3), and Z = 0 is infinity.

For the few additions that are not worth a batch: sums of windows, scalar multiples of one point,
subgroup checks. `add` is complete: it decides every case by a branch, so it runs on the scalar
machine. `double`, `add_distinct` and `to_affine` do without branches and run on lanes too.

Source: hyperelliptic.org/EFD, short Weierstrass a = 0: dbl-2009-l, add-2007-bl, madd-2007-bl.
"""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.functions import any_lane, is_blank, is_zero, one, reduce, square, zero
from zkpipe.accel.fields.inverse import invert


@kernel
def infinity(like):
    """The neutral element, for elements of the field of `like`."""
    return one(like), one(like), zero(like)


@kernel
def double(point):
    """2 * point, also where that is infinity."""
    x, y, z = point
    a, b = square(x), square(y)
    c = square(b)
    d = square(x + b) - a - c
    d = d + d
    e = a + a + a
    x3 = reduce(square(e) - d - d)
    c2 = c + c
    c4 = c2 + c2
    yz = y * z
    return x3, reduce(e * (d - x3) - (c4 + c4)), reduce(yz + yz)


@kernel
def add(p, q):
    """p + q for any two points."""
    x1, y1, z1 = p
    x2, y2, z2 = q
    if any_lane(is_zero(z1)):
        return q
    if any_lane(is_zero(z2)):
        return p
    z1z1, z2z2 = square(z1), square(z2)
    u1, u2 = x1 * z2z2, x2 * z1z1
    s1, s2 = y1 * z2 * z2z2, y2 * z1 * z1z1
    h, rise = u2 - u1, s2 - s1
    if any_lane(is_zero(h)):
        if any_lane(is_zero(rise)):
            return double(p)
        return infinity(x1)
    rise = rise + rise
    i = square(h + h)
    j, v = h * i, u1 * i
    x3 = square(rise) - j - v - v
    s1j = s1 * j
    z3 = (square(z1 + z2) - z1z1 - z2z2) * h
    return x3, rise * (v - x3) - s1j - s1j, z3


@kernel
def add_distinct(p, q):
    """p + q for q affine, where neither is infinity and p is neither q nor -q."""
    x1, y1, z1 = p
    x2, y2 = q
    z1z1 = square(z1)
    h = x2 * z1z1 - x1
    hh = square(h)
    hh2 = hh + hh
    i = hh2 + hh2
    j, v = h * i, x1 * i
    rise = y2 * z1 * z1z1 - y1
    rise = rise + rise
    x3 = square(rise) - j - v - v
    y1j = y1 * j
    z3 = square(z1 + h) - z1z1 - hh
    return reduce(x3), reduce(rise * (v - x3) - y1j - y1j), reduce(z3)


@kernel
def from_affine(x, y):
    """An affine point, (0, 0) being infinity."""
    if any_lane(is_blank(x) & is_blank(y)):
        return infinity(x)
    return x, y, one(x)


@kernel
def add_affine(p, x2, y2):
    """p + (x2, y2) for any two points, (0, 0) being infinity: 7 products and 4 squares."""
    x1, y1, z1 = p
    if any_lane(is_blank(x2) & is_blank(y2)):
        return p
    if any_lane(is_zero(z1)):
        return from_affine(x2, y2)
    z1z1 = square(z1)
    h, rise = x2 * z1z1 - x1, y2 * z1 * z1z1 - y1
    if any_lane(is_zero(h)):
        if any_lane(is_zero(rise)):
            return double(p)
        return infinity(x1)
    rise = rise + rise
    hh = square(h)
    i = hh + hh
    i = i + i
    j, v = h * i, x1 * i
    x3 = square(rise) - j - v - v
    y1j = y1 * j
    return x3, rise * (v - x3) - y1j - y1j, square(z1 + h) - z1z1 - hh


@kernel
def to_affine(point):
    """Affine coordinates; infinity gives (0, 0). Costs an inversion."""
    x, y, z = point
    inverse = invert(z)
    squared = square(inverse)
    return x * squared, y * squared * inverse


@kernel
def multiply(point, scalar, bits):
    """scalar * point by doubling and adding; scalar is an array of 64-bit words, `bits` in all.

    Not constant in time: the scalar shows in the duration.
    """
    result = infinity(point[0])
    for i in range(bits - 1, -1, -1):
        result = double(result)
        if scalar[i >> 6] >> (i & 63) & 1:
            result = add(result, point)
    return result
