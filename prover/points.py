"""Single points in keys and proofs: their words, and whether they are what they must be.

    G1 = (x, y)                    the curve's order is r, so on it is in it
    G2 = ((x0, x1), (y0, y1))      only the part of order r is G2, so a point of the curve may be
                                   outside

Coordinates are canonical Python integers (accel.curves.integers). In arrays the point at infinity
is all zeros, which is on neither curve. For arrays of points see accel.curves.curve.

Source: EIP-196, EIP-197.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.curve import Curve
from zkpipe.accel.curves.curve import g2_in_subgroup
from zkpipe.accel.curves.integers import (
    G1,
    G2,
    Fp2,
    g1_negative,
    is_on_g1_curve,
    is_on_g2_curve,
)
from zkpipe.accel.fields.limbs import Words, from_montgomery, to_montgomery
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.binfile import FIX

__all__ = ["G1", "G2", "Fp2"]


def g1_words(point: G1, curve: Curve) -> Words:
    """A point of G1 as (8,) uint64: x, y; Montgomery."""
    return to_montgomery(point, curve.p).reshape(8)


def g2_words(point: G2, curve: Curve) -> Words:
    """A point of G2 as (16,) uint64: x0, x1, y0, y1; Montgomery."""
    return to_montgomery((*point[0], *point[1]), curve.p).reshape(16)


def g1_from_words(words: Words, curve: Curve) -> G1:
    """The coordinates in (8,) Montgomery words, unchecked: infinity gives (0, 0)."""
    x, y = from_montgomery(np.asarray(words, dtype=np.uint64), curve.p)
    return x, y


def g2_from_words(words: Words, curve: Curve) -> G2:
    """The coordinates in (16,) Montgomery words, unchecked: infinity gives zeros."""
    x0, x1, y0, y1 = from_montgomery(np.asarray(words, dtype=np.uint64), curve.p)
    return (x0, x1), (y0, y1)


def g1_negative_words(point: Words, curve: Curve) -> Words:
    """The negative of a point of G1 that is not infinity, (8,) words."""
    return g1_words(g1_negative(g1_from_words(point, curve), curve), curve)


def refuse_aliases(where: str, points: Words, p: int, first: int = 0) -> None:
    """Raise FormatError for a coordinate that is p or more: other bytes for the same point.

    where   how errors name the section that the points are of
    points  (n, 8) or (n, 16) uint64, as a file has them
    first   the number of the first of them in the section

    Cost: 2 ns a coordinate.
    """
    bad = first_not_below(points.reshape(-1, 4), p)
    if bad is not None:
        coordinates = points.shape[1] // 4
        number = first + bad // coordinates
        raise FormatError(
            f"{where}: a coordinate of point {number}, at offset "
            f"{32 * (first * coordinates + bad)}, is not below p.",
            FIX,
        )


def _is_pair_below(p: int, value: object) -> bool:
    return (
        type(value) is tuple  # another class may say otherwise when it is asked again
        and len(value) == 2
        and all(type(part) is int and 0 <= part < p for part in value)
    )


def is_in_g1(point: G1, curve: Curve) -> bool:
    """Whether this is a point of G1: canonical coordinates, on the curve, not infinity."""
    return _is_pair_below(curve.p, point) and is_on_g1_curve(point, curve)


def is_on_twist(point: G2, curve: Curve) -> bool:
    """Whether this is a point of the curve that G2 lies in, canonical and not infinity."""
    if type(point) is not tuple or len(point) != 2:
        return False
    below = all(_is_pair_below(curve.p, part) for part in point)
    return below and is_on_g2_curve(point, curve)


def is_in_g2(point: G2, curve: Curve) -> bool:
    """Whether this is a point of G2: canonical coordinates, on its curve, of order r."""
    if not is_on_twist(point, curve):
        return False
    return bool(g2_in_subgroup(g2_words(point, curve)[np.newaxis], curve)[0])


def is_infinity(point: object) -> bool:
    """Whether this is (0, 0) or ((0, 0), (0, 0)), as arrays of zeros are read."""
    if type(point) is not tuple or len(point) != 2:
        return False
    x, y = point
    if type(x) is int and type(y) is int:
        return x == y == 0
    return is_infinity(x) and is_infinity(y)
