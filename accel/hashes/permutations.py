"""Permutations made as Poseidon's are, over arrays: many hashes of one width at once.

    first        the linear layer that a state of t elements begins with: none, or a matrix
    full rounds  add constants, x^5 of all, a matrix; half of them before the partial rounds
    partial      rounds with one x^5, as a filter of order n = t - 1: 2n products each, not t^2

A filter keeps the last n values q. Each round appends one, q' = x^5 + c - a . (q_1, ..., q_n), and
the next x is b . (q', q_1, ..., q_n). Kernels keep multiples of x and q, by factors that change
with the rounds and make b_0 one (`_scaled`): q' is then x^5 + c and a sum of n terms, the next x
the same with another sum, and neither waits for the other. Every linear layer is made of sums of
products by known factors, which are reduced once: accel.fields.prepared_constants.dot. One text
computes one state at a time, or eight.

Source: eprint 2019/458 for the rounds; the filter is circuits.gadgets.poseidon_plain's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import FR, R
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.fields.factors import PreparedConstants
from zkpipe.accel.fields.limbs import Words, to_montgomery
from zkpipe.accel.fields.rows import Elements, Rows
from zkpipe.accel.machines.backend import machine as best_machine
from zkpipe.accel.machines.machine import Machine
from zkpipe.ground.process.memory import aligned_empty
from zkpipe.ground.process.threads import in_threads

_kernels = Kernels("zkpipe.accel.hashes.kernels.permutations")

TASK = 128  # blocks a thread takes at a time: 2 ms or more, few enough for threads to end together

Matrix = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Rounds:
    """A permutation of t elements in numbers below r.

    full       2 half rows of t constants
    matrix     of full rounds
    entry      t rows of t: the first x, then q of one round ago, of two, ..., of n
    exit       n rows of n: the hidden part, of the q's in that order
    feedback   a_n, ..., a_1        output  b_n, ..., b_1, b_0
    partial    what is added to the first x; to the q of each partial round; to the hidden part
    """

    full: Matrix
    matrix: Matrix
    entry: Matrix
    exit: Matrix
    feedback: Sequence[int]
    output: Sequence[int]
    partial: tuple[int, Sequence[int], Sequence[int]]


def _scaled(rounds: Rounds) -> tuple[list[int], list[int], Matrix, int]:
    """The partial rounds with each x divided by a factor u, and the q made of it by u^5.

    Then x^5 enters q as it is, and with b_0 u^5 for the next u, q enters the next x as it is.

    Gives the constants of the q's; for each round the factors that the memory, oldest first, has in
    q and in the next x; the exit; and the last u.
    """
    *output, b0 = rounds.output
    n, over_b0 = len(output), pow(b0, -1, R)
    scales, u = [1] * n, 1  # of what the memory holds
    constants, factors = [], []
    for constant in rounds.partial[1]:
        scale = pow(u, 5, R)
        over_scale, u = pow(scale, -1, R), b0 * scale % R
        constants.append(constant * over_scale % R)
        held = [s * over_scale % R for s in scales[-n:]]
        in_q = [-a * s % R for a, s in zip(rounds.feedback, held, strict=True)]
        beside_q = [b * over_b0 % R * s % R for b, s in zip(output, held, strict=True)]
        factors += [*in_q, *((x + y) % R for x, y in zip(in_q, beside_q, strict=True))]
        scales.append(scale)
    newest_first = scales[: -n - 1 : -1]
    exit_ = [[x * s % R for x, s in zip(row, newest_first, strict=True)] for row in rounds.exit]
    return constants, factors, exit_, u


class ManyHashes:
    """Hashes of states of one width.

    compresses  whether a hash is of t inputs, as Poseidon2's compression; else of t - 1 and a tag
    """

    def __init__(
        self, rounds: Rounds, compresses: bool = False, machine: Machine | None = None
    ) -> None:
        """Prepare the constants. Cost: 5 ms for 3 elements, 50 ms for 17."""
        self.machine = machine = best_machine() if machine is None else machine
        self.kernel = _kernels.compress_states if compresses else _kernels.hash_states
        self.t = len(rounds.matrix)
        self.inputs = self.t if compresses else self.t - 1
        first, _, hidden = rounds.partial
        rest, sums, exit_, last = _scaled(rounds)
        self.partial, self.half = len(rest), len(rounds.full) // 2
        numbers = [*(x for row in rounds.full for x in row), first, *rest, *hidden]
        everywhere = to_montgomery([x for x in numbers for _ in range(machine.width)], R)
        self.constants = Elements(FR, machine, len(everywhere))
        _kernels.fill(Rows(FR, machine, everywhere, 1), self.constants, len(numbers))
        now, *newest_first = rounds.entry
        matrices = [*rounds.matrix, *newest_first[::-1], now]
        matrices += [row[::-1] for row in exit_]
        matrices += [sums, [last]]
        factors = to_montgomery([x for row in matrices for x in row], R)
        self.factors = PreparedConstants(FR, machine, factors)

    def of(self, rows: Words, index: NDArray[np.uint32], tag: int = 0) -> Words:
        """A hash for each column of `index`, whose row j says in which row input j lies.

        rows    (m, 4) uint64      any integers below 2^256 stand for their residues; m < 2^31
        index   (inputs, n) uint32  row numbers, which the caller has checked
        tag     the element of capacity; not for compressions
        result  (n, 4) uint64      canonical

        Cost: products are half of it: 13 us for t = 3, 100 us for t = 17, on one thread of the
        scalar machine at 2.1 GHz; 1.9 and 11 us in lanes.
        """
        n, width = index.shape[1], self.machine.width
        blocks = -(-n // width)
        padded = np.zeros((self.inputs, blocks * width), np.uint32)
        padded[:, :n] = index
        flat = padded.reshape(-1)
        out = aligned_empty(blocks * width, 4)
        start = Rows(FR, self.machine, np.repeat(to_montgomery([tag], R), width, 0), 1)
        source = Rows(FR, self.machine, np.ascontiguousarray(rows), 1)
        target = Rows(FR, self.machine, out, 1)

        def work(first: int) -> None:
            sizes = (self.t, self.t, self.t + self.partial)
            memory = [Elements(FR, self.machine, width * size) for size in sizes]
            last = min(first + TASK, blocks)
            self.kernel(source, flat, blocks, start, first, last, target, *memory, self.constants,
                        self.factors, self.half, self.t, self.partial)  # fmt: skip

        in_threads(work, range(0, blocks, TASK))
        return out[:n]
