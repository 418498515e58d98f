"""The buckets of some windows, one window after another: the points' order, and the runs' sums.

A window whose buckets have more than one run takes further rounds: the sums of runs are points
again, and the run's bucket is their digit.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.msm.kernels.buckets import sum_runs
from zkpipe.accel.msm.kernels.schedule import schedule
from zkpipe.accel.msm.tiles import LEAST_CAP_BITS, TILE


@kernel
def _bucket_rows(bucket, runs, first, rows):
    for k in range(runs):
        rows[k] = first + np.int64(bucket[k])


@kernel
def _run_rows(number, runs, rows):
    for k in range(runs):
        rows[k] = number[k]


@kernel
def _again(run_bucket, runs, again):
    """The digits of the runs' sums."""
    for k in range(runs):
        again[k] = (run_bucket[k] + np.uint32(1)) << np.uint32(1)


@kernel
def _size(greatest):
    """The least power of two beyond the number of a bucket."""
    size = 1
    while size <= greatest:
        size *= 2
    return size


@kernel
def fill_buckets(
    source,
    digits,
    windows,
    first,
    last,
    finite,
    cap_bits,
    width,
    tables,
    again,
    rows,
    points,
    slots,
    halves,
    target,
    spare,
    apart,
    filled,
):
    """target[k apart + b] = the sum of bucket b of window k, over the points from first to last.

    digits  (windows, n) uint32
    spare   the row of target that takes what nobody wants
    filled  (windows, 3) int64   the least power of two beyond the last bucket that has points,
                                 whether the sum of a bucket below may be infinity, rounds
    """
    heads, by_size, by_run, tile_first, steps_, next_, few, order = tables
    for k in range(len(windows)):
        filled[k] = 0
        left, marks, operands, bits = digits[windows[k], first:last], finite, source, cap_bits
        here, there = halves
        infinite, more = width < 0, True  # no literals: each would be a type of its own
        while more:
            runs, used, _, _ = schedule(
                left, marks, bits, width, heads, by_size, by_run, tile_first, steps_, next_, few,
                order,
            )  # fmt: skip
            if not runs:
                break
            more = runs > used
            sums = here if more else target
            if more:
                _run_rows(by_run[3], runs, rows)
            else:
                _bucket_rows(by_run[2], runs, k * apart, rows)
            for lane in range(width):  # beyond the last run
                rows[runs + lane] = runs if more else spare
            met = sum_runs(
                operands,
                order,
                tile_first[: (runs + TILE - 1) // TILE + 1],
                steps_[0],
                steps_[1],
                points,
                slots,
                infinite,
                sums,
                rows,
            )
            infinite |= met
            filled[k, 2] += 1
            if more:
                _again(by_run[4], runs, again)
                left, marks, operands, bits = again[:runs], finite[:0], here, LEAST_CAP_BITS
                here, there = there, here
            else:
                size = _size(np.int64(by_run[4, runs - 1]))
                filled[k, 0], filled[k, 1] = size, infinite | (used < size)
