"""Images of many points under the endomorphism."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curves.endomorphism import endomorphism
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import reduce


@kernel
def map_points(rows, source, target, blocks, negative):
    """The endomorphism, and the negative where that is asked for."""
    for i in range(blocks):
        x, y = load(rows, source + i)
        x, y = endomorphism(x, y)
        y = reduce(y)
        if negative:
            y = reduce(-y)
        store(rows, target + i, (reduce(x), y))
