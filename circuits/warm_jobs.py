"""Jobs for accel.compiled.warm: a small circuit solved, written, read and checked."""

from __future__ import annotations

from pathlib import Path

JOBS = {  # seconds, as in accel.warm_jobs
    "zkpipe.circuits.warm_jobs:soundness": 17.0,
    "zkpipe.circuits.warm_jobs:solving": 2.4,
    "zkpipe.circuits.warm_jobs:solving_many": 2.7,
}


def soundness() -> None:
    """What every compile asks: whether the inputs determine the values; and what lint does."""
    from zkpipe.circuits.soundness.lint.lint import lint
    from zkpipe.circuits.soundness.requirement import require_determined
    from zkpipe.circuits.warm_circuit import small

    system = small.trace()
    require_determined(system)
    lint(system)


def solving() -> None:
    """Solve, and check the files' arrays too: they cannot be written to."""
    from tempfile import TemporaryDirectory

    from zkpipe.circuits import ConstraintSystem, Witness
    from zkpipe.circuits.warm_circuit import small
    from zkpipe.ground.files.cache_folders import own_folder

    system = small.trace()
    witness = system.solve(x=3, y=18)
    with TemporaryDirectory(dir=own_folder("scratch")) as folder:  # others may not be there
        system.save(Path(folder, "small.r1cs"))
        witness.save(Path(folder, "small.wtns"))
        read = ConstraintSystem.load(Path(folder, "small.r1cs"))
        read.check(Witness.load(Path(folder, "small.wtns")))


def solving_many() -> None:
    """Solve in lanes, where there are any."""
    from zkpipe.accel.machines.backend import machine
    from zkpipe.circuits.solve.many import solve_many
    from zkpipe.circuits.warm_circuit import small

    if machine().width > 1:
        solve_many(small.trace(), [[3, 18], [4, 32]])
