"""The order of a window's points: buckets cut into runs, runs sorted, and every point's place.

Source: counting sort twice, by bucket and by length.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.kernels import kernel, part
from zkpipe.accel.msm.tiles import TILE, TILE_BITS

# Where a bucket's next point goes, in one word: the step, how many points its run has, its place in
# the step. A run has 2^17 points at most, which 2^28 points and more in one bucket come to.
STEP = np.uint64((1 << 32) - 1)
POINTS, POINTS_MASK = np.uint64(32), np.uint64((1 << 20) - 1)
PLACE = np.uint64(52)
ONE_ON = np.uint64((1 << 32) + 1)  # the next step, and one point more

MANY = 16  # one point in so many goes nowhere: to guess which costs less than to list the others

LINE = 16  # entries of a line of the cache

ONE = np.uint32(1)
SIGN = np.uint32(31)  # the bit of an entry
TILE_SHIFT = np.uint32(TILE_BITS)


@part
def _count(digits, finite, counts):
    """How many points each size gets, infinity as size 0: without a branch, as bits are guesses."""
    counts[:] = 0
    if len(finite):
        for i in range(len(digits)):
            counts[(digits[i] >> ONE) * np.uint32(finite[i] != 0)] += ONE
    else:
        for i in range(len(digits)):
            counts[digits[i] >> ONE] += ONE


@part
def _number_runs(counts, cap_bits, run, heads):
    """Number the runs by bucket; heads[l] = how many are of length l. Gives runs and buckets."""
    low = (np.int64(1) << cap_bits) - 1
    heads[:] = 0
    runs, used = 0, 0
    for size in range(1, len(counts)):
        run[size] = runs
        count = np.int64(counts[size])
        if count:
            used += 1
            heads[low + 1] += count >> cap_bits
            runs += count >> cap_bits
            if count & low:
                heads[count & low] += 1
                runs += 1
    return runs, used


@part
def _rank_runs(counts, cap_bits, heads, rank, lengths, bucket, number, run_bucket):
    """Sort the runs by length, the longest first."""
    cap = np.int64(1) << cap_bits
    slot = 0
    for length in range(cap, 0, -1):
        many = heads[length]
        heads[length] = slot
        slot += many
    run = 0
    for b in range(len(counts) - 1):
        left = np.int64(counts[b + 1])
        while left:
            length = min(left, cap)
            slot = heads[length]
            heads[length] = slot + 1
            rank[run], lengths[slot] = slot, length
            bucket[slot], number[slot], run_bucket[run] = b, run, b
            run += 1
            left -= length
    rank[run] = 0  # of the run that would follow the last


@part
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
def _place_in(slot, step):
    """Where a run's first point goes: its slot in the tile, and the tile's first step."""
    return np.uint64(slot & np.uint32(TILE - 1)) << PLACE | np.uint64(step)


@part
def _begin(run, rank, tile_first, entries, next_, order):
    """Where the first point of each bucket goes; and the order's lines come to the cache."""
    for size in range(1, len(next_)):
        slot = rank[run[size]]
        next_[size] = _place_in(slot, tile_first[slot >> TILE_SHIFT])
    for k in range(0, entries, LINE):  # in turn, which is quicker than here and there
        order[k] = 0


@kernel
def _place_most(digits, finite, cap, run, rank, tile_first, step_start, next_, order):
    """Put every point's number where its bucket's next point is looked for.

    run    (buckets + 1,) uint32   the run of each size that its next point belongs to: changed
    next_  (buckets + 1,) uint64   where that point goes: see `_begin`

    The loop calls nothing that takes arrays: numba would count references to them each time.
    """
    has_infinity = len(finite) > 0
    for i in range(len(digits)):
        digit = digits[i]
        if digit > ONE and not (has_infinity and not finite[i]):
            size = digit >> ONE
            here = next_[size]
            order[step_start[here & STEP] + np.uint32(here >> PLACE)] = np.uint32(i) | digit << SIGN
            here += ONE_ON
            if (here >> POINTS) & POINTS_MASK == cap:
                run[size] += ONE
                slot = rank[run[size]]
                here = _place_in(slot, tile_first[slot >> TILE_SHIFT])
            next_[size] = here


@kernel
def _place_some(digits, finite, cap, run, rank, tile_first, step_start, next_, few, order):
    """As `_place_most`, where many points go nowhere: which ones is found without a branch.

    few    (.,) uint32   room for the numbers of some points
    """
    for low in range(0, len(digits), len(few)):
        high, there = min(low + len(few), len(digits)), 0
        if len(finite):
            for i in range(low, high):
                few[there] = i
                there += (digits[i] > ONE) & (finite[i] != 0)
        else:
            for i in range(low, high):
                few[there] = i
                there += digits[i] > ONE
        for k in range(there):
            i = few[k]
            digit = digits[i]
            size = digit >> ONE
            here = next_[size]
            order[step_start[here & STEP] + np.uint32(here >> PLACE)] = i | digit << SIGN
            here += ONE_ON
            if (here >> POINTS) & POINTS_MASK == cap:
                run[size] += ONE
                slot = rank[run[size]]
                here = _place_in(slot, tile_first[slot >> TILE_SHIFT])
            next_[size] = here


@part
def _fill_up(step_start, step_active, steps, width, order):
    """Fill the last block of every step with the step's first entry."""
    for k in range(steps):
        start, active = np.int64(step_start[k]), np.int64(step_active[k])
        for j in range(active, (active + width - 1) // width * width):
            order[start + j] = order[start]


@part
def schedule(
    digits, finite, cap_bits, width, heads, by_size, by_run, tile_first, steps_, next_, few, order
):
    """All of it, into memory that is large enough. Gives runs, buckets, steps, entries."""
    counts, run = by_size[0], by_size[1]
    rank, lengths, bucket, number, run_bucket = (
        by_run[0],
        by_run[1],
        by_run[2],
        by_run[3],
        by_run[4],
    )
    step_start, step_active = steps_[0], steps_[1]
    _count(digits, finite, counts)
    runs, used = _number_runs(counts, cap_bits, run, heads)
    _rank_runs(counts, cap_bits, heads, rank, lengths, bucket, number, run_bucket)
    steps, entries = _lay_out(lengths, runs, width, tile_first, step_start, step_active)
    if runs:
        cap = np.uint64(1) << np.uint64(cap_bits)
        _begin(run, rank, tile_first, entries, next_, order)
        if counts[0] < len(digits) // MANY:
            _place_most(digits, finite, cap, run, rank, tile_first, step_start, next_, order)
        else:
            _place_some(digits, finite, cap, run, rank, tile_first, step_start, next_, few, order)
        _fill_up(step_start, step_active, steps, width, order)
    return runs, used, steps, entries
