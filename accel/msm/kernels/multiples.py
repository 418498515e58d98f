"""The multiples of many points by the powers of two that windows begin with."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curves import jacobian
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import is_blank, one, reduce, select, zero


@kernel
def double_windows(rows, blocks, windows, window_bits, low, high):
    """Window w + 1 of the blocks low:high from window w; infinity stays zeros."""
    for w in range(windows - 1):
        for i in range(blocks * w + low, blocks * w + high):
            x, y = load(rows, i)
            blank = is_blank(x) & is_blank(y)
            point = x, y, one(x)
            for _ in range(window_bits):
                point = jacobian.double(point)
            x, y = jacobian.to_affine(point)
            nothing = zero(x)  # twice infinity has coordinates 0 mod p, which may be p
            x, y = select(blank, nothing, reduce(x)), select(blank, nothing, reduce(y))
            store(rows, blocks + i, (x, y))
