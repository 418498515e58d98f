"""Sums of points of Baby Jubjub as pairs of a circuit's values.

    (x, y) + (u, v) = ((x v + y u) / (1 + t), (y v - A x u) / (1 - t)),   t = D x u y v

Soundness: D is no square mod r, and A is one. Let a denominator be 0 for points on the curve. Then
D x u y v is 1 or -1, and with both curve equations D would be a square, times A or not (Bernstein
and others, Twisted Edwards Curves, theorem 6.1). So each quotient is determined. The analysis
proves that of any two pairs, by its lemma of nonsquares: where 1 + t is 0, x v + y u is not.

Source: circomlib's babyjub.circom, six rows as there; a double in five.
"""

from __future__ import annotations

from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import A, D
from zkpipe.accel.roots import square_root
from zkpipe.circuits.language.values.signal import Signal, constant, in_reach

Coordinates = tuple[Any, Any]
ROOT: Any = square_root(A)  # an a with a^2 = A


def quotient(x: Any, y: Any) -> Any:
    """x / y in the field: one row, or of integers none. Who asks shows that y is never 0."""
    if not isinstance(x, Signal) and not isinstance(y, Signal):
        return x * pow(y, -1, R) % R
    engine = in_reach(x if isinstance(x, Signal) else y)
    operands = [z if isinstance(z, Signal) else constant(engine, z) for z in (x, y)]
    return Signal(engine, engine.ratio(*operands), None, None)


def total(p: Coordinates, q: Coordinates) -> Coordinates:
    """The sum of two pairs: six rows, two if one of them is constant."""
    (x, y), (u, v) = p, q
    first, second = x * v, y * u
    t = D * first * second
    cross = (y - A * x) * (u + v)  # y u + y v - A x u - A x v
    return (
        quotient(first + second, 1 + t),
        quotient(cross - second + A * first, 1 - t),
    )


def double(p: Coordinates) -> Coordinates:
    """Twice a pair: five rows.

    t = D x^2 y^2, and y^2 - A x^2 = (y - a x) (y + a x) for a^2 = A. It is the law as it stands:
    2 y^2 - 1 - t is the same on the curve alone, which the rows of a chosen pair do not say.
    """
    x, y = p
    product, scaled = x * y, ROOT * x
    t = D * product * product
    return quotient(2 * product, 1 + t), quotient((y - scaled) * (y + scaled), 1 - t)


def opposite(p: Coordinates) -> Coordinates:
    """The pair that adds up to the identity: no row."""
    return -p[0], p[1]


def curve_equation(p: Coordinates) -> Any:
    """Whether a pair is on the curve, as a Bool to check: three rows."""
    x, y = p
    xx, yy = x * x, y * y
    return D * xx * yy == A * xx + yy - 1
