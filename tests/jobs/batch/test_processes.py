"""Child processes that prove: what happens to one of them happens to no row but its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.batch import shop
from tests.jobs.batch.test_batch_kill import workers_of
from zkpipe.cli.jobs.batch_job import BatchJob
from zkpipe.jobs.batch.engines.engine import Done, Task
from zkpipe.jobs.batch.engines.processes import Processes
from zkpipe.jobs.batch.job_file import read_job_file
from zkpipe.jobs.errors import JobError
from zkpipe.jobs.proving.outcome import Failed, Proved

pytestmark = pytest.mark.usefixtures("place")

ENDS = '''"""A circuit whose hint ends the process for one input."""

import os
import sys
from pathlib import Path

from zkpipe import Field, Private, Public, UInt, check, circuit, hint


def half(amount):
    if amount == 666:
        with open("tries", "a") as file:
            file.write("x")
        os._exit(3)
    if amount == 667:
        sys.exit(4)
    if amount == 668:
        raise KeyError(f"no {amount}")
    return amount // 2


@circuit
def spend(
    account: Public[UInt[32]], amount: Private[UInt[16]], salt: Private[Field]
) -> Public[Field]:
    """The amount is even."""
    found = hint(half, amount, returns=UInt[16])
    check(2 * found == amount, "the amount is odd")
    return amount * amount + salt
'''

# Kills its process in the middle of three rows, each once: nothing is closed or written any more.
KILLED = ENDS.replace(
    """    if amount == 666:""",
    """    if amount in (40, 100, 220) and not os.path.exists(f"killed-{amount}"):
        open(f"killed-{amount}", "w").close()
        os.kill(os.getpid(), 9)
    if amount == 666:""",
)


def test_a_worker_that_is_killed_loses_no_row() -> None:
    shop.make(Path(), KILLED)
    rows = {n: (f"A-{n}", 7 * n, 2 * n, 3**150 + n) for n in range(120)}
    shop.table(list(rows.values()))
    shop.job(more=shop.engine("processes"))
    facts = shop.run()
    assert sorted(path.name for path in Path().glob("killed-*")) == [
        "killed-100",
        "killed-220",
        "killed-40",
    ]
    assert (facts["proved"], facts["failed"]) == (120, 0)
    shop.require_valid(rows)
    assert [line.kind for line in shop.journal()].count("proved") == 120
    assert workers_of(Path.cwd()) == []


def test_a_row_that_ends_its_worker_fails_after_three_tries_and_no_other_does() -> None:
    shop.make(Path(), ENDS)
    rows = [(f"A-{n}", n, 2 * n, 5) for n in range(12)]
    bad = {3: 666, 5: 667, 7: 668, 9: 11}
    shop.table([(*row[:2], bad.get(n, row[2]), row[3]) for n, row in enumerate(rows)])
    shop.job(more=shop.engine("processes"))
    facts = shop.run(status=1)
    assert (facts["proved"], facts["failed"]) == (8, 4)
    shop.require_valid({n: row for n, row in enumerate(rows) if n not in bad})
    assert Path("tries").read_text() == "xxx"
    failed: Any = facts["failed_rows"]
    problems = {row["row"]: row["problem"] for row in failed}
    assert "ended 3 times" in problems[3]
    assert "half" in problems[5] or "SystemExit" in problems[5]
    assert "half" in problems[7]
    assert "668" not in str(failed)


def test_a_hint_that_exits_fails_its_row_in_this_process_too() -> None:
    shop.make(Path(), ENDS)
    shop.table([("A-0", 1, 2, 3), ("A-1", 1, 667, 3), ("A-2", 1, 668, 3), ("A-3", 1, 4, 3)])
    shop.job(more=shop.engine("local"))
    facts = shop.run(status=1)
    assert (facts["proved"], facts["failed"]) == (2, 2)


def engine_of(workers: int) -> tuple[Processes, list[list[int]]]:
    job = BatchJob.load(
        read_job_file(shop.job(more=shop.engine("processes", workers))), explained=False
    )
    flats = [
        job.statement.flat(job.rows.columns.inputs(row))
        for row in job.rows.table.rows(job.rows.columns.need)
    ]
    engine = job._engine(len(flats))
    assert isinstance(engine, Processes)
    return engine, flats


def test_what_is_given_comes_back_once() -> None:
    shop.table(shop.values(30))
    engine, flats = engine_of(2)
    try:
        found = [
            done.task.row
            for done in engine.results(Task(n, flat) for n, flat in enumerate(flats))
            if done is not None and isinstance(done.outcome, Proved)
        ]
    finally:
        engine.close()
    assert sorted(found) == list(range(30))


def test_closing_in_the_middle_ends_the_children() -> None:
    shop.table(shop.values(50))
    engine, flats = engine_of(2)
    pulled = 0

    def tasks() -> Iterator[Task]:
        nonlocal pulled
        for n in range(1_000_000):
            pulled += 1
            yield Task(n, flats[n % len(flats)])

    results = engine.results(tasks())
    first = next(done for done in results if done is not None)
    assert isinstance(first, Done)
    engine.close()
    assert workers_of(Path.cwd()) == []
    assert pulled < 20_000  # tasks are pulled as there is room for them


def test_closing_before_a_child_has_started_ends_it_too() -> None:
    shop.table(shop.values(2))
    engine, flats = engine_of(2)
    results = engine.results(iter([Task(0, flats[0]), Task(1, flats[1])]))
    assert next(results) is None
    engine.close()
    assert workers_of(Path.cwd()) == []


def test_a_worker_that_cannot_be_started_is_an_error_and_no_endless_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop.table(shop.values(3))
    engine, flats = engine_of(2)

    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("zkpipe.jobs.workers.worker.subprocess.Popen", refuse)
    try:
        with pytest.raises(JobError, match="No worker can be started"):
            list(engine.results(Task(n, flat) for n, flat in enumerate(flats)))
    finally:
        engine.close()


def test_a_circuit_that_changes_while_workers_start_stops_the_batch() -> None:
    shop.table(shop.values(3))
    engine, flats = engine_of(1)
    Path("spend.py").write_text(shop.SPEND.replace("amount * amount", "3 * amount * amount"))
    try:
        with pytest.raises(JobError, match="has been changed since the work began"):
            list(engine.results(Task(n, flat) for n, flat in enumerate(flats)))
    finally:
        engine.close()


def test_failures_of_rows_come_back_as_the_rows_own() -> None:
    shop.table([("A", 1, 1001, 5), ("B", 1, 10, 5)])
    engine, flats = engine_of(1)
    try:
        found = {
            done.task.row: done.outcome
            for done in engine.results(Task(n, flat) for n, flat in enumerate(flats))
            if done is not None
        }
    finally:
        engine.close()
    assert isinstance(found[0], Failed)
    assert "above the limit" in found[0].problem
    assert isinstance(found[1], Proved)
