"""Rows and the solver's tape on Python integers, as their definitions read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.r1cs.record import Operation
from zkpipe.circuits.system import ConstraintSystem


def coefficients(system: ConstraintSystem) -> list[int]:
    return ints_from_words(system.coefficients)


def dot(matrix: SparseMatrix, row: int, known: list[int], values: list[int]) -> int:
    begin, end = int(matrix.starts[row]), int(matrix.starts[row + 1])
    return (
        sum(known[int(matrix.values[i])] * values[int(matrix.wires[i])] for i in range(begin, end))
        % R
    )


def failing_rows(system: ConstraintSystem, values: list[int]) -> list[int]:
    """Every row with (A w)(B w) != C w."""
    known = coefficients(system)
    return [
        row
        for row in range(system.constraint_count)
        if (
            dot(system.a, row, known, values) * dot(system.b, row, known, values)
            - dot(system.c, row, known, values)
        )
        % R
    ]


def solve(
    system: ConstraintSystem, inputs: list[int], lies: Mapping[int, int] | None = None
) -> list[int]:
    """The witness that the tape gives; inputs in the order of parameters.

    lies  values of wires instead of the tape's; whatever is found after them follows from them
    """
    program = system.program
    assert program is not None
    known = coefficients(system)
    values = [1] + [0] * (system.wire_count - 1)
    for wire, value in zip(program.input_wires.tolist(), inputs, strict=True):
        values[wire] = value % R
    pool = program.combinations
    for operation, source, wire, count, skip in program.tape.tolist():
        wires: Sequence[int] = range(wire, wire + count)
        if operation == Operation.SOLVE:
            begin, end = int(system.c.starts[source]), int(system.c.starts[source + 1])
            (position,) = [i for i in range(begin, end) if system.c.wires[i] == wire]
            assert values[wire] == 0
            left = dot(system.a, source, known, values) * dot(system.b, source, known, values)
            rest = left - dot(system.c, source, known, values)
            found = [rest * pow(known[int(system.c.values[position])], -1, R) % R]
        elif operation == Operation.BITS:
            x = dot(pool, source, known, values)
            found = [x >> skip + i & 1 for i in range(count)]
        elif operation == Operation.INVERSE:
            x = dot(pool, source, known, values)
            found = [pow(x, -1, R) if x else 0]
        elif operation == Operation.QUOTIENT:
            x, y = (dot(pool, source + i, known, values) for i in range(2))
            found = [x // y if y else 0]
        elif operation == Operation.RATIO:
            x, y = (dot(pool, source + i, known, values) for i in range(2))
            found = [x * pow(y, -1, R) % R if y else 0]
        else:
            use = program.hints[source]
            wires = use.wires
            arguments = [
                dot(pool, use.first + i, known, values) for i in range(len(use.call.bounds))
            ]
            found = [result % R for result in use.call.call(arguments)]
        for target, value in zip(wires, found, strict=True):
            values[target] = (lies or {}).get(target, value) % R
    return values
