"""Sums of buckets: the points of one window, sorted by digit, added pairwise in trees.

A tile of entries, a run of buckets, is read from the key once, negated where its digit is negative
and kept as working rows; then neighbours in every bucket are added, again and again, until one
point is left in each. All additions of a level are independent, so eight lanes never collide. A
bucket that does not fit its tile goes on in the next with what it has so far.

Source: mitschabaude, "Zprize: MSM in WebAssembly", 2022; Aztec's barretenberg, round-parallel
Pippenger; batched affine sums, eprint 2022/1396 section 5.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accel.arrays import WorkRows, blank_rows, copy_row, gather, prefetch, scatter, signs
from accel.batch import Slots, add_rows, batch_slots
from accel.functions import lanes, one, reduce, select
from accel.kernels import kernel
from accel.machine import Field, Machine

Index = NDArray[np.uint32]

# Entries of a tile: long enough that an inversion a level does not show, short enough that both
# copies of the tile (512 KiB in G1) lie in the second-level cache.
TILE = 4096
AHEAD = 8  # blocks between asking the memory for a row and reading it
INDEX_MASK = np.uint32(0x7FFF_FFFF)


@dataclass(frozen=True, slots=True)
class Tile:
    """Working memory of a thread that sums buckets."""

    rows: WorkRows
    other: WorkRows
    entries: Index
    left: Index
    right: Index
    into: Index
    counts: Index
    buckets: Index
    slots: Slots

    @classmethod
    def of(cls, field: Field, machine: Machine, n: int) -> Tile:
        """Allocate a tile for sums of n points over a field."""
        room = min(n, TILE) + 16  # a carried point in front, a block of padding behind
        return cls(
            rows=blank_rows(field, machine, room, 2),
            other=blank_rows(field, machine, room, 2),
            entries=np.zeros(room, np.uint32),
            left=np.zeros(room, np.uint32),
            right=np.zeros(room, np.uint32),
            into=np.zeros(room, np.uint32),
            counts=np.zeros(room, np.uint32),
            buckets=np.zeros(room, np.uint32),
            slots=batch_slots(field, machine, room),
        )

    @property
    def arguments(self) -> tuple[object, ...]:
        """What the kernel takes, in its order."""
        indices = (self.entries, self.left, self.right, self.into, self.counts, self.buckets)
        return (self.rows, self.other, *indices, self.slots)


@kernel
def _pad(index, count, width):
    """Repeat the last entry until the block is full; give the number of blocks."""
    blocks = (count + width - 1) // width
    for k in range(count, blocks * width):
        index[k] = index[count - 1]
    return blocks


@kernel
def _stage(points, entries, into, first, count, rows):
    """Copy the points that `entries` name to rows first, first + 1, ..., negated by bit 31."""
    width = lanes(one(points))
    for k in range(count):
        into[k] = first + k
    blocks = _pad(entries, count, width)
    _pad(into, count, width)
    for i in range(min(AHEAD, blocks)):
        prefetch(points, entries, i)
    for i in range(blocks):
        if i + AHEAD < blocks:
            prefetch(points, entries, i + AHEAD)
        x, y = gather(points, entries, i)
        y = select(signs(points, entries, i), -y, y)
        scatter(rows, into, i, (reduce(x), reduce(y)))


@kernel
def _collapse(rows, other, left, right, into, counts, segments, slots, careful):
    """Add neighbours until every segment has one row; give whether an exception was met.

    The segments lie one behind the other, counts[s] rows each. The results are rows 0, 1, ... of
    `rows`; `other` is scratch.
    """
    width = lanes(one(rows))
    swapped = False
    while True:
        source, target = (other, rows) if swapped else (rows, other)
        pairs, read, written = 0, 0, 0
        for s in range(segments):
            count = np.intp(counts[s])
            for t in range(count // 2):
                left[pairs] = read + 2 * t
                right[pairs] = read + 2 * t + 1
                into[pairs] = written + t
                pairs += 1
            if count & 1:
                copy_row(source, read + count - 1, target, written + count // 2)
            read += count
            counts[s] = (count + 1) // 2
            written += (count + 1) // 2
        swapped = not swapped
        if pairs == 0:
            break  # this pass copied the sums, so that both arrays hold them
        blocks = _pad(left, pairs, width)
        _pad(right, pairs, width)
        _pad(into, pairs, width)
        careful = add_rows(source, left, source, right, target, into, blocks, slots, careful)
    return careful


@kernel
def sum_buckets(points, finite, offset, sorted_entries, starts, sums, first_sum, tile):
    """sums[first_sum + b] = the sum of the points that entries starts[b]:starts[b + 1] name.

    points   rows as in the key; entry e names row (e mod 2^31) - offset, negated if e >= 2^31;
             entries below the offset are passed over, and points whose `finite` is 0
    starts   (buckets + 1,) into sorted_entries
    sums     working rows, infinity (zeros) where a bucket is empty
    """
    rows, other, entries, left, right, into, counts, buckets, slots = tile
    segments, filled, staged = 0, 0, 0  # staged: 1 where row 0 holds a carried sum
    careful = False
    bucket, k = 0, np.intp(starts[0])
    last = len(starts) - 1
    while bucket < last:
        begin, stop = filled, np.intp(starts[bucket + 1])
        while k < stop and filled < TILE:
            entry = sorted_entries[k]
            number = np.intp(entry & INDEX_MASK) - offset
            k += 1
            if number >= 0 and finite[number]:
                entries[filled - staged] = np.uint32(entry - offset)
                filled += 1
        whole = k == stop
        if staged and segments == 0:
            begin = 0  # the carried sum is the first row of this bucket
        if filled > begin:
            counts[segments], buckets[segments] = filled - begin, bucket
            segments += 1
        if whole:
            bucket += 1
        if filled == TILE or (bucket == last and filled):
            if filled > staged:
                _stage(points, entries, into, staged, filled - staged, rows)
            careful = _collapse(rows, other, left, right, into, counts, segments, slots, careful)
            done = segments if whole else segments - 1
            for s in range(done):
                copy_row(rows, s, sums, first_sum + buckets[s])
            staged = segments - done
            if staged:
                copy_row(rows, segments - 1, rows, 0)
            segments, filled = 0, staged
