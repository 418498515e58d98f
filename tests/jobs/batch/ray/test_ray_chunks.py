"""The books of a batch on a cluster, without a cluster: who gets which rows, who is given up."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from zkpipe.jobs.batch.engines.engine import Task
from zkpipe.jobs.batch.engines.ray_chunks import BYTES, LOSSES, MOST, Backlog, Pace, encoded
from zkpipe.jobs.batch.engines.ray_cluster import card_share
from zkpipe.jobs.proving.outcome import Cause, Failed, Proved

PROVED = Proved({}, ())
SHORT = Failed(Cause.MEMORY, "MemoryError", "too little", "use more")


def rows(count: int) -> Iterator[Task]:
    return (Task(row, [row]) for row in range(count))


def numbers(tasks: list[Task]) -> list[int]:
    return [task.row for task in tasks]


def test_rows_are_pulled_a_bounded_number_ahead() -> None:
    pulled = itertools.count()
    backlog = Backlog((Task(next(pulled), [0]) for _ in range(100_000)), workers=2)
    assert numbers(backlog.chunk(8)) == list(range(8))
    assert next(pulled) <= 8 * 4


def test_the_last_rows_are_shared_out() -> None:
    backlog = Backlog(rows(100), workers=2)
    sizes = []
    while tasks := backlog.chunk(32):
        sizes.append(len(tasks))
    assert sum(sizes) == 100
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] <= 4


def test_a_chunk_fits_into_a_message_unless_it_is_a_single_row() -> None:
    long, short = [2**253] * 200, [3] * 10
    backlog = Backlog(iter([Task(i, long) for i in range(20)]), workers=1)
    taken = backlog.chunk(20)
    assert 1 < len(taken) < 20
    assert len(encoded(taken)) < BYTES
    backlog = Backlog(iter([Task(0, [2**253] * 5000), Task(1, short)]), workers=1)
    assert numbers(backlog.chunk(20)) == [0]


def test_the_pace_is_half_a_second_for_a_call() -> None:
    pace = Pace()
    assert pace.size == 1
    for _ in range(8):
        pace.took(pace.size, pace.size * 0.05)
    assert pace.size == 10
    for _ in range(8):
        pace.took(pace.size, pace.size * 2.0)
    assert pace.size == 1
    for _ in range(20):
        pace.took(pace.size, 0.0)
    assert pace.size == MOST


def test_the_pace_at_most_doubles() -> None:
    pace = Pace()
    pace.took(1, 0.0001)
    assert pace.size == 2


def test_an_outcome_is_given_once() -> None:
    backlog = Backlog(rows(1), workers=1)
    [task] = backlog.chunk(1)
    assert backlog.settle(task, PROVED) is not None
    assert backlog.settle(task, PROVED) is None
    assert backlog.is_done()


def test_a_row_that_ends_its_worker_is_given_up_and_its_neighbours_are_not() -> None:
    backlog = Backlog(rows(6), workers=1)
    first, second = [backlog.waiting.popleft() for _ in range(3) if backlog.has_waiting()], []
    while backlog.has_waiting():
        second.append(backlog.waiting.popleft())
    assert backlog.lost(first, second) == []
    assert numbers(list(backlog.alone)) == [0, 1, 2]
    assert numbers(list(backlog.waiting)) == [3, 4, 5]
    guilty = first[1]
    for _ in range(LOSSES - 2):
        assert backlog.lost([guilty], []) == []
    [done] = backlog.lost([guilty], [])
    assert done.task is guilty
    assert isinstance(done.outcome, Failed)
    assert done.outcome.cause is Cause.WORKER
    assert f"{LOSSES} workers ended" in done.outcome.problem
    assert backlog.settle(guilty, PROVED) is None


def test_a_row_short_of_memory_is_tried_once_more_and_alone() -> None:
    backlog = Backlog(rows(1), workers=1)
    [task] = backlog.chunk(1)
    assert backlog.settle(task, SHORT) is None
    assert numbers(list(backlog.alone)) == [0]
    done = backlog.settle(task, SHORT)
    assert done is not None
    assert done.outcome is SHORT


def test_rows_lost_for_want_of_memory_say_so() -> None:
    backlog = Backlog(rows(1), workers=1)
    tasks = backlog.chunk(1)
    for _ in range(LOSSES - 1):
        backlog.lost(tasks, [])
    [done] = backlog.lost(tasks, [], memory=True)
    assert isinstance(done.outcome, Failed)
    assert done.outcome.cause is Cause.MEMORY


def test_cards_are_shared_so_that_every_worker_has_a_part() -> None:
    for cards, workers in itertools.product(range(1, 9), range(1, 40)):
        share = card_share(cards, workers)
        on_each = int(1 / share + 1e-9)  # Ray gives no worker parts of two cards
        assert on_each * cards >= workers
        assert share == 1 or workers > cards
    assert card_share(0, 3) == 0
