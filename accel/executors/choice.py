"""Which executor computes: ZKPIPE_BACKEND says, or it is the best that is here."""

from __future__ import annotations

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.accel.executors.executor import Executor
from zkpipe.accel.executors.processor import Processor
from zkpipe.accel.machines.backend import machine


def executor(curve: Curve = BN254) -> Executor:
    """The executor in use. Raises what accel.machines.backend.machine raises."""
    return Processor(machine(), curve)
