"""Multiples of one point: scalars as signs, entries of a table by windows, and their sums."""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curve import BITS
from zkpipe.accel.curves import jacobian
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import lanes, one, reduce
from zkpipe.accel.fields.inverse import invert
from zkpipe.accel.msm.kernels.affine_batches import backward, entry, forward


@kernel
def recode(scalars, addends, bits):
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


@kernel
def add_windows(table, bits, window_bits, windows, sums, whole_index, slots, out):
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


@kernel
def doubles(base, out, n):
    """out[i] = 2^i * base."""
    x, y = load(base, 0)
    point = jacobian.from_affine(x, y)
    for i in range(n):
        store(out, i, jacobian.to_affine(point))
        point = jacobian.double(point)
