"""Outcomes on their way to the disk, in groups of at most 0.2 s, by a thread of its own.

Of each group the proofs are put in their places first, and then the journal says so: a kill in
between costs a second proof of these rows, never one that is told and not there. Proving goes on
while the disk is waited for.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from zkpipe.jobs.batch.journal import Entry, Journal, Kind
from zkpipe.jobs.batch.results import Results, RowFiles
from zkpipe.jobs.proving.outcome import Failed, Outcome, Proved

GROUP = 0.2  # seconds
MOST_WAITING = 4096  # outcomes


@dataclass(frozen=True, slots=True)
class Settled:
    """A row with what came of it.

    identity  of the row; empty if its inputs are none
    name      from the table's id column
    """

    row: int
    identity: bytes
    name: str | None
    outcome: Outcome


class Writer:
    """A thread that writes. What it fails with, `put` and `close` raise in the caller's."""

    def __init__(
        self, journal: Journal, results: Results, written: Callable[[Settled], None]
    ) -> None:
        self._journal, self._results, self._written = journal, results, written
        self._waiting: queue.Queue[Settled | None] = queue.Queue(MOST_WAITING)
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def put(self, settled: Settled) -> None:
        """Take a row's outcome."""
        self.check()
        self._waiting.put(settled)

    def check(self) -> None:
        """Raise what the thread has failed with."""
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """Write what waits, and end."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        is_open = True
        while is_open:
            settled = self._waiting.get()
            group, end = [], time.monotonic() + GROUP
            while settled is not None:
                group.append(settled)
                left = end - time.monotonic()
                if left <= 0 or len(group) >= MOST_WAITING:
                    break
                try:
                    settled = self._waiting.get(timeout=left)
                except queue.Empty:
                    break
            is_open = settled is not None
            if group and self._failure is None:
                try:
                    self._write(group)
                except BaseException as error:  # noqa: BLE001 # raised in the caller's thread
                    self._failure = error

    def _write(self, group: list[Settled]) -> None:
        proved = [(s, RowFiles.of(s.outcome)) for s in group if isinstance(s.outcome, Proved)]
        kept = self._results.put([(s.row, files) for s, files in proved])
        # all that failed: a kill may have left files that the journal does not know of
        self._results.drop([s.row for s in group if isinstance(s.outcome, Failed)])
        results = dict(zip((s.row for s, _ in proved), kept, strict=True))
        self._journal.add([_entry(s, results.get(s.row, b"")) for s in group])
        for settled in group:
            self._written(settled)


def _entry(settled: Settled, result: bytes) -> Entry:
    detail: dict[str, object] = {} if settled.name is None else {"id": settled.name}
    kind = Kind.PROVED
    if isinstance(settled.outcome, Failed):
        kind = Kind.FAILED
        failed = settled.outcome
        detail |= {
            "cause": failed.cause.value,
            "kind": failed.kind,
            "problem": failed.problem,
            "fix": failed.fix,
            "evidence": list(failed.evidence),
        }
    return Entry(kind, settled.row, settled.identity, json.dumps(detail), result)
