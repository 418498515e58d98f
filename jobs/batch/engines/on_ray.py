"""Batches on a Ray cluster: one actor for each worker; this process alone keeps the books.

Work is done at least once, results are given exactly once. Ray repeats nothing: when a worker is
lost, its rows are handed out again here, and an outcome that comes for a row that has one is
dropped. Two calls are in flight for each worker, so that it never waits (ray_chunks).

The key is read by its path where a node has it, else it goes through the object store, once for
each node (ray_key). The circuit's file must be on every node.

Who sees what. Whoever runs the cluster, or can connect to it, can run code on it and sees the
inputs: Ray says that a cluster belongs in a network that is trusted, and so it is here. The driver
trusts the cluster as well, since Ray unpickles what comes back. Inputs go within Ray's messages,
which are not encrypted unless RAY_USE_TLS is set on all nodes. A row of more than 90 KB goes
through the object store, in shared memory, which Ray may spill to a node's disk when it is full.
Neither logs nor Ray's lists of tasks show inputs (ray_actor). See ray_cluster for a cluster of this
machine's own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from zkpipe.jobs.batch.engines.engine import Done, Task
from zkpipe.jobs.batch.engines.ray_actor import Sealed, Session
from zkpipe.jobs.batch.engines.ray_chunks import IN_FLIGHT, Backlog, encoded
from zkpipe.jobs.batch.engines.ray_cluster import ray_module
from zkpipe.jobs.batch.engines.ray_staff import Call, Staff, Wanted, Worker
from zkpipe.jobs.proving.outcome import Cause, Failed, outcome_from_json
from zkpipe.jobs.workers.worker import report_warnings

LOOK = 0.2  # seconds until the caller gets a None
PATIENCE = 120.0  # seconds for a cluster to find place for a worker, or to add a node for it


class OnRay:
    """The engine (engines.engine) of a Ray cluster.

    session    makes what a worker does: a class or function that the nodes can import
    base       the fixed part of every request: see zkpipe.cli.jobs.proving_worker
    workers    actors, one process each
    explained  whether failures may show private values
    address    of a cluster: "auto", HOST:PORT or "ray://..."; None starts one on this machine
    threads    of a worker, and the CPUs that it reserves
    cards      GPUs that a worker reserves; None for one each where there are enough, else an even
               part of one, so that all workers have it; none without GPUs. Ray hides the GPUs of a
               node from workers that reserve none
    key        where this process finds the key, if it is not where `base` says
    seconds    that a row may take; a worker that takes longer is ended
    patience   seconds after which a cluster without a place for any worker is an error

    Raises MissingError if Ray is not installed. The cluster is reached, or started, with the first
    row.
    """

    def __init__(
        self,
        session: Callable[[], Session],
        base: Mapping[str, Any],
        workers: int,
        *,
        explained: bool = False,
        address: str | None = None,
        threads: int = 1,
        cards: float | None = None,
        key: Path | None = None,
        seconds: float | None = None,
        patience: float = PATIENCE,
    ) -> None:
        ray_module()
        self._session, self._base = session, {**base, "explained": explained}
        self._wanted = Wanted(workers, threads, cards, address, patience)
        self._key, self._seconds = key or Path(base["key"]), seconds
        self._staff: Staff | None = None

    def results(self, tasks: Iterator[Task]) -> Iterator[Done | None]:
        """See Engine. Raises JobError also if a worker cannot load the circuit or the key."""
        backlog = Backlog(iter(tasks), self._wanted.count)
        try:
            while not backlog.is_done():
                staff = self._begun()
                staff.hire()
                self._hand_out(staff, backlog)
                calls = staff.finished(LOOK)
                for call in calls:
                    yield from self._settled(staff, call, backlog)
                yield from self._late(staff, backlog)
                staff.check()
                if not calls:
                    yield None
        finally:
            self._give_up()

    def close(self) -> None:
        """End all workers. A cluster that was there stays."""
        if self._staff is not None:
            self._staff.close()
            self._staff = None

    def _begun(self) -> Staff:
        if self._staff is None:
            self._staff = Staff(self._session, self._base, self._key, self._wanted)
        return self._staff

    def _give_up(self) -> None:
        """End the workers that still prove: nobody waits for that."""
        if self._staff is not None:
            for worker in list(self._staff.workers):
                if any(call.tasks for call in worker.calls):
                    self._staff.dismiss(worker)

    def _hand_out(self, staff: Staff, backlog: Backlog) -> None:
        """Give workers rows. Those that go alone wait for one that has nothing else.

        One worker at a time serves for these, a new one if one is about to come: a row that ends
        workers does not go through all of them. Who would be idle serves too.
        """
        workers = staff.workers
        serving = any(call.is_alone for worker in workers for call in worker.calls)
        coming = not all(worker.is_ready for worker in workers)
        for worker in sorted(workers, key=lambda worker: len(worker.calls)):
            if not worker.is_ready or any(call.is_alone for call in worker.calls):
                continue
            if backlog.alone and not worker.calls and not (serving and backlog.has_waiting()):
                _prove(staff, worker, [backlog.alone.popleft()], is_alone=True)
                serving = True
                continue
            if backlog.alone and not serving and not coming:
                serving = True  # when it has done what it has
                continue
            while len(worker.calls) < IN_FLIGHT:
                tasks = backlog.chunk(worker.pace.size)
                if not tasks:
                    break
                _prove(staff, worker, tasks)

    def _settled(self, staff: Staff, call: Call, backlog: Backlog) -> Iterator[Done]:
        """What a call's result means."""
        worker = call.worker
        if worker not in staff.workers or call not in worker.calls:
            return  # it is lost, and its rows are with others
        error = call.result.exception()
        if error is not None:
            yield from self._lost(staff, worker, error, backlog)
            return
        worker.finish(call)
        if not call.tasks:
            staff.advance(worker, call.result.result())
            return
        yield from _outcomes(call, backlog)

    def _lost(
        self, staff: Staff, worker: Worker, error: BaseException, backlog: Backlog
    ) -> Iterator[Done]:
        for call in list(worker.calls):  # what it still did
            if not call.result.done() or call.result.exception() is not None:
                break
            yield from self._settled(staff, call, backlog)
        calls = staff.dismiss(worker)
        if not worker.is_ready:
            staff.count_failed_start(error)
        elif calls:
            behind = [task for call in calls[1:] for task in call.tasks]
            yield from backlog.lost(calls[0].tasks, behind, memory=_is_memory(error))

    def _late(self, staff: Staff, backlog: Backlog) -> Iterator[Done]:
        """End workers whose rows take longer than they may."""
        if self._seconds is None:
            return
        for worker in list(staff.workers):
            if not worker.is_ready or not worker.calls:
                continue
            first = worker.calls[0]
            if time.monotonic() - first.begun <= self._seconds * len(first.tasks):
                continue
            _, *others = staff.dismiss(worker)
            yield from backlog.lost([], [task for call in others for task in call.tasks])
            if len(first.tasks) > 1:
                backlog.apart(first.tasks)
            else:
                done = backlog.settle(first.tasks[0], _too_long(self._seconds))
                yield from [done] if done else []


