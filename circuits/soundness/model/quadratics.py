"""Rows that are quadratic in one combination, and the two values that they leave it.

(a L + a0)(b L + b0) = c L + c0 with constant coefficients has at most two solutions v, v + s.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import R
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.roots import square_root
from zkpipe.circuits.soundness.model.coefficients import Dictionary, Numbers
from zkpipe.circuits.soundness.model.rows import Shape, SparseRows

_kernels = Kernels("zkpipe.circuits.soundness.model.kernels.quadratics")


class Quadratics:
    """The rows that are quadratic in one combination, and the values it may have.

    is_known       (m,)   rows whose combination takes one or two values
    is_impossible  (m,)   rows whose combination can have no value
    row            (q,)   the known rows; for each
    value          (q,)   the number of one value
    step           (q,)   the number of the other less this one, of 0 if there is one value
    is_single      (q,)   whether the combination is a multiple of one wire: that has the values
    wire           (q,)   which wire, where it is single
    is_bit         (q,)   whether that wire is a bit as it stands
    has_new        (q,)   whether the two values need a new bit t
    new_bit        (q,)   which, from 0, where they do
    """

    def __init__(
        self,
        dictionary: Dictionary,
        a: SparseRows,
        b: SparseRows,
        c: SparseRows,
        size_a: Shape,
        size_b: Shape,
        size_c: Shape,
        candidates: NDArray[np.bool_],
    ) -> None:
        zero, one, minus_one = (dictionary.number(value) for value in (0, 1, R - 1))
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
            return np.where(ratio > 0, one, np.where(ratio < 0, minus_one, zero))

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
        is_solved, values, steps = _solutions(dictionary, factors)
        self.row = which[is_solved]
        self.value, self.step = values[is_solved], steps[is_solved]
        self.is_single = (np.arange(len(which)) < len(single))[is_solved]
        self.wire = size_a.first_wire[self.row]
        self.is_known = np.zeros(len(a), np.bool_)
        self.is_known[self.row] = True
        self.is_impossible = np.zeros(len(a), np.bool_)
        self.is_impossible[which[~is_solved]] = True
        self.is_bit = self.is_single & (self.value == zero) & (self.step == one)
        self.has_new = ~self.is_bit & (self.step != zero)
        self.new_count = int(self.has_new.sum())
        self.new_bit = np.cumsum(self.has_new) - self.has_new


def are_multiples(dictionary: Dictionary, x: SparseRows, y: SparseRows) -> NDArray[np.int8]:
    """Of rows beside their constants: 1 if equal, -1 if opposite, 0 if neither."""
    out = np.zeros(len(x), np.int8)
    negatives = dictionary.negatives()
    _kernels.are_multiples(
        x.starts, x.wires, x.numbers, y.starts, y.wires, y.numbers, negatives, out
    )
    return out


def _solutions(
    dictionary: Dictionary, factors: list[Numbers]
) -> tuple[NDArray[np.bool_], Numbers, Numbers]:
    """For each (a, b, c, a0, b0, c0) the x with (a x + a0)(b x + b0) = c x + c0.

    Returns whether there is one, its number, and the number of how far the other is from it.
    """
    count = len(factors[0])
    group = np.zeros(count, np.int64)
    for column in factors:
        _, group = np.unique(group * len(dictionary.values) + column, return_inverse=True)
    _, representative, group = np.unique(group, return_index=True, return_inverse=True)
    is_solved = np.zeros(len(representative), np.bool_)
    values = np.full(len(representative), dictionary.number(0))
    steps = values.copy()
    for i, row in enumerate(representative.tolist()):
        a, b, c, a0, b0, c0 = (dictionary.values[int(column[row])] for column in factors)
        solved = roots_of(a * b, a * b0 + a0 * b - c, a0 * b0 - c0)
        if solved:
            is_solved[i] = True
            values[i] = dictionary.number(solved[0])
            steps[i] = dictionary.number(solved[-1] - solved[0])
    return is_solved[group], values[group], steps[group]


def roots_of(a: int, b: int, c: int) -> list[int]:
    """The solutions of a x^2 + b x + c = 0 for a that is not 0: the nearest to zero first."""
    half = pow(2 * a, -1, R)
    root = square_root((b * b - 4 * a * c) % R)
    if root is None:
        return []
    found = {(-b + root) * half % R, (-b - root) * half % R}
    return sorted(found, key=lambda x: (min(x, R - x), x))
