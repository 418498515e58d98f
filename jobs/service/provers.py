"""Threads that take jobs from the queue, each with a child process that proves them.

A child holds the circuits and keys that it was asked for. It is ended, and a new one is started,
where it took too long or too much memory, where its job was cancelled, and where the files of a
circuit that it holds have changed: modules that a circuit imports are in its memory too.
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zkpipe.ground.files.reading import FileError
from zkpipe.jobs.errors import DamagedError, UnservedError
from zkpipe.jobs.proving.outcome import Cause, Failed, Proved, outcome_from_json
from zkpipe.jobs.service import failures
from zkpipe.jobs.service.circuits import Circuit, Circuits
from zkpipe.jobs.service.job import Form, Request, Result
from zkpipe.jobs.service.kept.store import NO_MEMORY, WORKER_ENDED
from zkpipe.jobs.service.known import Facts
from zkpipe.jobs.service.scheduler import Scheduler
from zkpipe.jobs.service.settings import Settings
from zkpipe.jobs.service.work import Job, LetGo, Look
from zkpipe.jobs.workers.worker import (
    MOST_LOADED,
    Limits,
    TooLong,
    TooMuchMemory,
    Worker,
    WorkerEnded,
)

FULL = 0.75  # of a worker's memory: a child that has so much after a job is not given another
FIRST_TO_END = "500"  # for Linux, where memory runs out: children before the service
PAUSE = 0.5  # seconds before a child is started anew after one that ended

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Children:
    """How children are started.

    module  the one that they run, which speaks as zkpipe.cli.jobs.proving_worker does
    """

    module: str
    environment: Mapping[str, str]


class _CannotLoadError(Exception):  # an event of this module
    """The circuit or its key cannot be loaded; the failure is for the log."""

    def __init__(self, failed: Failed) -> None:
        self.failed = failed


class _ChangedError(Exception):  # an event of this module
    """The files changed while the child read them: it holds nobody knows which."""


class Prover(threading.Thread):
    """A worker: a thread and its child.

    say  writes a line to the log
    """

    def __init__(
        self,
        number: int,
        scheduler: Scheduler,
        circuits: Circuits,
        children: Children,
        settings: Settings,
        say: Say,
    ) -> None:
        super().__init__(name=f"prover {number}", daemon=True)
        self.number = number
        self._scheduler = scheduler
        self._circuits = circuits
        self._children = children
        self._settings = settings
        self._say = say
        self._child: Worker | None = None
        self._holds: dict[str, str] = {}  # the version of each circuit that the child holds
        self._loading: Circuit | None = None  # what the child was to load and has not loaded

    def memory(self) -> int:
        """Bytes that the child has in memory."""
        child = self._child
        return 0 if child is None else child.memory()

    def kill(self) -> None:
        """End the child, whatever it does."""
        child = self._child
        if child is not None:
            child.kill()

    def run(self) -> None:
        """Work until the queue says that there is no more."""
        while True:
            work = self._scheduler.take(self.number, self._child is not None)
            if work is None:
                break
            if isinstance(work, LetGo):
                self._end_child()
            elif isinstance(work, Look):
                self._look(work.circuit)
            else:
                self._prove(work)
        self._end_child()

    # --- a job

    def _prove(self, job: Job) -> None:
        begun = time.monotonic()
        circuit: Circuit | None = None
        self._loading = None
        try:
            circuit = self._circuits.find(job.circuit)
            if self._circuits.holds_jobs(job.circuit):
                self._hold(job, "it cannot be loaded.")
                return
            request = self._scheduler.store.request(job.number)
            if job.is_alone:
                self._end_child()
            answer = self._asked(job, request, circuit)
            if answer is not None:
                self._told(job, circuit, answer, begun)
        except TooLong:
            self._end_child()
            self._finish(job, failures.too_long(job.circuit, self._settings.seconds), begun)
        except TooMuchMemory:
            self._end_child()
            self._again(job, NO_MEMORY, begun)
        except _ChangedError:
            self._end_child()
            self._scheduler.put_back(job)
        except _CannotLoadError as found:
            self._end_child()
            if circuit is not None:
                self._cannot_load(circuit, found.failed, begun)
            self._hold(job, "it cannot be loaded.")
        except WorkerEnded:
            self._end_child()
            time.sleep(PAUSE if not job.cancelled else 0)
            self._again(job, WORKER_ENDED, begun)
        except UnservedError as error:
            self._hold(job, " ".join([error.problem, *error.evidence]))
        except (DamagedError, FileError) as error:
            if error.evidence:
                self._say(" ".join([error.problem, *error.evidence]))
            where = "The inputs cannot be read." if isinstance(error, FileError) else error.problem
            self._finish(job, failures.failed(job.circuit, where, error.fix), begun)
        except Exception as error:  # noqa: BLE001 # the thread goes on, without the child
            self._say(f"worker {self.number} failed with {type(error).__name__}")
            self._end_child()
            self._again(job, WORKER_ENDED, begun)
        if job.cancelled or self.memory() > FULL * self._settings.worker_memory:
            self._end_child()

    def _asked(self, job: Job, request: Request, circuit: Circuit) -> dict[str, Any] | None:
        """The answer of the child; None if the job is not wanted any more."""
        child = self._child_for(circuit)
        if not self._scheduler.began(job, child.kill):
            return None
        facts = self._loaded(child, circuit, self._limits(job, self._settings.load_seconds))
        data = (
            {"inputs": request.data.decode("ascii")}
            if request.form is Form.INPUTS
            else {"witness": base64.b64encode(request.data).decode("ascii")}
        )
        asked = {**circuit.named(facts.digest), "job": job.number, "quiet": True, **data}
        answer = child.ask(asked, self._limits(job, self._settings.seconds))
        if "failed" not in answer and answer["answer"]["job"] != job.number:
            raise WorkerEnded  # it answers something else: it cannot be trusted any more
        return answer

    def _told(self, job: Job, circuit: Circuit, answer: Mapping[str, Any], begun: float) -> None:
        """Finish a job, or try it again, as the child's answer says."""
        if "failed" in answer:
            outcome = outcome_from_json(answer["failed"])
        else:
            (outcome,) = map(outcome_from_json, answer["answer"]["outcomes"])
        if isinstance(outcome, Proved):
            facts = answer["answer"]
            public = tuple(map(str, outcome.public))
            key, is_for_tests = facts["key_digest"], facts["development"]
            made = Result(
                circuit.name, outcome.proof, public, key, is_for_tests, version=circuit.version
            )
            self._finish(job, made, begun)
        elif outcome.cause is Cause.MEMORY:
            self._end_child()
            self._again(job, NO_MEMORY, begun)
        elif outcome.cause is Cause.WORKER:
            self._again(job, WORKER_ENDED, begun)
        elif outcome.cause is Cause.MACHINE:
            self._say(f"circuit {job.circuit}: {outcome.problem} {outcome.fix}")
            self._finish(job, failures.not_here(job.circuit), begun)
        else:
            self._finish(job, failures.failed(circuit.name, outcome.problem, outcome.fix), begun)

    def _again(self, job: Job, letter: str, begun: float) -> None:
        """Try a job again, or give it up if it was tried often enough."""
        if self._scheduler.again(job, letter):
            return
        if self._loading is not None:
            self._cannot_load(self._loading, _ended(letter), begun)
            self._hold(job, "it cannot be loaded.")
            return
        told = failures.no_memory if letter == NO_MEMORY else failures.dead
        self._finish(job, told(job.circuit), begun)

    def _hold(self, job: Job, why: str) -> None:
        """Keep a job until its circuit is mended."""
        if self._scheduler.hold(job):
            self._say(f"jobs of circuit {job.circuit} wait: {why}")

    def _cannot_load(
        self, circuit: Circuit, failed: Failed, begun: float, *, holds_jobs: bool = True
    ) -> None:
        """Something is wrong here, not with inputs; files that have changed are looked at anew."""
        why = f"{failed.problem} {failed.fix}"
        if self._circuits.is_current(circuit) and self._circuits.cannot_load(
            circuit, failed.kind, why, holds_jobs=holds_jobs, seconds=time.monotonic() - begun
        ):
            self._say(f"circuit {circuit.name} cannot be loaded: {why}")

    def _finish(self, job: Job, result: Result, begun: float) -> None:
        self._scheduler.finish(job, result, time.monotonic() - begun)

    # --- the child

    def _look(self, name: str) -> None:
        """Examine a circuit before it is asked for."""
        begun = time.monotonic()
        try:
            circuit = self._circuits.find(name)
        except UnservedError:
            return
        try:
            child = self._child_for(circuit)
            self._loaded(child, circuit, self._limits(None, self._settings.load_seconds))
        except _CannotLoadError as found:
            self._cannot_load(circuit, found.failed, begun)
        except _ChangedError:
            self._end_child()
        except WorkerEnded as end:
            self._end_child()
            if not self._scheduler.is_stopping:  # a job may have more tries, and more memory
                letter = NO_MEMORY if isinstance(end, TooMuchMemory) else WORKER_ENDED
                self._cannot_load(circuit, _ended(letter), begun, holds_jobs=False)
        except Exception as error:  # noqa: BLE001 # the same as for a job
            self._end_child()
            kind = type(error).__name__
            failed = Failed(Cause.WORKER, kind, f"{kind}, a fault of zkpipe.", "Please report it.")
            self._cannot_load(circuit, failed, begun, holds_jobs=False)

    def _child_for(self, circuit: Circuit) -> Worker:
        """A child that holds no other version of the circuit. Raises WorkerEnded."""
        if self._holds.get(circuit.name, circuit.version) != circuit.version:
            self._end_child()
        if self._child is None:
            try:
                self._child = Worker(self._children.module, (), self._children.environment)
            except OSError as error:
                raise WorkerEnded from error
            with suppress(OSError):
                place = Path(f"/proc/{self._child.pid}/oom_score_adj")
                place.write_text(FIRST_TO_END, encoding="ascii")
        return self._child

    def _loaded(self, child: Worker, circuit: Circuit, limits: Limits) -> Facts:
        """See that the child holds the circuit. Raises _CannotLoadError, _ChangedError."""
        facts = self._circuits.facts(circuit)
        is_held = self._holds.get(circuit.name) == circuit.version
        if facts is not None and is_held and len(self._holds) <= MOST_LOADED:
            return facts  # else it is loaded apart from the inputs: these never break a circuit
        self._holds[circuit.name] = circuit.version
        self._loading = circuit
        asked = {**circuit.named(facts.digest if facts else None), "load": True}
        try:
            answer = child.ask(asked, limits)
        except TooLong as end:
            self._end_child()
            kind, what = type(end).__name__, f"{circuit.name} takes longer to load than it may."
            raise _CannotLoadError(Failed(Cause.TIME, kind, what, "Make it smaller.")) from None
        if "failed" in answer:
            failed = outcome_from_json(answer["failed"])
            assert isinstance(failed, Failed)  # noqa: S101 # as it says
            self._end_child()  # what it has imported may be the reason
            if failed.cause is Cause.MEMORY:
                raise TooMuchMemory
            raise _CannotLoadError(failed)
        self._loading = None
        facts = Facts.of(answer["answer"])
        if not self._circuits.is_current(circuit):
            raise _ChangedError
        self._circuits.learn(circuit, facts)
        return facts

    def _limits(self, job: Job | None, seconds: float) -> Limits:
        """A job alone has the memory of all workers."""
        share = self._settings.workers if job is not None and job.is_alone else 1
        return Limits(seconds, share * self._settings.worker_memory)

    def _end_child(self) -> None:
        child, self._child = self._child, None
        self._holds.clear()
        if child is not None:
            child.close()


def _ended(letter: str) -> Failed:
    """A worker that ended while it loaded a circuit."""
    if letter == NO_MEMORY:
        return Failed(
            Cause.MEMORY,
            "TooMuchMemory",
            "It takes more memory than a worker may have.",
            "Raise --memory-limit.",
        )
    return Failed(
        Cause.WORKER,
        "WorkerEnded",
        "The worker that loaded it ended.",
        "See that the circuit's file does not end the process, and that memory suffices.",
    )
