"""Intervals of wires, from bits and equations.

A wire's interval is an arc of residues: low, low + 1, ..., low + span mod r. Bits have [0, 1]. In
an equation x = k_1 y_1 + k_2 y_2 + ... in which all but x have intervals, x is in the sum of the
arcs: it begins at the sum of k low (of k (low + span) for negative k) and its span is the sum of
|k| span, if that is below r; else it says nothing. A wire that has an interval already keeps what
both have in common, if that is one arc.

An equation pins its wires if its arcs add up to 0 only at one end: let each k_i x_i be an integer
from a_i to b_i, all b_i - a_i together less than r, and a_1 + a_2 + ... = 0 mod r. The sum is 0 mod
r and less than r above its least value, so it has that value, and each k_i x_i is a_i; and likewise
at the greatest. So bits whose sum is 0 are 0, and both sides of a conjunction that is checked hold.

Every step is an inclusion: whatever satisfies the rows lies in the arcs. So nothing does if two
arcs of a wire have nothing in common, or the sum of an equation's arcs is without 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.arrays import Rows as FieldRows
from accel.arrays import load, store
from accel.bn254 import R
from accel.functions import constant, out_of_montgomery
from accel.functions import zero as zero_of
from accel.kernels import kernel
from accel.limbs import Words, words_from_ints
from accel.machine import FR
from accel.scalar import SCALAR
from circuits.soundness import naturals
from circuits.soundness.coefficients import Numbers
from circuits.soundness.equations import Equations
from circuits.soundness.incidence import Incidence

TIGHTENINGS = 4  # of one wire, so that intervals do not creep for ever
_INTO_MONTGOMERY = constant(1 << 256)


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """Intervals of wires.

    has   (n,) bool          wires that have one
    low   (n, 4) uint64      Montgomery
    span  (n, 4) uint64      canonical

    is_impossible  (m,) bool   equations that no values in the intervals satisfy
    """

    has: NDArray[np.bool_]
    low: Words
    span: Words
    is_impossible: NDArray[np.bool_]


def bounds_of(system: Equations, incidence: Incidence) -> Bounds:
    """The intervals that bits and equations imply.

    Cost: 0.1 us an entry.
    """
    n = system.total_count
    has = system.is_bit.copy()
    has[0] = True
    low = np.zeros((n, 4), np.uint64)
    low[0] = system.dictionary.montgomery()[system.dictionary.number(1)]
    span = np.zeros((n, 4), np.uint64)
    span[system.is_bit, 0] = 1
    linear, dictionary = system.linear, system.dictionary
    missing = np.zeros(len(linear), np.int64)
    np.add.at(missing, linear.row_of_entry(), ~has[linear.wires])
    queue = np.empty(len(linear) + 1, np.int64)
    scratch = np.zeros((8, 4), np.uint64)
    scratch[0] = words_from_ints([R])[0]
    is_impossible = np.zeros(len(linear), np.bool_)
    _spread(
        (linear.starts, linear.wires, linear.numbers),
        (incidence.linear_starts, incidence.linear_rows),
        (dictionary.sizes(), dictionary.signs(), FieldRows(FR, SCALAR, dictionary.montgomery(), 1)),
        (has, FieldRows(FR, SCALAR, low, 1), span, low),
        missing,
        np.zeros(n, np.int8),
        queue,
        np.zeros(len(linear), np.bool_),
        is_impossible,
        scratch,
        FieldRows(FR, SCALAR, scratch, 1),
    )
    return Bounds(has, low, span, is_impossible)


@kernel
def _spread(
    linear: Any,
    incidence: Any,
    coefficients: Any,
    bounds: Any,
    missing: Numbers,
    tightened: NDArray[np.int8],
    queue: Numbers,
    is_queued: NDArray[np.bool_],
    is_impossible: NDArray[np.bool_],
    scratch: Words,
    scratch_rows: Any,
) -> None:
    """Go through the equations until no interval changes.

    linear        starts, wires, numbers of coefficients
    incidence     starts, equations: of each wire the equations it stands in
    coefficients  sizes (k, 4), signs (k,), values as field rows
    bounds        has, low as field rows, span (n, 4), low as words
    missing       of each equation, the wires without an interval
    is_impossible of each equation, written
    scratch       (8, 4): r; the sum of all spans; a product; a span; lows and distances
    """
    starts, wires, numbers = linear
    sizes, signs, values = coefficients
    has, lows, spans, _ = bounds
    count = len(starts) - 1
    capacity = len(queue)
    head = np.int64(0)
    tail = np.int64(0)
    for row in range(count):
        if missing[row] <= 1:
            queue[tail] = row
            tail += 1
            is_queued[row] = True
    while head != tail:
        row = queue[head]
        head = head + np.int64(1) if head + 1 < capacity else np.int64(0)
        is_queued[row] = False
        if missing[row] > 1:
            continue
        (like,) = load(values, 0)
        low = zero_of(like)
        for k in range(4):
            scratch[1, k] = np.uint64(0)
        target = -1
        fits = True
        for e in range(starts[row], starts[row + 1]):
            wire, number = wires[e], numbers[e]
            if not has[wire]:
                target = e
                continue
            fits = fits and naturals.multiply(sizes, number, spans, wire, scratch, 2)
            fits = fits and naturals.add(scratch, 1, scratch, 2, scratch, 1)
            (begin,) = load(lows, wire)
            (factor,) = load(values, number)
            if signs[number] < 0:
                naturals.copy(spans, wire, scratch, 3)
                (width,) = load(scratch_rows, 3)
                begin = begin + width * _INTO_MONTGOMERY(width)
            low = low + factor * begin
        if not fits:
            continue
        if target >= 0:  # its interval is new: there is no other yet
            _narrow(
                row, target, low, linear, incidence, coefficients, bounds, scratch, scratch_rows
            )
            if has[wires[target]]:
                tail = _changed(wires[target], True, incidence, missing, queue, tail, is_queued)
            continue
        ahead = zero_of(low) - low  # from the least sum to 0
        store(scratch_rows, 4, (ahead * out_of_montgomery(ahead),))
        if naturals.is_less(scratch, 1, scratch, 0):
            if naturals.is_less(scratch, 1, scratch, 4):
                is_impossible[row] = True
                continue
            is_least = naturals.is_zero(scratch, 4)
            if is_least or not naturals.is_less(scratch, 4, scratch, 1):
                for e in range(starts[row], starts[row + 1]):
                    if not naturals.is_zero(spans, wires[e]):
                        at_low = is_least == (signs[numbers[e]] > 0)
                        _pin(wires[e], at_low, bounds, scratch, scratch_rows)
                        tail = _changed(wires[e], False, incidence, missing, queue, tail, is_queued)
                continue
        for e in range(starts[row], starts[row + 1]):
            wire = wires[e]
            if wire == 0 or tightened[wire] >= TIGHTENINGS or naturals.is_one(spans, wire):
                continue
            naturals.copy(spans, wire, scratch, 7)
            if naturals.is_one(sizes, numbers[e]):
                (begin,) = load(lows, wire)
                (factor,) = load(values, numbers[e])
                if signs[numbers[e]] < 0:
                    naturals.copy(spans, wire, scratch, 3)
                    (width,) = load(scratch_rows, 3)
                    begin = begin + width * _INTO_MONTGOMERY(width)
                naturals.copy(scratch, 1, scratch, 6)
                naturals.subtract(scratch, 1, spans, wire, scratch, 1)
                if not _narrow(
                    row,
                    e,
                    low - factor * begin,
                    linear,
                    incidence,
                    coefficients,
                    bounds,
                    scratch,
                    scratch_rows,
                ):
                    is_impossible[row] = True
                naturals.copy(scratch, 6, scratch, 1)
                if naturals.is_less(spans, wire, scratch, 7):
                    tightened[wire] += 1
                    tail = _changed(wire, False, incidence, missing, queue, tail, is_queued)
                    break  # the sums of this equation are those of before: it is in the queue
    return


@kernel
def _pin(wire: int, at_low: bool, bounds: Any, scratch: Words, scratch_rows: Any) -> None:
    """Leave a wire one end of its interval."""
    _, lows, spans, _ = bounds
    if not at_low:
        (begin,) = load(lows, wire)
        naturals.copy(spans, wire, scratch, 3)
        (width,) = load(scratch_rows, 3)
        store(lows, wire, (begin + width * _INTO_MONTGOMERY(width),))
    for k in range(4):
        spans[wire, k] = np.uint64(0)


@kernel
def _changed(
    wire: int,
    is_new: bool,
    incidence: Any,
    missing: Numbers,
    queue: Numbers,
    tail: int,
    is_queued: NDArray[np.bool_],
) -> int:
    """Queue the equations of a wire whose interval changed; returns the queue's end."""
    of_starts, of_rows = incidence
    for i in range(of_starts[wire], of_starts[wire + 1]):
        row = of_rows[i]
        if is_new:
            missing[row] -= 1
        if missing[row] <= 1 and not is_queued[row]:
            queue[tail] = row
            tail = tail + 1 if tail + 1 < len(queue) else 0
            is_queued[row] = True
    return tail


