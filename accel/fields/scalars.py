"""Scalars modulo r that are secrets: powers, products and inverses, from array to array.

Python's integers and what they leave in memory cannot be overwritten; numpy's arrays can. So
nothing here makes an integer of a scalar. The duration of a function depends on how many scalars
there are and on public numbers alone, but for `inverses` of 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Curve
from zkpipe.accel.fields.limbs import Words, check_rows
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.accel.fields.rows import Rows
from zkpipe.accel.machines.machine import SCALAR
from zkpipe.ground.errors import RangeError, ShapeError

_kernels = Kernels("zkpipe.accel.fields.kernels.scalars")


def _checked(scalars: Words, curve: Curve) -> Words:
    """The scalars in C order, (n, 4); one alone may be (4,)."""
    rows = (
        scalars.reshape(1, -1) if isinstance(scalars, np.ndarray) and scalars.ndim == 1 else scalars
    )
    check_rows("Scalars", rows, 4)
    if (number := first_not_below(rows, curve.r)) is not None:
        raise RangeError(
            f"Scalar {number} of {len(rows)} is not below the group order r.",
            "Reduce the scalars mod r first.",
        )
    return np.ascontiguousarray(rows)


def _rows(curve: Curve, *arrays: Words) -> list[Rows]:
    return [Rows(curve.fr, SCALAR, words, 1) for words in arrays]


def powers(
    base: Words, first: int, count: int, factor: Words | None = None, curve: Curve = BN254
) -> Words:
    """factor * base^(first + i) mod r, i < count.

    base    (4,) uint64         canonical, below r; not looked at but for that
    first   from 0 on           public: the duration depends on it
    factor  (4,) uint64         canonical, below r; 1 if it is not given
    result  (count, 4) uint64   canonical

    Raises ShapeError or RangeError for other arrays and for numbers below 0.
    Cost: a product each, 15 ns, on one thread.
    """
    if first < 0 or count < 0:
        raise RangeError(
            f"{count} powers were asked for, from power {first} on.", "Give numbers from 0 on."
        )
    one_row = np.array([[1, 0, 0, 0]], np.uint64)
    known = [_checked(base, curve), one_row if factor is None else _checked(factor, curve)]
    if any(len(rows) != 1 for rows in known):
        raise ShapeError(
            "The base and the factor of powers are one scalar each.", "Give (4,) words."
        )
    out = np.empty((count, 4), np.uint64)
    base_row, factor_row, rows = _rows(curve, *known, out)
    _kernels.powers(base_row, factor_row, np.uint64(first), rows, count)
    return out


def products(a: Words, b: Words, curve: Curve = BN254) -> Words:
    """a[i] * b[i] mod r; b may be one scalar, (4,) or (1, 4), for all.

    a, b, result  (n, 4) uint64   canonical, below r

    Raises ShapeError or RangeError for other arrays.
    """
    x, y = _checked(a, curve), _checked(b, curve)
    if len(y) not in (1, len(x)):
        raise ShapeError(
            f"{len(x)} scalars are multiplied by {len(y)}.", "Give as many, or one for all."
        )
    out = np.empty_like(x)
    _kernels.products(*_rows(curve, x, y), int(len(y) > 1), *_rows(curve, out), len(x))
    return out


def inverses(a: Words, curve: Curve = BN254) -> Words:
    """1 / a[i] mod r, and 0 for 0; (n, 4) uint64, canonical. Cost: 1.1 us each."""
    x = _checked(a, curve)
    out = np.empty_like(x)
    _kernels.inverses(*_rows(curve, x, out), len(x))
    return out


def overwrite(*arrays: NDArray[Any]) -> None:
    """Zeros in place of secrets that are done with; arrays that cannot be written are refused."""
    for array in arrays:
        array[...] = 0
