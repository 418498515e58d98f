"""Proofs of knowledge: they hold for what they were made for, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.accel.known_points import multiple_words
from zkpipe.accel.bn254 import BN254, P, R
from zkpipe.accel.curves import integers
from zkpipe.accel.fields.limbs import Words, to_montgomery
from zkpipe.prover.ceremony.chacha import ChaCha, _root_fp2
from zkpipe.prover.ceremony.generators import fresh_generator
from zkpipe.prover.ceremony.points.multiplied import times
from zkpipe.prover.ceremony.proofs_of_knowledge import (
    KINDS,
    ProofOfKnowledge,
    knowledge_problem,
    personal_point,
    proof_for,
    same_ratio,
)

CHALLENGE = bytes(range(64))
TAU = 0
G1, G2 = multiple_words(8, 8), multiple_words(16, 8)  # 0, 1, 2, ... times the generators


@pytest.fixture(scope="module")
def generator() -> ChaCha:
    return fresh_generator(b"of a test")


def hashed(kind: int, challenge: bytes = CHALLENGE) -> Callable[[Words, Words], Words]:
    return lambda s, sx: personal_point(kind, challenge, s, sx)


@pytest.fixture(scope="module")
def proof(generator: ChaCha) -> ProofOfKnowledge:
    return proof_for(generator.scalar(), generator, hashed(TAU))


def problem(proof: ProofOfKnowledge, kind: int = TAU, challenge: bytes = CHALLENGE) -> str | None:
    sp = personal_point(kind, challenge, proof.g1_s, proof.g1_sx)
    return knowledge_problem(proof, sp)


def test_a_proof_holds(proof: ProofOfKnowledge) -> None:
    assert problem(proof) is None


def test_a_proof_holds_for_no_other_challenge(proof: ProofOfKnowledge) -> None:
    assert problem(proof, challenge=bytes(64)) == "its points do not belong together"


@pytest.mark.parametrize("kind", [1, 2])
def test_a_proof_of_one_secret_is_none_of_another(proof: ProofOfKnowledge, kind: int) -> None:
    assert problem(proof, kind) == "its points do not belong together"


def test_secrets_have_three_kinds() -> None:
    assert KINDS == ("tau", "alpha", "beta")


@pytest.mark.parametrize("part", ["g1_s", "g1_sx", "g2_spx"])
def test_infinity_is_refused(proof: ProofOfKnowledge, part: str) -> None:
    at_infinity = replace(proof, **{part: np.zeros_like(getattr(proof, part))})
    assert "infinity" in str(problem(at_infinity))


def test_points_of_other_curves_are_refused(proof: ProofOfKnowledge) -> None:
    off = to_montgomery((1, 3), P).reshape(8)
    assert "not a point of the curve" in str(problem(replace(proof, g1_s=off)))
    assert "not a point of the curve" in str(problem(replace(proof, g1_sx=off)))
    off2 = to_montgomery((1, 2, 3, 4), P).reshape(16)
    assert "not a point of G2" in str(problem(replace(proof, g2_spx=off2)))


def test_a_point_of_the_twist_outside_g2_is_refused(proof: ProofOfKnowledge) -> None:
    """Even where the pairing holds: a point of small order is added to the right one."""
    x = 0
    while True:  # a point of the twist; that it lies in G2 has probability 1 / p
        x += 1
        y = _root_fp2(integers.add((x**3 % P, 0), BN254.g2_b, P), P)
        if y is not None:
            break
    outside = to_montgomery((x, 0, *y), P).reshape(16)
    assert "not a point of G2" in str(problem(replace(proof, g2_spx=outside)))


def test_ratios_are_compared_across_the_groups() -> None:
    assert same_ratio(G1[2], G1[6], G2[1], G2[3])
    assert not same_ratio(G1[2], G1[6], G2[1], G2[4])
    assert not same_ratio(G1[0], G1[0], G2[1], G2[3])
    assert not same_ratio(G1[2], G1[6], G2[0], G2[0])


def test_a_secret_multiplies_points(generator: ChaCha) -> None:
    five, minus = (to_montgomery([k % R], R)[0] for k in (5, -3))
    assert np.array_equal(times(G1[1], five), G1[5])
    assert np.array_equal(times(G2[1], five), G2[5])
    assert np.array_equal(times(times(G1[1], minus), minus), times(G1[3], to_montgomery([3], R)[0]))
