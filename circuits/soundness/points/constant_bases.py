"""Constant points of the subgroup of order L, and numbers that they are multiples of one by.

A base Q gives numbers to t 2^i Q for t = 1, 3, 5, 7 and their opposites, while 2^i is below L: to
what windows of three or four bits are made of, at any place. A window whose bits are constants, or
depend on each other, may have 7 Q alone. Then that is a base, until a sum with another window asks
for Q.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.points.curve import Curve, Pair

MOST_BASES = 64
ODD = (1, 3, 5, 7)
FEW = 8  # the greatest power of two in the numbers of a base's first points


class ConstantBases:
    """The bases of a system, each found by the first points that are multiples of it.

    Cost: 30 ms for a base of Baby Jubjub, and for a part of one that is tried.
    """

    def __init__(self, curve: Curve) -> None:
        self._curve = curve
        self._points: list[Pair] = []  # the bases
        self._numbers: list[dict[Pair, int]] = []  # of each
        self._factors: dict[tuple[int, int], int] = {}  # of a base by a part of it
        self._trials = MOST_BASES

    def multiples(
        self, points: Sequence[Pair], beside: int | None = None
    ) -> tuple[int, list[int]] | None:
        """A base, as a number, of which all points are multiples, and by which numbers.

        beside  the base of what is to be added: that is taken, or a part of it, if one will do
        """
        if beside is not None:
            found = self._among([beside], points) or self._among(self._parts(beside), points)
            if found is not None:
                return found
        bases = range(len(self._points))
        return self._among(bases, points) or self._among(self._new(points), points)

    def factor(self, of: int, by: int) -> int | None:
        """The odd number that one base is a multiple of another by; None if it is not known."""
        return 1 if of == by else self._factors.get((of, by))

    def _among(self, bases: Iterable[int], points: Sequence[Pair]) -> tuple[int, list[int]] | None:
        for base in bases:
            numbers = self._numbers[base]
            if all(point in numbers for point in points):
                return base, [numbers[point] for point in points]
        return None

    def _parts(self, base: int) -> Iterator[int]:
        """The third, the fifth and the seventh of a base."""
        for (of, part), _ in list(self._factors.items()):
            if of == base:
                yield part
        for t, point in self._quotients(self._points[base]):
            if t > 1 and point not in self._points and self._trials > 0:
                part = self._put(point)
                self._factors[base, part] = t
                yield part

    def _new(self, points: Sequence[Pair]) -> Iterator[int]:
        """A base of which all points are multiples by few numbers, by odd ones first."""
        for first in points:
            if self._trials > 0 and self._is_base(first):
                quotients = [point for _, point in self._quotients(first)]
                for most, point in product((1, FEW), quotients):
                    few = self._multiples(point, most)
                    if all(other in few for other in points):
                        yield self._put(point)
                        return

    def _put(self, point: Pair) -> int:
        self._trials -= 1
        self._points.append(point)
        self._numbers.append(self._multiples(point, self._curve.order))
        return len(self._points) - 1

    def _is_base(self, point: Pair) -> bool:
        return self._curve.is_on(point) and self._curve.multiple(point, self._curve.order) is None

    def _quotients(self, point: Pair) -> Iterator[tuple[int, Pair]]:
        """t and Q with t Q = point."""
        for t in ODD:
            over = pow(t, -1, self._curve.order) if t % self._curve.order else 0
            quotient = self._curve.multiple(point, over)
            if quotient is not None:
                yield t, quotient

    def _multiples(self, point: Pair, most: int) -> dict[Pair, int]:
        """The odd multiples by 7 at the most, times powers of two up to a number."""
        numbers: dict[Pair, int] = {}
        power = 1
        while power <= most and power < self._curve.order:
            for multiple, number in self._odd_multiples(point, power).items():
                numbers.setdefault(multiple, number)
            doubled = self._curve.sum_of(point, point)
            if doubled is None:
                break
            point, power = doubled, 2 * power
        return numbers

    def _odd_multiples(self, point: Pair, power: int) -> dict[Pair, int]:
        """t Q for the odd t, as multiples by t times a power of two."""
        numbers: dict[Pair, int] = {}
        doubled, found = self._curve.sum_of(point, point), point
        for t in ODD:
            u, v = found
            numbers.setdefault(found, t * power)
            numbers.setdefault((u, -v % R), -t * power)
            following = self._curve.sum_of(found, doubled)
            if following is None:
                break
            found = following
        return numbers
