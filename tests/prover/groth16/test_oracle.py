"""Setup and prove against Groth16 by definition, in plain integers and py_ecc."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from py_ecc import optimized_bn128 as bn128

import zkpipe.prover.groth16.attempts as proving
from tests.accel.transforms.quotients import quotient
from tests.oracles.qap import Oracle, R, Waste, at, domain_of
from tests.prover.formats.key_material import g1, g2, to_py_ecc
from tests.prover.groth16.conftest import Proven
from tests.prover.groth16.statements import (
    Statement,
    edge_statements,
    many_infinities,
    sum_of_powers,
)
from zkpipe.accel.bn254 import BN254
from zkpipe.accel.fields.limbs import Words, ints_from_words, to_montgomery
from zkpipe.accel.transforms.ntt import domain
from zkpipe.prover import DEVELOPMENT, ProvingKey, VerifyingKey, prove, setup, verify
from zkpipe.prover.groth16.setup import domain_size_for
from zkpipe.prover.points import g1_from_words, g2_from_words
from zkpipe.prover.proof import Proof

SetupWith = Callable[[Statement, Waste], ProvingKey]


def expected_g1(logs: list[int]) -> list[tuple[int, int]]:
    return [g1(log) if log else (0, 0) for log in logs]


def expected_g2(logs: list[int]) -> list[object]:
    return [g2(log) if log else ((0, 0), (0, 0)) for log in logs]


def points_g1(words: Words) -> list[tuple[int, int]]:
    return [g1_from_words(row, BN254) for row in words]


@pytest.mark.parametrize("statement", [sum_of_powers(), many_infinities()], ids=lambda s: s.name)
def test_every_point_of_a_key_is_the_multiple_that_its_definition_says(
    statement: Statement, setup_with: SetupWith
) -> None:
    waste = Waste()
    key, oracle = setup_with(statement, waste), Oracle(statement, waste)
    assert key.domain_size == len(oracle.domain)
    assert points_g1(np.stack([key.alpha_g1, key.beta_g1, key.delta_g1])) == [
        g1(waste.alpha),
        g1(waste.beta),
        g1(waste.delta),
    ]
    assert [g2_from_words(words, BN254) for words in (key.beta_g2, key.gamma_g2, key.delta_g2)] == [
        g2(waste.beta),
        g2(1),
        g2(waste.delta),
    ]
    assert points_g1(key.ic) == expected_g1(oracle.ic())
    assert points_g1(key.a_query) == expected_g1(oracle.columns(0))
    assert points_g1(key.b_g1_query) == expected_g1(oracle.columns(1))
    assert [g2_from_words(words, BN254) for words in key.b_g2_query] == expected_g2(
        oracle.columns(1)
    )
    assert points_g1(key.l_query) == expected_g1(oracle.l_query())
    assert points_g1(key.h_query) == expected_g1(oracle.h_query())


def test_the_circuit_of_infinities_has_some_in_every_query(setup_with: SetupWith) -> None:
    key = setup_with(many_infinities(), Waste())
    for query in (key.a_query, key.b_g1_query, key.b_g2_query, key.l_query):
        assert not query.any(axis=1).all()
    assert len(np.unique(key.a_query, axis=0)) < len(key.a_query)  # and points that are equal


@pytest.mark.parametrize("name", edge_statements())
def test_the_quotient_is_that_of_polynomials(name: str) -> None:
    """On the odd coset x^n = -1, so a b - c is -2 h there."""
    oracle = Oracle(edge_statements()[name], Waste())
    _, _, _, h = oracle.polynomials()
    size = len(oracle.domain)
    rows = [to_montgomery(oracle.row_values(part), R) for part in range(3)]
    odd = domain_of(2 * size)[1::2]
    assert ints_from_words(quotient(domain(size), *rows)) == [-2 * at(h, x) % R for x in odd]


@pytest.mark.parametrize("name", ["one constraint", "no public value", "points at infinity"])
def test_a_proof_has_the_logarithms_of_its_definition(
    name: str, setup_with: SetupWith, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement, waste = edge_statements()[name], Waste()
    key = setup_with(statement, waste)
    a, b, c = Oracle(statement, waste).unblinded()
    r1, r2 = 11**60 % R, 13**61 % R
    proof = proof_with(key, statement, r1, r2, monkeypatch)
    assert proof.a == g1(a * pow(r1, -1, R))
    assert proof.b == g2(r1 * b + r1 * r2 * waste.delta)
    assert proof.c == g1(c + r2 * a)


def proof_with(
    key: ProvingKey, statement: Statement, r1: int, r2: int, patch: pytest.MonkeyPatch
) -> Proof:
    """A proof whose blinding the test chose."""
    drawn = iter([r1 - 1, r2])
    with patch.context() as patched:
        patched.setattr(proving, "random_below", lambda _: next(drawn))
        return prove(key, statement.witness)


def accepted_by_py_ecc(key: VerifyingKey, proof: Proof, public: list[int]) -> bool:
    """e(A, B) = e(alpha, beta) e(IC(public), gamma) e(C, delta)."""
    bound = to_py_ecc(key.ic[0])
    for value, point in zip(public, key.ic[1:], strict=True):
        bound = bn128.add(bound, bn128.multiply(to_py_ecc(point), value))
    pairs = [
        (to_py_ecc(proof.b), bn128.neg(to_py_ecc(proof.a))),
        (to_py_ecc(key.beta), to_py_ecc(key.alpha)),
        (to_py_ecc(key.gamma), bound),
        (to_py_ecc(key.delta), to_py_ecc(proof.c)),
    ]
    product = bn128.FQ12.one()
    for twisted, point in pairs:
        product *= bn128.pairing(twisted, point, final_exponentiate=False)
    return bool(bn128.final_exponentiate(product) == bn128.FQ12.one())


def test_py_ecc_s_pairing_takes_our_proof_for_its_public_values_only(proven: Proven) -> None:
    key, proof = proven.verifying_key, proven.proof
    assert accepted_by_py_ecc(key, proof, proven.public)
    assert not accepted_by_py_ecc(key, proof, [proven.public[0], proven.public[1] + 1])


def test_our_pairing_and_py_ecc_s_agree_on_a_proof_made_from_logarithms(
    setup_with: SetupWith,
) -> None:
    """The simulator of section 3.2: with the toxic waste any public values can be proven."""
    statement, waste = sum_of_powers(), Waste()
    key = setup_with(statement, waste).verifying_key
    ic, public, a, b = Oracle(statement, waste).ic(), [5, 6], 3**100 % R, 5**90 % R
    bound = ic[0] + sum(x * y for x, y in zip(public, ic[1:], strict=True))
    c = (a * b - waste.alpha * waste.beta - bound) * pow(waste.delta, -1, R)
    right, wrong = Proof(g1(a), g2(b), g1(c)), Proof(g1(a), g2(b), g1(c + 1))
    for proof in (right, wrong):
        assert verify(key, proof, public) is accepted_by_py_ecc(key, proof, public)
    assert verify(key, right, public)


@pytest.mark.parametrize(
    ("constraints", "public", "size"),
    [(1, 0, 2), (0, 0, 1), (2, 1, 4), (3, 0, 4), (4, 0, 8), (7, 0, 8), (7, 1, 16), (255, 0, 256)],
)
def test_the_domain_holds_every_row_and_no_more_than_it_must(
    constraints: int, public: int, size: int
) -> None:
    assert domain_size_for(constraints, public) == size


@pytest.mark.parametrize("name", edge_statements())
def test_a_proof_of_every_shape_verifies_for_its_public_values_only(name: str) -> None:
    statement = edge_statements()[name]
    key = setup(statement.system, DEVELOPMENT)
    proof = prove(key, statement.witness)
    assert verify(key.verifying_key, proof, statement.public)
    for i in range(statement.public_count):
        other = list(statement.public)
        other[i] = (other[i] + 1) % R
        assert not verify(key.verifying_key, proof, other)
