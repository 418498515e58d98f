"""Circuits examined without a service: whether all that a folder has could be served."""

from __future__ import annotations

from zkpipe.jobs.errors import ServiceError
from zkpipe.jobs.service.circuits import Circuit, Circuits
from zkpipe.jobs.service.known import Facts
from zkpipe.jobs.service.provers import Children
from zkpipe.jobs.service.settings import Settings
from zkpipe.jobs.workers.worker import Limits, Worker, WorkerEnded


def examined(circuits: Circuits, children: Children, settings: Settings) -> dict[str, Facts]:
    """What a worker finds of each circuit. Raises ServiceError for one that it cannot load."""
    limits = Limits(settings.load_seconds, settings.worker_memory)
    found: dict[str, Facts] = {}
    with Worker(children.module, (), children.environment) as child:
        for name in circuits.names():
            circuit: Circuit = circuits.find(name)
            try:
                answer = child.ask({**circuit.named(None), "load": True}, limits)
            except WorkerEnded as end:
                raise ServiceError(
                    f"The worker that examined {name} ended, or took more than it may.",
                    "Give it more with --memory-limit, or make the circuit smaller.",
                ) from end
            if "failed" in answer:
                failed = answer["failed"]
                raise ServiceError(failed["problem"], failed["fix"], failed["evidence"])
            found[name] = Facts.of(answer["answer"])
    return found
