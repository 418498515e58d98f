"""Another curve, given as a value: every kernel computes on it, against Python integers."""

from __future__ import annotations

import pickle
import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from galois import is_prime

from tests.oracles.other_curve import G1, G2, OTHER, P, Point, R, add, flat, multiply
from zkpipe.accel import msm_g1, msm_g2
from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.accel.curves.curve import g1_on_curve, g2_in_subgroup, g2_on_curve
from zkpipe.accel.curves.pairing import final_exponentiation, miller_functions, one_of_fp12
from zkpipe.accel.fields.limbs import Words, from_montgomery, to_montgomery, words_from_ints
from zkpipe.accel.linear.sparse import into_montgomery, out_of_montgomery
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.msm.digits import window_count
from zkpipe.accel.msm.fixed_base import FixedBase, window_widths
from zkpipe.accel.transforms.ntt import Domain
from zkpipe.ground.errors import RangeError

GROUPS = pytest.mark.parametrize("generator", [G1, G2], ids=["G1", "G2"])


def words(points: Sequence[Point]) -> Words:
    """Rows of Montgomery words; zeros for infinity, of the group that the first point is of."""
    size = len(flat(points[0]))
    numbers = [x for point in points for x in (flat(point) if point else (0,) * size)]
    return to_montgomery(numbers, P).reshape(len(points), 4 * size)


def multiples_of(generator: Point, count: int) -> list[Point]:
    points = [generator]
    while len(points) < count:
        points.append(add(points[-1], generator))
    return points


