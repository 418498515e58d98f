"""Batches in processes that can be killed: as commands, and from a process that is ready for them.

A command takes a second or two to start. To kill many drivers in the midst of their work, one
process imports everything and then forks a driver for each line that it reads.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from tests.cli.workshop import as_on_a_terminal
from tests.jobs.batch import shop

# Forks a driver, tells its number, waits for its end, and tells its status.
READY = """
import os, sys
from zkpipe.cli.main import main
import zkpipe.cli.jobs.batch_job
from zkpipe.cli.machine.warm_up import compile_kernels

compile_kernels()
sys.argv = ["zkpipe", "batch", "run", "job.toml"]
for _ in sys.stdin:
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(0, 1)
        main()
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""


class Driver(Protocol):
    """A batch that runs."""

    def is_over(self) -> bool:
        """Whether it has ended by itself."""
        ...

    def kill(self) -> None:
        """End it by SIGKILL, and wait for that."""
        ...


class Command:
    """`zkpipe batch run job.toml` in the current folder."""

    def __init__(self) -> None:
        self._process = shop.started("run", "job.toml")

    def is_over(self) -> bool:
        """See Driver."""
        return self._process.poll() is not None

    def kill(self) -> None:
        """See Driver."""
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()


class Forked:
    """The same, from a process that is ready."""

    def __init__(self, ready: subprocess.Popen[bytes]) -> None:
        assert ready.stdin is not None
        assert ready.stdout is not None
        self._out = ready.stdout
        ready.stdin.write(b"run\n")
        ready.stdin.flush()
        self._number = int(self._out.readline())

    def is_over(self) -> bool:
        """See Driver; a process that has ended is waited for at once by the one that made it."""
        try:
            os.kill(self._number, 0)
        except ProcessLookupError:
            return True
        return False

    def kill(self) -> None:
        """See Driver."""
        if not self.is_over():
            os.kill(self._number, signal.SIGKILL)
        self._out.readline()


@contextmanager
def ready() -> Iterator[subprocess.Popen[bytes]]:
    """A process that forks drivers in the current folder."""
    process = subprocess.Popen(  # noqa: S603 # ours
        [sys.executable, "-c", READY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=as_on_a_terminal,
    )
    try:
        yield process
    finally:
        process.communicate()
