"""One sum of scalars[i] * points[i], over G1 or G2: of many points by `multi_scalar`."""

from __future__ import annotations

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Curve, Field
from zkpipe.accel.fields.limbs import Words, check_rows
from zkpipe.accel.fields.rows import Rows
from zkpipe.accel.machines.backend import machine as chosen_machine
from zkpipe.accel.machines.machine import SCALAR
from zkpipe.accel.msm.digits import FEW, Digits, check_scalars
from zkpipe.ground.errors import ShapeError

_kernels = Kernels("zkpipe.accel.msm.kernels.multi_scalar")


def few_points(points: Words, scalars: Words, field: Field) -> Words:
    """The sum for a few points, by doubling and adding; what is given is taken as it is."""
    out = np.zeros((1, 8 * field.degree), np.uint64)
    rows = Rows(field, SCALAR, np.ascontiguousarray(points), 2)
    _kernels.double_and_add(rows, np.ascontiguousarray(scalars), Rows(field, SCALAR, out, 2))
    result: Words = out[0]
    return result


def _msm(points: Words, scalars: Words, field: Field, group: str) -> Words:
    check_rows(f"Points of {group}", points, 8 * field.degree)
    check_rows("Scalars", scalars, 4)
    scalars = np.require(scalars, requirements=["C", "W"])  # as the kernels are compiled for
    check_scalars(scalars, field.curve)
    if len(points) != len(scalars):
        raise ShapeError(
            f"{len(points)} points do not pair up with {len(scalars)} scalars.",
            "Give one scalar for each point.",
        )
    if len(scalars) <= FEW:
        return few_points(points, scalars, field)
    from zkpipe.accel.msm.bases import prepare  # here: to verify a proof takes none of it
    from zkpipe.accel.msm.multi_scalar import MsmInput, sums_of_products, window_bits

    bases = prepare([(points, None)], chosen_machine(), field.curve)
    digits = Digits.of(scalars, window_bits(len(scalars)), curve=field.curve)
    return sums_of_products([MsmInput(bases, digits)])[0]


def msm_g1(points: Words, scalars: Words, curve: Curve = BN254) -> Words:
    """Sum of scalars[i] * points[i] over G1.

    points   (n, 8) uint64   affine x, y; Montgomery, R = 2^256; all zeros is infinity
    scalars  (n, 4) uint64   canonical, below r
    result   (8,) uint64     affine; Montgomery

    Points are taken to be on the curve: whoever read them in has checked.

    Raises ShapeError if the arrays do not pair up, RangeError if a scalar is r or more.

    Cost: W (n + 2^c) additions, W = ceil(254 / c) windows of c bits; a copy of the points, 4 W n
    bytes for the digits, 4 n and 64 bytes a bucket for each thread.
    """
    return _msm(points, scalars, curve.fp, "G1")


def msm_g2(points: Words, scalars: Words, curve: Curve = BN254) -> Words:
    """Sum of scalars[i] * points[i] over G2: as `msm_g1`, with points (n, 16), result (16,)."""
    return _msm(points, scalars, curve.fp2, "G2")
