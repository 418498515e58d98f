"""Class P1: who holds a proof can make others of the same statement, and of no other.

So a proof's bytes identify nothing: what must happen once is bound by a public value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py_ecc import optimized_bn128 as bn128

from tests.oracles.qap import R
from tests.prover.formats.key_material import from_py_ecc, to_py_ecc
from tests.prover.groth16.conftest import Proven
from zkpipe.prover import Proof, VerifyingKey, verify
from zkpipe.prover import proof as module

SCALARS = st.integers(1, R - 1)


def made(a: Any, b: Any, c: Any) -> Proof:
    """From py_ecc's points."""
    (ax, ay), (cx, cy) = bn128.normalize(a), bn128.normalize(c)
    return Proof((int(ax), int(ay)), from_py_ecc(b), (int(cx), int(cy)))


def negated(_: VerifyingKey, p: Proof, _k: int) -> Proof:
    return made(bn128.neg(to_py_ecc(p.a)), bn128.neg(to_py_ecc(p.b)), to_py_ecc(p.c))


def scaled(_: VerifyingKey, p: Proof, k: int) -> Proof:
    a, b = to_py_ecc(p.a), to_py_ecc(p.b)
    return made(bn128.multiply(a, k), bn128.multiply(b, pow(k, -1, R)), to_py_ecc(p.c))


def shifted(key: VerifyingKey, p: Proof, k: int) -> Proof:
    a, b, c, delta = (to_py_ecc(point) for point in (p.a, p.b, p.c, key.delta))
    return made(a, bn128.add(b, bn128.multiply(delta, k)), bn128.add(c, bn128.multiply(a, k)))


Maul = Callable[[VerifyingKey, Proof, int], Proof]
MAULS = [negated, scaled, shifted]


@pytest.mark.parametrize("maul", MAULS)
@settings(max_examples=5, deadline=None, derandomize=True)
@given(k=SCALARS)
def test_a_mauled_proof_holds_for_the_same_public_values_and_no_others(
    proven: Proven, maul: Maul, k: int
) -> None:
    other = maul(proven.verifying_key, proven.proof, k)
    assert other != proven.proof or k == 1
    assert verify(proven.verifying_key, other, proven.public)
    wrong = [proven.public[0], (proven.public[1] + 1) % R]
    assert not verify(proven.verifying_key, other, wrong)


def half_negated(key: VerifyingKey, p: Proof, _k: int) -> Proof:
    return made(bn128.neg(to_py_ecc(p.a)), to_py_ecc(p.b), to_py_ecc(p.c))


def half_scaled(key: VerifyingKey, p: Proof, k: int) -> Proof:
    return made(bn128.multiply(to_py_ecc(p.a), k), to_py_ecc(p.b), to_py_ecc(p.c))


def half_shifted(key: VerifyingKey, p: Proof, k: int) -> Proof:
    b = bn128.add(to_py_ecc(p.b), bn128.multiply(to_py_ecc(key.delta), k))
    return made(to_py_ecc(p.a), b, to_py_ecc(p.c))


def swapped(key: VerifyingKey, p: Proof, _k: int) -> Proof:
    return Proof(p.c, p.b, p.a)


def with_key_s_b(key: VerifyingKey, p: Proof, _k: int) -> Proof:
    return Proof(p.a, key.beta, p.c)


def all_of_the_key(key: VerifyingKey, _p: Proof, _k: int) -> Proof:
    """A = alpha, B = beta, C = -IC(0): the forgery under gamma = delta."""
    return made(to_py_ecc(key.alpha), to_py_ecc(key.beta), bn128.neg(to_py_ecc(key.ic[0])))


@pytest.mark.parametrize(
    "maul", [half_negated, half_scaled, half_shifted, swapped, with_key_s_b, all_of_the_key]
)
def test_half_a_maul_is_no_proof(proven: Proven, maul: Maul) -> None:
    other = maul(proven.verifying_key, proven.proof, 3**77 % R)
    assert verify(proven.verifying_key, other, proven.public) is False


def test_a_proof_offers_nothing_that_could_serve_as_its_name() -> None:
    """No digest and no id: only its points, their curve and its file."""
    assert [field.name for field in fields(Proof)] == ["a", "b", "c", "curve"]
    public = {name for name in vars(Proof) if not name.startswith("_")}
    assert public == {"a", "b", "c", "curve", "save", "load"}
    assert module.__doc__ is not None
    assert "must not serve as a nonce" in module.__doc__
