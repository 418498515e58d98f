"""Single points of BN254 in keys and proofs: their words, and whether they are what they must be.

    G1 = (x, y)                    the curve's order is r, so on it is in it
    G2 = ((x0, x1), (y0, y1))      only the part of order r is G2, so a point of the curve may be
                                   outside

Coordinates are canonical Python integers (accel.curves.integers). In arrays the point at infinity
is all zeros, which is on neither curve. For arrays of points see accel.curves.curve.

Source: EIP-196, EIP-197.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.bn254 import P
from zkpipe.accel.curves.curve import g2_in_subgroup
from zkpipe.accel.curves.integers import G1, G2, Fp2, is_on_g1_curve, is_on_g2_curve
from zkpipe.accel.fields.limbs import Words, from_montgomery, to_montgomery

__all__ = ["G1", "G2", "Fp2"]


def g1_words(point: G1) -> Words:
    """A point of G1 as (8,) uint64: x, y; Montgomery."""
    return to_montgomery(point, P).reshape(8)


def g2_words(point: G2) -> Words:
    """A point of G2 as (16,) uint64: x0, x1, y0, y1; Montgomery."""
    return to_montgomery((*point[0], *point[1]), P).reshape(16)


def g1_from_words(words: Words) -> G1:
    """The coordinates in (8,) Montgomery words, unchecked: infinity gives (0, 0)."""
    x, y = from_montgomery(np.asarray(words, dtype=np.uint64), P)
    return x, y


def g2_from_words(words: Words) -> G2:
    """The coordinates in (16,) Montgomery words, unchecked: infinity gives zeros."""
    x0, x1, y0, y1 = from_montgomery(np.asarray(words, dtype=np.uint64), P)
    return (x0, x1), (y0, y1)


def _is_pair_below_p(value: object) -> bool:
    return (
        type(value) is tuple  # another class may say otherwise when it is asked again
        and len(value) == 2
        and all(type(part) is int and 0 <= part < P for part in value)
    )


def is_in_g1(point: G1) -> bool:
    """Whether this is a point of G1: canonical coordinates, on the curve, not infinity."""
    return _is_pair_below_p(point) and is_on_g1_curve(point)


def is_on_twist(point: G2) -> bool:
    """Whether this is a point of the curve that G2 lies in, canonical and not infinity."""
    if not (type(point) is tuple and len(point) == 2 and all(map(_is_pair_below_p, point))):
        return False
    return is_on_g2_curve(point)


def is_in_g2(point: G2) -> bool:
    """Whether this is a point of G2: canonical coordinates, on its curve, of order r."""
    return is_on_twist(point) and bool(g2_in_subgroup(g2_words(point)[np.newaxis])[0])


def is_infinity(point: object) -> bool:
    """Whether this is (0, 0) or ((0, 0), (0, 0)), as arrays of zeros are read."""
    if _is_pair_below_p(point):
        return point == (0, 0)
    return type(point) is tuple and len(point) == 2 and all(map(is_infinity, point))
