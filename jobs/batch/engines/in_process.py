"""The rows of a batch proved in this process, its kernels on as many threads as it may use.

Rows are taken in groups: a card computes as many proofs of a group at once as it has room for, and
witnesses are solved eight at a time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice

from zkpipe.jobs.batch.engines.engine import Done, Task
from zkpipe.jobs.batch.engines.groups import GroupSize
from zkpipe.jobs.proving.outcome import Cause, Failed, Outcome
from zkpipe.jobs.proving.statement import Statement


class InProcess:
    """This process as an engine.

    explained  failures may show private values
    """

    def __init__(self, statement: Statement, *, explained: bool) -> None:
        self._statement, self._explained = statement, explained

    def results(self, tasks: Iterator[Task]) -> Iterator[Done | None]:
        """See Engine."""
        size = GroupSize()
        while group := list(islice(tasks, size.rows)):
            begun = time.monotonic()
            outcomes = self._statement.prove([t.flat for t in group], explained=self._explained)
            size.took(len(group), time.monotonic() - begun)
            for task, outcome in zip(group, outcomes, strict=True):
                yield Done(task, self._once_more(task, outcome))
            yield None

    def _once_more(self, task: Task, outcome: Outcome) -> Outcome:
        """A row that found too little memory beside others is tried once more, alone."""
        if isinstance(outcome, Failed) and outcome.cause is Cause.MEMORY:
            [outcome] = self._statement.prove([task.flat], explained=self._explained)
        return outcome

    def close(self) -> None:
        """See Engine: there is nothing to end."""
