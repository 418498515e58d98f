"""The circuits that are proven, their keys and their witnesses, at a size of 2^k rows.

    chain   x = x * x + x, again and again, from a secret of full size. Every wire is a random
            number of 254 bits: the worst case for sums of points, and what peers publish.
    bits    range checks of values of 32 bits: nearly every wire is 0 or 1, as in circuits of
            comparisons and hashes on bits.

Each fills its domain of 2^k rows as far as it can, so that all provers transform the same size.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from zkpipe.accel.bn254 import R
from zkpipe.benchmarks.records.results import CircuitSize
from zkpipe.benchmarks.workloads.statements import BITS, bits_of, chain_of
from zkpipe.circuits import ConstraintSystem, Witness
from zkpipe.ground.errors import RangeError
from zkpipe.prover import DEVELOPMENT, save_public, setup

SMALLEST, LARGEST = 6, 24  # exponents of sizes


@dataclass(frozen=True, slots=True)
class Workload:
    """A circuit with its key and its witness, as files that every prover reads."""

    size: CircuitSize
    key: Path
    witness: Path
    vkey: Path
    public: Path


def dense_chain(rows: int) -> tuple[ConstraintSystem, Witness]:
    """A chain that fills the rows; two are left for the public value and the constant one."""
    system = chain_of(rows - 2).compile()
    return system, system.solve(start=secrets.randbelow(R))


def range_checks(rows: int) -> tuple[ConstraintSystem, Witness]:
    """As many range checks as fit the rows, with two rows for the sum and two as above."""
    count = (rows - 4) // BITS
    system = bits_of(count).compile()
    return system, system.solve(values=[secrets.randbits(BITS) for _ in range(count)])


CIRCUITS: dict[str, Callable[[int], tuple[ConstraintSystem, Witness]]] = {
    "chain": dense_chain,
    "bits": range_checks,
}


def make_workload(name: str, exponent: int, folder: Path) -> Workload:
    """Compile a circuit of 2^exponent rows, solve it, make a development key, write the files.

    Raises RangeError for a size out of bounds.
    """
    if not SMALLEST <= exponent <= LARGEST:
        raise RangeError(
            f"A circuit of 2^{exponent} rows is not measured.",
            f"Ask for exponents from {SMALLEST} to {LARGEST}.",
        )
    system, witness = CIRCUITS[name](1 << exponent)
    key = setup(system, DEVELOPMENT)
    made = {kind: folder / f"{name}.{kind}" for kind in ("zkey", "wtns", "vkey.json", "json")}
    key.save(made["zkey"])
    key.verifying_key.save(made["vkey.json"])
    witness.save(made["wtns"])
    save_public(made["json"], witness.public)
    size = CircuitSize(
        name,
        exponent,
        system.constraint_count,
        system.wire_count,
        made["zkey"].stat().st_size,
        made["wtns"].stat().st_size,
    )
    return Workload(size, made["zkey"], made["wtns"], made["vkey.json"], made["json"])