@kernel
def _narrow(
    row: int,
    entry: int,
    low: Any,
    linear: Any,
    incidence: Any,
    coefficients: Any,
    bounds: Any,
    scratch: Words,
    scratch_rows: Any,
) -> bool:
    """Give the wire of an entry the interval that the rest of its equation leaves.

    Returns False if that has nothing in common with the one it has.

    low         of the sum of the rest; its span is scratch[1]
    """
    _, wires, numbers = linear
    sizes, signs, _ = coefficients
    has, lows, spans, _ = bounds
    wire, number = wires[entry], numbers[entry]
    if not naturals.is_one(sizes, number) or not naturals.is_less(scratch, 1, scratch, 0):
        return True
    (width,) = load(scratch_rows, 1)
    if signs[number] > 0:  # wire = -rest
        begin = zero_of(low) - low - width * _INTO_MONTGOMERY(width)
    else:
        begin = low - zero_of(low)
    if not has[wire]:
        has[wire] = True
        store(lows, wire, (begin,))
        naturals.copy(scratch, 1, spans, wire)
        return True
    (known,) = load(lows, wire)
    # the arcs [known, known + spans[wire]] and [begin, begin + scratch[1]]
    ahead = begin - known
    store(scratch_rows, 4, (ahead * out_of_montgomery(ahead),))
    if not naturals.is_less(spans, wire, scratch, 4):  # begins inside the known one
        if naturals.add(scratch, 4, scratch, 1, scratch, 5) and naturals.is_less(
            scratch, 5, scratch, 0
        ):
            naturals.subtract(spans, wire, scratch, 4, scratch, 5)
            if naturals.is_less(scratch, 1, scratch, 5):
                naturals.copy(scratch, 1, spans, wire)
            else:
                naturals.copy(scratch, 5, spans, wire)
            store(lows, wire, (begin,))
        return True
    behind = known - begin
    store(scratch_rows, 4, (behind * out_of_montgomery(behind),))
    if naturals.is_less(scratch, 1, scratch, 4):
        return False
    # the known one begins inside this
    if naturals.add(scratch, 4, spans, wire, scratch, 5) and naturals.is_less(
        scratch, 5, scratch, 0
    ):
        naturals.subtract(scratch, 1, scratch, 4, scratch, 5)
        if naturals.is_less(scratch, 5, spans, wire):
            naturals.copy(scratch, 5, spans, wire)
    return True
