"""The service from its start to a signal.

At INT, TERM or HUP it takes nothing more, waits some seconds for the jobs that run, and ends its
children. A job that was not done then is in the queue of the next start.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from types import ModuleType

from zkpipe.ground.process.garbage import collect_soon
from zkpipe.jobs.errors import ServiceError
from zkpipe.jobs.service.address import Address, listening, read_token
from zkpipe.jobs.service.circuits import Circuits, SourceOf
from zkpipe.jobs.service.kept.disk import DiskStore
from zkpipe.jobs.service.kept.memory import MemoryStore
from zkpipe.jobs.service.kept.store import Store
from zkpipe.jobs.service.metrics import Metrics
from zkpipe.jobs.service.provers import Children, Prover, Say
from zkpipe.jobs.service.scheduler import Scheduler
from zkpipe.jobs.service.settings import Settings
from zkpipe.jobs.service.watching import Watcher
from zkpipe.jobs.service.web.app import App
from zkpipe.jobs.service.web.body import SECONDS, SLOWEST
from zkpipe.jobs.service.web.connection import MOST, connections
from zkpipe.jobs.service.web.running import quiet_libraries, served
from zkpipe.jobs.service.work import Job

resource: ModuleType | None
try:
    import resource
except ImportError:  # a system without such limits
    resource = None

DESCRIPTORS = 4096  # that are asked for
SPARE = 128  # descriptors that are not for connections
SWEEP = 60.0  # seconds between two looks for old results, at most
ANSWERING = 60.0  # seconds that a request may take beside its body


@dataclass(frozen=True, slots=True)
class Served:
    """What a service did, when it has ended."""

    done: int
    failed: int
    left: int


class Service:
    """A service that has everything it needs, and listens; `run` serves.

    Raises ServiceError, FileError.
    """

    def __init__(
        self, settings: Settings, source_of: SourceOf, children: Children, say: Say
    ) -> None:
        self._settings = settings
        self._say = say
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        token = read_token(settings.token_file) if settings.token_file else None
        self.circuits = Circuits(settings.keys, source_of)
        if not self.circuits.names():
            raise _nothing_to_serve(self.circuits)
        self._token = token
        self.address: Address = listening(settings.host, settings.port, has_token=token is not None)
        try:
            self._store: Store = DiskStore(settings.state) if settings.state else MemoryStore()
        except BaseException:
            self.address.socket.close()
            raise
        self._scheduler = Scheduler(self._store, settings, self._ended)
        self._provers = [
            Prover(number, self._scheduler, self.circuits, children, settings, say)
            for number in range(settings.workers)
        ]
        self._metrics = Metrics(self._scheduler, self._provers)

    def run(self) -> Served:
        """Serve until a signal, in the main thread."""
        _set_limits()
        collect_soon()  # what requests leave in circles, inputs among it
        watcher = Watcher(self.circuits, self._scheduler)
        watcher.look()
        for prover in self._provers:
            prover.start()
        sweeper = threading.Thread(target=self._sweep, daemon=True)
        sweeper.start()
        watcher.start()
        try:
            with quiet_libraries(self._say):
                asyncio.run(self._served())
        finally:
            self._end()
        return Served(self._counts["done"], self._counts["failed"], sum(self._scheduler.counts()))

    async def _served(self) -> None:
        app = App(self._scheduler, self.circuits, self._metrics, self._settings, self._say)
        body = SECONDS + self._settings.body / SLOWEST
        guarded = app.guarded(self._token, self.address.is_loopback)
        protocol = connections(_most_connections(), body + ANSWERING)
        await served(guarded, protocol, self.address.socket, self._scheduler.stop)

    def _end(self) -> None:
        """Wait for jobs that run, then end what is left."""
        self._scheduler.stop()
        until = time.monotonic() + self._settings.grace
        for prover in self._provers:
            prover.join(max(0.0, until - time.monotonic()))
        for prover in self._provers:
            prover.kill()
        for prover in self._provers:
            prover.join(1.0)
        self._store.close()

    def _sweep(self) -> None:
        keep = self._settings.keep
        while not self._scheduler.is_stopping:
            with suppress(OSError):  # the folder cannot be read now
                self._store.sweep(time.time() - keep)
            time.sleep(min(SWEEP, max(0.1, keep / 10)))

    def _ended(self, job: Job, what: str) -> None:
        """A job has ended: one line in the log."""
        if what.startswith("not stored"):
            self._say(f"job {job.number} {job.circuit} {what}")
            return
        self._say(f"job {job.number} {job.circuit} {what} {job.seconds:.3f} s")
        self._metrics.ended(job, what, self.circuits.names())
        with self._lock:
            self._counts[what] += 1


def _set_limits() -> None:
    """No memory of ours on the disk when a process ends badly, and descriptors for connections."""
    if resource is None:
        return
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _most_connections() -> int:
    """As many as there are descriptors for."""
    if resource is None:
        return MOST
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if soft == resource.RLIM_INFINITY else max(16, min(MOST, soft - SPARE))


def _nothing_to_serve(circuits: Circuits) -> ServiceError:
    refused = list(circuits.refused().values())
    if refused:
        first = refused[0]
        return ServiceError(first.problem, first.fix, first.evidence)
    return ServiceError(
        f"{circuits.folder} has no keys to serve.",
        "Put NAME.zkey and NAME.py side by side in it.",
    )
