"""Weighted sums of buckets, segment by segment in lanes, and the joining of windows."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel, part
from zkpipe.accel.curves import jacobian
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.msm.kernels.buckets import add_step, start


@part
def _walk(sums, order, length, count, running, total, slots, may_have_infinity):
    """Running and total of every segment; step k of the order names bucket k from each end."""
    blocks = len(running[0])
    start(running, sums, order, 0, blocks)
    start(total, sums, order, 0, blocks)
    first, second = (
        may_have_infinity,
        may_have_infinity,
    )  # whether the running sums, the totals may hold infinity
    for k in range(1, length):
        here = k * blocks
        next_blocks = blocks if k + 1 < length else 0
        first = add_step(
            running,
            sums,
            order,
            here,
            count,
            here + blocks,
            next_blocks,
            slots,
            first or may_have_infinity,
        )
        second = add_step(total, running, order, 0, count, 0, 0, slots, second or first)


@part
def _join(running, total, windows, segments, length_bits, out):
    """out[w] = sum over s of total[w, s] + 2^length_bits * s * running[w, s]."""
    like = load(out, 0)[0]
    for w in range(windows):
        if segments == 1:
            store(out, w, load(total, w))
            continue
        heads, weighted = jacobian.infinity(like), jacobian.infinity(like)
        for s in range(segments - 1, 0, -1):
            x, y = load(running, w * segments + s)
            heads = jacobian.add_affine(heads, x, y)
            weighted = jacobian.add(weighted, heads)
        for _ in range(length_bits):
            weighted = jacobian.double(weighted)
        for s in range(segments):
            x, y = load(total, w * segments + s)
            weighted = jacobian.add_affine(weighted, x, y)
        store(out, w, jacobian.to_affine(weighted))


@kernel
def _out_of_lanes(points, rows):
    """The points of accumulators into rows as files have them."""
    x, y = points
    for i in range(len(x)):
        store(rows, i, (x[i], y[i]))


@kernel
def weigh(
    sums,
    order,
    length,
    length_bits,
    count,
    running,
    total,
    slots,
    may_have_infinity,
    in_lanes,
    single,
    windows,
    segments,
    out,
):
    """The weighted sums of windows: segments walked in lanes, and joined one by one.

    in_lanes, single  rows for the running sums and for the totals, twice: the same memory
    """
    _walk(sums, order, length, count, running, total, slots, may_have_infinity)
    _out_of_lanes(running, in_lanes[0])
    _out_of_lanes(total, in_lanes[1])
    _join(single[0], single[1], windows, segments, length_bits, out)


@kernel
def join_windows(sums, windows, window_bits, out):
    """sum over k of 2^(c windows[k]) sums[k]; the windows in falling order."""
    result = jacobian.infinity(load(out, 0)[0])
    at = 0
    for k in range(len(windows)):
        if k:
            for _ in range((at - windows[k]) * window_bits):
                result = jacobian.double(result)
        at = windows[k]
        x, y = load(sums, k)
        result = jacobian.add_affine(result, x, y)
    for _ in range(at * window_bits):
        result = jacobian.double(result)
    store(out, 0, jacobian.to_affine(result))
