"""Multi-scalar multiplication against py_ecc, in sizes on both sides of every limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.accel.known_points import GENERATORS, multiple_words, scattered
from tests.oracles import curves as oracle
from tests.oracles.curves import Point
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.msm import digits as digits_module
from zkpipe.accel.msm import multi_scalar as msm_module
from zkpipe.accel.msm.bases import prepare
from zkpipe.accel.msm.digits import FEW, Digits
from zkpipe.accel.msm.multi_scalar import MsmInput, msm_g1, msm_g2, sums_of_products
from zkpipe.accel.msm.window_size import window_bits
from zkpipe.ground.errors import RangeError, ShapeError

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
    monkeypatch.setattr(msm_module, "window_bits_for", lambda *scalars, curve: bits)
    check_known(msm_g1, 8, list(range(200)), random_scalars(200))
    check_known(msm_g1, 8, [3] * 40, [R - 1] * 20 + [(R + 1) // 2] * 20)


def query(words: int, multiples: Sequence[int], digits: Digits, machine: Machine) -> MsmInput:
    """Points that are known multiples, from 0 on, with the digits of as many scalars."""
    points = multiple_words(words, max([2, *multiples]) + 1)[np.array(multiples, np.int64)]
    return MsmInput(prepare([(points, None)], machine), digits)


def digits_of(scalars: Sequence[int], bits: int = 0) -> Digits:
    words = words_from_ints(scalars).reshape(-1, 4)
    return Digits.of(words, bits or window_bits(len(scalars)))


def check_queries(
    cases: Sequence[tuple[int, Sequence[int], Sequence[int]]], machine: Machine, bits: int = 0
) -> None:
    """Several queries at once: words, multiples and scalars of each."""
    queries = [query(w, points, digits_of(s, bits), machine) for w, points, s in cases]
    got = [point_of(words) for words in sums_of_products(queries)]
    for (words, points, scalars), point in zip(cases, got, strict=True):
        total = sum(k * s for k, s in zip(points, scalars, strict=True)) % R
        assert point == oracle.multiply(GENERATORS[words], total)


@pytest.mark.parametrize("n", [5, FEW, 60, 300])
def test_queries_of_both_groups_share_their_digits(n: int, machine: Machine) -> None:
    scalars = random_scalars(n)
    digits, total = digits_of(scalars), sum(k * s for k, s in enumerate(scalars)) % R
    queries = [query(words, range(n), digits, machine) for words in (8, 16, 8)]
    got = [point_of(words) for words in sums_of_products(queries)]
    assert got == [oracle.multiply(GENERATORS[words], total) for words in (8, 16, 8)]


@pytest.mark.parametrize("threads", ["1", "2"])
def test_queries_of_all_sizes_stand_side_by_side(
    threads: str, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of no points, of one, few, many; of zeros alone; of infinity alone."""
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    cases: list[tuple[int, Sequence[int], Sequence[int]]] = [
        (8, range(700), random_scalars(700)),
        (16, range(90), random_scalars(90)),
        (8, [5], [R - 2]),
        (16, [3, 0, 3], [1, 2, R - 1]),
        (8, range(FEW), [0] * FEW),
        (16, [0] * 50, random_scalars(50)),
        (8, [6, 6], [4, R - 4]),
        (8, range(300), [i & 1 for i in range(300)]),
    ]
    check_queries(cases, machine)
    check_queries(cases[2:4], machine)
    empty = MsmInput(prepare([(multiple_words(8, 2)[:0], None)], machine), digits_of([], 4))
    first = query(8, *cases[0][1:2], digits_of(cases[0][2]), machine)
    none, some = sums_of_products([empty, first])
    assert not none.any()
    assert (some == sums_of_products([first])[0]).all()
    assert not sums_of_products([empty])[0].any()
    assert sums_of_products([]) == []


CUTTINGS = {  # SHARES, LEAST_SHARE, GROUP_BUCKETS
    "every window alone": (8, 1 << 14, 1),
    "two windows together": (8, 1 << 14, 16),
    "parts of a few points": (8, 20, 1 << 14),
    "parts of one point": (1000, 1, 1 << 14),
    "all windows together": (1, 1 << 30, 1 << 30),
}


