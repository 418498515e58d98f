"""Whether points are on their curve and in their group.

G1 has cofactor 1: on the curve is in the group. The twist's group is larger than G2: a point Q on
it is in G2 if psi(Q) = [6 x^2] Q, psi being Frobenius seen from the twist.

Source: El Housni, Guillevic, Piellard, eprint 2022/352, section 4; Scott, eprint 2021/1130.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Curve, Field
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.fields.rows import Rows
from zkpipe.accel.machines.machine import SCALAR
from zkpipe.ground.errors import ShapeError

_kernels = Kernels("zkpipe.accel.curves.kernels.curve")


def _rows(points: Words, field: Field, words: int) -> tuple[Rows, NDArray[np.bool_]]:
    if points.ndim != 2 or points.shape[1] != words or points.dtype != np.uint64:
        raise ShapeError(
            f"Points have shape {points.shape} and dtype {points.dtype}.",
            f"Give an (n, {words}) array of uint64 words, Montgomery form.",
        )
    return Rows(field, SCALAR, np.ascontiguousarray(points), 2), np.zeros(len(points), np.bool_)


def g1_on_curve(points: Words, curve: Curve = BN254) -> NDArray[np.bool_]:
    """Which points satisfy y^2 = x^3 + b, or are infinity (zeros).

    points  (n, 8) uint64   affine, Montgomery, coordinates below p
    result  (n,) bool       on the curve is in G1: its cofactor is 1
    """
    rows, out = _rows(points, curve.fp, 8)
    _kernels.find_on_curve(rows, out)
    return out


def g2_on_curve(points: Words, curve: Curve = BN254) -> NDArray[np.bool_]:
    """Which points satisfy y^2 = x^3 + b / xi, or are infinity; points (n, 16)."""
    rows, out = _rows(points, curve.fp2, 16)
    _kernels.find_on_curve(rows, out)
    return out


def g2_in_subgroup(points: Words, curve: Curve = BN254) -> NDArray[np.bool_]:
    """Which points of the twist are in G2, the subgroup of order r; points (n, 16), on the curve.

    Cost: 127 doublings a point, 60 us.
    """
    rows, out = _rows(points, curve.fp2, 16)
    eigenvalue = 6 * curve.x**2
    _kernels.find_in_subgroup(rows, words_from_ints([eigenvalue])[0], eigenvalue.bit_length(), out)
    return out
