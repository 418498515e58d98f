"""All jobs for compiling ahead, the longest first: what solving, setup and proofs call."""

from __future__ import annotations

from pathlib import Path

from zkpipe.accel.warm_jobs import JOBS as ACCEL_JOBS
from zkpipe.circuits.warm_jobs import JOBS as CIRCUITS_JOBS

_SECONDS = {**ACCEL_JOBS, **CIRCUITS_JOBS, "zkpipe.prover.warm_jobs:ceremony": 6.0}
JOBS = (*sorted(_SECONDS, key=lambda job: -_SECONDS[job]), "zkpipe.prover.warm_jobs:whole")


def ceremony() -> None:
    """Powers of tau, enough for batches: contributed to, prepared and verified."""
    from tempfile import TemporaryDirectory

    from zkpipe.ground.files.cache_folders import own_folder
    from zkpipe.prover.ceremony.phase1.contribute import contribute_ptau
    from zkpipe.prover.ceremony.phase1.create import new_ptau
    from zkpipe.prover.ceremony.phase1.prepare import prepare_ptau
    from zkpipe.prover.ceremony.phase1.verify import verify_ptau

    with TemporaryDirectory(dir=own_folder("scratch")) as folder:
        new, contributed, prepared = (Path(folder, str(step)) for step in range(3))
        new_ptau(5, new)
        contribute_ptau(new, contributed)
        prepare_ptau(contributed, prepared)
        verify_ptau(prepared)


def whole() -> None:
    """The whole way through files, last: for whatever no other job has called."""
    from tempfile import TemporaryDirectory

    from zkpipe.circuits import ConstraintSystem, Witness
    from zkpipe.circuits.warm_circuit import small
    from zkpipe.ground.files.cache_folders import own_folder
    from zkpipe.prover import DEVELOPMENT, ProvingKey, prove, setup, verify

    system = small.compile()
    witness = system.solve(x=3, y=18)
    key = setup(system, DEVELOPMENT)
    with TemporaryDirectory(dir=own_folder("scratch")) as folder:  # others may not be there
        key.save(Path(folder, "small.zkey"))
        witness.save(Path(folder, "small.wtns"))
        system.save(Path(folder, "small.r1cs"))
        read = ProvingKey.load(Path(folder, "small.zkey"))
        proof = prove(read, Witness.load(Path(folder, "small.wtns")))
        setup(ConstraintSystem.load(Path(folder, "small.r1cs")), DEVELOPMENT)
    verify(key.verifying_key, proof, witness.public)
