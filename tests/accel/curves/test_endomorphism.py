"""Scalars as short vectors: congruent, odd and short, on two curves; maps that are multiples."""

from __future__ import annotations

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.oracles.curves import multiply
from tests.oracles.other_curve import OTHER
from tests.oracles.other_curve import multiply as other_multiply
from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve, Field
from zkpipe.accel.curves.integers import cube_root_of_unity, g2_images
from zkpipe.accel.curves.lattice import lattice
from zkpipe.accel.fields.limbs import words_from_ints
from zkpipe.accel.fields.rows import WorkRows
from zkpipe.accel.machines.machine import SCALAR
from zkpipe.accel.points.digits import recode

FIELDS = pytest.mark.parametrize(
    "field", [BN254.fp, BN254.fp2, OTHER.fp, OTHER.fp2], ids=["G1", "G2", "other G1", "other G2"]
)


def vectors(scalars: list[int], field: Field) -> list[list[int]]:
    """The coordinates that a kernel finds."""
    shape, n = lattice(field), len(scalars)
    bits, none = np.empty((2 * len(shape.basis), n), np.uint64), np.empty(n, np.uint32)
    rows = WorkRows(field, SCALAR, np.zeros((1, 8 * field.degree), np.uint64), 2)
    order = words_from_ints([field.curve.r])[0]
    recode(rows, words_from_ints(scalars), order, bits, none)
    assert (none == [np.uint32(k == 0) << 31 for k in scalars]).all()
    found = []
    for column in bits.T.tolist():
        pairs = zip(column[::2], column[1::2], strict=True)
        found.append([2 * (low | high << 64) - (1 << shape.digits) + 1 for low, high in pairs])
    return found


@FIELDS
def test_vectors_stand_for_their_scalars_and_are_odd_and_short(field: Field) -> None:
    shape, r, draw = lattice(field), field.curve.r, generator(field.degree)
    scalars = [0, 1, 2, r - 1, r - 2, r // 2, r // 2 + 1, shape.eigenvalue, r - shape.eigenvalue]
    scalars += [1 << k for k in range(254) if 1 << k < r] + [draw.randrange(r) for _ in range(500)]
    for quotient in shape.quotients:  # where a coordinate of the nearest vector changes
        near = [((2 * k + 1) << 319) // quotient for k in (0, 1, 2, 1 << 20, 1 << 60)]
        scalars += [k + d for k in near if k + 1 < r for d in (-1, 0, 1) if k + d >= 0]
    for k, vector in zip(scalars, vectors(scalars, field), strict=True):
        assert sum(a * pow(shape.eigenvalue, i, r) for i, a in enumerate(vector)) % r == k
        assert all(a % 2 == 1 and abs(a) < 1 << shape.digits for a in vector)


@FIELDS
def test_the_basis_is_of_the_whole_lattice(field: Field) -> None:
    shape, r = lattice(field), field.curve.r
    for vector in shape.basis:
        assert sum(a * pow(shape.eigenvalue, i, r) for i, a in enumerate(vector)) % r == 0
    assert abs(_determinant([list(vector) for vector in shape.basis])) == r


def _determinant(rows: list[list[int]]) -> int:
    if len(rows) == 1:
        return rows[0][0]
    minors = [[row[:k] + row[k + 1 :] for row in rows[1:]] for k in range(len(rows))]
    return sum((-1) ** k * rows[0][k] * _determinant(minor) for k, minor in enumerate(minors))


@FIELDS
def test_quotients_are_to_the_last_bit(field: Field) -> None:
    """q_j / 2^320 of twice the basis vectors add up to (1, 0, ...)."""
    shape = lattice(field)
    for i in range(len(shape.basis)):
        total = sum(2 * q * v[i] for q, v in zip(shape.quotients, shape.basis, strict=True))
        assert abs(total - (i == 0) * (1 << 320)) <= sum(abs(v[i]) for v in shape.basis)


@pytest.mark.parametrize("curve", [BN254, OTHER], ids=["BN254", "other"])
def test_the_maps_multiply_by_their_eigenvalues(curve: Curve) -> None:
    times = multiply if curve is BN254 else other_multiply
    x, y = curve.g1_generator
    image = cube_root_of_unity(curve) * x % curve.p, y
    assert image == times((x, y), lattice(curve.fp).eigenvalue)
    x0, x1, y0, y1 = curve.g2_generator
    q = (x0, x1), (y0, y1)
    assert g2_images(q, curve)[0] == times(q, lattice(curve.fp2).eigenvalue)
