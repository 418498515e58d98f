"""Transforms of points, against py_ecc: sums as they read, known powers, and the way back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.accel.known_points import GENERATORS, multiple_words, scattered
from tests.oracles import curves as oracle
from tests.oracles.curves import Point
from zkpipe.accel.bn254 import BN254, R
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.points import butterflies, fours, transforms
from zkpipe.accel.points.pair_products import PairMultiplier
from zkpipe.accel.points.transforms import PointTransforms, inverse_point_ntt, point_ntt
from zkpipe.accel.transforms.twiddles import bit_reversal
from zkpipe.ground.errors import RangeError, ShapeError

GROUPS = pytest.mark.parametrize("words", [8, 16], ids=["G1", "G2"])


def of_multipliers(words: int, multipliers: list[int]) -> list[Point]:
    return [oracle.multiply(GENERATORS[words], k % R) for k in multipliers]


def values(coefficients: list[int], root: int) -> list[int]:
    n = len(coefficients)
    return [sum(c * pow(root, i * j, R) for j, c in enumerate(coefficients)) % R for i in range(n)]


@GROUPS
@pytest.mark.parametrize("n", [1, 2, 4, 8, 32])
def test_transforms_are_the_sums_that_define_them(n: int, words: int) -> None:
    """Points by their multipliers, so that py_ecc multiplies once each."""
    draw, root = generator(n), BN254.root_of_unity(n)
    multipliers = [draw.randrange(R) for _ in range(n)]
    points = oracle.to_words(of_multipliers(words, multipliers), words)
    kept = points.copy()
    forward = oracle.from_words(point_ntt(points))
    assert forward == of_multipliers(words, values(multipliers, root))
    backward = oracle.from_words(inverse_point_ntt(points))
    scaled = [m * pow(n, -1, R) for m in multipliers]
    assert backward == of_multipliers(words, values(scaled, pow(root, -1, R)))
    assert (points == kept).all()


@pytest.mark.parametrize("words", [8, 16], ids=["G1", "G2"])
def test_a_transform_of_four_points_by_point_arithmetic(words: int) -> None:
    a, b, c, d = scattered(words, 4)
    i = BN254.root_of_unity(4)
    found = oracle.from_words(point_ntt(oracle.to_words([a, b, c, d], words)))
    sums = oracle.add(a, c), oracle.add(b, d)
    differences = (
        oracle.add(a, oracle.negate(c)),
        oracle.multiply(oracle.add(b, oracle.negate(d)), i),
    )
    assert found == [
        oracle.add(*sums),
        oracle.add(*differences),
        oracle.add(sums[0], oracle.negate(sums[1])),
        oracle.add(differences[0], oracle.negate(differences[1])),
    ]


@GROUPS
def test_lagrange_bases_are_py_eccs(words: int) -> None:
    """L_i(tau) = w^i (tau^n - 1) / (n (tau - w^i))."""
    n, tau = 16, 0x1234567_89ABCDEF
    powers = oracle.to_words(of_multipliers(words, [pow(tau, j, R) for j in range(n)]), words)
    nodes = [pow(BN254.root_of_unity(n), i, R) for i in range(n)]
    basis = [node * (pow(tau, n, R) - 1) * pow(n * (tau - node), -1, R) for node in nodes]
    assert oracle.from_words(inverse_point_ntt(powers)) == of_multipliers(words, basis)


def special(kind: str, n: int) -> list[int]:
    """Multipliers for which butterflies meet equal, opposite and infinite points."""
    return {
        "equal": [1] * n,
        "alternating": [1, -1] * (n // 2),
        "none": [0] * n,
        "first": [5] + [0] * (n - 1),
        "last": [0] * (n - 1) + [5],
        "powers of the root": [pow(BN254.root_of_unity(n), 3 * j, R) for j in range(n)],
        "every other": [0, 7] * (n // 2),
    }[kind]


@GROUPS
@pytest.mark.parametrize(
    "kind", ["equal", "alternating", "none", "first", "last", "powers of the root", "every other"]
)
def test_points_that_meet(kind: str, words: int) -> None:
    n = 16
    multipliers = special(kind, n)
    points = oracle.to_words(of_multipliers(words, multipliers), words)
    wanted = of_multipliers(words, values(multipliers, BN254.root_of_unity(n)))
    found = point_ntt(points)
    assert oracle.from_words(found) == wanted
    assert (inverse_point_ntt(found) == points).all()


@GROUPS
@pytest.mark.parametrize("threads", ["1", "3"])
def test_butterflies_in_several_batches(
    threads: str, words: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches and ranges that end within the points; some meet, most do not."""
    for module in (butterflies, fours, transforms):
        monkeypatch.setattr(module, "BATCH", {1: 8, 2: 8})
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    n = 64
    points: Words = multiple_words(words, 500)[[3 * k + k % 3 * (k % 5) for k in range(n)]]
    found = point_ntt(points)
    back = inverse_point_ntt(found)
    assert (back == points).all()
    multipliers = [3 * k + k % 3 * (k % 5) for k in range(n)]
    root = BN254.root_of_unity(n)
    for i in (0, 1, 31, 32, 33, 63):
        total = sum(m * pow(root, i * j, R) for j, m in enumerate(multipliers))
        assert oracle.from_words(found[i : i + 1]) == of_multipliers(words, [total])


