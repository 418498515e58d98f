"""Small linear relations between a few points: a P + b Q + ... = 0 with small integers.

Between points that were drawn at random there is none, so what is found was put there. The search
makes many points and compares them by their x, which a point and its negative share:

    j P             for each point P, j up to `multiples`
    i P +- j Q      i, j up to `coefficients`, for the pairs of points that are asked for
    i P +- j S      S = (2 * multiples - 1) Q, for every two points: giant steps, so that
                    i P = k Q is found for k far beyond what is listed

An x that comes twice is a relation. Points are added in affine batches, which know no exceptions:
before points are added to one another, no two of them are equal or opposite. Points of G1 are taken
for points over Fp2, so that one set of kernels is loaded for both groups.

Source: baby steps and giant steps, Shanks 1971.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import permutations
from math import gcd

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Curve
from zkpipe.accel.curves.points import file_points, padded_count
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.fields.rows import Rows, WorkRows, blank_rows
from zkpipe.accel.machines.backend import machine as chosen_machine
from zkpipe.accel.msm.affine_batches import padded, room
from zkpipe.ground.quick_dataclass import dataclass

_kernels = Kernels("zkpipe.accel.msm.kernels.relations")
_batches = Kernels("zkpipe.accel.msm.kernels.affine_batches")

Index = NDArray[np.int64]
Relation = dict[int, int]  # coefficients by the numbers of points; the sum is zero


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


def small_relations(points: Words, search: Search, curve: Curve = BN254) -> list[Relation]:
    """Some relations between points with small coefficients; none only if the search finds none.

    points  (n, 8) of G1 or (n, 16) of G2, uint64: affine, Montgomery, of order r, no infinity

    If multiples of single points meet, enough of that is given to connect all points that are
    multiples of one another; else what sums have in common.
    Cost: on eight lanes some 120 ns for each point that the search makes.
    """
    table = _Table(points, search, curve)
    return table.relations() or table.with_sums().relations()


@dataclass(frozen=True, slots=True)
class _Level:
    """Rows from `first` on: left + sign * right."""

    first: int
    left: Index
    right: Index
    sign: int


class _Table:
    """The points made: rows of a table, and which rows each level of them is the sum of."""

    def __init__(self, points: Words, search: Search, curve: Curve) -> None:
        self.field = curve.fp2
        self.search, self.count, self.machine = search, len(points), chosen_machine()
        self.padded = padded_count(self.count, self.machine)
        self.used = 2 * self.padded
        size = padded_count(self.used + self._most(), self.machine)
        self.rows = blank_rows(self.field, self.machine, size, 2)
        source = Rows(self.field, self.machine, self._filled(points), 2)
        _kernels.begin(source, self.rows, self.padded // self.machine.width)
        self.room = room(self.field, self.machine, size)
        self.levels: list[_Level] = []
        self.made = 0  # of the levels
        start = np.stack([np.arange(self.count), self.padded + np.arange(self.count)], axis=1)
        self.x = [np.empty((0, 8), np.uint64)]
        self.of = [np.empty(0, np.int64)]
        self._look_at(np.sort(start, axis=None))
        some = self._multiples(start, min(search.multiples, search.others))
        self.main = self._multiples(some[: search.main], search.multiples)
        self._multiples(some[search.main :], search.others)
        self.strides = self._strides()
        self._make()

    def _filled(self, points: Words) -> Words:
        """Whole blocks of points over Fp2, the last one repeated."""
        last = np.full(self.padded - self.count, self.count - 1)
        points = points[np.concatenate([np.arange(self.count), last])]
        if points.shape[1] == 16:
            return points
        over = np.zeros((len(points), 16), np.uint64)
        over[:, :4], over[:, 8:12] = points[:, :4], points[:, 4:]
        return over

    def _most(self) -> int:
        s, others = self.search, self.count - self.search.main
        single = s.main * (s.multiples + s.giants[0] + 2) + others * s.others
        sums = 2 * len(s.pairs) * s.coefficients**2
        return single + sums + 2 * s.main * (s.main - 1) * s.giants[0] * s.giants[1]

    def _add(self, left: Index, right: Index, sign: int = 1) -> Index:
        """New rows: left + right or left - right, of any shape; made by `_make`, level by level."""
        into = self.used + np.arange(left.size)
        if left.size:
            self.levels.append(_Level(self.used, left.reshape(-1), right.reshape(-1), sign))
            self.used += left.size
        return into.reshape(left.shape)

    def _make(self) -> None:
        """All additions that are asked for and not made yet, in one call of the kernel."""
        new, self.made = self.levels[self.made :], len(self.levels)
        if not new:
            return
        m, first = self.machine, new[0].first
        left = [padded(level.left, m) for level in new]
        bits = [np.uint32(0 if level.sign > 0 else 1 << 31) for level in new]
        right = [padded(level.right, m) | bit for level, bit in zip(new, bits, strict=True)]
        ends = [*(level.first for level in new[1:]), self.used]
        into = [padded(np.arange(v.first, end), m) for v, end in zip(new, ends, strict=True)]
        bounds = np.cumsum([0, *(len(index) // m.width for index in left)])
        index, addend, target = (np.concatenate(parts) for parts in (left, right, into))
        _batches.extend(self.rows, index, self.rows, addend, target, bounds, *self.room)
        self._look_at(np.arange(first, self.used))

    def _look_at(self, rows: Index) -> None:
        """Add the x of some rows, in rising order, to those that are compared."""
        width = self.machine.width
        low, high = int(rows[0]) // width, -(-(int(rows[-1]) + 1) // width)
        some = WorkRows(self.field, self.machine, self.rows.words[low * width : high * width], 2)
        begin, end = int(rows[0]) - low * width, int(rows[-1]) + 1 - low * width
        is_whole = len(rows) == end - begin  # then a view is quicker than a copy
        chosen = slice(begin, end) if is_whole else rows - low * width
        self.x.append(file_points(some, self.field, self.machine)[chosen, :8])
        self.of.append(rows)

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
        self._make()
        return self

    def _both(self, left: Index, right: Index) -> None:
        """Row k of left, each with each of row k of right: their sums and differences."""
        a, b = np.broadcast_arrays(left[:, :, None], right[:, None, :])
        for sign in (1, -1):
            self._add(a, b, sign)

    def relations(self) -> list[Relation]:
        """Of rows with one x, neighbours when sorted: the first two that are of the same points.

        If P = -Q, all their multiples meet: tens of thousands, that say the same.
        """
        pairs = np.array(_equal_rows(self.x), np.int64).reshape(-1, 2)
        if not len(pairs):
            return []
        rows = np.concatenate(self.of)[pairs]
        rows = rows[np.argsort(rows.max(axis=1), kind="stable")]
        points = np.sort(self._points()[rows].reshape(-1, 4), axis=1)
        _, first = np.unique(points, axis=0, return_index=True)
        return [self._relation(int(one), int(other)) for one, other in rows[np.sort(first)]]

    def _points(self) -> Index:
        """(used, 2): the points of which each row is a sum of multiples; of one, it twice."""
        of = np.empty((self.used, 2), np.int64)
        of[: 2 * self.padded] = (np.arange(2 * self.padded) % self.padded)[:, None]
        for level in self.levels:
            own = slice(level.first, level.first + len(level.left))
            of[own, 0], of[own, 1] = of[level.left, 0], of[level.right, 1]
        return of

    def _relation(self, one: int, other: int) -> Relation:
        sign = -1 if np.array_equal(self._y(one), self._y(other)) else 1
        total = self._terms(one)
        for number, value in self._terms(other).items():
            total[number] = total.get(number, 0) + sign * value
        divisor = gcd(*total.values())
        return {number: value // divisor for number, value in sorted(total.items()) if value}

    def _y(self, row: int) -> Words:
        width = self.machine.width
        block = WorkRows(
            self.field, self.machine, self.rows.words[row // width * width :][:width], 2
        )
        return file_points(block, self.field, self.machine)[row % width, 8:]

    def _terms(self, row: int) -> Relation:
        """A row as a sum of the points that were given."""
        if row < 2 * self.padded:
            return {row % self.padded: 1 + row // self.padded}
        level = self.levels[bisect_right([level.first for level in self.levels], row) - 1]
        at = row - level.first
        total = self._terms(int(level.left[at]))
        for number, value in self._terms(int(level.right[at])).items():
            total[number] = total.get(number, 0) + level.sign * value
        return total


def _equal_rows(parts: Sequence[Words]) -> list[tuple[int, int]]:
    """Pairs of equal rows, numbered through all parts. There is hardly ever one.

    Only where two first words are equal are rows compared.
    """
    first = np.concatenate([x[:, 0] for x in parts])
    order = np.argsort(first)
    first = first[order]
    same = np.flatnonzero(first[1:] == first[:-1])
    if not len(same):
        return []
    x = np.concatenate(parts)
    some = order[np.union1d(same, same + 1)]
    some = some[np.lexsort(x[some].T)]
    equal = (x[some[1:]] == x[some[:-1]]).all(axis=1)
    return [(int(some[k]), int(some[k + 1])) for k in np.flatnonzero(equal)]