@pytest.mark.parametrize("threads", ["1", "2"])
@pytest.mark.parametrize("cutting", CUTTINGS)
def test_windows_cut_and_joined_in_every_way_give_the_same_sums(
    cutting: str, threads: str, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in zip(
        ("SHARES", "LEAST_SHARE", "GROUP_BUCKETS"), CUTTINGS[cutting], strict=True
    ):
        monkeypatch.setattr(msm_module, name, value)
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    n = 40 if cutting == "parts of one point" else 150
    cases: list[tuple[int, Sequence[int], Sequence[int]]] = [
        (8, range(n), random_scalars(n)),
        (16, [i % 7 for i in range(n)], random_scalars(n, 5)),
        (8, range(1, n + 1), [i & 1 for i in range(n)]),  # one window holds everything
        (8, [3] * n, [1, R - 1] * (n // 2)),  # every part may cancel
        (16, range(n), [0] * (n - 1) + [1 << 130]),
        (8, [0] * (n // 2) + [4] * (n - n // 2), [5] * n),
    ]
    check_queries(cases, machine, bits=4)
    check_queries(cases[2:3], machine, bits=6)


@pytest.mark.parametrize("threads", ["1", "2"])
def test_points_whose_scalars_have_no_digit_in_a_window_are_passed_over(
    threads: str, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dense scalars before, between and behind bits and zeros: every window has its own points."""
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    monkeypatch.setattr(digits_module, "CHUNK", 16)
    monkeypatch.setattr(digits_module, "SOME", 8)
    monkeypatch.setattr(msm_module, "LEAST_SHARE", 20)
    bits, dense = [i % 3 & 1 for i in range(90)], random_scalars(50)
    some = [1 << 70, R - (1 << 140), R - 1]
    mixtures = [
        [*bits, *dense, *bits],
        [*dense, *bits],
        [*[0] * 40, *some, *bits, *dense],
        [*bits, *some, *[0] * 60],
    ]
    check_queries([(8, range(len(s)), s) for s in mixtures], machine, bits=5)
    check_queries([(16, range(len(s)), s) for s in mixtures[:2]], machine)
    for mixture in mixtures:
        check_known(msm_g1, 8, range(len(mixture)), mixture)


def test_windows_of_bits_are_cut_for_threads(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tasks of a query: every digit that is not zero in one, windows falling."""
    monkeypatch.setattr(msm_module, "GROUP_BUCKETS", 64)
    scalars = [i & 1 for i in range(200)] + random_scalars(10)
    some = query(8, range(210), digits_of(scalars, 5), machine)
    parts = msm_module._parts(some, 30)
    assert [p.windows[0] for p in parts] == sorted((p.windows[0] for p in parts), reverse=True)
    assert [(p.first, p.last) for p in parts if p.windows == (0,)] == [
        (i, min(i + 53, 210)) for i in range(0, 210, 53)
    ]
    whole = [w for p in parts for w in p.windows if (p.first, p.last) == (0, 210)]
    assert whole == [w for w in range(50, 0, -1) if some.digits.used[w]]
    assert max(len(p.windows) for p in parts) == 64 // 16
    assert not msm_module._parts(query(8, range(40), digits_of([0] * 40), machine), 30)


@pytest.mark.parametrize("words", [8, 16], ids=["G1", "G2"])
def test_bits_in_wide_windows_take_three_rounds(words: int, machine: Machine) -> None:
    """One bucket gets everything, and no other window anything: runs of runs of runs."""
    n = 64 * 64 + 70
    multiples = [i % 50 for i in range(n)]
    check_queries([(words, multiples, [1] * n)], machine, bits=12)
    check_queries([(words, multiples, [(R - i % 2) % R for i in range(n)])], machine, bits=12)
    check_queries([(words, [9] * n, [1, R - 1] * (n // 2))], machine, bits=12)


@pytest.mark.parametrize("threads", ["1", "2", "3"])
def test_any_number_of_threads_gives_the_same_sum(
    threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    check_known(msm_g1, 8, list(range(600)), random_scalars(600))
    check_known(msm_g2, 16, list(range(100)), random_scalars(100))


# --- errors


def test_scalars_and_points_must_pair_up() -> None:
    points, scalars = multiple_words(8, 20), words_from_ints([1] * 19)
    with pytest.raises(ShapeError, match="20 points do not pair up with 19 scalars"):
        msm_g1(points, scalars)
    with pytest.raises(ShapeError, match="18 points do not pair up with 19 scalars"):
        msm_g2(multiple_words(16, 18), scalars)


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
