"""Points outside G2 among many: found, and by the reasons that the module gives."""

from __future__ import annotations

import secrets

import numpy as np
import pytest
from py_ecc import optimized_bn128 as bn128

from tests.long_form import IS_LONG
from tests.prover.formats.key_material import (
    from_py_ecc,
    g2,
    to_py_ecc,
    torsion_point,
    twist_point_outside_g2,
)
from zkpipe.accel.bn254 import BN254, P, R
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.msm.multi_scalar import add_points, msm_g2
from zkpipe.prover.ceremony.points import subgroup
from zkpipe.prover.ceremony.points.subgroup import LEAST_FACTOR, MANY, SUMS, first_outside_g2
from zkpipe.prover.points import G2, g2_from_words, g2_words

COFACTOR = 2 * P - R
RUNS = 100 if IS_LONG else 3


def small_order_point() -> G2:
    """A point of order 10069, the smallest that there is."""
    start = 1
    while True:
        point = bn128.multiply(to_py_ecc(torsion_point(start)), COFACTOR // LEAST_FACTOR)
        if not bn128.is_inf(point):
            assert bn128.is_inf(bn128.multiply(point, LEAST_FACTOR))
            return from_py_ecc(point)
        start += 1


@pytest.fixture(scope="module")
def many() -> Words:
    """Points of G2, some of them alike."""
    some = np.stack([g2_words(g2(k), BN254) for k in range(1, 33)])
    return np.tile(some, (2 * MANY // len(some), 1))


def test_the_cofactor_has_no_smaller_factor() -> None:
    assert COFACTOR % LEAST_FACTOR == 0
    assert not [k for k in range(2, LEAST_FACTOR) if COFACTOR % k == 0]
    worst = -(-(1 << 16) // LEAST_FACTOR) / (1 << 16)
    assert worst**SUMS < 2**-128


def test_points_of_g2_pass(many: Words) -> None:
    assert first_outside_g2(many) is None
    assert first_outside_g2(many[:3]) is None
    assert first_outside_g2(many[:0]) is None


@pytest.mark.parametrize("make", [small_order_point, lambda: twist_point_outside_g2(5)])
def test_one_point_outside_is_found(many: Words, make: object) -> None:
    outside = g2_words(make(), BN254)  # type: ignore[operator]
    for _ in range(RUNS):
        at = secrets.randbelow(len(many))
        points = many.copy()
        points[at] = add_points([points[at], outside])
        assert first_outside_g2(points) == at
        points[at] = outside
        assert first_outside_g2(points) == at


def test_many_points_outside_are_found(many: Words) -> None:
    """Also where all are one, or one and its negative in turn: sums meet equal points."""
    outside = g2_words(small_order_point(), BN254)
    x, (y0, y1) = g2_from_words(outside, BN254)
    negative = g2_words((x, (-y0 % P, -y1 % P)), BN254)
    assert first_outside_g2(np.tile(outside, (2 * MANY, 1))) == 0
    assert first_outside_g2(np.tile(np.stack([outside, negative]), (MANY, 1))) == 0


def test_a_sum_over_points_outside_is_exact() -> None:
    """By py_ecc: the sums do not take their points to be of order r."""
    point = torsion_point(2)
    other = twist_point_outside_g2(9)
    count = MANY
    weights = [secrets.randbelow(1 << 16) for _ in range(count)]
    points = np.tile(np.stack([g2_words(point, BN254), g2_words(other, BN254)]), (count // 2, 1))
    found = msm_g2(points, words_from_ints(weights))
    due = bn128.add(
        bn128.multiply(to_py_ecc(point), sum(weights[::2])),
        bn128.multiply(to_py_ecc(other), sum(weights[1::2])),
    )
    assert np.array_equal(found, g2_words(from_py_ecc(due), BN254))


def test_the_sums_are_what_tells(many: Words, monkeypatch: pytest.MonkeyPatch) -> None:
    """A point outside is seen in a sum whose coefficient for it is not 0."""
    monkeypatch.setattr(subgroup, "_coefficients", lambda n: words_from_ints([1] * n))
    points = many.copy()
    assert subgroup._sums_are_in_g2(points)
    points[7] = g2_words(small_order_point(), BN254)
    assert not subgroup._sums_are_in_g2(points)
