"""Small linear relations between a few points: a P + b Q + ... = 0 with small integers.

Between points that were drawn at random there is none, so what is found was put there. The search
makes many points and compares them by their x, which a point and its negative share:

    j P             for each point P, j up to `multiples`
    i P +- j Q      i, j up to `coefficients`, for the pairs of points that are asked for
    i P +- j S      S = (2 * multiples - 1) Q, for every two points: giant steps, so that
                    i P = k Q is found for k far beyond what is listed

An x that comes twice is a relation. Sums go through accel.fixed_base, whose additions know no
exceptions: before points are added to one another, no two of them are equal or opposite.

Source: baby steps and giant steps, Shanks 1971.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from math import gcd

import numpy as np
from numpy.typing import NDArray

from accel import jacobian
from accel.arrays import Rows, blank_rows, load, store
from accel.backend import machine as chosen_machine
from accel.fixed_base import Adder
from accel.kernels import kernel
from accel.limbs import Words
from accel.machine import FP, FP2
from accel.points import file_points, padded_count, working_points
from accel.scalar import SCALAR

Index = NDArray[np.int64]
Relation = dict[int, int]  # coefficients by the numbers of points; the sum is zero


@kernel
def _double_each(points, out, n):
    """out[i] = 2 points[i]."""
    for i in range(n):
        x, y = load(points, i)
        store(out, i, jacobian.to_affine(jacobian.double(jacobian.from_affine(x, y))))


@dataclass(frozen=True, slots=True)
class Search:
    """How far a search goes.

    multiples     of each of the first `main` points, 2 or more
    others        of each point after them, 2 or more: images, which get no sums
    coefficients  of sums of two points, for these pairs of the first `main`; 0 for no sums
    giants        multiples of the stride, and how many multiples each is added to; 0 for none
    """

    main: int
    multiples: int
    others: int = 2
    coefficients: int = 0
    pairs: Sequence[tuple[int, int]] = ()
    giants: tuple[int, int] = (0, 0)


def small_relations(points: Words, search: Search) -> list[Relation]:
    """Some relations between points with small coefficients; none only if the search finds none.

    points  (n, 8) of G1 or (n, 16) of G2, uint64: affine, Montgomery, of order r, no infinity

    If multiples of single points meet, all such meetings are given; else those of sums.
    Cost: on eight lanes some 100 ns for each point of G1 that the search makes, 180 ns of G2.
    """
    table = _Table(points, search)
    return table.relations() or table.with_sums().relations()


class _Table:
    """The points made: rows of a table, each with the two terms that it is the sum of."""

    def __init__(self, points: Words, search: Search) -> None:
        self.search, self.count = search, len(points)
        self.field = FP if points.shape[1] == 8 else FP2
        self.machine = chosen_machine()
        doubled = np.empty_like(points)
        rows = [Rows(self.field, SCALAR, np.ascontiguousarray(a), 2) for a in (points, doubled)]
        _double_each(*rows, len(points))
        first = working_points(np.concatenate([points, doubled]), self.field, self.machine)
        size = padded_count(self._most(), self.machine)
        self.rows = blank_rows(self.field, self.machine, size, 2)
        self.adder = Adder(self.rows)
        self.rows.words[: 2 * self.count] = first.words[: 2 * self.count]
        self.number = np.zeros((size, 2), np.int64)  # the points of a row's two terms
        self.coefficient = np.zeros((size, 2), np.int64)
        self.used = 2 * self.count
        self.number[: self.used, 0] = np.tile(np.arange(self.count), 2)
        self.coefficient[: self.used, 0] = np.repeat([1, 2], self.count)
        start = np.arange(2 * self.count).reshape(2, -1).T
        some = self._multiples(start, min(search.multiples, search.others))
        self.main = self._multiples(some[: search.main], search.multiples)
        self._multiples(some[search.main :], search.others)
        self.strides = self._strides()

    def _most(self) -> int:
        s, others = self.search, self.count - self.search.main
        single = s.main * (s.multiples + s.giants[0] + 2) + others * s.others
        sums = 2 * len(s.pairs) * s.coefficients**2
        return single + sums + 2 * s.main * (s.main - 1) * s.giants[0] * s.giants[1]

    def _add(self, left: Index, right: Index, sign: int = 1) -> Index:
        """New rows: left + right or left - right, of any shape."""
        into = self.used + np.arange(left.size)
        self.used += left.size
        a, b = left.reshape(-1), right.reshape(-1)
        self.adder.add(a, b, into, subtract=sign < 0)
        self.number[into, 0], self.coefficient[into, 0] = self.number[a, 0], self.coefficient[a, 0]
        same = self.number[a, 0] == self.number[b, 0]
        other = sign * self.coefficient[b, 0]
        self.coefficient[into, 0] += np.where(same, other, 0)
        self.number[into, 1] = self.number[b, 0]
        self.coefficient[into, 1] = np.where(same, 0, other)
        return into.reshape(left.shape)

    def _multiples(self, rows: Index, count: int) -> Index:
        """(n, count): the rows of 1, 2, ... times n points, of which the first two are there."""
        while rows.size > 0 and (have := rows.shape[1]) < count:
            more = min(have - 1, count - have)
            last = np.repeat(rows[:, -1:], more, axis=1)
            rows = np.concatenate([rows, self._add(last, rows[:, :more])], axis=1)
        return rows

    def _strides(self) -> Index:
        """Multiples of S = (2 m - 1) P for each point, m of whose multiples are there."""
        if not self.search.giants[0]:
            return np.empty((self.search.main, 0), np.int64)
        last, before = self.main[:, -1], self.main[:, -2]
        stride = self._add(last, before)
        twice = self._add(self._add(stride, last), before)
        return self._multiples(np.stack([stride, twice], axis=1), self.search.giants[0])

    def with_sums(self) -> _Table:
        """The sums too. No two single points may be equal or opposite."""
        s = self.search
        if s.coefficients and len(s.pairs):
            p, q = np.array(s.pairs).T
            self._both(self.main[p, : s.coefficients], self.main[q, : s.coefficients])
        if s.giants[0] and s.main > 1:
            p, q = np.array(list(permutations(range(s.main), 2))).T
            self._both(self.main[p, : s.giants[1]], self.strides[q])
        return self

    def _both(self, left: Index, right: Index) -> None:
        """Row k of left, each with each of row k of right: their sums and differences."""
        a, b = np.broadcast_arrays(left[:, :, None], right[:, None, :])
        for sign in (1, -1):
            self._add(a, b, sign)

    def relations(self) -> list[Relation]:
        """Of every two rows with one x that are neighbours when sorted."""
        words = file_points(self.rows, self.field, self.machine)[: self.used]
        x, y = np.split(words, 2, axis=1)
        return [self._relation(i, j, (y[i] == y[j]).all()) for i, j in _equal_rows(x)]

    def _relation(self, one: int, other: int, equal: np.bool_) -> Relation:
        total: Relation = {}
        for row, sign in ((one, 1), (other, -1 if equal else 1)):
            for number, coefficient in zip(self.number[row], self.coefficient[row], strict=True):
                total[int(number)] = total.get(int(number), 0) + sign * int(coefficient)
        divisor = gcd(*total.values())
        return {number: value // divisor for number, value in sorted(total.items()) if value}


def _equal_rows(x: Words) -> list[tuple[int, int]]:
    """Pairs of equal rows. Almost always there is none: the first words tell."""
    order = np.argsort(x[:, 0])
    first = x[order, 0]
    same = np.flatnonzero(first[1:] == first[:-1])
    if not len(same):
        return []
    some = order[np.union1d(same, same + 1)]
    some = some[np.lexsort(x[some].T)]
    equal = (x[some[1:]] == x[some[:-1]]).all(axis=1)
    return [(int(some[k]), int(some[k + 1])) for k in np.flatnonzero(equal)]
