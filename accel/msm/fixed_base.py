"""Multiples of one point by many scalars, in affine batches: what a setup needs.

A scalar k is taken as k' = k or k - r, whichever is odd: an odd number below 2^254 in size is a sum
of 2^i and -2^i, i < 254, one sign for each i. The signs of a window of c bits make an odd digit
from -(2^c - 1) to 2^c - 1. A table holds (2 j + 1) 2^(c w) * base, j < 2^(c-1), for each window w,
and a multiple is one entry of each window, or its negative, added up from the lowest.

No addition is exceptional. Infinity is no entry, and the scalar 0 is left out. Before the last
window a sum S and the entry T that it meets are an odd and an even multiple, S +- T below 2^253 in
size: not 0 modulo r. At the last window, of position s, S + T = k' is not 0 modulo r, and S - T is
only if it is r or -r, since it is below 2^254 in size. Say -r (else change all signs):
then T = S + r, so 0 < T = (k' + r) / 2 < r, and 0 < r - T = -S < 2^s, so T = floor(r / 2^s) 2^s.
Where that quotient is even it is no digit: only widths for which it is are taken.

A batch of sums (affine_batches) goes through all windows while it lies in the second-level
cache.

Source: Brickell, Gordon, McCurley, Wilson 1992; signs in place of bits, Hedabou, Pinel, Beneteau,
"A comb method to render ECC resistant against side channel attacks", 2004.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import BITS, Curve, Field
from zkpipe.accel.curves.points import padded_count, working_points
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.fields.rows import Rows, WorkRows, blank_rows
from zkpipe.accel.machines.backend import machine as chosen_machine
from zkpipe.accel.machines.machine import SCALAR, Machine
from zkpipe.accel.msm.affine_batches import BATCH, padded, room
from zkpipe.accel.msm.digits import check_scalars, window_count
from zkpipe.ground.errors import ShapeError
from zkpipe.ground.process.threads import stream_in_threads

_kernels = Kernels("zkpipe.accel.msm.kernels.fixed_base")
_batches = Kernels("zkpipe.accel.msm.kernels.affine_batches")

CHUNK = 1 << 13  # scalars a task: 6 ms or more, so that threads end together
WINDOW_BITS = range(
    4, 14
)  # tables to 10 MiB, in the third-level cache; 16 loses more than it saves


def window_widths(curve: Curve) -> list[int]:
    """The widths with which no addition is exceptional; see above. Of BN254 5, 8, 10 and 13."""
    return [c for c in WINDOW_BITS if (curve.r >> c * (window_count(c) - 1)) % 2 == 0]


def _window_bits(expected: int, curve: Curve) -> int:
    """The width for which table and multiples together take the fewest additions."""
    widths = window_widths(curve)
    return min(widths, key=lambda c: window_count(c) * (expected + (1 << c - 1)))


class FixedBase:
    """A table of multiples of one point, for about `expected` scalars.

    base      (8,) or (16,) uint64   affine, Montgomery, of order r
    expected  how many multiples will be asked for: chooses the window; the table takes 5 MiB at
              most in G1, 10 MiB in G2
    """

    def __init__(self, base: Words, expected: int, curve: Curve = BN254) -> None:
        if base.shape not in ((8,), (16,)) or base.dtype != np.uint64:
            raise ShapeError(
                f"The base has shape {base.shape} and dtype {base.dtype}.",
                "Give a point of G1, (8,) words, or of G2, (16,).",
            )
        self.machine: Machine = chosen_machine()
        self.field: Field = curve.fp if len(base) == 8 else curve.fp2
        self.bits = _window_bits(expected, curve)
        self.windows = window_count(self.bits)
        top = 1 << (BITS - 1)
        self._addends = words_from_ints([(2 * top - 1 - curve.r) // 2, top])
        self._table = self._make_table(base)

    def _make_table(self, base: Words) -> WorkRows:
        """Entries 0 .. 2^l - 1 of a window plus 2^(l+1) times its first are the next 2^l.

        No two points of these additions are equal or opposite: they are an odd and an even
        multiple below 2^c of one point.
        """
        m, c, size = self.machine, self.bits, 1 << (self.bits - 1)
        words = np.zeros((self.windows * c, len(base)), np.uint64)
        source = Rows(self.field, SCALAR, np.ascontiguousarray(base.reshape(1, -1)), 2)
        _kernels.doubles(source, Rows(self.field, SCALAR, words, 2), len(words))
        doubles = working_points(words, self.field, m)
        table = blank_rows(self.field, m, self.windows * size, 2)
        table.words[::size] = doubles.words[: len(words) : c]
        sums, slots = room(self.field, m, table.length)
        window = np.arange(self.windows)[:, None]
        for level in range(c - 1):
            have = 1 << level
            left = window * size + np.arange(have)
            step = np.repeat(window * c + level + 1, have, axis=1)
            a, b, into = (padded(index, m) for index in (left, step, left + have))
            bounds = np.array([0, len(into) // m.width])
            _batches.extend(table, a, doubles, b, into, bounds, sums, slots)
        return table

    def multiples(self, scalars: Words) -> Words:
        """scalars[i] * base, in threads.

        scalars  (n, 4) uint64           canonical, below r
        result   (n, 8) or (n, 16) uint64  affine, Montgomery; zeros for the scalar 0

        Raises RangeError if a scalar is r or more. Cost: ceil(254 / c) additions each, of 37 ns in
        G1 and 80 ns in G2 on eight lanes.
        """
        check_scalars(scalars, self.field.curve)
        out = np.empty((len(scalars), 8 * self.field.degree), np.uint64)
        at = 0
        for points in self.stream(len(scalars), lambda begin, end: scalars[begin:end]):
            out[at : at + len(points)] = points
            at += len(points)
        return out

    def stream(self, count: int, scalars: Callable[[int, int], Words]) -> Iterator[Words]:
        """As `multiples`, CHUNK at a time in order, for scalars that are made as they are needed.

        scalars  (begin, end) -> the scalars begin .. end - 1 of `count`, canonical and below r;
                 called on threads
        """

        def work(begin: int) -> Words:
            return self._chunk(scalars(begin, min(begin + CHUNK, count)))

        return stream_in_threads(work, range(0, count, CHUNK))

    def _chunk(self, scalars: Words) -> Words:
        """As `multiples`, on this thread; scalars are taken to be below r."""
        finite = np.flatnonzero(scalars.any(axis=1))
        if 0 < len(finite) == len(scalars):
            return self._finite_multiples(scalars)
        out = np.zeros((len(scalars), 8 * self.field.degree), np.uint64)
        if len(finite):
            out[finite] = self._finite_multiples(scalars[finite])
        return out

    def _finite_multiples(self, scalars: Words) -> Words:
        """As `_chunk`, no scalar being 0."""
        m, n = self.machine, len(scalars)
        whole = padded_count(n, m)
        bits = np.empty((4, whole), np.uint64)
        _kernels.recode(np.ascontiguousarray(scalars), self._addends, bits)
        sums, slots = room(self.field, m, whole)
        index = np.empty(min(BATCH, whole), np.uint32)
        out = np.empty((whole, 8 * self.field.degree), np.uint64)
        rows = Rows(self.field, m, out, 2)
        _kernels.add_windows(self._table, bits, self.bits, self.windows, sums, index, slots, rows)
        return out[:n]
