"""The rows of a batch proved by child processes of this machine.

A thread for each child hands it a group of rows, waits, and hands it the next. A child that ends in
the middle is replaced, and its rows are tried again one by one, so that a row that ends its worker
harms no other. The third and last time is when all others are done, with no other worker beside it;
so is the second one of a row that found too little memory.
"""

from __future__ import annotations

import queue
import threading
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from zkpipe.jobs.batch.engines.engine import Done, Task
from zkpipe.jobs.batch.engines.groups import GroupSize
from zkpipe.jobs.errors import JobError
from zkpipe.jobs.proving.outcome import Cause, Failed, Outcome, outcome_from_json
from zkpipe.jobs.workers.worker import Worker, WorkerEnded

TRIES = 3
AHEAD = 2  # groups that wait for each worker
PAUSE = 0.2  # seconds

Group = list[Task]


class Processes:
    """Child processes as an engine.

    module   of ours, that a child runs: cli.jobs.proving_worker
    base     what all requests to it have in common: circuit, digest, key, version, precompute
    threads  of each child's kernels
    """

    def __init__(
        self,
        module: str,
        base: Mapping[str, Any],
        workers: int,
        *,
        explained: bool,
        threads: int = 1,
    ) -> None:
        self._module, self._base = module, {**base, "explained": explained}
        self._environment = {"ZKPIPE_THREADS": str(threads)}
        self._count = workers
        self._waiting: queue.Queue[Group | None] = queue.Queue()
        self._ready: queue.Queue[tuple[Group, Sequence[Outcome] | BaseException | Failed]] = (
            queue.Queue()
        )
        self._size = GroupSize()
        self._workers: set[Worker] = set()
        self._lock = threading.Lock()
        self._is_closed = False
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(workers)]

    def results(self, tasks: Iterator[Task]) -> Iterator[Done | None]:
        """See Engine."""
        for thread in self._threads:
            thread.start()
        again: deque[Task] = deque()  # one by one, after a worker has ended
        alone: deque[Task] = deque()  # at the end, for want of memory
        ended: Counter[int] = Counter()
        open_groups, has_more = 0, True
        while has_more or open_groups or again or alone:
            while open_groups < AHEAD * self._count and (has_more or again):
                group = [again.popleft()] if again else _group(tasks, self._size.rows)
                has_more = has_more and (len(group) > 0)
                if group:
                    self._waiting.put(group)
                    open_groups += 1
            if not open_groups and alone:
                self._waiting.put([alone.popleft()])
                open_groups += 1
            try:
                group, found = self._ready.get(timeout=PAUSE)
            except queue.Empty:
                yield None
                continue
            open_groups -= 1
            if isinstance(found, OSError):
                raise JobError(
                    f"No worker can be started: {found.strerror or type(found).__name__}.",
                    "Use fewer workers, or look at this machine's limits of processes and memory.",
                ) from found
            if isinstance(found, BaseException) and not isinstance(found, WorkerEnded):
                raise found
            if isinstance(found, Failed):  # the worker could not even begin
                raise JobError(found.problem, found.fix, found.evidence)
            if isinstance(found, WorkerEnded):
                ended.update(task.row for task in group)
                for task in group:
                    if ended[task.row] >= TRIES:
                        yield Done(task, _given_up())
                    elif ended[task.row] == TRIES - 1:  # the system may have wanted its memory
                        alone.append(task)
                    else:
                        again.append(task)
                continue
            for task, outcome in zip(group, found, strict=True):
                if _wants_memory(outcome) and not ended[-1 - task.row]:
                    ended[-1 - task.row] += 1
                    alone.append(task)
                else:
                    yield Done(task, outcome)
            yield None

    def _run(self) -> None:
        """A thread: what it fails with is raised by `results`, which would wait for ever."""
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 # raised in the caller's thread
            self._ready.put(([], error))

    def _work(self) -> None:
        """One child after another, one group after another."""
        worker: Worker | None = None
        while (group := self._waiting.get()) is not None:
            if worker is None:
                worker = self._started()
            if worker is None:  # closed meanwhile
                return
            try:
                request = {**self._base, "rows": [task.flat for task in group]}
                found = self._asked(worker, request, len(group))
            except WorkerEnded as event:
                self._forget(worker)
                worker = None
                self._ready.put((group, event))
            else:
                self._ready.put((group, found))

    def _asked(
        self, worker: Worker, request: Mapping[str, Any], rows: int
    ) -> Sequence[Outcome] | Failed:
        answer = worker.ask(request)
        if "failed" in answer:
            failed = outcome_from_json(answer["failed"])
            assert isinstance(failed, Failed)  # noqa: S101 # for the type checker
            if failed.cause is Cause.MEMORY:
                return [failed] * rows
            return failed
        self._size.took(rows, answer["answer"]["seconds"])
        return [outcome_from_json(outcome) for outcome in answer["answer"]["outcomes"]]

    def _started(self) -> Worker | None:
        with self._lock:
            if self._is_closed:
                return None
            worker = Worker(self._module, environment=self._environment)
            self._workers.add(worker)
            return worker

    def _forget(self, worker: Worker) -> None:
        with self._lock:
            self._workers.discard(worker)
        worker.close()

    def close(self) -> None:
        """See Engine."""
        with self._lock:
            self._is_closed = True
            workers = list(self._workers)
        with suppress(queue.Empty):
            while True:
                self._waiting.get_nowait()
        for _ in self._threads:
            self._waiting.put(None)
        for worker in workers:
            worker.kill()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()
        for worker in workers:
            worker.close()


def _group(tasks: Iterator[Task], rows: int) -> Group:
    group: Group = []
    for task in tasks:
        group.append(task)
        if len(group) >= rows:
            break
    return group


def _wants_memory(outcome: Outcome) -> bool:
    return isinstance(outcome, Failed) and outcome.cause is Cause.MEMORY


def _given_up() -> Failed:
    return Failed(
        Cause.WORKER,
        "WorkerEnded",
        f"The worker ended {TRIES} times while it proved this row.",
        "Look into the system's log for a process that was killed: most often the memory is full. "
        "Use fewer workers, or a machine with more memory.",
    )
