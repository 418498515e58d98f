"""What the queue gives to workers: jobs, circuits to be examined; and why it takes no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from zkpipe.jobs.service.kept.store import NO_MEMORY


class Stage(Enum):
    """Where a job of the queue is: see scheduler."""

    ACCEPTING = auto()
    QUEUED = auto()
    HELD = auto()
    RUNNING = auto()
    STORING = auto()


@dataclass(slots=True, eq=False)
class Job:
    """A job in the queue, or with a worker.

    tries      a letter for each that failed
    cancelled  somebody does not want it any more: whoever has it lets it go
    seconds    that the last try took
    kill       ends the child that proves it
    """

    number: str
    circuit: str
    size: int
    tries: str = ""
    stage: Stage = Stage.QUEUED
    cancelled: bool = False
    seconds: float = 0.0
    kill: Callable[[], None] | None = field(default=None, repr=False)

    @property
    def is_alone(self) -> bool:
        """Whether nothing may run beside it."""
        return NO_MEMORY in self.tries


@dataclass(frozen=True, slots=True)
class Look:
    """Work that is no job: a circuit is to be examined before it is asked for."""

    circuit: str


@dataclass(frozen=True, slots=True)
class LetGo:
    """Work that is no job: the worker's child is to end, to make room for a job alone."""


Work = Job | Look | LetGo
