"""Linear combinations in Python, for the few rows that the lemmas look at, and their intervals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import numpy as np

from zkpipe.accel.bn254 import R, signed
from zkpipe.accel.fields.limbs import from_montgomery, ints_from_words
from zkpipe.circuits.soundness.model.coefficients import Numbers
from zkpipe.circuits.soundness.model.rows import ONE_WIRE, SparseRows
from zkpipe.circuits.soundness.rules.propagation import Propagation

CACHED = 1 << 15  # rows that are kept as forms
Form = dict[int, int]  # wire: coefficient, canonical, not 0
Arc = tuple[int, int]  # integers low, high with high - low < r: the residues between


class Forms:
    """The rows of a propagation as forms."""

    def __init__(self, state: Propagation) -> None:
        self.state = state
        self.system = state.system
        self._values = state.system.dictionary.values
        self._cached = lru_cache(CACHED)(self._made)
        self.products_of = lru_cache(CACHED)(self._products_of)
        self._arcs: dict[bytes, Arc] = {}
        self._arc_of: dict[int, Arc | None] = {}  # of wires, until a bound is narrowed
        self._narrowings = state.narrowings

    @property
    def entry_count(self) -> int:
        """The entries of all rows."""
        system = self.system
        return sum(len(rows.wires) for rows in (system.linear, system.a, system.b, system.c))

    def row(self, rows: SparseRows, row: int) -> Form:
        """A row, not to be changed."""
        return self._cached(rows, row)

    def _made(self, rows: SparseRows, row: int) -> Form:
        values = self._values
        return {wire: values[number] for wire, number in rows.entries(row).items()}

    def equation(self, row: int) -> Form:
        """An equation, which is 0."""
        return self.row(self.system.linear, row)

    def product(self, row: int) -> tuple[Form, Form, Form]:
        """A, B and C of a product."""
        return (
            self.row(self.system.a, row),
            self.row(self.system.b, row),
            self.row(self.system.c, row),
        )

    def unknown(self, form: Form) -> list[int]:
        """The wires of a form that are not determined."""
        is_known = self.state.is_known
        return [wire for wire in form if not is_known[wire]]

    def determined(self, wire: int) -> int:
        """Take a wire as determined at once, and all that follows; returns it.

        A lemma that goes through its rows in their order then needs one turn for a whole loop.
        """
        self.state.determine(np.array([wire]))
        return wire

    def knowledge_of(self, wire: int) -> tuple[int, int]:
        """What is the same as before if nothing was found of the equations in which a wire stands.

        That is how many unknown wires they have, which only falls, and how many bounds narrowed.
        """
        unknown = self.state.unknown_in_equations[self.equations_of(wire)]
        return int(unknown.sum()), self.state.narrowings

    def equations_of(self, wire: int) -> Numbers:
        """The equations in which a wire stands."""
        incidence = self.state.incidence
        span = slice(incidence.linear_starts[wire], incidence.linear_starts[wire + 1])
        return incidence.linear_rows[span]

    def _products_of(self, wire: int) -> list[int]:
        """The products in which a wire stands."""
        incidence = self.state.incidence
        span = slice(incidence.product_starts[wire], incidence.product_starts[wire + 1])
        found: list[int] = np.unique(incidence.places[span] // 3).tolist()
        return found

    def makers(self, wire: int, most: int) -> Iterator[tuple[int, Form, Form, Form]]:
        """The products A B = C with the wire in C alone, among so many of its first, and A, B, C.

        Whoever makes a wire by a product writes that one before those that use it.
        """
        for row in self.products_of(wire)[:most]:
            a, b, c = self.product(row)
            if wire in c and wire not in a and wire not in b:
                yield row, a, b, c

    def arc_of_wire(self, wire: int) -> Arc | None:
        """The interval of a wire, low as near to zero as it can be."""
        if self._narrowings != self.state.narrowings or len(self._arc_of) > CACHED:
            self._narrowings = self.state.narrowings
            self._arc_of.clear()
        if wire not in self._arc_of:
            self._arc_of[wire] = self._arc_made(wire)
        return self._arc_of[wire]

    def _arc_made(self, wire: int) -> Arc | None:
        if wire == ONE_WIRE:
            return 1, 1
        bounds = self.state.bounds
        if not bounds.has[wire]:
            return None
        key = bounds.low[wire].tobytes() + bounds.span[wire].tobytes()  # the same of all bits
        arc = self._arcs.get(key)
        if arc is None:
            low = from_montgomery(bounds.low[wire : wire + 1], R)[0]
            low = low if low <= R // 2 else low - R
            arc = low, low + ints_from_words(bounds.span[wire : wire + 1])[0]
            if len(self._arcs) < CACHED:
                self._arcs[key] = arc
        return arc

    def arc(self, form: Mapping[int, int]) -> Arc | None:
        """The interval of a form; None if there is none narrower than the field."""
        low = high = 0
        for wire, coefficient in form.items():
            arc = self.arc_of_wire(wire)
            if arc is None:
                return None
            k = signed(coefficient)
            ends = (k * arc[0], k * arc[1])
            low, high = low + min(ends), high + max(ends)
        return (low, high) if high - low < R else None


def is_never_zero(arc: Arc | None) -> bool:
    """Whether an interval is known and has no residue 0."""
    return arc is not None and arc[0] % R != 0 and arc[0] % R + arc[1] - arc[0] < R


def are_apart(x: Arc, y: Arc) -> bool:
    """Whether no residue lies in both."""
    is_apart = x[1] < y[0] or y[1] < x[0]
    return is_apart and max(x[1], y[1]) - min(x[0], y[0]) < R


def common(x: Arc | None, y: Arc | None) -> Arc | None:
    """What two intervals of one value have in common; the narrower if that is no interval mod r."""
    if x is None or y is None:
        return x or y
    low, high = max(x[0], y[0]), min(x[1], y[1])
    if max(x[1], y[1]) - min(x[0], y[0]) < R and low <= high:
        return low, high
    return x if x[1] - x[0] <= y[1] - y[0] else y


def as_integers(form: Mapping[int, int]) -> Iterator[dict[int, int]]:
    """The coefficients as integers: nearest to zero, all above it, all below it."""
    yield {wire: signed(k) for wire, k in form.items()}
    yield dict(form)
    yield {wire: k - R for wire, k in form.items()}


def scaled(form: Form, factor: int) -> Form:
    """The form times a factor that is not 0."""
    return {wire: coefficient * factor % R for wire, coefficient in form.items()}


def added(forms: Iterable[Form]) -> Form:
    """The sum of forms."""
    total: Form = {}
    for form in forms:
        for wire, coefficient in form.items():
            total[wire] = (total.get(wire, 0) + coefficient) % R
    return {wire: coefficient for wire, coefficient in total.items() if coefficient}


def without(form: Form, wires: Iterable[int]) -> Form:
    """The form without the entries of some wires."""
    left = set(wires)
    return {wire: coefficient for wire, coefficient in form.items() if wire not in left}


def normal(form: Form) -> tuple[tuple[int, int], ...]:
    """A form up to a factor: what two forms share that are zero together."""
    entries = sorted(form.items(), reverse=True)
    scale = pow(entries[0][1], -1, R)
    return tuple((wire, coefficient * scale % R) for wire, coefficient in entries)
