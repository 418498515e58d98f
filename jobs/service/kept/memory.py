"""Jobs in memory: they are forgotten with the process."""

from __future__ import annotations

import secrets
import time

from zkpipe.jobs.service.job import Request, Result
from zkpipe.jobs.service.kept.store import Waiting


class MemoryStore:
    """A store that is gone with the process. Each method is one step for other threads."""

    def __init__(self) -> None:
        self.secret = secrets.token_bytes(32)
        self._requests: dict[str, Request] = {}
        self._results: dict[str, tuple[float, Result]] = {}

    def accept(self, number: str, request: Request) -> None:
        """Keep a request."""
        self._requests[number] = request

    def request(self, number: str) -> Request:
        """One that waits."""
        return self._requests[number]

    def tried(self, number: str, letter: str) -> None:
        """Nothing: the queue remembers as long as this does."""

    def finish(self, number: str, result: Result) -> None:
        """Keep a result, and let go of the inputs."""
        self._results[number] = time.time(), result
        self._requests.pop(number, None)

    def result(self, number: str) -> Result | None:
        """What was kept; None if there is none."""
        return self._results.get(number, (0.0, None))[1]

    def forget(self, number: str) -> bool:
        """Remove the inputs and the result; whether there were any."""
        found = self._requests.pop(number, None), self._results.pop(number, None)
        return found != (None, None)

    def waiting(self) -> list[Waiting]:
        """None."""
        return []

    def sweep(self, oldest: float) -> None:
        """Remove results from before this time."""
        for number, (finished, _) in list(self._results.items()):
            if finished < oldest:
                self._results.pop(number, None)

    def results(self) -> int:
        """How many are kept."""
        return len(self._results)

    def close(self) -> None:
        """Forget all."""
        self._requests.clear()
        self._results.clear()
