"""The workers of a batch on a cluster: actors that are started, given the key, and replaced.

A worker says hello, then loads the circuit and the key, and is ready. What they finished comes
through a queue that Ray's threads fill: Ray's own way to wait swallows what a signal's handler
raises.
"""

from __future__ import annotations

import json
import math
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from zkpipe.ground.errors import ZkpipeWarning
from zkpipe.jobs.batch.engines.engine import Task
from zkpipe.jobs.batch.engines.ray_actor import RayActor, Session
from zkpipe.jobs.batch.engines.ray_chunks import Pace
from zkpipe.jobs.batch.engines.ray_cluster import Cluster, card_share, ray_module
from zkpipe.jobs.batch.engines.ray_key import digest_of, key_bytes
from zkpipe.jobs.errors import JobError
from zkpipe.jobs.workers.worker import report_warnings
from zkpipe.version import __version__

STARTS = 3  # in a row that may fail


@dataclass(slots=True, eq=False)
class Call:
    """What a worker was asked, and its result in time.

    tasks  none, if it says hello or loads
    begun  when it became the worker's first call
    """

    worker: Worker
    tasks: list[Task]
    is_alone: bool
    result: Future[Any]
    begun: float


@dataclass(slots=True, eq=False)
class Worker:
    """An actor.

    asked  when the cluster was asked for it
    host   where it runs, once it said hello
    """

    actor: Any
    asked: float
    host: str = ""
    is_ready: bool = False
    pace: Pace = field(default_factory=Pace)
    calls: deque[Call] = field(default_factory=deque)

    def finish(self, call: Call) -> None:
        """Take a call that has its result from the list."""
        self.calls.remove(call)
        if self.calls:
            self.calls[0].begun = time.monotonic()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which workers are wanted.

    count, threads  processors for each: `threads`
    cards           GPUs for each; None for what card_share says
    address         of the cluster
    patience        seconds until there must be one
    """

    count: int
    threads: int
    cards: float | None
    address: str | None
    patience: float


class Staff:
    """The workers that there are. Raises JobError if there are none; what reading the key raises.

    key  where this process finds the key; workers look where `base` says
    """

    def __init__(
        self, session: Callable[[], Session], base: Mapping[str, Any], key: Path, wanted: Wanted
    ) -> None:
        self._given = (session, dict(base), wanted.threads)
        self._key, self._wanted = key, wanted
        self._digest: str = base.get("key_digest") or digest_of(key)
        self._shared: tuple[Any, str] | None = None  # the key in the object store, its SHA-256
        self._finished: SimpleQueue[Call] = SimpleQueue()
        self._failed_starts, self._told = 0, False
        self.workers: list[Worker] = []
        size = key.stat().st_size
        self._cluster = Cluster(wanted.address, wanted.count * wanted.threads, size)
        self._share = self._cards() if wanted.cards is None else wanted.cards

    def _cards(self) -> float:
        return card_share(self._cluster.resources().get("GPU", 0.0), self._wanted.count)

    def hire(self) -> None:
        """Ask for as many workers as are wanted and were not asked for."""
        while len(self.workers) < self._wanted.count:
            parts: dict[str, Any] = {"num_cpus": self._wanted.threads}
            if self._share:
                parts["num_gpus"] = self._share
            # Ray itself repeats nothing: who answers for a lost row is decided here.
            start = ray_module().remote(max_restarts=0, max_task_retries=0, **parts)(RayActor)
            worker = Worker(start.remote(*self._given), time.monotonic())
            self.workers.append(worker)
            self.call(worker, "hello")

    def call(
        self,
        worker: Worker,
        method: str,
        *arguments: Any,
        tasks: Sequence[Task] = (),
        is_alone: bool = False,
    ) -> None:
        """Ask a worker; `finished` gives the call when it has its result."""
        result: Future[Any] = getattr(worker.actor, method).remote(*arguments).future()
        call = Call(worker, list(tasks), is_alone, result, time.monotonic())
        worker.calls.append(call)
        result.add_done_callback(lambda _: self._finished.put(call))

    def finished(self, seconds: float) -> list[Call]:
        """The calls that have a result; none after so many seconds without one."""
        calls: list[Call] = []
        try:
            calls.append(self._finished.get(timeout=seconds))
            while True:
                calls.append(self._finished.get_nowait())
        except Empty:
            return calls

    def advance(self, worker: Worker, result: Any) -> None:
        """A worker that was not ready has answered: go on with it. Raises JobError."""
        if not worker.host:
            _check_version(result["version"], result["host"])
            worker.host = result["host"]
            self.call(worker, "load", self._digest)
            return
        answer = json.loads(result.data)
        report_warnings(answer)
        if "failed" in answer:
            failed = answer["failed"]
            where = f"on the node {worker.host}"
            raise JobError(failed["problem"], failed["fix"], [*failed["evidence"], where])
        if "absent" in answer["answer"]:
            if self._shared is None:
                data, sha256 = key_bytes(self._key)
                self._shared = ray_module().put(data), sha256
            self.call(worker, "load", self._digest, *self._shared)
            return
        if answer["answer"]["key_digest"] != self._digest:
            raise JobError(
                f"{self._key} has been changed since the work began.",
                "Run the batch again with the key as it was, or begin a new one.",
            )
        self._failed_starts, worker.is_ready = 0, True

    def dismiss(self, worker: Worker) -> list[Call]:
        """End a worker, whatever it does; the calls that it leaves."""
        if worker not in self.workers:
            return []
        self.workers.remove(worker)
        ray_module().kill(worker.actor)
        return list(worker.calls)

    def count_failed_start(self, error: BaseException) -> None:
        """A worker ended before it was ready. Raises JobError after some in a row."""
        self._failed_starts += 1
        if self._failed_starts >= STARTS:
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            raise JobError(
                "The workers on the cluster end while they start.",
                "Install zkpipe on all nodes, in one version, and look for too little memory: each "
                "worker holds the key.",
                lines[-3:],
            )

    def check(self) -> None:
        """Raises JobError if the cluster gives no worker; warns once if it gives too few."""
        now, patience = time.monotonic(), self._wanted.patience
        late = [w for w in self.workers if not w.host and now - w.asked > patience]
        if not late:
            return
        if len(late) == len(self.workers):
            raise JobError(
                f"The cluster gave no worker within {patience:g} seconds. {self._asked()}",
                "Ask for fewer workers, add nodes, or wait until others have left the cluster.",
            )
        if not self._told:
            self._told = True
            there = len(self.workers) - len(late)
            ZkpipeWarning(
                "fewer-workers",
                f"The cluster gave {there} of {len(self.workers)} workers within {patience:g} "
                f"seconds. {self._asked()}",
                "The batch goes on with those. Ask for fewer workers, or add nodes.",
            ).report()

    def _asked(self) -> str:
        has = self._cluster.resources()
        cpus, cards = has.get("CPU", 0.0), has.get("GPU", 0.0)
        each = f"{self._wanted.threads} CPU" + (f" and {self._share:g} GPU" if self._share else "")
        return (
            f"It has {math.floor(cpus)} CPU and {math.floor(cards)} GPU in all, and was asked for "
            f"{each} for each of {self._wanted.count} workers."
        )

    def close(self) -> None:
        """End all workers, and what was started here of the cluster."""
        for worker in list(self.workers):
            self.dismiss(worker)
        self._shared = None
        self._cluster.close()


def _check_version(version: str, host: str) -> None:
    if version != __version__:
        raise JobError(
            f"The node {host} of the cluster has zkpipe {version}, and here it is {__version__}.",
            "Install the same version on all nodes.",
        )
