"""Rows of a system: sums over their terms."""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import zero
from zkpipe.accel.linear.kinds import MINUS, OTHER, B


@kernel
def multiply_rows(
    starts,
    wires,
    kinds,
    coefficients,
    coefficient,
    coefficient_count,
    row,
    end,
    wire_count,
    witness,
    positions,
    a,
    b,
    c,
):
    """The rows from `row` to `end`, whose first coefficient is number `coefficient`.

    Gives the number of a term that is not there, or names a wire or coefficient that is not, with
    which it stops; -1 if there is none.
    """
    (like,) = load(witness, 0)
    none = zero(like)
    for i in range(row, end):
        sum_a, sum_b = none, none
        for t in range(np.intp(starts[i]), np.intp(starts[i + 1])):
            if t >= len(wires):
                return t
            wire, kind = np.intp(wires[t]), kinds[t]
            if wire >= wire_count:
                return t
            (term,) = load(witness, wire)
            if kind & np.uint8(OTHER):
                if coefficient >= coefficient_count:
                    return t
                (factor,) = load(coefficients, coefficient)
                coefficient += 1
                term = term * factor
            elif kind & np.uint8(MINUS):
                term = none - term
            if kind & np.uint8(B):
                sum_b = sum_b + term
            else:
                sum_a = sum_a + term
        store(a, positions[i], (sum_a,))
        store(b, positions[i], (sum_b,))
        store(c, positions[i], (sum_a * sum_b,))
    return -1
