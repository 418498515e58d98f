"""Terms out of records: what a row begins with, and which coefficients are more than a sign."""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import from_words, out_of_montgomery
from zkpipe.accel.linear.kinds import MINUS, OTHER, B


@kernel
def are_sorted(records):
    """Whether the records' rows never fall."""
    falls = 0
    for i in range(1, len(records)):
        falls += records[i].constraint < records[i - 1].constraint
    return falls == 0


@kernel
def _is(value, unit):
    return (
        value[0] == unit[0] and value[1] == unit[1] and value[2] == unit[2] and value[3] == unit[3]
    )


@kernel
def count_others(records, low, high, units):
    """How many coefficients of the records low:high are neither 1 nor -1."""
    others = 0
    for i in range(low, high):
        value = records[i].value
        others += not (_is(value, units[0]) or _is(value, units[1]))
    return others


@kernel
def take(
    records,
    low,
    high,
    begin,
    row,
    units,
    like,
    coefficient,
    end,
    starts,
    wires,
    kinds,
    coefficients,
):
    """The terms begin + low to begin + high, and the starts of rows from `row` on.

    like         a row of a field element
    coefficient  where the first of these goes; the last goes before `end`

    Gives where the next would go; -1 for a record of a row past the last. Both were looked at
    before, but the records may have been changed since: nothing is written elsewhere.
    """
    (some,) = load(like, 0)
    rows = len(starts) - 1
    for i in range(low, high):
        record = records[i]
        v = record.value
        kind = np.uint8(B if record.matrix else 0)
        if _is(v, units[1]):
            kind |= np.uint8(MINUS)
        elif not _is(v, units[0]):
            kind |= np.uint8(OTHER)
            if coefficient < end:
                value = from_words(some, (v[0], v[1], v[2], v[3]))
                store(coefficients, coefficient, (value * out_of_montgomery(value),))
            coefficient += 1
        wires[begin + i], kinds[begin + i] = record.wire, kind
        while row <= record.constraint:
            if row >= rows:
                return -1
            starts[row] = begin + i
            row += 1
    return coefficient
