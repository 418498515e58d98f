"""The text of the generated contract, the calldata, and the key read back from a text."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from eth_utils import keccak

from zkpipe.accel.bn254 import R
from zkpipe.ground.errors import RangeError
from zkpipe.prover import Proof, VerifyingKey
from zkpipe.verifier_contracts import (
    calldata,
    compile_solidity,
    key_digest,
    solidity_verifier,
    verifying_key_of,
)
from zkpipe.verifier_contracts.compilers import compiler
from zkpipe.verifier_contracts.errors import ContractError
from zkpipe.verifier_contracts.solidity.forms import PRECOMPILE_FAILED
from zkpipe.verifier_contracts.solidity.generator import (
    GENERATOR_VERSION,
    MOST_PUBLIC_VALUES,
)

SCALARS = tuple(  # no two of them, nor one and 1, are small multiples of one another
    int.from_bytes(hashlib.sha256(str(i).encode()).digest(), "big") % R
    for i in range(MOST_PUBLIC_VALUES + 2)
)


def digest_of_json(path) -> str:
    """The digest from snarkjs' JSON alone, as the contract's documentation describes it."""
    key = json.loads(path.read_text())
    words = list(key["vk_alpha_1"][:2])
    for name in ("vk_beta_2", "vk_gamma_2", "vk_delta_2"):
        for pair in key[name][:2]:
            words += [pair[1], pair[0]]
    for point in key["IC"]:
        words += point[:2]
    return hashlib.sha256(b"".join(int(word).to_bytes(32, "big") for word in words)).hexdigest()


def test_a_source_begins_with_licence_generator_version_and_key_digest(peer):
    lines = solidity_verifier(VerifyingKey.load(peer.key), "V").splitlines()
    assert lines[0] == "// SPDX-License-Identifier: Apache-2.0"
    assert f"generator {GENERATOR_VERSION}," in lines[1]
    assert lines[2] == f"// {digest_of_json(peer.key)}."


def test_the_deployed_contract_tells_the_digest_of_its_key(chain, peer):
    key = VerifyingKey.load(peer.key)
    contract = chain.deploy(compile_solidity(solidity_verifier(key, "V")), "V")
    assert contract.call("KEY_DIGEST").hex() == key_digest(key) == digest_of_json(peer.key)
    assert contract.call("DEVELOPMENT_KEY") is False


def test_the_mark_of_a_development_key_is_in_source_and_contract(chain, oracle):
    trapdoor = oracle.trapdoor("some", 1)
    marked = solidity_verifier(trapdoor.key(development=True), "V")
    unmarked = solidity_verifier(trapdoor.key(development=False), "V")
    assert "DEVELOPMENT KEY" in marked.partition("pragma")[0]
    assert "DEVELOPMENT KEY" not in unmarked
    assert chain.deploy(compile_solidity(marked), "V").call("DEVELOPMENT_KEY") is True
    assert chain.deploy(compile_solidity(unmarked), "V").call("DEVELOPMENT_KEY") is False


def test_the_selector_in_the_assembly_is_that_of_its_error():
    assert keccak(text="PrecompileFailed(uint256)")[:4].hex() == PRECOMPILE_FAILED


def test_the_abi_of_verify_proof_is_snarkjs(solc, peer):
    ours = compile_solidity(solidity_verifier(VerifyingKey.load(peer.key), "V"))["V"]
    theirs = compile_solidity(peer.verifier)["Groth16Verifier"]

    def types(contract):
        [entry] = [e for e in contract.abi if e.get("name") == "verifyProof"]
        inputs = [argument["type"] for argument in entry["inputs"]]
        return inputs, [o["type"] for o in entry["outputs"]], entry["stateMutability"]

    assert types(ours) == types(theirs)


@pytest.mark.parametrize("count", [0, 3])
def test_the_compiler_warns_of_nothing(solc, oracle, count):
    source = solidity_verifier(oracle.trapdoor("some", count).key(), "V")
    answer = compiler._run(solc, compiler.standard_input(source, compiler.Settings()))
    assert answer.get("errors", []) == []


def test_calldata_are_those_of_snarkjs(peer, tmp_path):
    for made in peer.proofs:
        path = tmp_path / "proof.json"
        path.write_text(json.dumps(made["proof"]))
        public = [int(value) for value in made["publicSignals"]]
        a, b, c, values = made["call"]
        assert calldata(Proof.load(path), public) == (
            tuple(int(v, 16) for v in a),
            tuple(tuple(int(v, 16) for v in pair) for pair in b),
            tuple(int(v, 16) for v in c),
            tuple(int(v, 16) for v in values),
        )


def test_calldata_without_public_values_have_three_arguments(oracle):
    proof = oracle.trapdoor("some", 0).proof(())
    (x0, x1), (y0, y1) = proof.b
    assert calldata(proof, ()) == (proof.a, ((x1, x0), (y1, y0)), proof.c)
    assert calldata(proof, []) == calldata(proof, ())
    assert calldata(proof, np.array([], np.uint64)) == calldata(proof, ())
    assert calldata(proof, np.array([3, 5])) == calldata(proof, range(3, 6, 2))
    assert calldata(proof, np.array([3, 5]))[-1] == (3, 5)


@pytest.mark.parametrize("value", [-1, 2**254, 2**256, 1.0, "1", None, True])
def test_calldata_refuse_what_is_no_public_value(oracle, value):
    with pytest.raises(RangeError, match="Public value 1"):
        calldata(oracle.trapdoor("some", 2).proof((0, 0)), (0, value))


@pytest.mark.parametrize("name", ["", "1st", "a b", "a;b", "V{}", "é", "V\n", "contract-x"])
def test_what_is_no_identifier_names_no_contract(oracle, name):
    with pytest.raises(ContractError, match="cannot be the name"):
        solidity_verifier(oracle.trapdoor("some", 1).key(), name)


def test_more_public_values_than_a_contract_holds_are_refused(oracle):
    raw = oracle.trapdoor("many", 2).raw_key()
    with pytest.raises(ContractError, match=f"at most {MOST_PUBLIC_VALUES}"):
        solidity_verifier(crowded(raw, oracle, MOST_PUBLIC_VALUES + 1), "V")


def test_as_many_public_values_as_allowed_can_be_deployed_and_proven(real, oracle):
    count = MOST_PUBLIC_VALUES
    trapdoor = replace(oracle.trapdoor("many", 0), ic=SCALARS[: count + 1])
    raw = crowded(trapdoor.raw_key(), oracle, count)
    contract = real.deploy(compile_solidity(solidity_verifier(raw, "V")), "V")
    public = tuple(range(count))
    proof = trapdoor.proof(public)
    assert contract.call("verifyProof", *calldata(proof, public)) is True
    assert contract.call("verifyProof", *calldata(proof, (1, *public[1:]))) is False


def crowded(raw, oracle, count: int):
    """The key with points without small relations for IC."""
    raw.__dict__.update(ic=tuple(map(oracle.g1, SCALARS[: count + 1])))
    return raw


def test_the_key_of_a_source_is_the_key_it_was_made_from(oracle):
    for count in (0, 1, 5):
        for development in (True, False):
            key = oracle.trapdoor("some", count).key(development)
            assert verifying_key_of(solidity_verifier(key, "V")) == key


def test_the_key_of_a_verifier_of_snarkjs_is_its_key(peer):
    assert verifying_key_of(peer.verifier) == VerifyingKey.load(peer.key)


def test_a_source_without_one_key_is_refused(oracle):
    source = solidity_verifier(oracle.trapdoor("some", 1).key(), "V")
    with pytest.raises(ContractError, match="IC0_X"):
        verifying_key_of("contract Empty {}")
    with pytest.raises(ContractError, match="GAMMA_Y0"):
        verifying_key_of(source.replace("constant GAMMA_Y0", "constant OTHER"))
    with pytest.raises(ContractError, match="twice"):
        verifying_key_of(source + source)


def test_importing_the_package_imports_nothing_slow_of_its_own():
    script = (
        "import sys, zkpipe.verifier_contracts\n"
        "print({'web3', 'eth_tester', 'solcx'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", script]
    said = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 # ours
    assert said.stdout == "set()\n"
