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

from zkpipe.accel.bn254 import FR, R
from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import Rows as FieldRows
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import constant, out_of_montgomery
from zkpipe.accel.fields.functions import zero as zero_of
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.machines.scalar import SCALAR
from zkpipe.circuits.soundness.model import naturals
from zkpipe.circuits.soundness.model.coefficients import Numbers
from zkpipe.circuits.soundness.model.equations import Equations
from zkpipe.circuits.soundness.model.incidence import Incidence

TIGHTENINGS = 4  # of one wire, so that intervals do not creep for ever
LONG = 1 << 8  # entries; an equation of more, as no number's digits have, waits for all others
MOST_VISITS = 1 << 6  # of such an equation
_INTO_MONTGOMERY = constant(1 << 256)


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """Intervals of wires.

    has   (n,) bool          wires that have one
    low   (n, 4) uint64      Montgomery
    span  (n, 4) uint64      canonical

    is_impossible  (m,) bool   equations that no values in the intervals satisfy
    work           entries of equations that were read to find them
    """

    has: NDArray[np.bool_]
    low: Words
    span: Words
    is_impossible: NDArray[np.bool_]
    work: int


def bounds_of(system: Equations, incidence: Incidence) -> Bounds:
    """The intervals that bits and equations imply.

    Cost: 0.1 us an entry; some times as much where intervals become narrower.
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
    scratch = np.zeros((8, 4), np.uint64)
    scratch[0] = words_from_ints([R])[0]
    is_impossible = np.zeros(len(linear), np.bool_)
    work = _spread(
        (linear.starts, linear.wires, linear.numbers),
        (incidence.linear_starts, incidence.linear_rows),
        (dictionary.sizes(), dictionary.signs(), FieldRows(FR, SCALAR, dictionary.montgomery(), 1)),
        (has, FieldRows(FR, SCALAR, low, 1), span, low),
        missing,
        np.zeros(n, np.int8),
        (
            np.empty((2, len(linear) + 1), np.int64),
            np.zeros((2, 2), np.int64),
            np.zeros(len(linear), np.bool_),
            np.zeros(len(linear), np.int8),
        ),
        is_impossible,
        scratch,
        FieldRows(FR, SCALAR, scratch, 1),
    )
    return Bounds(has, low, span, is_impossible, int(work))


@kernel
def _spread(
    linear: Any,
    incidence: Any,
    coefficients: Any,
    bounds: Any,
    missing: Numbers,
    tightened: NDArray[np.int8],
    queues: Any,
    is_impossible: NDArray[np.bool_],
    scratch: Words,
    scratch_rows: Any,
) -> int:
    """Go through the equations until no interval changes; how many entries were read.

    linear        starts, wires, numbers of coefficients
    incidence     starts, equations: of each wire the equations it stands in
    coefficients  sizes (k, 4), signs (k,), values as field rows
    bounds        has, low as field rows, span (n, 4), low as words
    missing       of each equation, the wires without an interval
    tightened     of each wire, how often a sum has made its interval narrower
    queues        rings of equations, the long ones in the second; head and tail of each; of each
                  equation, whether it is in one, and how often it was visited if it is long
    is_impossible of each equation, written
    scratch       (8, 4): r; the sum of all spans; a product; a span; lows and distances
    """
    starts, wires, numbers = linear
    sizes, signs, values = coefficients
    has, _, spans, _ = bounds
    rings, ends, is_queued, visits = queues
    work = 0
    for row in range(len(starts) - 1):
        if missing[row] <= 1:
            _put(row, linear, queues)
    while True:
        ring = 0 if ends[0, 0] != ends[0, 1] else 1
        head = ends[ring, 0]
        if head == ends[ring, 1]:
            break
        row = rings[ring, head]
        ends[ring, 0] = head + 1 if head + 1 < rings.shape[1] else 0
        is_queued[row] = False
        if ring == 1:
            if visits[row] >= MOST_VISITS:
                continue
            visits[row] += 1
        if missing[row] > 1:
            continue
        work += starts[row + 1] - starts[row]
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
            (factor,) = load(values, number)
            begin = _end(wire, signs[number] > 0, bounds, scratch, scratch_rows)
            low = low + factor * begin
        if not fits:
            continue
        if target >= 0:  # its interval is new: there is no other yet
            _narrow(
                row, target, low, linear, incidence, coefficients, bounds, scratch, scratch_rows
            )
            if has[wires[target]]:
                _changed(wires[target], True, linear, incidence, missing, queues)
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
                        _changed(wires[e], False, linear, incidence, missing, queues)
                continue
        for e in range(starts[row], starts[row + 1]):
            wire = wires[e]
            if wire == 0 or tightened[wire] >= TIGHTENINGS or naturals.is_one(spans, wire):
                continue
            if not naturals.is_one(sizes, numbers[e]):
                continue
            (factor,) = load(values, numbers[e])
            is_positive = signs[numbers[e]] > 0
            begin = _end(wire, is_positive, bounds, scratch, scratch_rows)
            naturals.subtract(scratch, 1, spans, wire, scratch, 1)
            naturals.copy(spans, wire, scratch, 6)
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
            naturals.add(scratch, 1, spans, wire, scratch, 1)
            if naturals.is_less(spans, wire, scratch, 6):
                end = _end(wire, is_positive, bounds, scratch, scratch_rows)
                low = low + factor * (end - begin)
                tightened[wire] += 1
                _changed(wire, False, linear, incidence, missing, queues)
    return work


@kernel
def _end(wire: int, is_low: bool, bounds: Any, scratch: Words, scratch_rows: Any) -> Any:
    """The low or the high end of a wire's interval."""
    _, lows, spans, _ = bounds
    (end,) = load(lows, wire)
    if not is_low:
        naturals.copy(spans, wire, scratch, 3)
        (width,) = load(scratch_rows, 3)
        end = end + width * _INTO_MONTGOMERY(width)
    return end


@kernel
def _pin(wire: int, at_low: bool, bounds: Any, scratch: Words, scratch_rows: Any) -> None:
    """Leave a wire one end of its interval."""
    _, lows, spans, _ = bounds
    store(lows, wire, (_end(wire, at_low, bounds, scratch, scratch_rows),))
    for k in range(4):
        spans[wire, k] = np.uint64(0)


@kernel
def _changed(
    wire: int, is_new: bool, linear: Any, incidence: Any, missing: Numbers, queues: Any
) -> None:
    """Queue the equations of a wire whose interval changed."""
    of_starts, of_rows = incidence
    for i in range(of_starts[wire], of_starts[wire + 1]):
        row = of_rows[i]
        if is_new:
            missing[row] -= 1
        if missing[row] <= 1:
            _put(row, linear, queues)


@kernel
def _put(row: int, linear: Any, queues: Any) -> None:
    """Queue an equation, if it is not in a queue."""
    starts, _, _ = linear
    rings, ends, is_queued, _ = queues
    if is_queued[row]:
        return
    is_queued[row] = True
    ring = 1 if starts[row + 1] - starts[row] > LONG else 0
    tail = ends[ring, 1]
    rings[ring, tail] = row
    ends[ring, 1] = tail + 1 if tail + 1 < rings.shape[1] else 0


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
