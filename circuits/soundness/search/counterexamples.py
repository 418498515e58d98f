"""Two witnesses that agree on the inputs and differ: the proof that a system is not determined.

A first witness comes from the solver with simple inputs, or from a search (`completion`). From it,
for one wire after the other of those that were not proved to be determined: another value for it,
all else that is open anew, the inputs as they are. First comes what stands beside a factor that is
0 there, a quotient that nothing says. Other values are the other root or bit, what the Jacobian's
directions lead to, zero, one, the negative, a neighbour. Every claim is checked against every row
of the system, so that none is false; that none is found means nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import ints_from_words, words_from_ints
from zkpipe.circuits.errors import InputError, UnsatisfiedError
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.report import Counterexample
from zkpipe.circuits.soundness.roles import Roles
from zkpipe.circuits.soundness.rules.assumptions import Assumptions
from zkpipe.circuits.soundness.rules.forms import Forms
from zkpipe.circuits.soundness.rules.inverses import free_inverses
from zkpipe.circuits.soundness.search.completion import Completion
from zkpipe.circuits.soundness.search.directions import Direction, directions
from zkpipe.circuits.soundness.search.draws import Draws
from zkpipe.circuits.soundness.search.first_witness import solved
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.circuits.witness import Witness

MOST_WIRES = 50_000  # of a system in which a search is worth its time in Python
MOST_TARGETS = 24
MOST_ROWS = 1 << 10  # in which a known factor may be 0
FIRST_TRIES = 24  # searches for a first witness
MOST_VANISHING = 3  # of them that make a divisor 0
ALIKE = 3  # of them that try inputs which are all 0, all 1, all 2: where denominators vanish
A_TRY = 100_000  # entries of rows that one completion may look at
A_SHARE = 150_000  # and all beside one first witness
ALL_TRIES = 600_000  # and all of a search: a few seconds


def counterexample(
    system: ConstraintSystem, forms: Forms, roles: Roles, wires: Sequence[int]
) -> Counterexample | None:
    """Two witnesses that differ on one of the wires; None if none was found.

    Cost: up to a few seconds, whatever the system.
    """
    if system.wire_count > MOST_WIRES:
        return None
    search = _Search(system, forms, roles)
    for first in search.first_witnesses():
        found = search.second(first, wires, A_SHARE)
        if found is not None:
            return found
        if search.entries_left < 0:
            break
    return None


def second_witness(
    system: ConstraintSystem,
    forms: Forms,
    roles: Roles,
    first: Sequence[int],
    wires: Sequence[int],
) -> list[int] | None:
    """A witness with the inputs of the first that differs on one of the wires, None if none found.

    first  the values of a witness, canonical

    Cost: up to a few seconds, whatever the system.
    """
    if system.wire_count > MOST_WIRES:
        return None
    found = _Search(system, forms, roles).second(list(first), wires)
    return None if found is None else ints_from_words(found.second.values)


def has_witness(system: ConstraintSystem, forms: Forms, roles: Roles) -> bool:
    """Whether the search for a first witness finds one, without the hints' own code if it can.

    Cost: up to a few seconds.
    """
    search = _Search(system, forms, roles)
    found = next(search.completed_witnesses(), None) or next(solved(system, search.draws), None)
    return found is not None


class _Search:
    def __init__(self, system: ConstraintSystem, forms: Forms, roles: Roles) -> None:
        self.system = system
        self.forms = forms
        self.roles = roles
        self.entries_left = ALL_TRIES
        self.zeros_left = A_SHARE
        self._inverses: set[int] | None = None
        self.draws = Draws()
        self.open = np.flatnonzero(~forms.state.is_known).tolist()

    def first_witnesses(self) -> Iterator[list[int]]:
        """Witnesses to start from: values of the system's wires."""
        yield from solved(self.system, self.draws)
        yield from self.completed_witnesses()

    def completed_witnesses(self) -> Iterator[list[int]]:
        """Those that a search finds."""
        private = np.isin(self.roles.given, self.system.private_input_wires)
        given = [*self.roles.given[private].tolist(), *self.roles.given[~private].tolist()]
        hints = [] if self.system.program is None else self._hints()
        first = 1 + self.system.output_count
        every = [*range(first, self.forms.system.total_count), *range(1, first)]
        for wire, value in self._vanishing():
            assumed = Assumptions(self.forms, A_TRY)
            assumed.assume(wire, value)
            if assumed.is_possible and Completion(assumed, [*given, *every], {}, self.draws).run():
                values = [assumed.values.get(w, 0) for w in range(self.system.wire_count)]
                if self._holds(values):
                    yield values
            self.entries_left -= A_TRY - assumed.entries_left
        # inputs first, private ones before those that checks tie to them; or what hints return; or
        # wires as they come
        for attempt in range(FIRST_TRIES):
            order = [[*given, *every], [*hints, *given, *every], [*every]][attempt % 3]
            liked = dict.fromkeys(given, attempt) if attempt < ALIKE else {}
            assumed = Assumptions(self.forms, A_TRY)
            if Completion(assumed, order, liked, self.draws).run():
                values = [assumed.values.get(w, 0) for w in range(self.system.wire_count)]
                if self._holds(values):
                    yield values
            self.entries_left -= A_TRY - assumed.entries_left
            if self.entries_left < 0:
                return

    def _vanishing(self) -> list[tuple[int, int]]:
        """Values of known wires at which a known factor of something open is 0."""
        counts = self.forms.state.unknown_in_products
        found: dict[tuple[int, int], None] = {}
        one_factor = (counts[:, 0] == 0) != (counts[:, 1] == 0)
        says_it = one_factor & (counts[:, 2] == 0)  # a quotient, and no choice by a flag
        rows = np.concatenate([np.flatnonzero(says_it), np.flatnonzero(one_factor & ~says_it)])
        for row in rows[:MOST_TARGETS].tolist():
            a, b, _ = self.forms.product(row)
            factor = a if counts[row, 0] == 0 else b
            wires = [wire for wire in factor if wire != ONE_WIRE]
            if len(wires) == 1:
                value = -factor.get(ONE_WIRE, 0) * pow(factor[wires[0]], -1, R) % R
                found[wires[0], value] = None
        return list(found)[:MOST_VANISHING]

    def _hints(self) -> list[int]:
        program = self.system.program
        return [] if program is None else [w for use in program.hints for w in use.wires]

    def second(
        self, first: list[int], wires: Sequence[int], share: int = ALL_TRIES
    ) -> Counterexample | None:
        """A witness beside the first.

        share  entries of rows that this search may look at
        """
        least = max(0, self.entries_left - share)
        whole = self._with_new_wires(first)
        if whole is None:
            return None
        fixed = {w: v for w, v in whole.items() if self.forms.state.is_known[w]}
        ways = [d for d in directions(self.forms, _listed(whole), self.open) if _touches(d, wires)]
        for direction in islice(ways, MOST_TARGETS):
            for step in (1, R - 1, 1 + self.draws.below(R - 1)):
                values = [(value + step * direction.get(w, 0)) % R for w, value in enumerate(first)]
                found = self._checked(first, values, wires)
                if found is not None:
                    return found
        order = sorted(self.open, key=self._freedom)
        found = self._beside_zeros(first, whole, wires, order)
        if found is not None:
            return found
        internal = [wire for wire in order if wire < self.system.wire_count and wire not in wires]
        for target in [*wires[:MOST_TARGETS], *internal[:MOST_TARGETS]]:
            for value in self._others(whole[target]):
                assumed = Assumptions(self.forms, A_TRY)
                assumed.assume_all(fixed, self.open)
                assumed.assume(target, value)
                is_complete = Completion(assumed, [target, *order], whole, self.draws).run()
                self.entries_left -= A_TRY - assumed.entries_left
                if is_complete:
                    values = [assumed.values.get(w, 0) for w in range(self.system.wire_count)]
                    found = self._checked(first, values, wires)
                    if found is not None:
                        return found
                if self.entries_left < least:
                    return None
        return None

    def _beside_zeros(
        self, first: list[int], whole: dict[int, int], wires: Sequence[int], order: Sequence[int]
    ) -> Counterexample | None:
        """A witness with another value of what stands beside a factor that is 0 in the first."""
        fixed = {w: v for w, v in whole.items() if self.forms.state.is_known[w]}
        last = [w for w in order if w not in wires] + [w for w in order if w in wires]
        for target in self._left_free(whole):
            drawn = {wire: self.draws.below(R) for wire in last}
            for liked in (whole, drawn):  # all else as it is, or whatever else is free drawn too
                assumed = Assumptions(self.forms, A_TRY)
                assumed.assume_all(fixed, self.open)
                assumed.assume(target, whole[target] + 1 + self.draws.below(R - 1))
                if Completion(assumed, [target, *last], liked, self.draws).run():
                    values = [assumed.values.get(w, 0) for w in range(self.system.wire_count)]
                    found = self._checked(first, values, wires)
                    if found is not None:
                        return found
                self.zeros_left -= A_TRY - assumed.entries_left
                if self.zeros_left < 0:
                    return None
        return None

    def _left_free(self, values: dict[int, int]) -> list[int]:
        """Open wires beside a known factor that is 0 in a witness, and no inverses of is-zeros."""
        if self.zeros_left < 0:
            return []
        counts, found = self.forms.state.unknown_in_products, []
        says_it = (counts[:, 0] + counts[:, 1] == 1) & (counts[:, 2] == 0)
        for row in np.flatnonzero(says_it)[:MOST_ROWS].tolist():
            a, b, _ = self.forms.product(row)
            factor, other = (a, b) if counts[row, 0] == 0 else (b, a)
            if sum(k * values[w] for w, k in factor.items()) % R == 0:
                found += [w for w in self.forms.unknown(other) if w < self.system.wire_count]
        if found and self._inverses is None:
            self._inverses = set(free_inverses(self.forms.system).tolist())
        return [wire for wire in found if wire not in (self._inverses or ())][:MOST_TARGETS]

    def _freedom(self, wire: int) -> tuple[int, bool]:
        """What is least free comes first: the fewest open wires beside it in a row; bits."""
        counts = self.forms.state.unknown_in_equations
        rows = self.forms.equations_of(wire)
        return int(counts[rows].min(initial=1 << 30)), not self.forms.system.is_bit[wire]

    def _others(self, value: int) -> Iterator[int]:
        found = dict.fromkeys([1 - value, -value, value + 1, value - 1, 0, 1, 2])
        found[self.draws.below(R)] = None
        return (other % R for other in found if other % R != value)

    def _with_new_wires(self, values: list[int]) -> dict[int, int] | None:
        """The values, and those of the wires that the analysis added."""
        assumed = Assumptions(self.forms, ALL_TRIES)
        added = range(self.system.wire_count, self.forms.system.total_count)
        assumed.assume_all(dict(enumerate(values)), added)
        if not assumed.is_possible or any(w not in assumed.values for w in added):
            return None
        return assumed.values

    def _holds(self, values: list[int]) -> bool:
        try:
            self.system.check(Witness(words_from_ints(values), self.system.public_count))
        except (UnsatisfiedError, InputError):
            return False
        return True

    def _checked(
        self, first: list[int], second: list[int], wires: Sequence[int]
    ) -> Counterexample | None:
        """The pair if it is a counterexample, by the system's own rows and nothing else."""
        differ = tuple(w for w in wires if first[w] != second[w])
        agree = all(first[w] == second[w] for w in self.roles.given.tolist())
        if not differ or not agree or not self._holds(second) or not self._holds(first):
            return None
        count = self.system.public_count
        return Counterexample(
            Witness(words_from_ints(first), count), Witness(words_from_ints(second), count), differ
        )


def _touches(direction: Direction, wires: Sequence[int]) -> bool:
    return any(wire in direction for wire in wires)


def _listed(values: dict[int, int]) -> list[int]:
    return [values[wire] for wire in range(len(values))]
