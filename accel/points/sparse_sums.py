"""Many small sums of products over an array of points: for each wire, coefficients times points.

This makes the queries of a key from a Lagrange basis in the group: wire i of a circuit gets the sum
over its rows of coefficient times basis point. Most coefficients are 1 and -1 and cost one addition
each; the others are multiplied first, each point by its own.

The points of a chunk of wires are gathered, so that a sum's terms lie side by side, and a wire's
terms are cut into pieces of 64. Pieces are buckets to accel.msm.buckets, which adds to many of them
at once; the sums of pieces are added in another round.

Source: affine batches, eprint 2022/1396 section 5.3.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve, Field
from zkpipe.accel.curves.points import file_points, padded_count, working_points
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.fields.rows import blank_rows
from zkpipe.accel.linear.columns import Columns
from zkpipe.accel.machines.backend import machine as chosen_machine
from zkpipe.accel.msm.buckets import Workspace, fill_buckets
from zkpipe.accel.msm.digits import check_scalars
from zkpipe.accel.points.scaling import group_of, multiply_points
from zkpipe.ground.errors import RangeError
from zkpipe.ground.process.threads import in_threads

Starts = NDArray[np.int64]

CHUNK = 1 << 17  # wires of a chunk, and entries unless one wire has more
PIECE = 1 << 6  # terms of a piece, no more than schedules leave in one run
TASK = 1 << 12  # pieces or terms of a task for a thread: half a megabyte of points


class _Room(threading.local):
    """What each thread keeps from one task to the next."""

    def __init__(self) -> None:
        self.workspace = Workspace(chosen_machine())


def _cut(starts: Starts) -> tuple[Starts, Starts]:
    """Runs cut into pieces: where each piece begins, and the first piece of each run."""
    pieces = -(-np.diff(starts) // PIECE)
    first = np.concatenate(([0], np.cumsum(pieces)))
    within = np.arange(first[-1]) - np.repeat(first[:-1], pieces)
    begins = np.repeat(starts[:-1], pieces) + PIECE * within
    return np.append(begins, starts[-1]), first


def _tasks(starts: Starts) -> list[tuple[int, int]]:
    """Pieces for one thread each: up to TASK of them, with as many terms or a piece more."""
    at = np.arange(0, starts[-1], TASK)
    bounds = np.unique(np.append(np.searchsorted(starts, at), len(starts) - 1))
    return list(zip(bounds.tolist(), bounds[1:].tolist(), strict=False))


def _sum_pieces(
    points: Words, negative: NDArray[np.bool_], starts: Starts, room: _Room, field: Field
) -> Words:
    """The sum of each piece, no longer than PIECE, on this thread; affine, zeros for infinity."""
    workspace, count = room.workspace, len(starts) - 1
    m = workspace.machine
    sizes = np.repeat(np.arange(1, count + 1, dtype=np.uint32), np.diff(starts))
    digits = (sizes << np.uint32(1)) | negative
    finite = np.asarray(points.any(axis=1), np.uint8)
    source = working_points(points, field, m)
    sums = blank_rows(field, m, padded_count(count + 1, m), 2)
    one, whole = np.zeros(1, np.int64), slice(0, len(digits))
    fill_buckets(source, digits[np.newaxis], one, whole, finite, count, workspace, sums)
    return file_points(sums, field, m)[:count]


def sums_of_runs(
    points: Words, negative: NDArray[np.bool_], starts: Starts, curve: Curve = BN254
) -> Words:
    """Sums of consecutive points, each with its sign: points[starts[i]:starts[i + 1]] for run i.

    points    (n, 8) or (n, 16) uint64   affine, Montgomery, zeros for infinity; equal and opposite
                                         ones may be among them
    negative  (n,) bool                  which are subtracted
    starts    (runs + 1,) int64          from 0 to n, never falling
    result    (runs, 8 or 16) uint64     affine, Montgomery; zeros for the sum of none

    Cost: an addition a point in affine batches, 50 ns in G1, in threads.
    """
    field, room = group_of(points, curve), _Room()
    while True:
        pieces, first = _cut(starts)

        def work(task: tuple[int, int]) -> Words:
            low, high = task
            terms = slice(int(pieces[low]), int(pieces[high]))  # noqa: B023 # done within the round
            here = pieces[low : high + 1] - pieces[low]  # noqa: B023
            return _sum_pieces(points[terms], negative[terms], here, room, field)  # noqa: B023

        parts = in_threads(work, _tasks(pieces)) if len(pieces) > 1 else []
        sums = np.concatenate(parts) if parts else np.zeros((0, points.shape[1]), np.uint64)
        counts = np.diff(first)
        if (counts <= 1).all():
            out = np.zeros((len(counts), points.shape[1]), np.uint64)
            out[counts == 1] = sums
            return out
        points, negative, starts = sums, np.zeros(len(sums), np.bool_), first


def _equal(values: Words, value: Words) -> NDArray[np.bool_]:
    return np.asarray((values == value).all(axis=1), np.bool_)


class Coefficients:
    """Coefficients by number, told apart by what they cost.

    values  (k, 4) uint64   canonical, below r

    Raises ShapeError or RangeError for what is none.
    """

    def __init__(self, values: Words, curve: Curve = BN254) -> None:
        check_scalars(values, curve)
        one, minus_one = words_from_ints([1, curve.r - 1])
        self.curve, self.values = curve, values
        self.is_zero = _equal(values, np.zeros(4, np.uint64))
        self.is_minus_one = _equal(values, minus_one)
        self.is_long = ~(self.is_zero | self.is_minus_one | _equal(values, one))


def _terms(points: Words, columns: Columns, coefficients: Coefficients) -> Words:
    """Coefficient times point of each entry; but those of coefficient -1 are not negated."""
    terms = np.take(points, columns.rows, axis=0)
    long = np.flatnonzero(coefficients.is_long[columns.values])
    if len(long):
        scalars = coefficients.values[columns.values[long]]
        terms[long] = multiply_points(terms[long], scalars, coefficients.curve)
    terms[coefficients.is_zero[columns.values]] = 0
    return terms


def sparse_sums(points: Words, columns: Columns, coefficients: Coefficients) -> Iterator[Words]:
    """For each wire, the sum over its entries of coefficient times points[row]; wires in chunks.

    points  (n, 8) or (n, 16) uint64   affine, Montgomery, zeros for infinity; taken to be in the
                                       group
    result  (wires, 8 or 16) uint64    in all; affine, Montgomery, zeros for infinity

    Raises RangeError for an entry whose row or coefficient is not there.
    Cost: some 80 ns an entry with coefficient 1 or -1 in G1, 5 us with another; two and a half
    times as much in G2. 1.5 KB a wire of a chunk.
    """
    rows, values = columns.rows, columns.values
    if len(rows) and not (rows.max() < len(points) and values.max() < len(coefficients.values)):
        raise RangeError(
            "An entry names a point or a coefficient that is not there.",
            "Give the columns of matrices with as many rows and coefficients.",
        )
    begin = 0
    while begin < columns.count:
        most = int(np.searchsorted(columns.starts, columns.starts[begin] + CHUNK, side="right")) - 1
        end = max(begin + 1, min(most, begin + CHUNK, columns.count))
        part = columns.part(begin, end)
        terms = _terms(points, part, coefficients)
        negative = coefficients.is_minus_one[part.values]
        yield sums_of_runs(terms, negative, part.starts, coefficients.curve)
        begin = end
