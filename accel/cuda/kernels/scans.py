"""Where counts begin when they lie one behind the other: prefix sums, on a card.

Each thread adds up a chunk of the counts; the chunks' sums are scanned in the same way.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.cuda.compiled.ptx import card_kernel
from zkpipe.accel.cuda.kernels.threads import thread

CHUNK = 64  # counts of a thread


@kernel
def _end(k, count):
    end = (k + 1) * CHUNK
    return end if end < count else count


@card_kernel()
def sum_chunks(counts, sums, count):
    """sums[k] = the sum of chunk k."""
    k = thread()
    if k * CHUNK < count:
        total = np.uint32(0)
        for i in range(k * CHUNK, _end(k, count)):
            total += counts[i]
        sums[k] = total


@card_kernel()
def scan_chunks(counts, bases, offsets, count):
    """offsets[i] = the sum of counts before i, from the sums before each chunk; and of all."""
    k = thread()
    if k * CHUNK < count:
        total = bases[k]
        for i in range(k * CHUNK, _end(k, count)):
            offsets[i] = total
            total += counts[i]
        if (k + 1) * CHUNK >= count:
            offsets[count] = total
