"""A run of the solver's tape, which can be stopped after any operation and go on.

Hints are answered in Python, between two calls of the kernel.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.bn254 import FR, R
from zkpipe.accel.fields.arrays import Rows, WorkRows
from zkpipe.accel.fields.limbs import ints_from_words, words_from_ints
from zkpipe.accel.linear.sparse import into_montgomery
from zkpipe.accel.machines.scalar import SCALAR
from zkpipe.circuits.r1cs.program import Program, SolvedHint
from zkpipe.circuits.r1cs.program_rules import check_program
from zkpipe.circuits.r1cs.r1cs import R1CS
from zkpipe.circuits.r1cs.rules import check_matrices
from zkpipe.circuits.solve.tape_kernels import evaluate, run_tape
from zkpipe.ground.errors import RangeError

_FIX = "Compile the circuit again."


class TapeRun:
    """The tape of a system, run on the values of its wires.

    values  (n, 4) uint64   Montgomery; wires are filled in as the run goes
    step    the operation that comes next
    """

    def __init__(self, system: R1CS, program: Program, inputs: list[int]) -> None:
        check_matrices(system)
        check_program(system, program)
        self.program = program
        self.step = 0
        self.values = values = np.zeros((system.wire_count, 4), np.uint64)
        values[0] = into_montgomery(words_from_ints([1]))[0]
        self.fill(program.input_wires.tolist(), inputs)
        pool = program.combinations
        self._matrices = [(m.starts, m.wires, m.values) for m in (system.a, system.b, system.c)]
        self._combinations = (pool.starts, pool.wires, pool.values)
        self._coefficients = (WorkRows(FR, SCALAR, program.montgomery, 1), 0, 1)  # of 1 and of -1
        self._inverses = WorkRows(FR, SCALAR, program.inverses, 1)
        self._rows = WorkRows(FR, SCALAR, values, 1)
        self._words = np.zeros((4, 4), np.uint64)
        self._scratch = Rows(FR, SCALAR, self._words, 1)

    def until(self, stop: int) -> None:
        """Run the operations before `stop`.

        Raises UnsatisfiedError if a hint has no answer; `step` is then the hint's.
        """
        tape = self.program.tape[:stop]
        while self.step < stop:
            self.step = run_tape(
                tape,
                self.step,
                *self._matrices,
                self._combinations,
                self._coefficients,
                self._inverses,
                self._rows,
                self._scratch,
                self._words,
            )
            if self.step < stop:
                self._answer(self.program.hints[tape[self.step, 1]])
                self.step += 1

    def combinations(self, first: int, count: int) -> list[int]:
        """What the tape reads: combinations of wires that are filled in, canonical."""
        if not 0 <= first <= first + count <= self.program.combinations.row_count:
            raise RangeError("A hint reads values that the program does not have.", _FIX)
        out = np.empty((count, 4), np.uint64)
        canonical = Rows(FR, SCALAR, out, 1)
        evaluate(self._combinations, first, count, self._coefficients, self._rows, canonical)
        return ints_from_words(out)

    def fill(self, wires: list[int], values: list[int]) -> None:
        """Give wires these values, integers as their residues."""
        if wires:
            residues = words_from_ints([value % R for value in values])
            self.values[wires] = into_montgomery(residues)

    def _answer(self, use: SolvedHint) -> None:
        arguments = self.combinations(use.first, len(use.call.bounds))
        self.fill(list(use.wires), use.call.call(arguments))
