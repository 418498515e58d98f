"""What the processor does with a card's sums: the text of its kernel."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curves import xyzz
from zkpipe.accel.fields.arrays import load, store


@kernel
def to_affine(sums, out, count):
    """out[i] = point i of XYZZ rows, affine."""
    for i in range(count):
        store(out, i, xyzz.to_affine(load(sums, i)))
