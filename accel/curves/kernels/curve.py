"""The texts of accel.curves.curve."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curves import jacobian
from zkpipe.accel.curves.constants import equation_constant, frobenius_factor
from zkpipe.accel.curves.tower import conjugate
from zkpipe.accel.fields.arrays import load
from zkpipe.accel.fields.functions import (
    any_lane,
    is_blank,
    is_zero,
    reduce,
    square,
)

_b = equation_constant(1)
_frobenius_x, _frobenius_y = frobenius_factor(2), frobenius_factor(3)


@kernel
def find_on_curve(points, out):
    """out[i] = whether point i is on the curve, or infinity."""
    for i in range(len(out)):
        x, y = load(points, i)
        x, y = reduce(x), reduce(y)
        remainder = square(y) - square(x) * x - _b(x)
        out[i] = any_lane(is_zero(remainder) | (is_blank(x) & is_blank(y)))


@kernel
def find_in_subgroup(points, eigenvalue, bits, out):
    """out[i] = whether point i of the twist is in G2."""
    for i in range(len(out)):
        x, y = load(points, i)
        q = jacobian.from_affine(x, y)
        image = (conjugate(q[0]) * _frobenius_x(x), conjugate(q[1]) * _frobenius_y(x), q[2])
        multiple = jacobian.multiply(q, eigenvalue, bits)
        opposite = (multiple[0], -multiple[1], multiple[2])
        difference = jacobian.add(image, opposite)
        out[i] = any_lane(is_zero(difference[2]))
