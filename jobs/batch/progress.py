"""How far a batch is: counts, the rate, the time left."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Progress:
    """Counts of a run.

    total    rows of the table
    kept     proved in an earlier run
    proved, failed  in this run
    again    of these, rows whose proof was there and could not stay: other inputs, or changed files
    removed  proofs that were taken away: of rows that fail now, and that the table no longer has
    """

    total: int
    kept: int = 0
    proved: int = 0
    failed: int = 0
    again: int = 0
    removed: int = 0
    begun: float = field(default_factory=time.monotonic)

    @property
    def done(self) -> int:
        """Rows that nothing is left to do for."""
        return self.kept + self.proved + self.failed

    @property
    def seconds(self) -> float:
        """Since the run began."""
        return time.monotonic() - self.begun

    @property
    def rate(self) -> float:
        """Rows of this run in a second; 0 before the first."""
        return (self.proved + self.failed) / max(self.seconds, 1e-9)

    @property
    def left(self) -> float | None:
        """Seconds that the rest takes at this rate; None while nobody knows."""
        return (self.total - self.done) / self.rate if self.rate else None
