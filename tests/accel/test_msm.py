"""Multi-scalar multiplication against py_ecc, in sizes on both sides of every limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from accel import msm as msm_module
from accel.bn254 import R
from accel.errors import RangeError, ShapeError
from accel.limbs import Words, words_from_ints
from accel.msm import FEW, Bases, msm_g1, msm_g2, msm_shared
from tests.accel.edge_values import generator
from tests.accel.points import GENERATORS, multiple_words, scattered
from tests.oracles import curves as oracle
from tests.oracles.curves import Point

Msm = Callable[[Words, Words], Words]
GROUPS = [pytest.param(msm_g1, 8, id="G1"), pytest.param(msm_g2, 16, id="G2")]


def point_of(words: Words) -> Point:
    return oracle.from_words(words[None])[0]


def check_known(msm: Msm, words: int, multiples: Sequence[int], scalars: Sequence[int]) -> None:
    """Points that are known multiples of the generator: their sum is one multiplication."""
    points = multiple_words(words, max([2, *multiples]) + 1)[np.array(multiples, np.int64)]
    total = sum(k * s for k, s in zip(multiples, scalars, strict=True)) % R
    got = point_of(msm(points, words_from_ints(scalars)))
    assert got == oracle.multiply(GENERATORS[words], total)


def random_scalars(n: int, seed: int = 0) -> list[int]:
    draw = generator(seed + n)
    return [draw.randrange(R) for _ in range(n)]


@pytest.mark.parametrize(("msm", "words"), GROUPS)
@pytest.mark.parametrize("n", [1, 2, 3, FEW, FEW + 1])
def test_a_sum_is_the_naive_sum(n: int, msm: Msm, words: int) -> None:
    points, scalars = scattered(words, n), random_scalars(n)
    got = msm(oracle.to_words(points, words), words_from_ints(scalars))
    assert point_of(got) == oracle.msm(points, scalars)


@pytest.mark.parametrize(("msm", "words"), GROUPS)
def test_no_points_sum_to_infinity(msm: Msm, words: int) -> None:
    result = msm(np.zeros((0, words), np.uint64), np.zeros((0, 4), np.uint64))
    assert result.shape == (words,)
    assert not result.any()


@pytest.mark.parametrize(
    ("msm", "words", "n"),
    [(msm_g1, 8, n) for n in (100, 300, 5000)] + [(msm_g2, 16, n) for n in (100, 300, 1000)],
)
def test_sums_of_many_points(msm: Msm, words: int, n: int) -> None:
    draw = generator(n)
    multiples = [draw.randrange(n) for _ in range(n)]  # some are repeated, some infinity
    check_known(msm, words, multiples, random_scalars(n))


SCALARS = {
    "all zero": lambda n: [0] * n,
    "all one": lambda n: [1] * n,
    "all r - 1": lambda n: [R - 1] * n,
    "all equal": lambda n: [0x1234567_89ABCDEF << 100] * n,
    "bits": lambda n: [i * i % 7 % 2 for i in range(n)],
    "one and r - 1 in turn": lambda n: [1, R - 1] * (n // 2) + [1] * (n % 2),
    "around half of r": lambda n: [(R - 1) // 2 + i % 3 for i in range(n)],
    "powers of two": lambda n: [1 << i % 254 if i % 254 < 253 else 1 for i in range(n)],
    "one that counts": lambda n: [0] * (n - 1) + [R - 5],
    "small": lambda n: [i % 60 for i in range(n)],
    "small negatives": lambda n: [(R - i % 60) % R for i in range(n)],
}


@pytest.mark.parametrize("kind", SCALARS)
@pytest.mark.parametrize(
    ("msm", "words", "n"), [(msm_g1, 8, 10), (msm_g1, 8, 300), (msm_g2, 16, 100)]
)
def test_scalars_of_special_kinds(msm: Msm, words: int, n: int, kind: str) -> None:
    check_known(msm, words, list(range(1, n + 1)), SCALARS[kind](n))


@pytest.mark.parametrize(("msm", "words"), GROUPS)
@pytest.mark.parametrize("n", [FEW, 100])
def test_points_that_are_all_equal(msm: Msm, words: int, n: int) -> None:
    check_known(msm, words, [7] * n, random_scalars(n))
    check_known(msm, words, [7] * n, [R - 3] * n)


@pytest.mark.parametrize(("msm", "words"), GROUPS)
@pytest.mark.parametrize("n", [FEW, 100])
def test_points_that_are_all_infinity(msm: Msm, words: int, n: int) -> None:
    result = msm(np.zeros((n, words), np.uint64), words_from_ints(random_scalars(n)))
    assert not result.any()


@pytest.mark.parametrize(("msm", "words"), GROUPS)
@pytest.mark.parametrize("n", [2, FEW, 100])
def test_a_point_and_its_negative_sum_to_infinity(msm: Msm, words: int, n: int) -> None:
    points = scattered(words, n // 2)
    both = [q for p in points for q in (p, oracle.negate(p))]
    scalars = [s for s in random_scalars(n // 2) for _ in range(2)]
    assert not msm(oracle.to_words(both, words), words_from_ints(scalars)).any()
    opposite = [t for s in random_scalars(n // 2) for t in (s, R - s)]
    same = [p for p in points for _ in range(2)]
    assert not msm(oracle.to_words(same, words), words_from_ints(opposite)).any()


def test_infinity_among_the_points_counts_nothing() -> None:
    scalars = random_scalars(200)
    multiples = [0 if i % 3 == 0 else i for i in range(200)]
    check_known(msm_g1, 8, multiples, scalars)
    check_known(msm_g1, 8, [0] * 199 + [5], scalars)


def test_points_in_read_only_unaligned_memory() -> None:
    points, scalars = multiple_words(8, 100), random_scalars(100)
    memory = bytes(3) + points.tobytes()
    view: Words = np.ndarray((100, 8), np.uint64, buffer=memory, offset=3)
    total = sum(k * s for k, s in enumerate(scalars)) % R
    got = msm_g1(view, words_from_ints(scalars))
    assert point_of(got) == oracle.multiply(oracle.G1, total)


def test_points_with_a_stride_are_copied() -> None:
    points, scalars = multiple_words(8, 200)[::2], random_scalars(100)
    total = sum(2 * k * s for k, s in enumerate(scalars)) % R
    got = msm_g1(points, words_from_ints(scalars))
    assert point_of(got) == oracle.multiply(oracle.G1, total)


@pytest.mark.parametrize("bits", range(4, 17))
def test_windows_of_every_width_give_the_same_sum(
    bits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Widths that only large sums take, tried on a small one."""
    monkeypatch.setattr(msm_module, "window_bits", lambda n: bits)
    check_known(msm_g1, 8, list(range(200)), random_scalars(200))
    check_known(msm_g1, 8, [3] * 40, [R - 1] * 20 + [(R + 1) // 2] * 20)


def test_windows_grow_with_the_number_of_points() -> None:
    widths = [msm_module.window_bits(1 << k) for k in range(4, 24)]
    assert widths == sorted(widths)
    assert set(widths) <= set(range(4, 17))
    assert widths[0] < 6
    assert widths[-1] > 14


@pytest.mark.parametrize("n", [5, FEW, 60, 300])
def test_queries_of_both_groups_share_their_scalars(n: int) -> None:
    scalars = random_scalars(n)
    queries = []
    expected = []
    for words, offset in ((8, 0), (16, 0), (8, 1), (8, n // 2), (16, 2), (8, n)):
        queries.append(Bases(multiple_words(words, n + 1)[1 : n + 1 - offset], offset))
        total = sum((i + 1) * s for i, s in enumerate(scalars[offset:]))
        expected.append(oracle.multiply(GENERATORS[words], total % R))
    got = msm_shared(queries, words_from_ints(scalars))
    assert [point_of(words) for words in got] == expected


@pytest.mark.parametrize("threads", ["1", "2", "3"])
def test_any_number_of_threads_gives_the_same_sum(
    threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    check_known(msm_g1, 8, list(range(600)), random_scalars(600))
    scalars = random_scalars(40)
    queries = [Bases(multiple_words(words, 40)) for words in (8, 16, 8)]
    total = sum(k * s for k, s in enumerate(scalars)) % R
    got = [point_of(words) for words in msm_shared(queries, words_from_ints(scalars))]
    assert got == [oracle.multiply(GENERATORS[words], total) for words in (8, 16, 8)]


# --- errors


def test_scalars_and_points_must_pair_up() -> None:
    points, scalars = multiple_words(8, 20), words_from_ints([1] * 19)
    with pytest.raises(ShapeError, match="20 points from number 0 do not pair up with 19 scalars"):
        msm_g1(points, scalars)
    with pytest.raises(ShapeError, match="18 points from number 2 do not pair up with 19 scalars"):
        msm_shared([Bases(points[:18], 2)], scalars)


@pytest.mark.parametrize("n", [1, 20])
@pytest.mark.parametrize("scalar", [R, R + 1, (1 << 256) - 1])
def test_a_scalar_of_r_or_more_is_refused(scalar: int, n: int) -> None:
    scalars = words_from_ints([1] * (n - 1) + [scalar])
    with pytest.raises(RangeError, match=f"Scalar {n - 1} of {n} is not below the group order r"):
        msm_g1(multiple_words(8, n + 1)[1:], scalars)


@pytest.mark.parametrize(
    ("msm", "points"),
    [
        (msm_g1, np.zeros((2, 16), np.uint64)),
        (msm_g2, np.zeros((2, 8), np.uint64)),
        (msm_g1, np.zeros(8, np.uint64)),
        (msm_g1, np.zeros((2, 8), np.int64)),
        (msm_g1, np.zeros((2, 8), np.float64)),
        (msm_g2, np.zeros((2, 4, 4), np.uint64)),
    ],
)
def test_points_of_another_form_are_refused(msm: Msm, points: Words) -> None:
    with pytest.raises(ShapeError, match="Points"):
        msm(points, words_from_ints([1, 1]))


def test_scalars_of_another_form_are_refused() -> None:
    with pytest.raises(ShapeError, match="Scalars have shape"):
        msm_g1(multiple_words(8, 2), np.zeros(2, np.uint64))
