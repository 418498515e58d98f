"""Batches as a user runs them, and loops over `prove` beside them, in turn.

A batch is the command `zkpipe batch run` on a job's file, a table and an empty place for results;
its time is that of the whole process, with start-up, journal and files. The loop is a process that
has circuit and key, and proves rows one after the other; what it writes is not within its time.
Some proofs of every batch and of every loop, chosen by chance, are checked by another tool.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from zkpipe.benchmarks.errors import MeasurementError
from zkpipe.benchmarks.processes import Worker, module_worker, whole_command
from zkpipe.benchmarks.provers.judges import Judge, cross_check
from zkpipe.benchmarks.provers.provers import Place, zkpipe_command, zkpipe_environment
from zkpipe.benchmarks.records.batches import LOCAL, PROCESSES, ZKPIPE, BatchTime, LoopTime
from zkpipe.benchmarks.records.results import Skipped
from zkpipe.benchmarks.records.series import in_turn
from zkpipe.benchmarks.workloads.batch_files import BatchFiles

CHECKED = 8  # proofs of a batch: py_ecc takes a second for each
LOOP = 32  # proofs of a loop: some have to average out
ROUNDS = 3  # at most: a batch is an average over many proofs by itself
MOST_WORK = 1 << 22  # rows of circuits in a batch: 1,024 circuits of 2^12, 256 of 2^14


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be measured.

    threads   numbers of them, for the loop and for a batch in one process
    workers   numbers of processes with one thread each
    sizes     rows of the tables
    patience  seconds that a batch may take; larger ones are left out
    """

    backend: str
    threads: Sequence[int]
    workers: Sequence[int]
    sizes: Sequence[int]
    rounds: int
    patience: float


@dataclass(slots=True)
class _Batch:
    """A batch of so many rows by one engine."""

    files: BatchFiles
    judge: Judge
    backend: str
    engine: str
    workers: int
    threads: int
    rows: int
    peak_bytes: int = 0

    def once(self) -> float:
        """Raises MeasurementError if the command fails, or has not proved every row now."""
        job = self.files.job(self.rows, self.engine, self.workers)
        out = self.files.folder / "answer.json"
        words: list[str | Path] = [zkpipe_command(), "batch", "run", job, "--json"]
        usage = whole_command(words, zkpipe_environment(self.backend, self.threads), out)
        proved = json.loads(out.read_text(encoding="utf-8"))["proved_now"]
        if proved != self.rows:
            raise MeasurementError(
                f"A batch of {self.rows:,} rows made {proved:,} proofs.",
                "This is a fault of zkpipe. Please report it.",
            )
        _check_some(self.files, self.files.out, self.rows, self.judge)
        self.peak_bytes = max(self.peak_bytes, usage.peak_bytes)
        return usage.seconds

    def time(self, seconds: tuple[float, ...]) -> BatchTime:
        """What is told of it."""
        return BatchTime(
            circuit=self.files.workload.size.circuit,
            exponent=self.files.workload.size.exponent,
            backend=self.backend,
            engine=self.engine,
            workers=self.workers,
            threads=self.threads,
            rows=self.rows,
            seconds=seconds,
            peak_bytes=self.peak_bytes,
            checked=min(CHECKED, self.rows),
            checked_by=self.judge.name,
        )


@dataclass(slots=True)
class _Loop:
    """A loop over the first rows, in a worker that stays."""

    files: BatchFiles
    judge: Judge
    backend: str
    threads: int
    worker: Worker
    out: Path

    def once(self, rows: int = LOOP) -> float:
        """Raises MeasurementError if the worker ends."""
        seconds = float(self.worker.ask({"rows": rows})["seconds"])
        _check_some(self.files, self.out, rows, self.judge)
        return seconds

    def time(self, seconds: tuple[float, ...]) -> LoopTime:
        """What is told of it; the worker ends."""
        return LoopTime(
            circuit=self.files.workload.size.circuit,
            exponent=self.files.workload.size.exponent,
            backend=self.backend,
            threads=self.threads,
            rows=LOOP,
            seconds=seconds,
            peak_bytes=self.worker.finish().peak_bytes,
            checked=min(CHECKED, LOOP),
            checked_by=self.judge.name,
        )


@dataclass(frozen=True, slots=True)
class Found:
    """The times, and what was left out and why."""

    batches: list[BatchTime]
    loops: list[LoopTime]
    skipped: list[Skipped]


def prove_batches(files: BatchFiles, asked: Asked, judge: Judge) -> Found:
    """Measure batches of every size by every engine, and loops, each once a round.

    Before the clock counts, each loop and each engine proves some rows.

    Raises CrossCheckError if a proof does not hold, MeasurementError if zkpipe fails.
    """
    with ExitStack() as stack:
        loops = []
        for threads in asked.threads:
            out = files.folder / f"loop-{threads}"
            words = (files.workload.size.exponent, files.workload.key, files.table(LOOP), out)
            environment = zkpipe_environment(asked.backend, threads)
            module = "zkpipe.benchmarks.workers.loop_worker"
            worker = stack.enter_context(module_worker(module, environment, *words))
            loops.append(_Loop(files, judge, asked.backend, threads, worker, out))
        for loop in loops:
            loop.once(1)
        sizes, skipped = _sizes(files, asked, loops[0].once() / LOOP if loops else 0.0)
        engines = [(LOCAL, 1, threads) for threads in asked.threads]
        engines += [(PROCESSES, workers, workers) for workers in asked.workers]
        batches = [
            _Batch(files, judge, asked.backend, *engine, rows)
            for rows in sizes
            for engine in engines
        ]
        for batch in batches[: len(engines)]:
            batch.once()
        parts: list[_Loop | _Batch] = [*loops, *batches]
        runs: dict[int, Callable[[], float]] = {k: part.once for k, part in enumerate(parts)}
        times = list(in_turn(asked.rounds, runs).values())
        return Found(
            [b.time(t) for b, t in zip(batches, times[len(loops) :], strict=True)],
            [loop.time(t) for loop, t in zip(loops, times, strict=False)],
            skipped,
        )


def _sizes(files: BatchFiles, asked: Asked, proof: float) -> tuple[list[int], list[Skipped]]:
    """The numbers of rows that are measured, and why others are not.

    proof  seconds of one in a loop: no engine takes longer
    """
    size = files.workload.size
    sizes, skipped = [], []
    for rows in sorted(asked.sizes):
        expected = rows * proof
        what = f"batches of {rows:,} rows, {size.circuit} 2^{size.exponent}"
        if rows << size.exponent > MOST_WORK:
            why = f"circuits of more than {MOST_WORK:,} rows together would take too long"
            skipped.append(Skipped(what, why))
        elif expected > asked.patience:
            why = (
                f"one would take some {expected:.0f} s, as a proof in a loop takes {proof:.3f} s; "
                f"the limit is {asked.patience:.0f} s"
            )
            skipped.append(Skipped(what, why))
        else:
            sizes.append(rows)
    return sizes, skipped


def _check_some(files: BatchFiles, out: Path, rows: int, judge: Judge) -> None:
    """Have another tool check some rows' proofs and public values. Raises CrossCheckError."""
    for row in secrets.SystemRandom().sample(range(rows), min(CHECKED, rows)):
        place = Place(out / str(row) / "proof.json", out / str(row) / "public.json")
        cross_check(ZKPIPE, judge, files.of_row(row), place)
