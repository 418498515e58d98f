"""Affine additions of many pairs of points with one inversion a batch: tables of a setup.

An addition is slope = (y2 - y1) / (x2 - x1), x3 = slope^2 - x1 - x2, y3 = slope (x1 - x3) - y1:
five products and a square once 1 / (x2 - x1) is known, and Montgomery's trick gives the inverses of
a batch for three products each and one inversion. One text serves G1 and G2, one pair at a time
and eight.

The fast way takes x1 != x2 for granted. Where that fails for some pair of a batch the product of
all differences is 0, and the batch is done again in the careful way, which sees equal points,
opposite points and infinity. Working rows hold infinity as zeros; a caller who may have infinity
among its operands asks for the careful way at once, because infinity makes no difference 0.

Source: affine batches, eprint 2022/1396 section 5.3; Montgomery, Math. Comp. 48 (1987), 10.3.1.
"""

from __future__ import annotations

from accel.arrays import Elements, gather, prefetch, scatter
from accel.functions import any_lane, is_blank, is_zero, lanes, one, reduce, select, square, zero
from accel.inverse import invert
from accel.kernels import kernel
from accel.machine import Field, Machine

# Blocks of one batch. An inversion costs 100 products; at 256 blocks it is under 3 ns an addition,
# and the six slots of a batch, 480 KiB for eight lanes of Fp, stay in the second-level cache.
BATCH_BLOCKS = {1: 1024, 8: 256}
AHEAD = 8  # blocks between asking the memory for the right operands and reading them
SLOT_BOUND = 8  # the careful way's 3 x^2 is the largest value kept, below 6p

Slots = tuple[Elements, ...]


def batch_slots(field: Field, machine: Machine, pairs: int) -> Slots:
    """Working memory of a thread that adds: what the backward pass needs of each pair.

    pairs  how many will be added at a time; more than a whole batch makes no difference
    """
    count = min(pairs, BATCH_BLOCKS[machine.width] * machine.width)
    return tuple(Elements(field, machine, count, SLOT_BOUND) for _ in range(6))


@kernel
def _forward(left, left_index, right, right_index, count, slots):
    """Keep the differences of all pairs and their running products; give the whole product."""
    before, difference, rise, x1, y1, total = slots
    running = one(before)
    for i in range(count):
        if i + AHEAD < count:
            prefetch(right, right_index, i + AHEAD)
        xa, ya = gather(left, left_index, i)
        xb, yb = gather(right, right_index, i)
        run = xb - xa
        before[i] = running
        difference[i], rise[i] = run, yb - ya
        x1[i], y1[i], total[i] = xa, ya, xa + xb
        running = running * run
    return running


@kernel
def _forward_carefully(left, left_index, right, right_index, count, slots):
    """As `_forward`, with the slots of exceptional pairs filled so that the same formulas serve.

    equal points      slope = 3 x^2 / 2 y
    one is infinity   slope = 0, and x3 = -total, y3 = -y1 give the other, be it infinity too
    opposite points   slope = 0, total = 0, y1 = 0, which gives x3 = y3 = 0 mod p
    """
    before, difference, rise, x1, y1, total = slots
    running = one(before)
    for i in range(count):
        xa, ya = gather(left, left_index, i)
        xb, yb = gather(right, right_index, i)
        run, climb = xb - xa, yb - ya
        left_is_infinite = is_blank(xa) & is_blank(ya)
        right_is_infinite = is_blank(xb) & is_blank(yb)
        infinite = left_is_infinite | right_is_infinite
        same_x = is_zero(run) & ~infinite
        equal = same_x & is_zero(climb)
        opposite = same_x & ~equal
        flat = infinite | opposite
        none = zero(before)
        squared = square(xa)
        run = select(equal, ya + ya, run)
        run = select(flat, one(before), run)
        climb = select(equal, squared + squared + squared, climb)
        climb = select(flat, none, climb)
        sum_x = xa + xb
        sum_x = select(right_is_infinite, -xa, sum_x)
        sum_x = select(left_is_infinite, -xb, sum_x)
        first_y = select(right_is_infinite, -ya, ya)
        first_y = select(left_is_infinite, -yb, first_y)
        before[i] = running
        difference[i], rise[i] = run, climb
        x1[i], y1[i], total[i] = xa, select(opposite, none, first_y), select(opposite, none, sum_x)
        running = running * run
    return running


@kernel
def _backward(inverse, out, out_index, count, slots, careful):
    """Give each pair its inverse, from the last to the first, and add."""
    before, difference, rise, x1, y1, total = slots
    for i in range(count - 1, -1, -1):
        own = inverse * before[i]
        inverse = reduce(inverse * difference[i])
        slope = rise[i] * own
        x3 = reduce(square(slope) - total[i])
        y3 = reduce(slope * (x1[i] - x3) - y1[i])
        if careful:
            infinite = is_zero(x3) & is_zero(y3)  # (0, 0) is on neither curve
            none = zero(before)
            x3, y3 = select(infinite, none, x3), select(infinite, none, y3)
        scatter(out, out_index, i, (x3, y3))


@kernel
def add_rows(left, left_index, right, right_index, out, out_index, blocks, slots, careful):
    """out[out_index[k]] = left[left_index[k]] + right[right_index[k]] for k < blocks * lanes.

    left, right, out   working rows of points; out may be left or right, if no row is both written
                       and read by another pair
    ..._index          uint32, at least blocks * lanes entries; repeat a pair to fill the last block
    slots              `batch_slots` of this thread
    careful            whether an operand may be infinity
    result             whether some pair was exceptional (then a result may be infinity), or careful
    """
    exceptional = careful
    size = len(slots[0])
    width = lanes(one(slots[0]))
    for start in range(0, blocks, size):
        count = min(size, blocks - start)
        a, b = left_index[start * width :], right_index[start * width :]
        watch = exceptional
        product = one(slots[0])
        if not watch:
            product = reduce(_forward(left, a, right, b, count, slots))
            watch = any_lane(is_zero(product))
        if watch:
            exceptional = True
            product = reduce(_forward_carefully(left, a, right, b, count, slots))
        _backward(invert(product), out, out_index[start * width :], count, slots, watch)
    return exceptional
