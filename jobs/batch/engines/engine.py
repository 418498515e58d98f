"""What a batch asks of whoever proves its rows: tasks are pulled, outcomes come back in any order.

A task's work may be done more than once, where a worker ends before it answers; its outcome is
given once. What is not given when the iterator is closed is given up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from zkpipe.jobs.proving.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Task:
    """A row to be proved.

    flat  its inputs, as Statement.flat gives them: private
    """

    row: int
    flat: list[int]

    def __repr__(self) -> str:
        return f"<row {self.row}>"


@dataclass(frozen=True, slots=True)
class Done:
    """A task with what came of it."""

    task: Task
    outcome: Outcome


class Engine(Protocol):
    """In this process, in local processes, or on a cluster."""

    def results(self, tasks: Iterator[Task]) -> Iterator[Done | None]:
        """What comes of each task, as soon as it is known; None now and then, while nothing is.

        Tasks are pulled when there is room for them, a bounded number ahead of the results, in the
        caller's thread. The None, some five a second, is the caller's chance to stop.

        Raises JobError if no worker can be had.
        """
        ...

    def close(self) -> None:
        """End all workers, whatever they do."""
        ...
