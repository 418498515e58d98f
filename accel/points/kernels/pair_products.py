"""The points of pairs in their places of the table."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import reduce


@kernel
def place_points(points, rows, first, blocks):
    """The points as blocks of working rows from `first` on."""
    for i in range(blocks):
        x, y = load(points, i)
        store(rows, first + i, (reduce(x), reduce(y)))
