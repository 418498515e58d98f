"""Sums of scalars times points on a card: digits, buckets, runs, and what the processor joins.

Scalars come as one vector or as several of the same length, each with its own sum over the same
points: the proofs of a batch. Every window of every vector has buckets of its own. The numbers of
points and buckets are known beforehand, so that nothing waits for the card until the windows' sums
are read.

Source: Pippenger 1976, as in accel.msm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.cuda.card import Card, DeviceArray, DeviceRows, launch
from zkpipe.accel.cuda.kernels import digits, runs, scans
from zkpipe.accel.cuda.room import pieces
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.fields.rows import Rows, WorkRows
from zkpipe.accel.machines.machine import SCALAR
from zkpipe.accel.msm.digits import window_count
from zkpipe.accel.msm.windows import join_windows

_kernels = Kernels("zkpipe.accel.cuda.affine")

CAP = 64  # points of a run
SEGMENT_BITS = 4  # of the buckets that one thread weighs
FOLD_BITS = 4  # of the segments that one thread adds up


@dataclass(frozen=True, slots=True)
class CardScalars:
    """Vectors of canonical scalars on a card, each some way behind the one before.

    array    (4 * ...,) uint64
    vectors  how many there are
    pitch    how many scalars there are from the beginning of one to that of the next
    first    where the first vector begins in the array
    count    how many scalars a vector has
    """

    array: DeviceArray
    vectors: int
    pitch: int
    first: int
    count: int

    @classmethod
    def of(cls, card: Card, vectors: Sequence[Words]) -> CardScalars:
        """Copies of arrays of one length, (n, 4) uint64 each."""
        n = len(vectors[0])
        whole = vectors[0] if len(vectors) == 1 else np.concatenate(vectors)
        return cls(DeviceArray.of(card, whole), len(vectors), n, 0, n)

    def behind(self, first: int) -> CardScalars:
        """Every vector without its first scalars."""
        return CardScalars(
            self.array, self.vectors, self.pitch, self.first + first, self.count - first
        )


@dataclass(frozen=True, slots=True)
class CardDigits:
    """Vectors of scalars in signed digits of c bits, window by window, vector by vector."""

    array: DeviceArray
    vectors: int
    count: int
    window_bits: int

    @property
    def windows(self) -> int:
        """How many windows a vector has."""
        return window_count(self.window_bits)


def split(card: Card, parts: Sequence[CardScalars], window_bits: int, order: int) -> CardDigits:
    """Digits of scalars below `order`; a vector is its parts one behind the other."""
    vectors, windows = parts[0].vectors, window_count(window_bits)
    n = sum(part.count for part in parts)
    words = [int(word) for word in words_from_ints([order])[0]]
    found = DeviceArray.empty(card, vectors * windows * n, np.uint32)
    first = 0
    for part in parts:
        begin = part.array.part(4 * part.first, part.array.length - 4 * part.first)
        threads = vectors * part.count
        launch(
            card, digits.split_scalars, threads, begin, *words, found, threads, part.count,
            part.pitch, n, first, windows, window_bits,
        )  # fmt: skip
        first += part.count
    return CardDigits(found, vectors, n, window_bits)


def scan(card: Card, counts: DeviceArray) -> DeviceArray:
    """Where each count begins, and behind the last their sum: (counts + 1,) uint32."""
    n = counts.length
    offsets = DeviceArray.empty(card, n + 1, np.uint32)
    chunks = -(-n // scans.CHUNK)
    bases = DeviceArray.zeros(card, chunks, np.uint32)
    if chunks > 1:
        launch(card, scans.sum_chunks, chunks, counts, bases, n)
        bases = scan(card, bases)
    launch(card, scans.scan_chunks, chunks, counts, bases, offsets, n)
    return offsets


def bucket_sums(
    card: Card, points: DeviceRows, order: DeviceArray, offsets: DeviceArray, field: Field
) -> DeviceRows:
    """The sum of each bucket's points, XYZZ.

    order    the points' numbers, bucket by bucket; bit 31 says that a point is subtracted
    offsets  (buckets + 1,) where each bucket begins in it
    """
    buckets, total = offsets.length - 1, order.length
    most = total  # points of one bucket
    summed = runs.sum_points
    given: tuple[DeviceRows | DeviceArray, ...] = (points, order)
    while True:
        counts = DeviceArray.empty(card, buckets, np.uint32)
        launch(card, runs.count_runs, buckets, offsets, counts, buckets, CAP)
        starts = scan(card, counts)
        total = min(total, total // CAP + buckets)  # runs: each bucket's last may be short
        sums = DeviceRows.empty(card, total, field, 4)
        launch(card, summed, total, *given, offsets, starts, sums, buckets, CAP)
        summed, given, offsets = runs.sum_rows, (sums,), starts
        most = -(-most // CAP)  # rows of a bucket
        if most <= CAP:
            break
    return _sum_groups(card, sums, offsets, buckets, field)


def _sum_groups(
    card: Card, rows: DeviceRows, offsets: DeviceArray, groups: int, field: Field
) -> DeviceRows:
    """The sum of each group of XYZZ rows, one thread for each: infinity for an empty one."""
    out, each = DeviceRows.empty(card, groups, field, 4), _multiples(card, groups + 1, 1)
    launch(card, runs.sum_rows, groups, rows, offsets, each, out, groups, rows.length + 1)
    return out


def _multiples(card: Card, count: int, step: int) -> DeviceArray:
    """0, step, 2 step, ...: (count,) uint32."""
    array = DeviceArray.empty(card, count, np.uint32)
    launch(card, runs.count_up, count, array, count, step)
    return array


def works(card: Card) -> bool:
    """Whether the smallest kernel compiles, runs, and gives what it should."""
    return bool(_multiples(card, 4, 3).to_host().tolist() == [0, 3, 6, 9])


def window_bits(n: int) -> int:
    """The digits that sums of n points want: a card fills with some 2^14 threads."""
    return max(3, min(14, n.bit_length() - 3))


@dataclass(frozen=True, slots=True)
class WindowSums:
    """What a card gives of a sum: for each chunk of the points, of each window XYZZ rows."""

    chunks: list[DeviceRows]
    vectors: int
    window_bits: int


def window_sums(card: Card, points: DeviceRows, scalars: CardDigits) -> WindowSums:
    """Of each window the sum of its digits times the points; nothing waits for the card.

    The points are taken in as many chunks as the card's free memory and 32-bit places want.
    """
    degree = points.numba_type.field.degree
    rows = scalars.vectors * scalars.windows
    buckets = rows << (scalars.window_bits - 1)
    chunks = [
        _sums_of_chunk(card, points.part(first, count), scalars, first)
        for first, count in pieces(scalars.count, rows, buckets, CAP, degree, card.free())
    ]
    return WindowSums(chunks, scalars.vectors, scalars.window_bits)


def _sums_of_chunk(card: Card, points: DeviceRows, scalars: CardDigits, first: int) -> DeviceRows:
    field, n = points.numba_type.field, points.length
    windows, buckets = scalars.vectors * scalars.windows, 1 << (scalars.window_bits - 1)
    shape = (n, scalars.count, windows, buckets)
    digits_ = scalars.array.part(first, scalars.array.length - first)
    counts = DeviceArray.zeros(card, windows * buckets, np.uint32)
    launch(card, digits.count_digits, n * windows, digits_, counts, *shape)
    offsets, next_ = scan(card, counts), scan(card, counts)
    order = DeviceArray.empty(card, n * windows, np.uint32)
    launch(card, digits.place_points, n * windows, digits_, next_, order, *shape, 0)
    sums = bucket_sums(card, points, order, offsets, field)
    length_bits = min(SEGMENT_BITS, scalars.window_bits - 1)
    segment_bits = scalars.window_bits - 1 - length_bits
    segments = windows << segment_bits
    running, total, weighed = (DeviceRows.empty(card, segments, field, 4) for _ in range(3))
    launch(card, runs.weigh_segments, segments, sums, running, total, segments, length_bits)
    launch(
        card, runs.place_segments, segments, running, total, weighed, segments, length_bits,
        segment_bits,
    )  # fmt: skip
    while segment_bits:
        step = min(FOLD_BITS, segment_bits)
        segment_bits -= step
        groups = windows << segment_bits
        begins = _multiples(card, groups + 1, 1 << step)
        weighed = _sum_groups(card, weighed, begins, groups, field)
    return weighed


def msm(card: Card, points: DeviceRows, scalars: CardDigits) -> list[Words]:
    """The sum of each vector of scalars times the points: affine, Montgomery words."""
    return joined(window_sums(card, points, scalars))


def joined(sums: WindowSums) -> list[Words]:
    """The sum of each vector: affine, Montgomery, (8,) or (16,) uint64. Waits for the card."""
    field = sums.chunks[0].numba_type.field
    windows = window_count(sums.window_bits)
    affine = []
    for chunk in sums.chunks:
        given = chunk.array.to_host().reshape(-1, 16 * field.degree)
        affine.append(np.empty((len(given), 8 * field.degree), np.uint64))
        _kernels.to_affine(
            WorkRows(field, SCALAR, given, 4), Rows(field, SCALAR, affine[-1], 2), len(given)
        )
    falling = np.repeat(np.arange(windows)[::-1], len(affine))
    result = []
    for vector in range(sums.vectors):
        own = slice(vector * windows, (vector + 1) * windows)
        parts = np.stack([chunk[own][::-1] for chunk in affine], axis=1)
        flat = np.ascontiguousarray(parts.reshape(-1, 8 * field.degree))
        result.append(join_windows(flat, falling, sums.window_bits, field))
    return result
