"""Every piece of advice of a circuit answered falsely, one after the other."""

from __future__ import annotations

from dataclasses import dataclass

from circuits.compile.record import Operation
from circuits.language.circuit import Circuit
from circuits.solve.advice import Question, forged, questions
from circuits.solve.solver import solve
from circuits.testing.falsehoods import falsehoods
from circuits.testing.fitting import compensated
from circuits.testing.subject import Inputs, Subject, subject, told
from circuits.testing.wording import advice_name, answers


@dataclass(frozen=True, slots=True)
class Lies:
    """What was tried.

    advice    pieces of advice that were lied about; those that a circuit waives are not
    refused   lies that the rows refused
    harmless  lies that they let pass, and that changed no output: an inverse of 0 is free
    """

    advice: int
    refused: int
    harmless: int


def lies(circuit: Circuit, inputs: Inputs, *, seed: int = 0) -> Lies:
    """Assert that no lie about advice changes what the circuit proves for these inputs.

    seed  of the random lies

    Advice are the results of hints, and what the compiler adds of its own: bits, inverses,
    quotients. Each is answered falsely in six ways or more, of several results also so that one
    makes up for another; all else follows honestly. The rows must refuse the witness, or it must
    have the same outputs. What a hint returns they must refuse, as user code may do anything with
    it, unless the hint is waived.

    Returns how many lies there were. Raises AssertionError for one that passes, and for inputs that
    an honest prover cannot prove.
    """
    __tracebackhide__ = True
    tested = subject(circuit)
    residues = honest_residues(tested, inputs)
    honest = tested.outputs(forged(tested.system, residues, {}))
    advice = refused = harmless = 0
    for question in questions(tested.system, residues):
        if question.advice.hint is not None and question.advice.hint.waive:
            continue
        advice += bool(question.advice.wires)
        told = falsehoods(question, seed)
        for lie in (*told, *compensated(tested, residues, question)):
            values = forged(tested.system, residues, {question.advice: lie.answer})
            if tested.failing_rows(values):
                refused += 1
                continue
            found = tested.outputs(values)
            if found != honest or question.advice.operation is Operation.HINT:
                told_lie = advice_name(tested, question, lie)
                raise AssertionError(_passes(tested, question, told_lie, honest, found, inputs))
            harmless += 1
    return Lies(advice, refused, harmless)


def honest_residues(tested: Subject, inputs: Inputs) -> list[int]:
    """The inputs' scalars; raises InputError or UnsatisfiedError if they have no witness."""
    solve(tested.system, inputs)
    residues = tested.residues(inputs)
    assert residues is not None  # noqa: S101 - for the type checker: they were just solved
    return residues


def _passes(
    tested: Subject,
    question: Question,
    told_lie: str,
    honest: list[int],
    found: list[int],
    inputs: Inputs,
) -> str:
    effect = "The outputs stay the same, but what the hint returned is the prover's to choose."
    mend = "Add checks that leave one answer, or waive it with a reason: hint(..., waive='why')."
    if found != honest:
        effect = answers(tested.output_names(), honest, found)
    if question.advice.hint is None:
        mend = "No constraint of the user's can mend this: please report it."
    return f"{tested.circuit.name} accepts a lie.\n{told_lie}\n{effect}\n{mend}\n{told(inputs)}"
