"""What a circuit must accept and what it must not, said by cases; and what it may cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.errors import InputError, UnsatisfiedError
from zkpipe.circuits.solve.advice import Question, forged, questions, wires_behind
from zkpipe.circuits.testing.conspiracies import conspiracies, enumerated
from zkpipe.circuits.testing.falsehoods import Falsehood, falsehoods
from zkpipe.circuits.testing.fitting import compensated, fitting
from zkpipe.circuits.testing.given import Inputs, expected, formatted, scalars_of, whole
from zkpipe.circuits.testing.proofs import has_no_witness, unproved, witness_for
from zkpipe.circuits.testing.reasons import Refusal, is_reason, required_words
from zkpipe.circuits.testing.subject import Subject, output_values, subject
from zkpipe.circuits.testing.wording import advice_name, answers, hints_of, told_together
from zkpipe.circuits.witness import Witness
from zkpipe.ground.shown import shown


def accepts(circuit: Circuit, inputs: Inputs, outputs: object = None) -> Witness:
    """Assert that inputs have a witness, and that the plain run gives the same outputs.

    outputs  what they must be, held against the declared types: in the shape in which the plain
             run gives them, or as inputs of these types are given (`given.expected`); None: not
             compared

    Returns the witness. Raises AssertionError, also for what are no inputs or outputs of the
    circuit.
    """
    __tracebackhide__ = True
    return accepted(subject(circuit), inputs, outputs)


def accepted(tested: Subject, inputs: Inputs, outputs: object = None) -> Witness:
    """The same of a circuit that is traced already."""
    __tracebackhide__ = True
    circuit = tested.circuit
    scalars_of(circuit, inputs)
    wanted = None if outputs is None else expected(circuit, outputs)
    try:
        witness = tested.system.solve(**inputs)
    except (InputError, UnsatisfiedError) as error:
        raise AssertionError(
            f"{circuit.name} does not accept these inputs.\n{error.explain()}\n{formatted(inputs)}"
        ) from None
    try:
        plain = output_values(circuit(**inputs))
    except (InputError, UnsatisfiedError) as error:
        raise AssertionError(
            f"{circuit.name} has a witness for these inputs, but its plain run refuses them.\n"
            f"{error.explain()}\n{formatted(inputs)}"
        ) from None
    proven = witness.public[: tested.system.output_count]
    if proven != plain:
        raise AssertionError(
            f"{circuit.name} proves other outputs than its plain run has.\n"
            f"{answers(tested.outputs_declared(), plain, proven)}\n{formatted(inputs)}"
        )
    if wanted is not None and proven != wanted:
        raise AssertionError(
            f"{circuit.name} has other outputs than the test says.\n"
            f"{answers(tested.outputs_declared(), wanted, proven)}\n{formatted(inputs)}"
        )
    return witness


def rejects(circuit: Circuit, inputs: Inputs, because: str | None = None, *, seed: int = 0) -> None:
    """Assert that inputs are refused: by the solver, by the plain run, and to a prover who lies.

    inputs   of the circuit's names, shapes and kinds, in any range
    because  words of the message of the check that must fail, or of what is said of the parameter
             whose type refuses (`reasons`)
    seed     of the random lies

    The prover sets inputs of any range, also those that their types do not hold, and lies about
    advice: in every way of `falsehoods` and as a failing row asks for; and unless what follows from
    the inputs contradicts a row, so that no witness has them, about several hints that make up for
    one another, and with what a search over the rows finds. The rows must refuse every witness that
    he makes, and the analysis must prove that the inputs determine all values.

    Raises AssertionError, also for what are no inputs of the circuit.
    """
    __tracebackhide__ = True
    tested = subject(circuit)
    refused(tested, inputs, because, seed=seed)
    doubt = unproved(tested)
    if doubt is not None:
        raise AssertionError(
            f"{circuit.name} refuses these inputs to every lie that was tried, but a prover who "
            f"knows another may be accepted.\n{doubt}\n{formatted(inputs)}"
        )


def refused(tested: Subject, inputs: Inputs, because: str | None = None, *, seed: int = 0) -> None:
    """The same of a circuit that is traced already, without the proof."""
    __tracebackhide__ = True
    circuit, words = tested.circuit, None if because is None else required_words(because)
    seed = whole("seed", seed, 0)
    scalars = scalars_of(circuit, inputs)
    for who, refusal in (
        ("solver", _refusal(lambda: tested.system.solve(**inputs))),
        ("plain run", _refusal(lambda: circuit(**inputs))),
    ):
        if refusal is None:
            raise AssertionError(
                f"The {who} of {circuit.name} accepts these inputs.\n{formatted(inputs)}"
            )
        if words is not None and not is_reason(words, refusal):
            raise AssertionError(
                f"The {who} of {circuit.name} refuses these inputs, but not because of "
                f"{words!r}:\n{refusal}\n{formatted(inputs)}"
            )
    if scalars.is_respelled and tested.has_answers(scalars.residues):
        return  # the same statement as that of inputs that are accepted
    _refused_to_liars(tested, inputs, scalars.residues, seed)


def _refusal(run: Callable[[], object]) -> Refusal | None:
    try:
        run()
    except (InputError, UnsatisfiedError) as error:
        return error
    return None


def _refused_to_liars(tested: Subject, inputs: Inputs, residues: Sequence[int], seed: int) -> None:
    __tracebackhide__ = True
    name = tested.circuit.name
    failing = tested.failing_rows(forged(tested.tape, residues, {}))
    if not failing:
        raise AssertionError(
            f"{name} refuses these inputs when it is solved, but no constraint of it does: a "
            f"prover who uses his own solver proves them.\n{formatted(inputs)}"
        )
    near = wires_behind(tested.system, failing)  # no other lie makes this row hold
    lie = _accepted_lie(tested, residues, questions(tested.tape, residues, wires=near), seed)
    if lie is None and not has_no_witness(tested.system, residues):
        lie = _accepted_lies(tested, residues, questions(tested.tape, residues), seed)
    if lie is not None:
        raise AssertionError(
            f"{name} refuses these inputs to an honest prover and accepts them from one who lies.\n"
            f"{lie}\n{formatted(inputs)}"
        )


def _accepted_lie(
    tested: Subject, residues: Sequence[int], asked: Sequence[Question], seed: int
) -> str | None:
    """The first lie that no row refuses, as a message."""
    for question in asked:
        told_lies: list[Falsehood] = [
            *falsehoods(question, seed),
            *fitting(tested, residues, question),
            *compensated(tested, residues, question),
        ]
        for lie in told_lies:
            values = forged(tested.tape, residues, {question.advice: lie.answer})
            if not tested.failing_rows(values):
                return advice_name(tested, question, lie)
    return None


def _accepted_lies(
    tested: Subject, residues: Sequence[int], asked: Sequence[Question], seed: int
) -> str | None:
    """Lies that make up for one another, and what a search finds, as a message."""
    together = next(conspiracies(tested, residues, asked, seed), None)
    if together is None:
        together = next(enumerated(tested, residues, asked), None)
    if together is not None:
        return told_together(tested, asked, together)
    found = witness_for(tested.system, residues)
    return None if found is None else hints_of(tested, found)


def costs(circuit: Circuit, constraints: int) -> None:
    """Assert how many constraints a circuit has, so that a change of it is a decision.

    Raises AssertionError, with the constraints of each line; also for what is no number of them.
    """
    __tracebackhide__ = True
    wanted = whole("constraints", constraints, 0)
    tested = subject(circuit)
    count = tested.system.constraint_count
    if count == wanted:
        return
    lines = Counter(str(tested.source(row) or "the types of inputs") for row in range(count))
    told_number = f"{wanted:,}" if wanted < 1 << 64 else shown(wanted)
    listed = "\n".join(f"  {number:>7,}  {line}" for line, number in lines.most_common(20))
    raise AssertionError(
        f"{circuit.name} has {count:,} constraints, and not {told_number}. By line:\n{listed}"
    )
