"""The verifier of hashed inputs: one public value, the digest of all that the contract is given."""

from __future__ import annotations

import secrets
from types import SimpleNamespace

import pytest
from eth_utils import keccak
from py_ecc import optimized_bn128 as curve

from zkpipe import Array, Field, Private, Public, UInt, check, circuit
from zkpipe.circuits.gadgets import from_words, keccak256, to_words
from zkpipe.prover import DEVELOPMENT, prove, setup, verify
from zkpipe.verifier_contracts import Form, calldata, compile_solidity, solidity_verifier
from zkpipe.verifier_contracts.errors import ContractError

P, R = curve.field_modulus, curve.curve_order
VERIFY = keccak(text="verifyProof(uint256[2],uint256[2][2],uint256[2],uint256[])")[:4]
PLACE = 0x120  # of the list among the arguments


def digest_of(values) -> int:
    """By eth_utils and Python's integers."""
    return int.from_bytes(keccak(b"".join(v.to_bytes(32, "big") for v in values)), "big") >> 3


@pytest.fixture(scope="module")
def world(real, judge, oracle):
    trapdoor = oracle.trapdoor("hashed", 1)
    source = solidity_verifier(trapdoor.key(), "V", form=Form.HASHED)
    contract = real.deploy(compile_solidity(source), "V")
    return SimpleNamespace(
        trapdoor=trapdoor, source=source, contract=contract, judge=judge(contract)
    )


def words_of(world, values) -> list[int]:
    """The words of a right proof for the digest of the values."""
    digest = digest_of(values)
    a, b, c, _ = calldata(world.trapdoor.proof((digest,)), (digest,))
    return [*a, *b[0], *b[1], *c]


def encoded(proof: list[int], values, place: int = PLACE, count: int | None = None) -> bytes:
    words = [*proof, place, len(values) if count is None else count, *values]
    return VERIFY + b"".join(word.to_bytes(32, "big") for word in words)


VALUES = (R - 1, 0, 12, 13)


def test_a_proof_is_right_for_the_values_whose_digest_is_its_public_value(chain, oracle):
    trapdoor = oracle.trapdoor("hashed", 1)
    source = solidity_verifier(trapdoor.key(), "V", form=Form.HASHED)
    contract = chain.deploy(compile_solidity(source), "V")
    values = [secrets.randbelow(R) for _ in range(5)]
    proof = trapdoor.proof((digest_of(values),))
    arguments = calldata(proof, values)
    assert contract.call("verifyProof", *arguments) is True
    assert contract.call("verifyProof", *arguments[:3], values[:-1]) is False


@pytest.mark.parametrize("count", [0, 1, 4, 5, 100])
def test_any_number_of_values_is_taken(world, count):
    values = [secrets.randbelow(R) for _ in range(count)]
    assert world.judge.verdicts([encoded(words_of(world, values), values)]) == [True]


def test_another_list_is_false(world):
    proof = words_of(world, VALUES)
    others = [VALUES[:-1], (*VALUES, 0), (0, *VALUES), VALUES[::-1], (), (digest_of(VALUES),)]
    others += [(*VALUES[:i], VALUES[i] ^ 1, *VALUES[i + 1 :]) for i in range(len(VALUES))]
    calls = [encoded(proof, other) for other in others]
    assert world.judge.verdicts([encoded(proof, VALUES)]) == [True]
    assert world.judge.verdicts(calls) == [False] * len(others)


def test_a_value_that_is_not_below_r_is_false_even_with_the_proof_of_its_digest(world):
    """[P2] A circuit that took a value's bits modulo r would take v and v + r for one another."""
    cases = []
    for alias in (R, R + 12, 2**256 - 1):
        values = (alias, 1)
        cases.append(encoded(words_of(world, values), values))
    assert world.judge.verdicts(cases) == [False] * 3


