"""Sums of scalars times points on a card against py_ecc's, and against the processor's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.accel.known_points import multiple_words, signed_words
from tests.oracles.ptx.card import ProcessorCard
from zkpipe.accel.bn254 import BN254, R
from zkpipe.accel.cuda import multi_scalar, room
from zkpipe.accel.cuda.card import DeviceArray, DeviceRows
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.msm.digits import Digits, window_count
from zkpipe.accel.msm.multi_scalar import msm_g1, msm_g2
from zkpipe.ground.errors import CardError

GROUPS = {"G1": 8, "G2": 16}


def processors_msm(points: Words, scalars: Words) -> Words:
    return (msm_g1 if points.shape[1] == 8 else msm_g2)(points, scalars)


def card_msm(
    points: Words, scalars: Sequence[int], window_bits: int, *, backwards: bool = False
) -> Words:
    card = ProcessorCard(backwards=backwards)
    field = BN254.fp if points.shape[1] == 8 else BN254.fp2
    rows = DeviceRows.over(DeviceArray.of(card, points), field, 2, working=True)
    (found,) = multi_scalar.msm(card, rows, digits_of(card, [scalars], window_bits))
    return found


def digits_of(
    card: ProcessorCard, vectors: Sequence[Sequence[int]], window_bits: int
) -> multi_scalar.CardDigits:
    given = multi_scalar.CardScalars.of(card, [words_from_ints(scalars) for scalars in vectors])
    return multi_scalar.split(card, [given], window_bits, R)


def some_scalars(n: int) -> list[int]:
    draw = generator(n)
    edges = [0, 1, R - 1, 2, (R - 1) // 2, (R + 1) // 2, 1 << 64, (1 << 253) - 1]
    bits = [draw.randrange(2) for _ in range(n // 2)]
    return [*edges, *bits, *(draw.randrange(R) for _ in range(n))][:n]


@pytest.mark.parametrize("window_bits", [2, 5, 13])
def test_digits_are_the_processors(window_bits: int) -> None:
    vectors = [some_scalars(300), some_scalars(300)[::-1]]
    found = digits_of(ProcessorCard(), vectors, window_bits)
    expected = [
        Digits.of(words_from_ints(scalars), window_bits).of_window[:, :300] for scalars in vectors
    ]
    assert np.array_equal(found.array.to_host().reshape(-1, 300), np.concatenate(expected))


def test_digits_of_parts_lie_behind_one_another() -> None:
    """What `behind` leaves, after what came before, for each of two vectors."""
    card, scalars = ProcessorCard(), some_scalars(24)
    whole = [scalars[:12], scalars[12:]]
    given = multi_scalar.CardScalars.of(card, [words_from_ints(vector) for vector in whole])
    found = multi_scalar.split(card, [given, given.behind(5)], 4, R)
    expected = digits_of(card, [vector + vector[5:] for vector in whole], 4)
    assert np.array_equal(found.array.to_host(), expected.array.to_host())


@pytest.mark.parametrize("n", [1, 63, 64, 65, 5000])
def test_counts_are_scanned(n: int) -> None:
    draw = generator(n)
    counts = np.array([draw.randrange(5) for _ in range(n)], np.uint32)
    card = ProcessorCard()
    found = multi_scalar.scan(card, DeviceArray.of(card, counts)).to_host()
    assert found.tolist() == [0, *np.cumsum(counts).tolist()]


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize(("n", "window_bits"), [(1, 4), (70, 3), (300, 6), (40, 9)])
def test_sums_are_the_processors(group: str, n: int, window_bits: int) -> None:
    points, scalars = multiple_words(GROUPS[group], n), some_scalars(n)
    expected = processors_msm(points, words_from_ints(scalars))
    for backwards in (False, True):
        found = card_msm(points, scalars, window_bits, backwards=backwards)
        assert np.array_equal(found, expected)


@pytest.mark.parametrize("group", GROUPS)
def test_equal_and_opposite_points_and_infinity_are_added(group: str) -> None:
    """One bucket gets P, P, -P, -P, infinity, 2P, ...; sums become doubles and infinity."""
    words = GROUPS[group]
    multipliers = [1, 1, -1, -1, 0, 2, 1, 1, -4, 0, 3, -3, 5]
    points = signed_words(words, multipliers)
    for scalars in ([1] * 13, [R - 1] * 13, [7, 7, 7, 7, 9, 1, R - 1] + [3] * 6, [0] * 13):
        total = sum(k * s for k, s in zip(multipliers, scalars, strict=True)) % R
        expected = signed_words(words, [total if total <= R // 2 else total - R])[0]
        assert np.array_equal(card_msm(points, scalars, 3), expected)


def test_a_bucket_of_most_points_is_cut_into_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """With runs of 4, 600 points of one bucket take four passes."""
    monkeypatch.setattr(multi_scalar, "CAP", 4)
    points = multiple_words(8, 600)
    scalars = [1] * 590 + [R - 1] * 5 + [2] * 5
    assert np.array_equal(
        card_msm(points, scalars, 4), processors_msm(points, words_from_ints(scalars))
    )


@pytest.mark.parametrize("group", GROUPS)
def test_sums_of_vectors_are_the_sums_of_each(group: str) -> None:
    card, points = ProcessorCard(), multiple_words(GROUPS[group], 50)
    vectors = [some_scalars(50), [0] * 50, some_scalars(50)[::-1]]
    field = BN254.fp if group == "G1" else BN254.fp2
    rows = DeviceRows.over(DeviceArray.of(card, points), field, 2, working=True)
    found = multi_scalar.msm(card, rows, digits_of(card, vectors, 4))
    for scalars, ours in zip(vectors, found, strict=True):
        assert np.array_equal(ours, processors_msm(points, words_from_ints(scalars)))


@pytest.mark.parametrize("vectors", [1, 2])
def test_sums_are_cut_to_fit_the_card(vectors: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """100 points in chunks of 13 have the same sums as at once."""
    monkeypatch.setattr(room, "PLACES", 13 * vectors * window_count(4))
    card, points = ProcessorCard(), multiple_words(8, 100)
    given = [some_scalars(100), some_scalars(100)[::-1]][:vectors]
    rows = DeviceRows.over(DeviceArray.of(card, points), BN254.fp, 2, working=True)
    found = multi_scalar.msm(card, rows, digits_of(card, given, 4))
    assert card.launches.count("place_points") == 8
    for scalars, ours in zip(given, found, strict=True):
        assert np.array_equal(ours, processors_msm(points, words_from_ints(scalars)))


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize(("n", "window_bits", "cap"), [(1, 3, 64), (300, 5, 64), (900, 4, 4)])
def test_no_sum_takes_more_than_it_is_said_to(
    group: str, n: int, window_bits: int, cap: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multi_scalar, "CAP", cap)
    card, degree = ProcessorCard(), 1 if group == "G1" else 2
    field = BN254.fp if degree == 1 else BN254.fp2
    points = multiple_words(GROUPS[group], n)
    rows = DeviceRows.over(DeviceArray.of(card, points), field, 2, working=True)
    digits = digits_of(card, [some_scalars(n), [1] * n], window_bits)
    held, card.most = card.used, 0
    multi_scalar.msm(card, rows, digits)
    windows = 2 * digits.windows
    said = room.bytes_of_sums(n, windows, windows << (window_bits - 1), cap, degree)
    assert card.most - held <= said - room.SLACK


def test_a_card_without_room_for_one_point_says_so() -> None:
    with pytest.raises(CardError, match=r"take .* MB; 10\.0 MB are free"):
        list(room.pieces(100, 20, 20 << 13, 64, 1, 10_000_000))
