"""Every piece of advice of a circuit answered falsely: one at a time, and several together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from zkpipe.accel.fields.limbs import Words
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.errors import InputError, UnsatisfiedError
from zkpipe.circuits.r1cs.record import Operation
from zkpipe.circuits.solve.advice import Advice, Question, forged, questions
from zkpipe.circuits.testing.conspiracies import conspiracies
from zkpipe.circuits.testing.falsehoods import Falsehood, falsehoods
from zkpipe.circuits.testing.fitting import compensated, fitting
from zkpipe.circuits.testing.given import Inputs, formatted, scalars_of, whole
from zkpipe.circuits.testing.proofs import unproved
from zkpipe.circuits.testing.subject import Subject, subject
from zkpipe.circuits.testing.wording import advice_name, answers, told_together


@dataclass(frozen=True, slots=True)
class Lies:
    """What was tried.

    advice    pieces of advice that were lied about; those that a circuit waives are not
    refused   lies that the rows refused
    harmless  lies that they let pass, and that changed no output: an inverse of 0 is free
    waived    hints that were not lied about, as the circuit waives the question
    """

    advice: int
    refused: int
    harmless: int
    waived: int = 0


def lies(circuit: Circuit, inputs: Inputs, *, seed: int = 0) -> Lies:
    """Assert that no lie about advice changes what the circuit proves.

    seed  of the random lies

    Advice are the results of hints, and what the compiler adds of its own: bits, inverses,
    quotients. With these inputs each is answered falsely in six ways or more, and as rows ask for,
    all else following honestly; and hints are answered falsely together, so that one makes up for
    another. The rows must refuse the witness, or it must have the same outputs. What a hint returns
    they must refuse, as user code may do anything with it, unless the hint is waived.

    Then, for all inputs and all lies, the analysis must prove what `compile` requires: that the
    inputs, and the hints that are waived, determine every value.

    Returns how many lies there were. Raises AssertionError for one that passes, for a circuit that
    is not proved, and for inputs that an honest prover cannot prove.
    """
    __tracebackhide__ = True
    tested, seed = subject(circuit), whole("seed", seed, 0)
    residues = honest_residues(tested, inputs)
    values = forged(tested.tape, residues, {})
    every = questions(tested.tape, residues)
    asked = [q for q in every if q.advice.hint is None or not q.advice.hint.waive]
    honest = tested.outputs(values)
    refused = harmless = 0
    for question in asked:
        for lie in _lies_about(tested, residues, question, seed):
            lied = forged(tested.tape, residues, {question.advice: lie.answer})
            if tested.failing_rows(lied):
                refused += 1
            elif tested.outputs(lied) != honest or question.advice.operation is Operation.HINT:
                what = advice_name(tested, question, lie)
                raise AssertionError(_passes(tested, question, what, honest, lied, inputs))
            else:
                harmless += 1
    for answered in conspiracies(tested, residues, asked, seed):
        what, question = told_together(tested, asked, answered), _first_liar(asked, answered)
        lied = forged(tested.tape, residues, answered)
        raise AssertionError(_passes(tested, question, what, honest, lied, inputs))
    doubt = unproved(tested, values)
    if doubt is not None:
        raise AssertionError(
            f"{circuit.name} accepts a lie, or is not proved to refuse every one.\n{doubt}\n"
            f"{formatted(inputs)}"
        )
    advice = sum(bool(question.advice.wires) for question in asked)
    return Lies(advice, refused, harmless, len(every) - len(asked))


def _lies_about(
    tested: Subject, residues: Sequence[int], question: Question, seed: int
) -> Iterator[Falsehood]:
    yield from falsehoods(question, seed)
    if question.advice.hint is not None:
        yield from fitting(tested, residues, question)
    yield from compensated(tested, residues, question)


def _first_liar(asked: Sequence[Question], answered: Mapping[Advice, tuple[int, ...]]) -> Question:
    return next(q for q in asked if q.advice in answered and answered[q.advice] != q.honest)


def honest_residues(tested: Subject, inputs: Inputs) -> list[int]:
    """The inputs' scalars; raises AssertionError if they have no witness."""
    __tracebackhide__ = True
    scalars = scalars_of(tested.circuit, inputs)
    try:
        tested.system.solve(**inputs)
    except (InputError, UnsatisfiedError) as error:
        raise AssertionError(
            f"{tested.circuit.name} does not accept these inputs, so there is nothing to lie "
            f"about.\n{error.explain()}\n{formatted(inputs)}"
        ) from None
    return scalars.residues


def _passes(
    tested: Subject,
    question: Question,
    told_lie: str,
    honest: list[int],
    lied: Words,
    inputs: Inputs,
) -> str:
    found = tested.outputs(lied)
    effect = "The outputs stay the same, but what the hint returned is the prover's to choose."
    fix = "Add checks that leave one answer, or waive it with a reason: hint(..., waive='why')."
    if found != honest:
        effect = answers(tested.outputs_declared(), honest, found)
    if question.advice.hint is None:
        fix = "No constraint of the user's can fix this: please report it."
    return f"{tested.circuit.name} accepts a lie.\n{told_lie}\n{effect}\n{fix}\n{formatted(inputs)}"
