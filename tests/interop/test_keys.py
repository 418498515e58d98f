"""Keys of snarkjs' ceremony, and circuits of circom: proofs by all, taken by all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import (
    CIRCOM_INPUTS,
    Circom,
    Keyed,
    Snarkjs,
    as_json,
    changed,
    proof_of_groth16py,
)
from tests.long_form import in_turn
from tests.prover.groth16.statements import edge_statements
from zkpipe.circuits.gadgets.poseidon import poseidon
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.circuits.witness import Witness
from zkpipe.prover import DEVELOPMENT, Proof, ProvingKey, VerifyingKey, prove, setup, verify

Deployed = Callable[..., Callable[[Proof, list[int]], bool]]
Contributed = Callable[[Path], Path]


def taken_by_all(
    key: VerifyingKey,
    proof: Proof,
    public: list[int],
    snarkjs: Snarkjs,
    groth16py: Any,
    folder: Path,
) -> bool:
    """What the three verifiers say; they must agree."""
    texts = as_json(key, public, proof, folder)
    verifier = groth16py.Verifier(groth16py.VerifyingKey.from_snarkjs(texts[0]))
    answers = {
        verify(key, proof, public),
        snarkjs.accepts(key, proof, public, folder),
        verifier.verify_snarkjs(texts[2], texts[1]),
    }
    assert len(answers) == 1, "the verifiers disagree"
    return answers.pop()


@pytest.mark.parametrize("name", ["powers", *edge_statements()])
def test_with_a_key_that_snarkjs_made_from_our_r1cs_all_proofs_are_taken(
    name: str,
    keyed: Callable[[str], Keyed],
    contributed: Contributed,
    snarkjs: Snarkjs,
    groth16py: Any,
    tmp_path: Path,
) -> None:
    made = keyed(name)
    zkey = contributed(made.r1cs)
    key = ProvingKey.load(zkey)
    assert not key.development
    vkey = tmp_path / "theirs.json"
    vkey.write_text(json.dumps(snarkjs("zKey.exportVerificationKey", zkey)))
    assert VerifyingKey.load(vkey) == key.verifying_key
    theirs, public = snarkjs.proof(zkey, made.wtns, tmp_path)
    assert public == made.public
    for proof in (
        prove(key, Witness.load(made.wtns)),
        theirs,
        proof_of_groth16py(groth16py, zkey, made.wtns),
    ):
        assert taken_by_all(key.verifying_key, proof, public, snarkjs, groth16py, tmp_path)
    for other in changed(public):
        assert not taken_by_all(key.verifying_key, theirs, other, snarkjs, groth16py, tmp_path)


@pytest.mark.parametrize("name", ["powers", "points at infinity", "16 rows"])
def test_our_setup_and_that_of_snarkjs_differ_in_secrets_only(
    name: str, keyed: Callable[[str], Keyed], contributed: Contributed
) -> None:
    """Same sizes, same coefficient records, and infinity in the same places."""
    made = keyed(name)
    ours, theirs = made.key, ProvingKey.load(contributed(made.r1cs))
    assert ours.domain_size == theirs.domain_size
    assert ours.public_count == theirs.public_count
    assert records(ours) == records(theirs)
    for query in ("ic", "a_query", "b_g1_query", "b_g2_query", "l_query", "h_query"):
        mine, other = getattr(ours, query), getattr(theirs, query)
        assert mine.shape == other.shape
        assert (mine.any(axis=1) == other.any(axis=1)).all()


def records(key: ProvingKey) -> list[tuple[int, int, int, bytes]]:
    """The entries of A and B; their order is free."""
    return sorted(
        (int(r["matrix"]), int(r["constraint"]), int(r["wire"]), r["value"].tobytes())
        for r in key.coefficients
    )


@pytest.mark.parametrize(("name", "maker"), in_turn(list(CIRCOM_INPUTS), ["our setup", "snarkjs"]))
def test_of_a_circom_circuit_all_proofs_are_taken(
    name: str,
    maker: str,
    circom: Callable[[str], Circom],
    contributed: Contributed,
    snarkjs: Snarkjs,
    groth16py: Any,
    deployed: Deployed,
    tmp_path: Path,
) -> None:
    files = circom(name)
    zkey = contributed(files.r1cs) if maker == "snarkjs" else tmp_path / "ours.zkey"
    if maker == "our setup":
        setup(ConstraintSystem.load(files.r1cs), DEVELOPMENT).save(zkey)
    key = ProvingKey.load(zkey)
    witness = Witness.load(files.wtns)
    public = witness.public_for(key)
    theirs, said = snarkjs.proof(zkey, files.wtns, tmp_path)
    assert said == public
    proofs = prove(key, witness), theirs, proof_of_groth16py(groth16py, zkey, files.wtns)
    contract = deployed(key.verifying_key)
    for proof in proofs:
        assert taken_by_all(key.verifying_key, proof, public, snarkjs, groth16py, tmp_path)
        assert contract(proof, public)
    for other in changed(public):
        assert not taken_by_all(key.verifying_key, theirs, other, snarkjs, groth16py, tmp_path)


def test_circom_s_poseidon_hashes_as_ours(circom: Callable[[str], Circom]) -> None:
    files = circom("hashed")
    system = ConstraintSystem.load(files.r1cs)
    inputs = [int(CIRCOM_INPUTS["hashed"][name]) for name in "ab"]
    assert Witness.load(files.wtns).public_for(system) == [poseidon(inputs), inputs[0]]
    assert system.constraint_count == 240


def test_a_contributed_development_key_stays_marked(
    keyed: Callable[[str], Keyed], snarkjs: Snarkjs, tmp_path: Path
) -> None:
    """snarkjs drops our section and keeps the circuit's hash, which is the mark a second time."""
    made = keyed("powers")
    zkey = tmp_path / "contributed.zkey"
    snarkjs("zKey.contribute", made.zkey, zkey, "first", "entropy of a test")
    key = ProvingKey.load(zkey)
    assert key.development
    assert key.verifying_key.development
    assert key.verifying_key.delta != made.key.verifying_key.delta
    proof = prove(key, made.statement.witness)
    assert snarkjs.accepts(key.verifying_key, proof, made.public, tmp_path)
    assert not verify(made.key.verifying_key, proof, made.public)
