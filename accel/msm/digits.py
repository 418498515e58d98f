"""Scalars as signed digits, window by window.

A scalar s is taken as s or s - r, whichever is smaller in size, so that small negatives stay small,
and written in base 2^c with digits from -2^(c-1) to 2^(c-1): digits of 253 bits and a carry, so
ceil(254 / c) windows. Module schedule puts a window's points in the order of their buckets.

Source: Bernstein, Doumen, Lange, Oosterwijk, eprint 2012/549, section 4.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import BITS, Curve
from zkpipe.accel.fields.limbs import Words, check_rows, words_from_ints
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.ground.errors import RangeError
from zkpipe.ground.process.memory import aligned_empty
from zkpipe.ground.process.threads import in_threads
from zkpipe.ground.quick_dataclass import dataclass

_kernels = Kernels("zkpipe.accel.msm.kernels.digits")

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


def _spans(
    there: NDArray[np.bool_], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Where the first task of a window begins that has a digit, and the last of them ends.

    there         (tasks, windows)   whether some digit is not zero
    starts, ends  (tasks,)           of the scalars, rising
    """
    if not len(starts):
        return np.zeros((there.shape[1], 2), np.int64)
    first, last = there.argmax(axis=0), len(starts) - 1 - there[::-1].argmax(axis=0)
    return np.where(there.any(axis=0), [starts[first], ends[last]], 0).T


def _clear_between(
    digits: NDArray[np.uint32],
    there: NDArray[np.bool_],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    spans: NDArray[np.int64],
) -> None:
    """Write zeros for the tasks inside a window's span that have no digit in it: see `_spans`."""
    inside = (starts[:, None] >= spans[:, 0]) & (ends[:, None] <= spans[:, 1])
    for task, window in np.argwhere(inside & ~there).tolist():
        digits[window, starts[task] : ends[task]] = 0


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
    of_window  (windows, pitch) uint32   twice the digit's size, plus 1 where it is negative; not
                                         written outside the window's span
    used       (windows,) int64          how many digits are not zero
    spans      (windows, 2) int64        which scalars have them: whole CHUNKs of one of the arrays
    """

    scalars: Words | None
    window_bits: int
    of_window: NDArray[np.uint32]
    used: NDArray[np.int64]
    spans: NDArray[np.int64]

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
        order = words_from_ints([curve.r])[0]

        def work(task: tuple[Words, int, int]) -> NDArray[np.int64]:
            part, first, low = task
            used = np.zeros(len(digits), np.int64)
            words, state = np.empty((5, SOME), np.uint64), np.empty((2, SOME), np.uint64)
            high = min(low + CHUNK, len(part))
            _kernels.split(part, low, high, order, window_bits, words, state, digits, first, used)
            return used

        tasks, first = [], 0
        for part in parts:
            tasks += [(part, first, low) for low in range(0, len(part), CHUNK)]
            first += len(part)
        counts = in_threads(work, tasks) if n > CHUNK else [work(task) for task in tasks]
        used = np.array(counts, np.int64).reshape(-1, len(digits))
        kept = np.concatenate(parts) if n <= FEW else None
        starts = np.array([first + low for _, first, low in tasks], np.int64)
        ends = np.append(starts[1:], n)
        spans = _spans(used > 0, starts, ends)
        _clear_between(digits, used > 0, starts, ends, spans)
        return cls(kept, window_bits, digits, used.sum(axis=0), spans)

    def joined(self) -> Digits:
        """All windows as one, behind one another: for points whose multiples are at hand."""
        for row, (first, last) in zip(self.of_window, self.spans.tolist(), strict=True):
            row[:first], row[last:] = 0, 0
        one = self.of_window.reshape(1, -1)
        span = np.array([[0, one.shape[1]]], np.int64)
        return Digits(self.scalars, self.window_bits, one, self.used.sum(keepdims=True), span)
