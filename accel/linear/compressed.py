"""Compressed rows: whether the arrays of a sparse matrix are what kernels take them for.

Kernels use starts, wires and values as indices without a look. Whoever calls one checks them here
first: a matrix is an object that others may have made or changed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.ground.errors import RangeError, ShapeError

_FIX = "Give the arrays as a compiled circuit or a file that was read has them."


def check_compressed(
    starts: NDArray[Any],
    wires: NDArray[Any],
    values: NDArray[Any],
    wire_count: int,
    value_count: int,
) -> None:
    """Check the arrays of a matrix in compressed rows.

    starts  (m + 1,) int64   begins with 0, never falls, ends with the number of entries
    wires   (nnz,) uint32    below wire_count
    values  (nnz,) uint32    below value_count

    Raises ShapeError or RangeError. Cost: a pass over each array, 0.5 ns an entry.
    """
    for name, array, dtype in (
        ("starts", starts, np.int64),
        ("wires", wires, np.uint32),
        ("values", values, np.uint32),
    ):
        if not isinstance(array, np.ndarray) or array.ndim != 1 or array.dtype != dtype:
            raise ShapeError(f"{name} of a matrix are not an array of {np.dtype(dtype)}.", _FIX)
    if len(wires) != len(values) or not len(starts):
        raise ShapeError(
            f"A matrix has {len(starts)} starts, {len(wires)} wires and {len(values)} values.",
            _FIX,
        )
    if starts[0] != 0 or starts[-1] != len(wires) or (starts[1:] < starts[:-1]).any():
        raise RangeError(
            f"The starts of a matrix do not rise from 0 to its {len(wires)} entries.", _FIX
        )
    if len(wires) and int(wires.max()) >= wire_count:
        raise RangeError(
            f"A matrix has an entry of wire {int(wires.max())}; there are {wire_count} wires.",
            _FIX,
        )
    if len(values) and int(values.max()) >= value_count:
        raise RangeError(
            f"A matrix has an entry with coefficient number {int(values.max())}; there are "
            f"{value_count} coefficients.",
            _FIX,
        )
