"""Every wire of a witness changed alone."""

from __future__ import annotations

import numpy as np

from zkpipe.accel.bn254 import R, signed
from zkpipe.accel.fields.limbs import Words, from_montgomery, to_montgomery
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.r1cs.record import Operation
from zkpipe.circuits.solve.advice import Question, forged, questions
from zkpipe.circuits.testing.falsehoods import random_element
from zkpipe.circuits.testing.given import Inputs, formatted, whole
from zkpipe.circuits.testing.lies import honest_residues
from zkpipe.circuits.testing.proofs import unproved
from zkpipe.circuits.testing.subject import Subject, subject


def mutations(circuit: Circuit, inputs: Inputs, *, seed: int = 0) -> int:
    """Assert that no wire of a witness can be changed alone, but the inputs and free inverses.

    Each output and each internal wire gets the values 0, 1, one more, its negative and a random
    one; a row must refuse each. A wire that none refuses is in no constraint, or in none that
    matters. Wires changed together are for the analysis, which must prove what `compile` requires:
    that the inputs, and hints that are waived, determine every value.

    Returns how many witnesses were tried and refused. Raises AssertionError.
    """
    __tracebackhide__ = True
    tested, seed = subject(circuit), whole("seed", seed, 0)
    system = tested.system
    residues = honest_residues(tested, inputs)
    values = forged(tested.tape, residues, {})
    free = {
        wire
        for question in questions(tested.tape, residues)
        if _is_free(question)
        for wire in question.advice.wires
    }
    rng = np.random.default_rng(seed)
    first_internal = 1 + system.public_count + system.private_input_count
    wires = [*range(1, 1 + system.output_count), *range(first_internal, system.wire_count)]
    tried = 0
    for wire in [wire for wire in wires if wire not in free]:
        before = values[wire].copy()
        for change, after in _changes(before, rng):
            values[wire] = after
            tried += 1
            if not tested.is_refused_near(values, wire):
                raise AssertionError(_loose(tested, wire, change, inputs))
        values[wire] = before
    doubt = unproved(tested, values)
    if doubt is not None:
        raise AssertionError(
            f"{circuit.name} accepts a witness in which several values are changed, or is not "
            f"proved to refuse every one.\n{doubt}\n{formatted(inputs)}"
        )
    return tried


def _is_free(question: Question) -> bool:
    """Whether advice may be anything here: an inverse, a ratio to zero, a hint that is waived."""
    advice = question.advice
    if advice.operation is Operation.RATIO:
        return not question.operands[1]
    return advice.operation is Operation.INVERSE or bool(advice.hint and advice.hint.waive)


def _changes(before: Words, rng: np.random.Generator) -> list[tuple[int, Words]]:
    (value,) = from_montgomery(before[None], R)
    changed = {0, 1, (value + 1) % R, -value % R, random_element(rng)} - {value}
    return [(new, to_montgomery([new], R)[0]) for new in sorted(changed)]


def _loose(tested: Subject, wire: int, change: int, inputs: Inputs) -> str:
    (name,) = tested.names([wire])
    rows = tested.rows_of_wire(wire)
    source = tested.source(int(rows[0])) if len(rows) else None
    stands = f"stands in {len(rows)} constraints" if len(rows) else "stands in no constraint"
    where = "" if source is None else f"  {source}\n"
    return (
        f"{tested.circuit.name} accepts a changed witness.\n{where}`{name}` {stands}, and may be "
        f"{signed(change)} as well, all else as it is.\n"
        f"Use the value in a check, or do not compute it.\n{formatted(inputs)}"
    )
