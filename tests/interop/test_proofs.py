"""Proofs cross tools: ours are taken by snarkjs and groth16py, theirs by us and by our contract.

Keys are ours here, of development; test_keys has those of a ceremony and circuits of circom.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import Keyed, Snarkjs, as_json, changed, proof_of_groth16py
from tests.prover.groth16.statements import edge_statements
from zkpipe.prover import Proof, prove, save_public, verify
from zkpipe.prover.errors import InsecureKeyError

Deployed = Callable[..., Callable[[Proof, list[int]], bool]]
NAMES = ["powers", *edge_statements()]


@pytest.mark.parametrize("name", NAMES)
def test_snarkjs_takes_our_proof_and_no_other_public_value(
    name: str, keyed: Callable[[str], Keyed], snarkjs: Snarkjs, tmp_path: Path
) -> None:
    made = keyed(name)
    proof = prove(made.key, made.statement.witness)
    key = made.key.verifying_key
    assert snarkjs.accepts(key, proof, made.public, tmp_path)
    for public in changed(made.public):
        assert not snarkjs.accepts(key, proof, public, tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_groth16py_takes_our_proof_and_no_other_public_value(
    name: str, keyed: Callable[[str], Keyed], groth16py: Any, tmp_path: Path
) -> None:
    made = keyed(name)
    proof = prove(made.key, made.statement.witness)
    for number, public in enumerate([made.public, *changed(made.public)]):
        key, values, points = as_json(made.key.verifying_key, public, proof, tmp_path)
        verifier = groth16py.Verifier(groth16py.VerifyingKey.from_snarkjs(key))
        assert verifier.verify_snarkjs(points, values) is (number == 0)


@pytest.mark.parametrize("name", NAMES)
def test_we_take_the_proof_that_snarkjs_makes_with_our_key_and_witness(
    name: str, keyed: Callable[[str], Keyed], snarkjs: Snarkjs, tmp_path: Path
) -> None:
    made = keyed(name)
    proof, public = snarkjs.proof(made.zkey, made.wtns, tmp_path)
    assert public == made.public
    assert verify(made.key.verifying_key, proof, public)
    assert not any(verify(made.key.verifying_key, proof, other) for other in changed(public))


@pytest.mark.parametrize("name", NAMES)
def test_we_take_the_proof_that_groth16py_makes_with_our_key_and_witness(
    name: str, keyed: Callable[[str], Keyed], groth16py: Any
) -> None:
    made = keyed(name)
    proof = proof_of_groth16py(groth16py, made.zkey, made.wtns)
    assert verify(made.key.verifying_key, proof, made.public)
    assert not any(verify(made.key.verifying_key, proof, other) for other in changed(made.public))


@pytest.mark.parametrize("name", ["powers", "no public value"])
def test_our_contract_takes_proofs_of_all_three_and_no_other_public_value(
    name: str,
    keyed: Callable[[str], Keyed],
    snarkjs: Snarkjs,
    groth16py: Any,
    deployed: Deployed,
    tmp_path: Path,
) -> None:
    made = keyed(name)
    proofs = {
        "ours": prove(made.key, made.statement.witness),
        "snarkjs": snarkjs.proof(made.zkey, made.wtns, tmp_path)[0],
        "groth16py": proof_of_groth16py(groth16py, made.zkey, made.wtns),
    }
    contract = deployed(made.key.verifying_key)
    assert {name: contract(proof, made.public) for name, proof in proofs.items()} == dict.fromkeys(
        proofs, True
    )
    for other in changed(made.public):
        assert not contract(proofs["ours"], other)


def test_an_untouched_public_input_is_bound_for_every_verifier(
    keyed: Callable[[str], Keyed],
    snarkjs: Snarkjs,
    groth16py: Any,
    deployed: Deployed,
    tmp_path: Path,
) -> None:
    """P9: the input is in no constraint, and yet a proof holds for its one value only."""
    made = keyed("untouched public input")
    key, proof = made.key.verifying_key, prove(made.key, made.statement.witness)
    right, wrong = made.public, [made.public[0], made.public[1] + 1]
    assert verify(key, proof, right)
    assert not verify(key, proof, wrong)
    assert snarkjs.accepts(key, proof, right, tmp_path)
    assert not snarkjs.accepts(key, proof, wrong, tmp_path)
    verifier = groth16py.Verifier(
        groth16py.VerifyingKey.from_snarkjs(as_json(key, right, proof, tmp_path)[0])
    )
    for public in (right, wrong):
        _, values, points = as_json(key, public, proof, tmp_path)
        assert verifier.verify_snarkjs(points, values) is (public is right)
    contract = deployed(key)
    assert contract(proof, right)
    assert not contract(proof, wrong)


def test_the_commands_of_snarkjs_take_and_refuse_our_files(
    keyed: Callable[[str], Keyed], snarkjs_command: Callable[..., Any], tmp_path: Path
) -> None:
    made = keyed("powers")
    proof = prove(made.key, made.statement.witness)
    as_json(made.key.verifying_key, made.public, proof, tmp_path)
    files = [tmp_path / f"{name}.json" for name in ("key", "public", "proof")]
    taken = snarkjs_command("groth16", "verify", *files)
    assert taken.returncode == 0
    assert "OK!" in taken.stdout
    save_public(files[1], [made.public[0], made.public[1] + 1])
    refused = snarkjs_command("groth16", "verify", *files)
    assert refused.returncode == 1
    assert "Invalid proof" in refused.stdout


def test_a_key_that_snarkjs_made_without_contribution_is_refused_though_snarkjs_takes_it(
    snarkjs: Snarkjs, ceremony: Path, keyed: Callable[[str], Keyed], tmp_path: Path
) -> None:
    """P7: gamma = delta there."""
    made = keyed("powers")
    zkey, vkey = tmp_path / "initial.zkey", tmp_path / "initial.json"
    snarkjs("zKey.newZKey", made.r1cs, ceremony, zkey)
    vkey.write_text(json.dumps(snarkjs("zKey.exportVerificationKey", zkey)))
    answer = snarkjs("groth16.prove", zkey, made.wtns)
    assert snarkjs(
        "groth16.verify", json.loads(vkey.read_text()), answer["publicSignals"], answer["proof"]
    )
    with pytest.raises(InsecureKeyError, match="Nobody contributed"):
        type(made.key).load(zkey)
    with pytest.raises(InsecureKeyError, match="delta equals gamma"):
        type(made.key.verifying_key).load(vkey)
