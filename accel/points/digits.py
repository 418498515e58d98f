"""Scalars as digits for many points side by side: combinations of a point and its images.

A scalar is a short vector of odd coordinates (accel.curves.endomorphism), each a row of digits 1
and -1. A window of two digits of two coordinates, or of one digit of four, is one of eight
combinations of the point and its images, or its negative.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curves.endomorphism import signed_bits


@kernel
def recode(points, scalars, order, bits, none):
    """bits[:, i] = the digits of scalar i, or of scalar + r if it is even; none[i]: it is 0."""
    for i in range(len(scalars)):
        any_word = scalars[i, 0] | scalars[i, 1] | scalars[i, 2] | scalars[i, 3]
        none[i] = np.uint32(any_word == 0) << np.uint32(31)
        even = np.uint64(1) - (scalars[i, 0] & np.uint64(1))
        keep = np.uint64(0) - even
        k0 = scalars[i, 0] + (order[0] & keep)
        carry = np.uint64(k0 < scalars[i, 0])
        k1 = scalars[i, 1] + (order[1] & keep)
        over = np.uint64(k1 < scalars[i, 1])
        k1 += carry
        carry = over | np.uint64(k1 < carry)
        k2 = scalars[i, 2] + (order[2] & keep)
        over = np.uint64(k2 < scalars[i, 2])
        k2 += carry
        carry = over | np.uint64(k2 < carry)
        k3 = scalars[i, 3] + (order[3] & keep) + carry
        words = signed_bits(points, k0, k1, k2, k3)
        for j in range(len(words)):
            bits[j, i] = words[j]


@kernel
def look_up(bits, position, window_bits, index):
    """index[i] = the row of point i's combination, bit 31 where it is to be subtracted.

    A window's bits of all coordinates, the first lowest, are a number of four bits. If its first
    coordinate is negative, all of them are turned over; its top bit then tells nothing.
    """
    count = len(index)
    word, shift = position >> 6, np.uint64(position & 63)
    width = np.uint32(window_bits)
    mask = (np.uint32(1) << width) - np.uint32(1)
    low = mask >> np.uint32(1)
    index[:] = 0
    for c in range(len(bits) >> 1):  # one row after another, so that the compiler makes lanes of it
        row, place = bits[2 * c + word], width * np.uint32(c)
        for i in range(count):
            index[i] |= (np.uint32(row[i] >> shift) & mask) << place
    for i in range(count):
        key = index[i]
        negative = ~(key >> (width - np.uint32(1))) & np.uint32(1)
        key ^= np.uint32(15) & (np.uint32(0) - negative)
        combination = key & low | key >> width << (width - np.uint32(1))
        index[i] = combination * np.uint32(count) + np.uint32(i) | negative << np.uint32(31)
