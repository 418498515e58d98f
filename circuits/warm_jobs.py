"""Jobs for accel.warm: a small circuit solved, written, read and checked."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from circuits import ConstraintSystem, Field, Private, Public, UInt, Witness, check, circuit, hint
from circuits.soundness.requirement import require_determined

JOBS = {  # seconds, as in accel.warm_jobs
    "circuits.warm_jobs:soundness": 17.0,
    "circuits.warm_jobs:solving": 2.4,
}


def _double(x: int) -> int:
    return 2 * x


@circuit
def small(x: Private[UInt[8]], y: Public[Field]) -> None:
    """A circuit with a hint, for the kernel that evaluates what a hint is given."""
    twice = hint(_double, x, returns=Field)
    check(twice == x + x, "twice is not twice")
    check(twice * x == y, "y is not 2 x^2")


def soundness() -> None:
    """What every compile asks: whether the inputs determine the values."""
    require_determined(small.trace())


def solving() -> None:
    """Solve, and check the files' arrays too: they cannot be written to."""
    system = small.trace()
    witness = system.solve(x=3, y=18)
    with TemporaryDirectory() as folder:
        system.save(Path(folder, "small.r1cs"))
        witness.save(Path(folder, "small.wtns"))
        read = ConstraintSystem.load(Path(folder, "small.r1cs"))
        read.check(Witness.load(Path(folder, "small.wtns")))
