"""Many additions of affine points side by side, with one inversion for all of a batch.

This is the memory that they need; the additions are accel.msm.kernels.affine_batches. They know no
exceptions: no two points that meet may be equal, opposite or infinity.

Source: eprint 2022/1396 section 5.3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.curve import Field
from zkpipe.accel.fields.rows import Elements
from zkpipe.accel.machines.machine import Machine

# Sums of a batch: the inversion costs an addition 3 ns (at 1,024 sums twice that), and sums and
# slots of G1, 480 KiB, lie in the second-level cache.
BATCH = 1 << 11
SLOT_BOUND = 5  # of -y - ya, the largest value kept

Index = NDArray[np.uint32]
BatchSlots = tuple[tuple[Elements, ...], tuple[Elements, ...]]


def room(field: Field, m: Machine, count: int) -> BatchSlots:
    """A thread's sums, and what the backward pass needs of each: BATCH, `count` if fewer."""
    batch = min(BATCH, count)
    sums = tuple(Elements(field, m, batch) for _ in range(2))
    slots = tuple(Elements(field, m, batch, SLOT_BOUND) for _ in range(4))
    return sums, slots


def padded(index: NDArray[np.int64], m: Machine) -> Index:
    """The entries in a row, the last one repeated to fill a block."""
    flat = index.astype(np.uint32).reshape(-1)
    return np.concatenate([flat, np.full(-len(flat) % m.width, flat[-1], np.uint32)])
