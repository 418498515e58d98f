"""A twisted Edwards curve a x^2 + y^2 = 1 + d x^2 y^2 with 8 L points, and its Montgomery form.

a is a square and d is none, so that the law of addition is complete; L is an odd prime. With
a - d = 4 its points other than (0, 1) are those of v^2 = u^3 + m u^2 + u with

    u = (1 + y) / (1 - y),  v = u / x,    m = 2 (a + d) / (a - d)

but (0, -1), the only point of order 2, which is (0, 0) there. Points of order 4 have y = 0, and
those of order 8 have y^2 = a x^2, as the double of a point has x = 0 where x y = 0, and y = 0 where
y^2 = a x^2. So a point for which x, y, y - r x and y + r x are not 0, r^2 = a, has none of the
orders 1, 2, 4 and 8: its order is L, 2 L, 4 L or 8 L. That is what *no low order* means here.

Source: as for the lemma of non-squares; Montgomery's form is that of RFC 7748.
"""

from __future__ import annotations

from dataclasses import dataclass

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import A, D, L
from zkpipe.accel.roots import square_root

Pair = tuple[int, int]  # u and v


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve as above: a, d, L, and a root of a."""

    a: int
    d: int
    order: int
    root: int

    @property
    def m(self) -> int:
        """The coefficient of u^2."""
        return 2 * (self.a + self.d) * pow(self.a - self.d, -1, R) % R

    def is_on(self, p: Pair) -> bool:
        """Whether a pair is on the Montgomery curve."""
        u, v = p
        return (v * v - u * (u * u + self.m * u + 1)) % R == 0

    def sum_of(self, p: Pair | None, q: Pair | None) -> Pair | None:
        """The sum of two points; None stands for the identity."""
        if p is None or q is None:
            return p or q
        (u, v), (s, t) = p, q
        if u != s:
            slope = (t - v) * pow(s - u, -1, R)
        elif (v + t) % R == 0:
            return None
        else:
            slope = (3 * u * u + 2 * self.m * u + 1) * pow(2 * v, -1, R)
        w = (slope * slope - self.m - u - s) % R
        return w, (slope * (u - w) - v) % R

    def multiple(self, p: Pair, k: int) -> Pair | None:
        """A point times a number from 0."""
        total: Pair | None = None
        for digit in f"{k:b}":
            total = self.sum_of(total, total)
            if digit == "1":
                total = self.sum_of(total, p)
        return total


BABY_JUBJUB = Curve(A, D, L, square_root(A) or 0)
