"""Sums of a combination for each window, for many points side by side, in affine batches."""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.kernels import kernel, part
from zkpipe.accel.fields.arrays import load, signs, store
from zkpipe.accel.fields.functions import (
    any_lane,
    is_blank,
    is_zero,
    lanes,
    less_all,
    mask_bits,
    one,
    reduce,
    select,
    square,
    zero,
)
from zkpipe.accel.fields.inverse import invert
from zkpipe.accel.msm.kernels.affine_batches import entry
from zkpipe.accel.points.digits import look_up
from zkpipe.accel.points.shapes import COMBINATIONS, ROWS

TILE = 8  # blocks that go through the steps of a pass together: they stay in the first cache


@part
def _double_and_start(rows, index, inverse, fresh, down, blocks, sums, slots):
    """Double all S unless `fresh`, then begin to add what the index names."""
    sum_x, sum_y = sums
    before, run, rise, _, slope = slots
    running = one(before)
    for first in range(0, blocks, TILE):
        last = min(first + TILE, blocks)
        if not fresh:
            for j in range(first, last):
                i = blocks - 1 - j if down else j
                y, squared = sum_y[i], square(sum_x[i])
                before[i] = inverse * before[i]
                inverse = inverse * (y + y)
                rise[i] = squared + squared + squared
            for j in range(first, last):
                i = blocks - 1 - j if down else j
                slope[i] = rise[i] * before[i]
            for j in range(first, last):
                i = blocks - 1 - j if down else j
                x = sum_x[i]
                doubled = reduce(less_all(square(slope[i]), (x, x)))
                sum_x[i], run[i] = doubled, x - doubled
        for j in range(first, last):
            i = blocks - 1 - j if down else j
            x, y = sum_x[i], sum_y[i]
            if not fresh:
                y = reduce(slope[i] * run[i] - y)
                sum_y[i] = y
            x2, y2 = entry(rows, index, i)
            difference = x2 - x
            before[i], run[i], rise[i] = running, difference, y2 - y
            running = running * difference
    return reduce(running)


@part
def _add_once(inverse, down, blocks, sums, slots):
    """From S and T to S + T, of which only x is needed: begin to add S again."""
    sum_x = sums[0]
    before, run, rise, again, slope = slots
    running = one(before)
    pending = one(again)
    for first in range(0, blocks, TILE):
        last = min(first + TILE, blocks)
        for j in range(first, last):
            i = blocks - 1 - j if down else j
            before[i] = inverse * before[i]
            inverse = inverse * run[i]
        for j in range(first, last):
            i = blocks - 1 - j if down else j
            slope[i] = rise[i] * before[i]
        for j in range(first, last):
            i = blocks - 1 - j if down else j
            running = running * pending
            before[i] = running
            x = sum_x[i]
            pending = less_all(square(slope[i]), (x, x, x, run[i]))
            again[i] = pending
    return reduce(running * pending)


@part
def _add_twice(inverse, first, last, down, blocks, sums, slots):
    """The other half for a tile but for y: 2 S + T is at x, y = rise * run - y."""
    sum_x, sum_y = sums
    before, run, rise, again, slope = slots
    for j in range(first, last):
        i = blocks - 1 - j if down else j
        before[i] = inverse * before[i]
        inverse = inverse * again[i]
    for j in range(first, last):
        i = blocks - 1 - j if down else j
        y = sum_y[i]
        rise[i] = slope[i] + (y + y) * before[i]  # the slope, negated
    for j in range(first, last):
        i = blocks - 1 - j if down else j
        x = sum_x[i]
        x4 = reduce(less_all(square(rise[i]), (x, x, again[i])))
        sum_x[i], run[i] = x4, x4 - x
    return inverse


@part
def _add_twice_and_double(inverse, fresh, down, blocks, sums, slots):
    """Finish 2 S + T unless `fresh`, and begin to double."""
    sum_y = sums[1]
    before, run, rise, _, _ = slots
    running = one(before)
    pending = one(run)
    for first in range(0, blocks, TILE):
        last = min(first + TILE, blocks)
        if not fresh:
            inverse = _add_twice(inverse, first, last, down, blocks, sums, slots)
        for j in range(first, last):
            i = blocks - 1 - j if down else j
            y = sum_y[i]
            if not fresh:
                y = reduce(rise[i] * run[i] - y)
                sum_y[i] = y
            running = running * pending
            before[i] = running
            pending = y + y
    return reduce(running * pending)


