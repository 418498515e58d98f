"""What a run measured, as records and as a JSON file.

All times are seconds by a monotonic clock, one for each round, in the order of the rounds; sizes
are exponents of two. The schema (records.schemas) changes whenever a field does: `report` reads
this one and those before it (records.older). What a file says is held against ranges that every
real run keeps, because people edit and send such files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from zkpipe.benchmarks.records.batches import BatchTime, LoopTime
from zkpipe.benchmarks.records.hardware import Machine
from zkpipe.benchmarks.records.older import OLDER, as_now
from zkpipe.benchmarks.records.own_circuit import OwnCircuit
from zkpipe.benchmarks.records.ranges import (
    CARD,
    COMMAND,
    FIX,
    LIBRARY,
    MOST_PATIENCE,
    MOST_ROUNDS,
    Count,
    Exponent,
    Seconds,
    Size,
    Threads,
    check_times,
    shown_threads,
)
from zkpipe.benchmarks.records.records import Within, as_json, check, from_json
from zkpipe.benchmarks.records.schemas import RUNS, SCHEMA, of_no_schema, schema_of
from zkpipe.benchmarks.records.series import median
from zkpipe.ground.errors import RangeError
from zkpipe.ground.files.strict_json import Json, read_json, write_json
from zkpipe.ground.kinds import require_path, shown_text

MOST_SERIES = 512  # lines, and as many shares, in all plots together: more than any plan has
MOST_PLOTS = 64  # each takes half a second and more; the largest plan has 56
MOST_BATCHES = 2048  # points of all lines of batches: more than any plan has


def shown_machine(backend: str, threads: int) -> str:
    """A back end of zkpipe and its threads for people: `avx512, 2 threads`; a card has none."""
    return backend if backend == CARD else f"{backend}, {shown_threads(threads)}"


@dataclass(frozen=True, slots=True)
class Settings:
    """What was asked for: see benchmarks.plan."""

    exponents: tuple[Exponent, ...]
    rounds: Annotated[int, Within(1, MOST_ROUNDS)]
    patience: Annotated[float, Within(0, MOST_PATIENCE)]
    quick: bool


@dataclass(frozen=True, slots=True)
class CircuitSize:
    """A circuit that was proven, and its files."""

    circuit: str
    exponent: Exponent
    constraints: Count
    wires: Count
    key_bytes: Size
    witness_bytes: Size


@dataclass(frozen=True, slots=True)
class KernelTime:
    """An operation of the arithmetic on one thread.

    size        values, points or pairs of one run
    operations  that one run does: products, additions, butterflies
    """

    kernel: str
    backend: str
    size: Count
    operations: Count
    seconds: Seconds

    def __post_init__(self) -> None:
        check_times(self.seconds)

    @property
    def nanoseconds(self) -> float:
        """Median time of one operation."""
        return median(self.seconds) / self.operations * 1e9


@dataclass(frozen=True, slots=True)
class StageTime:
    """A stage of proving, done by itself on the data of a proof (benchmarks.workloads.stages)."""

    circuit: str
    exponent: Exponent
    backend: str
    threads: Threads
    stage: str
    seconds: Seconds

    def __post_init__(self) -> None:
        check_times(self.seconds)


@dataclass(frozen=True, slots=True)
class ProofTime:
    """Whole proofs by one prover.

    way         library: proving in a process that has the key; command: a process for each proof
    prover      zkpipe or a peer
    backend     of zkpipe; empty for peers
    threads     that it was allowed, or is known to use; beside a card, for the processor's part
    peak_bytes  the most memory that the process held
    checked_by  the tool that accepted each of its proofs
    """

    circuit: str
    exponent: Exponent
    way: str
    prover: str
    backend: str
    threads: Threads
    seconds: Seconds
    peak_bytes: Size
    checked_by: str

    def __post_init__(self) -> None:
        check_times(self.seconds)
        if self.way not in (LIBRARY, COMMAND):
            raise RangeError(f"No proofs are made in the way {shown_text(self.way)}.", FIX)
        if self.checked_by == self.prover:
            raise RangeError(
                f"Proofs of {shown_text(self.prover)} were checked by itself.",
                "Measure again: every proof is checked by another tool.",
            )

    @property
    def label(self) -> str:
        """The prover for people: `zkpipe avx512, 2 threads`, `zkpipe cuda`."""
        if not self.backend:
            return f"{self.prover}, {shown_threads(self.threads)}"
        return f"{self.prover} {shown_machine(self.backend, self.threads)}"


@dataclass(frozen=True, slots=True)
class WaitTime:
    """What a person or a service waits for besides a proof: see benchmarks.provers.waits."""

    wait: str
    tool: str
    backend: str
    threads: Threads
    seconds: Seconds

    def __post_init__(self) -> None:
        check_times(self.seconds)


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was not measured, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Results:
    """All that a run measured.

    own     the user's circuit that it is about; None for a run over the circuits of benchmarks
    date    of its beginning, ISO 8601 in UTC
    commit  of the checkout, with a + where it was changed; None outside of one

    Raises FormatError for a field that is not of its type, RangeError for a value out of its range.
    """

    schema: str
    date: str
    commit: str | None
    machine: Machine
    settings: Settings
    circuits: tuple[CircuitSize, ...]
    kernels: tuple[KernelTime, ...]
    stages: tuple[StageTime, ...]
    proofs: tuple[ProofTime, ...]
    waits: tuple[WaitTime, ...]
    batches: tuple[BatchTime, ...]
    loops: tuple[LoopTime, ...]
    skipped: tuple[Skipped, ...]
    own: OwnCircuit | None = None

    def __post_init__(self) -> None:
        check(self, "Results")
        try:
            datetime.fromisoformat(self.date)
        except ValueError as error:
            raise RangeError("The date of a run is not written as in ISO 8601.", FIX) from error
        lines = {(p.circuit, p.way, p.label) for p in self.proofs}
        shares = {(s.circuit, s.backend, s.threads, s.stage) for s in self.stages}
        ways = {(b.circuit, b.exponent, b.backend, b.label, b.rows) for b in self.batches}
        plots = {line[:2] for line in lines} | {share[:3] for share in shares}
        throughputs = {way[:4] for way in ways}
        beside = {(w.circuit, w.exponent, w.backend, w.threads) for w in self.loops}
        drawn = len(plots) + 2 * len({way[:3] for way in ways})
        series = max(len(lines), len(shares), len(throughputs), len(beside))
        if series > MOST_SERIES or drawn > MOST_PLOTS or len(ways) > MOST_BATCHES:
            raise RangeError(
                f"The results have more than {MOST_SERIES} provers, stages, loops or engines of "
                f"batches, more than {MOST_BATCHES:,} batches, or fill more than {MOST_PLOTS} "
                "plots.",
                FIX,
            )
        self._refuse_what_is_told_twice()
        own = self.own
        if own is not None and [c.circuit for c in self.circuits] != [own.name]:
            raise RangeError("The results of a user's circuit are not of one size of it.", FIX)

    def _refuse_what_is_told_twice(self) -> None:
        """A report has one place for each of these, and would drop all but the last."""
        told: dict[str, Sequence[tuple[object, ...]]] = {
            "circuits": [(c.circuit, c.exponent) for c in self.circuits],
            "stages": [(s.circuit, s.exponent, s.backend, s.threads, s.stage) for s in self.stages],
            "proofs": [(p.circuit, p.exponent, p.way, p.label) for p in self.proofs],
            "batches": [(b.circuit, b.exponent, b.backend, b.label, b.rows) for b in self.batches],
            "loops": [(w.circuit, w.exponent, w.backend, w.label) for w in self.loops],
            "own.steps": [(s.step, s.way) for s in self.own.steps] if self.own else [],
        }
        for part, names in told.items():
            first: dict[tuple[object, ...], int] = {}
            for number, name in enumerate(names):
                if first.setdefault(name, number) != number:
                    raise RangeError(
                        f"{part}[{first[name]}] and {part}[{number}] are of the same thing.", FIX
                    )

    def save(self, path: str | Path) -> None:
        """Write JSON. Raises FileError."""
        write_json(require_path("Results.save", "path", path), as_json(self))

    @staticmethod
    def load(path: str | Path) -> Results:
        """Read JSON. Raises FileError, or FormatError for what `save` of this version wrote not.

        A file of an older schema is read as if it had been written now.
        """
        path = require_path("Results.load", "path", path)
        return results_of(path, read_json(path, floats=True))


def results_of(path: Path, value: Json) -> Results:
    """The results in a file that was read. Raises FormatError, as Results.load."""
    schema = schema_of(value)
    if isinstance(value, dict) and schema in OLDER:
        value = as_now(value, SCHEMA)
    elif schema != SCHEMA:
        raise of_no_schema(path, value, RUNS)
    return from_json(Results, value, path.name)
