"""Sums of buckets against py_ecc: all exceptional cases; runs, steps and blocks of all ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.accel.known_points import multiple_words, signed_words
from zkpipe.accel.bn254 import FP, FP2
from zkpipe.accel.curve import Field
from zkpipe.accel.curves.points import file_points, padded_count, working_points
from zkpipe.accel.fields.rows import WorkRows, blank_rows
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.msm.buckets import Accumulators, Workspace, fill_buckets, sum_runs
from zkpipe.accel.msm.kernels.buckets import add_step, finish, start
from zkpipe.accel.msm.schedule import Index, ScheduleBuffers, schedule
from zkpipe.accel.msm.tiles import TILE

POOL = 200
CAP = 64  # of runs, where buckets get fewer than 32 points on the average
GROUPS = [pytest.param(FP, id="G1"), pytest.param(FP2, id="G2")]

Buckets = Sequence[Sequence[int]]


def window(field: Field, machine: Machine, buckets: Buckets) -> tuple[WorkRows, Index, Any]:
    """Points, digits and which are finite: bucket b's entries e are multiples of G, of any sign.

    The points lie shuffled; a bucket meets its own in the order given.
    """
    entries = [(b, e) for b, bucket in enumerate(buckets) for e in bucket]
    draw = generator(len(entries))
    order = sorted(range(len(entries)), key=lambda _: draw.random())
    queues = [iter(bucket) for bucket in buckets]
    mixed = [(entries[i][0], next(queues[entries[i][0]])) for i in order]
    words = multiple_words(8 * field.degree, 4 * POOL)[[abs(e) for _, e in mixed]]
    digits = np.array([2 * (b + 1) | (e < 0) for b, e in mixed], np.uint32)
    finite = np.array([e != 0 for _, e in mixed], np.uint8)
    points = words.reshape(-1, 8 * field.degree)
    return working_points(points, field, machine), digits, finite


def work_of(field: Field, machine: Machine, runs: int) -> Accumulators:
    return Accumulators.of(field, machine, min(TILE, padded_count(max(runs, 1), machine)))


def check_runs(field: Field, machine: Machine, buckets: Buckets, size: int = 0) -> bool:
    """Every run's sum by `sum_runs`; the rows around stay. Gives whether one may be infinity."""
    width, words = machine.width, 8 * field.degree
    rows, digits, finite = window(field, machine, buckets)
    plan = schedule(digits, finite, size or len(buckets), width, ScheduleBuffers())
    runs, first = len(plan.bucket), 3
    target = blank_rows(field, machine, padded_count(first + runs + width, machine), 2)
    target.words[:first] = 7
    target.words[first + runs :] = 9
    spare = np.full(width, first + runs, np.uint32)  # for lanes beyond the last run
    place = np.concatenate([plan.number + np.uint32(first), spare])
    met = sum_runs(rows, plan, work_of(field, machine, runs), target, place, False)
    assert (target.words[:first] == 7).all()
    assert (target.words[first + runs + 1 :] == 9).all()
    target.words[:first] = 0
    target.words[first + runs :] = 0
    got = file_points(target, field, machine)[first : first + runs]
    expected, number = [0] * runs, 0
    cap = CAP if len(digits) < 32 * len(buckets) else len(digits)
    for bucket in buckets:
        left = [e for e in bucket if e]
        for low in range(0, len(left), cap):
            expected[number] = sum(left[low : low + cap])
            number += 1
    assert number == runs
    assert (got == signed_words(words, expected)).all()
    assert met or all(expected), "a sum that is infinity is told"
    return met


def check_bucket_sums(field: Field, machine: Machine, buckets: Buckets, size: int = 0) -> int:
    """Every bucket's sum, runs and all, by the rounds of a window. Gives how many rounds."""
    rows, digits, finite = window(field, machine, buckets)
    count, n = size or len(buckets), len(digits)
    sums = blank_rows(field, machine, padded_count(2 * count + 1, machine), 2)
    sums.words[:count] = 7
    in_two = np.zeros((3, n + 11), np.uint32)  # the second window has the digits, the first none
    in_two[1, 4 : 4 + n] = digits
    windows, some = np.array([2, 1], np.int64), slice(4, 4 + n)
    empty, (filled, infinite, rounds) = fill_buckets(
        rows, in_two, windows, some, finite, count, Workspace(machine), sums
    ).tolist()
    assert empty == [0, 0, 0]
    assert (sums.words[:count] == 7).all()
    sums.words[:count] = 0
    sums.words[2 * count :] = 0
    expected = [sum(bucket) for bucket in buckets] + [0] * (count - len(buckets))
    got = file_points(sums, field, machine)[count : 2 * count]
    assert (got == signed_words(8 * field.degree, expected)).all()
    assert not any(expected[filled:]), "buckets beyond the last that is filled are empty"
    assert infinite or all(expected[:filled]), "a sum that is infinity is told"
    return int(rounds)


def random_entries(n: int, seed: int) -> list[int]:
    """Multiples of any sign; 0 is infinity."""
    draw = generator(seed)
    return [draw.randrange(1 - POOL, POOL) for _ in range(n)]


