"""How many rows a worker is given at once: so many that they take about half a second.

Fewer, and the way to the worker counts; more, and a stop waits for them, or loses them.
"""

from __future__ import annotations

from dataclasses import dataclass

AIM = 0.5  # seconds
MOST = 1024
GROWTH = 8  # from one group to the next: the first may have compiled or copied something


@dataclass(slots=True)
class GroupSize:
    """The number of rows of the next group."""

    rows: int = 1

    def took(self, rows: int, seconds: float) -> None:
        """Learn from a group."""
        fitting = int(AIM * rows / max(seconds, 1e-6))
        self.rows = max(1, min(fitting, GROWTH * rows, MOST))
