"""s P + t Q side by side, against py_ecc; and what is done where points meet."""

from __future__ import annotations

import pytest

from tests.accel.edge_values import generator
from tests.accel.known_points import scattered
from tests.oracles import curves as oracle
from tests.oracles.curves import Point
from zkpipe.accel.bn254 import BN254, R
from zkpipe.accel.curves.lattice import lattice
from zkpipe.accel.fields.limbs import words_from_ints
from zkpipe.accel.machines.backend import machine
from zkpipe.accel.points.pair_products import PairMultiplier
from zkpipe.accel.points.scaling import working_offsets

L = lattice(BN254.fp).eigenvalue


def sums(
    left: list[Point], right: list[Point], scalars: list[tuple[list[int], list[int]]], room: int
) -> list[list[Point]] | None:
    m = machine()
    pairs = PairMultiplier(BN254.fp, m, room, working_offsets(BN254.fp, m))
    words = [(words_from_ints(s), words_from_ints(t)) for s, t in scalars]
    found = pairs.multiply(oracle.to_words(left, 8), oracle.to_words(right, 8), words)
    return None if found is None else [oracle.from_words(one) for one in found]


def expected(left: list[Point], right: list[Point], s: list[int], t: list[int]) -> list[Point]:
    return [
        oracle.add(oracle.multiply(p, a), oracle.multiply(q, b))
        for p, q, a, b in zip(left, right, s, t, strict=True)
    ]


@pytest.mark.parametrize("n", [1, 7, 8, 19])
def test_sums_of_two_products_are_py_eccs(n: int) -> None:
    draw = generator(n)
    points = scattered(8, 2 * n)
    edges = [1, 2, R - 1, R - 2, L, R - L, (R + 1) // 2, 1 << 253, (1 << 127) - 1]
    s, t, u, v = ([draw.choice([*edges, draw.randrange(1, R)]) for _ in range(n)] for _ in range(4))
    left, right = points[:n], points[n:]
    found = sums(left, right, [(s, t), (u, v)], room=24)
    assert found == [expected(left, right, s, t), expected(left, right, u, v)]


@pytest.mark.parametrize("factor", [1, R - 1, L, R - L, L * L % R, 3, (R + 1) // 2])
def test_points_that_meet_their_like_are_left_to_others(factor: int) -> None:
    """Equal or opposite points have combinations without a chord; others' sums are right."""
    left = scattered(8, 9)
    right = [*scattered(8, 18)[9:17], oracle.multiply(left[8], factor)]
    s, t = [3] * 9, [5] * 9
    found = sums(left, right, [(s, t)], room=16)
    assert found == (None if factor in (1, R - 1) else [expected(left, right, s, t)])
    assert sums(left[:8], right[:8], [(s[:8], t[:8])], room=16) is not None


def test_a_sum_that_is_infinity_is_not_given_as_a_point() -> None:
    """2 P + 1 Q of Q = -2 P: combinations differ, and the sum has no affine coordinates."""
    (p,) = scattered(8, 1)
    q = oracle.multiply(p, R - 2)
    found = sums([p], [q], [([2], [1])], room=8)
    assert found is None or found == [[None]]
