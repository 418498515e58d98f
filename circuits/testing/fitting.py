"""Lies that rows ask for: values for which a row that fails would hold.

Where a row is affine in a value, two tries tell which value that is. It is how a prover finds what
no list of lies has: the last factor of a product, the low half that makes up for a wrong high half.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from accel.bn254 import R
from circuits.solve.advice import Advice, Question, forged
from circuits.testing.falsehoods import Falsehood
from circuits.testing.subject import Subject

ROWS = 3  # that fail, of which each is tried
RESULTS = 4  # of a hint, of which each is changed and each made to fit


def fitting(
    tested: Subject, residues: Sequence[int], advice: Advice, gone: int | None = None
) -> Iterator[Falsehood]:
    """Answers of advice of one wire that make a row hold which fails without a lie.

    residues  inputs for which rows fail
    gone      a row that is not looked at
    """
    if len(advice.wires) == 1:
        for value in _asked_for(tested, residues, {}, advice, (0,), 0, gone):
            yield Falsehood("what a failing row asks for", (value,))


def compensated(
    tested: Subject, residues: Sequence[int], question: Question
) -> Iterator[Falsehood]:
    """Answers of a hint of several results: one is changed, another makes up for it in a row."""
    honest, advice = question.honest, question.advice
    if advice.hint is None or len(honest) < 2:
        return
    for i, j in _pairs(min(len(honest), RESULTS)):
        for step, told in ((1, "one more"), (-1, "one less")):
            wrong = tuple((value + step * (k == i)) % R for k, value in enumerate(honest))
            for value in _asked_for(tested, residues, {advice: wrong}, advice, wrong, j):
                answer = (*wrong[:j], value, *wrong[j + 1 :])
                yield Falsehood(f"{told} in result {i}, and what a row asks for in {j}", answer)


def _pairs(count: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(count) for j in range(count) if i != j]


def _asked_for(
    tested: Subject,
    residues: Sequence[int],
    told: Mapping[Advice, Sequence[int]],
    advice: Advice,
    answer: tuple[int, ...],
    place: int,
    gone: int | None = None,
) -> Iterator[int]:
    """Values for one place of an answer that make hold a row which fails for what was told."""
    rows = tested.failing_rows(forged(tested.system, residues, told), ROWS)
    at = [
        forged(tested.system, residues, {advice: (*answer[:place], value, *answer[place + 1 :])})
        for value in (0, 1)
    ]
    for row in rows:
        at_0, at_1 = (tested.residual(values, row) for values in at)
        if row != gone and at_0 != at_1:
            yield at_0 * pow(at_0 - at_1, -1, R) % R
