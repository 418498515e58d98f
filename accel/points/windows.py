"""Sums of a combination for each window, for many points side by side, in affine batches."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import overload

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import load, signs, store
from zkpipe.accel.fields.functions import (
    any_lane,
    is_blank,
    is_zero,
    lanes,
    mask_bits,
    one,
    reduce,
    select,
    square,
    zero,
)
from zkpipe.accel.fields.inverse import invert
from zkpipe.accel.msm.affine_batches import entry
from zkpipe.accel.points.combinations import COMBINATIONS, ROWS, combine
from zkpipe.accel.points.digits import look_up

SLOT_BOUNDS = (2, 12, 5)  # of running products, of differences of x, of y; see `_add_once`


@kernel
def _double_and_start(rows, index, inverse, fresh, down, blocks, sums, slots):
    """Double all S unless `fresh`, then begin to add what the index names."""
    sum_x, sum_y = sums
    before, run, slope = slots
    running = one(before)
    for j in range(blocks):
        i = blocks - 1 - j if down else j
        x, y = sum_x[i], sum_y[i]
        if not fresh:
            own = inverse * before[i]
            inverse = inverse * (y + y)
            squared = square(x)
            tangent = (squared + squared + squared) * own
            x3 = reduce(square(tangent) - (x + x))
            y = reduce(tangent * (x - x3) - y)
            x = x3
            sum_x[i], sum_y[i] = x, y
        x2, y2 = entry(rows, index, i)
        difference = x2 - x
        run[i], slope[i] = difference, y2 - y
        before[i] = running
        running = running * difference
    return reduce(running)


@kernel
def _add_once(inverse, down, blocks, sums, slots):
    """From S and T to S + T, of which only x is needed: begin to add S again."""
    sum_x = sums[0]
    before, run, slope = slots
    running = one(before)
    for j in range(blocks):
        i = blocks - 1 - j if down else j
        x, difference = sum_x[i], run[i]
        own = inverse * before[i]
        inverse = inverse * difference
        chord = slope[i] * own
        again = reduce(square(chord) - (x + x + x + difference))
        slope[i], run[i] = chord, again
        before[i] = running
        running = running * again
    return reduce(running)


@kernel
def _added_twice(inverse, i, sums, slots):
    """The other half of it for one block: 2 S + T, and the inverse for the next block."""
    sum_x, sum_y = sums
    before, run, slope = slots
    x, y, again = sum_x[i], sum_y[i], run[i]
    own = inverse * before[i]
    inverse = inverse * again
    chord = slope[i] + (y + y) * own  # negated
    x4 = reduce(square(chord) - (x + x + again))
    y4 = reduce(chord * (x4 - x) - y)
    sum_x[i], sum_y[i] = x4, y4
    return x4, y4, inverse


@kernel
def _add_twice_and_double(inverse, fresh, down, blocks, sums, slots):
    """Finish 2 S + T unless `fresh`, and begin to double."""
    sum_y = sums[1]
    before = slots[0]
    running = one(before)
    for j in range(blocks):
        i = blocks - 1 - j if down else j
        y = sum_y[i]
        if not fresh:
            _, y, inverse = _added_twice(inverse, i, sums, slots)
        before[i] = running
        running = running * (y + y)
    return reduce(running)


@kernel
def _add_twice_and_start(rows, index, inverse, fresh, down, blocks, sums, slots):
    """Finish 2 S + T unless `fresh`, and begin to add what the index names."""
    sum_x, sum_y = sums
    before, run, slope = slots
    running = one(before)
    for j in range(blocks):
        i = blocks - 1 - j if down else j
        x, y = sum_x[i], sum_y[i]
        if not fresh:
            x, y, inverse = _added_twice(inverse, i, sums, slots)
        x2, y2 = entry(rows, index, i)
        difference = x2 - x
        run[i], slope[i] = difference, y2 - y
        before[i] = running
        running = running * difference
    return reduce(running)


def _begin_window(
    rows: Any, index: Any, inverse: Any, passes: Any, last: Any, blocks: Any, work: Any
) -> Any:
    """In kernels: finish a window, if passes > 0, and begin to add the next one's points.

    passes    how many there were: the first goes up, the next down, and so on
    last      nothing is doubled first: the points are not a window's
    result    the product of all differences
    """
    raise TypeError("_begin_window is a function of kernels")


@overload(_begin_window)
def _begin_window_of(rows, index, inverse, passes, last, blocks, work):
    if rows.field.degree == 2:

        def of_g2(rows, index, inverse, passes, last, blocks, work):
            sums, slots, _ = work
            down = passes & 1 == 1
            return _add_twice_and_start(
                rows, index, inverse, passes == 0, down, blocks, sums, slots
            )

        return of_g2

    def of_g1(rows, index, inverse, passes, last, blocks, work):
        sums, slots, failed = work
        down = passes & 1 == 1
        product = _add_twice_and_double(inverse, passes == 0, down, blocks, sums, slots)
        inverse = _inverse(product, failed)
        return _double_and_start(rows, index, inverse, last, not down, blocks, sums, slots)

    return of_g1


@kernel
def _inverse(product, failed):
    """The inverse, and whether there is none in some lane."""
    failed[0] |= any_lane(is_zero(product))
    return invert(product)


@kernel
def _take(points, rows, blocks, none):
    """Place 8 of the table = the points; a finite one for infinity, whose numbers get bit 31."""
    width = lanes(load(rows, 0)[0])
    xf, yf = load(rows, ROWS * blocks)
    for i in range(blocks):
        x, y = load(points, i)
        blank = is_blank(x) & is_blank(y)
        bits = mask_bits(blank)
        for k in range(width):
            if bits >> k & 1:
                none[i * width + k] |= np.uint32(1 << 31)
        store(
            rows,
            COMBINATIONS * blocks + i,
            (reduce(select(blank, xf, x)), reduce(select(blank, yf, y))),
        )


@kernel
def _finish(rows, none, inverse, down, blocks, sums, slots, out):
    """Add once and store; zeros where bit 31 of `none` is set."""
    sum_x, sum_y = sums
    before, run, slope = slots
    for j in range(blocks):
        i = blocks - 1 - j if down else j
        x, y, difference = sum_x[i], sum_y[i], run[i]
        own = inverse * before[i]
        inverse = inverse * difference
        chord = slope[i] * own
        x3 = reduce(square(chord) - (x + x + difference))
        y3 = reduce(chord * (x - x3) - y)
        empty = signs(rows, none, i)
        store(out, i, (select(empty, zero(x), x3), select(empty, zero(y), y3)))


@kernel
def multiply_batch(
    points, rows, places, bits, digits, window_bits, index, none, blocks, work, without, out
):
    """A batch; whether it failed is left in `work`."""
    sums, slots, failed = work
    sum_x, sum_y = sums
    _take(points, rows, blocks, none)
    if not combine(rows, places, blocks, slots[0], without):
        failed[0] = True
    xb, yb = load(rows, ROWS * blocks + 1)
    for i in range(blocks):
        sum_x[i], sum_y[i] = xb, yb
    inverse = one(xb)
    windows = digits // window_bits
    passes = 0
    for step in range(windows):
        look_up(bits, digits - (step + 1) * window_bits, window_bits, index)
        product = _begin_window(rows, index, inverse, passes, False, blocks, work)
        inverse = _inverse(product, failed)
        passes += window_bits
        product = _add_once(inverse, passes & 1 == 1, blocks, sums, slots)
        inverse = _inverse(product, failed)
        passes += 1
    width = lanes(xb)
    for i in range(len(none)):
        index[i] = none[i] | np.uint32(ROWS * len(none) + (1 if none[i] else 2) * width)
    product = _begin_window(rows, index, inverse, passes, True, blocks, work)
    inverse = _inverse(product, failed)
    down = (passes + window_bits) & 1 == 1
    _finish(rows, none, inverse, down, blocks, sums, slots, out)
