"""Equations scaled so that their coefficients are small, where a power of two makes them so.

A compiler that has put (y - 2 b_1 - 4 b_2) / 2^j in place of a bit leaves coefficients 2^i / 2^j
mod r, which are large. Times 2^j the equation says the same, and its digits are digits again. Its
constant may be large: that hides no digit.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.model.coefficients import Dictionary, Numbers
from zkpipe.circuits.soundness.model.rows import ONE_WIRE, SparseRows

LARGE = 1 << 160  # of size; few digits in circuits weigh more, no few multiples of others less
MOST = 5_000  # distinct large coefficients that are looked at, 20 us each


def with_small_coefficients(dictionary: Dictionary, linear: SparseRows) -> SparseRows:
    """The equations, scaled by powers of two where that makes all of their coefficients small."""
    inner = linear.wires != ONE_WIRE
    used = np.unique(linear.numbers[inner])
    exponents = np.zeros(len(dictionary.values), np.int64)
    large = [n for n in used.tolist() if _size(dictionary.values[n]) > LARGE]
    if not large or len(large) > MOST:
        return linear
    for number in large:
        exponents[number] = _exponent(dictionary.values[number])
    of_entry = linear.row_of_entry()
    of_row = np.zeros(len(linear), np.int64)
    needed = np.where(inner, exponents[linear.numbers], 0)
    np.maximum.at(of_row, of_entry, needed)
    hopeless = np.zeros(len(linear), np.bool_)
    hopeless[of_entry[needed == _NONE]] = True
    of_row[hopeless] = 0
    chosen = of_row[of_entry] > 0
    powers: Numbers = np.array([dictionary.number(1 << j) for j in range(_NONE)], np.int64)
    numbers = linear.numbers.copy()
    numbers[chosen] = dictionary.combined(
        powers[of_row[of_entry[chosen]]], linear.numbers[chosen], lambda x, y: x * y
    )
    return SparseRows(linear.starts, linear.wires, numbers)


_NONE = 254  # no power of two makes it small


def _exponent(value: int) -> int:
    """The least j for which value * 2^j is small."""
    for j in range(_NONE):
        if _size(value) <= LARGE:
            return j
        value = 2 * value % R
    return _NONE


def _size(value: int) -> int:
    return min(value, R - value)
