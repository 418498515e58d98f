"""Odd multiples side by side, and sums of points, against py_ecc."""

from __future__ import annotations

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.accel.known_points import multiples, scattered
from tests.oracles import curves as oracle
from tests.oracles.curves import G1, Point
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.msm.odd_multiples import CHUNK, odd_multiples, sum_of_points
from zkpipe.ground.errors import ShapeError

LARGEST = 2**128 - 1


def halves_of(values: list[int]) -> Words:
    return np.frombuffer(b"".join(v.to_bytes(16, "little") for v in values), "<u8").reshape(-1, 2)


def products(points: list[Point], values: list[int]) -> list[Point]:
    return oracle.from_words(odd_multiples(oracle.to_words(points, 8), halves_of(values)))


@pytest.mark.parametrize("n", [1, 2, 7, 8, 9, 20])
def test_odd_multiples_are_py_eccs(n: int) -> None:
    draw = generator(n)
    points, values = list(scattered(8, n)), [draw.randrange(2**128) for _ in range(n)]
    expected = [oracle.multiply(p, 2 * t + 1) for p, t in zip(points, values, strict=True)]
    assert products(points, values) == expected


def test_odd_multiples_at_the_ends_of_the_range() -> None:
    """1 and 3 begin with subtractions all the way down, 2^129 - 1 with additions alone."""
    values = [0, 1, 2, LARGEST, LARGEST - 1, 2**127, 2**127 - 1, 2**64, 2**64 - 1, 2**63]
    for point in (G1, oracle.negate(G1), scattered(8, 1)[0]):
        expected = [oracle.multiply(point, 2 * t + 1) for t in values]
        assert products([point] * len(values), values) == expected


def test_odd_multiples_of_small_multiples_of_one_point_are_right() -> None:
    """Sums that meet again among neighbours do not disturb each other."""
    values = [0, 1, 2, 3, 0, 1, 2, 3]
    points = list(multiples(8, 9))[1:]
    expected = [oracle.multiply(p, 2 * t + 1) for p, t in zip(points, values, strict=True)]
    assert products(points, values) == expected


@pytest.mark.parametrize("threads", ["1", "3"])
def test_more_points_than_one_task_takes(monkeypatch: pytest.MonkeyPatch, threads: str) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    n = 2 * CHUNK + 3
    points = list(multiples(8, 12))[1:] * (n // 11 + 1)
    values = list(range(n))
    got = products(points[:n], values)
    for i in (0, CHUNK - 1, CHUNK, 2 * CHUNK - 1, 2 * CHUNK, n - 1):
        assert got[i] == oracle.multiply(G1, (i % 11 + 1) * (2 * values[i] + 1) % R)


def test_no_points_have_no_multiples() -> None:
    empty = odd_multiples(np.zeros((0, 8), np.uint64), np.zeros((0, 2), np.uint64))
    assert empty.shape == (0, 8)


@pytest.mark.parametrize(("points", "halves"), [((2, 8), (3, 2)), ((2, 16), (2, 2)), ((8,), (2,))])
def test_arrays_that_do_not_pair_up_are_refused(
    points: tuple[int, ...], halves: tuple[int, ...]
) -> None:
    with pytest.raises(ShapeError, match="not points with numbers"):
        odd_multiples(np.zeros(points, np.uint64), np.zeros(halves, np.uint64))


def test_points_sum_up_with_equal_opposite_and_infinite_ones_among_them() -> None:
    a, b, c = scattered(8, 3)
    for points in (
        [],
        [None],
        [a],
        [a, a],
        [a, oracle.negate(a)],
        [a, oracle.negate(a), b],
        [None, a, b, oracle.add(a, b), None, c, c],
    ):
        expected: Point = None
        for point in points:
            expected = oracle.add(expected, point)
        words = sum_of_points(oracle.to_words(points, 8))
        assert oracle.from_words(words.reshape(1, 8)) == [expected]
