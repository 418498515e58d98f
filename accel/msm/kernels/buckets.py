"""Every bucket has a lane, and a point is added to it at every step.

An addition is slope = (y2 - y1) / (x2 - x1), x3 = slope^2 - x1 - x2, y3 = slope (x1 - x3) - y1:
five products and a square once 1 / (x2 - x1) is known, and Montgomery's trick gives the inverses
of a whole step for three products each and one inversion. Blocks of even and of odd number have
their own running product, so that the processor always has a second product to work on while one
waits for its operands. One text serves G1 and G2, one bucket a block and eight.

The fast way takes two different finite points for granted. Where that fails the product of all
differences is 0, and the step is done in the careful way, which sees equal points, opposite points
and infinity. Working rows and lanes hold infinity as zeros, which make no difference 0: where
infinity may be among the operands, a step is done carefully from the start.

Source: affine batches, eprint 2022/1396 section 5.3; Montgomery, Math. Comp. 48 (1987), 10.3.1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from zkpipe.accel.compiled.kernels import kernel, part
from zkpipe.accel.fields.arrays import RowsType, gather, prefetch, scatter, signs
from zkpipe.accel.fields.field import ElementsType
from zkpipe.accel.fields.functions import (
    any_lane,
    first_lanes,
    is_blank,
    is_zero,
    lanes,
    no_lane,
    one,
    reduce,
    select,
    square,
    subtract_reduced,
    zero,
)
from zkpipe.accel.fields.inverse import invert
from zkpipe.accel.msm.tiles import TILE


def _operand(source: Any, order: Any, i: Any) -> Any:
    """In kernels: the points of block i, from lanes, or from rows in the given order."""
    raise TypeError("_operand is a function of kernels")


@overload(_operand)
def _operand_of(source, order, i):
    if isinstance(source, RowsType):

        def from_rows(source, order, i):
            x, y = gather(source, order, i)
            return x, select(signs(source, order, i), -y, y)

        return from_rows
    if isinstance(source, types.BaseTuple) and isinstance(source[0], ElementsType):
        return lambda source, order, i: (source[0][i], source[1][i])
    return None


def prefetch_rows(source: Any, order: Any, i: Any) -> Any:
    """In kernels: ask the memory for the rows of block i."""
    raise TypeError("prefetch_rows is a function of kernels")


@overload(prefetch_rows)
def _prefetch_rows_of(source, order, i):
    if isinstance(source, RowsType):
        return lambda source, order, i: prefetch(source, order, i)
    return lambda source, order, i: None


@kernel
def _forward(points, source, order, first, blocks, slots):
    """Keep the differences of all pairs and their running products; give the two products."""
    x, y = points
    before, run, rise = slots
    even, odd = one(before), one(before)
    for i in range(0, blocks - 1, 2):
        xa, ya = _operand(source, order, first + i)
        xb, yb = _operand(source, order, first + i + 1)
        before[i], before[i + 1] = even, odd
        run_a, run_b = xa - x[i], xb - x[i + 1]
        even, odd = even * run_a, odd * run_b
        run[i], run[i + 1] = run_a, run_b
        rise[i], rise[i + 1] = ya - y[i], yb - y[i + 1]
    if blocks & 1:
        i = blocks - 1
        xa, ya = _operand(source, order, first + i)
        before[i] = even
        run_a = xa - x[i]
        even = even * run_a
        run[i], rise[i] = run_a, ya - y[i]
    return even, odd


@kernel
def _backward(points, source, order, ahead, next_blocks, even, odd, blocks, slots):
    """Give each pair its inverse, from the last to the first, and add.

    even, odd    inverses of the two running products
    ahead        first block of the next step, whose rows are asked for here
    next_blocks  how many blocks it has
    """
    x, y = points
    before, run, rise = slots
    if blocks & 1:
        i = blocks - 1
        own = even * before[i]
        even = even * run[i]
        slope = rise[i] * own
        xa = x[i]
        x3 = reduce(square(slope) - (run[i] + (xa + xa)))
        x[i], y[i] = x3, subtract_reduced(slope * (xa - x3), (y[i],))
        if i < next_blocks:
            prefetch_rows(source, order, ahead + i)
    for i in range((blocks & ~1) - 2, -1, -2):
        run_a, run_b = run[i], run[i + 1]
        own_a = even * before[i]
        own_b = odd * before[i + 1]
        slope_a = rise[i] * own_a
        even = even * run_a
        slope_b = rise[i + 1] * own_b
        xa, xb = x[i], x[i + 1]
        square_a = square(slope_a)
        odd = odd * run_b
        square_b = square(slope_b)
        x3_a = reduce(square_a - (run_a + (xa + xa)))
        x3_b = reduce(square_b - (run_b + (xb + xb)))
        x[i], x[i + 1] = x3_a, x3_b
        product_a, product_b = slope_a * (xa - x3_a), slope_b * (xb - x3_b)
        y3_a, y3_b = subtract_reduced(product_a, (y[i],)), subtract_reduced(product_b, (y[i + 1],))
        y[i], y[i + 1] = y3_a, y3_b
        if i + 1 < next_blocks:
            prefetch_rows(source, order, ahead + i)
            prefetch_rows(source, order, ahead + i + 1)


@kernel
def _slope(x1, y1, x2, y2):
    """(run, rise) of the chord or tangent through two points; (1, 0) where there is none."""
    run, rise = x2 - x1, y2 - y1
    infinite = (is_blank(x1) & is_blank(y1)) | (is_blank(x2) & is_blank(y2))
    same_x = is_zero(run) & ~infinite
    equal = same_x & is_zero(rise)
    none = infinite | (same_x & ~equal)
    squared = square(x1)
    run = select(none, one(x1), select(equal, y1 + y1, run))
    rise = select(none, zero(x1), select(equal, squared + squared + squared, rise))
    return reduce(run), reduce(rise)


@part
def _forward_carefully(points, source, order, first, blocks, slots):
    x, y = points
    before, run, rise = slots
    running = one(before)
    for i in range(blocks):
        x2, y2 = _operand(source, order, first + i)
        before[i] = running
        run[i], rise[i] = _slope(x[i], y[i], x2, y2)
        running = running * run[i]
    return running


@part
def _backward_carefully(points, source, order, first, inverse, blocks, slots):
    """As `_backward`, deciding lane by lane; give whether some sum is infinity."""
    x, y = points
    before, run, rise = slots
    found = no_lane(before)
    for i in range(blocks - 1, -1, -1):
        x1, y1 = x[i], y[i]
        x2, y2 = _operand(source, order, first + i)
        x2, y2 = reduce(x2), reduce(y2)
        slope = rise[i] * (inverse * before[i])
        inverse = inverse * run[i]
        x3 = reduce(square(slope) - x1 - x2)
        y3 = reduce(slope * (x1 - x3) - y1)
        first_infinite, second_infinite = (
            is_blank(x1) & is_blank(y1),
            is_blank(x2) & is_blank(y2),
        )
        opposite = is_zero(x1 - x2) & is_zero(y1 + y2) & ~first_infinite & ~second_infinite
        nothing = zero(before)
        x3, y3 = select(opposite, nothing, x3), select(opposite, nothing, y3)
        x3, y3 = select(second_infinite, x1, x3), select(second_infinite, y1, y3)
        x3, y3 = select(first_infinite, x2, x3), select(first_infinite, y2, y3)
        x[i], y[i] = x3, y3
        found = found | (is_blank(x3) & is_blank(y3))
    return any_lane(found)


@kernel
def add_step(points, source, order, first, active, ahead, next_blocks, slots, may_have_infinity):
    """Add to the first `active` lanes of `points` the operands of one step.

    points       (x, y): the accumulators
    source       rows of points with an order of entries, from block `first` on; or (x, y) in lanes
    ahead, next_blocks  block and number of blocks of the step to come
    may_have_infinity      whether infinity may be among the operands
    result       whether infinity may be among the sums
    """
    x, y = points
    width = lanes(one(x))
    blocks = (active + width - 1) // width
    last = blocks - 1
    kept_x, kept_y = x[last], y[last]
    watch = may_have_infinity
    if not watch:
        even, odd = _forward(points, source, order, first, blocks, slots)
        product = even * odd
        watch = any_lane(is_zero(product))
        if not watch:
            inverse = invert(product)
            odd, even = inverse * even, inverse * odd
            _backward(points, source, order, ahead, next_blocks, even, odd, blocks, slots)
    if watch:
        product = _forward_carefully(points, source, order, first, blocks, slots)
        watch = _backward_carefully(points, source, order, first, invert(product), blocks, slots)
    if active < blocks * width:
        served = first_lanes(kept_x, active - last * width)
        x[last] = select(served, x[last], kept_x)
        y[last] = select(served, y[last], kept_y)
    return watch


@kernel
def start(points, source, order, first, blocks):
    """The accumulators' first points."""
    x, y = points
    for i in range(blocks):
        x2, y2 = _operand(source, order, first + i)
        x[i], y[i] = reduce(x2), reduce(y2)


