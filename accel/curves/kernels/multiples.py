"""The texts of accel.curves.multiples."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curves import jacobian
from zkpipe.accel.fields.arrays import load, store


@kernel
def multiply_each(points, scalars, out):
    """out[i] = scalars[i] points[i]."""
    for i in range(len(scalars)):
        x, y = load(points, i)
        multiple = jacobian.multiply(jacobian.from_affine(x, y), scalars[i], 256)
        store(out, i, jacobian.to_affine(multiple))
