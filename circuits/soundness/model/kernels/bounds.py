"""The texts of circuits.soundness.model.bounds: intervals, until none changes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import constant, out_of_montgomery
from zkpipe.accel.fields.functions import zero as zero_of
from zkpipe.accel.fields.limbs import Words
from zkpipe.circuits.soundness.model import naturals
from zkpipe.circuits.soundness.model.coefficients import Numbers

TIGHTENINGS = 4  # of one wire, so that intervals do not creep for ever
LONG = 1 << 8  # entries; an equation of more, as no number's digits have, waits for all others
MOST_VISITS = 1 << 6  # of such an equation
_INTO_MONTGOMERY = constant(1 << 256)


@kernel
def spread(
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
