from __future__ import annotations

import pytest
from py_ecc import optimized_bn128 as bn128

from tests.prover.formats.key_material import (
    from_py_ecc,
    g1,
    g2,
    to_py_ecc,
    torsion_point,
    twist_point_outside_g2,
)
from zkpipe.accel.bn254 import BN254, P, R
from zkpipe.accel.curves.integers import g1_images, g1_negative, g2_images, g2_negative
from zkpipe.prover.points import (
    g1_from_words,
    g1_words,
    g2_from_words,
    g2_words,
    is_in_g1,
    is_in_g2,
    is_on_twist,
)

SCALARS = [1, 2, 3, 5, 2**64, 2**253, R - 2, R - 1, 0xC0FFEE**9]


@pytest.mark.parametrize("scalar", SCALARS)
def test_multiples_of_the_generators_are_in_their_groups(scalar: int) -> None:
    assert is_in_g1(g1(scalar), BN254)
    assert is_in_g2(g2(scalar), BN254)


@pytest.mark.parametrize("start", [1, 2, 3, 10**30])
def test_points_of_the_twist_outside_the_group_are_told_apart(start: int) -> None:
    for outside in (twist_point_outside_g2(start), torsion_point(start)):
        assert is_on_twist(outside, BN254)
        assert not is_in_g2(outside, BN254)
        moved = from_py_ecc(bn128.add(to_py_ecc(g2(7)), to_py_ecc(outside)))
        assert is_on_twist(moved, BN254)
        assert not is_in_g2(moved, BN254)


def test_points_off_the_curves_are_told_apart() -> None:
    x, y = g1(5)
    (x0, x1), (y0, y1) = g2(5)
    for point in ((x, y + 1), (y, x), (0, 0), (0, 1), (1, 1)):
        assert not is_in_g1(point, BN254)
    for twisted in (
        ((x1, x0), (y1, y0)),
        ((x0, x1), (y1, y0)),
        ((x0, x1), (y0, (y1 + 1) % P)),
        ((0, 0), (0, 0)),
        ((0, 0), (1, 0)),
    ):
        assert not is_on_twist(twisted, BN254)
        assert not is_in_g2(twisted, BN254)


def test_each_coordinate_has_one_form() -> None:
    x, y = g1(5)
    (x0, x1), (y0, y1) = g2(5)
    for point in ((x + P, y), (x, y + P), (x - P, y), (x, -y), (float(x), y), (str(x), y)):
        assert not is_in_g1(point, BN254)  # type: ignore[arg-type]  # wrong kinds on purpose
    for twisted in (
        ((x0 + P, x1), (y0, y1)),
        ((x0, x1 + P), (y0, y1)),
        ((x0, x1), (y0 + P, y1)),
        ((x0, x1), (y0, y1 - P)),
        ((x0, x1), (y0,)),
        (x0, x1),
        ((x0, x1), (y0, y1), (1, 0)),
    ):
        assert not is_on_twist(twisted, BN254)  # type: ignore[arg-type]  # wrong shapes on purpose
    assert not is_in_g1((True, 2), BN254)


def test_a_negative_adds_up_to_infinity() -> None:
    for scalar in SCALARS:
        assert g1_negative(g1(scalar)) == g1(R - scalar)
        assert g2_negative(g2(scalar)) == g2(R - scalar)


def test_points_come_back_from_words() -> None:
    for scalar in SCALARS:
        assert g1_from_words(g1_words(g1(scalar), BN254), BN254) == g1(scalar)
        assert g2_from_words(g2_words(g2(scalar), BN254), BN254) == g2(scalar)
    assert g1_words((0, 0), BN254).tolist() == [0] * 8


@pytest.mark.parametrize("scalar", SCALARS)
def test_images_are_the_known_multiples(scalar: int) -> None:
    root = next(pow(x, (R - 1) // 3, R) for x in range(2, 9) if pow(x, (R - 1) // 3, R) != 1)
    assert set(g1_images(g1(scalar))) == {g1(scalar * root), g1(scalar * root * root)}
    assert g2_images(g2(scalar)) == [g2(scalar * P**k) for k in range(1, 6)]
    assert g2_images(g2_images(g2(scalar))[4])[0] == g2_negative(g2(scalar))
