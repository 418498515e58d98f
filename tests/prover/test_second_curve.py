"""Whole proofs over another curve, given as a value: setup, proof, batch; and what refuses them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.oracles.other_curve import G2, OTHER, R, multiply
from tests.prover.groth16 import statements
from tests.prover.groth16.statements import Statement, chain
from zkpipe.ground.errors import FormatError, RangeError
from zkpipe.prover import (
    DEVELOPMENT,
    Proof,
    ProvingKey,
    VerifyingKey,
    precompute,
    prove,
    setup,
    verify,
    verify_batch,
)
from zkpipe.prover.errors import InsecureKeyError, ProofError, UnprovableError
from zkpipe.verifier_contracts import solidity_verifier
from zkpipe.verifier_contracts.errors import ContractError


@dataclass(frozen=True)
class Case:
    """A statement over the other curve's field, its key and a proof."""

    statement: Statement
    key: ProvingKey
    proof: Proof


@pytest.fixture(scope="module")
def case() -> Case:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statements, "R", R)  # the statement is true modulo this
        statement = chain(70)
        key = setup(statement.system, DEVELOPMENT, OTHER)
        return Case(statement, key, prove(key, statement.witness))


def test_a_proof_verifies_for_its_public_values_alone(case: Case) -> None:
    vkey = case.key.verifying_key
    (out,) = case.statement.public
    assert case.proof.curve == vkey.curve == OTHER
    assert out.bit_length() > 240  # no small number, which would be the same in every field
    assert verify(vkey, case.proof, [out])
    assert not verify(vkey, case.proof, [out + 1])
    assert verify_batch(vkey, [case.proof] * 3, [[out], [out - 1], [out]]) == [True, False, True]
    with pytest.raises(RangeError):
        verify(vkey, case.proof, [R])


def test_it_is_made_in_chunks_and_from_multiples_too(case: Case) -> None:
    vkey, public = case.key.verifying_key, case.statement.public
    assert verify(vkey, prove(case.key, case.statement.witness, "100M"), public)
    precompute(case.key)
    assert verify(vkey, prove(case.key, case.statement.witness), public)


def test_no_proof_is_made_of_what_is_false(case: Case) -> None:
    values = list(case.statement.values)
    values[5] += 1
    with pytest.raises(UnprovableError):
        prove(case.key, case.statement.witness_of(values))


def test_the_statement_is_false_over_bn254(case: Case) -> None:
    with pytest.raises(UnprovableError):
        prove(setup(case.statement.system, DEVELOPMENT), case.statement.witness)


def test_a_proof_and_a_key_of_two_curves_are_refused(case: Case) -> None:
    ours = setup(chain(3).system, DEVELOPMENT).verifying_key
    message = "The proof is over the curve other, the key over bn128."
    with pytest.raises(ProofError, match=message):
        verify(ours, case.proof, [1])
    with pytest.raises(ProofError, match=f"Proof 0 of the batch: {message}"):
        verify_batch(ours, [case.proof], [[1]])
    with pytest.raises(ProofError, match="A of the proof is not a point"):
        Proof(case.proof.a, case.proof.b, case.proof.c)


def test_files_of_another_curve_are_not_read(case: Case, tmp_path: Path) -> None:
    case.key.save(tmp_path / "key.zkey")
    with pytest.raises(FormatError, match="of another prime field"):
        ProvingKey.load(tmp_path / "key.zkey")
    case.key.verifying_key.save(tmp_path / "key.json")
    with pytest.raises(FormatError, match="not for the curve 'bn128'"):
        VerifyingKey.load(tmp_path / "key.json")
    case.proof.save(tmp_path / "proof.json")
    with pytest.raises(FormatError, match="not for the curve 'bn128'"):
        Proof.load(tmp_path / "proof.json")


def test_no_contract_is_made_for_it(case: Case) -> None:
    with pytest.raises(ContractError, match="pairings of BN254 alone"):
        solidity_verifier(case.key.verifying_key, "Verifier")


def test_the_guard_finds_relations_on_this_curve(case: Case) -> None:
    """gamma is the generator of G2, as in snarkjs' keys."""
    vkey = case.key.verifying_key
    assert vkey.gamma == G2
    with pytest.raises(InsecureKeyError, match="delta = 77 gamma"):
        replace(vkey, delta=multiply(G2, 77))
    with pytest.raises(InsecureKeyError, match="gamma = -G"):
        replace(vkey, gamma=multiply(G2, R - 1))
