"""What may be set of a service, with what it is where nobody sets it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zkpipe.ground.process.memory_limits import memory_of_this_machine
from zkpipe.ground.process.settings import thread_count

WORKERS, QUEUE, DAYS, SECONDS = 2, 256, 1.0, 600.0
PORT = 8470
LARGEST_BODY = 1 << 24
SHARE = 0.8  # of the memory of this machine that all workers together may take
A_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Settings:
    """Of one service.

    keys         the folder of circuits and keys
    state        the service's own folder; None to keep everything in memory
    host, port   where it listens; port 0 lets the system choose
    token_file   a file that holds the token; None for none
    keep         seconds for which results are kept
    workers      child processes
    queue        jobs that may wait
    waiting      bytes of inputs that may wait, all together
    seconds      that one job may take, from the first byte to the worker on
    load_seconds that compiling a circuit, or reading its key, may take
    memory       bytes that a worker may take; None for its share of the machine's
    body         the most bytes of one request
    bodies       the most bytes of all requests that are being read
    grace        seconds for which running jobs are waited for at the end
    results      the most results that are kept at once
    """

    keys: Path
    state: Path | None = None
    host: str = "127.0.0.1"
    port: int = PORT
    token_file: Path | None = None
    keep: float = DAYS * A_DAY
    workers: int = WORKERS
    queue: int = QUEUE
    waiting: int = 1 << 30
    seconds: float = SECONDS
    load_seconds: float = 3600.0
    memory: int | None = None
    body: int = LARGEST_BODY
    bodies: int = 1 << 28
    grace: float = 3.0
    results: int = 100_000

    @property
    def worker_memory(self) -> int:
        """Bytes that a worker may take."""
        return self.memory or int(SHARE * memory_of_this_machine()) // self.workers

    @property
    def worker_threads(self) -> int:
        """Threads of a worker: all of them together as many as there are processors."""
        return max(1, thread_count() // self.workers)
