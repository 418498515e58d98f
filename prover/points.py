"""Single points of BN254 as Python integers, for keys and proofs: forms, membership.

    G1 = (x, y)                    y^2 = x^3 + 3 over Fp; the curve's order is r, so on it is in it
    G2 = ((x0, x1), (y0, y1))      y^2 = x^3 + 3 / (9 + u) over Fp2, x = x0 + x1 u; only the part
                                   of order r is G2, so a point of the curve may be outside

Coordinates are canonical; the point at infinity has no coordinates and does not occur here. In
arrays it is all zeros, which is on neither curve. For arrays of points see accel.curves.curve.

Source: EIP-196, EIP-197; psi, Galbraith, Scott, eprint 2008/117; (w x, y), Gallant, Lambert,
Vanstone, CRYPTO 2001.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from zkpipe.accel.bn254 import P
from zkpipe.accel.curves.curve import g2_in_subgroup
from zkpipe.accel.curves.tower import FROBENIUS
from zkpipe.accel.fields.limbs import Words, from_montgomery, to_montgomery

Fp2: TypeAlias = tuple[int, int]
G1: TypeAlias = tuple[int, int]
G2: TypeAlias = tuple[Fp2, Fp2]


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
    if not _is_pair_below_p(point):
        return False
    x, y = point
    return (y * y - x * x * x - 3) % P == 0


def is_on_twist(point: G2) -> bool:
    """Whether this is a point of the curve that G2 lies in, canonical and not infinity."""
    if not (type(point) is tuple and len(point) == 2 and all(map(_is_pair_below_p, point))):
        return False
    x, y = point
    return _square(y) == _add(_times(_square(x), x), _TWIST_B)


def is_in_g2(point: G2) -> bool:
    """Whether this is a point of G2: canonical coordinates, on its curve, of order r."""
    return is_on_twist(point) and bool(g2_in_subgroup(g2_words(point)[np.newaxis])[0])


def is_infinity(point: object) -> bool:
    """Whether this is (0, 0) or ((0, 0), (0, 0)), as arrays of zeros are read."""
    if _is_pair_below_p(point):
        return point == (0, 0)
    return type(point) is tuple and len(point) == 2 and all(map(is_infinity, point))


def g1_negative(point: G1) -> G1:
    """The negative of a point of G1."""
    return point[0], -point[1] % P


def g2_negative(point: G2) -> G2:
    """The negative of a point of G2."""
    return point[0], _negative(point[1])


def g1_images(point: G1) -> list[G1]:
    """The point's images under the curve's other automorphisms, but for signs: (w x, y).

    They are publicly known multiples of it, as small as 1 to whoever knows the curve.
    """
    x, y = point
    return [(root * x % P, y) for root in _CUBE_ROOTS]


def g2_images(point: G2) -> list[G2]:
    """psi(Q) to psi^5(Q), psi being Frobenius seen from the twist; psi^6(Q) is -Q.

    psi multiplies by p, so these are known multiples, as in `g1_images`.
    """
    images = []
    for _ in range(5):
        (x0, x1), (y0, y1) = point
        point = _times((x0, -x1), FROBENIUS[2]), _times((y0, -y1), FROBENIUS[3])
        images.append(point)
    return images


def _add(a: Fp2, b: Fp2) -> Fp2:
    return (a[0] + b[0]) % P, (a[1] + b[1]) % P


def _subtract(a: Fp2, b: Fp2) -> Fp2:
    return (a[0] - b[0]) % P, (a[1] - b[1]) % P


def _negative(a: Fp2) -> Fp2:
    return -a[0] % P, -a[1] % P


def _times(a: Fp2, b: Fp2) -> Fp2:
    return (a[0] * b[0] - a[1] * b[1]) % P, (a[0] * b[1] + a[1] * b[0]) % P


def _square(a: Fp2) -> Fp2:
    return (a[0] + a[1]) * (a[0] - a[1]) % P, 2 * a[0] * a[1] % P


def _inverse(a: Fp2) -> Fp2:
    norm = pow(a[0] * a[0] + a[1] * a[1], -1, P)
    return a[0] * norm % P, -a[1] * norm % P


_XI: Fp2 = (9, 1)  # Fp6 = Fp2[v] / (v^3 - xi); the twist divides by xi
_TWIST_B = _times((3, 0), _inverse(_XI))
# w with w^2 + w + 1 = 0: from the square root of -3, as p is 3 modulo 4
_HALF_ROOT = (pow(-3, (P + 1) // 4, P) - 1) * pow(2, -1, P) % P
_CUBE_ROOTS = (_HALF_ROOT, _HALF_ROOT * _HALF_ROOT % P)
