"""A child ends with its parent, whatever it computes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.docs.pages import ROOT

PARENT = """
import sys, threading
from zkpipe.jobs.workers.worker import Worker

worker = Worker("tests.jobs.workers.busy")
print(worker.pid, flush=True)
worker.ask({})
"""


def test_a_child_that_holds_pythons_lock_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen(  # noqa: S603 # this interpreter
        [sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    until = time.monotonic() + 60
    while processor_seconds(child) < 2:  # it has begun to compute, and is far from the end
        assert time.monotonic() < until
        time.sleep(0.05)
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    until = time.monotonic() + 10
    try:
        while processor_seconds(child) > 0:
            assert time.monotonic() < until, "the child outlives its parent"
            time.sleep(0.05)
    finally:
        if processor_seconds(child) > 0:  # it would compute on after the test
            os.kill(child, signal.SIGKILL)


def processor_seconds(process: int) -> float:
    """What a process has used; 0 if it is gone, or waits to be taken away."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return 0.0 if fields[0] == "Z" else (int(fields[11]) + int(fields[12])) / 100
