"""Scalars to signed digits, and points in the order of their buckets, on a card.

The digits are accel.msm.digits' own. The order is a counting sort: how many points each bucket has,
where each bucket begins, and each point to the next free place of its bucket, which threads take by
atomic additions. The order within a bucket is any, and so is the form of its sum, not its value.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.cuda.compiled.ptx import card_kernel
from zkpipe.accel.cuda.kernels.threads import atomic_add, divided, thread
from zkpipe.accel.msm.kernels.digits import difference, less


@card_kernel()
def split_scalars(
    scalars, r0, r1, r2, r3, digits, threads, count, scalar_pitch, digit_pitch, first, windows,
    window_bits,
):  # fmt: skip
    """The digits of all scalars of some vectors: twice the size, plus 1 for a negative one.

    Digit w of scalar i of vector v goes to digits[(v * windows + w) * digit_pitch + first + i]. A
    vector has `count` scalars; from its begin to the next one's are `scalar_pitch`.

    scalars  uint64 words, four a scalar   canonical
    r0 ...   the words of r, their bits as signed integers
    """
    t = thread()
    if t < threads:
        v, i = divided(t, count)
        at = 4 * (v * scalar_pitch + i)
        s0, s1, s2, s3 = scalars[at], scalars[at + 1], scalars[at + 2], scalars[at + 3]
        n0, n1, n2, n3 = difference(
            np.uint64(r0), np.uint64(r1), np.uint64(r2), np.uint64(r3), s0, s1, s2, s3
        )
        flip = np.uint64(0)
        if less(n0, n1, n2, n3, s0, s1, s2, s3):
            s0, s1, s2, s3 = n0, n1, n2, n3
            flip = np.uint64(1)
        right, left = np.uint64(window_bits), np.uint64(64 - window_bits)
        full = np.uint64(1) << right
        mask, half, carry = full - np.uint64(1), full >> np.uint64(1), np.uint64(0)
        for w in range(windows):
            value = (s0 & mask) + carry
            s0, s1 = (s0 >> right) | (s1 << left), (s1 >> right) | (s2 << left)
            s2, s3 = (s2 >> right) | (s3 << left), s3 >> right
            carry = np.uint64(value > half)
            if carry:
                value = full - value
            place = (v * windows + w) * digit_pitch + first + i
            digits[place] = np.uint32((value << np.uint64(1)) | (flip ^ carry))


@card_kernel()
def count_digits(digits, counts, count, pitch, windows, bucket_pitch):
    """counts[w * bucket_pitch + b] = how many digits of window w have the size b + 1.

    bucket_pitch  0 where windows share their buckets
    """
    t = thread()
    if t < count * windows:
        w, i = divided(t, count)
        size = np.int64(digits[w * pitch + i] >> np.uint32(1))
        if size:
            atomic_add(counts, w * bucket_pitch + size - 1, np.uint32(1))


@card_kernel()
def place_points(digits, next_, order, count, pitch, windows, bucket_pitch, point_pitch):
    """Write each point's number, and bit 31 for a negative digit, where its bucket has room next.

    next_        uint32 for each bucket: where it begins; moved
    point_pitch  how far apart the points of two windows lie; 0 where they are the same
    """
    t = thread()
    if t < count * windows:
        w, i = divided(t, count)
        digit = digits[w * pitch + i]
        size = np.int64(digit >> np.uint32(1))
        if size:
            place = atomic_add(next_, w * bucket_pitch + size - 1, np.uint32(1))
            order[np.int64(place)] = np.uint32(w * point_pitch + i) | (digit << np.uint32(31))
