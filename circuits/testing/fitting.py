"""Answers that rows ask for: values of advice for which a row holds that fails for others.

Where a row is affine in a value, two tries tell which value that is; where it is quadratic in what
a hint returns, three tell both. It is how a prover finds what no list of lies has: the other root
of a square, the last factor of a product, the low half that makes up for a wrong high half.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words
from zkpipe.circuits.language.values.types import IntegerType
from zkpipe.circuits.solve.advice import Advice, Question, forged
from zkpipe.circuits.soundness.model.quadratics import roots_of
from zkpipe.circuits.testing.falsehoods import Falsehood
from zkpipe.circuits.testing.subject import Subject

ROWS = 3  # that fail, of which each is solved
RESULTS = 6  # of a hint, of which each is changed and each made to fit
Answers = Mapping[Advice, tuple[int, ...]]


def fitting(
    tested: Subject, residues: Sequence[int], question: Question, gone: int | None = None
) -> Iterator[Falsehood]:
    """Answers of advice, all others as they were but one, for which a failing row holds.

    The rows are those that fail without a lie; if none does, those that other answers of a hint
    make fail, which hold for the true one and perhaps for another.

    gone  a row that is not looked at
    """
    advice, honest = question.advice, question.honest
    if advice.hint is None and len(advice.wires) != 1:
        return
    for place in range(min(len(honest), RESULTS)):
        for value in asked_for(tested, residues, {}, advice, honest, place, gone):
            if value != honest[place]:
                answer = (*honest[:place], value, *honest[place + 1 :])
                yield Falsehood("what a failing row asks for", answer)


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
            for value in asked_for(tested, residues, {}, advice, wrong, j):
                answer = (*wrong[:j], value, *wrong[j + 1 :])
                yield Falsehood(f"{told} in result {i}, and what a row asks for in {j}", answer)


def _pairs(count: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(count) for j in range(count) if i != j]


def asked_for(
    tested: Subject,
    residues: Sequence[int],
    others: Answers,
    advice: Advice,
    answer: tuple[int, ...],
    place: int,
    gone: int | None = None,
) -> Iterator[int]:
    """Values for one place of an answer for which a row holds that fails for another value.

    others  what other advice answers
    answer  of this one; the rows are those that fail for it, or if none does, and it is a hint's,
            those that fail for other values
    gone    a row that is not looked at
    """
    first = _first_value(advice, place)
    degree = 1 if advice.hint is None else 2

    def at(value: int) -> Words:
        told = (*answer[:place], value % R, *answer[place + 1 :])
        return forged(tested.tape, residues, {**others, advice: told})

    rows = tested.failing_rows(at(answer[place]), ROWS)
    if not rows and advice.hint is None:
        return
    tries = [at(first + step) for step in range(1 + degree)]
    if not rows:
        rows = sorted({row for values in tries for row in tested.failing_rows(values, ROWS)})
    seen = set()
    for row in [row for row in rows if row != gone]:
        for step in _zeros([tested.residual(values, row) for values in tries]):
            value = (first + step) % R
            if value not in seen:
                seen.add(value)
                yield value


def _first_value(advice: Advice, place: int) -> int:
    """The least value of the advice's type: its bits, if it has any, follow those near it."""
    if advice.hint is None:
        return 0
    _, type_ = advice.hint.result_types()[place]
    return type_.low if isinstance(type_, IntegerType) else 0


def _zeros(values: Sequence[int]) -> list[int]:
    """Where a polynomial of these values at 0, 1 and perhaps 2 is zero.

    So is the line through the first two, which counts where the third lies beyond the value's type,
    as 2 does for a Bool.
    """
    at_0, at_1 = values[:2]
    zeros = [] if at_0 == at_1 else [at_0 * pow(at_0 - at_1, -1, R) % R]
    if len(values) == 3:
        a = (values[2] - 2 * at_1 + at_0) * pow(2, -1, R) % R
        zeros += roots_of(a, at_1 - at_0 - a, at_0) if a else []
    return zeros