def test_no_alias_of_a_coordinate_is_taken_and_points_are_checked(world, oracle):
    """[P4] [P5]"""
    proof = words_of(world, VALUES)
    cases = [[*proof[:i], proof[i] + P, *proof[i + 1 :]] for i in range(8) if proof[i] + P < 2**256]
    cases += [[0, 0, *proof[2:]], [*proof[:6], 0, 0], [0] * 8, [proof[1], proof[0], *proof[2:]]]
    calls = [encoded(case, VALUES) for case in cases]
    assert set(world.judge.verdicts(calls)) == {False}
    (x0, x1), (y0, y1) = oracle.off_group_point
    bad = encoded([*proof[:2], x1, x0, y1, y0, *proof[6:]], VALUES)
    [verdict] = world.judge.verdicts([bad])
    assert verdict == keccak(text="PrecompileFailed(uint256)")[:4] + (8).to_bytes(32, "big")


def test_calldata_are_one_list_of_exact_length(world):
    """[E3]"""
    proof = words_of(world, VALUES)
    call = encoded(proof, VALUES)
    cases = [call + b"\0", call + bytes(32), call[:-1], call[:-32], call[:0x144], call[:4]]
    cases += [encoded(proof, VALUES, count=n) for n in (0, 3, 5, 2**64 - 1, 2**251, 2**255)]
    cases += [encoded(proof, VALUES, place=p) for p in (0, 1, PLACE - 1, PLACE + 32, 2**256 - 1)]
    cases.append(encoded(proof, [4, *VALUES], place=PLACE + 32))  # what is behind, one word later
    assert not [v for v in world.judge.verdicts(cases) if isinstance(v, bool)]


def test_gas_grows_with_the_bytes_of_the_values_only(world):
    """170 for a value in the contract, where the single verifier takes 6,400."""
    used = []
    for count in (1, 101):
        values = [secrets.randbelow(R) for _ in range(count)]
        call = encoded(words_of(world, values), values)
        [(verdict, gas)] = world.judge.answers([call])
        assert verdict is True
        used.append(gas)
    assert used[1] - used[0] < 100 * 180


def test_a_right_proof_is_true_or_reverts_whatever_the_gas(world):
    """[E2]"""
    call = encoded(words_of(world, VALUES), VALUES)
    limits = list(range(1000, 300_000, 3000))
    answers = [v for v, _ in world.judge.answers([call] * len(limits), limits)]
    assert False not in answers
    assert answers[-1] is True


@pytest.mark.parametrize("count", [0, 2, 3])
def test_a_key_with_other_than_one_public_value_is_refused(oracle, count):
    with pytest.raises(ContractError, match=f"has {count} public values"):
        solidity_verifier(oracle.trapdoor("some", count).key(), "V", form=Form.HASHED)


# The circuit's side, as docs/verifier_contracts.md has it.


def digest_in_a_circuit(values):
    message = [byte for value in values for byte in to_words(value, 32, order="big")]
    hashed = keccak256(message)
    return from_words(hashed[:31], order="big") * 32 + hashed[31] // 8


def test_the_gadget_on_integers_is_the_contracts_digest():
    for values in [(), (0,), (R - 1, 2**253), tuple(range(9)), *[(1 << k,) for k in range(254)]]:
        assert digest_in_a_circuit(list(values)) == digest_of(values)


def test_circuit_contract_and_python_agree_on_a_real_proof(real):
    @circuit
    def known(values: Private[Array[Field, 3]], count: Private[UInt[8]]) -> Public[Field]:
        """The first value is the square of the last; all are public, by their digest."""
        check(values[0] == values[2] * values[2], "it is no square")
        return digest_in_a_circuit([*values, count])

    system = known.compile()
    key = setup(system, DEVELOPMENT)
    values = [pow(R - 5, 2, R), R - 1, R - 5, 255]
    witness = system.solve(values=values[:3], count=values[3])
    assert list(witness.public) == [digest_of(values)]
    proof = prove(key, witness)
    assert verify(key.verifying_key, proof, witness.public)
    source = solidity_verifier(key.verifying_key, "V", form=Form.HASHED)
    contract = real.deploy(compile_solidity(source), "V")
    assert contract.call("verifyProof", *calldata(proof, values)) is True
    for i in range(4):
        other = [*values[:i], (values[i] + 1) % R, *values[i + 1 :]]
        assert contract.call("verifyProof", *calldata(proof, other)) is False
