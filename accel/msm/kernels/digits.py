"""Scalars into signed digits: the smaller of s and r - s, then window by window."""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.kernels import kernel


@kernel
def difference(r0, r1, r2, r3, s0, s1, s2, s3):
    """r - s in words, for s <= r."""
    d0 = r0 - s0
    borrow = np.uint64(s0 > r0)
    d1 = r1 - s1 - borrow
    borrow = np.uint64((s1 > r1) | ((s1 == r1) & (borrow == 1)))
    d2 = r2 - s2 - borrow
    borrow = np.uint64((s2 > r2) | ((s2 == r2) & (borrow == 1)))
    return d0, d1, d2, r3 - s3 - borrow


@kernel
def less(a0, a1, a2, a3, b0, b1, b2, b3):
    """Whether a < b, in words."""
    if a3 != b3:
        return a3 < b3
    if a2 != b2:
        return a2 < b2
    if a1 != b1:
        return a1 < b1
    return a0 < b0


@kernel
def _length(s0, s1, s2, s3):
    """How many bits a number has."""
    top, low = s0, 0
    if s3:
        top, low = s3, 192
    elif s2:
        top, low = s2, 128
    elif s1:
        top, low = s1, 64
    while top:
        top >>= np.uint64(1)
        low += 1
    return low


@kernel
def _smaller(scalars, low, order, words, state):
    """words[k, j] = word k of the smaller of s and r - s for s = scalars[low + j]; state: below.

    Gives the length of the longest.
    """
    flips, carries = state[0], state[1]
    r0, r1, r2, r3 = order[0], order[1], order[2], order[3]
    a0, a1, a2, a3 = np.uint64(0), np.uint64(0), np.uint64(0), np.uint64(0)
    for j in range(min(words.shape[1], len(scalars) - low)):
        i = low + j
        s0, s1, s2, s3 = scalars[i, 0], scalars[i, 1], scalars[i, 2], scalars[i, 3]
        n0, n1, n2, n3 = difference(r0, r1, r2, r3, s0, s1, s2, s3)
        flip = np.uint64(0)
        if less(n0, n1, n2, n3, s0, s1, s2, s3):
            s0, s1, s2, s3 = n0, n1, n2, n3
            flip = np.uint64(1)
        words[0, j], words[1, j], words[2, j], words[3, j] = s0, s1, s2, s3
        words[4, j], flips[j], carries[j] = 0, flip, 0
        a0, a1, a2, a3 = a0 | s0, a1 | s1, a2 | s2, a3 | s3
    return _length(a0, a1, a2, a3)


@kernel
def _of_one_window(scalars, low, half, row):
    """The digits of scalars of half a window or less, up to the first that is more.

    Gives how many of the row are written, and how many of these are not zero.
    """
    used = np.uint64(0)
    for j in range(len(row)):
        s0 = scalars[low + j, 0]
        if (scalars[low + j, 1] | scalars[low + j, 2] | scalars[low + j, 3]) or s0 > half:
            return j, used
        row[j] = s0 << np.uint64(1)
        used += np.uint64(s0 != np.uint64(0))
    return len(row), used


@kernel
def _window(low_words, high_words, offset, window_bits, flips, carries, row):
    """The digits of one window of some scalars, and their carries. Gives how many are not zero.

    Without a branch and one scalar beside the other, so that the compiler makes lanes of it.
    """
    right, left = np.uint64(offset), np.uint64(63 - offset)
    full = np.uint64(1) << np.uint64(window_bits)
    mask, half = full - np.uint64(1), full >> np.uint64(1)
    used = np.uint64(0)
    for j in range(len(row)):
        high = (high_words[j] << np.uint64(1)) << left
        value = (((low_words[j] >> right) | high) & mask) + carries[j]
        carry = np.uint64(value > half)
        value = (value ^ (np.uint64(0) - carry)) + carry + (full & (np.uint64(0) - carry))
        carries[j] = carry
        row[j] = (value << np.uint64(1)) | (flips[j] ^ carry)
        used += np.uint64(value != np.uint64(0))
    return used


@kernel
def split(scalars, begin, end, order, window_bits, words, state, digits, first, used):
    """digits[w, first + i] = 2 * size of digit w of scalar i, plus 1 where it is negative.

    order  (4,) uint64        r
    words  (5, some) uint64   working memory: words of some scalars, and a word of zeros
    state  (2, some) uint64   the same: which scalars were negated; carries into the next window
    used   (windows,)         how many digits are not zero: added to

    Windows that none of these scalars reaches are not written.
    """
    some = words.shape[1]
    half = np.uint64(1) << np.uint64(window_bits - 1)
    reached = 0
    for low in range(begin, end, some):
        high = min(low + some, end)
        windows = 1
        done, nonzero = _of_one_window(scalars, low, half, digits[0, first + low : first + high])
        if done == high - low:  # as in most witnesses
            used[0] += nonzero
        else:
            longest = _smaller(scalars, low, order, words, state)
            # The last window is not full, or has only the carry.
            windows = min(longest // window_bits + 1, len(digits))
            for w in range(windows):
                word, offset = (w * window_bits) >> 6, (w * window_bits) & 63
                row = digits[w, first + low : first + high]
                used[w] += _window(
                    words[word], words[word + 1], offset, window_bits, state[0], state[1], row
                )
        for w in range(windows, reached):
            digits[w, first + low : first + high] = 0
        for w in range(reached, windows):
            digits[w, first + begin : first + low] = 0
        reached = max(reached, windows)


@kernel
def count_bits(scalars, begin, end, step, order):
    """The bits of the smaller of s and r - s, of every step-th scalar from `begin` to `end`."""
    r0, r1, r2, r3 = order[0], order[1], order[2], order[3]
    total = 0
    for i in range(begin, end, step):
        s0, s1, s2, s3 = scalars[i, 0], scalars[i, 1], scalars[i, 2], scalars[i, 3]
        if s1 | s2 | s3:
            n0, n1, n2, n3 = difference(r0, r1, r2, r3, s0, s1, s2, s3)
            if less(n0, n1, n2, n3, s0, s1, s2, s3):
                s0, s1, s2, s3 = n0, n1, n2, n3
        total += _length(s0, s1, s2, s3)
    return total
