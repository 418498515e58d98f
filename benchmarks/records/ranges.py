"""What the numbers of a results file may be: ranges that every real run keeps."""

from __future__ import annotations

from typing import Annotated

from zkpipe.benchmarks.records.records import Within
from zkpipe.ground.errors import RangeError

CARD = "cuda"  # that of accel.machines.backend, which imports numba
LIBRARY, COMMAND = "library", "command"  # ways: in a process that stays, and a process each time

MOST_ROUNDS, MOST_PATIENCE = 10_000, 10**9  # the second in seconds
MOST_THREADS = 1 << 16
TICK = 1e-9  # seconds; clocks count nanoseconds

Seconds = tuple[Annotated[float, Within(0, MOST_PATIENCE)], ...]
Exponent = Annotated[int, Within(0, 28)]  # BN254's scalar field has no domain above 2^28
Count = Annotated[int, Within(1, 1 << 48)]
Size = Annotated[int, Within(0, 1 << 60)]  # in bytes
Threads = Annotated[int, Within(1, MOST_THREADS)]

FIX = "Measure again: give the file that `zkpipe bench run` wrote."


def check_times(times: Seconds) -> None:
    """Raises RangeError if there is no time, or one that no clock can tell from none."""
    if not times or min(times) < TICK:
        raise RangeError("A measurement has no times, or one below a nanosecond.", FIX)


def shown_threads(threads: int) -> str:
    """`1 thread`, `2 threads`."""
    return f"{threads} thread{'s' if threads > 1 else ''}"
