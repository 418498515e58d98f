"""The endomorphisms of G1 and G2 in kernels: images of points, digits of scalars' short vectors.

Source: accel.curves.lattice.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import overload

from zkpipe.accel.compiled.kernels import intrinsic
from zkpipe.accel.curve import Field
from zkpipe.accel.curves.constants import frobenius_factor
from zkpipe.accel.curves.integers import cube_root_of_unity
from zkpipe.accel.curves.lattice import PRECISION, lattice
from zkpipe.accel.curves.tower import conjugate
from zkpipe.accel.fields.field import Element
from zkpipe.accel.fields.functions import field_constant
from zkpipe.accel.machines.lowering import I64

I128, I512 = ir.IntType(128), ir.IntType(512)


@intrinsic
def signed_bits(typing, points, k0, k1, k2, k3):
    """The digits of a scalar's short vector, for rows of points of the group.

    k0 .. k3  the words of an odd number below 2^255
    result    two words for each coordinate: bit i is 1 where it has 2^i, and 0 where it has -2^i
    """
    shape = lattice(points.field)
    n = len(shape.basis)
    result = types.UniTuple(types.uint64, 2 * n)

    def codegen(context, b, sig, args):
        wide = b.zext(args[1], I512)
        for i in range(1, 4):
            wide = b.or_(wide, b.shl(b.zext(args[1 + i], I512), ir.Constant(I512, 64 * i)))
        total = [b.trunc(wide, I128), *[ir.Constant(I128, 0)] * (n - 1)]
        for vector, quotient, odd in zip(shape.basis, shape.quotients, shape.odd, strict=True):
            times = b.mul(wide, ir.Constant(I512, quotient))
            times = b.add(times, ir.Constant(I512, (1 + odd) << (PRECISION - 1)))
            nearest = b.trunc(b.lshr(times, ir.Constant(I512, PRECISION)), I128)
            double = b.sub(b.add(nearest, nearest), ir.Constant(I128, odd))
            for i, c in enumerate(vector):
                share = b.mul(double, ir.Constant(I128, c % (1 << 128)))
                total[i] = b.sub(total[i], share)
        words = []
        for value in total:  # odd and below 2^digits in size: (value + 2^digits - 1) / 2
            half = b.ashr(value, ir.Constant(I128, 1))
            bits = b.add(half, ir.Constant(I128, 1 << (shape.digits - 1)))
            words += [b.trunc(bits, I64), b.trunc(b.lshr(bits, ir.Constant(I128, 64)), I64)]
        return context.make_tuple(b, sig.return_type, words)

    return result(points, *[types.uint64] * 4), codegen


def _root(field: Field) -> tuple[int, ...]:
    return (cube_root_of_unity(field.curve), 0)[: field.degree]


_w = field_constant(_root)
_psi_x, _psi_y = frobenius_factor(2), frobenius_factor(3)


def endomorphism(x: Any, y: Any) -> Any:
    """In kernels: the image of an affine point, (w x, y) on G1, psi on G2."""
    raise TypeError("endomorphism is a function of kernels")


@overload(endomorphism)
def _endomorphism(x, y):
    if not isinstance(x, Element):
        return None
    if x.field.degree == 1:
        return lambda x, y: (x * _w(x), y)
    return lambda x, y: (conjugate(x) * _psi_x(x), conjugate(y) * _psi_y(x))