@pytest.mark.parametrize("field", GROUPS)
def test_small_buckets_and_empty_ones(field: Field, machine: Machine) -> None:
    sizes = [0, 1, 2, 3, 0, 0, 7, 8, 9, 15, 16, 17, 63, 0]
    buckets = [random_entries(n, n) for n in sizes]
    check_runs(field, machine, buckets, 64)
    check_bucket_sums(field, machine, buckets, 64)


def test_no_entries_leave_every_sum_at_infinity(machine: Machine) -> None:
    check_bucket_sums(FP, machine, [[], [], []])
    check_bucket_sums(FP, machine, [[0, 0], [], [0] * 20])  # nothing but infinity


@pytest.mark.parametrize("field", GROUPS)
def test_one_point_in_one_bucket(field: Field, machine: Machine) -> None:
    for at in range(9):
        buckets: list[list[int]] = [[] for _ in range(9)]
        buckets[at] = [-3]
        assert not check_runs(field, machine, buckets)
        check_bucket_sums(field, machine, buckets)


EXCEPTIONS = [
    [5, 5],
    [5, -5],
    [5, -5, 5, -5],
    [5, -5, 5],  # goes on after infinity
    [5, -5, 3, 4, -7, 9],  # infinity twice
    [5] * 16,
    [5, 5, -5, -5],
    [3, 4, -7],
    [1, 2, 3, -6, 9],
    [0, 5, 0, -5],
    [2] * 7 + [-14],
    [1, 1, 2, 4, 8, 16],  # doubles at every step
    [9, -8, -1, -1, 2],
]


@pytest.mark.parametrize("field", GROUPS)
def test_equal_and_opposite_points_in_one_bucket(field: Field, machine: Machine) -> None:
    assert check_runs(field, machine, EXCEPTIONS)
    check_bucket_sums(field, machine, EXCEPTIONS, 64)
    for bucket in EXCEPTIONS:  # alone among buckets without exceptions, in every lane
        for at in range(8):
            plain = [random_entries(6, 100 + b) for b in range(20)]
            plain[at] = bucket
            check_runs(field, machine, plain)


@pytest.mark.parametrize("field", GROUPS)
def test_lanes_beyond_a_steps_last_run_keep_their_sums(field: Field, machine: Machine) -> None:
    """Runs of every length, so that steps end in every lane; the long ones meet exceptions late."""
    for count in range(1, 20):
        buckets = [[2 * b + 3] + [b + 20 + i for i in range(count - b)] for b in range(count)]
        assert not check_runs(field, machine, buckets)
        buckets[0] += [-sum(buckets[0]), 4]
        assert check_runs(field, machine, buckets)


@pytest.mark.parametrize("field", GROUPS)
@pytest.mark.parametrize("n", [CAP - 1, CAP, CAP + 1, 2 * CAP - 1, 2 * CAP, 2 * CAP + 1])
def test_a_bucket_as_long_as_a_run_or_longer(n: int, field: Field, machine: Machine) -> None:
    entries = [e or 1 for e in random_entries(n, n)]
    buckets = [[], entries, [7], random_entries(5, 5)]
    check_runs(field, machine, [*buckets, *[[] for _ in range(60)]])
    assert check_bucket_sums(field, machine, buckets, 64) == (2 if n > CAP else 1)
    check_bucket_sums(field, machine, [entries] * 3, 64)


