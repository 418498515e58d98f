"""Each point by its own scalar, one after another."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curves import jacobian
from zkpipe.accel.fields.arrays import load, store


@kernel
def one_by_one(points, scalars, bits, out):
    """out[i] = scalars[i] * points[i], on the scalar machine."""
    for i in range(len(scalars)):
        x, y = load(points, i)
        point = jacobian.from_affine(x, y)
        store(out, i, jacobian.to_affine(jacobian.multiply(point, scalars[i], bits)))
