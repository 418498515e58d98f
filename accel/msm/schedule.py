"""The order in which the points of a window meet their buckets.

A bucket's points are added one after another to what the bucket has so far, and eight lanes serve
eight buckets, so the order is made for that: buckets are sorted by how many points they get, the
fullest first, and cut into tiles; step s of a tile names the point number s of each of its buckets
that still has one. These are always the tile's first buckets, so every block of eight but the last
is full, and all additions of a step are independent.

A bucket with more than `cap` points is cut into runs of that many, which count as buckets of their
own; their sums are added in a second round. However few the buckets are, there are runs enough to
fill a tile. Witnesses of bits put half of all points into one
bucket, and keep every lane busy that way. Cutting costs no additions.

Source: counting sort twice, by bucket and by length; affine accumulators side by side, as in
gnark-crypto's multiexp_affine.go, without its conflicts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.msm.tiles import LEAST_CAP_BITS, TILE
from zkpipe.ground.process.memory import aligned_empty
from zkpipe.ground.quick_dataclass import dataclass

_kernels = Kernels("zkpipe.accel.msm.kernels.schedule")

Index = NDArray[np.uint32]

SOME = 1 << 10  # points whose numbers are set aside at a time


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


class ScheduleBuffers:
    """Memory for the schedules of one thread, one after another."""

    def __init__(self) -> None:
        self.order: Index = np.empty(0, np.uint32)
        self._sizes = (0, 0, 0, 0)
        self.few: Index = np.empty(SOME, np.uint32)

    def tables(self, points: int, buckets: int, cap_bits: int, width: int) -> None:
        """Room for what is kept for each bucket, run, tile, step and entry of so many points."""
        if self._sizes == (points, buckets, cap_bits, width):
            return
        self._sizes = points, buckets, cap_bits, width
        runs = min(points, buckets + (points >> cap_bits))
        # The longest run of a tile is no longer than the shortest of the tile before it.
        steps = (1 << cap_bits) + points // TILE + 1
        self.heads = np.empty((1 << cap_bits) + 1, np.int64)
        self.by_size = np.empty((2, buckets + 1), np.uint32)
        self.next = np.empty(buckets + 1, np.uint64)
        self.by_run = np.empty((5, runs + 1), np.uint32)
        self.tile_first = np.empty(-(-runs // TILE) + 1, np.uint32)
        self.steps = np.empty((2, steps), np.uint32)
        entries = points + steps * (width - 1)  # every step may be filled up
        if len(self.order) < entries:
            self.order = aligned_empty(entries // 2 + 1, 1).reshape(-1).view(np.uint32)

    @property
    def runs(self) -> int:
        """How many runs there is room for."""
        return self.by_run.shape[1] - 1

    @property
    def kernel_tables(self) -> tuple[NDArray[Any], ...]:
        """All of them, as kernels take them."""
        return (
            self.heads,
            self.by_size,
            self.by_run,
            self.tile_first,
            self.steps,
            self.next,
            self.few,
            self.order,
        )


def cap_bits_for(points: int, buckets: int) -> int:
    """Twice as many points as a bucket gets on the average are a run, 2^cap_bits of them.

    Of few buckets less, so that their runs fill a tile.
    """
    cap_bits = max(points // buckets, 1).bit_length() + 1
    return max(LEAST_CAP_BITS, min(cap_bits, (points // TILE).bit_length()))


def schedule(
    digits: Index, finite: NDArray[np.uint8], buckets: int, width: int, room: ScheduleBuffers
) -> Schedule:
    """Sort the points of a window for `accel.msm.buckets`.

    digits   (n,) uint32   twice the digit's size, plus 1 where it is negative; size b goes to
                           bucket b - 1, 0 nowhere
    finite   (n,) uint8    which points are not infinity; empty if all are
    width    lanes of the machine
    room     where the schedule is kept, until the next one there

    Cost: 2 to 3 ns a point, for n much larger than the number of buckets.
    """
    n = len(digits)
    cap_bits = cap_bits_for(n, buckets)
    room.tables(n, buckets, cap_bits, width)
    runs, used, steps, entries = _kernels.schedule(
        digits, finite, cap_bits, width, *room.kernel_tables
    )
    order, tile_first = room.order[:entries], room.tile_first[: -(-runs // TILE) + 1]
    (step_start, step_active), by_run = room.steps[:, :steps], room.by_run[:, :runs]
    _, _, bucket, number, run_bucket = by_run
    return Schedule(
        order, tile_first, step_start, step_active, bucket, number, run_bucket, runs > used
    )