def _prove(staff: Staff, worker: Worker, tasks: list[Task], *, is_alone: bool = False) -> None:
    staff.call(worker, "prove", Sealed(encoded(tasks)), tasks=tasks, is_alone=is_alone)


def _outcomes(call: Call, backlog: Backlog) -> Iterator[Done]:
    answer = json.loads(call.result.result().data)
    report_warnings(answer)
    if "failed" in answer and len(call.tasks) > 1:  # whose fault it is, each shows alone
        backlog.apart(call.tasks)
        return
    if "failed" in answer:
        told = [answer["failed"]]
    else:
        told = answer["answer"]["outcomes"]
        call.worker.pace.took(len(call.tasks), answer["answer"]["seconds"])
    for task, outcome in zip(call.tasks, told, strict=True):
        done = backlog.settle(task, outcome_from_json(outcome))
        if done:
            yield done


def _is_memory(error: BaseException) -> bool:
    """Whether Ray ended the worker since its node had too little memory."""
    out_of_memory: type[Exception] = ray_module().exceptions.OutOfMemoryError
    return isinstance(error, out_of_memory) or "NODE_OUT_OF_MEMORY" in str(error)


def _too_long(seconds: float) -> Failed:
    return Failed(
        Cause.TIME,
        "TooLong",
        f"It took longer than {seconds:g} seconds.",
        "Allow more time for a row, or find out what takes so long: prove it with `zkpipe prove`.",
    )
