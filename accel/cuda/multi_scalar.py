"""Sums of scalars times points on a card: digits, buckets, runs, and what the processor joins.

Every window has buckets of its own. The numbers of points and buckets are known beforehand, so that
nothing waits for the card until the windows' sums are read.

Source: Pippenger 1976, as in accel.msm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.cuda import digits, runs, scans
from zkpipe.accel.cuda.card import Card, DeviceArray, DeviceRows, launch
from zkpipe.accel.curve import Field
from zkpipe.accel.curves import xyzz
from zkpipe.accel.fields.arrays import Rows, WorkRows, load, store
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.machines.scalar import SCALAR
from zkpipe.accel.msm.digits import window_count
from zkpipe.accel.msm.windows import join_windows

CAP = 64  # points of a run
SEGMENT_BITS = 4  # of the buckets that one thread weighs
FOLD_BITS = 4  # of the segments that one thread adds up


@dataclass(frozen=True, slots=True)
class CardDigits:
    """Scalars in signed digits of c bits, a window behind the other."""

    array: DeviceArray
    count: int
    window_bits: int

    @property
    def windows(self) -> int:
        """How many there are."""
        return window_count(self.window_bits)


def split(card: Card, scalars: Words, window_bits: int, order: int) -> CardDigits:
    """Digits of canonical scalars, (n, 4) uint64, below `order`."""
    n, windows = len(scalars), window_count(window_bits)
    words = [int(word) for word in words_from_ints([order])[0]]
    found = DeviceArray.empty(card, windows * n, np.uint32)
    given = DeviceArray.of(card, scalars)
    launch(card, digits.split_scalars, n, given, *words, found, 0, n, n, windows, window_bits)
    return CardDigits(found, n, window_bits)


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


@kernel
def _affine(sums, out, count):
    for i in range(count):
        store(out, i, xyzz.to_affine(load(sums, i)))


def window_bits(n: int) -> int:
    """The digits that sums of n points want: a card fills with some 2^14 threads."""
    return max(3, min(14, n.bit_length() - 3))


def msm(card: Card, points: DeviceRows, scalars: CardDigits) -> Words:
    """The sum of scalars times points: affine, Montgomery, (8,) or (16,) uint64."""
    field = points.numba_type.field
    sums = window_sums(card, points, scalars, field)
    affine = np.empty((len(sums), 8 * field.degree), np.uint64)
    _affine(WorkRows(field, SCALAR, sums, 4), Rows(field, SCALAR, affine, 2), len(sums))
    falling = np.arange(len(sums))[::-1].copy()
    return join_windows(affine[falling], falling, scalars.window_bits, field)


def window_sums(card: Card, points: DeviceRows, scalars: CardDigits, field: Field) -> Words:
    """Of each window the sum of its digits times the points: XYZZ, (windows, 16 or 32) uint64."""
    n, windows = scalars.count, scalars.windows
    buckets = 1 << (scalars.window_bits - 1)
    shape = (n, n, windows, buckets)
    counts = DeviceArray.zeros(card, windows * buckets, np.uint32)
    launch(card, digits.count_digits, n * windows, scalars.array, counts, *shape)
    offsets, next_ = scan(card, counts), scan(card, counts)
    order = DeviceArray.empty(card, n * windows, np.uint32)
    launch(card, digits.place_points, n * windows, scalars.array, next_, order, *shape, 0)
    sums = bucket_sums(card, points, order, offsets, field)
    length_bits = min(SEGMENT_BITS, scalars.window_bits - 1)
    segment_bits = scalars.window_bits - 1 - length_bits
    weighed = DeviceRows.empty(card, windows << segment_bits, field, 4)
    launch(
        card, runs.weigh_segments, weighed.length, sums, weighed, weighed.length, length_bits,
        segment_bits,
    )  # fmt: skip
    while segment_bits:
        step = min(FOLD_BITS, segment_bits)
        segment_bits -= step
        groups = windows << segment_bits
        begins = _multiples(card, groups + 1, 1 << step)
        weighed = _sum_groups(card, weighed, begins, groups, field)
    sums_: Words = weighed.array.to_host().reshape(windows, 16 * field.degree)
    return sums_
