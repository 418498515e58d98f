"""Rows that are quadratic in one combination, and the two values that they leave it.

(a L + a0)(b L + b0) = c L + c0 with constant coefficients has at most two solutions v, v + s.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from accel.bn254 import R
from accel.kernels import kernel
from circuits.soundness.coefficients import NONE, Dictionary, Numbers
from circuits.soundness.roots import square_root
from circuits.soundness.rows import ONE_WIRE, Rows, Shape


@kernel
def _are_multiples(
    starts: Numbers,
    wires: Numbers,
    numbers: Numbers,
    other_starts: Numbers,
    other_wires: Numbers,
    other_numbers: Numbers,
    negatives: Numbers,
    out: NDArray[np.int8],
) -> None:
    """out = 1 if two rows are equal beside their constants, -1 if opposite, 0 if neither."""
    for row in range(len(starts) - 1):
        i, stop = starts[row], starts[row + 1]
        j, other_stop = other_starts[row], other_starts[row + 1]
        if i < stop and wires[i] == ONE_WIRE:
            i += 1
        if j < other_stop and other_wires[j] == ONE_WIRE:
            j += 1
        same = opposite = stop - i == other_stop - j and i < stop
        while (same or opposite) and i < stop:
            if wires[i] != other_wires[j]:
                same = opposite = False
            else:
                same &= numbers[i] == other_numbers[j]
                opposite &= negatives[numbers[i]] == other_numbers[j]
            i += 1
            j += 1
        out[row] = 1 if same else -1 if opposite else 0


class Quadratics:
    """The rows that are quadratic in one combination, and the values it may have.

    is_known  rows whose combination takes one or two values
    row       (q,) those rows; for each
    value     the number of one value
    step      the number of the other less this one, NONE if there is one value
    wire      the wire if the combination is a multiple of it, which is then what has the values
    new_wire  of the bit t, NONE if the wire is a bit itself or there is one value
    """

    def __init__(
        self,
        dictionary: Dictionary,
        a: Rows,
        b: Rows,
        c: Rows,
        size_a: Shape,
        size_b: Shape,
        size_c: Shape,
        candidates: NDArray[np.bool_],
    ) -> None:
        one, minus_one = dictionary.number(1), dictionary.number(R - 1)
        alone = candidates & (size_a.wires == 1) & (size_b.wires == 1) & (size_c.wires <= 1)
        alone &= size_a.first_wire == size_b.first_wire
        alone &= (size_c.wires == 0) | (size_c.first_wire == size_a.first_wire)
        several = candidates & (size_a.wires > 1) & (size_a.wires == size_b.wires)
        several &= (size_c.wires == 0) | (size_c.wires == size_a.wires)
        rows = np.flatnonzero(several)
        ratio_b, ratio_c = (
            are_multiples(dictionary, a.chosen(rows), other.chosen(rows)) for other in (b, c)
        )
        fits = (ratio_b != 0) & ((ratio_c != 0) | (size_c.wires[rows] == 0))
        rows, ratio_b, ratio_c = rows[fits], ratio_b[fits], ratio_c[fits]

        def as_number(ratio: NDArray[np.int8]) -> Numbers:
            return np.where(ratio > 0, one, np.where(ratio < 0, minus_one, NONE))

        single = np.flatnonzero(alone)
        which = np.concatenate([single, rows])
        factors = [
            np.concatenate([size_a.first_number[single], np.full(len(rows), one)]),
            np.concatenate([size_b.first_number[single], as_number(ratio_b)]),
            np.concatenate([size_c.first_number[single], as_number(ratio_c)]),
            size_a.constant[which],
            size_b.constant[which],
            size_c.constant[which],
        ]
        values, steps = _solutions(dictionary, factors)
        found = values != NONE
        self.row = which[found]
        self.value, self.step = values[found], steps[found]
        is_alone = np.arange(len(which)) < len(single)
        self.wire = np.where(is_alone, size_a.first_wire[which], NONE)[found]
        self.is_known = np.zeros(len(a), np.bool_)
        self.is_known[self.row] = True
        zero = dictionary.number(0)
        self.is_bit = (self.wire != NONE) & (self.value == zero) & (self.step == one)
        new = ~self.is_bit & (self.step != NONE)
        self.new_count = int(new.sum())
        self.new_bit = np.where(new, np.cumsum(new) - 1, NONE)


def are_multiples(dictionary: Dictionary, x: Rows, y: Rows) -> NDArray[np.int8]:
    """Of rows beside their constants: 1 if equal, -1 if opposite, 0 if neither."""
    out = np.zeros(len(x), np.int8)
    negatives = dictionary.negatives()
    _are_multiples(x.starts, x.wires, x.numbers, y.starts, y.wires, y.numbers, negatives, out)
    return out


def _solutions(dictionary: Dictionary, factors: list[Numbers]) -> tuple[Numbers, Numbers]:
    """For each (a, b, c, a0, b0, c0) the x with (a x + a0)(b x + b0) = c x + c0.

    Returns one solution and how far the other is from it: numbers, NONE where there is none.
    """
    count = len(factors[0])
    group = np.zeros(count, np.int64)
    for column in factors:
        _, group = np.unique(group * (len(dictionary.values) + 1) + column + 1, return_inverse=True)
    _, representative, group = np.unique(group, return_index=True, return_inverse=True)
    values = np.full(len(representative), NONE)
    steps = np.full(len(representative), NONE)
    for i, row in enumerate(representative.tolist()):
        a, b, c, a0, b0, c0 = (dictionary.value(int(column[row])) for column in factors)
        solved = roots_of(a * b, a * b0 + a0 * b - c, a0 * b0 - c0)
        if solved:
            values[i] = dictionary.number(solved[0])
            if len(solved) == 2:
                steps[i] = dictionary.number(solved[1] - solved[0])
    return values[group], steps[group]


def roots_of(a: int, b: int, c: int) -> list[int]:
    """The solutions of a x^2 + b x + c = 0 for a that is not 0: the nearest to zero first."""
    half = pow(2 * a, -1, R)
    root = square_root((b * b - 4 * a * c) % R)
    if root is None:
        return []
    found = {(-b + root) * half % R, (-b - root) * half % R}
    return sorted(found, key=lambda x: (min(x, R - x), x))
