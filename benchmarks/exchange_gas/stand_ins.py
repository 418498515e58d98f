"""Circuits in place of the exchange's own: gas depends on how many public values a circuit has.

A stand-in takes any public values, so that a contract's own words can be proven at once. Its key,
its verifier and its proofs are real ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from zkpipe.accel.bn254 import R
from zkpipe.circuits import Array, ConstraintSystem, Field, Private, Public, check, circuit
from zkpipe.exchange.structs import Record
from zkpipe.exchange.words import keccak
from zkpipe.prover import DEVELOPMENT, ProvingKey, prove, setup
from zkpipe.verifier_contracts import (
    Chain,
    CompiledContract,
    calldata,
    compile_solidity,
    key_digest,
    solidity_verifier,
)

PUBLICS = {1: (2, 3), 2: (2, 5), 3: (1, 7), 4: (3, 6)}  # of each kind: results, words


@dataclass(frozen=True)
class StandIn:
    """A circuit of `count` public values, with its key and its verifier."""

    count: int
    system: ConstraintSystem
    key: ProvingKey
    verifier: CompiledContract

    def proof(self, publics: Sequence[int]) -> tuple[int, ...]:
        """A proof for the values, as the contracts take it: a, b, c."""
        total = sum(value * value for value in publics) % R
        witness = self.system.solve(values=list(publics), total=total)
        a, b, c, *_ = calldata(prove(self.key, witness), witness.public)
        return (*a, *b[0], *b[1], *c)


@cache
def stand_in(count: int) -> StandIn:
    """The circuit of so many public values. Takes a second."""

    @circuit
    def squares(values: Public[Array[Field, count]], total: Private[Field]) -> None:
        """The total is that of the values' squares."""
        check(total == sum((value * value for value in values[1:]), values[0] * values[0]))

    system = squares.compile()
    key = setup(system, DEVELOPMENT)
    source = solidity_verifier(key.verifying_key, "Verifier")
    return StandIn(count, system, key, compile_solidity(source)["Verifier"])


def record_of(chain: Chain, verifier: str, kind: int, developer: str, schema: bytes) -> Record:
    """The record of a stand-in of a kind, whose verifier lies at an address."""
    results, words = PUBLICS[kind]
    digest = bytes.fromhex(key_digest(stand_in(results + words).key.verifying_key))
    return Record(
        verifier=verifier,
        developer=developer,
        codehash=keccak(chain.code(verifier)),
        key_digest=digest,
        r1cs_hash=keccak(b"the constraints"),
        source_hash=keccak(b"the source"),
        ceremony_hash=keccak(b"the ceremony"),
        schema_hash=schema if kind == 4 else bytes(32),
        columns=12,
        leak_bits=168,
        shape=0,
        kind=kind,
        results=results,
        words=words,
        provenance=1,
        floor_safe=kind == 4,
        development=True,
    )
