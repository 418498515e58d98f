"""Jobs for accel.warm: a small circuit solved, written, read and checked."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

JOBS = {"circuits.warm_jobs:solving": 2.4}  # seconds, as in accel.warm_jobs


def solving() -> None:
    """Solve, and check the files' arrays too: they cannot be written to."""
    from circuits import ConstraintSystem, Witness
    from circuits.warm_circuit import small

    system = small.compile()
    witness = system.solve(x=3, y=18)
    with TemporaryDirectory() as folder:
        system.save(Path(folder, "small.r1cs"))
        witness.save(Path(folder, "small.wtns"))
        read = ConstraintSystem.load(Path(folder, "small.r1cs"))
        read.check(Witness.load(Path(folder, "small.wtns")))
