"""The witness of a system: inputs in, the tape run, every row checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NoReturn

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.linear.sparse import out_of_montgomery
from zkpipe.circuits.errors import InputError, UnsatisfiedError
from zkpipe.circuits.language.values import inputs as language_inputs
from zkpipe.circuits.r1cs.program import Program
from zkpipe.circuits.r1cs.r1cs import R1CS
from zkpipe.circuits.r1cs.record import Operation
from zkpipe.circuits.solve.checker import failing_row
from zkpipe.circuits.solve.explain import failure
from zkpipe.circuits.solve.prepared import PreparedTape
from zkpipe.circuits.solve.tape_run import TapeRun
from zkpipe.circuits.swallowed import apart


def solve(system: R1CS, given: Mapping[str, object]) -> Words:
    """The values of the witness for inputs by name: (wire_count, 4) uint64, canonical.

    Raises InputError for a system read from a file, and for inputs that do not fit;
    UnsatisfiedError if a check fails or a hint has no answer.

    Cost: some 0.1 us a row.
    """
    with apart():
        flat = flat_inputs(system, given)
        return solve_prepared(system, tape_of(system), flat)


def solve_prepared(system: R1CS, tape: PreparedTape, flat: Sequence[int]) -> Words:
    """As `solve`, for inputs as `flat_inputs` gives them and the system's tape on one lane."""
    run = TapeRun(tape, list(flat))
    try:
        run.until(len(tape.program.tape))
    except UnsatisfiedError as error:
        raise _earlier_failure(system, tape, run) or error from None
    row = failing_row(tape.rows, run.values, tape.rows.every)
    if row is not None:
        raise failure(system, run.values, row)
    return out_of_montgomery(run.values)


def tape_of(system: R1CS) -> PreparedTape:
    """A system's tape, prepared for one witness at a time. Raises InputError as `program_of`."""
    return PreparedTape(system, program_of(system))


def program_of(system: R1CS) -> Program:
    """How to solve a system. Raises InputError for one read from a file, which does not say."""
    if system.program is None:
        raise InputError(
            f"{system.name} was read from an .r1cs file, which does not say how to find a witness.",
            "Solve its source instead: the .py file, or the .wasm if circom compiled it.",
        )
    return system.program


def refuse_positional(system: R1CS, given: Sequence[object]) -> NoReturn:
    """Raise InputError for inputs that were given without their names."""
    names = [parameter.name for parameter in program_of(system).parameters]
    what = f"{system.name} takes its inputs by name, and was given {len(given)} without."
    if len(given) == 1 and isinstance(given[0], Mapping):
        raise InputError(what, "Write solve(**inputs) for a dict of them.")
    shown = ", ".join(f"{name}=..." for name in names) or "nothing"
    raise InputError(what, f"Write solve({shown}).")


def flat_inputs(system: R1CS, given: Mapping[str, object]) -> list[int]:
    """The inputs by name as residues, one for each input wire, in order. Raises InputError."""
    program = program_of(system)
    bound = language_inputs.bind(system.name, program.parameters, (), given)
    return [
        value % R
        for parameter in program.parameters
        for value in language_inputs.integers(parameter, bound[parameter.name])
    ]


def _earlier_failure(system: R1CS, tape: PreparedTape, run: TapeRun) -> UnsatisfiedError | None:
    """The first failing row of those whose wires were all known before a hint failed.

    A hint mostly fails for inputs that a check before it forbids: that check is the better answer.
    """
    known = np.zeros(system.wire_count, np.bool_)
    known[0] = True
    program = tape.program
    known[program.input_wires] = True
    for operation, source, wire, count, _ in program.tape[: run.step].tolist():
        filled = program.hints[source].wires if operation == Operation.HINT else ()
        known[list(filled or range(wire, wire + count))] = True
    settled = np.ones(system.constraint_count, np.bool_)
    for matrix in (system.a, system.b, system.c):
        unknown_before = np.concatenate([[0], np.cumsum(~known[matrix.wires])])
        settled &= unknown_before[matrix.starts[1:]] == unknown_before[matrix.starts[:-1]]
    row = failing_row(tape.rows, run.values, np.flatnonzero(settled))
    return None if row is None else failure(system, run.values, row)
