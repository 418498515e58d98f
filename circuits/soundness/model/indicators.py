"""Values that are 0 or 1 because two rows say when they are 1.

D z = 0 and D M = k (1 - z), with the same D (or D and -D), k not 0, M anything: where D is not 0
the first row says z = 0, where it is 0 the second says z = 1. So is-zero gives bits, which no row
of theirs says by itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.circuits.soundness.model.coefficients import Dictionary, Numbers
from zkpipe.circuits.soundness.model.quadratics import are_multiples
from zkpipe.circuits.soundness.model.rows import Shape, SparseRows


def indicators(dictionary: Dictionary, a: SparseRows, b: SparseRows, c: SparseRows) -> Numbers:
    """The wires z of such pairs of products A B = C."""
    shape_c = Shape(c, dictionary)
    zero_number = dictionary.number(0)
    negatives = dictionary.negatives()
    says_when = (shape_c.wires == 1) & (shape_c.constant != zero_number)
    says_when &= negatives[shape_c.constant] == shape_c.first_number
    rows = np.flatnonzero(says_when)
    if not len(rows):
        return rows
    rows = rows[np.argsort(shape_c.first_wire[rows], kind="stable")]
    wires = shape_c.first_wire[rows]
    empty = np.flatnonzero((shape_c.wires == 0) & (shape_c.constant == zero_number))
    found: list[Numbers] = []
    for left, other in ((a, b), (b, a)):
        flag = Shape(other.chosen(empty), dictionary)
        is_flag = (flag.wires == 1) & (flag.constant == zero_number)
        zero, flags = empty[is_flag], flag.first_wire[is_flag]
        place = np.searchsorted(wires, flags)
        fits = place < len(wires)
        fits[fits] = wires[place[fits]] == flags[fits]
        zero, flags, partner = zero[fits], flags[fits], rows[place[fits]]
        for right in (a, b):
            same = _are_same(dictionary, left.chosen(zero), right.chosen(partner))
            found.append(flags[same])
    return np.unique(np.concatenate(found))


def _are_same(dictionary: Dictionary, x: SparseRows, y: SparseRows) -> NDArray[np.bool_]:
    """Whether rows are equal or opposite, their constants too."""
    ratio = are_multiples(dictionary, x, y)
    first, second = Shape(x, dictionary).constant, Shape(y, dictionary).constant
    opposite = dictionary.negatives()[first]
    same: NDArray[np.bool_] = (np.where(ratio > 0, first, opposite) == second) & (ratio != 0)
    return same
