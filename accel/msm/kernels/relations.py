"""What a table of points begins with: the points and their doubles."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curves import jacobian
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import one, reduce


@kernel
def begin(source, table, blocks):
    """The points, and behind their blocks their doubles; none is infinity."""
    for i in range(blocks):
        x, y = load(source, i)
        x, y = reduce(x), reduce(y)
        store(table, i, (x, y))
        x, y = jacobian.to_affine(jacobian.double((x, y, one(x))))
        store(table, blocks + i, (reduce(x), reduce(y)))
