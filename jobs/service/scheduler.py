"""The queue: which jobs are accepted, who proves which, what is tried again, what is cancelled.

A job is in here from its acceptance until its result is stored. One lock holds all of it together;
files are written outside of it, and a job that is being written or stored is in a state of its own.

    ACCEPTING -> QUEUED -> RUNNING -> STORING -> gone: the store has its result
                    ^         |
                    +---------+  the worker ended, or had too little memory

A job whose circuit cannot be loaded is HELD, with its inputs, until that is mended: RUNNING -> HELD
-> QUEUED. It takes no place of the queue.

A job that had too little memory is tried once more alone: it waits until nothing else runs and the
other workers have let go of their children, and nothing begins before it is done.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable

from zkpipe.ground.files.reading import FileError
from zkpipe.jobs.errors import FullError, StoppingError
from zkpipe.jobs.service.job import Request, Result, State
from zkpipe.jobs.service.kept.store import WORKER_ENDED, Store
from zkpipe.jobs.service.settings import Settings
from zkpipe.jobs.service.work import Job, LetGo, Look, Stage, Work

MOST_ENDS = 3  # of workers on one job: then the job is dead
SLOWEST = 600  # seconds that a client is told to wait at most
RECENT = 0.1  # weight of the last job in the mean time of a job
PAUSE = 1.0  # seconds between two tries to store a result


class Scheduler:
    """The queue of a store. Every method may be called in any thread.

    told  is called, outside of the lock, with each job that has ended, and how
    """

    def __init__(
        self, store: Store, settings: Settings, told: Callable[[Job, str], None] | None = None
    ) -> None:
        self.store = store
        self._settings = settings
        self._told = told or (lambda job, what: None)
        self._change = threading.Condition()
        self._jobs: dict[str, Job] = {}
        self._forgetting: set[str] = set()  # numbers whose files are being removed
        self._queue: deque[Job] = deque()
        self._alone: deque[Job] = deque()
        self._looks: deque[Look] = deque()
        self._looking: dict[int, Look] = {}  # what each worker examines
        self._busy: set[int] = set()  # workers
        self._holding: set[int] = set()  # workers that have a child
        self._is_alone = False  # what runs
        self._is_stopping = False
        self._mean = 1.0  # seconds of a job, lately
        with self._change:
            for waiting in store.waiting():
                job = Job(waiting.number, waiting.circuit, waiting.size, waiting.tries)
                self._jobs[job.number] = job
                self._put(job)

    # --- for clients

    def submit(self, number: str, request: Request) -> bool:
        """See that a job is in the queue, or was done; whether it is new.

        When this returns, the job survives kill -9. Raises FullError, StoppingError, FileError;
        then it is not accepted. Raises DamagedError if its result was, and is not what it was.
        """
        job = Job(number, request.circuit, len(request.data), stage=Stage.ACCEPTING)
        with self._change:
            while number in self._forgetting or number in self._jobs:
                found = self._jobs.get(number)
                if found is not None and found.stage is not Stage.ACCEPTING:
                    return False
                self._change.wait()
            if self.store.result(number) is not None:  # within the lock: none can come meanwhile
                return False
            self._refuse_if_full(job.size)
            self._jobs[number] = job
        try:
            self.store.accept(number, request)
        except BaseException:
            with self._change:
                del self._jobs[number]
                self._change.notify_all()
            raise
        with self._change:
            job.stage = Stage.QUEUED
            self._put(job)
        return True

    def state(self, number: str) -> State | None:
        """QUEUED or RUNNING; None for a job whose result is stored, or that is not known."""
        with self._change:
            job = self._jobs.get(number)
        if job is None:
            return None
        is_busy = job.stage in (Stage.RUNNING, Stage.STORING)
        return State.RUNNING if is_busy else State.QUEUED

    def forget(self, number: str) -> bool:
        """Cancel a job, or forget its result; whether there was one. Raises FileError."""
        with self._change:
            while True:
                job = self._jobs.get(number)
                if job is not None and job.stage is Stage.STORING:
                    job.cancelled = True
                    self._change.notify_all()
                elif number not in self._forgetting and (
                    job is None or job.stage is not Stage.ACCEPTING
                ):
                    break
                self._change.wait()
            if job is not None:
                job.cancelled = True
                self._drop(job)
                if job.kill is not None:
                    job.kill()  # within the lock: the child cannot have begun another job
            self._forgetting.add(number)  # until then the same request is not accepted again
        try:
            found = self.store.forget(number)
        finally:
            with self._change:
                self._forgetting.discard(number)
                self._change.notify_all()
        if job is not None:
            self._told(job, "cancelled")
        return found or job is not None

    # --- for workers

    def take(self, worker: int, holds: bool) -> Work | None:
        """The next work for a worker, which is done with the last; None if it is to end.

        holds  whether the worker has a child
        """
        with self._change:
            self._busy.discard(worker)
            self._looking.pop(worker, None)
            if not self._busy:
                self._is_alone = False
            (self._holding.add if holds else self._holding.discard)(worker)
            self._change.notify_all()
            while not self._is_stopping:
                work = self._next(worker)
                if work is not None:
                    return work
                self._change.wait()
        return None

    def began(self, job: Job, kill: Callable[[], None]) -> bool:
        """Say how the child that proves a job is ended; False if the job is not wanted any more."""
        with self._change:
            job.kill = kill
            return not (job.cancelled or self._is_stopping)

    def finish(self, job: Job, result: Result, seconds: float) -> None:
        """Store a result, whatever time the disk needs for that; then it is told.

        Where it cannot be stored before the service ends, the job is done again by the next.
        """
        with self._change:
            job.kill = None
            if job.cancelled:
                return
            job.stage, job.seconds = Stage.STORING, seconds
            self._mean += RECENT * (seconds - self._mean)
        is_stored = self._stored(job, result)
        with self._change:
            if is_stored or job.cancelled:
                self._drop(job)
            self._change.notify_all()
        if is_stored:
            self._told(job, result.state.value)

    def again(self, job: Job, letter: str) -> bool:
        """Try a job once more, as the worker ended or had too little memory; False if it may not.

        A job that is not wanted any more, or was interrupted by the end of the service, counts as
        tried again.
        """
        with self._change:
            job.kill = None
            if job.cancelled or self._is_stopping:
                return True
            job.tries += letter
            most = MOST_ENDS if letter == WORKER_ENDED else 2
            if job.tries.count(letter) >= most:
                return False
        self.store.tried(job.number, letter)
        with self._change:
            if not job.cancelled:
                job.stage = Stage.QUEUED
                self._put(job)
        return True

    def put_back(self, job: Job) -> None:
        """Queue a job again that nothing was wrong with."""
        with self._change:
            job.kill = None
            if not job.cancelled:
                job.stage = Stage.QUEUED
                self._put(job)

    def hold(self, job: Job) -> bool:
        """Keep a job until `release`; whether no other of its circuit is held."""
        with self._change:
            job.kill = None
            if job.cancelled:
                return False
            is_first = job.circuit not in self._held()
            job.stage = Stage.HELD
            return is_first

    def held(self) -> set[str]:
        """The circuits whose jobs are held."""
        with self._change:
            return self._held()

    def release(self, circuit: str) -> None:
        """Queue the jobs of a circuit that were held."""
        with self._change:
            for job in self._jobs.values():
                if job.stage is Stage.HELD and job.circuit == circuit:
                    job.stage = Stage.QUEUED
                    self._put(job)

    def look_at(self, circuit: str) -> None:
        """Have a circuit examined, when there is nothing else to do or jobs are held for it."""
        look = Look(circuit)
        with self._change:
            if look not in self._looks and look not in self._looking.values():
                self._looks.append(look)
                self._change.notify_all()

    # --- for the service

    def stop(self) -> None:
        """Accept nothing more, and give no more work."""
        with self._change:
            self._is_stopping = True
            self._change.notify_all()

    def wait(self, seconds: float) -> None:
        """Wait, until the service ends at most."""
        with self._change:
            self._change.wait_for(lambda: self._is_stopping, seconds)

    @property
    def is_stopping(self) -> bool:
        """Whether the service ends."""
        return self._is_stopping

    def counts(self) -> tuple[int, int]:
        """How many jobs wait, and how many run."""
        with self._change:
            running = sum(j.stage in (Stage.RUNNING, Stage.STORING) for j in self._jobs.values())
            return len(self._jobs) - running, running

    # --- within the lock

    def _put(self, job: Job) -> None:
        (self._alone if job.is_alone else self._queue).append(job)
        self._change.notify_all()

    def _drop(self, job: Job) -> None:
        if self._jobs.get(job.number) is job:
            del self._jobs[job.number]
        for queue in (self._queue, self._alone):
            if job in queue:
                queue.remove(job)
        self._change.notify_all()

    def _next(self, worker: int) -> Work | None:
        if self._is_alone:
            return None
        if self._alone:
            others = self._holding - {worker}
            if worker in self._holding and self._is_lonely_for(worker):
                return LetGo()
            if self._busy or others:
                return None
            self._is_alone = True
            return self._given(worker, self._alone.popleft())
        if self._queue and not (self._looks and self._looks[0].circuit in self._held()):
            return self._given(worker, self._queue.popleft())
        if self._looks:
            self._busy.add(worker)
            self._looking[worker] = look = self._looks.popleft()
            return look
        return None

    def _held(self) -> set[str]:
        return {job.circuit for job in self._jobs.values() if job.stage is Stage.HELD}

    def _is_lonely_for(self, worker: int) -> bool:
        """Whether a worker has to let go of its child so that another one is alone."""
        return bool(self._busy or self._holding - {worker})

    def _given(self, worker: int, job: Job) -> Job:
        job.stage = Stage.RUNNING
        self._busy.add(worker)
        return job

    def _refuse_if_full(self, size: int) -> None:
        if self._is_stopping:
            raise StoppingError("The service is stopping.", "Send it again in a while.")
        waiting = [
            job.size for job in self._jobs.values() if job.stage in (Stage.ACCEPTING, Stage.QUEUED)
        ]
        if len(waiting) >= self._settings.queue:
            raise FullError(
                f"{len(waiting)} jobs wait already, which are as many as may.",
                "Send it again later; Retry-After says when.",
                self._soon(),
            )
        if waiting and sum(waiting) + size > self._settings.waiting:
            raise FullError(
                "The inputs that wait already are as many bytes as may.",
                "Send it again later; Retry-After says when.",
                self._soon(),
            )
        if len(self._jobs) + self.store.results() >= self._settings.results:
            raise FullError(
                f"{self._settings.results} results are kept already, which are as many as may.",
                "DELETE the jobs whose results you have read.",
                SLOWEST,
            )

    def _soon(self) -> int:
        """Seconds until a place is likely to be free."""
        return min(SLOWEST, max(1, math.ceil(self._mean / self._settings.workers)))

    # --- outside of the lock

    def _stored(self, job: Job, result: Result) -> bool:
        while True:
            try:
                self.store.finish(job.number, result)
            except FileError as error:
                self._told(job, f"not stored: {error.problem}")
            else:
                return True
            with self._change:
                self._change.wait_for(lambda: job.cancelled or self._is_stopping, PAUSE)
                if job.cancelled or self._is_stopping:
                    return False
