"""Proofs that no witness satisfies a system: rows that contradict each other.

    a row       0 = 1; a quadratic row whose discriminant is no square
    intervals   two of one wire without a common value; an equation whose sum cannot be 0 (`bounds`)
    values      what follows from the values that rows fix contradicts a row (`assumptions`)
    algebra     a combination of rows, products taken for wires of their own, says 0 = 1, or that a
                sum is 0 whose interval is without 0
    cases       each choice of values for some bits contradicts a row

Every one is a proof. That none is found means nothing: the first two look at the whole system, the
others at small ones or within a budget.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.model.coefficients import Numbers
from zkpipe.circuits.soundness.model.rows import ONE_WIRE, Shape
from zkpipe.circuits.soundness.rules.assumptions import Assumptions
from zkpipe.circuits.soundness.rules.elimination import Work, echelon_rows, reduced_rows
from zkpipe.circuits.soundness.rules.forms import Arc, Form, Forms, added, is_never_zero, scaled

MOST_ENTRIES = 20_000  # of rows that follow from fixed values
MOST_PRODUCT = 16  # terms of a product that is multiplied out
MOST_BITS = 256  # of a system whose cases are gone through
MOST_ZEROS = 64  # products that are 0 whose factors are cases
CASE_ENTRIES = 100  # of rows that a case looks at, on average
MOST_SCALES = 32  # of a combined row
ROUNDS = 3  # of combining


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is looked at.

    terms  of the rows of a system whose combinations are looked at
    work   entries that are added for them
    cases  of values for bits
    """

    terms: int
    work: int
    cases: int


SHORT = Budget(60, 500, 16)  # while compiling: a millisecond or two
LONG = Budget(5_000, 100_000, 4_000)  # for who asks: a few tenths of a second


def contradiction(forms: Forms, budget: Budget) -> tuple[int, ...] | None:
    """Rows of the system at which a contradiction shows; None if none was found.

    The rows are few, and may be none where many come together.

    Cost: some numpy passes, and what the budget says.
    """
    rows = _single_rows(forms)
    if len(rows):
        return tuple(rows[:1].tolist())
    if (
        _values_contradict(forms)
        or _combinations_contradict(forms, budget)
        or _all_cases_contradict(forms, budget.cases)
    ):
        return ()
    return None


def _single_rows(forms: Forms) -> Numbers:
    """The system's rows that cannot hold, by themselves or beside intervals."""
    system = forms.system
    shape = Shape(system.linear, system.dictionary)
    is_false = (shape.wires == 0) & (shape.constant != shape.zero)
    is_false |= forms.state.bounds.is_impossible
    return np.union1d(system.impossible_row, system.linear_row[is_false])


def _fixed(forms: Forms) -> Iterator[tuple[int, int]]:
    """Wires whose value an equation says by itself, and the value."""
    system = forms.system
    shape = Shape(system.linear, system.dictionary)
    values = system.dictionary.values
    for row in np.flatnonzero(shape.wires == 1).tolist():
        scale = pow(values[shape.first_number[row]], -1, R)
        yield int(shape.first_wire[row]), -values[shape.constant[row]] * scale % R
    bounds = forms.state.bounds
    spans = np.flatnonzero(bounds.has & ~bounds.span.any(axis=1))
    for wire in spans[spans != ONE_WIRE].tolist():
        arc = forms.arc_of_wire(wire)
        if arc is not None:
            yield wire, arc[0] % R


def _values_contradict(forms: Forms) -> bool:
    """Whether what follows from fixed values contradicts a row."""
    assumed = Assumptions(forms, MOST_ENTRIES)
    for wire, value in _fixed(forms):
        assumed.assume(wire, value)
        if not assumed.is_possible:
            return True
        if assumed.entries_left < 0:
            break
    return False


def _combinations_contradict(forms: Forms, budget: Budget) -> bool:
    """Whether a combination of rows cannot be 0, products being wires of their own.

    Sums that are 0 are put into products first, and those that come of it, for some rounds.
    """
    system = forms.system
    terms = len(system.linear.wires) + sum(len(m.wires) for m in (system.a, system.b, system.c))
    if terms > budget.terms:
        return False
    expanded = _Expanded(forms, Work(budget.work))
    sums = [forms.equation(row) for row in range(len(system.linear))]
    for _ in range(ROUNDS):
        pivots = expanded.reduced(sums)
        rows = [*pivots.values(), *expanded.products(pivots)]
        if expanded.contradict(sums) or expanded.contradict(rows):
            return True
        found = [row for row in expanded.reduced(rows).values() if max(row) < system.total_count]
        if len(found) <= len(pivots):
            break
        sums = found
    return False


