"""Signed digits add up to their scalars, and scalars of r or more are refused."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.accel.edge_values import generator
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import words_from_ints
from zkpipe.accel.msm import digits as digits_module
from zkpipe.accel.msm.digits import Digits, check_scalars, window_count
from zkpipe.ground.errors import RangeError, ShapeError

WIDTHS = range(2, 18)


def edge_scalars(c: int) -> list[int]:
    """The ends of the range and its middle, powers of two, digits all at their largest."""
    half, top = 1 << (c - 1), (1 << c) - 1
    patterns = [
        sum(digit << c * w for w in range(window_count(c)))
        for digit in (1, half - 1, half, half + 1, top - 1, top)
    ]
    steps = [0, *(sign << k for k in (64, 128, 192) for sign in (-1, 1))]  # one word decides
    middle = [(R - 1) // 2 + step + d for step in steps for d in (-1, 0, 1, 2)]
    powers = [(1 << k) + d for k in (1, 16, 63, 64, 65, 128, 192, 252, 253) for d in (-1, 0, 1)]
    low = [0, 1, 2, half, top, *middle, *powers, *(p % (1 << 253) for p in patterns)]
    return [s % R for s in [*low, *(R - s for s in low), R - 1, R - 2]]


def written(digits: Digits, n: int) -> np.ndarray:
    """The digits of n scalars: those of each window's span, and zeros outside it."""
    rows = np.zeros_like(digits.of_window[:, :n])
    for row, source, (first, last) in zip(rows, digits.of_window, digits.spans, strict=True):
        assert 0 <= first <= last <= n
        row[first:last] = source[first:last]
    return rows


@pytest.mark.parametrize("c", WIDTHS)
def test_digits_times_their_weights_sum_to_the_scalar(c: int) -> None:
    draw = generator(c)
    scalars = edge_scalars(c)
    scalars += [draw.randrange(R) for _ in range(1000)]
    scalars += [draw.randrange(1 << 64) for _ in range(20)]
    digits = written(Digits.of(words_from_ints(scalars), c), len(scalars))
    assert digits.shape == (window_count(c), len(scalars))
    assert int(digits.max()) >> 1 <= 1 << (c - 1), "a digit has no bucket"
    for i, scalar in enumerate(scalars):
        signed = [int(d) >> 1 if d & 1 == 0 else -(int(d) >> 1) for d in digits[:, i]]
        total = sum(d << c * w for w, d in enumerate(signed))
        assert total % R == scalar
        assert abs(total) <= (R - 1) // 2, "the smaller of s and r - s is written"


def test_small_scalars_and_their_negatives_take_one_window() -> None:
    digits = written(Digits.of(words_from_ints([1, R - 1, 7, R - 7, 0]), 5), 5)
    assert digits[0].tolist() == [2, 3, 14, 15, 0]
    assert not (digits[1:] >> 1).any()


@pytest.mark.parametrize("c", [2, 13, 17])
def test_scalars_of_half_a_window_and_more(c: int) -> None:
    """Those that fill one window, the first that does not, and those of one word and of two."""
    half = 1 << (c - 1)
    for scalars in (
        [0, 1, half - 1, half],
        [0, half, half + 1, 1],
        [half + 1],
        [1, (1 << 64) - 1, 1 << 63, 2],
        *([1, 1 << k, 1] for k in (64, 128, 192)),
    ):
        found = Digits.of(words_from_ints(scalars), c)
        rows = written(found, len(scalars))
        for scalar, column in zip(scalars, rows.T.tolist(), strict=True):
            signed = [(1 - 2 * (d & 1)) * (d >> 1) for d in column]
            assert sum(d << c * w for w, d in enumerate(signed)) == scalar
        assert found.used.tolist() == np.count_nonzero(rows >> 1, axis=1).tolist()


def test_used_counts_the_digits_that_are_not_zero() -> None:
    draw = generator(4)
    scalars = [draw.randrange(1 << draw.choice([1, 2, 60, 253])) for _ in range(300)]
    for c in (2, 5, 13, 16):
        digits = Digits.of(words_from_ints(scalars), c)
        assert digits.used.tolist() == [int((row >> 1 != 0).sum()) for row in written(digits, 300)]
        assert digits.buckets == 1 << (c - 1)
        assert digits.window_bits == c
    bits = Digits.of(words_from_ints([i & 1 for i in range(99)]), 8)
    assert bits.used.tolist() == [49] + [0] * 31


@pytest.fixture
def used_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory that held something else: the largest words."""
    monkeypatch.setattr(
        digits_module, "aligned_empty", lambda *shape: np.full(shape, (1 << 64) - 1, np.uint64)
    )


@pytest.mark.usefixtures("used_memory")
@pytest.mark.parametrize("chunk", [6, 1 << 14])
def test_windows_above_the_longest_of_some_scalars_are_zero(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some scalars at a time, of every length, rising and falling."""
    monkeypatch.setattr(digits_module, "SOME", 3)
    monkeypatch.setattr(digits_module, "CHUNK", chunk)
    draw = generator(7)
    for c in (2, 5, 8, 13, 16):
        scalars = [
            sign * s % R
            for bits in [*range(254), *range(253, -1, -1)]
            for sign, s in (
                (1, (1 << bits) - 1),
                (-1, draw.randrange(1 << bits)),
                (1, 1 << bits >> 1),
            )
        ]
        found = Digits.of(words_from_ints(scalars), c)
        digits = written(found, len(scalars)).astype(np.int64)
        for i, scalar in enumerate(scalars):
            signed = [(1 - 2 * (d & 1)) * (d >> 1) for d in digits[:, i].tolist()]
            assert sum(d << c * w for w, d in enumerate(signed)) % R == scalar
        joined = found.joined().of_window.reshape(len(digits), -1)
        assert (joined[:, : len(scalars)] == digits).all()
        assert not joined[:, len(scalars) :].any()