def draws(count: int, seed: int) -> list[int]:
    draw = random.Random(seed)  # noqa: S311 - seeded test data
    return [0, 1, R - 1, R // 2, R // 2 + 1] + [draw.randrange(R) for _ in range(count - 5)]


def test_its_numbers_are_those_of_such_a_curve() -> None:
    assert is_prime(P)
    assert is_prime(R)
    assert (BN254.p, BN254.r) != (P, R)
    assert OTHER.two_adicity == 23
    assert multiply(G1, R) is multiply(G2, R) is None
    assert OTHER != BN254
    assert pickle.loads(pickle.dumps(OTHER)) == OTHER  # noqa: S301 - our own
    fields = [OTHER.fp, OTHER.fp2, OTHER.fr, BN254.fp, BN254.fp2, BN254.fr]
    assert len({*fields}) == 6
    assert pickle.loads(pickle.dumps(OTHER.fp2)).curve == OTHER  # noqa: S301 - our own


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"x": OTHER.x // 2}, "not of the size"),
        ({"x": 2 * OTHER.x}, "not of the size"),
        ({"x": OTHER.x + 1}, "do not extend"),
        ({"non_residue": 4}, "a square modulo r"),
        ({"g1_generator": (1, 3)}, "not on the curve"),
        ({"g1_b": 4}, "not on the curve"),
    ],
)
def test_numbers_of_no_such_curve_are_refused(change: dict[str, object], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        replace(OTHER, **change)


@pytest.mark.parametrize("n", [1, 2, 8, 16, 64, 1024])
@pytest.mark.parametrize("coset", [False, True])
def test_transforms(n: int, coset: bool, machine: Machine) -> None:
    domain = Domain(n, machine, OTHER)
    values = (draws(5, n) + draws(n + 5, n))[:n]
    root = OTHER.root_of_unity(2 * n)
    points = [pow(root, 2 * i + coset, R) for i in range(n)]
    found = domain.evaluate(to_montgomery(values, R), coset)
    for at in {0, 1 % n, n // 3, n - 1}:
        power, total = 1, 0
        for value in values:
            total, power = (total + value * power) % R, power * points[at] % R
        assert from_montgomery(found[at], R) == [total]
    assert from_montgomery(domain.interpolate(found, coset), R) == values


def test_a_domain_is_as_large_as_its_field_has_room_for(machine: Machine) -> None:
    with pytest.raises(RangeError, match="from 1 to 2\\^22"):
        Domain(1 << 23, machine, OTHER)


def test_scalars_change_form() -> None:
    values = draws(9, 3)
    montgomery = into_montgomery(words_from_ints(values), OTHER)
    assert (montgomery == to_montgomery(values, R)).all()
    assert (out_of_montgomery(montgomery, OTHER) == words_from_ints(values)).all()


@GROUPS
@pytest.mark.parametrize("n", [5, 200])
def test_sums_of_products(generator: Point, n: int) -> None:
    msm = msm_g1 if generator is G1 else msm_g2
    scalars = draws(n, n)
    found = msm(words(multiples_of(generator, n)), words_from_ints(scalars), OTHER)
    wanted = multiply(generator, sum(k * (i + 1) for i, k in enumerate(scalars)) % R)
    assert (found == words([wanted])[0]).all()


def test_a_scalar_of_r_is_refused_and_of_the_larger_order_is_not() -> None:
    assert BN254.r > R
    points = words([G1])
    with pytest.raises(RangeError):
        msm_g1(points, words_from_ints([R]), OTHER)


@GROUPS
@pytest.mark.parametrize("expected", [1, 1_000, 30_000, 1_000_000])
def test_multiples_of_a_fixed_point(generator: Point, expected: int) -> None:
    base = FixedBase(words([generator])[0], expected, OTHER)
    assert base.bits in window_widths(OTHER)
    position = base.bits * (base.windows - 1)
    near = [2 * (d * s << position) % R for d in range(R >> position, 1, -1)[:3] for s in (1, -1)]
    scalars = draws(9, expected) + near
    found = base.multiples(words_from_ints(scalars))
    zeros = np.zeros(found.shape[1], np.uint64)
    for scalar, row in zip(scalars, found, strict=True):
        wanted = multiply(generator, scalar)
        assert (row == (zeros if wanted is None else words([wanted])[0])).all()


def test_its_own_widths_of_windows() -> None:
    widths = window_widths(OTHER)
    assert widths
    assert all((R >> c * (window_count(c) - 1)) % 2 == 0 for c in widths)


def test_membership() -> None:
    assert g1_on_curve(words([G1, multiply(G1, 77)]), OTHER).all()
    assert not g1_on_curve(words([(1, 3)]), OTHER).any()
    inside = words([G2, multiply(G2, 77)])
    assert g2_on_curve(inside, OTHER).all()
    assert g2_in_subgroup(inside, OTHER).all()
    assert not g2_on_curve(inside, BN254).any()
    outside = words([point_of_the_twist()])
    assert g2_on_curve(outside, OTHER).all()
    assert not g2_in_subgroup(outside, OTHER).any()


def point_of_the_twist() -> Point:
    """A point of G2's curve, drawn by its x: of order r with probability 1 / (2 p - r)."""
    b = OTHER.g2_b
    for x0 in range(1, 100):
        x2 = (x0 * x0 - 1, 2 * x0)  # (x0 + u)^2
        x3 = (x2[0] * x0 - x2[1], x2[0] + x2[1] * x0)
        y = square_root(((x3[0] + b[0]) % P, (x3[1] + b[1]) % P))
        if y is not None:
            return (x0, 1), y
    raise AssertionError("half of all x are of a point")


def square_root(a: tuple[int, int]) -> tuple[int, int] | None:
    """In Fp2, by the root of the norm, as p is 3 modulo 4."""
    norm = (a[0] * a[0] + a[1] * a[1]) % P
    root = pow(norm, (P + 1) // 4, P)
    if root * root % P != norm:
        return None
    for sign in (1, -1):
        half = (a[0] + sign * root) * pow(2, -1, P) % P
        c = pow(half, (P + 1) // 4, P)
        if c and c * c % P == half:
            return c, a[1] * pow(2 * c, -1, P) % P
    return None


def product(pairs: Sequence[tuple[Point, Point]], curve: Curve = OTHER) -> Words:
    points, twisted = (words(side) for side in zip(*pairs, strict=True))
    return final_exponentiation(miller_functions(points, twisted, curve), curve)


def test_the_pairing_is_bilinear_and_not_degenerate() -> None:
    a, b, one = 123_456_789, R - 5, one_of_fp12(OTHER)
    minus = multiply(G1, R - 1)
    assert (
        product([(multiply(G1, a), multiply(G2, b)), (minus, multiply(G2, a * b % R))]) == one
    ).all()
    assert (product([(multiply(G1, a), G2), (minus, multiply(G2, a))]) == one).all()
    assert (product([(multiply(G1, a), G2), (minus, multiply(G2, a + 1))]) != one).any()
    assert (product([(G1, G2)]) != one).any()
    many = [(multiply(G1, k), multiply(G2, k + 1)) for k in range(1, 12)]
    total = sum(k * (k + 1) for k in range(1, 12))
    assert (product([*many, (minus, multiply(G2, total))]) == one).all()
