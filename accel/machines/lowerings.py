"""The lowerings of all machines, by name."""

from __future__ import annotations

from zkpipe.accel.machines.cuda import Cuda
from zkpipe.accel.machines.lowering import Lowering
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.machines.scalar import Scalar
from zkpipe.accel.machines.simd import LANES

_LOWERINGS: dict[str, Lowering] = {made.machine.name: made for made in (Scalar(), LANES, Cuda())}


def lowering(machine: Machine) -> Lowering:
    """The LLVM instructions of a machine."""
    return _LOWERINGS[machine.name]