class _Expanded:
    """The rows of a small system with products multiplied out: forms of wires and products."""

    def __init__(self, forms: Forms, work: Work) -> None:
        self.forms = forms
        self.work = work
        self.numbers: dict[tuple[int, int], int] = {}  # of products of two wires
        self.arcs: dict[int, Arc | None] = {}  # of those

    def reduced(self, rows: list[Form]) -> dict[int, Form]:
        """Rows by pivot that say the same; none if that is too much work."""
        return reduced_rows(rows, self.work, self._rank_in(rows)) or {}

    def contradict(self, rows: list[Form]) -> bool:
        """Whether a combination of rows that comes of eliminating terms cannot be 0."""
        found = echelon_rows(rows, self.work, self._rank_in(rows)) or {}
        return any(map(self._is_impossible, found.values()))

    def products(self, pivots: dict[int, Form]) -> Iterator[Form]:
        """The products multiplied out, with what rows say in place of their pivots."""
        for row in range(len(self.forms.system.a)):
            a, b, c = (_without_pivots(form, pivots) for form in self.forms.product(row))
            if len(a) * len(b) <= MOST_PRODUCT:
                yield added([self._product(a, b), scaled(c, R - 1)])

    def _product(self, a: Form, b: Form) -> Form:
        total: Form = {}
        for x, k in a.items():
            for y, m in b.items():
                term = self._number(min(x, y), max(x, y))
                total[term] = (total.get(term, 0) + k * m) % R
        return {term: k for term, k in total.items() if k}

    def _number(self, x: int, y: int) -> int:
        """The wire that a product is, or one of its own behind the system's."""
        if x == ONE_WIRE:
            return y
        if x == y and self.forms.system.is_bit[x]:
            return x
        number = self.numbers.setdefault((x, y), self.forms.system.total_count + len(self.numbers))
        is_bit = self.forms.system.is_bit
        self.arcs[number] = (0, 1) if is_bit[x] and is_bit[y] else None
        return number

    def _rank_in(self, rows: list[Form]) -> Callable[[int], int]:
        """What is eliminated first: products without an interval, wires without; numbers, bits.

        What stands in many rows goes before what stands in few, so that what is left of sums that
        have much in common has little.
        """
        counts = Counter(term for row in rows for term in row)
        total = self.forms.system.total_count

        def rank(term: int) -> int:
            if term == ONE_WIRE:
                group = 4
            elif self._arc_of(term) is None:
                group = int(term < total)
            else:
                group = 3 if term < total and self.forms.system.is_bit[term] else 2
            return group * (1 + len(rows)) - counts[term]

        return rank

    def _arc_of(self, term: int) -> Arc | None:
        if term >= self.forms.system.total_count:
            return self.arcs[term]
        return self.forms.arc_of_wire(term)

    def _is_impossible(self, row: Form) -> bool:
        """Whether a form cannot be 0, by its interval, scaled so that it is narrow."""
        arcs = {term: self._arc_of(term) for term in row}
        if None in arcs.values():
            return False
        for scale in list(dict.fromkeys(row.values()))[:MOST_SCALES]:
            low = high = 0
            for term, k in scaled(row, pow(scale, -1, R)).items():
                factor = k if k <= R // 2 else k - R
                begin, end = arcs[term] or (0, 0)
                ends = factor * begin, factor * end
                low, high = low + min(ends), high + max(ends)
            if high - low < R and is_never_zero((low, high)):
                return True
        return False


def _without_pivots(form: Form, pivots: dict[int, Form]) -> Form:
    """The form with what reduced rows say in place of their pivots."""
    parts = [scaled(pivots[wire], R - k) for wire, k in form.items() if wire in pivots]
    return added([form, *parts]) if parts else form


def _all_cases_contradict(forms: Forms, most: int) -> bool:
    """Whether a search through cases comes to an end without a possible one."""
    assumed = Assumptions(forms, most * CASE_ENTRIES)
    for wire, value in _fixed(forms):
        assumed.assume(wire, value)
    if not assumed.is_possible:
        return True
    cases = _Cases(assumed)
    if len(cases.bits) > MOST_BITS:
        return False
    waiting: list[tuple[int, list[tuple[int, int]]]] = []  # where to go back to, what is untried
    for _ in range(most):
        if assumed.is_possible:
            choices = cases.next()
            if not choices or assumed.entries_left < 0:
                return False  # perhaps a witness
            waiting.append((assumed.mark(), choices))
        while not waiting[-1][1]:
            waiting.pop()
            if not waiting:
                return True
        mark, choices = waiting[-1]
        assumed.undo(mark)
        assumed.assume(*choices.pop())
    return False


class _Cases:
    """What to assume next, so that one of the choices holds in each witness.

    A product that is 0 has a factor that is 0; a bit is 0 or 1. Bits that roots brought come first.
    """

    def __init__(self, assumed: Assumptions) -> None:
        self.assumed = assumed
        system = assumed.forms.system
        self.bits = np.flatnonzero(system.is_bit)[::-1].tolist()
        self.zero = np.flatnonzero(np.diff(system.c.starts) == 0)[:MOST_ZEROS].tolist()

    def next(self) -> list[tuple[int, int]]:
        """Values of wires, one of which holds; none if there are no more cases."""
        for row in self.zero:
            a, b, _ = self.assumed.forms.product(row)
            choices = [self._zero_of(factor) for factor in (a, b)]
            if None not in choices:
                return [choice for choice in choices if choice is not None]
        known = self.assumed.values
        return next(([(wire, 1), (wire, 0)] for wire in self.bits if wire not in known), [])

    def _zero_of(self, factor: Form) -> tuple[int, int] | None:
        """The wire and its value with which a factor is 0, if it has one wire without a value."""
        left = self.assumed.simplified(factor)
        constant = left.pop(ONE_WIRE, 0)
        if len(left) != 1:
            return None
        ((wire, k),) = left.items()
        return wire, -constant * pow(k, -1, R) % R
