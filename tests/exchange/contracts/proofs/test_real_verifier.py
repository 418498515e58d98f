"""CircuitRegistry and JobBoard with a verifier as zkpipe generates it, and real pairings.

The proofs are right for words that the test builds: their maker knows the key's secrets.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_utils import keccak

from tests.exchange.contracts.setting.deployed import Placed
from tests.exchange.contracts.setting.values import PROOF, R
from tests.exchange.contracts.setting.world import Circuit, World
from tests.verifier_contracts.conftest import P, Trapdoor, off_group_point
from zkpipe.exchange.states import Kind
from zkpipe.prover import Proof
from zkpipe.verifier_contracts import calldata, compile_solidity, key_digest, solidity_verifier

WORDS = 9  # of a query: three results and six words
TRAPDOOR = Trapdoor.of("exchange", WORDS)


def listed(world: World) -> Circuit:
    """A circuit of kind 4 with a generated verifier; the council and the lineage allow it."""
    key = TRAPDOOR.key()
    compiled = compile_solidity(solidity_verifier(key, "Stats"))["Stats"]
    outcome = world.chain.send(world.deployer, None, compiled.bytecode)
    assert outcome.created is not None
    verifier = Placed(world, compiled, outcome.created)
    record = replace(
        world.stub(Kind.STATS).record,
        verifier=verifier.address,
        codehash=keccak(world.chain.code(verifier.address)),
        key_digest=bytes.fromhex(key_digest(key)),
        provenance=1,
        development=True,
    )
    world.send(world.stranger, world.circuits, "propose", record)
    world.decide(world.circuits, "approve", ["bytes32"], record.circuit)
    world.send(world.owner, world.catalogue, "allow", world.lineage, record.circuit, True)
    return Circuit(verifier, record)


@pytest.fixture
def real(world: World) -> Circuit:
    return listed(world)


def words_of(proof: Proof, public: list[int]) -> list[int]:
    a, b, c, _ = calldata(proof, public)
    return [*a, *b[0], *b[1], *c]


def test_the_registry_reads_a_generated_verifier(world: World, real: Circuit) -> None:
    for other in (
        {"key_digest": b"\x01" * 32},
        {"development": False},
        {"provenance": 0},
        {"provenance": 3},
    ):
        record = replace(real.record, **other)
        error = world.refused(world.stranger, world.circuits, "propose", record)
        assert error == ("WrongVerifier",)


def test_a_right_proof_counts_and_no_other(world: World, real: Circuit) -> None:
    public = list(range(5, 5 + WORDS))
    proof = words_of(TRAPDOOR.proof(tuple(public)), public)

    def error(proof: list[int], words: list[int]) -> tuple[object, ...]:
        return world.call_refused(world.circuits, "verify", real.id, proof, words)

    data = world.circuits.data("verify", real.id, proof, public)
    assert world.chain.call(world.circuits.address, data) == b""
    rejected = ("ProofRejected", real.id)
    for k in range(WORDS):
        assert error(proof, [*public[:k], public[k] + 1, *public[k + 1 :]]) == rejected
        assert error(proof, [*public[:k], public[k] + R, *public[k + 1 :]]) == rejected
    assert error(proof, public[:-1]) == rejected
    assert error([proof[0], P - proof[1], *proof[2:]], public) == rejected
    assert error(list(PROOF), public) == rejected
    (x0, x1), (y0, y1) = off_group_point()
    assert error([*proof[:2], x1, x0, y1, y0, *proof[6:]], public) == ("VerifierFailed",)


def test_a_job_is_proved_once_even_by_the_proof_s_twin(world: World, real: Circuit) -> None:
    """(-A, -B, C) is as right as (A, B, C): nothing is keyed by a proof's bytes."""
    terms = world.granted(circuit=real.id)
    spec = world.opened(world.spec(terms))
    public = world.step_words(spec)
    proof = words_of(TRAPDOOR.proof(tuple(public)), public)
    twin = [proof[0], P - proof[1], *proof[2:4], P - proof[4], P - proof[5], *proof[6:]]
    for first, second in ((proof, twin), (twin, proof)):
        mark = world.chain.snapshot()
        world.send(world.prover, world.board, "submit", *world.submission(spec, proof=first))
        again = world.submission(spec, proof=second)
        error = world.refused(world.prover, world.board, "submit", *again)
        assert error == ("AlreadyProved", 0)
        assert world.grant(terms)["used"] == 1
        world.chain.restore(mark)
    world.send(world.prover, world.board, "submit", *world.submission(spec, proof=proof))
    other = world.opened(world.spec(terms, nonce=2))
    copied = world.submission(other, proof=proof)
    error = world.refused(world.prover, world.board, "submit", *copied)
    assert error == ("ProofRejected", real.id)
