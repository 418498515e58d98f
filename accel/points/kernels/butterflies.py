"""Points of butterflies by their order, and butterflies one by one."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curves import jacobian
from zkpipe.accel.fields.arrays import gather, load, scatter, store
from zkpipe.accel.fields.functions import reduce


@kernel
def gather_rows(points, order, rows, first, blocks):
    """The points that the order names, as blocks of working rows from `first` on."""
    for i in range(blocks):
        x, y = gather(points, order, i)
        store(rows, first + i, (reduce(x), reduce(y)))


@kernel
def scatter_rows(rows, first, points, order, blocks):
    """The way back from `gather_rows`."""
    for i in range(blocks):
        scatter(points, order, i, load(rows, first + i))


@kernel
def pairs_one_by_one(left, right, count):
    """P and Q become P + Q and P - Q, whatever they are; on the scalar machine."""
    for i in range(count):
        x1, y1 = load(left, i)
        x2, y2 = load(right, i)
        p, q = jacobian.from_affine(x1, y1), jacobian.from_affine(x2, y2)
        x, y, z = q
        store(left, i, jacobian.to_affine(jacobian.add(p, q)))
        store(right, i, jacobian.to_affine(jacobian.add(p, (x, -y, z))))
