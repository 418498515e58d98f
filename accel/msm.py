"""Multi-scalar multiplication: the sum of scalars[i] * points[i], over G1 and G2.

Pippenger's method: signed digits of c bits, one bucket for each size a digit can have, the sums of
buckets by batched affine additions (accel.buckets), then sum over b of b * bucket[b] by segments of
buckets side by side, also in affine batches, and the windows joined by doublings.

Source: Pippenger 1976; signed digits, eprint 2012/549 section 4; batched affine sums, 2022/1396
section 5.3; segments of buckets, mitschabaude, "Zprize: MSM in WebAssembly", 2022.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from accel import jacobian
from accel.arrays import Rows, WorkRows, blank_rows, load, store
from accel.backend import machine as chosen_machine
from accel.backend import thread_count
from accel.batch import add_rows, batch_slots
from accel.buckets import Tile, sum_buckets
from accel.digits import check_scalars, signed_digits, sort_window, window_count
from accel.errors import RangeError, ShapeError
from accel.functions import any_lane, is_blank
from accel.kernels import kernel
from accel.limbs import Words
from accel.machine import FP, FP2, Machine
from accel.points import file_points, padded_count
from accel.scalar import SCALAR
from accel.threads import in_threads

SEGMENTS = 64  # of a window's buckets: with 16 windows, batches of 1,024 additions
FEW = 16  # points below which doubling and adding beats buckets


class Bases:
    """The points of one query of a key, with what is known of them.

    points  (n, 8) or (n, 16) uint64   affine, Montgomery, zeros for infinity; on the curve
    offset  the number of the scalar that belongs to the first point
    """

    def __init__(self, points: Words, offset: int = 0) -> None:
        if points.ndim != 2 or points.shape[1] not in (8, 16) or points.dtype != np.uint64:
            raise ShapeError(
                f"Points have shape {points.shape} and dtype {points.dtype}.",
                "Give (n, 8) words for G1 or (n, 16) for G2, dtype uint64.",
            )
        if offset < 0:
            raise RangeError(
                f"The offset of a query is {offset}.", "Give 0 or more: the number of a scalar."
            )
        self.points = points if points.flags.c_contiguous else np.ascontiguousarray(points)
        self.offset = offset
        self.field = FP if points.shape[1] == 8 else FP2

    @cached_property
    def finite(self) -> NDArray[np.uint8]:
        """Which points are not infinity, (n,) uint8."""
        mask = np.empty(len(self.points), np.uint8)
        _find_finite(Rows(self.field, SCALAR, self.points, 2), mask)
        return mask


@kernel
def _find_finite(points, mask):
    for i in range(len(mask)):
        x, y = load(points, i)
        mask[i] = not any_lane(is_blank(x) & is_blank(y))


@kernel
def _reduce_buckets(sums, running, total, at, segment, steps, blocks, slots):
    """running += bucket, total += running, from each segment's last bucket to its first.

    at       uint32   rows of `running` and `total`: one for each segment of each window
    segment  uint32   the last bucket of each segment; counted down
    """
    for _ in range(steps):
        add_rows(running, at, sums, segment, running, at, blocks, slots, True)
        add_rows(total, at, running, at, total, at, blocks, slots, True)
        for k in range(len(segment)):
            segment[k] -= 1


@kernel
def _join(running, total, windows, segments, length_bits, window_bits, out):
    """The sum of all windows: bucket s * length + k of a window counts s * length + k + 1 times."""
    like = load(running, 0)[0]
    result = jacobian.infinity(like)
    for w in range(windows - 1, -1, -1):
        for _ in range(window_bits):
            result = jacobian.double(result)
        heads, weighted = jacobian.infinity(like), jacobian.infinity(like)
        for s in range(segments - 1, 0, -1):
            x, y = load(running, w * segments + s)
            heads = jacobian.add(heads, jacobian.from_affine(x, y))
            weighted = jacobian.add(weighted, heads)
        for _ in range(length_bits):
            weighted = jacobian.double(weighted)
        for s in range(segments):
            x, y = load(total, w * segments + s)
            weighted = jacobian.add(weighted, jacobian.from_affine(x, y))
        result = jacobian.add(result, weighted)
    store(out, 0, jacobian.to_affine(result))


@kernel
def _double_and_add(points, scalars, out):
    result = jacobian.infinity(load(out, 0)[0])
    for i in range(len(scalars)):
        x, y = load(points, i)
        term = jacobian.multiply(jacobian.from_affine(x, y), scalars[i], 254)
        result = jacobian.add(result, term)
    store(out, 0, jacobian.to_affine(result))


def window_bits(n: int) -> int:
    """The window that costs the fewest additions: windows * (n + 2 * buckets, a third dearer)."""
    return min(range(4, 17), key=lambda c: window_count(c) * (n + 2.6 * 2 ** (c - 1)))


@dataclass(frozen=True, slots=True)
class _Sums:
    """The bucket sums of one query, for all windows: window w has rows w * buckets, ..."""

    bases: Bases
    rows: WorkRows
    points: Rows


def _sum_windows(
    queries: Sequence[_Sums],
    digits: NDArray[np.uint32],
    windows: Iterator[int],
    buckets: int,
    m: Machine,
) -> None:
    """Sort each of these windows once, and sum its buckets for every query.

    Threads share the iterator, so that each takes the next window when it is done with one.
    """
    n = digits.shape[1]
    tiles = {query.bases.field: Tile.of(query.bases.field, m, n) for query in queries}
    starts = np.empty(buckets + 1, np.int64)
    entries = np.empty(n, np.uint32)
    for w in windows:
        sort_window(digits[w], starts, entries)
        for query in queries:
            bases = query.bases
            tile = tiles[bases.field].arguments
            sum_buckets(
                query.points,
                bases.finite,
                bases.offset,
                entries,
                starts,
                query.rows,
                w * buckets,
                tile,
            )


def _reduce_windows(query: _Sums, windows: int, buckets: int, c: int, m: Machine) -> Words:
    """The sum over all windows and buckets of the bucket's digit times its sum."""
    segments = min(SEGMENTS, buckets)
    length = buckets // segments
    count = windows * segments
    field = query.bases.field
    padded = padded_count(count, m)
    at = np.minimum(np.arange(padded), count - 1).astype(np.uint32)
    last = ((at + 1) * length - 1).astype(np.uint32)
    running, total = (blank_rows(field, m, padded, 2) for _ in range(2))
    slots = batch_slots(field, m, padded)
    _reduce_buckets(query.rows, running, total, at, last, length, padded // m.width, slots)
    results = [Rows(field, SCALAR, file_points(rows, field, m), 2) for rows in (running, total)]
    out = np.zeros((1, results[0].words.shape[1]), np.uint64)
    length_bits = length.bit_length() - 1
    _join(*results, windows, segments, length_bits, c, Rows(field, SCALAR, out, 2))
    result: Words = out[0]
    return result


def msm_shared(queries: Sequence[Bases], scalars: Words) -> list[Words]:
    """Sums of scalars[i] * points[i - offset] for several queries that share their scalars.

    queries  points over G1 or G2; each with its offset
    scalars  (n, 4) uint64   canonical, below r; digits and order are found once for all queries
    result   affine points in Montgomery form, (8,) or (16,) each

    Raises ShapeError if a query has not n - offset points, RangeError if a scalar is r or more.
    """
    check_scalars(scalars)
    for query in queries:
        if len(query.points) + query.offset != len(scalars):
            raise ShapeError(
                f"{len(query.points)} points from number {query.offset} do not pair up with "
                f"{len(scalars)} scalars.",
                "Give one scalar for each point.",
            )
    if len(scalars) <= FEW:
        return [_few(query, scalars) for query in queries]
    m = chosen_machine()
    c = window_bits(len(scalars))
    digits = signed_digits(scalars, c)
    windows, buckets = len(digits), 1 << (c - 1)
    sums = [
        _Sums(
            query,
            blank_rows(query.field, m, windows * buckets, 2),
            Rows(query.field, m, query.points, 2),
        )
        for query in queries
    ]
    todo = iter(range(windows))
    in_threads(lambda _: _sum_windows(sums, digits, todo, buckets, m), range(thread_count()))
    return in_threads(lambda query: _reduce_windows(query, windows, buckets, c, m), sums)


def _few(bases: Bases, scalars: Words) -> Words:
    out = np.zeros((1, bases.points.shape[1]), np.uint64)
    points = Rows(bases.field, SCALAR, bases.points, 2)
    rest = np.ascontiguousarray(scalars[bases.offset :])
    _double_and_add(points, rest, Rows(bases.field, SCALAR, out, 2))
    result: Words = out[0]
    return result


def _checked(points: Words, words: int, group: str) -> Bases:
    if points.ndim != 2 or points.shape[1] != words:
        raise ShapeError(
            f"Points of {group} have shape {points.shape}.",
            f"Give an (n, {words}) array of uint64 words, Montgomery form.",
        )
    return Bases(points)


def msm_g1(points: Words, scalars: Words) -> Words:
    """Sum of scalars[i] * points[i] over G1.

    points   (n, 8) uint64   affine x, y; Montgomery, R = 2^256; all zeros is infinity
    scalars  (n, 4) uint64   canonical, below r
    result   (8,) uint64     affine; Montgomery

    Points are taken to be on the curve: whoever read them in has checked.

    Raises ShapeError if the arrays do not pair up, RangeError if a scalar is r or more.

    Cost: W (n + 2^c) additions, W = ceil(254 / c) windows of c bits; 4 W n bytes for the digits,
    and 64 bytes a bucket.
    """
    return msm_shared([_checked(points, 8, "G1")], scalars)[0]


def msm_g2(points: Words, scalars: Words) -> Words:
    """Sum of scalars[i] * points[i] over G2: as `msm_g1`, with points (n, 16), result (16,)."""
    return msm_shared([_checked(points, 16, "G2")], scalars)[0]
