"""Points of G2 by a fourth root of unity: the cube of the endomorphism."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curves.endomorphism import endomorphism
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import reduce


@kernel
def times_cube(points, negative, count):
    """points[i] = psi^3(points[i]), or its negative; on the scalar machine."""
    for k in range(count):
        x, y = load(points, k)
        for _ in range(3):
            x, y = endomorphism(x, y)
            x, y = reduce(x), reduce(y)
        if negative:
            y = reduce(-y)
        store(points, k, (x, y))
