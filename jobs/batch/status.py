"""How a batch stands, asked from outside: its journal is read, whether it is written or not."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass

from zkpipe.ground.errors import ZkpipeError
from zkpipe.jobs.batch.batch import is_running, seen_batch
from zkpipe.jobs.batch.groups.group import Group
from zkpipe.jobs.batch.job_file import JobFile
from zkpipe.jobs.batch.journal import Kind
from zkpipe.jobs.batch.tables.table import open_table


@dataclass(frozen=True, slots=True)
class Status:
    """How a batch stands.

    state   "not begun", "running", "stopped", "cancelled" or "finished"
    rows    of the table as it is; None if it cannot be read
    proved, failed  rows, as the journal has them
    rate    rows a second of the run that is going on; None if none is
    left    seconds that it will take; None if nobody knows
    groups  that went to a contract, or may have
    waiting proven rows that are in no group
    """

    state: str
    rows: int | None
    proved: int
    failed: int
    rate: float | None = None
    left: float | None = None
    groups: tuple[Group, ...] = ()
    waiting: int = 0


def status_of(job: JobFile) -> Status:
    """Raises JobError, JournalError, FileError."""
    rows = None
    with suppress(ZkpipeError):  # its reader says what is wrong when the batch is run
        rows = open_table(job.inputs).count()
    runs = is_running(job)
    with seen_batch(job) as states:
        if states is None or states.begun is None:
            return Status("running" if runs else "not begun", rows, 0, 0)
        proved, failed = states.count(Kind.PROVED), states.count(Kind.FAILED)
        kind = states.last.kind if states.last is not None else Kind.BEGUN
        groups, waiting = states.groups.all, states.groups.waiting_count()
        if not runs:
            ended = {Kind.CANCELLED: "cancelled", Kind.FINISHED: "finished"}
            state = ended.get(kind, "stopped")
            return Status(state, rows, proved, failed, groups=groups, waiting=waiting)
        rate = states.since / max(time.time() - states.at, 1.0)
        left = None if rows is None or not rate else max(rows - proved - failed, 0) / rate
        return Status("running", rows, proved, failed, rate, left, groups, waiting)
