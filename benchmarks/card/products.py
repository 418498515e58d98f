"""A kernel that does nothing but modular products."""

from __future__ import annotations

from zkpipe.accel.cuda.compiled.ptx import card_kernel
from zkpipe.accel.cuda.kernels.threads import thread
from zkpipe.accel.fields.arrays import load, store


@card_kernel()
def many_products(x, out, count, products):
    """out[i] = x[i]^(products + 1), one product after another."""
    i = thread()
    if i < count:
        (a,) = load(x, i)
        b = a
        for _ in range(products):
            b = a * b
        store(out, i, (b,))
