"""The witness of a system: inputs in, the tape run, every row checked."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from accel.arrays import Rows, WorkRows
from accel.bn254 import R
from accel.limbs import Words, ints_from_words, words_from_ints
from accel.machine import FR
from accel.scalar import SCALAR
from accel.sparse import into_montgomery, out_of_montgomery
from circuits.compile.record import Operation
from circuits.errors import InputError, UnsatisfiedError
from circuits.language import inputs as language_inputs
from circuits.solve.checker import check_values, first_failing_row
from circuits.solve.explain import failure
from circuits.solve.kernels import evaluate, run_tape
from circuits.solve.program import Program
from circuits.system import ConstraintSystem, Witness


def solve(system: ConstraintSystem, given: Mapping[str, object]) -> Witness:
    """The witness for inputs by name.

    Raises InputError for a system read from a file, and for inputs that do not fit;
    UnsatisfiedError if a check fails or a hint has no answer.

    Cost: some 0.1 us a row.
    """
    program = system.program
    if program is None:
        raise InputError(
            f"{system.name} was read from an .r1cs file, which does not say how to find a witness.",
            "Compile its source and solve that; or make the .wtns with the tool that wrote the "
            "file.",
        )
    values = np.zeros((system.wire_count, 4), np.uint64)
    values[0] = into_montgomery(words_from_ints([1]))[0]
    flat = _flat_inputs(system, program, given)
    if flat:
        values[program.input_wires] = into_montgomery(words_from_ints(flat))
    _run(system, program, values)
    check_values(system, values)
    return Witness(out_of_montgomery(values), system.public_count)


def _flat_inputs(
    system: ConstraintSystem, program: Program, given: Mapping[str, object]
) -> list[int]:
    bound = language_inputs.bind(system.name, program.parameters, (), given)
    return [
        value % R
        for parameter in program.parameters
        for value in language_inputs.integers(parameter, bound[parameter.name])
    ]


def _run(system: ConstraintSystem, program: Program, values: Words) -> None:
    """Fill in the values of all wires that are not inputs."""
    matrices = [(m.starts, m.wires, m.values) for m in (system.a, system.b, system.c)]
    pool = program.combinations
    combinations = (pool.starts, pool.wires, pool.values)
    coefficients = (WorkRows(FR, SCALAR, program.montgomery, 1), 0, 1)  # 1 is number 0, -1 is 1
    inverses = WorkRows(FR, SCALAR, program.inverses, 1)
    rows = WorkRows(FR, SCALAR, values, 1)
    words = np.zeros((4, 4), np.uint64)
    scratch = Rows(FR, SCALAR, words, 1)
    step = 0
    while True:
        step = run_tape(
            program.tape,
            step,
            *matrices,
            combinations,
            coefficients,
            inverses,
            rows,
            scratch,
            words,
        )
        if step == len(program.tape):
            return
        use = program.hints[program.tape[step, 1]]
        out = np.empty((len(use.call.bounds), 4), np.uint64)
        canonical = Rows(FR, SCALAR, out, 1)
        evaluate(combinations, use.first, len(out), coefficients, rows, canonical)
        try:
            results = use.call.call(ints_from_words(out))
        except UnsatisfiedError as error:
            raise _earlier_failure(system, program, values, step) or error from None
        if results:
            residues = words_from_ints(value % R for value in results)
            values[list(use.wires)] = into_montgomery(residues)
        step += 1


def _earlier_failure(
    system: ConstraintSystem, program: Program, values: Words, step: int
) -> UnsatisfiedError | None:
    """The first failing row of those whose wires were all known before a hint failed.

    A hint mostly fails for inputs that a check before it forbids: that check is the better answer.
    """
    known = np.zeros(system.wire_count, np.bool_)
    known[0] = True
    known[program.input_wires] = True
    for operation, source, wire, count, _ in program.tape[:step].tolist():
        filled = program.hints[source].wires if operation == Operation.HINT else ()
        known[list(filled or range(wire, wire + count))] = True
    settled = np.ones(system.constraint_count, np.bool_)
    for matrix in (system.a, system.b, system.c):
        unknown_before = np.concatenate([[0], np.cumsum(~known[matrix.wires])])
        settled &= unknown_before[matrix.starts[1:]] == unknown_before[matrix.starts[:-1]]
    row = first_failing_row(system, values, np.flatnonzero(settled))
    return None if row is None else failure(system, values, row)
