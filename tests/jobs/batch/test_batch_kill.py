"""A batch killed at random moments: nothing is lost, nothing is done twice, nothing is half there.

BATCH_KILLS says how many kills each engine gets; `make fuzz` gives the long form.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.jobs.batch import shop
from tests.jobs.batch.shop import values

pytestmark = pytest.mark.usefixtures("place")
KILLS = int(os.environ.get("BATCH_KILLS", "5"))  # of each engine
SEED = int(os.environ.get("BATCH_SEED", "20240817"))
ROWS = 40 * KILLS
WAIT = 120.0  # seconds that a step may take on a machine with much else to do
END = 10.0  # seconds after a kill
PROOFS, OWN = Path("proofs"), Path("proofs.batch")


def workers_of(folder: Path) -> list[int]:
    """Processes that prove here: children of a batch that runs or ran."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
                here = (process / "cwd").resolve(strict=True)
            except OSError:
                continue
            if b"zkpipe.cli.jobs.proving_worker" in words and here == folder:
                found.append(int(process.name))
    return found


def require_whole(rows: dict[int, shop.Values]) -> set[int]:
    """What is among the proofs is whole and holds; the rows that are there."""
    there = shop.rows_there() if PROOFS.exists() else set()
    if there:
        shop.require_valid({number: rows[number] for number in there})
    return there


def killed_at_random(chance: random.Random) -> None:
    """Start the batch, and kill it: mostly while it proves, now and then before."""
    process = shop.started("run", "job.toml")
    try:
        if chance.random() < 0.8:
            before = len(list(PROOFS.glob("[0-9]*")))
            end = time.monotonic() + WAIT
            while process.poll() is None and len(list(PROOFS.glob("[0-9]*"))) == before:
                assert time.monotonic() < end, "work does not go on"
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.8))
        else:
            time.sleep(chance.uniform(0, 3))
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def require_no_workers() -> None:
    end = time.monotonic() + END
    while workers_of(Path.cwd()):
        assert time.monotonic() < end, "workers outlive the batch that was killed"
        time.sleep(0.05)


def require_proved_once(entries: list[shop.Line], kills: int) -> None:
    """Every row is told once; and what the kills undid was none that was told."""
    proved = [line for line in entries if line.kind == "proved"]
    assert len({line.identity for line in proved}) == len({line.row for line in proved})
    assert max(Counter(line.row for line in proved).values()) == 1
    assert sum(line.kind == "begun" for line in entries) == 1
    assert sum(line.kind == "resumed" for line in entries) <= kills + 1
    assert sum(line.kind == "finished" for line in entries) == 1


@pytest.mark.parametrize("name", ["local", "processes"])
def test_a_batch_that_is_killed_loses_nothing_and_does_nothing_twice(name: str) -> None:
    chance = random.Random(f"{SEED} {name}")  # noqa: S311 # moments
    rows = dict(enumerate(values(ROWS)))
    shop.table(list(rows.values()))
    shop.job(more=shop.engine(name))
    told: set[int] = set()
    for _ in range(KILLS):
        killed_at_random(chance)
        require_no_workers()
        there = require_whole(rows)
        assert told <= there, "a row that the journal calls proved is gone"
        if (OWN / "journal.sqlite").exists():
            told = told_by_a_copy()
            assert told <= there
    process = shop.started("run", "job.toml")
    _, said = process.communicate(timeout=WAIT + ROWS)
    assert process.returncode == 0, said
    assert "is not there as it was written" not in said
    shop.require_valid(rows)
    entries = shop.journal()
    assert {line.row for line in entries if line.kind == "proved"} == set(rows)
    require_proved_once(entries, KILLS)
    assert shop.parts() == []
    require_no_workers()
    process = shop.started("run", "job.toml", "--json")
    answer, _ = process.communicate(timeout=WAIT)
    assert '"proved_now": 0' in answer


def told_by_a_copy() -> set[int]:
    """The rows that the journal calls proved; looked up in a copy, so that nothing is mended."""
    copy = shop.copied(OWN, Path(f"copy-{time.monotonic_ns()}"))
    try:
        return {line.row for line in shop.journal(copy) if line.kind == "proved"}
    except sqlite3.OperationalError as error:  # its table is not there yet
        if "no such table" not in str(error):
            raise
        return set()


def test_work_goes_on_within_seconds_of_a_kill() -> None:
    """A killed process's lock is free at once, and its locks of SQLite too."""
    shop.table(values(60))
    shop.job()
    killed_at_random(random.Random(1))  # noqa: S311 # moments
    begun = time.monotonic()
    assert shop.raw(verb="status").exit_code == 0
    assert shop.run()["proved"] == 60
    assert time.monotonic() - begun < WAIT


def test_two_processes_do_not_run_one_batch() -> None:
    shop.table(values(2000))
    shop.job()
    process = shop.started("run", "job.toml")
    try:
        end = time.monotonic() + WAIT
        while not any(PROOFS.glob("[0-9]*")):
            assert time.monotonic() < end
            time.sleep(0.05)
        result = shop.raw()
        assert result.exit_code == 2
        assert f"is being run by process {process.pid}" in result.stderr
        assert '"running"' in shop.raw(verb="status").stdout
        assert '"was_running": true' in shop.raw(verb="cancel").stdout
        answer, _ = process.communicate(timeout=WAIT)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 1
    assert "cancelled" in answer
    there = shop.rows_there()
    assert len(there) < 2000
    assert {line.row for line in shop.journal() if line.kind == "proved"} == there
    assert "cancelled" in shop.raw().stderr


def test_a_stop_by_the_keyboard_keeps_what_is_proved() -> None:
    shop.table(values(2000))
    shop.job(more=shop.engine("processes"))
    process = shop.started("run", "job.toml")
    end = time.monotonic() + WAIT
    while not any(PROOFS.glob("[0-9]*")):
        assert time.monotonic() < end
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=WAIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    assert process.returncode not in (0, -signal.SIGKILL)
    require_no_workers()
    there = require_whole(dict(enumerate(values(2000))))
    assert {line.row for line in shop.journal() if line.kind == "proved"} == there
    assert shop.parts(OWN) == []
