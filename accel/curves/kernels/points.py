"""The texts of accel.curves.points."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import into_montgomery, out_of_montgomery, reduce


@kernel
def into_work(source, target, blocks):
    """Blocks of file rows into working rows."""
    for i in range(blocks):
        x, y = load(source, i)
        store(target, i, (reduce(x), reduce(y)))


@kernel
def out_of_work(source, target, blocks):
    """Blocks of working rows into file rows."""
    for i in range(blocks):
        store(target, i, load(source, i))


@kernel
def multiply_out_of_montgomery(source, target, n):
    """target[i] = source[i] out of Montgomery form."""
    for i in range(n):
        (value,) = load(source, i)
        store(target, i, (value * out_of_montgomery(value),))


@kernel
def multiply_into_montgomery(source, target, n):
    """target[i] = source[i] in Montgomery form."""
    for i in range(n):
        (value,) = load(source, i)
        store(target, i, (value * into_montgomery(value),))
