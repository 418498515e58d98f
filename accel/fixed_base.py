"""Multiples of one point by many scalars, in affine batches: what a setup needs.

A table holds d * 2^(c w) * base for every window w and d = 1 .. 2^c, and a multiple is one entry of
each window added up, all scalars side by side. Digits run from 1, not 0, so that no addition meets
infinity: the scalar is first lowered by the sum of all 2^(c w), modulo r.

Source: Brickell, Gordon, McCurley, Wilson 1992; affine batches as in accel.batch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from accel import jacobian
from accel.arrays import Rows, WorkRows, blank_rows, copy_row, load, store
from accel.backend import machine as chosen_machine
from accel.batch import add_rows, batch_slots
from accel.bn254 import R
from accel.digits import SCALAR_BITS, check_scalars
from accel.errors import ShapeError
from accel.kernels import kernel
from accel.limbs import Words, words_from_ints
from accel.machine import FP, FP2, Field, Machine
from accel.points import file_points, padded_count, working_points
from accel.scalar import SCALAR
from accel.threads import in_threads

CHUNK = 1 << 14  # scalars a task: enough of them to balance threads, sums within the cache


@kernel
def _window_bases(base, window_bits, windows, out):
    """out[w] = 2^(c w) * base."""
    x, y = load(base, 0)
    point = jacobian.from_affine(x, y)
    for w in range(windows):
        store(out, w, jacobian.to_affine(point))
        for _ in range(window_bits):
            point = jacobian.double(point)


@kernel
def _add_digits(table, digits, sums, at, blocks, slots):
    """sums[i] = the sum over w of table[digits[w, i]]."""
    for i in range(len(at)):
        copy_row(table, np.intp(digits[0, i]), sums, i)
    for w in range(1, len(digits)):
        add_rows(sums, at, table, digits[w], sums, at, blocks, slots, False)


@kernel
def _table_digits(scalars, lowering, modulus, window_bits, digits):
    """digits[w, i] = w * 2^c + digit w of scalar i, lowered: rows of the table."""
    mask = (np.uint64(1) << np.uint64(window_bits)) - np.uint64(1)
    words = np.uint64(0), np.uint64(0), np.uint64(0), np.uint64(0)
    for i in range(len(scalars)):
        s0, s1, s2, s3 = scalars[i, 0], scalars[i, 1], scalars[i, 2], scalars[i, 3]
        words, borrow = _subtract(s0, s1, s2, s3, lowering)
        if borrow:
            words = _add(words, modulus)
        for w in range(len(digits)):
            position = w * window_bits
            word, bit = position >> 6, np.uint64(position & 63)
            value = words[word] >> bit
            if bit and word < 3:
                value |= words[word + 1] << (np.uint64(64) - bit)
            digits[w, i] = (np.uint64(w) << np.uint64(window_bits)) + (value & mask)


@kernel
def _subtract(s0, s1, s2, s3, b):
    d0 = s0 - b[0]
    borrow = np.uint64(s0 < b[0])
    d1 = s1 - b[1] - borrow
    borrow = np.uint64((s1 < b[1]) | ((s1 == b[1]) & (borrow == 1)))
    d2 = s2 - b[2] - borrow
    borrow = np.uint64((s2 < b[2]) | ((s2 == b[2]) & (borrow == 1)))
    d3 = s3 - b[3] - borrow
    borrow = np.uint64((s3 < b[3]) | ((s3 == b[3]) & (borrow == 1)))
    return (d0, d1, d2, d3), borrow


@kernel
def _add(a, b):
    t0 = a[0] + b[0]
    carry = np.uint64(t0 < b[0])
    t1 = a[1] + b[1] + carry
    carry = np.uint64((t1 < b[1]) | ((t1 == b[1]) & (carry == 1)))
    t2 = a[2] + b[2] + carry
    carry = np.uint64((t2 < b[2]) | ((t2 == b[2]) & (carry == 1)))
    return t0, t1, t2, a[3] + b[3] + carry


class FixedBase:
    """A table of multiples of one point, for about `expected` scalars.

    base      (8,) or (16,) uint64   affine, Montgomery, not infinity
    expected  how many multiples will be asked for: chooses the window; the table takes 64 or 128
              bytes for each of ceil(254 / c) 2^c entries
    """

    def __init__(self, base: Words, expected: int) -> None:
        if base.shape not in ((8,), (16,)) or base.dtype != np.uint64:
            raise ShapeError(
                f"The base has shape {base.shape} and dtype {base.dtype}.",
                "Give a point of G1, (8,) words, or of G2, (16,).",
            )
        self.machine: Machine = chosen_machine()
        self.field: Field = FP if len(base) == 8 else FP2
        self.bits = min(range(4, 17), key=lambda c: -(-SCALAR_BITS // c) * (expected + (1 << c)))
        self.windows = -(-SCALAR_BITS // self.bits)
        lowering = sum(1 << self.bits * w for w in range(self.windows)) % R
        self._lowering, self._modulus = words_from_ints([lowering, R])
        self._table = self._make_table(base)

    def _make_table(self, base: Words) -> WorkRows:
        size, m = 1 << self.bits, self.machine
        heads = np.zeros((self.windows, len(base)), np.uint64)
        source = np.ascontiguousarray(base.reshape(1, -1))
        _window_bases(
            Rows(self.field, SCALAR, source, 2),
            self.bits,
            self.windows,
            Rows(self.field, SCALAR, heads, 2),
        )
        table = blank_rows(self.field, m, self.windows * size, 2)
        table.words[::size] = working_points(heads, self.field, m).words[: self.windows]
        slots = batch_slots(self.field, m, self.windows * size)
        starts = (size * np.arange(self.windows, dtype=np.uint32))[:, None]
        have = 1
        while have < size:  # entry e is the multiple e + 1: 1 .. have are there
            left = (starts + np.arange(have, dtype=np.uint32)).astype(np.uint32)
            last = np.repeat(starts + np.uint32(have - 1), have, axis=1)
            a, b, into = (_padded(index, m) for index in (left, last, left + np.uint32(have)))
            add_rows(table, a, table, b, table, into, len(into) // m.width, slots, True)
            have *= 2
        return table

    def multiples(self, scalars: Words) -> Words:
        """scalars[i] * base.

        scalars  (n, 4) uint64           canonical, below r
        result   (n, 8) or (n, 16) uint64  affine, Montgomery; zeros for the scalar 0

        Raises RangeError if a scalar is r or more. Cost: ceil(254 / c) additions each.
        """
        check_scalars(scalars)
        out = np.empty((len(scalars), 8 * self.field.degree), np.uint64)

        def work(begin: int) -> None:
            part = out[begin : begin + CHUNK]
            part[:] = self._chunk(np.ascontiguousarray(scalars[begin : begin + CHUNK]))

        in_threads(work, range(0, len(scalars), CHUNK))
        return out

    def _chunk(self, scalars: Words) -> Words:
        m, n = self.machine, len(scalars)
        padded = padded_count(n, m)
        digits = np.zeros((self.windows, padded), np.uint32)
        _table_digits(scalars, self._lowering, self._modulus, self.bits, digits[:, :n])
        digits[:, n:] = digits[:, n - 1 : n]
        sums = blank_rows(self.field, m, padded, 2)
        at = np.arange(padded, dtype=np.uint32)
        slots = batch_slots(self.field, m, padded)
        _add_digits(self._table, digits, sums, at, padded // m.width, slots)
        return file_points(sums, self.field, m)[:n]


def _padded(index: NDArray[np.uint32], m: Machine) -> NDArray[np.uint32]:
    """The entries in a row, the last one repeated to fill a block."""
    flat = np.ascontiguousarray(index).reshape(-1)
    return np.concatenate([flat, np.full(-len(flat) % m.width, flat[-1], np.uint32)])
