"""Which points are on their curve, and which points of the twist are in G2."""

from __future__ import annotations

import numpy as np
import pytest

from tests.accel.known_points import multiples
from tests.oracles import curves as oracle
from tests.oracles import fields
from tests.oracles.curves import Point
from zkpipe.accel.bn254 import BN254, FP2, P, R
from zkpipe.accel.curves.curve import g1_on_curve, g2_in_subgroup, g2_on_curve
from zkpipe.ground.errors import ShapeError

TWIST_COFACTOR = 2 * P - R  # the twist has r (2p - r) points: p - 1 + trace times r


def square_root(value: tuple[int, int]) -> tuple[int, int] | None:
    """A square root in Fp2, or None (p = 3 mod 4; by the norm)."""
    a, b = value
    norm = pow(a * a + b * b, (P + 1) // 4, P)
    if norm * norm % P != (a * a + b * b) % P:
        return None
    for sign in (norm, -norm):
        half = (a + sign) * pow(2, -1, P) % P
        c = pow(half, (P + 1) // 4, P)
        if c and c * c % P == half:
            root = (c, b * pow(2 * c, -1, P) % P)
            if fields.multiply(FP2, root, root) == (a % P, b % P):
                return root
    return None


def twist_points(n: int) -> list[Point]:
    """Points of the twist with x = k + u: nearly all outside G2."""
    found: list[Point] = []
    k = 0
    while len(found) < n:
        k += 1
        x = (k, 1)
        cube = fields.multiply(FP2, fields.multiply(FP2, x, x), x)
        y = square_root(fields.add(FP2, cube, BN254.g2_b))
        if y is not None:
            found.append((x, y))
    return found


def in_group(point: Point) -> bool:
    """By py_ecc and the definition: r times the point is infinity."""
    return oracle.multiply(point, R) is None


def test_the_numbers_of_the_curve_are_py_eccs() -> None:
    from py_ecc import bn128

    assert bn128.field_modulus == P
    assert bn128.curve_order == R
    assert tuple(int(c) for c in bn128.b2.coeffs) == BN254.g2_b
    x, y = oracle.G2
    assert (*x, *y) == BN254.g2_generator
    assert P + 1 - (6 * BN254.x**2 + 1) == R
    assert pow(BN254.root_of_unity(1 << 28), 1 << 27, R) == R - 1


def test_points_on_the_curve_are_seen_and_their_neighbours_are_not() -> None:
    for words, on_curve in ((8, g1_on_curve), (16, g2_on_curve)):
        good = oracle.to_words(
            [*multiples(words, 20), oracle.negate(multiples(words, 20)[9])], words
        )
        assert on_curve(good).all()  # the first is infinity
        points = good[1:]
        for word in range(words):
            for bit in (0, 13, 57):
                bad = points.copy()
                bad[:, word] ^= np.uint64(1 << bit)
                assert not on_curve(bad).any()


def test_a_point_with_one_coordinate_zero_is_not_infinity() -> None:
    x, y = oracle.to_words([oracle.G1], 8)[0, :4], oracle.to_words([oracle.G1], 8)[0, 4:]
    none = np.zeros(4, np.uint64)
    assert g1_on_curve(np.array([[*x, *none], [*none, *y], [*none, *none]])).tolist() == [
        False,
        False,
        True,
    ]
    g2 = oracle.to_words([oracle.G2], 16)
    for part in (slice(0, 8), slice(8, 16)):
        half = g2.copy()
        half[:, part] = 0
        assert not g2_on_curve(half).any()


def test_g1_points_are_on_no_other_curve() -> None:
    """y^2 = x^3 + b for another b: the invalid curve attack."""
    points = [(1, y) for y in range(3, 40)] + [(0, y) for y in range(1, 40)] + [(2, 2)]
    expected = [(y * y - x**3 - 3) % P == 0 for x, y in points]
    assert g1_on_curve(oracle.to_words(points, 8)).tolist() == expected
    assert not any(expected)


def test_points_of_the_twist_outside_g2_are_told_from_those_inside() -> None:
    outside = twist_points(40)
    inside = [*multiples(16, 20), oracle.negate(multiples(16, 20)[7])]
    cleared = [oracle.multiply(q, TWIST_COFACTOR) for q in outside[:6]]
    torsion = [oracle.multiply(q, R) for q in outside[:6]]  # of an order that divides the cofactor
    shifted = [oracle.add(oracle.G2, t) for t in torsion]  # what B += r Q would be
    points = [*inside, *cleared, *outside, *torsion, *shifted]
    words = oracle.to_words(points, 16)
    assert g2_on_curve(words).all()
    expected = [True] * (len(inside) + len(cleared)) + [False] * (len(points) - 26 - 1)
    assert g2_in_subgroup(words).tolist() == expected
    for point, inside_group in list(zip(points, expected, strict=True))[::9]:
        assert in_group(point) == inside_group


def test_swapped_components_are_refused() -> None:
    x, y = oracle.G2
    points = [((x[1], x[0]), (y[1], y[0])), (x, (y[1], y[0])), ((x[1], x[0]), y), (y, x)]
    assert not g2_on_curve(oracle.to_words(points, 16)).any()


@pytest.mark.parametrize("check", [g1_on_curve, g2_on_curve, g2_in_subgroup])
@pytest.mark.parametrize("shape", [(8,), (2, 4), (2, 12), (1, 2, 16)])
def test_arrays_of_another_shape_are_refused(check: object, shape: tuple[int, ...]) -> None:
    assert callable(check)
    with pytest.raises(ShapeError, match="Give an"):
        check(np.zeros(shape, np.uint64))
    with pytest.raises(ShapeError, match="int64"):
        check(np.zeros((2, 8 if check is g1_on_curve else 16), np.int64))


def test_no_points_give_no_answers() -> None:
    assert g1_on_curve(np.zeros((0, 8), np.uint64)).shape == (0,)
    assert g2_in_subgroup(np.zeros((0, 16), np.uint64)).shape == (0,)
