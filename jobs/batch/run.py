"""A run of a batch: rows in, proofs in their places, the journal beside; it can stop at any moment.

A row is known by its number and its identity. If the journal has a proof of both, and its files are
as they were written, nothing is done. Whatever else there is, the row is proved; a row that failed
is tried in every run, for a hint may have been corrected that no digest covers.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

from zkpipe.ground.errors import ZkpipeError, ZkpipeWarning
from zkpipe.jobs.batch.batch import OpenBatch
from zkpipe.jobs.batch.engines.engine import Engine, Task
from zkpipe.jobs.batch.journal import Entry, Kind
from zkpipe.jobs.batch.progress import Progress
from zkpipe.jobs.batch.results import Results
from zkpipe.jobs.batch.states import RowState
from zkpipe.jobs.batch.tables.columns import Columns
from zkpipe.jobs.batch.tables.table import Row, Table
from zkpipe.jobs.batch.writer import Settled, Writer
from zkpipe.jobs.errors import JobError
from zkpipe.jobs.proving.outcome import Cause, Failed

SHOWN = 20  # failures that are kept for the answer
LOOK = 0.2  # seconds
GONE = 1000  # rows that are dropped at once
Flatten = Callable[[dict[str, object]], list[int]]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table as the circuit's inputs.

    flat          Statement.flat
    circuit, key  digests, in hex
    """

    table: Table
    columns: Columns
    flat: Flatten
    circuit: str
    key: str


@dataclass(slots=True)
class Failure:
    """A row that failed in this run, for the person who reads."""

    row: int
    name: str | None
    failed: Failed


@dataclass(slots=True)
class Ran:
    """What a run came to."""

    progress: Progress
    is_cancelled: bool = False
    failures: list[Failure] = field(default_factory=list)


class Run:
    """One run over the table; use `work` once.

    total  rows of the table
    told   called with the progress, some five times a second
    """

    def __init__(
        self,
        batch: OpenBatch,
        rows: Rows,
        total: int,
        results: Results,
        told: Callable[[Progress], None],
        *,
        explained: bool = False,
    ) -> None:
        self._batch, self._rows, self._results = batch, rows, results
        self._told, self._explained = told, explained
        self._ran = Ran(Progress(total))
        self._open: dict[int, tuple[bytes, str | None, bool]] = {}
        self._states = batch.states.rows()
        self._state = next(self._states, None)
        self._next_look = 0.0
        self._last = -1  # row that was seen

    def work(self, engine: Engine) -> Ran:
        """Prove what is to be proved.

        Raises JobError, FileError if the work cannot go on; what is done by then stays.
        """
        writer = Writer(self._batch.journal, self._results, self._count)
        try:
            with closing(engine):
                self._prove(engine, writer)
        finally:
            writer.close()
        writer.check()
        if not self._ran.is_cancelled:
            self._drop_what_is_gone()
        kind = Kind.CANCELLED if self._ran.is_cancelled else Kind.FINISHED
        self._batch.journal.add([Entry(kind)])
        return self._ran

    def _prove(self, engine: Engine, writer: Writer) -> None:
        for done in engine.results(self._tasks(writer)):
            if done is not None:
                outcome = done.outcome
                if isinstance(outcome, Failed) and outcome.cause is Cause.MACHINE:
                    raise _stopped(done.task.row, outcome)
                identity, name, had = self._open.pop(done.task.row)
                if isinstance(outcome, Failed):
                    self._ran.progress.removed += had
                else:
                    self._ran.progress.again += had
                writer.put(Settled(done.task.row, identity, name, outcome))
            if self._has_to_stop(writer):
                return

    def _drop_what_is_gone(self) -> None:
        """Remove the proofs of rows behind the table's last: of a row that moved up, a second."""
        while group := list(islice(self._rows_behind(), GONE)):
            self._results.drop([state.row for state in group])
            self._batch.journal.add([Entry(Kind.DROPPED, state.row) for state in group])
            self._ran.progress.removed += sum(state.kind is Kind.PROVED for state in group)

    def _rows_behind(self) -> Iterator[RowState]:
        while self._state is not None:
            if self._state.row > self._last:
                yield self._state
            self._state = next(self._states, None)

    def _has_to_stop(self, writer: Writer) -> bool:
        """Tell the progress and look for a word to stop, now and then."""
        if time.monotonic() < self._next_look:
            return self._ran.is_cancelled
        self._next_look = time.monotonic() + LOOK
        writer.check()
        self._told(self._ran.progress)
        self._ran.is_cancelled = self._ran.is_cancelled or self._batch.is_to_be_cancelled
        return self._ran.is_cancelled

    def _count(self, settled: Settled) -> None:
        """In the writer's thread: a row is on the disk."""
        progress = self._ran.progress
        if isinstance(settled.outcome, Failed):
            progress.failed += 1
            if len(self._ran.failures) < SHOWN:
                self._ran.failures.append(Failure(settled.row, settled.name, settled.outcome))
        else:
            progress.proved += 1

    def _tasks(self, writer: Writer) -> Iterator[Task]:
        """Rows that want a proof; what is wrong with others goes to the writer at once."""
        for row in self._rows.table.rows(self._rows.columns.need):
            if self._has_to_stop(writer):  # rows that are done already never reach an engine
                return
            self._last = row.number
            state = self._state_of(row.number)
            name, failed, flat = self._read(row)
            had = state is not None and state.kind is Kind.PROVED
            if failed is not None:
                self._ran.progress.removed += had
                writer.put(Settled(row.number, b"", name, failed))
                continue
            identity = self._batch.secret.identity(self._rows.circuit, self._rows.key, flat)
            if state is not None and had and self._stays(state, identity):
                self._ran.progress.kept += 1
                continue
            self._open[row.number] = identity, name, had
            yield Task(row.number, flat)

    def _read(self, row: Row) -> tuple[str | None, Failed | None, list[int]]:
        """A row's name, and why it has no inputs, or its inputs."""
        name = None
        try:
            if row.problem is not None:
                raise row.problem
            name = self._rows.columns.name(row)
            return name, None, self._rows.flat(self._rows.columns.inputs(row))
        except ZkpipeError as error:
            return name, Failed.of(error, Cause.INPUTS, explained=self._explained), []

    def _state_of(self, row: int) -> RowState | None:
        while self._state is not None and self._state.row < row:
            self._state = next(self._states, None)
        return self._state if self._state is not None and self._state.row == row else None

    def _stays(self, state: RowState, identity: bytes) -> bool:
        """Whether a row's proof is there and is of these inputs; tells if its files changed."""
        if state.identity != identity:
            return False
        fault = self._results.fault(state.row, state.result)
        if fault is not None:
            ZkpipeWarning(
                "result-changed",
                f"The proof of row {state.row} is not there as it was written: {fault}",
                "It is made again. Look at the disk if nobody has changed it.",
            ).report()
        return fault is None


def _stopped(row: int, failed: Failed) -> JobError:
    return JobError(
        f"The batch stops at row {row}: {failed.problem}",
        f"{failed.fix} Run it again then: it goes on where it was.",
        failed.evidence,
    )


def failure_of(state: RowState) -> dict[str, object]:
    """What the journal says of a row that failed, for a report."""
    said = json.loads(state.detail)
    kept = ("id", "cause", "kind", "problem", "fix", "evidence")
    return {"row": state.row} | {name: said[name] for name in kept if name in said}
