"""Sums of buckets, with buckets that end before, at and after the end of a tile."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from accel.arrays import Rows, blank_rows
from accel.bn254 import R
from accel.buckets import TILE, Tile, sum_buckets
from accel.machine import FP, FP2, Field, Machine
from tests.accel.edge_values import generator
from tests.accel.points import GENERATORS, multiple_words
from tests.accel.test_batch import file_words
from tests.oracles import curves as oracle

POOL = 200
SIGN = 1 << 31


def check(
    field: Field, machine: Machine, buckets: Sequence[Sequence[int]], offset: int = 0
) -> None:
    """Each bucket is a list of entries; entry e is the multiple (e mod 2^31) - offset of G."""
    words = 8 * field.degree
    points = multiple_words(words, POOL)
    finite = points.any(axis=1).astype(np.uint8)
    starts = np.cumsum([0, *(len(bucket) for bucket in buckets)]).astype(np.int64)
    entries = np.array([e for bucket in buckets for e in bucket], np.uint32)
    first = 3  # rows before and after stay as they are
    sums = blank_rows(field, machine, first + len(buckets) + 8, 2)
    sums.words[:first] = 7
    sums.words[first + len(buckets) :] = 9
    sum_buckets(
        Rows(field, machine, points, 2),
        finite,
        offset,
        entries,
        starts,
        sums,
        first,
        Tile.of(field, machine, len(entries)).arguments,
    )
    assert (sums.words[:first] == 7).all()
    assert (sums.words[first + len(buckets) :] == 9).all()
    sums.words[:first] = 0
    got = oracle.from_words(file_words(field, machine, sums, len(sums.words)))
    for bucket, point in zip(buckets, got[first:], strict=False):
        total = 0
        for entry in bucket:
            number = (entry & (SIGN - 1)) - offset
            if number >= 0:
                total += -number if entry & SIGN else number
        assert point == oracle.multiply(GENERATORS[words], total % R)


def random_entries(n: int, seed: int, offset: int = 0) -> list[int]:
    """Numbers of points, any sign; point 0 is infinity."""
    draw = generator(seed)
    return [draw.randrange(POOL) + offset | draw.getrandbits(1) << 31 for _ in range(n)]


@pytest.mark.parametrize("field", [FP, FP2], ids=["G1", "G2"])
def test_small_buckets_and_empty_ones(field: Field, machine: Machine) -> None:
    sizes = [0, 1, 2, 3, 0, 0, 7, 8, 9, 15, 16, 17, 64, 0]
    check(field, machine, [random_entries(n, n) for n in sizes])


def test_no_entries_leave_every_sum_at_infinity(machine: Machine) -> None:
    check(FP, machine, [[], [], []])
    check(FP, machine, [[0, 0 | SIGN], [], [0] * 20])  # nothing but infinity


@pytest.mark.parametrize("field", [FP, FP2], ids=["G1", "G2"])
def test_equal_and_opposite_points_in_one_bucket(field: Field, machine: Machine) -> None:
    p, minus = 5, 5 | SIGN
    check(
        field,
        machine,
        [
            [p, p],
            [p, minus],
            [p, minus, p, minus],
            [p, minus, p],
            [p] * 16,
            [p, p, minus, minus],
            [3, 4, 7 | SIGN],  # cancels in the second round
            [1, 2, 3, 6 | SIGN, 9],
            [0, p, 0, minus],
            [2] * 7 + [14 | SIGN],
        ],
    )


@pytest.mark.parametrize("n", [TILE - 1, TILE, TILE + 1, 2 * TILE - 1, 2 * TILE, 2 * TILE + 1])
def test_a_bucket_as_long_as_a_tile_or_longer(n: int, machine: Machine) -> None:
    check(FP, machine, [random_entries(n, n), random_entries(5, 5)])


@pytest.mark.parametrize("before", [1, 2, TILE - 2, TILE - 1, TILE, TILE + 1])
def test_a_bucket_that_begins_near_the_end_of_a_tile(before: int, machine: Machine) -> None:
    buckets = [before, 3, 0, TILE, 1, 0]
    check(FP, machine, [random_entries(n, n + before) for n in buckets])


def test_infinity_after_the_end_of_a_tile(machine: Machine) -> None:
    """A bucket whose rest, after its tile was full, is nothing but infinity."""
    full = [e for e in random_entries(2 * TILE, 1) if e & (SIGN - 1)][:TILE]
    check(FP, machine, [[*full, 0, 0, 0], [1, 2]])
    check(FP, machine, [[*full, 0], [], []])
    check(FP, machine, [[*full, 0, 4], [0], [5]])
    check(FP, machine, [[1, 2], [*full, 0, 0], [0, 0], [3]])


def test_a_sum_that_is_infinity_is_carried_into_the_next_tile(machine: Machine) -> None:
    cancelling = [5, 5 | SIGN] * (TILE // 2)
    check(FP, machine, [[*cancelling, 1, 2, 3], [4]])
    check(FP, machine, [cancelling * 2, [4]])
    check(FP, machine, [[*cancelling, 0], [4, 4]])


@pytest.mark.parametrize("field", [FP, FP2], ids=["G1", "G2"])
def test_one_point_again_and_again_over_two_tiles(field: Field, machine: Machine) -> None:
    check(field, machine, [[3] * (TILE + 10), [7 | SIGN] * 5])


def test_many_buckets_over_many_tiles(machine: Machine) -> None:
    draw = generator(2)
    sizes = [draw.choice([0, 1, 2, 50, 700, 1500, TILE]) for _ in range(40)]
    check(FP, machine, [random_entries(n, i) for i, n in enumerate(sizes)])


@pytest.mark.parametrize("offset", [1, 50])
def test_entries_below_the_offset_are_passed_over(offset: int, machine: Machine) -> None:
    buckets = [random_entries(300, seed, offset) for seed in range(4)]
    for bucket in buckets:
        bucket[::3] = [k % offset | (k & 1) << 31 for k in range(100)]
    check(FP, machine, buckets, offset)
