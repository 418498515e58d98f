"""Scalars as signed digits, window by window.

A scalar s is taken as s or s - r, whichever is smaller in size, so that small negatives stay small,
and written in base 2^c with digits from -2^(c-1) to 2^(c-1): digits of 253 bits and a carry, so
ceil(254 / c) windows. Module schedule puts a window's points in the order of their buckets.

Source: Bernstein, Doumen, Lange, Oosterwijk, eprint 2012/549, section 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curve import BITS, Curve
from zkpipe.accel.fields.limbs import Words, check_rows, words_from_ints
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.ground.errors import RangeError
from zkpipe.ground.process.memory import aligned_empty
from zkpipe.ground.process.threads import in_threads

CHUNK = 1 << 14  # scalars of a task
SOME = 1 << 9  # scalars whose words stay in the first cache, window after window
FEW = 32  # points below which doubling and adding beats buckets


def window_count(window_bits: int) -> int:
    """Windows of c bits: 253 bits of size and a carry."""
    return -(-BITS // window_bits)


def pitch(n: int) -> int:
    """How far apart the digits of two windows of n scalars lie: whole blocks, and two more.

    A power of two apart they would all fall on the same set of the first cache.
    """
    return -(-n // 8) * 8 + 16


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
def _smaller(scalars, low, order, words, state):
    """words[k, j] = word k of the smaller of s and r - s for s = scalars[low + j]; state: below."""
    flips, carries = state[0], state[1]
    r0, r1, r2, r3 = order[0], order[1], order[2], order[3]
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
def _split(scalars, begin, end, order, window_bits, words, state, digits, first, used):
    """digits[w, first + i] = 2 * size of digit w of scalar i, plus 1 where it is negative.

    order  (4,) uint64        r
    words  (5, some) uint64   working memory: words of some scalars, and a word of zeros
    state  (2, some) uint64   the same: which scalars were negated; carries into the next window
    used   (windows,)         how many digits are not zero: added to
    """
    some = words.shape[1]
    for low in range(begin, end, some):
        high = min(low + some, end)
        _smaller(scalars, low, order, words, state)
        for w in range(len(digits)):
            word, offset = (w * window_bits) >> 6, (w * window_bits) & 63
            row = digits[w, first + low : first + high]
            used[w] += _window(
                words[word], words[word + 1], offset, window_bits, state[0], state[1], row
            )


def check_scalars(scalars: Words, curve: Curve = BN254) -> None:
    """Refuse what is not an (n, 4) array of canonical scalars.

    Raises ShapeError, or RangeError for a scalar of r or more.
    """
    check_rows("Scalars", scalars, 4)
    if (number := first_not_below(scalars, curve.r)) is not None:
        raise RangeError(
            f"Scalar {number} of {len(scalars)} is not below the group order r.",
            "Reduce the scalars mod r first.",
        )


@dataclass(frozen=True, slots=True)
class Digits:
    """Scalars in signed digits of c bits.

    scalars    (n, 4) uint64             canonical, below r; kept for no more than FEW of them
    of_window  (windows, pitch) uint32   twice the digit's size, plus 1 where it is negative; zeros
                                         beyond the n scalars
    used       (windows,) int64          how many digits are not zero
    """

    scalars: Words | None
    window_bits: int
    of_window: NDArray[np.uint32]
    used: NDArray[np.int64]

    @property
    def buckets(self) -> int:
        """How many sizes a digit can have, 0 aside."""
        return 1 << (self.window_bits - 1)

    @classmethod
    def of(cls, scalars: Words, window_bits: int, *more: Words, curve: Curve = BN254) -> Digits:
        """Write canonical scalars, (n, 4) uint64 each, below r, one array behind the other.

        Cost: 1 ns a digit; threads share it.
        """
        parts = [scalars, *more]
        n = sum(len(part) for part in parts)
        digits = aligned_empty(window_count(window_bits), pitch(n) // 2).view(np.uint32)
        digits[:, n:] = 0
        order = words_from_ints([curve.r])[0]

        def work(task: tuple[Words, int, int]) -> NDArray[np.int64]:
            part, first, low = task
            used = np.zeros(len(digits), np.int64)
            words, state = np.empty((5, SOME), np.uint64), np.empty((2, SOME), np.uint64)
            high = min(low + CHUNK, len(part))
            _split(part, low, high, order, window_bits, words, state, digits, first, used)
            return used

        tasks, first = [], 0
        for part in parts:
            tasks += [(part, first, low) for low in range(0, len(part), CHUNK)]
            first += len(part)
        used = np.array(in_threads(work, tasks), np.int64).reshape(-1, len(digits))
        kept = np.concatenate(parts) if n <= FEW else None
        return cls(kept, window_bits, digits, used.sum(axis=0))

    def joined(self) -> Digits:
        """All windows as one, behind one another: for points whose multiples are at hand."""
        one = self.of_window.reshape(1, -1)
        return Digits(self.scalars, self.window_bits, one, self.used.sum(keepdims=True))
