"""The order of a window's points: buckets cut into runs, runs sorted, and every point's place.

Source: counting sort twice, by bucket and by length.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.msm.tiles import TILE, TILE_BITS


@kernel
def _count(digits, finite, counts):
    """How many points each bucket gets; those that are infinity are passed over."""
    counts[:] = 0
    has_infinity = len(finite) > 0
    for i in range(len(digits)):
        size = digits[i] >> 1
        if size and not (has_infinity and not finite[i]):
            counts[size - 1] += 1


@kernel
def _number_runs(counts, cap_bits, first_run, heads):
    """Number the runs by bucket; heads[l] = how many are of length l. Gives runs and buckets."""
    low = (np.int64(1) << cap_bits) - 1
    heads[:] = 0
    runs, used = 0, 0
    for b in range(len(counts)):
        first_run[b] = runs
        count = np.int64(counts[b])
        if count:
            used += 1
            heads[low + 1] += count >> cap_bits
            runs += count >> cap_bits
            if count & low:
                heads[count & low] += 1
                runs += 1
    return runs, used


@kernel
def _rank_runs(counts, cap_bits, heads, rank, lengths, bucket, number, run_bucket):
    """Sort the runs by length, the longest first."""
    cap = np.int64(1) << cap_bits
    slot = 0
    for length in range(cap, 0, -1):
        many = heads[length]
        heads[length] = slot
        slot += many
    run = 0
    for b in range(len(counts)):
        left = np.int64(counts[b])
        while left:
            length = min(left, cap)
            slot = heads[length]
            heads[length] = slot + 1
            rank[run], lengths[slot] = slot, length
            bucket[slot], number[slot], run_bucket[run] = b, run, b
            run += 1
            left -= length


@kernel
def _lay_out(lengths, runs, width, tile_first, step_start, step_active):
    """Where each step of each tile begins, and how many runs it serves. Gives steps and entries."""
    start, step, tiles = 0, 0, (runs + TILE - 1) // TILE
    for t in range(tiles):
        low = t * TILE
        active = min(TILE, runs - low)
        tile_first[t] = step
        for s in range(lengths[low]):
            while lengths[low + active - 1] <= s:
                active -= 1
            step_start[step], step_active[step] = start, active
            start += (active + width - 1) // width * width
            step += 1
    tile_first[tiles] = step
    return step, start


@kernel
def _place(digits, finite, cap_bits, first_run, rank, tile_first, step_start, next_, order):
    """Put every point's number where its bucket's next point is looked for.

    next_  (buckets, 2) uint32   how many points each bucket has so far, and its first run's rank
    """
    has_infinity = len(finite) > 0
    low = (np.uint32(1) << np.uint32(cap_bits)) - np.uint32(1)
    for b in range(len(next_)):
        next_[b, 0], next_[b, 1] = 0, rank[first_run[b]]  # of the next run's, where it has none
    for i in range(len(digits)):
        digit = digits[i]
        size = digit >> np.uint32(1)
        if size and not (has_infinity and not finite[i]):
            b = size - np.uint32(1)
            k, slot = next_[b, 0], next_[b, 1]
            next_[b, 0] = k + np.uint32(1)
            if k > low:
                slot = rank[first_run[b] + (k >> np.uint32(cap_bits))]
            step = tile_first[slot >> np.uint32(TILE_BITS)] + (k & low)
            where = step_start[step] + (slot & np.uint32(TILE - 1))
            order[where] = np.uint32(i) | (digit << np.uint32(31))


@kernel
def _fill_up(step_start, step_active, steps, width, order):
    """Fill the last block of every step with the step's first entry."""
    for k in range(steps):
        start, active = np.int64(step_start[k]), np.int64(step_active[k])
        for j in range(active, (active + width - 1) // width * width):
            order[start + j] = order[start]


@kernel
def schedule(
    digits, finite, cap_bits, width, heads, by_bucket, by_run, tile_first, steps_, next_, order
):
    """All of it, into memory that is large enough. Gives runs, buckets, steps, entries."""
    counts, first_run = by_bucket[0], by_bucket[1]
    rank, lengths, bucket, number, run_bucket = (
        by_run[0],
        by_run[1],
        by_run[2],
        by_run[3],
        by_run[4],
    )
    step_start, step_active = steps_[0], steps_[1]
    _count(digits, finite, counts)
    runs, used = _number_runs(counts, cap_bits, first_run, heads)
    _rank_runs(counts, cap_bits, heads, rank, lengths, bucket, number, run_bucket)
    steps, entries = _lay_out(lengths, runs, width, tile_first, step_start, step_active)
    if runs:
        _place(digits, finite, cap_bits, first_run, rank, tile_first, step_start, next_, order)
        _fill_up(step_start, step_active, steps, width, order)
    return runs, used, steps, entries
