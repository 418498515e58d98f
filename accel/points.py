"""Rows of affine points between the form of files and the machines' working form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accel.arrays import Rows, WorkRows, blank_rows, gather, load, prefetch, store
from accel.functions import is_blank, lanes, mask_bits, reduce
from accel.kernels import kernel
from accel.limbs import Words
from accel.machine import FP, FP2, Field, Machine
from accel.threads import in_threads

Index = NDArray[np.uint32]
AHEAD = 8  # blocks between asking the memory for points in another order and reading them
CHUNK = 1 << 12  # blocks of a task


@kernel
def _into_work(source, target, blocks):
    for i in range(blocks):
        x, y = load(source, i)
        store(target, i, (reduce(x), reduce(y)))


@kernel
def _out_of_work(source, target, blocks):
    for i in range(blocks):
        store(target, i, load(source, i))


@kernel
def _take(source, order, target, first, low, high, finite):
    """target[first + i] = source[order[i]] in working form, and whether each is finite; blocks."""
    width = lanes(load(target, 0)[0])
    for i in range(low, high):
        if i + AHEAD < high:
            prefetch(source, order, i + AHEAD)
        x, y = gather(source, order, i)
        blank = mask_bits(is_blank(x) & is_blank(y))
        for k in range(width):
            finite[(first + i) * width + k] = 1 - ((blank >> k) & 1)
        store(target, first + i, (reduce(x), reduce(y)))


@dataclass(frozen=True, slots=True)
class Bases:
    """Points as sums of products take them: on a machine, in its own form, on cache lines.

    rows    working rows, whole blocks of them; what is beyond `count` repeats the last point
    finite  (n,) uint8   which points are not infinity; empty if all are
    """

    field: Field
    machine: Machine
    rows: WorkRows
    count: int
    finite: NDArray[np.uint8]


def _append(
    points: Words, order: Index | None, rows: WorkRows, first: int, finite: NDArray[np.uint8]
) -> int:
    """Fill the blocks of rows from `first` on with the points; give how many blocks."""
    machine = rows.numba_type.machine
    known = np.arange(len(points), dtype=np.uint32) if order is None else order
    blocks = padded_count(len(points), machine) // machine.width
    filling = np.full(blocks * machine.width - len(known), known[-1], np.uint32)
    filled = np.concatenate([known, filling])
    source = Rows(rows.numba_type.field, machine, np.ascontiguousarray(points), 2)

    def take(low: int) -> None:
        _take(source, filled, rows, first, low, min(low + CHUNK, blocks), finite)

    in_threads(take, range(0, blocks, CHUNK))
    return blocks


def prepare(parts: Sequence[tuple[Words, Index | None]], machine: Machine) -> Bases:
    """Bases of affine points, several arrays of them one behind the other.

    parts   (n, 8) or (n, 16) uint64 each, Montgomery, zeros for infinity, with the order to take
            them in, or None; all but the last fill whole blocks

    Cost: 3 ns a point of G1 in lanes, beside reading and writing it; threads share it.
    """
    field = FP if parts[0][0].shape[1] == 8 else FP2
    padded = sum(padded_count(len(points), machine) for points, _ in parts)
    rows = blank_rows(field, machine, padded, 2)
    finite = np.empty(padded, np.uint8)
    first = 0
    for points, order in parts:
        if len(points):
            first += _append(points, order, rows, first, finite)
    count = sum(len(points) for points, _ in parts)
    finite = finite[:count]
    return Bases(field, machine, rows, count, finite[:0] if finite.all() else finite)


def padded_count(n: int, machine: Machine) -> int:
    """The least multiple of the machine's lanes that is n or more."""
    return -(-n // machine.width) * machine.width


def working_points(points: Words, field: Field, machine: Machine) -> WorkRows:
    """Working rows of (n, 8 * degree) affine points, with infinity up to a whole block."""
    n = padded_count(len(points), machine)
    padded = np.zeros((n, points.shape[1]), np.uint64)
    padded[: len(points)] = points
    work = blank_rows(field, machine, n, 2)
    _into_work(Rows(field, machine, padded, 2), work, n // machine.width)
    return work


def file_points(work: WorkRows, field: Field, machine: Machine) -> Words:
    """The points of working rows, whole blocks of them: canonical, Montgomery R = 2^256."""
    words = np.zeros_like(work.words)
    _out_of_work(work, Rows(field, machine, words, 2), work.length // machine.width)
    return words
