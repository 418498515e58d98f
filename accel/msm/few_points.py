"""The sum of scalars[i] * points[i] for a few points, over G1 or G2, by doubling and adding."""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.fields.rows import Rows
from zkpipe.accel.machines.machine import SCALAR

_kernels = Kernels("zkpipe.accel.msm.kernels.multi_scalar")


def few_points(points: Words, scalars: Words, field: Field) -> Words:
    """The sum, (8 * degree,) words, affine; infinity is zeros.

    points   (n, 8 * degree) uint64   affine, Montgomery; of the group, or zeros for infinity
    scalars  (n, 4) uint64            canonical, below r; an array that can be written to

    Nothing is checked. Cost: 254 doublings, and half as many additions a point; beyond digits.FEW
    points multi_scalar takes less.
    """
    out = np.zeros((1, 8 * field.degree), np.uint64)
    rows = Rows(field, SCALAR, np.ascontiguousarray(points), 2)
    _kernels.double_and_add(rows, np.ascontiguousarray(scalars), Rows(field, SCALAR, out, 2))
    result: Words = out[0]
    return result
