"""What changes beside the queue: circuits that are to be examined, and jobs that wait for these."""

from __future__ import annotations

import threading

from zkpipe.jobs.service.circuits import Circuits
from zkpipe.jobs.service.scheduler import Scheduler

PAUSE = 1.0  # seconds


class Watcher(threading.Thread):
    """Has circuits examined when they are new, changed or due again, until the service ends.

    Jobs that were held, as their circuit could not be loaded, go on when it can.
    """

    def __init__(self, circuits: Circuits, scheduler: Scheduler) -> None:
        super().__init__(name="watcher", daemon=True)
        self._circuits = circuits
        self._scheduler = scheduler

    def run(self) -> None:
        """Look about once a second."""
        while not self._scheduler.is_stopping:
            self.look()
            self._scheduler.wait(PAUSE)

    def look(self) -> None:
        """Look once."""
        for name in self._circuits.due():
            self._scheduler.look_at(name)
        for name in self._scheduler.held():
            if not self._circuits.holds_jobs(name):
                self._scheduler.release(name)
