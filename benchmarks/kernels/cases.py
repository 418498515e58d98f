"""A thing to be timed: a run, how many operations it does, and whether it was right.

`zkpipe bench run` and pytest-benchmark (tests/benchmarks) time the same cases.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from zkpipe.benchmarks.errors import CrossCheckError


@dataclass(frozen=True, slots=True)
class Case:
    """One operation to be timed.

    size        values, points or pairs that one run works on
    operations  that one run does
    run         does them, on operands made before
    holds       whether the last run's result is right, by other means than the run's
    """

    name: str
    size: int
    operations: int
    run: Callable[[], object]
    holds: Callable[[], bool]

    def warm_up(self) -> None:
        """Run once, which compiles, and check the result.

        Raises CrossCheckError if it is wrong.
        """
        self.run()
        if not self.holds():
            raise CrossCheckError(
                f"The result of {self.name} on {self.size} values is wrong.",
                "Times are counted only for right results. Please report this.",
            )

    def seconds(self) -> float:
        """The time of one run."""
        started = time.perf_counter()
        self.run()
        return time.perf_counter() - started
