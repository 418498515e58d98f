"""Rows of a system from records that come in their order, and whether they do."""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import from_words, zero


@kernel
def _is(value, unit):
    return (
        value[0] == unit[0] and value[1] == unit[1] and value[2] == unit[2] and value[3] == unit[3]
    )


@kernel
def _no_records(row, end, positions, a, b, c):
    none = zero(load(a, 0)[0])
    for i in range(row, end):
        store(a, positions[i], (none,))
        store(b, positions[i], (none,))
        store(c, positions[i], (none,))


@kernel
def multiply_rows(
    records, low, high, row, end, wires, units, canonical, witness, positions, a, b, c
):
    """The rows from `row` to `end`, whose records are low:high; those without any are zero.

    Gives the number of a record of another wire or row, with which it stops; -1 if there is none.
    """
    (like,) = load(witness, 0)
    none = zero(like)
    sum_a, sum_b = none, none
    for i in range(low, high):
        record = records[i]
        v = record.value
        value = (v[0], v[1], v[2], v[3])
        wire, here = np.intp(record.wire), np.intp(record.constraint)
        if wire >= wires or here < row or here >= end:
            return i
        if _is(value, units[0]):
            (term,) = load(witness, wire)
        elif _is(value, units[1]):
            (positive,) = load(witness, wire)
            term = none - positive
        else:
            (w,) = load(canonical, wire)
            term = from_words(like, value) * w
        if record.matrix == 0:
            sum_a = sum_a + term
        else:
            sum_b = sum_b + term
        if i + 1 == high or records[i + 1].constraint != record.constraint:
            _no_records(row, here, positions, a, b, c)
            row = here + 1
            store(a, positions[here], (sum_a,))
            store(b, positions[here], (sum_b,))
            store(c, positions[here], (sum_a * sum_b,))
            sum_a, sum_b = none, none
    _no_records(row, end, positions, a, b, c)
    return -1


@kernel
def are_sorted(records):
    """Whether the records' rows never fall."""
    falls = 0
    for i in range(1, len(records)):
        falls += records[i].constraint < records[i - 1].constraint
    return falls == 0
