"""Batches in a report: how fast they are, by size and by who proves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from zkpipe.benchmarks.records.batches import BatchTime, LoopTime
from zkpipe.benchmarks.records.results import Results
from zkpipe.benchmarks.records.series import median
from zkpipe.benchmarks.reports.table import NONE, Table, digits, duration, megabytes, with_spread

_BATCHES = (
    "zkpipe batch run, from the command's start to its end: reading the circuit, starting workers, "
    "the journal and the files count. A further proof is the time beyond the next smaller batch, "
    "over the rows between: what start-up takes is not in it. A loop solves and proves one row "
    "after the other in a process that has circuit and key, whose start is not counted."
)


@dataclass(slots=True)
class BatchGroup:
    """The batches of one circuit on one back end, by label and then by rows; the loops by label."""

    circuit: str
    exponent: int
    backend: str
    batches: dict[str, dict[int, BatchTime]] = field(default_factory=dict)
    loops: dict[str, LoopTime] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """For a title."""
        return f"{self.circuit}, 2^{self.exponent} rows, {self.backend}"

    @property
    def has_several_threads(self) -> bool:
        """Whether batches were measured on several numbers of processors."""
        return len({b.threads for sizes in self.batches.values() for b in sizes.values()}) > 1

    @property
    def all_largest(self) -> list[BatchTime | LoopTime]:
        """The loops, and those below."""
        return [*self.loops.values(), *self.largest]

    @property
    def largest(self) -> list[BatchTime]:
        """Of each engine the batch with the most rows."""
        return [sizes[max(sizes)] for sizes in self.batches.values()]

    def rates_by_threads(self) -> dict[str, dict[int, float]]:
        """Proofs a second of the largest batches, and of loops: by engine, then by threads."""
        found: dict[str, dict[int, float]] = {}
        for batch in self.largest:
            name = f"{batch.engine}, {batch.rows:,} rows"
            found.setdefault(name, {})[batch.threads] = batch.rate
        for loop in self.loops.values():
            found.setdefault("loop over prove", {})[loop.threads] = loop.rate
        return found


def batch_groups(results: Results) -> list[BatchGroup]:
    """The groups that have a batch, in order."""
    found: dict[tuple[str, int, str], BatchGroup] = {}
    for batch in results.batches:
        name = (batch.circuit, batch.exponent, batch.backend)
        group = found.setdefault(name, BatchGroup(*name))
        group.batches.setdefault(batch.label, {})[batch.rows] = batch
    for loop in results.loops:
        beside = found.get((loop.circuit, loop.exponent, loop.backend))
        if beside is not None:
            beside.loops[loop.label] = loop
    return list(found.values())


def batch_tables(results: Results) -> Iterator[Table]:
    """Throughput of each circuit."""
    for group in batch_groups(results):
        yield Table(
            f"Batches of {group.name}",
            _BATCHES,
            (
                "rows of the table",
                "who proves",
                "time",
                "proofs a second",
                "a proof",
                "a further proof",
                *(f"times {label}" for label in group.loops),
                "peak of a process",
                "checked",
            ),
            (
                *(_row(group, loop, NONE) for loop in group.loops.values()),
                *(
                    _row(group, sizes[rows], _further(sizes, rows))
                    for rows in sorted({n for sizes in group.batches.values() for n in sizes})
                    for sizes in group.batches.values()
                    if rows in sizes
                ),
            ),
        )


def _row(group: BatchGroup, made: BatchTime | LoopTime, further: str) -> tuple[str, ...]:
    return (
        f"{made.rows:,}",
        made.label,
        with_spread(made.seconds),
        digits(made.rate),
        duration(1 / made.rate),
        further,
        *(digits(made.rate / loop.rate) for loop in group.loops.values()),
        megabytes(made.peak_bytes),
        f"{made.checked} of each, by {made.checked_by}",
    )


def _further(sizes: dict[int, BatchTime], rows: int) -> str:
    """The time of one more proof, from this size and the next smaller one."""
    before = max((n for n in sizes if n < rows), default=None)
    if before is None:
        return NONE
    seconds = median(sizes[rows].seconds) - median(sizes[before].seconds)
    return duration(seconds / (rows - before)) if seconds > 0 else NONE
