"""The order in which a window's points meet their buckets: laws, checked in plain Python."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.accel.edge_values import generator
from zkpipe.accel.msm.schedule import Schedule, ScheduleBuffers, schedule
from zkpipe.accel.msm.tiles import TILE

LAW = settings(max_examples=1000, derandomize=True, deadline=None, database=None)
CAP = 64  # points of a run, where buckets get fewer than 32 on the average


def runs_of(plan: Schedule, width: int) -> list[list[int]]:
    """The entries of every run, in the order of tiles; steps must be as the class says."""
    runs: list[list[int]] = [[] for _ in plan.bucket]
    tiles, place = len(plan.tile_first) - 1, 0
    assert tiles == -(-len(runs) // TILE)
    assert plan.tile_first[0] == 0
    assert plan.tile_first[-1] == len(plan.step_start) == len(plan.step_active)
    for t in range(tiles):
        here = min(TILE, len(runs) - t * TILE)
        steps = range(plan.tile_first[t], plan.tile_first[t + 1])
        assert plan.step_active[steps[0]] == here, "a tile's first step serves all of its runs"
        for s in steps:
            start, active = int(plan.step_start[s]), int(plan.step_active[s])
            assert 0 < active <= here, "steps serve a prefix of the step before"
            here = active
            assert start == place, "steps lie one behind the other, in whole blocks"
            place += -(-active // width) * width
            for k in range(active):
                runs[t * TILE + k].append(int(plan.order[start + k]))
            filling = plan.order[start + active : place].tolist()
            assert filling == [plan.order[start]] * len(filling)
    assert len(plan.order) == place
    return runs


def check_schedule(
    digits: Sequence[int], finite: Sequence[int], buckets: int, width: int
) -> Schedule:
    """Every entry lies once in a run of its bucket, and the lists agree."""
    array, mask = np.array(digits, np.uint32), np.array(finite, np.uint8)
    plan = schedule(array, mask, buckets, width, ScheduleBuffers())
    expected: list[list[int]] = [[] for _ in range(buckets)]
    for i, digit in enumerate(digits):
        if digit >> 1 and (not len(finite) or finite[i]):
            expected[(digit >> 1) - 1].append(i | (digit & 1) << 31)
    runs = runs_of(plan, width)
    lengths = [len(run) for run in runs]
    assert lengths == sorted(lengths, reverse=True), "the longest runs come first"
    assert sorted(plan.number.tolist()) == list(range(len(runs)))
    by_number: list[list[int]] = [[] for _ in runs]
    for run, number, bucket in zip(runs, plan.number, plan.bucket, strict=True):
        by_number[number] = run
        assert plan.run_bucket[number] == bucket
    assert plan.run_bucket.tolist() == sorted(plan.run_bucket.tolist())
    found: list[list[int]] = [[] for _ in range(buckets)]
    mean = max(len(digits) // buckets, 1)
    cap = max(CAP, min(2 << mean.bit_length(), 1 << (len(digits) // TILE).bit_length()))
    for run, bucket in zip(by_number, plan.run_bucket, strict=True):
        assert len(found[bucket]) % cap == 0, "all runs of a bucket but the last are full"
        assert 0 < len(run) <= cap
        found[bucket] += run
    assert found == expected
    assert plan.cut == any(len(bucket) > cap for bucket in expected)
    return plan


def both(digits: Sequence[int], finite: Sequence[int], buckets: int) -> Schedule:
    check_schedule(digits, finite, buckets, 1)
    return check_schedule(digits, finite, buckets, 8)


def of_lengths(lengths: Sequence[int]) -> list[int]:
    """Digits, shuffled, that give bucket b lengths[b] points."""
    digits = [2 * (b + 1) | i & 1 for b, n in enumerate(lengths) for i in range(n)]
    generator(len(digits)).shuffle(digits)
    return digits


@LAW
@given(
    st.integers(0, 6).flatmap(
        lambda bits: st.tuples(
            st.just(1 << bits),
            st.lists(st.tuples(st.integers(0, 2 << bits | 1), st.booleans()), max_size=90),
        )
    ),
    st.booleans(),
    st.sampled_from([1, 8]),
)
@example((1, []), True, 8)
@example((1, [(2, True)] * 65), False, 8)
@example((4, [(9, False)] * 90), True, 8)
def test_every_point_lies_once_in_a_run_of_its_bucket(
    window: tuple[int, list[tuple[int, bool]]], some: bool, width: int
) -> None:
    buckets, entries = window
    finite = [int(f) for _, f in entries] if some else []
    check_schedule([min(d, 2 * buckets + 1) for d, _ in entries], finite, buckets, width)


@pytest.mark.parametrize("n", [0, 1, 7, 100])
def test_digits_that_are_all_zero_make_no_runs(n: int) -> None:
    for digit in (0, 1):  # 0 with the sign bit is 0
        plan = both([digit] * n, [], 8)
        assert len(plan.bucket) == len(plan.step_start) == 0
        assert not plan.cut
    plan = both([4] * n, [0] * n, 8)
    assert len(plan.bucket) == 0, "nothing but infinity"


@pytest.mark.parametrize("n", [CAP - 1, CAP, CAP + 1, 2 * CAP - 1, 2 * CAP, 2 * CAP + 1, 9 * CAP])
def test_buckets_are_cut_into_runs_of_the_cap(n: int) -> None:
    plan = both(of_lengths([0, 3, n, 0, 1] + [0] * 59), [], 64)
    assert len(plan.bucket) == 2 + -(-n // CAP)
    assert plan.cut == (n > CAP)


@pytest.mark.parametrize("runs", [1, 7, 8, 9, TILE - 1, TILE, TILE + 1, 2 * TILE, 2 * TILE + 1])
def test_tiles_end_before_at_and_after_the_last_run(runs: int) -> None:
    lengths = [1 + b % 3 for b in range(runs)]
    plan = both(of_lengths([*lengths, *[0] * (8192 - runs)]), [], 8192)
    assert len(plan.bucket) == runs


@pytest.mark.parametrize("mean", [1, 15, 31, 32, 33, 64, 200])
def test_the_cap_grows_with_the_mean(mean: int) -> None:
    """Buckets of a dense window are rarely cut; one that holds far more than the others is."""
    buckets, none = 2 * TILE, np.zeros(0, np.uint8)
    dense = np.random.default_rng(mean).integers(1, buckets + 1, buckets * mean)
    for digits, is_cut in ((dense, False), (np.ones_like(dense), True)):
        plan = schedule((2 * digits).astype(np.uint32), none, buckets, 8, ScheduleBuffers())
        assert plan.cut == is_cut


@pytest.mark.parametrize("buckets", [1, 64])
def test_few_buckets_are_cut_until_a_tile_is_full(buckets: int) -> None:
    """So that all lanes have work: a window of bits has one bucket."""
    draw = generator(buckets)
    n = CAP * TILE
    plan = both([2 * draw.randint(1, buckets) for _ in range(n)], [], buckets)
    assert TILE // 2 <= len(plan.bucket) <= TILE + buckets


def test_a_long_bucket_beside_tiles_of_short_ones() -> None:
    """As in a witness of bits; the longest runs, all full, fill the first tiles."""
    lengths = [CAP * (TILE + 3), *[1] * (TILE // 2), *[0] * 3000]
    plan = both(of_lengths(lengths), [], len(lengths))
    assert plan.cut
    assert len(plan.tile_first) == 3


@pytest.mark.parametrize("zeros", [0, 20, 21, 22, 300, 3999, 4000])
@pytest.mark.parametrize("lengths", [[1] * 7, [CAP] * 3, [3 * CAP, 1, CAP + 1, 2 * CAP]])
def test_points_that_go_nowhere_are_few_or_many(lengths: list[int], zeros: int) -> None:
    """One in sixteen, one fewer, one more, and nearly all; more than are set aside at a time."""
    digits = [*of_lengths([*lengths, *[0] * (64 - len(lengths))]), *[0] * zeros]
    generator(zeros).shuffle(digits)
    both(digits, [], 64)
    draw = generator(zeros + 1)
    both(digits, [draw.randrange(8) for _ in digits], 64)
    both(digits, [draw.randrange(64) for _ in digits], 64)
    both([*[0, 3] * zeros, 2], [], 1)


def test_infinity_is_left_out_and_nothing_else() -> None:
    draw = generator(8)
    digits = [draw.randrange(34) for _ in range(3000)]
    both(digits, [draw.getrandbits(1) for _ in digits], 16)
    both(digits, [1] * len(digits), 16)
    both(digits, [draw.randrange(256) for _ in digits], 16)  # a mark is 0 or it is not
    both(digits, [], 16)
