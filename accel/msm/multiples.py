"""Multiples of fixed points, so that all windows of a sum share one set of buckets.

With 2^(c w) P at hand for every window w, the digit d of window w is a digit d of another point:
all windows are one, with W times as many points, and its buckets are reduced once instead of W
times. Windows can then be wider. It takes W times the memory, and W c doublings a point, so it
pays for many sums over the same points.

Source: Brickell, Gordon, McCurley, Wilson, "Fast exponentiation with precomputation", 1992;
Pippenger 1976.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.fields.rows import WorkRows
from zkpipe.accel.msm.bases import Bases
from zkpipe.accel.msm.digits import pitch, window_count
from zkpipe.ground.errors import RangeError
from zkpipe.ground.process.memory import aligned_empty
from zkpipe.ground.process.threads import in_threads
from zkpipe.ground.quick_dataclass import dataclass

_kernels = Kernels("zkpipe.accel.msm.kernels.multiples")

CHUNK = 1 << 7  # blocks of a task
MOST = 1 << 31  # points, as the sums number them


@dataclass(frozen=True, slots=True)
class Multiples(Bases):
    """Points with their multiples: row pitch * w + i holds 2^(c w) times point i.

    rows, finite  of windows * pitch points; `count` says how many that is
    points        of the given ones
    window_bits   c
    """

    points: int
    window_bits: int


def multiples(bases: Bases, window_bits: int) -> Multiples:
    """All points of `bases` times 1, 2^c, 2^(2 c), ..., for every window of a scalar.

    Raises RangeError if these are 2^31 points or more.
    Cost: 254 doublings a point, and an inversion for eight points and window: 8 us a point of G1.
    """
    windows, apart = window_count(window_bits), pitch(bases.count)
    if windows * apart >= MOST:
        raise RangeError(
            f"{windows} multiples of {bases.count} points are more than can be numbered.",
            "Sum over the points themselves.",
        )
    field, machine = bases.field, bases.machine
    words = aligned_empty(windows * apart, 8 * field.degree)
    words[: bases.rows.length] = bases.rows.words
    words[bases.rows.length : apart] = 0
    rows = WorkRows(field, machine, words, 2)
    blocks = apart // machine.width

    def work(low: int) -> None:
        _kernels.double_windows(rows, blocks, windows, window_bits, low, min(low + CHUNK, blocks))

    in_threads(work, range(0, blocks, CHUNK))
    finite = np.zeros(0, np.uint8)
    if len(bases.finite):
        finite = np.zeros((windows, apart), np.uint8)
        finite[:, : bases.count] = bases.finite
    return Multiples(
        field, machine, rows, windows * apart, finite.reshape(-1), bases.count, window_bits
    )
