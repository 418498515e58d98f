"""Constants that three bits choose.

    looked_up   a constant point times an odd number from -7 to 7: two rows
    one_of      any of eight numbers: one row

looked_up. With s_i = 2 b_i - 1, which are 1 and -1, a window of the point T is
(s_0 + 2 s_1 + 4 s_2) T. To change all signs changes the sign of the point: its u stays, its v
changes sign. So

    u = e + a s_0 s_1 + b s_0 s_2 + c s_1 s_2,    v = l_0 s_0 + l_1 s_1 + l_2 s_2 + k s_0 s_1 s_2

and, as s_i^2 = 1,

    (b s_0 + c s_1) (s_2 + (a / b) s_1) = u - e + a c / b
    s_2 u = a s_0 s_1 s_2 + e s_2 + b s_0 + c s_1

so that u takes one row, and v = (k / a) s_2 u + a combination of s_0, s_1 and s_2 another.

one_of. A function of bits is a polynomial with a monomial for each set of them. Of a number w of
the table and a form K = k_0 + b_0 + b_1 + b_2 the product w K has the monomial b_0 b_1 b_2 with

    w_012 (k_0 + 3) + w_01 + w_02 + w_12

which is 0 for one k_0. Then w K is of degree two, and less a form A times K it is a form C: its
monomial b_i b_j is that of A K if a_i + a_j is its coefficient, which three a_i are. So w is
C / K + A, a quotient that takes one row, as k_0 is no number from -3 to 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any, NamedTuple

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import Pair, multiply
from zkpipe.circuits.gadgets.author import wire
from zkpipe.circuits.gadgets.curve.edwards import Coordinates, quotient
from zkpipe.circuits.gadgets.curve.montgomery import from_edwards
from zkpipe.circuits.language.values.as_field import as_field
from zkpipe.circuits.language.values.signal import Signal, in_reach

_EIGHTH = pow(8, -1, R)
_HALF = pow(2, -1, R)


class _Window(NamedTuple):
    """The coefficients of u and v."""

    constant: int
    a: int
    b: int
    c: int
    linear: tuple[int, int, int]
    k: int


@lru_cache(1 << 10)
def _window(point: Pair) -> _Window:
    signs = list(product((1, -1), repeat=3))
    points: list[Pair] = [from_edwards(multiply(point, s[0] + 2 * s[1] + 4 * s[2])) for s in signs]

    def mean(coordinate: int, of: Callable[[Sequence[int]], int]) -> int:
        parts = (p[coordinate] * of(s) for p, s in zip(points, signs, strict=True))
        return sum(parts) * _EIGHTH % R

    return _Window(
        mean(0, lambda s: 1),
        mean(0, lambda s: s[0] * s[1]),
        mean(0, lambda s: s[0] * s[2]),
        mean(0, lambda s: s[1] * s[2]),
        (mean(1, lambda s: s[0]), mean(1, lambda s: s[1]), mean(1, lambda s: s[2])),
        mean(1, prod),
    )


def looked_up(point: Pair, bits: Sequence[Any]) -> Coordinates:
    """(s_0 + 2 s_1 + 4 s_2) point in Montgomery form, for a point of the prime subgroup: two rows.

    point  on the Edwards curve, and not the identity
    """
    constant, a, b, c, linear, k = _window(point)
    s = [2 * as_field(bit) - 1 for bit in bits]
    over_b, over_a = pow(b, -1, R), pow(a, -1, R)
    u = (b * s[0] + c * s[1]) * (s[2] + a * over_b % R * s[1]) + (constant - a * c * over_b) % R
    k = k * over_a % R
    rest = [(one - k * m) % R for one, m in zip(linear, (b, c, constant), strict=True)]
    turned = s[2] * u
    if known(bits[2]) is None:
        turned = wire(turned)  # alone, so that no wire is made of two windows
    return u, k * turned + sum(r * sign for r, sign in zip(rest, s, strict=True))


class _Fraction(NamedTuple):
    """The coefficients of K, A and C."""

    k: int
    a: list[int]
    constant: int
    c: list[int]


@lru_cache(1 << 10)
def _fraction(table: tuple[int, ...]) -> _Fraction:
    w = list(table)
    for bit in (1, 2, 4):  # the coefficients of monomials, by the set of their bits
        w = [x - w[i ^ bit] if i & bit else x for i, x in enumerate(w)]
    k = (-(w[3] + w[5] + w[6]) * pow(w[7], -1, R) - 3) % R
    if k == 0 or k >= R - 3:
        raise ValueError("a table for which the form K is 0")
    q, r, s = (w[i | j] * (k + 2) + w[i] + w[j] for i, j in ((1, 2), (1, 4), (2, 4)))
    a = [x * _HALF % R for x in (q + r - s, q + s - r, r + s - q)]
    c = [((one - x) * (k + 1) + w[0]) % R for one, x in zip((w[1], w[2], w[4]), a, strict=True)]
    return _Fraction(k, a, w[0] * k % R, c)


def one_of(table: Sequence[int], bits: Sequence[Any]) -> Any:
    """The number of eight at the place that three bits say, the lowest first: one row.

    table  canonical, of no such symmetry that K could be 0: coordinates of multiples have none
    """
    k, a, constant, c = _fraction(tuple(table))
    b = [as_field(bit) for bit in bits]
    numerator = constant + sum(x * bit for x, bit in zip(c, b, strict=True))
    rest = sum(x * bit for x, bit in zip(a, b, strict=True))
    return quotient(numerator, k + sum(b)) + rest


def on_wires(bits: Sequence[Any]) -> list[Any]:
    """Bits with a wire each, so that the analysis sees which points they choose.

    Cost: one or two rows for each that is made of several wires, as `x ^ y` is.
    """
    return [
        bit.moved(bit.engine, in_reach(bit).wired_bit(bit.payload))
        if isinstance(bit, Signal)
        else bit
        for bit in bits
    ]


def known(bit: Any) -> int | None:
    """A bit that is a constant; None for others."""
    return in_reach(bit).integer(bit) if isinstance(bit, Signal) else int(bit)
