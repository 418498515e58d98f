"""Kernels that do one operation of a field again and again, to be timed.

    ...each    out[i] = operation of x[i] and y[i], over arrays that lie in the first-level cache:
               the processor overlaps as many as it can (throughput)
    chain      x, x^2, x^3, ...: each product waits for the one before it (latency)

The arrays are worked through `repeats` times; results are stored, so that nothing is left out.
"""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.functions import one, reduce, square
from zkpipe.accel.fields.inverse import invert


@kernel
def multiply_each(x, y, out, repeats):
    """out[i] = x[i] y[i] / R."""
    for _ in range(repeats):
        for i in range(len(x)):
            out[i] = x[i] * y[i]


@kernel
def square_each(x, y, out, repeats):
    """out[i] = x[i]^2 / R. y is not read."""
    for _ in range(repeats):
        for i in range(len(x)):
            out[i] = square(x[i])


@kernel
def add_each(x, y, out, repeats):
    """out[i] = x[i] + y[i]."""
    for _ in range(repeats):
        for i in range(len(x)):
            out[i] = x[i] + y[i]


@kernel
def subtract_each(x, y, out, repeats):
    """out[i] = x[i] - y[i], up to a multiple of the modulus."""
    for _ in range(repeats):
        for i in range(len(x)):
            out[i] = x[i] - y[i]


@kernel
def invert_each(x, y, out, repeats):
    """out[i] = 1 / x[i] in Montgomery form; lanes share one inversion. y is not read."""
    for _ in range(repeats):
        for i in range(len(x)):
            out[i] = invert(reduce(x[i]))


@kernel
def chain(x, y, out, repeats):
    """out[0] = x[0]^(repeats * len(x)) in Montgomery form. y is not read."""
    value = one(x)
    factor = x[0]
    for _ in range(repeats * len(x)):
        value = value * factor
    out[0] = value
