"""Lies that make up for one another: the answers of several hints, changed together.

A lie about one result makes rows fail; a second answer is solved for a row that does, and a third
for a row that fails then. All other hints keep their answers, as a prover need not ask them again.
The work is bounded, so that none is found is no proof; the analysis gives that (`proofs`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from math import isqrt

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.circuits.language.values.types import IntegerType
from zkpipe.circuits.solve.advice import Advice, Question, forged, questions
from zkpipe.circuits.testing.falsehoods import falsehoods, random_element
from zkpipe.circuits.testing.fitting import asked_for
from zkpipe.circuits.testing.subject import Subject

REPAIRS = 2  # answers that make up for the first
STAGES = 6  # of a computation whose hints are answered one after another
VALUES = 6  # of one answer that rows ask for, of which each is tried
SMALL = 1 << 8  # values of a type that are tried, from the least on
TOUCHED = 64  # rows that are remembered of a result
POOL = 8  # operands and inputs that likely answers are made of
MOST_RUNS = 1_500  # of the tape
MOST_ANSWERS = 30_000  # of hints, in all runs together
MOST_WIRES = 4_000_000  # that all runs together fill in: a second or less

Place = tuple[Advice, int]
Answers = dict[Advice, tuple[int, ...]]


def conspiracies(
    tested: Subject, residues: Sequence[int], asked: Sequence[Question], seed: int
) -> Iterator[Answers]:
    """Answers of hints, false ones among them, that no row refuses.

    asked  the circuit's questions; those of hints are answered falsely

    The same seed gives the same ones. Cost: bounded, see MOST_RUNS, MOST_ANSWERS and MOST_WIRES.
    """
    hints = [q for q in asked if q.advice.hint is not None and q.advice.wires]
    search = _Search(tested, residues, hints)
    honest = search.honest
    yield from search.repaired(honest, frozenset(), REPAIRS)
    for question in hints:
        for place in range(len(question.honest)):
            for value in _beside(question, place):
                yield from search.repaired(
                    _with(honest, question.advice, place, value),
                    frozenset({(question.advice, place)}),
                    REPAIRS,
                )
    for question in hints:
        told = frozenset((question.advice, place) for place in range(len(question.honest)))
        for lie in falsehoods(question, seed):
            yield from search.repaired({**honest, question.advice: lie.answer}, told, 1)


def enumerated(
    tested: Subject, residues: Sequence[int], asked: Sequence[Question]
) -> Iterator[Answers]:
    """The same, beginning with what hints are likely to return, and all values of small types.

    For inputs that hints have no answer to, or a wrong one: a true one may be far from it. Where
    answers make rows hold up to a later one than before, they stay, and the hints after them are
    asked again.

    Cost: as of `conspiracies`, once more for each stage.
    """
    settled: Answers = {}
    for _ in range(STAGES):
        open_ = [q for q in asked if q.advice.hint and q.advice.wires and q.advice not in settled]
        search = _Search(tested, residues, open_, settled)
        if settled:
            if not search.refused:
                yield search.honest
            yield from search.repaired(search.honest, frozenset(), REPAIRS)
        for question in open_:
            yield from search.beginning_with(question, _likely([*question.operands, *residues]))
        lows = {q.advice: sorted({low for low, _ in _ranges(q)}) for q in open_}
        for i in range(SMALL):
            for question in open_:
                values = [low + i for low in lows[question.advice]]
                yield from search.beginning_with(question, values)
        if not search.furthest:
            return
        settled = {**settled, **search.furthest}
        asked = questions(tested.tape, residues, settled)


def _likely(given: Sequence[int]) -> list[int]:
    """What functions make of given values: one of them, a quotient, what it leaves, a root."""
    pool = list(dict.fromkeys(given))[:POOL]
    pairs = [(x, y) for x in pool for y in pool if x != y and y]
    parts = [part for x, y in pairs for part in divmod(x, y)]
    return list(dict.fromkeys([*pool, *map(isqrt, pool), *parts]))


class _Search:
    """Answers to some hints, others settled.

    furthest  false ones with which rows hold up to a later one than with the honest ones
    """

    def __init__(
        self,
        tested: Subject,
        residues: Sequence[int],
        hints: Sequence[Question],
        settled: Mapping[Advice, tuple[int, ...]] | None = None,
    ) -> None:
        self.tested = tested
        self.residues = residues
        self.honest: Answers = {**(settled or {}), **{q.advice: q.honest for q in hints}}
        wires = max(1, tested.system.wire_count)
        self.runs_left = min(MOST_RUNS, MOST_WIRES // wires, MOST_ANSWERS // max(1, len(hints)))
        self.refused = set(self._failing(self.honest, TOUCHED))
        self.furthest: Answers = {}
        self._first_refused = self._furthest_row = min(self.refused, default=0)
        self.touched: dict[Place, set[int]] = {
            (q.advice, place): self._touched(q, place)
            for q in hints
            for place in range(len(q.honest))
        }

    def beginning_with(self, question: Question, values: Sequence[int]) -> Iterator[Answers]:
        """Answers in which one result has one of these values, as far as its type holds them."""
        for place, (low, high) in enumerate(_ranges(question)):
            if not self._may_fix((question.advice, place), self._first_refused):
                continue
            told = frozenset({(question.advice, place)})
            for value in values:
                if low <= value <= high:
                    answers = _with(self.honest, question.advice, place, value)
                    yield from self.repaired(answers, told, 1)

    def repaired(self, answers: Answers, told: frozenset[Place], repairs: int) -> Iterator[Answers]:
        """Answers that differ from these in so many places more, and that no row refuses."""
        failing = self._failing(answers, 1)
        if not failing:
            if answers != self.honest:
                yield answers
            return
        if failing[0] > self._furthest_row:
            self._furthest_row = failing[0]
            self.furthest = {a: v for a, v in answers.items() if v != self.honest[a]}
        if not repairs:
            return
        for place in self.touched:
            if place in told or not self._may_fix(place, failing[0]):
                continue
            for value in islice(self._asked_for(answers, place), VALUES):
                changed = _with(answers, *place, value)
                yield from self.repaired(changed, told | {place}, repairs - 1)

    def _may_fix(self, place: Place, row: int) -> bool:
        """Whether another value may make a row hold; with inputs that are refused, most may."""
        return row in self.touched[place] or (bool(self.refused) and row not in self.refused)

    def _failing(self, answers: Answers, most: int) -> list[int]:
        """Rows that fail; once the work is done, row -1 alone, which nothing repairs."""
        self.runs_left -= 1
        if self.runs_left < 0:
            return [-1]
        return self.tested.failing_rows(forged(self.tested.tape, self.residues, answers), most)

    def _asked_for(self, answers: Answers, place: Place) -> Iterator[int]:
        self.runs_left -= 4
        if self.runs_left < 0:
            return
        advice, at = place
        for value in asked_for(self.tested, self.residues, answers, advice, answers[advice], at):
            if value != answers[advice][at]:
                yield value

    def _touched(self, question: Question, place: int) -> set[int]:
        """Rows that do not hold for another value of one result; of those refused, that have it.

        Whether a row has it shows where the others are random: a product with a 0 hides it.
        """
        value = next(_beside(question, place))
        failing = self._failing(_with(self.honest, question.advice, place, value), TOUCHED)
        if not self.refused:
            return set(failing)
        value = random_element(np.random.default_rng([place, *question.advice.steps]))
        changed = self._residuals(_with(self._random, question.advice, place, value))
        have_it = {row for row, at in self._at_random.items() if changed[row] != at}
        return (set(failing) - self.refused) | have_it

    @cached_property
    def _random(self) -> Answers:
        rng = np.random.default_rng(0)
        return {a: tuple(random_element(rng) for _ in told) for a, told in self.honest.items()}

    @cached_property
    def _at_random(self) -> dict[int, int]:
        return self._residuals(self._random)

    def _residuals(self, answers: Answers) -> dict[int, int]:
        """Of the rows that are refused."""
        values = forged(self.tested.tape, self.residues, answers)
        return {row: self.tested.residual(values, row) for row in self.refused}


def _beside(question: Question, place: int) -> Iterator[int]:
    """The values beside the true one: within the type first, where its bits follow them."""
    value = question.honest[place]
    if value == _ranges(question)[place][1] % R:
        yield (value - 1) % R
        yield (value + 1) % R
    else:
        yield (value + 1) % R
        yield (value - 1) % R


def _ranges(question: Question) -> list[tuple[int, int]]:
    """The least and the greatest value of each result."""
    assert question.advice.hint is not None  # noqa: S101 - for the type checker: a hint's question
    types = [type_ for _, type_ in question.advice.hint.result_types()]
    return [(t.low, t.high) if isinstance(t, IntegerType) else (0, R - 1) for t in types]


def _with(answers: Answers, advice: Advice, place: int, value: int) -> Answers:
    """The answers with one value changed."""
    answer = answers[advice]
    return {**answers, advice: (*answer[:place], value % R, *answer[place + 1 :])}
