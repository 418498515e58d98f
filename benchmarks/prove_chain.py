"""Time proofs of a squaring chain on each back end beside groth16py (arkworks), one key for all.

    python benchmarks/prove_chain.py [EXPONENT ...]        sizes 2^EXPONENT, by default 14 and 16

The chain is x = x * x + x, from a secret of full size, as many steps as fill the domain. Each round
runs every prover once, in turn, on the same key and witness; the table shows the median and, in
brackets, the fastest and slowest. Keys are loaded before: the times are those of proving, ours with
the check of the proof included. Every proof is checked by the other's verifier.
"""

from __future__ import annotations

import json
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import groth16py

from accel.backend import has_ifma
from accel.bn254 import R
from circuits import ConstraintSystem, Field, Private, Public, Witness, circuit
from prover import DEVELOPMENT, Proof, ProvingKey, prove, setup, verify

ROUNDS = 5


def chain(steps: int) -> ConstraintSystem:
    """The system of x = x * x + x, `steps` times."""

    @circuit
    def squaring_chain(start: Private[Field]) -> Public[Field]:
        x = start
        for _ in range(steps):
            x = x * x + x
        return x

    return squaring_chain.compile()


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def spread(times: list[float]) -> str:
    """Median, fastest and slowest."""
    return f"{statistics.median(times):.3f} s ({min(times):.3f} to {max(times):.3f})"


def with_backend(name: str, key: ProvingKey, witness: Witness) -> Proof:
    """Prove on one back end."""
    os.environ["ZKPIPE_BACKEND"] = name
    return prove(key, witness)


def measure(exponent: int, folder: Path) -> dict[str, list[float]]:
    """Times of each prover at a domain of 2^exponent points."""
    system = chain((1 << exponent) - 2)
    witness = system.solve(start=secrets.randbelow(R))
    setup(system, DEVELOPMENT).save(folder / "chain.zkey")
    witness.save(folder / "chain.wtns")
    key = ProvingKey.load(folder / "chain.zkey")
    key.verifying_key.save(folder / "vkey.json")
    theirs, _ = groth16py.import_zkey(str(folder / "chain.zkey"))
    judge = groth16py.Verifier(groth16py.VerifyingKey.from_snarkjs_file(str(folder / "vkey.json")))
    backends = [*(["avx512"] if has_ifma() else []), "scalar"]
    public = [str(value) for value in witness.public]
    for name in backends:  # compiles, and shows that the proofs are right
        with_backend(name, key, witness).save(folder / "proof.json")
        proof = (folder / "proof.json").read_text()
        if not judge.verify_snarkjs(proof, json.dumps(public)):
            raise SystemExit(f"groth16py refuses the proof of the {name} back end")
    times: dict[str, list[float]] = {name: [] for name in ["groth16py", *backends, "verify"]}
    proof = Proof.load(folder / "proof.json")
    for _ in range(ROUNDS):
        path = str(folder / "chain.wtns")
        times["groth16py"].append(timed(lambda path=path: groth16py.prove_wtns(theirs, path)))
        for name in backends:
            times[name].append(timed(lambda name=name: with_backend(name, key, witness)))
        os.environ["ZKPIPE_BACKEND"] = backends[0]
        times["verify"].append(timed(lambda: verify(key.verifying_key, proof, witness.public)))
    return times


def main() -> None:
    """Print the table."""
    exponents = [int(word) for word in sys.argv[1:]] or [14, 16]
    out = sys.stdout
    for exponent in exponents:
        with tempfile.TemporaryDirectory() as folder:
            times = measure(exponent, Path(folder))
        out.write(f"2^{exponent} constraints, {ROUNDS} rounds\n")
        base = statistics.median(times["groth16py"])
        for name, values in times.items():
            ratio = "" if name == "verify" else f"  {base / statistics.median(values):.1f}"
            out.write(f"  {name:10} {spread(values)}{ratio}\n")


if __name__ == "__main__":
    main()