@pytest.mark.parametrize("field", GROUPS)
def test_runs_of_runs(field: Field, machine: Machine) -> None:
    """A bucket of more than 64 full runs takes a third round, as a witness of bits does."""
    n = CAP * CAP + 70
    bits = [1] * n
    assert check_bucket_sums(field, machine, [bits, [3, 4]], 1024) == 3
    assert check_bucket_sums(field, machine, [bits[: n // 2], [-1] * 65, [], [5, -5]], 1024) == 2


def test_sums_of_runs_that_cancel(machine: Machine) -> None:
    """Infinity enters the second round, before, between and after points."""
    nothing, something = [5, -5] * (CAP // 2), [1, 2] * (CAP // 2)
    back = [-e for e in something]
    for bucket in (
        [*nothing, *something],
        [*something, *nothing, 4],
        [*nothing, *nothing, *nothing],
        [*something, *back, *something, 9],
        [*something, *something, *back, *back],
        [*something, *something, *nothing, 4],  # infinity comes late, among sums that are none
        [*something, *something, *something, *nothing, *nothing, *something],
        [*nothing, 5],
    ):
        assert check_bucket_sums(FP, machine, [bucket, [1, 2], [3, -3]], 64) == 2
        assert check_bucket_sums(FP2, machine, [[3], bucket], 64) == 2


@pytest.mark.parametrize("field", GROUPS)
def test_one_point_again_and_again(field: Field, machine: Machine) -> None:
    check_bucket_sums(field, machine, [[3] * (2 * CAP + 10), [-7] * 5], 64)


@pytest.mark.parametrize("runs", [TILE - 1, TILE, TILE + 1, 2 * TILE + 3])
def test_tiles_end_before_at_and_after_the_last_run(runs: int, machine: Machine) -> None:
    buckets = [[1 + b % 50, -(b % 7), b % 20][: 1 + b % 3] for b in range(runs)]
    check_runs(FP, machine, buckets)
    assert check_bucket_sums(FP, machine, buckets, 1 << 13) == 1


def test_a_long_bucket_over_many_tiles(machine: Machine) -> None:
    assert check_bucket_sums(FP, machine, [[1, -2, 3] * (CAP * TILE // 3 + 50), [4]], 1 << 13) == 3


def test_many_buckets_of_all_lengths(machine: Machine) -> None:
    draw = generator(2)
    sizes = [draw.choice([0, 1, 2, 20, 50, CAP, 70]) for _ in range(300)]
    check_bucket_sums(FP, machine, [random_entries(n, i) for i, n in enumerate(sizes)])


# --- one step, in lanes


def in_lanes(field: Field, machine: Machine, multiples: Sequence[int]) -> Accumulators:
    """Accumulators that hold these multiples of G."""
    words = signed_words(8 * field.degree, multiples)
    rows = working_points(words, field, machine)
    work = Accumulators.of(field, machine, rows.length)
    order = np.arange(rows.length, dtype=np.uint32)
    start(work.points, rows, order, 0, rows.length // machine.width)
    return work


def rows_of(work: Accumulators, field: Field, machine: Machine, n: int) -> Any:
    rows = blank_rows(field, machine, padded_count(n, machine), 2)
    order = np.arange(rows.length, dtype=np.uint32)
    finish(work.points, rows, order, rows.length // machine.width)
    return file_points(rows, field, machine)[:n]


@pytest.mark.parametrize("field", GROUPS)
@pytest.mark.parametrize("from_lanes", [False, True], ids=["rows", "lanes"])
def test_every_pair_of_small_multiples_in_one_step(
    from_lanes: bool, field: Field, machine: Machine
) -> None:
    """1,521 pairs of multiples from -19 to 19, infinity among them; it may be there, or not."""
    words, width = 8 * field.degree, machine.width
    for may_have_infinity in (True, False):
        known = [k for k in range(-19, 20) if may_have_infinity or k]
        pairs = [(a, b) for a in known for b in known]
        generator(len(pairs)).shuffle(pairs)
        n = len(pairs)
        work = in_lanes(field, machine, [a for a, _ in pairs])
        right = [b for _, b in pairs]
        source: Any = in_lanes(field, machine, right).points
        if not from_lanes:
            source = working_points(signed_words(words, right), field, machine)
        order = np.arange(padded_count(n, machine), dtype=np.uint32)
        met = add_step(work.points, source, order, 0, n, 0, 0, work.slots, may_have_infinity)
        assert met
        got = rows_of(work, field, machine, n)
        assert (got == signed_words(words, [a + b for a, b in pairs])).all()
        # and unlike points alone, in an even and an odd number of blocks: no exception is met
        for count in (5 * width, 6 * width, 6 * width + 1, 7 * width - 1):
            work = in_lanes(field, machine, range(20, 20 + count))
            source = in_lanes(field, machine, [-k for k in range(1, 1 + count)]).points
            met = add_step(
                work.points, source, order, 0, count, 0, 0, work.slots, may_have_infinity
            )
            assert not met or count % width  # lanes beyond the last may hold anything
            got = rows_of(work, field, machine, count)
            assert (got == signed_words(words, [19] * count)).all()


@pytest.mark.parametrize("field", GROUPS)
@pytest.mark.parametrize("may_have_infinity", [False, True])
def test_a_step_serves_its_first_lanes_only(
    may_have_infinity: bool, field: Field, machine: Machine
) -> None:
    words, n = 8 * field.degree, 3 * machine.width
    order = np.arange(n, dtype=np.uint32)
    source = working_points(signed_words(words, range(50, 50 + n)), field, machine)
    for active in range(1, n + 1):
        work = in_lanes(field, machine, range(1, n + 1))
        add_step(work.points, source, order, 0, active, 0, 0, work.slots, may_have_infinity)
        expected = [k + 1 + 50 + k if k < active else k + 1 for k in range(n)]
        assert (rows_of(work, field, machine, n) == signed_words(words, expected)).all()


@pytest.mark.parametrize("field", GROUPS)
def test_one_exception_in_any_lane_is_seen_by_the_whole_step(
    field: Field, machine: Machine
) -> None:
    words, n = 8 * field.degree, 3 * machine.width
    order = np.arange(n, dtype=np.uint32)
    for at in range(n):
        for other in (at + 1, -(at + 1)):
            left, right = list(range(1, n + 1)), list(range(60, 60 + n))
            right[at] = other
            work = in_lanes(field, machine, left)
            source = working_points(signed_words(words, right), field, machine)
            met = add_step(work.points, source, order, 0, n, 0, 0, work.slots, False)
            assert met == (other < 0), "only a sum that is infinity makes the next step careful"
            expected = [a + b for a, b in zip(left, right, strict=True)]
            assert (rows_of(work, field, machine, n) == signed_words(words, expected)).all()