@pytest.mark.parametrize("n", [0, 3, 12])
def test_a_number_of_points_that_is_no_power_of_two_is_refused(n: int) -> None:
    with pytest.raises(RangeError, match=f"{n} points cannot be transformed"):
        point_ntt(np.zeros((n, 8), np.uint64))


def test_other_arrays_are_refused() -> None:
    for wrong in (np.zeros((4, 12), np.uint64), np.zeros((4, 8)), np.zeros(8, np.uint64)):
        with pytest.raises(ShapeError, match="Points"):
            inverse_point_ntt(wrong)


@GROUPS
@pytest.mark.parametrize("inverse", [False, True])
@pytest.mark.parametrize(("n", "runs"), [(16, 4), (32, 4), (64, 16)])
def test_classes_joined_column_by_column_are_the_whole_transform(
    n: int, runs: int, inverse: bool, words: int
) -> None:
    """As where points do not fit in memory: in columns of one, two and more."""
    points: Words = multiple_words(words, 500)[[7 * k + k % 3 for k in range(n)]]
    whole = inverse_point_ntt(points) if inverse else point_ntt(points)
    transforms = PointTransforms(words // 8, inverse=inverse)
    over, length = n if inverse else None, n // runs
    table = np.empty((runs, length, words), np.uint64)
    for place, start in enumerate(bit_reversal(runs)):
        table[place] = points[start::runs][bit_reversal(length)]
        transforms.reversed(table[place], over if start == 0 else None)
    for first in range(0, length, step := max(1, length // 2)):
        columns = np.ascontiguousarray(table[:, first : first + step]).reshape(-1, words)
        transforms.join(columns, first, runs, length, over)
        table[:, first : first + step] = columns.reshape(runs, step, words)
    assert (table.reshape(n, words) == whole).all()


def test_points_of_g1_that_meet_in_a_butterfly_of_four_are_right_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Their table has no combination: they are multiplied one by one."""
    asked: list[bool] = []
    multiply = PairMultiplier.multiply

    def watched(self: PairMultiplier, *args: Any) -> list[Words] | None:
        found = multiply(self, *args)
        asked.append(found is None)
        return found

    monkeypatch.setattr(PairMultiplier, "multiply", watched)
    n, draw = 16, generator(5)
    multipliers = [draw.randrange(R) for _ in range(n)]
    for meeting in (False, True):
        asked.clear()
        if meeting:  # the runs of 4 that begin at 2 and 3 in bit-reversed order meet
            multipliers[1::4] = multipliers[3::4]
        points = oracle.to_words(of_multipliers(8, multipliers), 8)
        wanted = of_multipliers(8, values(multipliers, BN254.root_of_unity(n)))
        assert oracle.from_words(point_ntt(points)) == wanted
        assert asked == [meeting]
