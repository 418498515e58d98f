"""Sums of windows, and of all windows together, from buckets whose multiples are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.accel.known_points import signed_words
from zkpipe.accel.bn254 import FP, FP2
from zkpipe.accel.curve import Field
from zkpipe.accel.curves.points import working_points
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.msm.windows import SEGMENT_BITS, join_windows, weighted_sums

GROUPS = [pytest.param(FP, id="G1"), pytest.param(FP2, id="G2")]
SEGMENT = 1 << SEGMENT_BITS


def check_weighted_sums(field: Field, machine: Machine, windows: Sequence[Sequence[int]]) -> None:
    """Each window lists its buckets' sums as multiples of the generator."""
    words, buckets = 8 * field.degree, len(windows[0])
    sums = working_points(signed_words(words, [k for w in windows for k in w]), field, machine)
    expected = signed_words(words, [sum((b + 1) * k for b, k in enumerate(w)) for w in windows])
    infinite = any(k == 0 for w in windows for k in w)
    for may_have_infinity in (True,) if infinite else (True, False):
        starts = [buckets * w for w in range(len(windows))]
        got = weighted_sums(sums, starts, buckets, field, machine, may_have_infinity)
        assert (got == expected).all()


def random_sums(n: int, seed: int, least: int = -40) -> list[int]:
    draw = generator(seed)
    return [draw.randint(least, 40) for _ in range(n)]


@pytest.mark.parametrize("field", GROUPS)
@pytest.mark.parametrize("buckets", [1, 2, 8, SEGMENT // 2, SEGMENT, 2 * SEGMENT, 8 * SEGMENT])
def test_buckets_are_weighted_by_their_numbers(
    buckets: int, field: Field, machine: Machine
) -> None:
    for windows in (1, 2, 3, 8, 9):
        check_weighted_sums(
            field, machine, [random_sums(buckets, w, least=1) for w in range(windows)]
        )
        check_weighted_sums(field, machine, [random_sums(buckets, w) for w in range(windows)])


@pytest.mark.parametrize("field", GROUPS)
@pytest.mark.parametrize("at", [0, 1, SEGMENT - 2, SEGMENT - 1, SEGMENT, 3 * SEGMENT, -1])
def test_one_bucket_that_is_not_infinity(at: int, field: Field, machine: Machine) -> None:
    window = [0] * (4 * SEGMENT)
    window[at] = 3
    check_weighted_sums(field, machine, [window])
    check_weighted_sums(field, machine, [[0] * len(window), window, window])


@pytest.mark.parametrize("field", GROUPS)
def test_one_bucket_that_is_infinity(field: Field, machine: Machine) -> None:
    for at in (0, 1, SEGMENT - 1, SEGMENT, -1):
        window = random_sums(2 * SEGMENT, 3, least=1)
        window[at] = 0
        check_weighted_sums(field, machine, [random_sums(2 * SEGMENT, 4, least=1), window])


@pytest.mark.parametrize("field", GROUPS)
def test_nothing_but_infinity_sums_to_infinity(field: Field, machine: Machine) -> None:
    check_weighted_sums(field, machine, [[0] * (2 * SEGMENT)] * 3)


@pytest.mark.parametrize("field", GROUPS)
def test_sums_that_meet_themselves_or_their_opposites(field: Field, machine: Machine) -> None:
    """From the top: running sums that double, that cancel and go on, totals that cancel."""
    plain = random_sums(SEGMENT, 5, least=1)
    for top in (
        [5],
        [4, 4],
        [4, -4],
        [4, -4, 7],
        [4, -8],
        [6, -6, 0, 6],
        [3, -3, 3, -3],
        [2, -4, 2],
    ):
        first = [*plain[len(top) :], *top[::-1]]
        check_weighted_sums(field, machine, [first, plain])
        check_weighted_sums(field, machine, [first + plain, plain + first])
    check_weighted_sums(field, machine, [[7] * (2 * SEGMENT)] * 2)
    check_weighted_sums(field, machine, [[(-1) ** b for b in range(2 * SEGMENT)]])


@pytest.mark.parametrize("field", GROUPS)
def test_segments_that_meet_themselves_or_their_opposites(field: Field, machine: Machine) -> None:
    """What is left to single additions: equal and opposite heads and totals."""
    one = random_sums(SEGMENT, 6, least=1)
    other = [-k for k in one]
    check_weighted_sums(
        field, machine, [one * 4, one + other + one + other, one + one + other + other]
    )
    doubled = [k + m for k, m in zip(one, one, strict=True)]
    check_weighted_sums(field, machine, [one + doubled + [-k for k in doubled] + one])


@pytest.mark.parametrize("field", GROUPS)
@pytest.mark.parametrize("bits", [1, 4, 13])
def test_windows_are_joined_by_doublings(bits: int, field: Field, machine: Machine) -> None:
    cases: list[list[tuple[int, int]]] = [
        [(0, 5)],
        [(2, 5)],
        [(1, 3), (0, 4)],
        [(1, 3), (0, -3 << bits)],  # cancels
        [(1, 3), (0, 3 << bits)],  # doubles
        [(2, 1), (1, 0), (0, 7)],
        [(2, 0), (1, 0), (0, 0)],
        [(3, 2), (1, -9), (0, 1)],  # a window that nobody uses
        [(2, 2), (2, 2), (2, -4), (0, 1)],  # one in several parts
        [(1, 4), (1, -4), (1, 6), (0, 2), (0, 3)],
    ]
    words = 8 * field.degree
    for case in cases:
        windows = np.array([w for w, _ in case], np.int64)
        got = join_windows(signed_words(words, [k for _, k in case]), windows, bits, field)
        assert (got == signed_words(words, [sum(k << bits * w for w, k in case)])[0]).all()
