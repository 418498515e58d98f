"""G1 and G2 by py_ecc, and the change between its points and arrays of words.

A point is None (infinity), (x, y) on G1, or ((x0, x1), (y0, y1)) on G2, all canonical integers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from py_ecc import bn128
from py_ecc import optimized_bn128 as fast

from zkpipe.accel.bn254 import P
from zkpipe.accel.fields.limbs import Words, from_montgomery, to_montgomery

Point = Any
G1: Point = (1, 2)
G2: Point = tuple(tuple(int(c) for c in coordinate.coeffs) for coordinate in bn128.G2)


def flatten(point: Point, words: int) -> list[int]:
    """The coordinates of a point, zeros for infinity; 8 or 16 words say which group."""
    if point is None:
        return [0] * (words // 4)
    x, y = point
    return [x, y] if words == 8 else [*x, *y]


def to_words(points: Iterable[Point], words: int) -> Words:
    """Points as (n, 8) or (n, 16) words, Montgomery."""
    flat = [c for point in points for c in flatten(point, words)]
    return to_montgomery(flat, P).reshape(-1, words)


def from_words(array: Words) -> list[Point]:
    """The points that an array of words holds."""
    words = array.shape[-1]
    flat = from_montgomery(np.ascontiguousarray(array), P)
    size = words // 4
    points = []
    for i in range(0, len(flat), size):
        c = flat[i : i + size]
        point = tuple(c) if size == 2 else ((c[0], c[1]), (c[2], c[3]))
        points.append(point if any(c) else None)
    return points


def _to_affine(point: Point) -> Any:
    if point is None:
        return None
    kind = bn128.FQ if isinstance(point[0], int) else bn128.FQ2
    return tuple(kind(c) for c in point)


def _from_affine(point: Any) -> Point:
    if point is None:
        return None
    if hasattr(point[0], "coeffs"):
        return tuple(tuple(int(c) for c in coordinate.coeffs) for coordinate in point)
    return tuple(int(coordinate) for coordinate in point)


def add(p: Point, q: Point) -> Point:
    return _from_affine(bn128.add(_to_affine(p), _to_affine(q)))


def negate(point: Point) -> Point:
    return _from_affine(bn128.neg(_to_affine(point)))


def to_py_ecc(point: Point, *, twisted: bool) -> Any:
    """A point for py_ecc's optimized curves: projective."""
    kind: Any = fast.FQ2 if twisted else fast.FQ
    if point is None:
        return kind.one(), kind.one(), kind.zero()
    return kind(point[0]), kind(point[1]), kind.one()


def multiply(point: Point, scalar: int) -> Point:
    """scalar * point, for any scalar that is not negative."""
    if point is None or scalar == 0:
        return None
    product = fast.multiply(to_py_ecc(point, twisted=not isinstance(point[0], int)), scalar)
    return None if fast.is_inf(product) else _from_affine(fast.normalize(product))


def msm(points: Sequence[Point], scalars: Sequence[int]) -> Point:
    """The sum of scalars[i] * points[i], as it reads."""
    total: Point = None
    for point, scalar in zip(points, scalars, strict=True):
        total = add(total, multiply(point, scalar))
    return total