@part
def _add_twice_and_start(rows, index, inverse, fresh, down, blocks, sums, slots):
    """Finish 2 S + T unless `fresh`, and begin to add what the index names."""
    sum_x, sum_y = sums
    before, run, rise, _, _ = slots
    running = one(before)
    for first in range(0, blocks, TILE):
        last = min(first + TILE, blocks)
        if not fresh:
            inverse = _add_twice(inverse, first, last, down, blocks, sums, slots)
        for j in range(first, last):
            i = blocks - 1 - j if down else j
            y = sum_y[i]
            if not fresh:
                y = reduce(rise[i] * run[i] - y)
                sum_y[i] = y
            x2, y2 = entry(rows, index, i)
            difference = x2 - sum_x[i]
            before[i], run[i], rise[i] = running, difference, y2 - y
            running = running * difference
    return reduce(running)


@kernel
def _inverse(product, failed):
    """The inverse, and whether there is none in some lane."""
    failed[0] |= any_lane(is_zero(product))
    return invert(product)


@kernel
def take(points, rows, blocks, none):
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


@part
def _finish(rows, none, inverse, down, blocks, sums, slots, out):
    """Add once and store; zeros where bit 31 of `none` is set."""
    sum_x, sum_y = sums
    before, run, rise, _, _ = slots
    for j in range(blocks):
        i = blocks - 1 - j if down else j
        x, y, difference = sum_x[i], sum_y[i], run[i]
        own = inverse * before[i]
        inverse = inverse * difference
        chord = rise[i] * own
        x3 = reduce(square(chord) - (x + x + difference))
        y3 = reduce(chord * (x - x3) - y)
        empty = signs(rows, none, i)
        store(out, i, (select(empty, zero(x), x3), select(empty, zero(y), y3)))


@part
def _start(rows, sums, blocks):
    """All S = B."""
    sum_x, sum_y = sums
    x, y = load(rows, ROWS * blocks + 1)
    for i in range(blocks):
        sum_x[i], sum_y[i] = x, y


@kernel
def _take_away(rows, none, index):
    """The index of what is to be added for B in the end, and of -B where the result is zeros."""
    width = lanes(load(rows, 0)[0])
    for i in range(len(none)):
        index[i] = none[i] | np.uint32(ROWS * len(none) + (1 if none[i] else 2) * width)


@kernel
def multiply_g1(rows, bits, digits, index, none, blocks, work, out):
    """out = the multiples of a batch; whether two points met is left in `work`.

    rows   the table of combinations; behind it a block each of a finite point, of B, and of what
           is added for B in the end
    bits   digits of the scalars, so many each; see `recode`
    index  (n,) uint32   working memory
    none   (n,) uint32   bit 31 where the result is zeros
    work   sums, slots, and an array of one bool
    """
    sums, slots, failed = work
    _start(rows, sums, blocks)
    inverse = one(sums[0])
    windows = digits >> 1
    for step in range(windows + 1):
        down = step & 1 == 1  # each pass goes the other way, as its inverses want it
        product = _add_twice_and_double(inverse, step == 0, down, blocks, sums, slots)
        inverse = _inverse(product, failed)
        if step < windows:
            look_up(bits, digits - 2 * (step + 1), 2, index)
        else:
            _take_away(rows, none, index)
        last = step == windows
        product = _double_and_start(rows, index, inverse, last, not down, blocks, sums, slots)
        inverse = _inverse(product, failed)
        if last:
            _finish(rows, none, inverse, down, blocks, sums, slots, out)
        else:
            product = _add_once(inverse, down, blocks, sums, slots)
            inverse = _inverse(product, failed)


@kernel
def multiply_g2(rows, bits, digits, index, none, blocks, work, out):
    """As `multiply_g1`: a digit of each coordinate is a window, so that nothing else is doubled."""
    sums, slots, failed = work
    _start(rows, sums, blocks)
    inverse = one(sums[0])
    for step in range(digits + 1):
        if step < digits:
            look_up(bits, digits - (step + 1), 1, index)
        else:
            _take_away(rows, none, index)
        product = _add_twice_and_start(rows, index, inverse, step == 0, False, blocks, sums, slots)
        inverse = _inverse(product, failed)
        if step == digits:
            _finish(rows, none, inverse, True, blocks, sums, slots, out)
        else:
            product = _add_once(inverse, True, blocks, sums, slots)
            inverse = _inverse(product, failed)
