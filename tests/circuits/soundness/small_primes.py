"""Systems over a small prime field, all of their witnesses, and the lemmas at work on them.

The lemmas are written for any prime r, and hold for a small one too. There every witness can be
found by trying all values, without our code: so whether a wire is determined is not a question of
two witnesses that somebody thought of, nor of large intervals that nobody draws by chance.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.circuits.soundness.systems import Row
from zkpipe.circuits.soundness import apply_lemmas as lemmas
from zkpipe.circuits.soundness.model.incidence import incidence_of
from zkpipe.circuits.soundness.model.rows import SparseRows
from zkpipe.circuits.soundness.rules.forms import Arc, Form, Forms

READERS = ("zkpipe.circuits.soundness.", "tests.circuits.soundness.", "zkpipe.accel.bn254")
Table = NDArray[np.int64]  # a witness in each row, a wire in each column


def take_prime(monkeypatch: pytest.MonkeyPatch, prime: int) -> None:
    """Let the analysis, and the tests that draw systems, take r to be a small prime."""
    for name, module in list(sys.modules.items()):
        if name.startswith(READERS) and hasattr(module, "R"):
            monkeypatch.setattr(module, "R", prime)


class State:
    """What the lemmas ask of a propagation, with the simplest of its rules.

    arcs  of each wire the integers that its value is one of, mod r; None if it has no interval
    """

    def __init__(
        self, prime: int, rows: Sequence[Row], arcs: Sequence[Arc | None], given: Iterable[int]
    ) -> None:
        self.prime, self.arcs, self.narrowings = prime, list(arcs), 0
        reduced = [
            tuple({w: k % prime for w, k in f.items() if k % prime} for f in r) for r in rows
        ]
        self.equations = [e for a, b, c in reduced if (e := self._linear(a, b, c)) is not None]
        self.products = [row for row in reduced if self._linear(*row) is None]
        count = len(arcs)
        self.system: Any = SimpleNamespace(
            dictionary=SimpleNamespace(values=range(prime)),
            total_count=count,
            wire_count=count,
            is_bit=np.array([w > 0 and arc == (0, 1) for w, arc in enumerate(arcs)]),
            linear=_rows(self.equations),
            **{name: _rows([row[k] for row in self.products]) for k, name in enumerate("abc")},
        )
        self.incidence = incidence_of(self.system)
        self.bounds = SimpleNamespace(has=np.array([arc is not None for arc in arcs]))
        self.is_known = np.zeros(count, np.bool_)
        self.unknown_in_equations = np.zeros(len(self.equations), np.int64)
        self.unbounded_in_equations = np.zeros(len(self.equations), np.int64)
        self.unknown_in_products = np.zeros((len(self.products), 3), np.int64)
        self.determine(np.array([0, *given]))

    def _linear(self, a: Form, b: Form, c: Form) -> Form | None:
        for factor, other in ((a, b), (b, a)):
            if factor.keys() <= {0}:
                k = factor.get(0, 0)
                form = {w: (k * other.get(w, 0) - c.get(w, 0)) % self.prime for w in {*other, *c}}
                return {wire: value for wire, value in form.items() if value}
        return None

    def try_postponed(self) -> None:
        """Nothing: these rules put no equation off."""

    def narrow(self, wire: int, low: int, span: int) -> None:
        arc = self.arcs[wire]
        assert arc is not None
        if span < arc[1] - arc[0]:
            self.arcs[wire] = low, low + span
            self.narrowings += 1

    def determine(self, wires: NDArray[np.int64]) -> None:
        self.is_known[wires] = True
        while True:
            self._count()
            new = [w for w in self._following() if not self.is_known[w]]
            if not new:
                return
            self.is_known[new] = True

    def _count(self) -> None:
        for row, form in enumerate(self.equations):
            unknown = [wire for wire in form if not self.is_known[wire]]
            self.unknown_in_equations[row] = len(unknown)
            self.unbounded_in_equations[row] = sum(not self.bounds.has[w] for w in unknown)
        for row, product in enumerate(self.products):
            for k, form in enumerate(product):
                self.unknown_in_products[row, k] = sum(not self.is_known[wire] for wire in form)

    def _following(self) -> Iterator[int]:
        """One unknown in an equation, or in C; or beside a known factor where C is a constant."""
        for row in np.flatnonzero(self.unknown_in_equations == 1).tolist():
            yield from self.equations[row]
        for (a, b, c), (in_a, in_b, in_c) in zip(
            self.products, self.unknown_in_products.tolist(), strict=True
        ):
            if in_a == in_b == 0 and in_c == 1:
                yield from c
            if in_a + in_b == 1 and c.keys() == {0}:
                yield from (*a, *b)


def _rows(forms: Sequence[Form]) -> SparseRows:
    entries = [(row, wire, k) for row, form in enumerate(forms) for wire, k in form.items()]
    row, wire, number = (np.array([e[i] for e in entries], np.int64) for i in range(3))
    return SparseRows.of(row, wire, number, len(forms))


class SmallForms(Forms):
    """Forms of such a state."""

    def arc_of_wire(self, wire: int) -> Arc | None:
        state: Any = self.state
        arc: Arc | None = state.arcs[wire]
        if arc is None:
            return None
        low = arc[0] % state.prime
        low -= state.prime if low > state.prime // 2 else 0
        return low, low + arc[1] - arc[0]


def apply_lemmas(
    monkeypatch: pytest.MonkeyPatch, state: State, allowed: set[str]
) -> dict[str, list[int]]:
    """Let some of the lemmas go on until nothing follows; what each of them yielded."""
    found: dict[str, list[int]] = {}

    def watched(name: str, lemma: Any) -> Any:
        def look(forms: Forms) -> Iterator[int]:
            if name in allowed:
                for wire in lemma(forms):
                    found.setdefault(name, []).append(wire)
                    yield wire

        return look

    with monkeypatch.context() as patch:
        patch.setattr(lemmas, "Forms", SmallForms)
        for name in LEMMAS:
            lemma = getattr(lemmas, name)
            made = lambda *rest, n=name, m=lemma: watched(n, m(*rest))  # noqa: E731
            patch.setattr(lemmas, name, watched(name, lemma) if name.islower() else made)
        known: Any = state
        lemmas.apply_lemmas(known, np.arange(len(state.arcs)))
    return found


LEMMAS = [
    "squares", "Factors", "Quotients", "selectors", "Thresholds", "Remainders", "LinearSystems",
    "Nonsquares", "Multiples", "Extremes", "SortedLists", "Brackets", "FewValues", "CasePairs",
    "Vanishing",
]  # fmt: skip


def witnesses(state: State, most: int) -> Table | None:
    """All of them, wire by wire, each row tried as soon as its wires have values; None if many."""
    prime, count = state.prime, len(state.arcs)
    table, place, open_rows = np.ones((1, 1), np.int64), {0: 0}, _wires_of_rows(state)

    def at(form: Form) -> Table:
        total = np.zeros(len(table), np.int64)
        for wire, k in form.items():
            total += k * table[:, place[wire]]
        return total % prime

    def cost(wire: int) -> float:
        done = sum(wires - place.keys() == {wire} for wires, _ in open_rows)
        arc = state.arcs[wire]
        return float(prime if arc is None else arc[1] - arc[0] + 1) / prime**done

    while len(place) < count:
        wire = min((w for w in range(count) if w not in place), key=cost)
        arc = state.arcs[wire]
        values = np.arange(prime) if arc is None else np.arange(arc[0], arc[1] + 1) % prime
        if len(table) * len(values) > 8 * most:
            return None
        column = np.tile(values, len(table))[:, np.newaxis]
        table = np.concatenate([np.repeat(table, len(values), 0), column], 1)
        place[wire] = table.shape[1] - 1
        ready = [row for wires, row in open_rows if wires <= place.keys()]
        open_rows = [(wires, row) for wires, row in open_rows if not wires <= place.keys()]
        for a, b, c in ready:
            table = table[at(a) * at(b) % prime == at(c)]
        if len(table) > most:
            return None
    return table[:, [place[wire] for wire in range(count)]]


def _wires_of_rows(state: State) -> list[tuple[set[int], tuple[Form, Form, Form]]]:
    rows = [*(({}, {}, form) for form in state.equations), *state.products]
    return [({*a, *b, *c}, (a, b, c)) for a, b, c in rows]


def undetermined(table: Table, given: Sequence[int]) -> set[int]:
    """Wires that differ between two witnesses that agree on what is given."""
    _, group = np.unique(table[:, sorted(given)], axis=0, return_inverse=True)
    order = np.argsort(group.ravel(), kind="stable")
    table, group = table[order], group.ravel()[order]
    differs = (table[1:] != table[:-1]) & (group[1:] == group[:-1])[:, np.newaxis]
    return set(np.flatnonzero(differs.any(0)).tolist())
