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

from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Field
from zkpipe.accel.curves.points import padded_count
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.fields.rows import Rows, WorkRows
from zkpipe.accel.machines.machine import SCALAR, Machine
from zkpipe.accel.msm.buckets import Accumulators

_kernels = Kernels("zkpipe.accel.msm.kernels.windows")

# Segments of 64 buckets: two additions for each bucket, in lanes, and three single ones at the end.
SEGMENT_BITS = 6


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
    words = [np.empty((padded, 8 * field.degree), np.uint64) for _ in range(2)]
    in_lanes, single = (tuple(Rows(field, on, w, 2) for w in words) for on in (m, SCALAR))
    out = np.zeros((len(starts), 8 * field.degree), np.uint64)
    _kernels.weigh(
        sums, order, length, length.bit_length() - 1, count, running.points, total.points,
        running.slots, may_have_infinity, in_lanes, single, len(starts), segments,
        Rows(field, SCALAR, out, 2),
    )  # fmt: skip
    return out


def join_windows(sums: Words, windows: NDArray[np.int64], window_bits: int, field: Field) -> Words:
    """sum over k of 2^(c windows[k]) sums[k]: affine points, Montgomery; windows in falling order.

    A window may come more than once, its points having been summed in parts.
    """
    out = np.zeros((1, 8 * field.degree), np.uint64)
    rows = Rows(field, SCALAR, np.ascontiguousarray(sums), 2)
    _kernels.join_windows(rows, windows, window_bits, Rows(field, SCALAR, out, 2))
    result: Words = out[0]
    return result
