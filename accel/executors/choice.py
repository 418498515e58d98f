"""Which executor computes: ZKPIPE_BACKEND says, or it is the best that is here."""

from __future__ import annotations

from zkpipe.accel.executors.executor import Executor
from zkpipe.accel.executors.processor import Processor
from zkpipe.accel.machines.backend import machine


def executor() -> Executor:
    """The executor in use. Raises what accel.machines.backend.machine raises."""
    return Processor(machine())
