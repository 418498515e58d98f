"""Witnesses of one system for up to eight rows of inputs at once: the tape runs in lanes.

A wire's eight values lie together, and one run of the tape and one look at each row serve them all.
What is no arithmetic of the field (quotients of integers, hints) is done lane by lane.

A lane is lost when one of its hints has no answer, or one of its rows fails. It then computes on
zeros, and none of its other hints is asked: why there is no witness, a run of the one witness says.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zkpipe.accel.bn254 import FR, R
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.fields.limbs import Words, ints_from_words, words_from_ints
from zkpipe.accel.fields.rows import Elements, WorkRows
from zkpipe.circuits.r1cs.program import SolvedHint
from zkpipe.circuits.solve.prepared import PreparedTape
from zkpipe.circuits.solve.released import release
from zkpipe.ground.errors import ZkpipeError
from zkpipe.ground.process.memory import aligned_zeros

_kernels = Kernels("zkpipe.circuits.solve.tape_kernels")


def solve_in_lanes(
    tape: PreparedTape, inputs: Sequence[Sequence[int]], out: Words
) -> list[Words | None]:
    """The values of each row's witness, (n, 4) uint64 canonical; None for a lane that is lost.

    tape    prepared on a machine of several lanes
    inputs  as many rows as there are lanes, or fewer; each as long as the tape's input wires
    out     (k, n, 4) uint64   whose parts they are; if lanes are unused, these write to one more

    Cost: 0.2 to 0.5 us a row of the system for all of them; 320 bytes a wire of working memory.
    """
    run = _LanesRun(tape, inputs)
    try:
        run.run()
    except ZkpipeError:  # whatever it is, each row meets it alone
        return [None] * len(inputs)
    lost = run.lost | run.failing()
    run.write(out)
    return [None if lost >> lane & 1 else out[lane] for lane in range(len(inputs))]


class _LanesRun:
    """The tape of a system, run on the values that its wires have in each lane.

    lost  a bit for each lane whose hint had no answer
    """

    def __init__(self, tape: PreparedTape, inputs: Sequence[Sequence[int]]) -> None:
        self.tape, self.program, self.machine = tape, tape.program, tape.machine
        self.used, self.lost = len(inputs), 0
        words = aligned_zeros(tape.rows.wire_count, self.machine.limbs * self.machine.width)
        self.values = Elements.over(FR, self.machine, words)
        self.words = np.zeros((4 * self.machine.width, 4), np.uint64)
        self.scratch = self._rows(self.words)
        self._fill([0, *self.program.input_wires.tolist()], [[1, *row] for row in inputs])

    def run(self) -> None:
        """Run the whole tape."""
        tape, step = self.program.tape, 0
        while step < len(tape):
            step = _kernels.run_tape(
                tape,
                step,
                *self.tape.rows.matrices,
                self.tape.combinations,
                *self.tape.coefficients,
                self.tape.inverses,
                self.values,
                self.scratch,
                self.words,
            )
            if step < len(tape):
                self._answer(self.program.hints[tape[step, 1]])
                step += 1

    def failing(self) -> int:
        """A bit for each lane in which some row fails."""
        rows = self.tape.rows
        return int(
            _kernels.failing_lanes(*rows.matrices, rows.every, *rows.coefficients, self.values)
        )

    def write(self, out: Words) -> None:
        """The witnesses, canonical; the lanes that are not used write behind them."""
        count, lanes = self.tape.rows.wire_count, np.arange(self.machine.width)
        begins = np.minimum(lanes, self.used) * count
        _kernels.out_of_lanes(self.values, begins.astype(np.uint32), self._rows(out))

    def _rows(self, words: Words) -> WorkRows:
        return WorkRows(FR, self.machine, words, 1)

    def _fill(self, wires: Sequence[int], lanes: Sequence[Sequence[int]]) -> None:
        """Give wires these values in each lane that is used, integers as their residues."""
        if not wires:
            return
        unused = [0] * (self.machine.width - len(lanes))
        values = (value % R for wire in zip(*lanes, strict=True) for value in (*wire, *unused))
        block = Elements(FR, self.machine, len(wires) * self.machine.width)
        _kernels.into_lanes(self._rows(words_from_ints(values)), block)
        self.values.words[list(wires)] = block.words

    def _answer(self, use: SolvedHint) -> None:
        count, width = len(use.call.bounds), self.machine.width
        self.tape.check_combinations(use.first, count)
        out = np.empty((count * width, 4), np.uint64)
        combinations, coefficients = self.tape.combinations, self.tape.coefficients
        _kernels.evaluate(
            combinations, use.first, count, *coefficients, self.values, self._rows(out)
        )
        arguments = ints_from_words(out)
        results = [[0] * len(use.wires) for _ in range(self.used)]
        for lane in range(self.used):
            if not self.lost >> lane & 1:
                try:
                    results[lane] = self.tape.answer(use, arguments[lane::width])
                except ZkpipeError as error:
                    release(error)
                    self.lost |= 1 << lane
        self._fill(use.wires, results)
