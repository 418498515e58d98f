"""A second curve of Barreto and Naehrig, found for these tests, and its points by Python integers.

It has the sizes that the kernels take and room for domains of 2^22 points. How it was found: x runs
down from near BN254's in steps of 2^20, so that 2^21 divides r - 1, to the first for which p and r
are primes, p is 3 modulo 4, 9 + u is neither a square nor a cube in Fp2, products in lanes stay
below 2p (`_excess` of accel.machines.simd is below 0.75 p), and b / (9 + u) is the twist with a
subgroup of order r. The generator of G2 is a point times the cofactor 2 p - r.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from zkpipe.accel.curve import Curve

OTHER = Curve(
    name="other",
    x=4964535308149918193,
    g1_b=7,
    g1_generator=(1, 8954301448292342858918956609010334512409860414714598072687490585102999309715),
    g2_generator=(
        11400011517527007271749936244454827209806146714979102552018866705640918761247,
        16350144310505682262508606595746795502594739210857030379918358184687272616316,
        4858691422117202781162900165586170742489369659291148894885384455636196370078,
        7126491727737205630852387890527322618635487585176450200138196158203496777054,
    ),
    non_residue=17,
)
P, R = OTHER.p, OTHER.r

Fp2: TypeAlias = tuple[int, int]
Point: TypeAlias = tuple[Any, Any] | None  # coordinates in Fp or Fp2; None is infinity

G1: Point = OTHER.g1_generator
G2: Point = (OTHER.g2_generator[:2], OTHER.g2_generator[2:])


class _Number:
    """An element of Fp (c1 is 0) or of Fp2."""

    def __init__(self, c0: int, c1: int = 0) -> None:
        self.c0, self.c1 = c0 % P, c1 % P

    def __add__(self, other: _Number) -> _Number:
        return _Number(self.c0 + other.c0, self.c1 + other.c1)

    def __sub__(self, other: _Number) -> _Number:
        return _Number(self.c0 - other.c0, self.c1 - other.c1)

    def __mul__(self, other: _Number) -> _Number:
        return _Number(
            self.c0 * other.c0 - self.c1 * other.c1, self.c0 * other.c1 + self.c1 * other.c0
        )

    def __truediv__(self, other: _Number) -> _Number:
        inverse = pow(other.c0 * other.c0 + other.c1 * other.c1, -1, P)
        return self * _Number(other.c0 * inverse, -other.c1 * inverse)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Number) and (self.c0, self.c1) == (other.c0, other.c1)

    __hash__ = None  # type: ignore[assignment] # numbers are compared only


def _number(value: int | Fp2) -> _Number:
    return _Number(*value) if isinstance(value, tuple) else _Number(value)


def add(a: Point, b: Point) -> Point:
    """a + b, by the chord or the tangent."""
    if a is None or b is None:
        return b if a is None else a
    wide = isinstance(a[0], tuple)
    ax, ay, bx, by = map(_number, (*a, *b))
    if ax == bx:
        if ay != by or ay == _Number(0):
            return None
        slope = (ax * ax + ax * ax + ax * ax) / (ay + ay)
    else:
        slope = (by - ay) / (bx - ax)
    x = slope * slope - ax - bx
    y = slope * (ax - x) - ay
    return ((x.c0, x.c1), (y.c0, y.c1)) if wide else (x.c0, y.c0)


def multiply(point: Point, k: int) -> Point:
    """k times the point, by doubling and adding."""
    total: Point = None
    for bit in f"{k:b}":
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total


def flat(point: Point) -> Sequence[int]:
    """The coordinates one behind the other; of infinity, zeros for a point of G1."""
    if point is None:
        return (0, 0)
    x, y = point
    return (*x, *y) if isinstance(x, tuple) else (x, y)
