"""Kernels for tests of accel.compiled.objects: each kind of argument, result and end."""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.ground.errors import FormatError


@kernel
def total(values, factor, negative):
    """An array, an integer, a boolean; a result."""
    sum_of_all = np.int64(0)
    for i in range(len(values)):
        sum_of_all += np.int64(values[i]) * factor
    return -sum_of_all if negative else sum_of_all


@kernel
def fill(out, value):
    """The C library's memset, and no result."""
    out[:] = value


@kernel
def clear(out):
    """The same, of a length that is not known."""
    for i in range(len(out)):
        out[i] = 0


@kernel
def transpose(rows, out):
    """Shapes and strides."""
    for i in range(rows.shape[0]):
        for j in range(rows.shape[1]):
            out[j, i] = rows[i, j]


@kernel
def parts(pair, x):
    """A tuple, and a result of tuples within a tuple."""
    array, (low, high) = pair
    return low + array[0], (x, high), x > 3


@kernel
def largest(x):
    """An unsigned result."""
    return x | np.uint64(1 << 63)


@kernel
def is_odd(x):
    """A boolean."""
    return x & 1 == 1


@kernel
def copy_to(out, values):
    """Raises ValueError for values of another length."""
    if len(out) != len(values):
        raise ValueError("values of another length", 7)
    for i in range(len(out)):
        out[i] = values[i]


@kernel
def refuse(x):
    """Raises an error that is not Python's own."""
    if x > 0:
        raise FormatError("It is positive.", "Take a negative one.")
    return x


@kernel
def choose(which, x):
    """A table of jumps."""
    if which == 0:
        return x * 3
    if which == 1:
        return x ^ 77
    if which == 2:
        return x - 1
    if which == 3:
        return x << 3
    if which == 4:
        return x // 7
    if which == 5:
        return ~x
    return x


@kernel
def spin(values, rounds):
    """Takes its time."""
    x = values[0]
    for _ in range(rounds):
        for i in range(len(values)):
            x = x * np.uint64(6364136223846793005) + values[i]
    values[0] = x


@kernel
def scaled(x):
    """A float, which only numba takes."""
    return x * 0.5


@kernel
def fresh(n):
    """Memory of numba's own."""
    made = np.zeros(n, np.int64)
    for i in range(n):
        made[i] = i
    return made.sum()
