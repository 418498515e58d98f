"""A process that times verification: of one proof, and of many proofs of one key together.

    ZKPIPE_BACKEND=... python -m zkpipe.benchmarks.workers.verification_worker TOOL MANY

The proofs are of a small circuit, each of another witness. TOOL is zkpipe or groth16py, which takes
one proof alone. Each request is a round, answered with {"one": S, "many": S} or {"one": S}; S is
null where the tool refused a correct proof. The first one warms up; do not count it.
"""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from zkpipe.accel.bn254 import R
from zkpipe.benchmarks.processes import answer, requests
from zkpipe.benchmarks.workloads.statements import square
from zkpipe.prover import (
    DEVELOPMENT,
    Proof,
    VerifyingKey,
    prove,
    save_public,
    setup,
    verify,
    verify_batch,
)


def proofs(count: int) -> tuple[VerifyingKey, list[Proof], list[list[int]]]:
    """A key, and proofs of as many squares with their public values."""
    system = square.compile()
    key = setup(system, DEVELOPMENT)
    witnesses = [system.solve(root=secrets.randbelow(R)) for _ in range(count)]
    made = [prove(key, witness) for witness in witnesses]
    return key.verifying_key, made, [witness.public for witness in witnesses]


def _groth16py(key: VerifyingKey, proof: Proof, public: list[int]) -> Callable[[], bool]:
    """One verification by groth16py."""
    import groth16py

    with TemporaryDirectory() as name:
        files = [Path(name) / f"{part}.json" for part in ("key", "proof", "public")]
        key.save(files[0])
        proof.save(files[1])
        save_public(files[2], public)
        key_text, proof_text, public_text = (file.read_text() for file in files)
    verifier = groth16py.Verifier(groth16py.VerifyingKey.from_snarkjs(key_text))
    return lambda: bool(verifier.verify_snarkjs(proof_text, public_text))


def _seconds(work: Callable[[], bool]) -> float | None:
    """The time of a verification that must say yes; None if it says no."""
    started = time.perf_counter()
    fine = work()
    seconds = time.perf_counter() - started
    return seconds if fine else None


def main() -> None:
    """Time as often as asked."""
    tool, count = sys.argv[1:]
    key, made, publics = proofs(int(count))
    if tool == "zkpipe":
        works = {
            "one": lambda: verify(key, made[0], publics[0]),
            "many": lambda: all(verify_batch(key, made, publics)),
        }
    else:
        works = {"one": _groth16py(key, made[0], publics[0])}
    for _ in requests():
        answer({name: _seconds(work) for name, work in works.items()})


if __name__ == "__main__":
    main()
