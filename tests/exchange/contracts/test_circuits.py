"""CircuitRegistry: what is proposed, listed and retired, and which proofs count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.exchange.contracts.world import PROOF, Circuit, World
from zkpipe.exchange.states import CircuitState, Kind

TAKES_ALL, REVERTS, ANSWERS_NOTHING, ANSWERS_TWO = 1, 2, 3, 4
PUBLICS = list(range(11, 20))


def propose(world: World, circuit: Circuit, **other: object):
    record = replace(circuit.record, **other)
    return world.send(world.stranger, world.circuits, "propose", record)


def entry(world: World, circuit: bytes) -> dict[str, object]:
    found: dict[str, object] = world.circuits("entry", circuit)
    return found


def approve(world: World, circuit: bytes) -> None:
    world.decide(world.circuits, "approve", ["bytes32"], circuit)


def test_anyone_proposes_and_the_id_is_the_record_s_digest(world: World) -> None:
    circuit = world.stub(Kind.STATS, shape=5, columns=(1 << 64) - 1, leak_bits=(1 << 24) - 1)
    (happened,) = propose(world, circuit)
    assert happened.name == "CircuitProposed"
    assert happened.arguments["id"] == circuit.id
    assert happened.arguments["record"][1] == circuit.record.developer.lower()
    kept = entry(world, circuit.id)
    for name, value in {
        "verifier": circuit.verifier.address.lower(),
        "developer": circuit.record.developer.lower(),
        "leakBits": circuit.record.leak_bits,
        "kind": 4,
        "results": 3,
        "words": 6,
        "state": CircuitState.PROPOSED,
        "floorSafe": True,
        "schemaHash": circuit.record.schema_hash,
        "columns": circuit.record.columns,
        "shape": 5,
        "provenance": 0,
        "development": False,
    }.items():
        assert kept[name] == value, name


def test_states_go_forward_one_by_one(world: World) -> None:
    circuit = world.stub(Kind.STATS)

    def is_refused(function: str, *arguments: object) -> tuple[object, ...]:
        return world.refused(world.stranger, world.circuits, function, *arguments)

    def signed(function: str):
        return circuit.id, world.council(world.circuits, function, ["bytes32"], circuit.id)

    assert is_refused("approve", *signed("approve")) == ("WrongState", 0)
    assert is_refused("retire", *signed("retire")) == ("WrongState", 0)
    propose(world, circuit)
    assert is_refused("propose", circuit.record) == ("WrongState", 11)
    assert is_refused("retire", *signed("retire")) == ("WrongState", 11)
    _, happened = world.decide(world.circuits, "approve", ["bytes32"], circuit.id)
    assert (happened.name, happened.arguments) == ("CircuitApproved", {"id": circuit.id})
    assert is_refused("propose", circuit.record) == ("WrongState", 12)
    assert is_refused("approve", *signed("approve")) == ("WrongState", 12)
    _, happened = world.decide(world.circuits, "retire", ["bytes32"], circuit.id)
    assert (happened.name, happened.arguments) == ("CircuitRetired", {"id": circuit.id})
    for function in ("approve", "retire"):
        assert is_refused(function, *signed(function)) == ("WrongState", 13)
    assert is_refused("propose", circuit.record) == ("WrongState", 13)


def test_a_circuit_is_not_listed_with_another_s_signatures(world: World) -> None:
    one, two = world.stub(Kind.STATS), world.stub(Kind.QUERY)
    propose(world, one)
    propose(world, two)
    for what in (("approve", two.id), ("retire", one.id)):
        sigs = world.council(world.circuits, what[0], ["bytes32"], what[1])
        error = world.refused(world.stranger, world.circuits, "approve", one.id, sigs)
        assert error[0] == "BadSignature"


@pytest.mark.parametrize(
    "other",
    [
        {"verifier": "0x" + "12" * 20},
        {"codehash": bytes(32)},
        {"key_digest": bytes(32)},
        {"development": True},
        {"provenance": 1},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_record_must_be_the_verifier_s(world: World, other: dict[str, object]) -> None:
    record = replace(world.stub(Kind.STATS).record, **other)
    error = world.refused(world.stranger, world.circuits, "propose", record)
    assert error == ("WrongVerifier",)


def test_what_is_no_verifier_is_refused_by_name(world: World) -> None:
    from eth_utils import keccak

    codehash = keccak(world.chain.code(world.settlement.address))
    record = replace(
        world.stub(Kind.STATS).record, verifier=world.settlement.address, codehash=codehash
    )
    error = world.refused(world.stranger, world.circuits, "propose", record)
    assert error == ("WrongVerifier",)
    nothing = replace(record, verifier=world.holder, codehash=keccak(b""))
    error = world.refused(world.stranger, world.circuits, "propose", nothing)
    assert error == ("WrongVerifier",)


def test_a_verifier_s_provenance_stands_in_the_record(world: World) -> None:
    circuit = world.stub(Kind.STATS, contract="StubVerifierWithProvenance", provenance=2)
    for wrong in (0, 1, 3):
        record = replace(circuit.record, provenance=wrong)
        error = world.refused(world.stranger, world.circuits, "propose", record)
        assert error == ("WrongVerifier",)
    propose(world, circuit)
    assert entry(world, circuit.id)["provenance"] == 2


def test_a_developer_s_function_does_not_keep_the_floor(world: World) -> None:
    circuit = world.stub(Kind.QUERY, floor_safe=True)
    error = world.refused(world.stranger, world.circuits, "propose", circuit.record)
    assert error == ("NotFloorSafe", circuit.id)
    for kind in (Kind.STATS, Kind.SCORE, 8):
        propose(world, world.stub(kind, floor_safe=True))


def test_a_development_key_counts_on_chains_of_development_only(world: World) -> None:
    circuit = world.listed(Kind.STATS, made_here=True)
    other = world.stub(Kind.STATS, made_here=True, leak_bits=1)
    world.send(world.stranger, circuit.verifier, "setMode", TAKES_ALL)
    call = ("verify", circuit.id, PROOF, PUBLICS)
    propose_other = ("propose", other.record)
    for chain in (1337, 31337, 131277322940537):
        world.chain.ask("anvil_setChainId", chain)
        world.chain.call(world.circuits.address, world.circuits.data(*call))
        world.chain.call(world.circuits.address, world.circuits.data(*propose_other))
    try:
        for chain in (1, 5, 1338, 137):
            world.chain.ask("anvil_setChainId", chain)
            assert world.call_refused(world.circuits, *call) == ("DevelopmentKey", chain)
            assert world.call_refused(world.circuits, *propose_other) == ("DevelopmentKey", chain)
    finally:
        world.chain.ask("anvil_setChainId", world.id)


def test_a_proof_counts_for_its_own_words_and_circuit(world: World) -> None:
    circuit, other = world.listed(Kind.STATS), world.listed(Kind.STATS, leak_bits=1)
    world.accept(circuit, PUBLICS)
    verify = world.circuits.data("verify", circuit.id, PROOF, PUBLICS)
    assert world.chain.call(world.circuits.address, verify) == b""
    rejected = ("ProofRejected", circuit.id)
    for k in range(9):
        words = [*PUBLICS[:k], PUBLICS[k] + 1, *PUBLICS[k + 1 :]]
        assert world.call_refused(world.circuits, "verify", circuit.id, PROOF, words) == rejected
    for k in range(8):
        proof = [*PROOF[:k], 99, *PROOF[k + 1 :]]
        assert world.call_refused(world.circuits, "verify", circuit.id, proof, PUBLICS) == rejected
    assert world.call_refused(world.circuits, "verify", other.id, PROOF, PUBLICS) == (
        "ProofRejected",
        other.id,
    )


@pytest.mark.parametrize("count", [0, 8, 10])
def test_another_number_of_words_is_rejected(world: World, count: int) -> None:
    circuit = world.listed(Kind.STATS)
    world.send(world.stranger, circuit.verifier, "setMode", TAKES_ALL)
    words = [1] * count
    error = world.call_refused(world.circuits, "verify", circuit.id, PROOF, words)
    assert error == ("ProofRejected", circuit.id)


@pytest.mark.parametrize("count", [1, 9, 10, 99, 100, 255 + 255])
def test_the_selector_is_that_of_any_number_of_words(world: World, count: int) -> None:
    results = min(count, 255)
    signature = f"verifyProof(uint256[2],uint256[2][2],uint256[2],uint256[{count}])"
    circuit = world.stub(Kind.STATS, results=results, words=count - results)
    from eth_utils import keccak

    verifier = world.deploy("StubVerifier", circuit.record.key_digest, False, signature)
    record = replace(
        circuit.record,
        verifier=verifier.address,
        codehash=keccak(world.chain.code(verifier.address)),
    )
    world.send(world.stranger, world.circuits, "propose", record)
    assert entry(world, record.circuit)["selector"] == keccak(signature.encode())[:4]
    approve(world, record.circuit)
    words = list(range(count))
    world.accept(Circuit(verifier, record), words)
    data = world.circuits.data("verify", record.circuit, PROOF, words)
    assert world.chain.call(world.circuits.address, data) == b""


def test_only_active_circuits_have_proofs(world: World) -> None:
    circuit = world.stub(Kind.STATS)
    world.send(world.stranger, circuit.verifier, "setMode", TAKES_ALL)
    verify = ("verify", circuit.id, PROOF, PUBLICS)
    assert world.call_refused(world.circuits, *verify) == ("WrongState", 0)
    propose(world, circuit)
    assert world.call_refused(world.circuits, *verify) == ("WrongState", 11)
    approve(world, circuit.id)
    world.chain.call(world.circuits.address, world.circuits.data(*verify))
    world.decide(world.circuits, "retire", ["bytes32"], circuit.id)
    assert world.call_refused(world.circuits, *verify) == ("WrongState", 13)


@pytest.mark.parametrize(
    ("mode", "error"),
    [(REVERTS, "VerifierFailed"), (ANSWERS_NOTHING, "VerifierFailed"), (ANSWERS_TWO, None)],
)
def test_a_verifier_that_gives_no_verdict_is_not_believed(
    world: World, mode: int, error: str | None
) -> None:
    circuit = world.listed(Kind.STATS)
    world.send(world.stranger, circuit.verifier, "setMode", mode)
    wanted = (error,) if error else ("ProofRejected", circuit.id)
    assert world.call_refused(world.circuits, "verify", circuit.id, PROOF, PUBLICS) == wanted
