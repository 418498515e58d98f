"""The lemma of pairs of cases: each two values of an unknown are told apart by what is their own.

The first of the greatest, x_j + [j < i] <= x_i for every j, leaves no combination that all values
of i bound; but any two of them bound the difference of their entries. Nor does a gap of a list that
is no constant, x_i < x < x_(i+1); but the list is checked to ascend, and is the same in both
witnesses.

Let q be an integer of few values, and take each of them, q = v: the rows keep combinations K of
what is known in intervals mod r (`few_values`, and `expressions` in a single case, which reads a
product with a flag that v decides as an equation). Two witnesses with the same known values do not
have the values v and w

    if the interval in which v puts a K has no residue in common with that in which w puts it, or
    only one, and the rows say that K is not that one; or
    if v puts u - p in [l, h], w puts p - t in [l', h'], and t - u is in [m, n] by rows that hold in
    every witness (`orders`): the three add up to 0 mod r, so to a multiple of r, and no multiple of
    r is from l + l' + m to h + h' + n; or
    if u - p and p - t are numbers, l = h and l' = h', and the rows say that t - u is not -l - l'.

No witness has a value v that puts u - p in [l, h] where p - u is in [m, n] by rows and no multiple
of r is from l + m to h + n. If all pairs of other values are told apart, q is determined.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import R, signed
from zkpipe.circuits.soundness.integers.brackets import Condition
from zkpipe.circuits.soundness.integers.few_values import (
    Key,
    Scaled,
    as_scaled,
    candidates,
    of_integers,
)
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.cases import Intervals
from zkpipe.circuits.soundness.rules.expressions import Expressions
from zkpipe.circuits.soundness.rules.forms import Arc, Forms, are_apart, common
from zkpipe.circuits.soundness.rules.orders import Orders
from zkpipe.circuits.soundness.rules.polynomials import Monomial, range_of

MOST_VALUES = 1 << 8
MOST_FLAGS = 1 << 7
MOST_WORK = 1_000_000  # entries of rows, terms and pairs, all turns together: a second

Differences = dict[Monomial, list[tuple[Monomial, Arc]]]  # by p: u, and the interval of u - p


class CasePairs:
    """The lemma. What it looks at is limited for all of its turns together.

    work_left  entries of rows, terms of polynomials and pairs
    """

    def __init__(self, intervals: Intervals, work_left: int = MOST_WORK) -> None:
        self._intervals = intervals
        self._orders = Orders(intervals.forms)
        self._ends: dict[Key, Arc | None] = {}
        self.work_left = work_left

    def __call__(self, forms: Forms) -> Iterator[int]:
        """Wires that the lemma determines."""
        self._ends.clear()
        for wire, integers in chain(candidates(forms), _flags(forms)):
            if self.work_left < 0:
                return
            if len(integers) <= MOST_VALUES and self._are_apart(forms, wire, integers):
                yield wire

    def _are_apart(self, forms: Forms, wire: int, integers: Sequence[int]) -> bool:
        """Whether no two values of a wire are those of two witnesses."""
        cases: list[_Case] = []
        for value in integers:
            found = Expressions(forms, {wire: {(): value % R} if value % R else {}}, 1)
            self.work_left -= found.work
            case = self._case(found.conditions)
            if case is not None:
                if cases and not self._is_pair_apart(cases[-1], case):
                    return False  # as most unknowns end
                cases.append(case)
        return self._are_all_apart(cases)

    def _case(self, conditions: Sequence[Condition]) -> _Case | None:
        """What a case says of combinations; None if no witness has it."""
        scaled: dict[Key, list[Scaled]] = defaultdict(list)
        for polynomial, arc in conditions:
            self.work_left -= len(polynomial)
            numbers = {m: signed(_number(k) % R) for m, k in polynomial.items()}
            c = numbers.pop((), 0)
            terms = sorted((m, k) for m, k in numbers.items() if k)
            if terms:
                key, one = as_scaled(terms, c, arc)
                scaled[key].append(one)
            elif (c - arc[0]) % R > arc[1] - arc[0]:
                return None
        arcs: dict[Key, Arc] = {}
        for key, found in scaled.items():
            best: Arc | None = None
            for arc in self._intervals_of(key, found):
                if arc[0] > arc[1] or (best is not None and are_apart(best, arc)):
                    return None
                best = common(best, arc)
            if best is not None:
                arcs[key] = best
        case = _Case(arcs)
        return None if self._is_excluded(case) else case

    def _is_excluded(self, case: _Case) -> bool:
        """Whether a difference of two wires in a case is not what it is by the rows."""
        for p, differences in case.differences.items():
            for u, arc in differences:
                self.work_left -= 1
                if self.work_left >= 0 and self._exclude_zero(u, p, arc):
                    return True
        return False

    def _intervals_of(self, key: Key, found: list[Scaled]) -> Iterator[Arc]:
        """Intervals mod r of a combination; of no width less than 0 unless nothing is in them."""
        for k, least, most in found:
            if abs(k) == 1:
                yield min(k * least, k * most), max(k * least, k * most)
        if any(abs(k) != 1 for k, _, _ in found):
            if key not in self._ends:
                self._ends[key] = self._range(key)
            ends = self._ends[key]
            if ends is not None:
                yield of_integers(found, ends)

    def _range(self, key: Key) -> Arc | None:
        wires = {wire for monomial, _ in key for wire in monomial}
        forms, arcs = self._intervals.forms, {}
        for wire in wires:
            arc = forms.arc_of_wire(wire) or self._intervals.of({wire: 1})
            if arc is not None:
                arcs[wire] = arc
        return range_of(dict(key), arcs)

    def _are_all_apart(self, cases: Sequence[_Case]) -> bool:
        left = np.triu(np.ones((len(cases), len(cases)), np.bool_), 1)
        by_key: dict[Key, dict[int, Arc]] = defaultdict(dict)
        for number, case in enumerate(cases):
            for key, arc in case.arcs.items():
                by_key[key][number] = arc
        for by_case in by_key.values():
            self.work_left -= len(by_case) ** 2
            if self.work_left < 0:
                return False
            _take_off(left, by_case)
        return all(self._is_pair_apart(cases[v], cases[w]) for v, w in np.argwhere(left).tolist())

    def _is_pair_apart(self, first: _Case, second: _Case) -> bool:
        self.work_left -= min(len(first.arcs), len(second.arcs))
        if self.work_left < 0:
            return False
        for key in first.arcs.keys() & second.arcs.keys():
            both = first.arcs[key], second.arcs[key]
            if are_apart(*both) or self._is_never(key, common(*both)):
                return True
        return self._are_ordered(first, second) or self._are_ordered(second, first)

    def _is_never(self, key: Key, arc: Arc | None) -> bool:
        """Whether the rows say that a combination of two wires is not the one number of an arc."""
        if arc is None or arc[0] != arc[1] or not _is_difference(key):
            return False
        (u, _), (p, _) = sorted(key, key=lambda term: -term[1])
        return len(u) == len(p) == 1 and self._orders.differ(p[0], u[0], arc[0])

    def _are_ordered(self, first: _Case, second: _Case) -> bool:
        """Whether u - p of the one, p - t of the other and t - u by the rows cannot add up to 0."""
        for p in first.differences.keys() & second.differences.keys():
            for u, (low, high) in first.differences[p]:
                for t, (least, most) in second.differences[p]:
                    self.work_left -= 1
                    if self.work_left < 0:
                        return False
                    if self._exclude_zero(u, t, (low - most, high - least)):
                        return True
        return False

    def _exclude_zero(self, u: Monomial, t: Monomial, arc: Arc) -> bool:
        """Whether u - t in an interval mod r, and t - u by the rows, cannot add up to 0."""
        if len(u) != 1 or len(t) != 1:
            return False
        path = self._orders.between(u[0], t[0])
        if path is not None and _has_no_multiple((arc[0] + path[0], arc[1] + path[1])):
            return True
        return arc[0] == arc[1] and self._orders.differ(u[0], t[0], -arc[0])


class _Case:
    """What a value says.

    arcs         combinations of what is known, with their intervals mod r
    differences  the same of two products of wires each
    """

    def __init__(self, arcs: dict[Key, Arc]) -> None:
        self.arcs = arcs
        self.differences: Differences = defaultdict(list)
        for key, (low, high) in arcs.items():
            if _is_difference(key):
                (u, _), (p, _) = sorted(key, key=lambda term: -term[1])
                self.differences[p].append((u, (low, high)))
                self.differences[u].append((p, (-high, -low)))


def _flags(forms: Forms) -> Iterator[tuple[int, Sequence[int]]]:
    """Unknown bits that choose: factors of a product, and no digits of an unknown number alone."""
    is_open = forms.system.is_bit & ~forms.state.is_known
    is_factor = np.zeros(forms.system.total_count, np.bool_)
    for rows in (forms.system.a, forms.system.b):
        is_factor[rows.wires[rows.wires != ONE_WIRE]] = True
    for wire in np.flatnonzero(is_open & is_factor)[:MOST_FLAGS].tolist():
        yield wire, (0, 1)


def _is_difference(key: Key) -> bool:
    return len(key) == 2 and {k for _, k in key} == {1, -1}


def _take_off(left: NDArray[np.bool_], by_case: dict[int, Arc]) -> None:
    """Take pairs off that one combination tells apart."""
    lows, highs = (np.array([arc[k] for arc in by_case.values()], object) for k in (0, 1))
    if len(by_case) > 1 and max(highs) - min(lows) < R:
        numbers = np.array(list(by_case), np.int64)
        is_below = (highs[:, np.newaxis] < lows).astype(np.bool_)
        left[np.ix_(numbers, numbers)] &= ~(is_below | is_below.T)


def _has_no_multiple(arc: Arc) -> bool:
    """Whether no multiple of r is in an interval of integers."""
    return -(-arc[0] // R) > arc[1] // R


def _number(coefficient: int | NDArray[np.object_]) -> int:
    """A coefficient of a single case."""
    return int(coefficient[0]) if isinstance(coefficient, np.ndarray) else coefficient
