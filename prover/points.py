"""Single points of BN254 as Python integers, for keys and proofs: forms, membership, multiples.

    G1 = (x, y)                    y^2 = x^3 + 3 over Fp; the curve's order is r, so on it is in it
    G2 = ((x0, x1), (y0, y1))      y^2 = x^3 + 3 / (9 + u) over Fp2, x = x0 + x1 u; only the part
                                   of order r is G2, so a point of the curve may be outside

Coordinates are canonical; the point at infinity has no coordinates and does not occur here. In
arrays it is all zeros, which is on neither curve. For arrays of points see accel.curve.

Source: EIP-196, EIP-197.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from accel.bn254 import P
from accel.curve import g2_in_subgroup
from accel.limbs import Words, from_montgomery, to_montgomery

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
        isinstance(value, tuple)
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
    if not (isinstance(point, tuple) and len(point) == 2 and all(map(_is_pair_below_p, point))):
        return False
    x, y = point
    return _square(y) == _add(_times(_square(x), x), _TWIST_B)


def is_in_g2(point: G2) -> bool:
    """Whether this is a point of G2: canonical coordinates, on its curve, of order r."""
    return is_on_twist(point) and bool(g2_in_subgroup(g2_words(point)[np.newaxis])[0])


def g1_negative(point: G1) -> G1:
    """The negative of a point of G1."""
    return point[0], -point[1] % P


def g2_negative(point: G2) -> G2:
    """The negative of a point of G2."""
    return point[0], _negative(point[1])


def is_small_multiple(point: G2, base: G2) -> bool:
    """Whether point = [k] base for some k with |k| <= 2^16. Both are in G2.

    Cost: some 550 additions with shared inversions, about 5 ms: baby steps [j] base for j up to
    181 and giant steps point +- [363 i] base for i up to 181, which meet in an x coordinate.
    181 + 181 * 363 = 65,884.
    """
    steps = 181
    babies = _multiples(base, steps)
    near = {x for x, _ in babies}
    if point[0] in near:
        return True
    stride = _sum(_sum(babies[-1], babies[-2]), babies[1])  # 181 + 180 + 2 = 363
    giants = _multiples(stride, steps)
    if any(x == point[0] for x, _ in giants):
        return True
    inverses = _inverses([_subtract(x, point[0]) for x, _ in giants])
    for (x, y), inverse in zip(giants, inverses, strict=True):
        for side in (y, _negative(y)):
            slope = _times(_subtract(side, point[1]), inverse)
            if _subtract(_subtract(_square(slope), point[0]), x) in near:
                return True
    return False


def _multiples(point: G2, count: int) -> list[G2]:
    """[1] point to [count] point: each round doubles the list with one shared inversion."""
    found = [point]
    while len(found) < count:
        last = found[-1]
        inverses = _inverses([_subtract(last[0], x) for x, _ in found[:-1]])
        sums = [_chord(other, last, i) for other, i in zip(found[:-1], inverses, strict=True)]
        found += [*sums, _sum(last, last)]
    return found[:count]


def _sum(p: G2, q: G2) -> G2:
    """p + q for points that are not each other's negative."""
    if p == q:
        square = _square(p[0])
        slope = _times(_add(_add(square, square), square), _inverse(_add(p[1], p[1])))
        x = _subtract(_square(slope), _add(p[0], p[0]))
        return x, _subtract(_times(slope, _subtract(p[0], x)), p[1])
    return _chord(p, q, _inverse(_subtract(q[0], p[0])))


def _chord(p: G2, q: G2, inverse: Fp2) -> G2:
    """p + q for different x, with inverse = 1 / (x_q - x_p)."""
    slope = _times(_subtract(q[1], p[1]), inverse)
    x = _subtract(_subtract(_square(slope), p[0]), q[0])
    return x, _subtract(_times(slope, _subtract(p[0], x)), p[1])


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


def _inverses(values: list[Fp2]) -> list[Fp2]:
    """Montgomery's trick: one inversion for all; no value is zero."""
    products = [_ONE]
    for value in values:
        products.append(_times(products[-1], value))
    running = _inverse(products[-1])
    found = []
    for value, product in zip(reversed(values), reversed(products[:-1]), strict=True):
        found.append(_times(running, product))
        running = _times(running, value)
    return found[::-1]


_ONE: Fp2 = (1, 0)
_XI: Fp2 = (9, 1)  # Fp6 = Fp2[v] / (v^3 - xi); the twist divides by xi
_TWIST_B = _times((3, 0), _inverse(_XI))
