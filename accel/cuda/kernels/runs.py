"""Sums of points bucket by bucket, on a card: a thread for every run of a bucket's points.

Buckets are of any size: with a witness of bits one holds half of all points. So each is cut into
runs of at most `cap` points, which one thread adds up, and what that leaves is cut again, until a
bucket has few enough for one. A thread finds its run by bisection: nothing is planned beforehand.

    offsets  (buckets + 1,)   the points of bucket b are number offsets[b] to offsets[b + 1]
    starts   (buckets + 1,)   its runs are number starts[b] to starts[b + 1]; a run may be empty
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.cuda.compiled.ptx import card_kernel
from zkpipe.accel.cuda.kernels.threads import thread
from zkpipe.accel.curves import xyzz
from zkpipe.accel.fields.arrays import load, store

INDEX = np.uint32(0x7FFF_FFFF)  # of an entry of `order`; the bit above says that y is negated
NEGATED = np.uint32(31)


@kernel
def _bucket_of(starts, run, buckets):
    """The bucket of a run: the last that starts at it or before, and has one."""
    low, high = 0, buckets  # starts[low] <= run < starts[high]
    while high - low > 1:
        middle = (low + high) >> 1
        if np.int64(starts[middle]) <= run:
            low = middle
        else:
            high = middle
    return low


@kernel
def _bounds(offsets, starts, run, buckets, cap):
    b = _bucket_of(starts, run, buckets)
    begin = np.int64(offsets[b]) + (run - np.int64(starts[b])) * cap
    end = np.int64(offsets[b + 1])
    return begin, begin + cap if begin + cap < end else end


@card_kernel()
def count_runs(offsets, counts, buckets, cap):
    """counts[b] = how many runs of at most `cap` points bucket b has."""
    b = thread()
    if b < buckets:
        size = np.int64(offsets[b + 1]) - np.int64(offsets[b])
        counts[b] = np.uint32((size + cap - 1) // cap)


@card_kernel()
def sum_points(points, order, offsets, starts, sums, buckets, cap):
    """sums[run] = the sum of a run's points, which `order` names; affine rows to XYZZ rows."""
    run = thread()
    if run < np.int64(starts[buckets]):
        begin, end = _bounds(offsets, starts, run, buckets, cap)
        total = xyzz.infinity(points)
        for i in range(begin, end):
            entry = order[i]
            x, y = load(points, np.int64(entry & INDEX))
            if entry >> NEGATED:
                y = -y
            total = xyzz.add_affine(total, x, y)
        store(sums, run, total)


@card_kernel(blocks=3)
def sum_rows(rows, offsets, starts, sums, buckets, cap):
    """sums[run] = the sum of a run of XYZZ rows."""
    run = thread()
    if run < np.int64(starts[buckets]):
        begin, end = _bounds(offsets, starts, run, buckets, cap)
        total = xyzz.infinity(rows)
        for i in range(begin, end):
            total = xyzz.add(total, load(rows, i))
        store(sums, run, total)


@card_kernel(blocks=3)
def weigh_segments(rows, running, total, segments, length_bits):
    """running[s] = the sum of segment s, total[s] = that of i times its row i, from 1 on.

    A segment is 2^length_bits rows. From the last to the first, running += row and total +=
    running. One addition in a loop, for it is some 4,500 instructions, and 14,000 in G2. The total
    stays in memory: two sums and an addition want more registers than there are.
    """
    s = thread()
    if s < segments:
        last = ((s + 1) << length_bits) - 1
        here = xyzz.infinity(rows)
        store(total, s, here)
        for step in range(2 << length_bits):
            if step & 1:
                p, q = load(total, s), here
            else:
                p, q = here, load(rows, last - (step >> 1))
            p = xyzz.add(p, q)
            if step & 1:
                store(total, s, p)
            else:
                here = p
        store(running, s, here)


@card_kernel(blocks=3)
def place_segments(running, total, sums, segments, length_bits, segment_bits):
    """sums[s] = total[s] + k 2^length_bits running[s], segment s being number k of its window.

    A window is 2^segment_bits segments. By doubling and adding, and a double is a sum here.
    """
    s = thread()
    if s < segments:
        multiple = xyzz.infinity(running)
        steps = 2 * segment_bits + length_bits
        for step in range(steps + 1):
            q = multiple
            if step == steps:
                q = load(total, s)
            elif step & 1 and step < 2 * segment_bits:
                q = xyzz.infinity(running)
                if s >> (segment_bits - 1 - (step >> 1)) & 1:
                    q = load(running, s)
            multiple = xyzz.add(multiple, q)
        store(sums, s, multiple)


@card_kernel()
def count_up(out, count, step):
    """out[i] = i * step: where groups of as many rows begin."""
    i = thread()
    if i < count:
        out[i] = np.uint32(i * step)
