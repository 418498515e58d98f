"""A batch killed at random moments: nothing is lost, nothing is done twice, nothing is half there.

BATCH_KILLS says how many kills each engine gets; `make fuzz` gives the long form.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.jobs.batch import drivers, shop
from tests.jobs.batch.drivers import Driver
from tests.jobs.batch.shop import values

pytestmark = pytest.mark.usefixtures("place")
IS_LONG = "BATCH_KILLS" in os.environ
LOCAL_KILLS = int(os.environ.get("BATCH_KILLS", "6"))
PROCESS_KILLS = int(os.environ.get("BATCH_KILLS", "3"))
SEED = int(os.environ.get("BATCH_SEED", "20240817"))
ROWS = 600 if IS_LONG else 300  # of a batch: enough for some ten kills, or five
WAIT = 120.0  # seconds that a step may take on a machine with much else to do
BACK = 10.0 if IS_LONG else WAIT  # seconds until work goes on
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


def require_no_workers() -> None:
    end = time.monotonic() + BACK
    while workers_of(Path.cwd()):
        assert time.monotonic() < end, "workers outlive the batch that was killed"
        time.sleep(0.05)


class Victim:
    """A batch of the current folder that is killed again and again, until it is done.

    start    begins a driver
    pause    seconds from its first proof to the kill, at most: a group of proofs is written each
             0.2 s
    slowest  seconds from a start to the first new proof
    """

    def __init__(self, start: Callable[[], Driver], pause: float, chance: random.Random) -> None:
        self._start, self._pause, self._chance = start, pause, chance
        self._rows = dict(enumerate(values(ROWS)))
        self._seen: dict[str, tuple[bytes, int]] = {}
        self._told: set[int] = set()
        self.kills, self.slowest = 0, 0.0
        for old in (PROOFS, OWN):
            shutil.rmtree(old, ignore_errors=True)

    def suffer(self, most: int) -> None:
        """Be killed as often as this, or until the batch is done."""
        while self.kills < most and self._is_killed():
            self.kills += 1
            require_no_workers()
            self._look()

    def _is_killed(self) -> bool:
        """Kill it: mostly while it proves, now and then before. Whether it was still at work."""
        driver = self._start()
        begun = time.monotonic()
        try:
            if self._chance.random() < 0.8:
                before = newest()
                while not driver.is_over() and newest() == before:
                    assert time.monotonic() - begun < BACK, "work does not go on"
                    time.sleep(0.01)
                self.slowest = max(self.slowest, time.monotonic() - begun)
                time.sleep(self._chance.uniform(0, self._pause))
            else:
                time.sleep(self._chance.uniform(0, 4 * self._pause))
            return not driver.is_over()
        finally:
            driver.kill()

    def _look(self) -> None:
        """What is among the proofs is whole and holds; what is told is there, and stays."""
        found = shop.files() if PROOFS.exists() else {}
        new = {row_of(name) for name, file in found.items() if self._seen.get(name) != file}
        assert not self._told & new, "a proof that the journal tells of is another now"
        shop.require_holding({number: self._rows[number] for number in new})
        self._seen = found
        there = {row_of(name) for name in found}
        assert self._told <= there, "a row that the journal calls proved is gone"
        if (OWN / "journal.sqlite").exists():
            self._told = told_by_a_copy()
            assert self._told <= there

    def finish(self) -> None:
        """Let it work to its end: all rows are proved, each was told once."""
        process = shop.started("run", "job.toml")
        _, said = process.communicate(timeout=WAIT + ROWS)
        assert process.returncode == 0, said
        assert "is not there as it was written" not in said
        shop.require_valid(self._rows)
        entries = shop.journal()
        assert {line.row for line in entries if line.kind == "proved"} == set(self._rows)
        self._require_proved_once(entries)
        assert shop.parts() == []
        require_no_workers()
        process = shop.started("run", "job.toml", "--json")
        answer, _ = process.communicate(timeout=WAIT)
        assert '"proved_now": 0' in answer

    def _require_proved_once(self, entries: list[shop.Line]) -> None:
        """What the kills undid was never told."""
        proved = [line for line in entries if line.kind == "proved"]
        assert len({line.identity for line in proved}) == len({line.row for line in proved})
        assert max(Counter(line.row for line in proved).values()) == 1
        assert sum(line.kind == "begun" for line in entries) == 1
        assert sum(line.kind == "resumed" for line in entries) <= self.kills + 2
        finished = sum(line.kind == "finished" for line in entries)
        assert 1 <= finished <= self.kills + 1  # killed when all is done


def row_of(name: str) -> int:
    """The row of a file of `shop.files`."""
    return int(name.partition("/")[0])


def newest() -> int:
    """When a row was put in its place last; also one that was there, and that nobody told of."""
    found = 0
    for place in PROOFS.glob("[0-9]*") if PROOFS.exists() else ():
        with suppress(FileNotFoundError):  # another takes its place just now
            found = max(found, place.stat().st_ctime_ns)
    return found


def told_by_a_copy() -> set[int]:
    """The rows that the journal calls proved; looked up in a copy, so that nothing is mended."""
    copy = shop.copied(OWN, Path(f"copy-{time.monotonic_ns()}"))
    try:
        return {line.row for line in shop.journal(copy) if line.kind == "proved"}
    except sqlite3.OperationalError as error:  # its table is not there yet
        if "no such table" not in str(error):
            raise
        return set()
    finally:
        shutil.rmtree(copy)


def kill_batches(start: Callable[[], Driver], pause: float, kills: int, name: str) -> None:
    """Kill one batch after another, as often as this altogether."""
    chance = random.Random(f"{SEED} {name}")  # noqa: S311 # moments
    shop.table(values(ROWS))
    done = batches = 0
    slowest = 0.0
    while done < kills:
        victim = Victim(start, pause, chance)
        victim.suffer(kills - done)
        victim.finish()
        assert victim.kills, "a batch was done before it was killed once"
        done, batches = done + victim.kills, batches + 1
        slowest = max(slowest, victim.slowest)
    print(f"{name}: {done} kills, {batches} batches, at work in {slowest:.1f} s")  # noqa: T201 # for -s


def test_a_batch_that_is_killed_loses_nothing_and_does_nothing_twice() -> None:
    shop.job(more=shop.engine("local"))
    with drivers.ready() as ready:
        kill_batches(lambda: drivers.Forked(ready), 0.3, LOCAL_KILLS, "local")


def test_workers_end_with_a_batch_that_is_killed_and_their_rows_are_proved_once() -> None:
    shop.job(more=shop.engine("processes"))
    kill_batches(drivers.Command, 0.6, PROCESS_KILLS, "processes")
