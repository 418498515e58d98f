"""A system as the solver's kernels take it: checked once, then run and checked any number of times.

A system's arrays are open to everybody, so they are looked at whenever a system comes in. What is
prepared belongs to one call and is made again for the next. Its coefficients lie in the Montgomery
form of the machine that computes, one witness at a time or eight in lanes.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.bn254 import FR, R
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.fields.rows import WorkRows
from zkpipe.accel.linear.sparse import into_montgomery, scale
from zkpipe.accel.machines.machine import SCALAR, Machine
from zkpipe.circuits.r1cs.matrix import Arrays, SparseMatrix
from zkpipe.circuits.r1cs.program import Program, SolvedHint
from zkpipe.circuits.r1cs.program_rules import check_program
from zkpipe.circuits.r1cs.r1cs import R1CS
from zkpipe.circuits.r1cs.rules import check_matrices
from zkpipe.ground.errors import RangeError

_FIX = "Compile the circuit again."


class PreparedRows:
    """The rows of a system.

    matrices      A, B and C
    every         the numbers of all rows
    coefficients  as the kernels take them

    Raises RangeError or ShapeError for a system whose arrays do not belong together.
    """

    def __init__(self, system: R1CS, machine: Machine = SCALAR) -> None:
        check_matrices(system)
        self.wire_count, self.every = system.wire_count, np.arange(system.constraint_count)
        self.matrices = tuple(arrays(matrix) for matrix in (system.a, system.b, system.c))
        if system.program is None or len(system.program.montgomery) != len(system.coefficients):
            montgomery = into_montgomery(system.coefficients)
        else:
            montgomery = system.program.montgomery
        units = [_number(system.coefficients, value) for value in (1, R - 1)]
        self.coefficients = (single_values(montgomery, machine), (units[0], units[1]))


class PreparedTape:
    """The rows of a system and the tape that solves them.

    Raises RangeError or ShapeError as PreparedRows, and for a program of another system.
    """

    def __init__(self, system: R1CS, program: Program, machine: Machine = SCALAR) -> None:
        self.rows = PreparedRows(system, machine)
        check_program(system, program)
        self.program, self.machine = program, machine
        self.combinations = arrays(program.combinations)
        self.coefficients = (single_values(program.montgomery, machine), (0, 1))  # of 1 and of -1
        self.inverses = single_values(program.inverses, machine)

    def check_combinations(self, first: int, count: int) -> None:
        """Raises RangeError for combinations that are not there."""
        if not 0 <= first <= first + count <= self.program.combinations.row_count:
            raise RangeError("A hint reads values that the program does not have.", _FIX)

    def answer(self, use: SolvedHint, arguments: list[int]) -> list[int]:
        """A hint's results, one for each wire.

        Raises what HintCall.call raises; RangeError if it has more results than wires, or fewer.
        """
        results = use.call.call(arguments)
        if len(results) != len(use.wires):
            raise RangeError("A hint has another number of results than the program.", _FIX)
        return results


def arrays(matrix: SparseMatrix) -> Arrays:
    """A matrix as the kernels take it."""
    return matrix.starts, matrix.wires, matrix.values


def single_values(montgomery: Words, machine: Machine) -> WorkRows:
    """Values in Montgomery form R = 2^256 as rows in the machine's own."""
    factor = machine.montgomery >> 256
    if factor != 1:
        montgomery = montgomery.copy()
        scale(factor, montgomery)
    return WorkRows(FR, SCALAR, montgomery, 1)


def _number(coefficients: Words, value: int) -> int:
    """The number of a coefficient in the dictionary, -1 if it is not there."""
    found = np.flatnonzero((coefficients == words_from_ints([value])).all(axis=1))
    return int(found[0]) if len(found) else -1
