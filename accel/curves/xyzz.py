"""Points in XYZZ coordinates: (X, Y, ZZ, ZZZ) is (X / ZZ, Y / ZZZ), ZZ^3 = ZZZ^2; 0 is infinity.

A mixed addition takes eight products and two squares, one less than in Jacobian coordinates, for
one number more to keep. Every function is complete: it decides the cases by branches, so values are
single.

Source: hyperelliptic.org/EFD, short Weierstrass xyzz, a = 0: madd-2008-s, add-2008-s, dbl-2008-s-1.
"""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.functions import any_lane, is_blank, is_zero, one, square, zero
from zkpipe.accel.fields.inverse import invert


@kernel
def infinity(like):
    """The neutral element, for elements of the field of `like`, an element or rows of them."""
    return one(like), one(like), zero(like), zero(like)


@kernel
def from_affine(x, y):
    """An affine point, (0, 0) being infinity."""
    if any_lane(is_blank(x) & is_blank(y)):
        return infinity(x)
    return x, y, one(x), one(x)


@kernel
def to_affine(point):
    """Affine coordinates; infinity gives (0, 0). Costs an inversion. 1 / ZZ = (ZZ / ZZZ)^2."""
    x, y, zz, zzz = point
    inverse = invert(zzz)
    return x * square(zz * inverse), y * inverse


@kernel
def double(point):
    """2 * point, also where that is infinity: its ZZ stays 0."""
    x, y, zz, zzz = point
    u = y + y
    v = square(u)
    w, s = u * v, x * v
    xx = square(x)
    m = xx + xx + xx
    x3 = square(m) - s - s
    return x3, m * (s - x3) - w * y, v * zz, w * zzz


@kernel
def add_affine(p, x2, y2):
    """p + (x2, y2) for any two points, (0, 0) being infinity."""
    x1, y1, zz1, zzz1 = p
    if any_lane(is_blank(x2) & is_blank(y2)):
        return p
    if any_lane(is_zero(zz1)):
        return x2, y2, one(x2), one(x2)
    h, rise = x2 * zz1 - x1, y2 * zzz1 - y1
    if any_lane(is_zero(h)):
        if any_lane(is_zero(rise)):
            return double(p)
        return infinity(x1)
    return _sum(h, rise, x1, y1, zz1, zzz1)


@kernel
def add(p, q):
    """p + q for any two points."""
    x1, y1, zz1, zzz1 = p
    x2, y2, zz2, zzz2 = q
    if any_lane(is_zero(zz1)):
        return q
    if any_lane(is_zero(zz2)):
        return p
    u1, s1 = x1 * zz2, y1 * zzz2
    h, rise = x2 * zz1 - u1, y2 * zzz1 - s1
    if any_lane(is_zero(h)):
        if any_lane(is_zero(rise)):
            return double(p)
        return infinity(x1)
    return _sum(h, rise, u1, s1, zz1 * zz2, zzz1 * zzz2)


@kernel
def _sum(h, rise, x1, y1, zz, zzz):
    """The sum from differences of coordinates over one denominator, and that denominator."""
    hh = square(h)
    hhh = h * hh
    q = x1 * hh
    x3 = square(rise) - hhh - q - q
    return x3, rise * (q - x3) - y1 * hhh, zz * hh, zzz * hhh
