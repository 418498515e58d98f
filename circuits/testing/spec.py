"""What a circuit must accept and what it must not, said by cases; and what it may cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from circuits.errors import InputError, UnsatisfiedError
from circuits.language.circuit import Circuit
from circuits.solve.advice import forged, questions
from circuits.solve.solver import solve
from circuits.system import Witness
from circuits.testing.falsehoods import falsehoods
from circuits.testing.fitting import compensated, fitting
from circuits.testing.subject import Inputs, Subject, output_values, subject, told
from circuits.testing.wording import advice_name, answers

Refusal = InputError | UnsatisfiedError


def accepts(circuit: Circuit, inputs: Inputs, outputs: object = None) -> Witness:
    """Assert that inputs have a witness, and that the plain run gives the same outputs.

    outputs  what they must be, in the shape in which the plain run gives them; None: not compared

    Returns the witness. Raises AssertionError.
    """
    __tracebackhide__ = True
    tested = subject(circuit)
    try:
        witness = solve(tested.system, inputs)
    except (InputError, UnsatisfiedError) as error:
        raise AssertionError(
            f"{circuit.name} does not accept these inputs.\n{error.explain()}\n{told(inputs)}"
        ) from None
    try:
        plain = circuit(**inputs)
    except (InputError, UnsatisfiedError) as error:
        raise AssertionError(
            f"{circuit.name} has a witness for these inputs, but its plain run refuses them.\n"
            f"{error.explain()}\n{told(inputs)}"
        ) from None
    proven = witness.public[: tested.system.output_count]
    if proven != output_values(plain):
        raise AssertionError(
            f"{circuit.name} proves other outputs than its plain run has.\n"
            f"{answers(tested.output_names(), output_values(plain), proven)}\n{told(inputs)}"
        )
    if outputs is not None and proven != output_values(outputs):
        raise AssertionError(
            f"{circuit.name} has other outputs than the test says.\n"
            f"{answers(tested.output_names(), output_values(outputs), proven)}\n{told(inputs)}"
        )
    return witness


def rejects(circuit: Circuit, inputs: Inputs, because: str | None = None, *, seed: int = 0) -> None:
    """Assert that inputs are refused: by the solver, by the plain run, and to a prover who lies.

    because  a text that the refusal's message holds, for example that of the check that must fail
    seed     of the random lies

    The prover sets inputs of any range, also those that their types do not hold, and lies about
    each piece of advice in turn, in every way of `circuits.testing.falsehoods` and as a failing row
    asks for; the rows must refuse every witness that he makes.

    Raises AssertionError.
    """
    __tracebackhide__ = True
    tested = subject(circuit)
    for who, refusal in (
        ("solver", _refusal(lambda: solve(tested.system, inputs))),
        ("plain run", _refusal(lambda: circuit(**inputs))),
    ):
        if refusal is None:
            raise AssertionError(
                f"The {who} of {circuit.name} accepts these inputs.\n{told(inputs)}"
            )
        if because is not None and because not in str(refusal):
            raise AssertionError(
                f"The {who} of {circuit.name} refuses these inputs, but not because of "
                f"{because!r}:\n{refusal}\n{told(inputs)}"
            )
    _refused_to_liars(tested, inputs, seed)


def _refusal(run: Callable[[], object]) -> Refusal | None:
    try:
        run()
    except (InputError, UnsatisfiedError) as error:
        return error
    return None


def _refused_to_liars(tested: Subject, inputs: Inputs, seed: int) -> None:
    __tracebackhide__ = True
    residues = tested.residues(inputs)
    if residues is None:
        return
    name = tested.circuit.name
    if not tested.failing_rows(forged(tested.system, residues, {})):
        raise AssertionError(
            f"{name} refuses these inputs when it is solved, but no constraint of it does: a "
            f"prover who uses his own solver proves them.\n{told(inputs)}"
        )
    for question in questions(tested.system, residues):
        told_lies = [
            *falsehoods(question, seed),
            *fitting(tested, residues, question.advice),
            *compensated(tested, residues, question),
        ]
        for lie in told_lies:
            values = forged(tested.system, residues, {question.advice: lie.answer})
            if not tested.failing_rows(values):
                raise AssertionError(
                    f"{name} refuses these inputs to an honest prover and accepts them from one "
                    f"who lies.\n{advice_name(tested, question, lie)}\n{told(inputs)}"
                )


def costs(circuit: Circuit, constraints: int) -> None:
    """Assert how many constraints a circuit has, so that a change of it is a decision.

    Raises AssertionError, with the constraints of each line.
    """
    __tracebackhide__ = True
    tested = subject(circuit)
    count = tested.system.constraint_count
    if count == constraints:
        return
    lines = Counter(str(tested.source(row) or "the types of inputs") for row in range(count))
    listed = "\n".join(f"  {number:>7,}  {line}" for line, number in lines.most_common(20))
    raise AssertionError(
        f"{circuit.name} has {count:,} constraints, and not {constraints:,}. By line:\n{listed}"
    )
