"""What a service asks of the place where its jobs lie.

What `accept` or `finish` has taken is still there after kill -9, unless the place is memory; what
they raise for is not. The inputs of a job are there from `accept` to `finish` or `forget`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from zkpipe.jobs.service.job import Request, Result

WORKER_ENDED, NO_MEMORY = "w", "m"  # the letters of `tried`


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job that was accepted and is not finished, as the service finds it when it starts.

    size   bytes of its data
    tries  a letter for each try that failed
    """

    number: str
    circuit: str
    size: int
    tries: str


class Store(Protocol):
    """A folder or memory. Numbers of jobs are as `job.number_of` gives them."""

    secret: bytes

    def accept(self, number: str, request: Request) -> None:
        """Keep a request. Raises FileError; then nothing is kept."""
        ...

    def request(self, number: str) -> Request:
        """One that waits. Raises FileError, DamagedError."""
        ...

    def tried(self, number: str, letter: str) -> None:
        """Remember a try that failed, as far as that is possible."""
        ...

    def finish(self, number: str, result: Result) -> None:
        """Keep a result, and let go of the inputs. Raises FileError; then the inputs are there."""
        ...

    def result(self, number: str) -> Result | None:
        """What was kept; None if there is none. Raises FileError, DamagedError."""
        ...

    def forget(self, number: str) -> bool:
        """Remove the inputs and the result for good; whether there were any. Raises FileError."""
        ...

    def waiting(self) -> list[Waiting]:
        """What was accepted before this start and is not finished, in order."""
        ...

    def sweep(self, oldest: float) -> None:
        """Remove results from before this time (seconds since 1970), and what is left over."""
        ...

    def results(self) -> int:
        """How many are kept, about."""
        ...

    def close(self) -> None:
        """Let go of the place."""
        ...
