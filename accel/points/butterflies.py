"""Pairs of points that become their sums and their differences, in affine batches."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curve import Field
from zkpipe.accel.curves import jacobian
from zkpipe.accel.fields.arrays import (
    Elements,
    Rows,
    WorkRows,
    blank_rows,
    gather,
    load,
    scatter,
    store,
)
from zkpipe.accel.fields.functions import reduce
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.machines.scalar import SCALAR
from zkpipe.accel.msm.affine_batches import padded
from zkpipe.accel.points.pairs import add_and_subtract

BATCH = {1: 1 << 12, 2: 1 << 11}  # butterflies with one inversion, by degree

Index = NDArray[np.integer]


@kernel
def gather_rows(points, order, rows, first, blocks):
    """The points that the order names, as blocks of working rows from `first` on."""
    for i in range(blocks):
        x, y = gather(points, order, i)
        store(rows, first + i, (reduce(x), reduce(y)))


@kernel
def _scatter_rows(rows, first, points, order, blocks):
    for i in range(blocks):
        scatter(points, order, i, load(rows, first + i))


@kernel
def _pairs_one_by_one(left, right, count):
    """P and Q become P + Q and P - Q, whatever they are; on the scalar machine."""
    for i in range(count):
        x1, y1 = load(left, i)
        x2, y2 = load(right, i)
        p, q = jacobian.from_affine(x1, y1), jacobian.from_affine(x2, y2)
        x, y, z = q
        store(left, i, jacobian.to_affine(jacobian.add(p, q)))
        store(right, i, jacobian.to_affine(jacobian.add(p, (x, -y, z))))


class Butterflies:
    """A thread's working memory for butterflies without factors."""

    def __init__(self, field: Field, m: Machine, batch: int) -> None:
        self.field, self.machine = field, m
        self.batch = -(-min(batch, BATCH[field.degree]) // m.width) * m.width
        self.rows: WorkRows = blank_rows(field, m, 2 * self.batch, 2)
        self.before = Elements(field, m, self.batch)
        self.without = np.zeros(self.batch // m.width, np.uint8)

    def apply(self, points: Words, left: Index, right: Index) -> None:
        """points[left], points[right] = their sums, their differences; no row twice."""
        for low in range(0, len(left), self.batch):
            self._apply(points, left[low : low + self.batch], right[low : low + self.batch])

    def _apply(self, points: Words, left: Index, right: Index) -> None:
        m = self.machine
        sides = padded(left.astype(np.int64), m), padded(right.astype(np.int64), m)
        blocks = len(sides[0]) // m.width
        data = Rows(self.field, m, points, 2)
        for first, order in zip((0, blocks), sides, strict=True):
            gather_rows(data, order, self.rows, first, blocks)
        whole = add_and_subtract(self.rows, 0, blocks, 0, blocks, blocks, self.before, self.without)
        others = np.zeros(0, np.intp) if whole else self._without_chord(blocks, len(left))
        found = [points[side[others]] for side in (left, right)]
        for first, order in zip((0, blocks), sides, strict=True):
            _scatter_rows(self.rows, first, data, order, blocks)
        if len(others):
            _pairs_one_by_one(*(Rows(self.field, SCALAR, w, 2) for w in found), len(others))
            points[left[others]], points[right[others]] = found

    def _without_chord(self, blocks: int, count: int) -> NDArray[np.intp]:
        """The numbers of the pairs that have none."""
        bits = np.unpackbits(self.without[:blocks, None], axis=1, bitorder="little")
        return np.flatnonzero(bits[:, : self.machine.width].reshape(-1)[:count])
