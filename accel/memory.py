"""Working memory for kernels: zeroed, on cache lines, and in huge pages where it is large.

A row of a point and a vector of lanes are 64 bytes, as a cache line is; arrays as numpy allocates
them begin 16 bytes into one, so that every access takes two. Sums of points gather rows from all
over a key: with pages of 4 KiB most of these miss the tables of addresses as well.
"""

from __future__ import annotations

import mmap

import numpy as np

from accel.limbs import Words

LINE = 64
HUGE = 1 << 21  # bytes of a huge page on x86-64


def aligned_zeros(rows: int, words: int) -> Words:
    """(rows, words) uint64 zeros from the beginning of a cache line on.

    From 2 MiB on they lie in anonymous memory of their own, for which huge pages are asked; it goes
    back to the system with the array.
    """
    size = 8 * rows * words
    if size < HUGE:
        raw = np.zeros(size + LINE, np.uint8)
        skip = -raw.ctypes.data % LINE
    else:
        memory = mmap.mmap(-1, size + HUGE)
        if hasattr(mmap, "MADV_HUGEPAGE"):
            memory.madvise(mmap.MADV_HUGEPAGE)
        raw = np.frombuffer(memory, np.uint8)
        skip = -raw.ctypes.data % HUGE
    return raw[skip : skip + size].view(np.uint64).reshape(rows, words)
