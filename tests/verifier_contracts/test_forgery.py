"""Keys under which anyone can forge: the forgery works on a chain, and the guard refuses the key.

Cases: keys without a contribution to the second phase, where gamma = delta (SECURITY's class P7).
"""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from py_ecc import optimized_bn128 as curve

from zkpipe.prover import VerifyingKey
from zkpipe.prover.errors import InsecureKeyError
from zkpipe.verifier_contracts import compile_solidity, solidity_verifier, verifying_key_of
from zkpipe.verifier_contracts.solidity.generator import unguarded_source

P, R = curve.field_modulus, curve.curve_order


def forge(key, public: tuple[int, ...]) -> tuple:
    """Calldata of a proof for any public values under a key with gamma = delta, from the key only.

    e(alpha, beta) = e(alpha, beta) e(L, gamma) e(-L, delta).
    """
    total = as_point(key.ic[0])
    for value, point in zip(public, key.ic[1:], strict=True):
        total = curve.add(total, curve.multiply(as_point(point), value))
    x, y = curve.normalize(curve.neg(total))
    (x0, x1), (y0, y1) = key.beta
    return key.alpha, ((x1, x0), (y1, y0)), (int(x), int(y)), public


def as_point(point):
    return (curve.FQ(point[0]), curve.FQ(point[1]), curve.FQ(1))


@pytest.fixture(scope="module")
def robbed(oracle):
    """A key with gamma = delta, in an object that checks nothing."""
    trapdoor = oracle.trapdoor("robbed", 3)
    return replace(trapdoor, delta=trapdoor.gamma).raw_key()


def test_under_gamma_equal_to_delta_every_statement_has_a_proof(real, robbed):
    contract = real.deploy(compile_solidity(unguarded_source(robbed, "Robbed")), "Robbed")
    for public in ((1, 2, 3), (R - 1, 0, 42)):
        assert contract.call("verifyProof", *forge(robbed, public)) is True


def test_the_generator_refuses_such_a_key(robbed):
    with pytest.raises(InsecureKeyError, match="delta equals gamma"):
        solidity_verifier(robbed, "Robbed")


def test_the_forgery_fails_under_a_sound_key(real, oracle):
    key = oracle.trapdoor("three", 3).key()
    contract = real.deploy(compile_solidity(solidity_verifier(key, "V")), "V")
    assert contract.call("verifyProof", *forge(key, (1, 2, 3))) is False


def test_the_forgery_works_on_the_verifier_that_snarkjs_exports_without_a_contribution(real, peer):
    def number(pair):
        return tuple(int(v) for v in pair)

    given = json.loads(peer.initial.read_text())
    key = SimpleNamespace(
        alpha=number(given["vk_alpha_1"][:2]),
        beta=tuple(map(number, given["vk_beta_2"][:2])),
        ic=tuple(number(point[:2]) for point in given["IC"]),
    )
    compiled = compile_solidity(peer.initial_verifier)
    contract = real.deploy(compiled, "Groth16Verifier")
    assert contract.call("verifyProof", *forge(key, (9, 9, 9, 9))) is True


def test_no_loader_takes_such_a_key_of_snarkjs(peer):
    with pytest.raises(InsecureKeyError, match="delta equals gamma"):
        VerifyingKey.load(peer.initial)
    with pytest.raises(InsecureKeyError, match="delta equals gamma"):
        verifying_key_of(peer.initial_verifier)


INFINITY, NO_POINT = (0, 0), ((0, 0), (0, 0))

BAD = {
    "delta is -gamma": lambda raw, o: {"delta": (raw.gamma[0], negative(raw.gamma[1]))},
    "delta is the generator": lambda raw, o: {"delta": o.g2(1)},
    "delta is minus the generator": lambda raw, o: {"delta": o.g2(-1)},
    "delta is 3 gamma": lambda raw, o: {"gamma": o.g2(77), "delta": o.g2(231)},
    "alpha is infinity": lambda raw, o: {"alpha": INFINITY},
    "beta is infinity": lambda raw, o: {"beta": NO_POINT},
    "gamma is infinity": lambda raw, o: {"gamma": NO_POINT},
    "delta is infinity": lambda raw, o: {"delta": NO_POINT},
    "an IC is infinity": lambda raw, o: {"ic": (*raw.ic[:2], INFINITY)},
    "two ICs are equal": lambda raw, o: {"ic": (raw.ic[0], raw.ic[1], raw.ic[1])},
    "two ICs are opposite": lambda raw, o: {
        "ic": (raw.ic[0], raw.ic[1], (raw.ic[1][0], P - raw.ic[1][1]))
    },
    "no IC": lambda raw, o: {"ic": ()},
    "delta off the group": lambda raw, o: {"delta": o.off_group_point},
    "gamma off the group": lambda raw, o: {"gamma": o.off_group_point},
    "alpha off the curve": lambda raw, o: {"alpha": (1, 1)},
    "a coordinate of p or more": lambda raw, o: {"alpha": (raw.alpha[0] + P, raw.alpha[1])},
    "alpha is the generator": lambda raw, o: {"alpha": o.g1(1)},
    "beta is the generator": lambda raw, o: {"beta": o.g2(1)},
}


def negative(y: tuple[int, int]) -> tuple[int, int]:
    return (P - y[0]) % P, (P - y[1]) % P


@pytest.mark.parametrize("name", BAD)
def test_the_generator_refuses_a_bad_key_whoever_made_the_object(oracle, name):
    raw = oracle.trapdoor("bad", 2).raw_key()
    solidity_verifier(raw, "V")  # it serves as it is
    raw.__dict__.update(BAD[name](raw, oracle))
    with pytest.raises(InsecureKeyError):
        solidity_verifier(raw, "V")


@pytest.mark.parametrize("name", ["delta is 3 gamma", "an IC is infinity", "delta off the group"])
def test_a_source_with_a_bad_key_is_refused(oracle, name):
    raw = oracle.trapdoor("bad", 2).raw_key()
    raw.__dict__.update(BAD[name](raw, oracle))
    with pytest.raises(InsecureKeyError):
        verifying_key_of(unguarded_source(raw, "V"))
