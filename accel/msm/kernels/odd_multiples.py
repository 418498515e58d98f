"""Odd multiples of many points, a digit of all of them at a time; and a plain sum of points."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curves import jacobian
from zkpipe.accel.fields.arrays import load, signs, store
from zkpipe.accel.fields.functions import one, reduce, select


@kernel
def multiply(points, digits, out, blocks):
    """digits[k, i] has bit 31 where the k-th digit of number i, largest first, is -1."""
    for i in range(blocks):
        x, y = load(points, i)
        x, y = reduce(x), reduce(y)
        minus = reduce(-y)
        multiple = (x, y, one(x))
        for k in range(len(digits)):
            multiple = jacobian.double(multiple)
            side = select(signs(points, digits[k], i), minus, y)
            multiple = jacobian.add_distinct(multiple, (x, side))
        store(out, i, jacobian.to_affine(multiple))


@kernel
def add_up(points, count, out):
    """out[0] = the sum of the points."""
    total = jacobian.infinity(load(out, 0)[0])
    for i in range(count):
        x, y = load(points, i)
        total = jacobian.add(total, jacobian.from_affine(x, y))
    store(out, 0, jacobian.to_affine(total))
