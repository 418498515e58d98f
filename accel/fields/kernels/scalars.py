"""Kernels of accel.fields.scalars: scalars as rows of single values, canonical."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import into_montgomery, one, out_of_montgomery
from zkpipe.accel.fields.inverse import invert

# A canonical x, loaded as if it were in Montgomery form, stands for x / 2^256. A product with a
# factor in Montgomery form keeps that, so one factor of each product is changed.


@kernel
def powers(base, factor, first, out, n):
    """out[i] = factor * base^(first + i)."""
    (canonical,), (value,) = load(base, 0), load(factor, 0)
    ratio = canonical * into_montgomery(canonical)
    square, power = ratio, one(ratio)
    while first:
        if first & 1:
            power = power * square
        square = square * square
        first >>= 1
    value = value * power
    for i in range(n):
        store(out, i, (value,))
        value = value * ratio


@kernel
def products(a, b, step, out, n):
    """out[i] = a[i] * b[i * step]."""
    for i in range(n):
        (x,), (y,) = load(a, i), load(b, i * step)
        store(out, i, (x * (y * into_montgomery(y)),))


@kernel
def inverses(a, out, n):
    """out[i] = 1 / a[i], and 0 for 0."""
    for i in range(n):
        (x,) = load(a, i)
        inverse = invert(x * into_montgomery(x))
        store(out, i, (inverse * out_of_montgomery(inverse),))
