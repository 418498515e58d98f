"""The stages of a proof on one back end, by a process of its own."""

from __future__ import annotations

from collections.abc import Iterator

from zkpipe.benchmarks.processes import module_worker
from zkpipe.benchmarks.provers.provers import zkpipe_environment
from zkpipe.benchmarks.records.results import StageTime
from zkpipe.benchmarks.workloads.workloads import Workload


def stage_times(workload: Workload, backend: str, threads: int, rounds: int) -> Iterator[StageTime]:
    """Each stage, in as many rounds, after one that is not counted. Raises MeasurementError."""
    environment = zkpipe_environment(backend, threads)
    words = (workload.key, workload.witness)
    with module_worker("zkpipe.benchmarks.workers.stages_worker", environment, *words) as worker:
        worker.ask({})
        answers = [worker.ask({}) for _ in range(rounds)]
    size = workload.size
    for stage in answers[0]:
        seconds = tuple(float(answer[stage]) for answer in answers)
        yield StageTime(size.circuit, size.exponent, backend, threads, stage, seconds)
