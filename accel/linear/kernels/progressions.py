"""Progressions, powers and products of single values."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import one, out_of_montgomery


@kernel
def fill_progression(first, ratio, out, n):
    """out[i] = first * ratio^i, canonical."""
    (value,), (factor,) = load(first, 0), load(ratio, 0)
    for i in range(n):
        store(out, i, (value * out_of_montgomery(value),))
        value = value * factor


@kernel
def raise_to(base, exponent, out):
    """out[0] = base^exponent."""
    (x,) = load(base, 0)
    value = one(x)
    for i in range(62, -1, -1):
        value = value * value
        if exponent >> i & 1:
            value = value * x
    store(out, 0, (value,))


@kernel
def multiply(a, b, out):
    """out[0] = a * b."""
    (x,), (y,) = load(a, 0), load(b, 0)
    store(out, 0, (x * y,))
