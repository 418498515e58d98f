"""The coefficients of rows as records of 4-byte words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.kernels import kernel

Words32 = NDArray[np.uint32]
Matrix = tuple[NDArray[np.int64], Words32, Words32]  # starts, wires, numbers of coefficients


@kernel
def _copy_row(number: int, row: int, matrix: Matrix, coefficients: Words32, out: Words32) -> int:
    """Records of one row of a matrix into the first rows of out; gives how many."""
    starts, wires, values = matrix
    count = starts[row + 1] - starts[row]
    for i in range(count):
        entry = starts[row] + i
        out[i, 0], out[i, 1], out[i, 2] = number, row, wires[entry]
        for word in range(8):
            out[i, 3 + word] = coefficients[values[entry], word]
    return int(count)


@kernel
def fill_records(
    begin: int, end: int, a: Matrix, b: Matrix, coefficients: Words32, out: Words32
) -> None:
    """Records of rows begin .. end - 1, as words of 4 bytes.

    coefficients  (k, 8) uint32    v R^2
    out           (records, 11) uint32
    """
    at = 0
    for row in range(begin, end):
        at += _copy_row(0, row, a, coefficients, out[at:])
        at += _copy_row(1, row, b, coefficients, out[at:])
