"""The lemma of brackets: an unknown integer between whose values the rows leave no room for two.

r * r <= x < (r + 1) * (r + 1) says what r is: if it were r in one witness and r' > r in another,
then x < (r + 1)^2 <= r'^2 <= x. So do quotients rounded up or to the nearest, roots of any degree.

Let q lie in an arc of integers, and let F and G be polynomials in q and in wires that are known,
which the rows keep in [f, f'] and [g, g'] mod r (`expressions`). Take two witnesses that agree on
what is known, with q in the one and q' = q + 1 + e, e >= 0, in the other. Let

    T = F(q + 1 + e) + G(q),     as a polynomial over the integers, in q, e and what is known.

T is F in the second witness and G in the first, so T is in [f + g, f' + g'] mod r. Let T lie in
[l, h] for all q and e and all known wires in their arcs. If h < f + g and l > f' + g' - r, then no
integer of [l, h] is that mod r. So no two witnesses have q < q', and q is determined. F and G are
any of the polynomials or their negatives, and may be the same one.

What is known need not have an arc if it cancels in T: x does, in the bracket above.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.rules.cases import Intervals
from zkpipe.circuits.soundness.rules.expressions import Expressions
from zkpipe.circuits.soundness.rules.forms import Arc, Forms
from zkpipe.circuits.soundness.rules.polynomials import (
    MOST_MOVED,
    Polynomial,
    as_integer_polynomial,
    moved_terms,
    put_in,
    range_of,
    value_of,
)

MOST_DEGREE = 8
MOST_CONDITIONS = 64  # of one unknown, in pairs
MOST_WORK = 300_000  # entries of rows and terms of polynomials: a second or two

Condition = tuple[Polynomial, Arc]


class Brackets:
    """The lemma. What it looks at is limited for all of its turns together.

    work_left  entries of rows and terms of polynomials
    """

    def __init__(self, intervals: Intervals, work_left: int = MOST_WORK) -> None:
        self._intervals = intervals
        self.work_left = work_left

    def __call__(self, forms: Forms) -> Iterator[int]:
        """Wires that the lemma determines."""
        settled: set[int] = set()
        for wire in unknown_integers(forms):
            if self.work_left < 0:
                return
            arc = forms.arc_of_wire(wire)
            if wire in settled or arc is None or forms.state.is_known[wire]:
                continue
            found = Expressions(forms, {wire: {(wire,): 1}})
            self.work_left -= found.work
            if self._is_bracketed(wire, arc, found.conditions):
                settled |= found.of.keys()
                yield forms.determined(wire)
            else:
                settled |= _like(found, wire)

    def _is_bracketed(self, wire: int, arc: Arc, conditions: Sequence[Condition]) -> bool:
        chosen = [_in_integers(c) for c in conditions if _is_of_use(c, wire)][:MOST_CONDITIONS]
        chosen += [_opposite(c) for c in chosen]
        wires = {w for f, _ in chosen for monomial in f for w in monomial} - {wire}
        arcs = {w: a for w in sorted(wires) if (a := self._intervals.of({w: 1})) is not None}
        # one place for each wire, where T must be as it is everywhere; what has no arc is too large
        place = {w: arcs[w][0] if w in arcs else (w + R) ** 2 for w in wires}
        ends = [
            [value_of(f, {**place, wire: arc[0] + later}) for f, _ in chosen] for later in (0, 1)
        ]
        for i, j in product(range(len(chosen)), repeat=2):
            if self.work_left < 0:
                return False
            (f, (f_low, f_high)), (g, (g_low, g_high)) = chosen[i], chosen[j]
            low, high = f_high + g_high - R, f_low + g_low
            if low < ends[1][i] + ends[0][j] < high and self._lies_in(
                wire, arc, f, g, arcs, low, high
            ):
                return True
        return False

    def _lies_in(
        self,
        wire: int,
        arc: Arc,
        f: Polynomial,
        g: Polynomial,
        arcs: dict[int, Arc],
        low: int,
        high: int,
    ) -> bool:
        """Whether F(q') + G(q) is between the two, without them, for all q' > q."""
        step = -1  # e, which no wire is
        total = put_in(f, {wire: {(wire,): 1, (step,): 1, (): 1}})
        for monomial, k in g.items():
            total[monomial] = total.get(monomial, 0) + k
        total = {monomial: k for monomial, k in total.items() if k}
        self.work_left -= 4 * len(total) + min(moved_terms(total), MOST_MOVED)
        ends = range_of(total, {**arcs, wire: arc, step: (0, arc[1] - arc[0])})
        return ends is not None and low < ends[0] and ends[1] < high


def unknown_integers(forms: Forms) -> list[int]:
    """Unknown wires that have an interval and are no bits, those of the system first."""
    is_open = forms.state.bounds.has & ~forms.state.is_known & ~forms.system.is_bit
    found: list[int] = np.flatnonzero(is_open).tolist()
    return found


def _like(found: Expressions, wire: int) -> set[int]:
    """The wires that are the unknown itself, moved or turned: what holds of one holds of all."""
    return {
        w
        for w, f in found.of.items()
        if {(wire,)} == {m for m in f if wire in m} and f[(wire,)] in (1, R - 1)
    }


def _is_of_use(condition: Condition, wire: int) -> bool:
    degrees = [monomial.count(wire) for monomial in condition[0]]
    return 0 < max(degrees, default=0) <= MOST_DEGREE and condition[0].keys() != {(wire,)}


def _in_integers(condition: Condition) -> Condition:
    return as_integer_polynomial(condition[0]), condition[1]


def _opposite(condition: Condition) -> Condition:
    f, (low, high) = condition
    return {monomial: -k for monomial, k in f.items()}, (-high, -low)
