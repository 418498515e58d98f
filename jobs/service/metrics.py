"""What Prometheus is told: jobs by circuit and state, the queue, seconds, workers, memory.

Labels are names of circuits that are served, never a text of a client's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from zkpipe.jobs.service.provers import Prover
from zkpipe.jobs.service.scheduler import Scheduler
from zkpipe.jobs.service.work import Job

BUCKETS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, float("inf"))  # seconds
STATES = ("accepted", "done", "failed", "cancelled")
OTHER = "other"  # a circuit that is not served any more


class Metrics:
    """Of one service; `page` is what GET /metrics answers."""

    def __init__(self, scheduler: Scheduler, provers: Sequence[Prover]) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._jobs = Counter(
            "zkpipe_jobs", "Jobs by what became of them.", ["circuit", "state"], registry=registry
        )
        self._seconds = Histogram(
            "zkpipe_job_seconds",
            "Seconds that a worker had a job, when it ended.",
            ["circuit"],
            buckets=BUCKETS,
            registry=registry,
        )
        self._refused = Counter(
            "zkpipe_requests_refused", "Requests by their status.", ["status"], registry=registry
        )
        queued = Gauge("zkpipe_queue_length", "Jobs that wait.", registry=registry)
        queued.set_function(lambda: scheduler.counts()[0])
        running = Gauge("zkpipe_jobs_running", "Jobs that a worker has.", registry=registry)
        running.set_function(lambda: scheduler.counts()[1])
        registry.register(_Workers(provers))

    def count(self, circuit: str, state: str) -> None:
        """A job was accepted, done, failed or cancelled."""
        self._jobs.labels(circuit, state).inc()

    def ended(self, job: Job, state: str, known: Iterable[str]) -> None:
        """A job has ended.

        known  the circuits that are served
        """
        circuit = job.circuit if job.circuit in known else OTHER
        self.count(circuit, state)
        if state != "cancelled":
            self._seconds.labels(circuit).observe(job.seconds)

    def refused(self, status: int) -> None:
        """A request was answered with a status of 400 or more."""
        self._refused.labels(str(status)).inc()

    def page(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return bytes(generate_latest(self._registry))


class _Workers(Collector):
    """The workers as they are when somebody asks."""

    def __init__(self, provers: Sequence[Prover]) -> None:
        self._provers = provers

    def collect(self) -> Iterator[Metric]:
        """How many there are, and what each has in memory."""
        yield GaugeMetricFamily("zkpipe_workers", "Workers.", value=len(self._provers))
        memory = GaugeMetricFamily(
            "zkpipe_worker_memory_bytes", "Memory of a worker's process.", labels=["worker"]
        )
        for prover in self._provers:
            memory.add_metric([str(prover.number)], prover.memory())
        yield memory
