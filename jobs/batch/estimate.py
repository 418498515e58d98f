"""What a batch will take: every row looked at, some rows proved and thrown away.

So a table with a fault in its last row is known before the first hour of proving, and what the
proofs cost before they are paid for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

from zkpipe.ground.errors import ZkpipeError
from zkpipe.jobs.batch.engines.engine import Engine, Task
from zkpipe.jobs.batch.run import SHOWN, Failure, Rows
from zkpipe.jobs.proving.outcome import Cause, Failed, Proved

SAMPLES = 10  # rows for each worker that are proved to measure


def cost(seconds: float, cores: float, core_hour_price: float) -> float:
    """What so many seconds on so many processor cores cost, in the price's currency."""
    return seconds * cores * core_hour_price / 3600


@dataclass(slots=True)
class Checked:
    """What was seen of the table's rows.

    fitting   rows whose inputs fit their types; whether they satisfy the circuit, proving shows
    failures  the first rows that do not
    samples   rows to measure with
    """

    rows: int = 0
    fitting: int = 0
    failures: list[Failure] = field(default_factory=list)
    samples: list[Task] = field(default_factory=list)


def check_rows(
    rows: Rows, samples: int, told: Callable[[int], None], *, explained: bool = False
) -> Checked:
    """Look at every row's inputs. Nothing is proved.

    told       called with the number of rows that were looked at
    explained  failures may show private values

    Raises FormatError, FileError for a table that cannot be read to its end.
    """
    checked = Checked()
    for row in rows.table.rows(rows.columns.need):
        checked.rows += 1
        name = None
        try:
            if row.problem is not None:
                raise row.problem
            name = rows.columns.name(row)
            flat = rows.flat(rows.columns.inputs(row))
        except ZkpipeError as error:
            if len(checked.failures) < SHOWN:
                failed = Failed.of(error, Cause.INPUTS, explained=explained)
                checked.failures.append(Failure(row.number, name, failed))
        else:
            checked.fitting += 1
            if len(checked.samples) < samples:
                checked.samples.append(Task(row.number, flat))
        if checked.rows % 1000 == 0:
            told(checked.rows)
    return checked


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of one more row, all workers together; None if no row could be proved.

    failures  of the rows that were tried
    """

    seconds: float | None
    failures: list[Failure]


def measure(engine: Engine, samples: list[Task]) -> Measured:
    """Prove some rows, and throw the proofs away.

    The clock starts with the first proof: until then workers start, load the key and copy its
    points, which takes the same for a million rows.

    Raises JobError.
    """
    failures: list[Failure] = []
    times: list[float] = []
    with closing(engine):
        for done in engine.results(iter(samples)):
            if done is None:
                continue
            if isinstance(done.outcome, Proved):
                times.append(time.monotonic())
            else:
                failures.append(Failure(done.task.row, None, done.outcome))
    seconds = (times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else None
    return Measured(seconds, failures[:SHOWN])
