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
from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curve import BITS, Curve, Field
from zkpipe.accel.curves import jacobian
from zkpipe.accel.curves.points import padded_count, working_points
from zkpipe.accel.fields.arrays import Rows, WorkRows, blank_rows, load, store
from zkpipe.accel.fields.functions import lanes, one, reduce
from zkpipe.accel.fields.inverse import invert
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.machines.backend import machine as chosen_machine
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.machines.scalar import SCALAR
from zkpipe.accel.msm.affine_batches import BATCH, backward, entry, extend, forward, padded, room
from zkpipe.accel.msm.digits import check_scalars, window_count
from zkpipe.ground.errors import ShapeError
from zkpipe.ground.process.threads import stream_in_threads

CHUNK = 1 << 13  # scalars a task: 6 ms or more, so that threads end together
WINDOW_BITS = range(
    4, 14
)  # tables to 10 MiB, in the third-level cache; 16 loses more than it saves


# --- scalars as digits


@kernel
def _recode(scalars, addends, bits):
    """Bit i of bits[:, k] is 1 where scalar k has 2^i, and 0 where it has -2^i.

    scalars  (n, 4) uint64   canonical
    addends  (2, 4) uint64   for even and odd k: the bits are (k' + 2^254 - 1) / 2, k' = k or k - r
    bits     (4, m) uint64   m >= n: the last scalar fills the last block
    """
    for i in range(bits.shape[1]):
        n = min(i, len(scalars) - 1)
        k0, k1, k2, k3 = scalars[n, 0], scalars[n, 1], scalars[n, 2], scalars[n, 3]
        odd = np.intp(k0 & np.uint64(1))
        up, down = np.uint64(63), np.uint64(1)
        carry = np.uint64(0)
        halves = k0 >> down | k1 << up, k1 >> down | k2 << up, k2 >> down | k3 << up, k3 >> down
        for word in range(4):
            addend = addends[odd, word]
            partial = halves[word] + addend
            total = partial + carry
            carry = np.uint64((partial < addend) | (total < carry))
            bits[word, i] = total


@kernel
def _look_up(bits, window, window_bits, first, index):
    """index[i] = the row of the table for a window of sum first + i, bit 31 if it is subtracted.

    Digit 2 t - (2^c - 1) of the bits t: the top bit is its sign, the others, all of them turned
    over if it is negative, are its entry.
    """
    position = window * window_bits
    row = np.uint64(window) << np.uint64(window_bits - 1)
    sign_bit = np.uint64(min(window_bits, BITS - position) - 1)  # the last is narrower
    mask = (np.uint64(1) << sign_bit) - np.uint64(1)
    word, shift = position >> 6, np.uint64(position & 63)
    above = min(word + 1, 3)
    lift = np.uint64(64) - shift if shift else np.uint64(0)
    keep = ~np.uint64(0) if shift and word < 3 else np.uint64(0)
    for i in range(len(index)):
        t = bits[word, first + i] >> shift | (bits[above, first + i] << lift) & keep
        negative = ~(t >> sign_bit) & np.uint64(1)
        entry = (t ^ (np.uint64(0) - negative)) & mask
        index[i] = np.uint32(row + entry | negative << np.uint64(31))


# --- sums


@kernel
def _add_windows(table, bits, window_bits, windows, sums, whole_index, slots, out):
    """Rows of out = the sums of one entry of each window, batch by batch."""
    sum_x, sum_y = sums
    width = lanes(one(table))
    total = bits.shape[1] // width
    for first in range(0, total, len(sum_x)):
        blocks = min(len(sum_x), total - first)
        index = whole_index[: blocks * width]
        _look_up(bits, 0, window_bits, first * width, index)
        for i in range(blocks):
            x, y = entry(table, index, i)
            sum_x[i], sum_y[i] = x, reduce(y)
        for w in range(1, windows):
            _look_up(bits, w, window_bits, first * width, index)
            product = reduce(forward(sums, table, index, blocks, slots))
            backward(invert(product), sums, blocks, slots)
        for i in range(blocks):
            store(out, first + i, (sum_x[i], sum_y[i]))


# --- the table


@kernel
def _doubles(base, out, n):
    """out[i] = 2^i * base."""
    x, y = load(base, 0)
    point = jacobian.from_affine(x, y)
    for i in range(n):
        store(out, i, jacobian.to_affine(point))
        point = jacobian.double(point)


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
        _doubles(source, Rows(self.field, SCALAR, words, 2), len(words))
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
            extend(table, a, doubles, b, into, np.array([0, len(into) // m.width]), sums, slots)
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
        _recode(np.ascontiguousarray(scalars), self._addends, bits)
        sums, slots = room(self.field, m, whole)
        index = np.empty(min(BATCH, whole), np.uint32)
        out = np.empty((whole, 8 * self.field.degree), np.uint64)
        rows = Rows(self.field, m, out, 2)
        _add_windows(self._table, bits, self.bits, self.windows, sums, index, slots, rows)
        return out[:n]
