"""From the sums of a window's buckets to the sum of the window: sum over b of (b + 1) bucket[b].

The buckets are cut into segments, side by side in the lanes: from each segment's last bucket to its
first, running += bucket and total += running. Then total is the segment's own weighted sum, and
running its plain sum, which its place in the window still multiplies.

Source: running sums, Bernstein, Doumen, Lange, Oosterwijk, eprint 2012/549, section 4; segments,
mitschabaude, "Zprize: MSM in WebAssembly", 2022.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curve import Field
from zkpipe.accel.curves import jacobian
from zkpipe.accel.curves.points import file_points, padded_count
from zkpipe.accel.fields.arrays import Rows, WorkRows, blank_rows, load, store
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.machines.scalar import SCALAR
from zkpipe.accel.msm.buckets import Accumulators, add_step, finish, start

# Segments of 64 buckets: two additions for each bucket, in lanes, and three single ones at the end.
SEGMENT_BITS = 6


@kernel
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


@kernel
def _join(running, total, windows, segments, length_bits, out):
    """out[w] = sum over s of total[w, s] + 2^length_bits * s * running[w, s]."""
    like = load(out, 0)[0]
    for w in range(windows):
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
def _join_windows(sums, windows, window_bits, out):
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


def weighted_sums(
    sums: WorkRows,
    starts: Sequence[int],
    buckets: int,
    field: Field,
    m: Machine,
    may_have_infinity: bool,
) -> Words:
    """sum over b of (b + 1) sums[start + b] for each start: affine, Montgomery, (starts, 8 or 16).

    buckets  of each window, a power of two
    may_have_infinity  whether some bucket's sum is infinity

    Cost: 2 additions a bucket in lanes, and 3 single ones for each segment of 32.
    """
    length = min(buckets, 1 << SEGMENT_BITS)
    segments = buckets // length
    count = len(starts) * segments
    padded = padded_count(count, m)
    ends = np.arange(1, segments + 1, dtype=np.uint32) * np.uint32(length) - np.uint32(1)
    last = (np.array(starts, np.uint32)[:, None] + ends).reshape(-1)
    last = np.concatenate([last, np.full(padded - count, last[-1], np.uint32)])
    order = (last - np.arange(length, dtype=np.uint32)[:, None]).reshape(-1)
    running, total = (Accumulators.of(field, m, padded) for _ in range(2))
    _walk(
        sums, order, length, count, running.points, total.points, running.slots, may_have_infinity
    )
    found = []
    for points in (running.points, total.points):
        rows = blank_rows(field, m, padded, 2)
        finish(points, rows, np.arange(padded, dtype=np.uint32), padded // m.width)
        found.append(Rows(field, SCALAR, file_points(rows, field, m), 2))
    out = np.zeros((len(starts), 8 * field.degree), np.uint64)
    _join(*found, len(starts), segments, length.bit_length() - 1, Rows(field, SCALAR, out, 2))
    return out


def join_windows(sums: Words, windows: NDArray[np.int64], window_bits: int, field: Field) -> Words:
    """sum over k of 2^(c windows[k]) sums[k]: affine points, Montgomery; windows in falling order.

    A window may come more than once, its points having been summed in parts.
    """
    out = np.zeros((1, 8 * field.degree), np.uint64)
    rows = Rows(field, SCALAR, np.ascontiguousarray(sums), 2)
    _join_windows(rows, windows, window_bits, Rows(field, SCALAR, out, 2))
    result: Words = out[0]
    return result
