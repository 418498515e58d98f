"""What all forms of a verifier have in common, and how they are told apart."""

from __future__ import annotations

import pytest
from eth_utils import keccak

from zkpipe.ground.errors import KindError, ShapeError
from zkpipe.verifier_contracts import (
    Chain,
    Form,
    batch_calldata,
    compile_solidity,
    key_digest,
    solidity_verifier,
    verifying_key_of,
)
from zkpipe.verifier_contracts.compilers import compiler
from zkpipe.verifier_contracts.errors import ContractError, RevertError
from zkpipe.verifier_contracts.solidity.source_key import form_of, is_generated


@pytest.mark.parametrize("form", Form)
def test_every_form_holds_the_key_its_mark_and_its_digest(embedded, oracle, form):
    key = oracle.trapdoor("forms", 1).key()
    source = solidity_verifier(key, "V", form=form)
    assert verifying_key_of(source) == key
    assert form_of(source) is form
    assert is_generated(source, key)
    assert not is_generated(source.replace("lt(", "iszero(lt(", 1), key)
    contract = embedded.deploy(compile_solidity(source), "V")
    assert contract.call("KEY_DIGEST") == bytes.fromhex(key_digest(key))
    assert contract.call("DEVELOPMENT_KEY") is True


@pytest.mark.parametrize("form", Form)
def test_every_form_of_a_development_key_refuses_real_networks(oracle, form):
    key = oracle.trapdoor("forms", 1).key()
    source = solidity_verifier(key, "V", form=form)
    chain = Chain.embedded()
    assert chain.deploy(compile_solidity(source), "V").call("PROVENANCE") == 1
    for known in (1337, 31337, 131277322940537):
        assert f"chain != {known}" in source
    elsewhere = source.replace("!= 131277322940537", "!= 131277322940538")
    with pytest.raises(RevertError, match=r"UnverifiedKey\(131277322940537\)"):
        chain.deploy(compile_solidity(elsewhere), "V")
    accepted = solidity_verifier(key, "V", form=form, accept_unverified="for a test")
    assert "UnverifiedKey" not in accepted
    assert chain.deploy(compile_solidity(accepted), "V").call("UNVERIFIED_REASON") == "for a test"


@pytest.mark.parametrize(("form", "count"), [(Form.BATCH, 0), (Form.BATCH, 3), (Form.HASHED, 1)])
def test_the_compiler_warns_of_nothing(solc, oracle, form, count):
    source = solidity_verifier(oracle.trapdoor("some", count).key(), "V", form=form)
    answer = compiler._run(solc, compiler.standard_input(source, compiler.Settings()))
    assert answer.get("errors", []) == []


@pytest.mark.parametrize("name", ["Proof", "verifyProofs", "recordProofs", "areRight", "PAIR_GAS"])
def test_a_batch_verifier_cannot_have_a_name_that_it_uses(oracle, name):
    key = oracle.trapdoor("some", 1).key()
    with pytest.raises(ContractError, match="cannot be the name"):
        solidity_verifier(key, name, form=Form.BATCH)


def test_names_of_public_values_stand_in_a_batch_verifier_too(oracle):
    key = oracle.trapdoor("some", 2).key()
    source = solidity_verifier(key, "V", ["out", "limit"], form=Form.BATCH)
    assert "input[1] = limit" in source
    assert verifying_key_of(source).public_names == ("out", "limit")


def test_what_is_no_form_is_refused(oracle):
    with pytest.raises(KindError, match="form"):
        solidity_verifier(oracle.trapdoor("some", 1).key(), "V", form="batch")


def test_a_batch_has_values_for_each_proof(oracle):
    proof = oracle.trapdoor("some", 1).proof((1,))
    with pytest.raises(ShapeError, match="2 proofs and 1 lists"):
        batch_calldata([proof, proof], [[1]])


@pytest.mark.parametrize("form", Form)
def test_a_b_at_infinity_is_false_even_if_the_equation_holds(real, oracle, form):
    """[P4] Whoever knows the key's secrets can make such a proof; `Proof` refuses it as well."""
    trapdoor, values = oracle.trapdoor("forms", 1), [5, 6]
    words = b"".join(value.to_bytes(32, "big") for value in values)
    public = int.from_bytes(keccak(words)) >> 3 if form is Form.HASHED else 7
    contract = real.deploy(compile_solidity(solidity_verifier(trapdoor.key(), "V", form=form)), "V")
    answers = []
    for log_b in (0, 3):
        a, b, c = trapdoor.logs((public,), log_b)
        (x0, x1), (y0, y1) = oracle.g2(b) if b else ((0, 0), (0, 0))
        proof = [list(oracle.g1(a)), [[x1, x0], [y1, y0]], list(oracle.g1(c))]
        if form is Form.BATCH:
            answers.append(contract.call("verifyProofs", [(*proof, [public])]))
        else:
            given = values if form is Form.HASHED else [public]
            answers.append(contract.call("verifyProof", *proof, given))
    assert answers == [False, True]
