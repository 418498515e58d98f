"""A sum of products of a few points, by doubling and adding."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curve import BITS
from zkpipe.accel.curves import jacobian
from zkpipe.accel.fields.arrays import load, store


@kernel
def double_and_add(points, scalars, out):
    """out[0] = sum over i of scalars[i] * points[i]."""
    result = jacobian.infinity(load(out, 0)[0])
    for i in range(len(scalars)):
        x, y = load(points, i)
        term = jacobian.multiply(jacobian.from_affine(x, y), scalars[i], BITS)
        result = jacobian.add(result, term)
    store(out, 0, jacobian.to_affine(result))
