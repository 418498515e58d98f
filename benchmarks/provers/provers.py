"""Those who prove: zkpipe and its peers, each as a library and as a command where it is both.

As a library a prover is a process that has its key in memory, and a proof's time is from the
request to the finished proof, the witness read from its file in between: what a service pays for
each proof. As a command it is a process for each proof, from its start to its end, key and witness
read from their files: what a person waits for. Only times of the same way are compared.

zkpipe checks each proof before it gives it away; that is in its times. Where a card is measured, a
proof that the processor made in its place is none.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from zkpipe.benchmarks.errors import MeasurementError
from zkpipe.benchmarks.processes import Usage, module_worker, whole_command
from zkpipe.benchmarks.records.ranges import CARD, COMMAND, LIBRARY
from zkpipe.benchmarks.workloads.workloads import Workload

CARD_WARNINGS = ("card-failed", "card-was-wrong")  # kinds of ground.errors.CardWarning


@dataclass(frozen=True, slots=True)
class Place:
    """Where a proof is to be written, and its public values."""

    proof: Path
    public: Path


@dataclass(frozen=True, slots=True)
class Taken:
    """What one proof took.

    processor_seconds  of all threads together; None for a process that stays
    """

    seconds: float
    processor_seconds: float | None = None


class Running(Protocol):
    """A prover that is ready to prove one workload."""

    def prove(self, place: Place, limit: float) -> Taken:
        """Write a proof; it is ended, and MeasurementError raised, after `limit` seconds."""

    def peak_bytes(self) -> int:
        """End, and tell the most memory that it held. Raises MeasurementError if it fails then."""


class Prover(Protocol):
    """Somebody who proves, in one of the two ways."""

    @property
    def name(self) -> str:
        """Of the tool."""

    @property
    def backend(self) -> str:
        """Of zkpipe; empty for others."""

    @property
    def way(self) -> str:
        """Library or command."""

    @property
    def threads(self) -> int | None:
        """How many it was told to use, or is known to use; None if it chooses them itself."""

    def ready(self, workload: Workload) -> AbstractContextManager[Running]:
        """Get ready to prove a workload; the context ends what was started."""


class _Asked:
    """A worker that has a key and proves when it is asked."""

    def __init__(self, ask: Callable[[Place, float], Taken], finish: Callable[[], Usage]) -> None:
        self._ask, self._finish = ask, finish

    def prove(self, place: Place, limit: float) -> Taken:
        return self._ask(place, limit)

    def peak_bytes(self) -> int:
        return self._finish().peak_bytes


@dataclass(frozen=True, slots=True)
class Library:
    """A prover in a process of ours: a module that answers {"proof", "public"} with {"seconds"}."""

    name: str
    module: str
    threads: int
    backend: str = ""
    way: str = LIBRARY

    @contextmanager
    def ready(self, workload: Workload) -> Iterator[Running]:
        """Start the process; it reads the key."""
        environment = zkpipe_environment(self.backend, self.threads)
        words = (workload.key, workload.witness)
        with module_worker(self.module, environment, *words) as worker:

            def ask(place: Place, limit: float) -> Taken:
                request = {"proof": str(place.proof), "public": str(place.public)}
                return Taken(float(worker.ask(request, limit)["seconds"]))

            yield _Asked(ask, worker.finish)


@dataclass(frozen=True, slots=True)
class Command:
    """A program that is called as `WORDS KEY.zkey W.wtns PROOF.json PUBLIC.json`.

    threads  that zkpipe is told to use; None for other programs, which choose them themselves
    """

    name: str
    words: Sequence[str]
    threads: int | None = None
    backend: str = ""
    way: str = COMMAND

    @contextmanager
    def ready(self, workload: Workload) -> Iterator[Running]:
        """Nothing is started before a proof is asked for."""
        usages: list[Usage] = []
        environment = zkpipe_environment(self.backend, self.threads)

        def ask(place: Place, limit: float) -> Taken:
            files = (workload.key, workload.witness, place.proof, place.public)
            words = [*self.words, *map(str, files)]
            if self.backend == CARD:
                usage = _whole_by_card(words, environment, limit)
            else:
                usage = whole_command(words, environment, limit=limit, name=self.name)
            usages.append(usage)
            return Taken(usage.seconds, usage.processor_seconds)

        def finish() -> Usage:
            return max(usages, key=lambda usage: usage.peak_bytes)

        yield _Asked(ask, finish)


def _whole_by_card(words: Sequence[str], environment: Mapping[str, str], limit: float) -> Usage:
    """`zkpipe prove` on a card; MeasurementError if it warns that the processor stepped in."""
    with TemporaryDirectory(prefix="zkpipe-bench-") as folder:
        out = Path(folder) / "answer.json"
        usage = whole_command([*words, "--json"], environment, out, limit=limit)
        answer = json.loads(out.read_text(encoding="utf-8"))
    said = [w["problem"] for w in answer.get("warnings", ()) if w["kind"] in CARD_WARNINGS]
    if said:
        raise MeasurementError(
            "The processor made the proof in place of the card.",
            "See what `zkpipe doctor` says, or set CUDA_VISIBLE_DEVICES=-1 to measure without it.",
            said,
        )
    return usage


def zkpipe_environment(backend: str, threads: int | None) -> dict[str, str]:
    """The variables that choose a back end and threads; none for other tools."""
    return {"ZKPIPE_BACKEND": backend, "ZKPIPE_THREADS": str(threads)} if backend else {}


def zkpipe_command() -> str:
    """The command zkpipe of this Python."""
    return str(Path(sys.executable).with_name("zkpipe"))


def zkpipe_library(backend: str, threads: int) -> Library:
    """zkpipe in a process that has the key."""
    return Library("zkpipe", "zkpipe.benchmarks.workers.zkpipe_worker", threads, backend)


def zkpipe_whole(backend: str, threads: int) -> Command:
    """`zkpipe prove`."""
    return Command("zkpipe", (zkpipe_command(), "prove"), threads, backend)