@kernel
def finish(points, target, target_rows, blocks):
    """target[target_rows[k]] = the point in lane k."""
    x, y = points
    for i in range(blocks):
        scatter(target, target_rows, i, (x[i], y[i]))


@part
def sum_runs(
    source,
    order,
    tile_first,
    step_start,
    step_active,
    points,
    slots,
    may_have_infinity,
    target,
    target_rows,
):
    """target[target_rows[k]] = the sum of run k; give whether some sum may be infinity."""
    width = lanes(one(points[0]))
    found = False
    for t in range(len(tile_first) - 1):
        step, stop = np.int64(tile_first[t]), np.int64(tile_first[t + 1])
        runs = np.int64(step_active[step])
        blocks = (runs + width - 1) // width
        start(points, source, order, np.int64(step_start[step]) // width, blocks)
        watch = may_have_infinity
        for k in range(step + 1, stop):
            first, active = np.int64(step_start[k]) // width, np.int64(step_active[k])
            ahead, next_blocks = 0, 0
            if k + 1 < stop:
                ahead = np.int64(step_start[k + 1]) // width
                next_blocks = np.int64(step_active[k + 1]) // width
            watch = add_step(
                points,
                source,
                order,
                first,
                active,
                ahead,
                next_blocks,
                slots,
                watch or may_have_infinity,
            )
            found |= watch
        finish(points, target, target_rows[t * TILE :], blocks)
    return found
