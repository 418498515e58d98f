"""The lemma of few values: an unknown of small range whose values leave no room for two.

lookup(t, i) < x < lookup(t, i + 1) with sorted constants t says what i is: x lies in an interval
for each i, and no two of these meet. So do logarithms to a base, and places in a table.

Let q lie in an arc of few integers, or be one of few constants (`members`). Take each of them,
q = v: wires that follow are constants, or constants times what is known (`expressions`), so the
rows keep forms k K + c of what is known in intervals [f, f'] mod r, with integers k and c that v
decides. A value with K = 0 and c outside of [f, f'] is that of no witness. Let K lie in [a, b]: if
k a, k b, f - c and f' - c span less than r, then k K is in [f - c, f' - c] for the integers, and K
lies in [(f - c) / k, (f' - c) / k]. If the intervals in which K lies for two
values have no integer in common, two witnesses with the same K do not have these values; so if that
holds of all pairs, q is determined. Where K has no arc, conditions with k = 1 or -1 serve, if all
of their intervals together span less than r: K is then the integer of its residue in their hull.
Where no K serves for all values, each two may have one of their own (`case_pairs`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import gcd

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import R, signed
from zkpipe.circuits.soundness.integers.brackets import Condition, unknown_integers
from zkpipe.circuits.soundness.integers.members import memberships
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.cases import Intervals
from zkpipe.circuits.soundness.rules.expressions import Expressions
from zkpipe.circuits.soundness.rules.forms import Arc, Forms
from zkpipe.circuits.soundness.rules.polynomials import Monomial, Polynomial, moved_terms, range_of

MOST_VALUES = 1 << 10
MOST_WORK = 2_000_000  # entries of rows, once for each value: a second or two

Key = tuple[tuple[Monomial, int], ...]  # a combination K of products of what is known
Scaled = tuple[int, int, int]  # k, f, f' with f <= k K <= f'
ByCase = dict[int, list[Scaled]]  # of the cases that have a condition on K


class FewValues:
    """The lemma. What it looks at is limited for all of its turns together.

    work_left  entries of rows, once for each value
    """

    def __init__(self, intervals: Intervals, work_left: int = MOST_WORK) -> None:
        self._intervals = intervals
        self.work_left = work_left

    def __call__(self, forms: Forms) -> Iterator[int]:
        """Wires that the lemma determines."""
        settled: set[int] = set()
        for wire, integers in candidates(forms):
            if wire in settled or forms.state.is_known[wire]:
                continue
            if self.work_left < 0:
                return
            values = np.array(integers, dtype=object) % R
            found = Expressions(forms, {wire: {(): values}}, len(values))
            self.work_left -= found.work * len(values)
            if self._tells_apart(found.conditions, len(values)):
                settled |= found.of.keys()
                yield forms.determined(wire)

    def _tells_apart(self, conditions: Iterable[Condition], count: int) -> bool:
        """Whether no two of the cases are possible together."""
        possible = np.ones(count, np.bool_)
        scaled: dict[Key, ByCase] = {}
        for polynomial, (low, high) in conditions:
            if self.work_left < 0:
                return False
            if polynomial.keys() <= {()}:
                constants = polynomial.get((), 0) + np.zeros(count, dtype=object)
                possible &= ((constants - low) % R <= high - low).astype(np.bool_)
            else:
                self.work_left -= 4 * count * len(polynomial)
                self._collect(scaled, polynomial, (low, high), count)
        if possible.sum() <= 1:
            return True
        return any(self._are_apart(key, by_case, possible) for key, by_case in scaled.items())

    def _collect(
        self, scaled: dict[Key, ByCase], polynomial: Polynomial, arc: Arc, count: int
    ) -> None:
        """Note what a condition says of a combination in each case."""
        monomials = sorted(m for m in polynomial if m)
        zeros = np.zeros(count, dtype=object)
        columns = [(polynomial.get(m, 0) + zeros).tolist() for m in [(), *monomials]]
        for case, (constant, *numbers) in enumerate(zip(*columns, strict=True)):
            left = [(m, signed(k)) for m, k in zip(monomials, numbers, strict=True) if k]
            if left:
                key, one = as_scaled(left, signed(constant), arc)
                scaled.setdefault(key, {}).setdefault(case, []).append(one)

    def _are_apart(self, key: Key, by_case: ByCase, possible: NDArray[np.bool_]) -> bool:
        """Whether the intervals of K in the possible cases have no integer in common."""
        if len(by_case) + 1 < possible.sum():
            return False  # two cases of which nothing is said
        cases = [by_case.get(case, []) for case in np.flatnonzero(possible).tolist()]
        self.work_left -= moved_terms(dict(key)) + sum(map(len, cases))
        ends = self._range(key)
        ways = [_of_residues(cases)]
        if ends is not None:
            ways.append([of_integers(case, ends) for case in cases])
        return any(map(_have_nothing_in_common, ways))

    def _range(self, key: Key) -> Arc | None:
        wires = {wire for monomial, _ in key for wire in monomial}
        arcs = {w: a for w in wires if (a := self._intervals.of({w: 1})) is not None}
        return range_of(dict(key), arcs)


def candidates(forms: Forms) -> Iterator[tuple[int, Sequence[int]]]:
    """Unknown wires with the few values of each."""
    for wire, members in memberships(forms):
        if all(member.keys() <= {ONE_WIRE} for member in members):
            yield wire, sorted({member.get(ONE_WIRE, 0) for member in members})
    for wire in unknown_integers(forms):
        arc = forms.arc_of_wire(wire)
        if arc is not None and arc[1] - arc[0] < MOST_VALUES:
            yield wire, range(arc[0], arc[1] + 1)


def as_scaled(terms: Sequence[tuple[Monomial, int]], c: int, arc: Arc) -> tuple[Key, Scaled]:
    """What an interval of terms + c says of the combination that they are a multiple of."""
    k = gcd(*(number for _, number in terms)) * (1 if terms[0][1] > 0 else -1)
    return tuple((m, number // k) for m, number in terms), (k, arc[0] - c, arc[1] - c)


def _have_nothing_in_common(arcs: list[Arc]) -> bool:
    found = sorted(arc for arc in arcs if arc[0] <= arc[1])
    return all(below[1] < above[0] for below, above in pairwise(found))


def of_integers(conditions: list[Scaled], ends: Arc) -> Arc:
    """The interval of an integer K in `ends` by conditions on multiples of it, mod r."""
    low, high = ends
    for k, least, most in conditions:
        all_ends = (k * ends[0], k * ends[1], least, most)
        if max(all_ends) - min(all_ends) < R:
            if k < 0:
                k, least, most = -k, -most, -least
            low, high = max(low, -(-least // k)), min(high, most // k)
    return low, high


def _of_residues(cases: list[list[Scaled]]) -> list[Arc]:
    """The intervals, one for each case, of the integer that K is mod r in the hull of all.

    Where they all span r or more, they say nothing.
    """
    found = []
    for conditions in cases:
        arcs = [(k * least, k * most)[::k] for k, least, most in conditions if abs(k) == 1]
        if not arcs:
            return [(0, R), (0, R)]
        found.append(arcs)
    low, high = min(a[0] for arcs in found for a in arcs), max(a[1] for arcs in found for a in arcs)
    if high - low >= R:
        return [(0, R), (0, R)]
    return [(max(a[0] for a in arcs), min(a[1] for a in arcs)) for arcs in found]
