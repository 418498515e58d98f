"""What a run measured of batches, and of the loop that a batch takes the place of."""

from __future__ import annotations

from dataclasses import dataclass

from zkpipe.benchmarks.records.ranges import (
    FIX,
    Count,
    Exponent,
    Seconds,
    Size,
    Threads,
    check_times,
    shown_threads,
)
from zkpipe.benchmarks.records.series import median
from zkpipe.ground.errors import RangeError
from zkpipe.ground.kinds import shown_text

LOCAL, PROCESSES = "local", "processes"  # engines, by the names that a job's file has for them
ZKPIPE = "zkpipe"


@dataclass(frozen=True, slots=True)
class _Measured:
    """What both have: how many proofs were made in what time, and how some of them were checked.

    rows        of the table, and proofs
    peak_bytes  the most memory that any one of the processes held
    checked     proofs of each round that another tool was asked about, chosen by chance
    checked_by  that tool, which accepted them
    """

    circuit: str
    exponent: Exponent
    backend: str
    threads: Threads
    rows: Count
    seconds: Seconds
    peak_bytes: Size
    checked: Count
    checked_by: str

    def __post_init__(self) -> None:
        check_times(self.seconds)
        if self.checked > self.rows:
            raise RangeError("More proofs of a batch were checked than it has rows.", FIX)
        if self.checked_by == ZKPIPE:
            raise RangeError(
                "The proofs of a batch were checked by zkpipe itself.",
                "Measure again: proofs are checked by another tool.",
            )

    @property
    def rate(self) -> float:
        """Proofs in a second."""
        return self.rows / median(self.seconds)


@dataclass(frozen=True, slots=True)
class BatchTime(_Measured):
    """Whole batches: `zkpipe batch run` on a table, from the command's start to its end.

    engine   who proves: local, the process of the command; processes, its children
    workers  rows that are proved at once by different processes; 1 for local
    threads  of all workers together: as many processors are kept busy
    seconds  start-up, table, journal and results on the disk included
    """

    engine: str
    workers: Threads

    def __post_init__(self) -> None:
        _Measured.__post_init__(self)  # super() does not find its way in a class with slots
        if self.engine not in (LOCAL, PROCESSES):
            raise RangeError(f"No batch is proved by the engine {shown_text(self.engine)}.", FIX)
        if self.workers > (self.threads if self.engine == PROCESSES else 1):
            raise RangeError("A batch has more workers than it can have.", FIX)

    @property
    def label(self) -> str:
        """Who proves, for people: `local, 2 threads`, `processes, 2 workers`."""
        if self.engine == LOCAL:
            return f"{LOCAL}, {shown_threads(self.threads)}"
        return f"{PROCESSES}, {self.workers} worker{'s' if self.workers > 1 else ''}"


@dataclass(frozen=True, slots=True)
class LoopTime(_Measured):
    """Loops over `prove` in a process that has circuit and key: each witness is solved, and proved.

    seconds  from the first inputs to the last proof; no start-up, and nothing is written
    """

    @property
    def label(self) -> str:
        """The loop for people: `loop over prove, 2 threads`."""
        return f"loop over prove, {shown_threads(self.threads)}"
