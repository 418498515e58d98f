"""Which rows a worker of a cluster gets at once: chunks that take about half a second.

A chunk is small enough to go within Ray's message: an argument of more than 100 KiB goes through
the object store. Towards the end chunks become smaller, so that all workers end together.

When a worker is lost, what it had comes again. The rows that it was proving come one at a time,
each on a worker that has nothing else: a row that ends its worker harms no other one then, and has
to answer for it alone.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from zkpipe.jobs.batch.engines.engine import Done, Task
from zkpipe.jobs.proving.outcome import Cause, Failed, Outcome

CALL = 0.5  # seconds of a call: thousands of times what a call costs, and little to lose
MOST = 64  # rows of a chunk: their proofs take 70 KB
BYTES = 90_000  # of its inputs; Ray sends up to 102,400 within a message
AHEAD = 1024  # rows that are pulled before a worker is free for them
LOSSES = 3  # of workers that a row may end
IN_FLIGHT = 2  # calls of a worker: one is proved, one waits for it


@dataclass(slots=True)
class Pace:
    """How many rows take a worker about CALL seconds: one at first."""

    size: int = 1
    _each: float | None = None

    def took(self, rows: int, seconds: float) -> None:
        """Learn from a call. The size at most doubles: a first row may have been an easy one."""
        each = seconds / rows
        self._each = each if self._each is None else (self._each + each) / 2
        self.size = max(1, min(MOST, 2 * rows, int(CALL / max(self._each, 1e-9))))


@dataclass(slots=True)
class Backlog:
    """The rows of a batch that have no outcome: not pulled yet, waiting, or with a worker."""

    source: Iterator[Task]
    workers: int
    ended: bool = False  # the source
    waiting: deque[Task] = field(default_factory=deque)
    alone: deque[Task] = field(default_factory=deque)  # to be proved one at a time
    _open: dict[int, Task] = field(default_factory=dict)
    _losses: Counter[int] = field(default_factory=Counter)
    _short: set[int] = field(default_factory=set)  # rows for which memory did not suffice once

    def is_done(self) -> bool:
        """Whether every row has its outcome."""
        if not self._open:
            self._pull(1)
        return not self._open

    def has_waiting(self) -> bool:
        """Whether rows wait that need not be alone."""
        self._pull(1)
        return bool(self.waiting)

    def chunk(self, size: int) -> list[Task]:
        """The next rows for a worker, at most so many; none if none wait."""
        room = self.workers * IN_FLIGHT
        self._pull(min(AHEAD, size * room))
        if self.ended:  # the last rows are shared out
            size = min(size, max(1, size // 8, -(-len(self.waiting) // room)))
        taken: list[Task] = []
        length = 0
        while self.waiting and len(taken) < size:
            length += _length(self.waiting[0])
            if taken and length > BYTES:
                break
            taken.append(self.waiting.popleft())
        return taken

    def _pull(self, count: int) -> None:
        for task in islice(self.source, max(0, count - len(self.waiting))):
            self._open[task.row] = task
            self.waiting.append(task)
        self.ended = self.ended or len(self.waiting) < count

    def settle(self, task: Task, outcome: Outcome) -> Done | None:
        """A row's outcome; None if it has one already, or is to be tried again."""
        if task.row not in self._open:
            return None
        short = isinstance(outcome, Failed) and outcome.cause is Cause.MEMORY
        if short and task.row not in self._short:
            self._short.add(task.row)
            self.alone.append(task)
            return None
        del self._open[task.row]
        return Done(task, outcome)

    def lost(
        self, proving: Sequence[Task], behind: Sequence[Task], *, memory: bool = False
    ) -> list[Done]:
        """A worker is lost, with the rows that it was proving and those behind; who is given up.

        memory  the node had too little of it
        """
        given_up = []
        for task in proving:
            self._losses[task.row] += 1
            if self._losses[task.row] < LOSSES:
                self.alone.append(task)
            elif self._open.pop(task.row, None):
                given_up.append(Done(task, _gave_up(memory)))
        self.waiting.extendleft(reversed(behind))
        return given_up

    def apart(self, tasks: Sequence[Task]) -> None:
        """Let these rows be proved one at a time."""
        self.alone.extend(tasks)


def encoded(tasks: Sequence[Task]) -> bytes:
    """The inputs of rows, as a request has them."""
    return json.dumps([task.flat for task in tasks]).encode()


def _length(task: Task) -> int:
    """No fewer than the bytes of a row's inputs in JSON."""
    return 2 + sum(value.bit_length() // 3 + 3 for value in task.flat)


def _gave_up(memory: bool) -> Failed:
    if memory:
        return Failed(
            Cause.MEMORY,
            "MemoryError",
            f"Ray ended {LOSSES} workers that were proving this row: a node had too little memory.",
            "Use fewer workers, or nodes with more memory.",
        )
    return Failed(
        Cause.WORKER,
        "WorkerEnded",
        f"{LOSSES} workers ended while they were proving this row.",
        "Prove it alone with `zkpipe prove` to see why. A hint may end the process, or the nodes "
        "may have too little memory.",
    )
