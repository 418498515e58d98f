"""A run of the solver's tape, which can be stopped after any operation and go on.

Hints are answered in Python, between two calls of the kernel.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.bn254 import FR, R
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.fields.limbs import ints_from_words, words_from_ints
from zkpipe.accel.fields.rows import Elements, WorkRows
from zkpipe.accel.linear.sparse import into_montgomery
from zkpipe.accel.machines.machine import SCALAR
from zkpipe.circuits.r1cs.program import SolvedHint
from zkpipe.circuits.solve.prepared import PreparedTape
from zkpipe.ground.errors import ShapeError

_kernels = Kernels("zkpipe.circuits.solve.tape_kernels")


class TapeRun:
    """The tape of a system, run on the values of its wires.

    values  (n, 4) uint64   Montgomery; wires are filled in as the run goes
    step    the operation that comes next

    Raises ShapeError for another number of inputs than the program has.
    """

    def __init__(self, tape: PreparedTape, inputs: list[int]) -> None:
        self.tape, self.program = tape, tape.program
        self.step = 0
        wanted = len(self.program.input_wires)
        if len(inputs) != wanted:  # one value for all wires is what numpy would take
            raise ShapeError(
                f"This system takes {wanted} inputs, and was given {len(inputs)}.",
                "Give them as flat_inputs gives them.",
            )
        self.values = np.zeros((tape.rows.wire_count, 4), np.uint64)
        self.fill([0, *self.program.input_wires.tolist()], [1, *inputs])
        self._elements = Elements.over(FR, SCALAR, self.values)
        self._words = np.zeros((4, 4), np.uint64)
        self._scratch = WorkRows(FR, SCALAR, self._words, 1)

    def until(self, stop: int) -> None:
        """Run the operations before `stop`.

        Raises UnsatisfiedError if a hint has no answer; `step` is then the hint's.
        """
        tape = self.program.tape[:stop]
        while self.step < stop:
            self.step = _kernels.run_tape(
                tape,
                self.step,
                *self.tape.rows.matrices,
                self.tape.combinations,
                *self.tape.coefficients,
                self.tape.inverses,
                self._elements,
                self._scratch,
                self._words,
            )
            if self.step < stop:
                self._answer(self.program.hints[tape[self.step, 1]])
                self.step += 1

    def combinations(self, first: int, count: int) -> list[int]:
        """What the tape reads: combinations of wires that are filled in, canonical."""
        self.tape.check_combinations(first, count)
        out = np.empty((count, 4), np.uint64)
        canonical = WorkRows(FR, SCALAR, out, 1)
        tape = self.tape
        _kernels.evaluate(
            tape.combinations, first, count, *tape.coefficients, self._elements, canonical
        )
        return ints_from_words(out)

    def fill(self, wires: list[int], values: list[int]) -> None:
        """Give wires these values, integers as their residues."""
        if wires:
            residues = words_from_ints([value % R for value in values])
            self.values[wires] = into_montgomery(residues)

    def _answer(self, use: SolvedHint) -> None:
        arguments = self.combinations(use.first, len(use.call.bounds))
        self.fill(list(use.wires), self.tape.answer(use, arguments))
