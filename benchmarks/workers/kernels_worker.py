"""A process that times the kernels of one back end on one thread.

    ZKPIPE_THREADS=1 python -m zkpipe.benchmarks.workers.kernels_worker ROUNDS EXPONENT ...

Answers one request with {"kernels": [...]}: name, size, operations and seconds of each case. The
operands of large sums take gigabytes at 2^20, so cases come one after the other, not in turn.
"""

from __future__ import annotations

import sys

from zkpipe.accel.machines.backend import machine
from zkpipe.benchmarks.kernels.cases import Case
from zkpipe.benchmarks.kernels.curve_kernels import curve_cases
from zkpipe.benchmarks.kernels.field_kernels import field_cases
from zkpipe.benchmarks.processes import answer, requests

RUNS = 3  # in a round, of which the fastest counts: a run is short, and interruptions are not ours
FAST = 0.1  # seconds; a longer run is not repeated within a round


def timed(case: Case, rounds: int) -> tuple[float, ...]:
    """The seconds of a run in each round, after one that is checked."""
    case.warm_up()
    times = []
    for _ in range(rounds):
        seconds = case.seconds()
        again = RUNS - 1 if seconds < FAST else 0
        times.append(min([seconds, *(case.seconds() for _ in range(again))]))
    return tuple(times)


def _facts(case: Case, rounds: int) -> dict[str, object]:
    return {
        "kernel": case.name,
        "size": case.size,
        "operations": case.operations,
        "seconds": timed(case, rounds),
    }


def main() -> None:
    """Time every case when asked."""
    rounds, *exponents = map(int, sys.argv[1:])
    for _ in requests():
        chosen = machine()
        makers = {**field_cases(chosen), **curve_cases(chosen, tuple(exponents))}
        found = [_facts(make(), rounds) for make in makers.values()]
        answer({"kernels": found})


if __name__ == "__main__":
    main()
