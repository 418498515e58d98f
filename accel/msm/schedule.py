"""The order in which the points of a window meet their buckets.

A bucket's points are added one after another to what the bucket has so far, and eight lanes serve
eight buckets, so the order is made for that: buckets are sorted by how many points they get, the
fullest first, and cut into tiles; step s of a tile names the point number s of each of its buckets
that still has one. These are always the tile's first buckets, so every block of eight but the last
is full, and all additions of a step are independent.

A bucket with more than `cap` points is cut into runs of that many, which count as buckets of their
own; their sums are added in a second round. Witnesses of bits put half of all points into one
bucket, and keep every lane busy that way. Cutting costs no additions.

Source: counting sort twice, by bucket and by length; affine accumulators side by side, as in
gnark-crypto's multiexp_affine.go, without its conflicts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.ground.process.memory import aligned_empty

Index = NDArray[np.uint32]

TILE_BITS = 11
TILE = 1 << TILE_BITS  # runs of a tile: their sums and slots (410 KiB in lanes of G1) stay in L2
LEAST_CAP_BITS = 6  # a run of 64 points or more, so that cutting stays rare in dense windows


@dataclass(frozen=True, slots=True)
class Schedule:
    """The order for one window.

    order       (.,) uint32    entries: number of a point, bit 31 where it is to be negated; the
                               last block of a step is filled up with its first entry
    tile_first  (tiles + 1,)   number of each tile's first step
    step_start  (steps,)       where each step's entries begin, a multiple of the lanes
    step_active (steps,)       how many runs each step serves: the first so many of the tile
    bucket      (runs,)        the bucket of each run, in the order of tiles
    number      (runs,)        the run's number in the order of buckets
    run_bucket  (runs,)        the bucket of each run, in the order of buckets
    cut         whether some bucket has more than one run
    """

    order: Index
    tile_first: Index
    step_start: Index
    step_active: Index
    bucket: Index
    number: Index
    run_bucket: Index
    cut: bool


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
def _put_in_order(
    digits, finite, cap_bits, width, by_bucket, by_run, tile_first, steps_, steps, next_, order
):
    step_start, step_active = steps_[0], steps_[1]
    _place(digits, finite, cap_bits, by_bucket[1], by_run[0], tile_first, step_start, next_, order)
    _fill_up(step_start, step_active, steps, width, order)


@kernel
def _schedule(digits, finite, cap_bits, width, heads, by_bucket, by_run, tile_first, steps_):
    """All of it, into a room's memory, but for the order. Gives runs, buckets, steps, entries."""
    counts, first_run = by_bucket[0], by_bucket[1]
    rank, lengths, bucket, number, run_bucket = (
        by_run[0],
        by_run[1],
        by_run[2],
        by_run[3],
        by_run[4],
    )
    _count(digits, finite, counts)
    runs, used = _number_runs(counts, cap_bits, first_run, heads)
    _rank_runs(counts, cap_bits, heads, rank, lengths, bucket, number, run_bucket)
    steps, entries = _lay_out(lengths, runs, width, tile_first, steps_[0], steps_[1])
    return runs, used, steps, entries


class ScheduleBuffers:
    """Memory for the schedules of one thread, one after another."""

    def __init__(self) -> None:
        self._order: Index = np.empty(0, np.uint32)
        self._sizes = (0, 0, 0)

    def order(self, entries: int) -> Index:
        """ScheduleBuffers for so many entries; what was in it before is lost."""
        if len(self._order) < entries:
            self._order = aligned_empty(entries // 2 + 1, 1).reshape(-1).view(np.uint32)
        return self._order[:entries]

    def tables(self, points: int, buckets: int, cap_bits: int) -> None:
        """Room for what is kept for each bucket, run, tile and step of so many points."""
        if self._sizes == (points, buckets, cap_bits):
            return
        self._sizes = points, buckets, cap_bits
        runs = min(points, buckets + (points >> cap_bits))
        # The longest run of a tile is no longer than the shortest of the tile before it.
        steps = (1 << cap_bits) + points // TILE + 1
        self.heads = np.empty((1 << cap_bits) + 1, np.int64)
        self.by_bucket = np.empty((2, buckets), np.uint32)
        self.next = np.empty((buckets, 2), np.uint32)
        self.by_run = np.empty((5, runs + 1), np.uint32)
        self.tile_first = np.empty(-(-runs // TILE) + 1, np.uint32)
        self.steps = np.empty((2, steps), np.uint32)


def schedule(
    digits: Index, finite: NDArray[np.uint8], buckets: int, width: int, room: ScheduleBuffers
) -> Schedule:
    """Sort the points of a window for `accel.msm.buckets`.

    digits   (n,) uint32   twice the digit's size, plus 1 where it is negative; size b goes to
                           bucket b - 1, 0 nowhere
    finite   (n,) uint8    which points are not infinity; empty if all are
    width    lanes of the machine
    room     where the schedule is kept, until the next one there

    Cost: 4 to 6 ns a point, for n much larger than the number of buckets.
    """
    n = len(digits)
    cap_bits = max(LEAST_CAP_BITS, max(n // buckets, 1).bit_length() + 1)
    room.tables(n, buckets, cap_bits)
    runs, used, steps, entries = _schedule(
        digits,
        finite,
        cap_bits,
        width,
        room.heads,
        room.by_bucket,
        room.by_run,
        room.tile_first,
        room.steps,
    )
    order = room.order(entries)
    tile_first = room.tile_first[: -(-runs // TILE) + 1]
    (step_start, step_active), by_run = room.steps[:, :steps], room.by_run[:, :runs]
    if runs:
        _put_in_order(
            digits,
            finite,
            cap_bits,
            width,
            room.by_bucket,
            room.by_run,
            tile_first,
            room.steps,
            steps,
            room.next,
            order,
        )
    _, _, bucket, number, run_bucket = by_run
    return Schedule(
        order, tile_first, step_start, step_active, bucket, number, run_bucket, runs > used
    )
