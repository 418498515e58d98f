"""Sums of scalars times points on a card against py_ecc's, and against the processor's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.accel.points import multiple_words, signed_words
from tests.oracles.ptx.card import ProcessorCard
from zkpipe.accel.bn254 import BN254, R
from zkpipe.accel.cuda import multi_scalar
from zkpipe.accel.cuda.card import DeviceArray, DeviceRows
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.msm.digits import Digits
from zkpipe.accel.msm.multi_scalar import msm_g1, msm_g2

GROUPS = {"G1": 8, "G2": 16}


def processors_msm(points: Words, scalars: Words) -> Words:
    return (msm_g1 if points.shape[1] == 8 else msm_g2)(points, scalars)


def card_msm(
    points: Words, scalars: Sequence[int], window_bits: int, *, backwards: bool = False
) -> Words:
    card = ProcessorCard(backwards=backwards)
    field = BN254.fp if points.shape[1] == 8 else BN254.fp2
    rows = DeviceRows.over(DeviceArray.of(card, points), field, 2, working=True)
    digits = multi_scalar.split(card, words_from_ints(scalars), window_bits, R)
    return multi_scalar.msm(card, rows, digits)


def some_scalars(n: int) -> list[int]:
    draw = generator(n)
    edges = [0, 1, R - 1, 2, (R - 1) // 2, (R + 1) // 2, 1 << 64, (1 << 253) - 1]
    bits = [draw.randrange(2) for _ in range(n // 2)]
    return [*edges, *bits, *(draw.randrange(R) for _ in range(n))][:n]


@pytest.mark.parametrize("window_bits", [2, 5, 13])
def test_digits_are_the_processors(window_bits: int) -> None:
    scalars = words_from_ints(some_scalars(300))
    found = multi_scalar.split(ProcessorCard(), scalars, window_bits, R)
    expected = Digits.of(scalars, window_bits).of_window[:, :300]
    assert np.array_equal(found.array.to_host().reshape(-1, 300), expected)


@pytest.mark.parametrize("n", [1, 63, 64, 65, 5000])
def test_counts_are_scanned(n: int) -> None:
    draw = generator(n)
    counts = np.array([draw.randrange(5) for _ in range(n)], np.uint32)
    card = ProcessorCard()
    found = multi_scalar.scan(card, DeviceArray.of(card, counts)).to_host()
    assert found.tolist() == [0, *np.cumsum(counts).tolist()]


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize(("n", "window_bits"), [(1, 4), (70, 3), (300, 6)])
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
