"""Pairs of points that become their sums and their differences, in affine batches."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.fields.rows import Elements, Rows, WorkRows, blank_rows
from zkpipe.accel.machines.machine import SCALAR, Machine
from zkpipe.accel.msm.affine_batches import padded

_kernels = Kernels("zkpipe.accel.points.kernels.butterflies")
_pairs = Kernels("zkpipe.accel.points.pairs")

BATCH = {1: 1 << 12, 2: 1 << 11}  # butterflies with one inversion, by degree

Index = NDArray[np.integer]


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
            _kernels.gather_rows(data, order, self.rows, first, blocks)
        whole = _pairs.add_and_subtract(
            self.rows, 0, blocks, 0, blocks, blocks, self.before, self.without
        )
        others = np.zeros(0, np.intp) if whole else self._without_chord(blocks, len(left))
        found = [points[side[others]] for side in (left, right)]
        for first, order in zip((0, blocks), sides, strict=True):
            _kernels.scatter_rows(self.rows, first, data, order, blocks)
        if len(others):
            rows = [Rows(self.field, SCALAR, words, 2) for words in found]
            _kernels.pairs_one_by_one(*rows, len(others))
            points[left[others]], points[right[others]] = found

    def _without_chord(self, blocks: int, count: int) -> NDArray[np.intp]:
        """The numbers of the pairs that have none."""
        bits = np.unpackbits(self.without[:blocks, None], axis=1, bitorder="little")
        return np.flatnonzero(bits[:, : self.machine.width].reshape(-1)[:count])