@pytest.mark.usefixtures("used_memory")
def test_scalars_between_long_ones_have_zeros_in_the_upper_windows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A sum goes through all of a window's span, and takes whatever is there for digits."""
    monkeypatch.setattr(digits_module, "CHUNK", 10)
    monkeypatch.setattr(digits_module, "SOME", 4)
    draw = generator(9)
    for _ in range(40):
        parts = [
            [
                draw.randrange(1 << bits)
                for bits in draw.choices([0, 1, 100, 253], [8, 2, 1, 1], k=draw.randrange(1, 12))
                for _ in range(draw.randrange(20))
            ]
            for _ in range(draw.choice([1, 2]))
        ]
        scalars = [scalar for part in parts for scalar in part]
        first, *more = (words_from_ints(part).reshape(-1, 4) for part in parts)
        rows = written(Digits.of(first, 30, *more), len(scalars))
        for scalar, column in zip(scalars, rows.T.tolist(), strict=True):
            signed = [(1 - 2 * (d & 1)) * (d >> 1) for d in column]
            assert sum(d << 30 * w for w, d in enumerate(signed)) % R == scalar


@pytest.mark.parametrize("threads", ["1", "2"])
def test_spans_reach_from_the_first_chunk_with_a_digit_to_the_last(
    threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    monkeypatch.setattr(digits_module, "CHUNK", 10)
    draw = generator(8)
    for _ in range(60):
        parts = [
            [
                draw.randrange(1 << bits)
                for bits in draw.choices([0, 1, 100, 253], [8, 2, 1, 1], k=draw.randrange(4))
                for _ in range(draw.randrange(20))
            ]
            for _ in range(draw.choice([1, 2]))
        ]
        arrays = [words_from_ints(part).reshape(-1, 4) for part in parts]
        digits = Digits.of(arrays[0], 30, *arrays[1:])
        chunks, first = [], 0
        for part in parts:
            ends = [*range(10, len(part), 10), len(part)] if part else []
            chunks += [(first + low, first + high) for low, high in pairwise([0, *ends])]
            first += len(part)
        rows = written(digits, sum(map(len, parts))) >> 1
        for row, span in zip(rows, digits.spans.tolist(), strict=True):
            there = [chunk for chunk in chunks if row[slice(*chunk)].any()]
            assert span == ([there[0][0], there[-1][1]] if there else [0, 0])


@pytest.mark.parametrize("n", [0, 1, 9, 10, 11, 20, 45])
@pytest.mark.parametrize("threads", ["1", "2"])
def test_threads_share_the_scalars(n: int, threads: str, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = generator(n)
    scalars = words_from_ints(draw.randrange(R) for _ in range(n)).reshape(n, 4)
    whole = Digits.of(scalars, 7)
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    monkeypatch.setattr(digits_module, "CHUNK", 10)
    parts = Digits.of(scalars, 7)
    assert (written(parts, n) == written(whole, n)).all()
    assert parts.used.tolist() == whole.used.tolist()


def first_above(bits: int) -> int:
    """The least number above r whose lowest bits are all 0: the higher words decide alone."""
    return ((R >> bits) + 1) << bits


ABOVE = [R, R + 1, 2 * R, (1 << 256) - 1]
ABOVE += [value for bits in (64, 128, 192) for value in (R + (1 << bits), first_above(bits))]


@pytest.mark.parametrize("value", ABOVE)
@pytest.mark.parametrize("place", [0, 3, 9])
def test_a_scalar_of_r_or_more_is_refused(value: int, place: int) -> None:
    scalars = [R - 1] * 10
    check_scalars(words_from_ints(scalars))
    scalars[place] = value
    with pytest.raises(RangeError, match=f"Scalar {place} of 10 is not below the group order"):
        check_scalars(words_from_ints(scalars))


def test_words_just_below_rs_are_accepted_in_every_place() -> None:
    below = [R - 1, *(R - (1 << bits) for bits in (64, 128, 192))]
    below += [(R >> bits << bits) - 1 for bits in (64, 128, 192)]  # the lower words all ones
    check_scalars(words_from_ints(below))


@pytest.mark.parametrize(
    "scalars",
    [
        np.zeros(4, np.uint64),
        np.zeros((2, 8), np.uint64),
        np.zeros((2, 4), np.int64),
        np.zeros((2, 4), np.uint32),
        np.zeros((1, 2, 4), np.uint64),
    ],
)
def test_scalars_of_another_form_are_refused(scalars: np.ndarray) -> None:
    with pytest.raises(ShapeError, match="Scalars have shape"):
        check_scalars(scalars)
