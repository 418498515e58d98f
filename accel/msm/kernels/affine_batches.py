"""The additions of affine points in batches: a pass forward, one inversion, a pass back.

An addition is slope = (y2 - y1) / (x2 - x1), x3 = slope^2 - x1 - x2, y3 = slope (x1 - x3) - y1:
five products and a square once 1 / (x2 - x1) is known, and Montgomery's trick gives the inverses of
a batch for three products each and one inversion. It knows no exceptions: no two points that meet
may be equal, opposite or infinity. Nor does it know the curve's b, so points of G1 may come as
points over Fp2.

Sums lie as the lanes compute them; only a table's entries are gathered, and asked for ahead.

Source: eprint 2022/1396 section 5.3; Montgomery, Math. Comp. 48 (1987), 10.3.1.
"""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import gather, prefetch, scatter, signs
from zkpipe.accel.fields.functions import lanes, one, reduce, select, square
from zkpipe.accel.fields.inverse import invert

AHEAD = 8  # blocks between asking the memory for entries of the table and reading them


@kernel
def entry(table, index, i):
    """The points that a block of the index names, subtracted where bit 31 is set."""
    x, y = gather(table, index, i)
    return x, select(signs(table, index, i), -y, y)


@kernel
def forward(sums, table, index, blocks, slots):
    """Keep what the additions need of each pair; give the product of all differences."""
    sum_x, sum_y = sums
    before, difference, rise, total = slots
    running = one(before)
    for i in range(blocks):
        if i + AHEAD < blocks:
            prefetch(table, index, i + AHEAD)
        xa, ya = sum_x[i], sum_y[i]
        xb, yb = entry(table, index, i)
        run = xb - xa
        before[i] = running
        difference[i], rise[i], total[i] = run, yb - ya, xa + xb
        running = running * run
    return running


@kernel
def backward(inverse, sums, blocks, slots):
    """Give each pair its inverse, from the last to the first, and add."""
    sum_x, sum_y = sums
    before, difference, rise, total = slots
    for i in range(blocks - 1, -1, -1):
        own = inverse * before[i]
        inverse = reduce(inverse * difference[i])
        slope = rise[i] * own
        x1, y1 = sum_x[i], sum_y[i]
        x3 = reduce(square(slope) - total[i])
        sum_x[i], sum_y[i] = x3, reduce(slope * (x1 - x3) - y1)


@kernel
def extend(table, index, addends, addend_index, target, bounds, sums, slots):
    """table[target[k]] = table[index[k]] + addends[addend_index[k]], for whole blocks.

    bounds  the blocks that each level begins with, and their number: a level may add what those
            before it have made
    """
    sum_x, sum_y = sums
    width = lanes(one(table))
    for level in range(len(bounds) - 1):
        for first in range(bounds[level], bounds[level + 1], len(sum_x)):
            blocks = min(len(sum_x), bounds[level + 1] - first)
            for i in range(blocks):
                sum_x[i], sum_y[i] = gather(table, index, first + i)
            entries = addend_index[first * width :]
            product = reduce(forward(sums, addends, entries, blocks, slots))
            backward(invert(product), sums, blocks, slots)
            for i in range(blocks):
                scatter(table, target, first + i, (sum_x[i], sum_y[i]))
