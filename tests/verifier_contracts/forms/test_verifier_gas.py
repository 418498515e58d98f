"""Gas of the generated verifier: never an answer for want of it, never much for a bad proof."""

from __future__ import annotations

from copy import copy
from types import SimpleNamespace

import pytest
from eth_utils import keccak

from zkpipe.prover import Proof, VerifyingKey
from zkpipe.verifier_contracts import Settings, calldata, compile_solidity, solidity_verifier
from zkpipe.verifier_contracts.errors import RevertError

ENOUGH = 1_000_000
FAILED = keccak(text="PrecompileFailed(uint256)")[:4]


@pytest.fixture(scope="module", params=[1, 2, 4])
def case(request, real, judge, oracle):
    """A verifier of some public values, with a right call and one whose B is bad."""
    count = request.param
    trapdoor = oracle.trapdoor("gas", count)
    public = tuple(range(count))
    proof = trapdoor.proof(public)
    bad_b = copy(proof)
    object.__setattr__(bad_b, "b", oracle.off_group_point)  # Proof itself refuses it
    contract = real.deploy(compile_solidity(solidity_verifier(trapdoor.key(), "V")), "V")
    return SimpleNamespace(
        trapdoor=trapdoor,
        public=public,
        contract=contract,
        judge=judge(contract),
        right=calldata(proof, public),
        bad=calldata(bad_b, public),
        most=250_000 if count <= 2 else 260_000,
    )


def encoded(contract, arguments) -> bytes:
    return bytes.fromhex(contract.calldata("verifyProof", *arguments).removeprefix("0x"))


def test_a_right_proof_is_true_or_reverts_whatever_the_gas(case):
    """[S5] 1,000 to 400,000 in steps of 1,000, and each gas around the least that suffices."""
    call = encoded(case.contract, case.right)
    coarse = list(range(1000, 401_000, 1000))
    answers = [v for v, _ in case.judge.answers([call] * len(coarse), coarse)]
    assert False not in answers
    least = coarse[answers.index(True)]
    assert answers[answers.index(True) :] == [True] * (len(coarse) - answers.index(True))
    fine = list(range(least - 1000, least + 10, 7))
    assert False not in [v for v, _ in case.judge.answers([call] * len(fine), fine)]


def test_a_revert_for_want_of_gas_names_the_precompile_if_there_is_gas_to_say_so(case):
    """[E1] An addition takes 150 gas: when that is missing, nothing is left for words."""
    call = encoded(case.contract, case.right)
    limits = [*range(500, 60_000, 50), 150_000]
    answers = {v for v, _ in case.judge.answers([call] * len(limits), limits)}
    assert answers == {b"", *(FAILED + number.to_bytes(32, "big") for number in (7, 8))}


def test_a_bad_point_costs_at_most_250_000_gas_with_two_public_values(case):
    call = encoded(case.contract, case.bad)
    [(answer, used)] = case.judge.answers([call], 20_000_000)
    assert answer == FAILED + (8).to_bytes(32, "big")
    assert used <= case.most
    with pytest.raises(RevertError) as caught:
        case.contract.transact("verifyProof", *case.bad, gas=20_000_000)
    assert caught.value.name == "PrecompileFailed"
    block = case.contract.chain.web3.eth.get_block("latest", full_transactions=True)
    [transaction] = block["transactions"]
    receipt = case.contract.chain.web3.eth.get_transaction_receipt(transaction["hash"])
    assert receipt["status"] == 0
    assert receipt["gasUsed"] <= case.most


def test_the_bound_on_the_pairing_is_its_price_and_an_eighth_more(chain, oracle):
    source = solidity_verifier(oracle.trapdoor("gas", 1).key(), "V")
    bound = chain.deploy(compile_solidity(source), "V").call("PAIRING_GAS")
    price = 45_000 + 4 * 34_000
    assert 0 <= bound - price * 9 // 8 < 300
    assert bound > 181_412  # what the draft EIP-7904 would ask


def test_an_estimate_of_gas_is_enough(case):
    """snarkjs' verifier answers false for want of gas, which misleads the estimate."""
    estimate = case.contract.gas("verifyProof", *case.right)
    receipt = case.contract.transact("verifyProof", *case.right, gas=estimate)
    assert receipt.gas_used <= estimate <= receipt.gas_used * 1.05
    assert case.contract.call("verifyProof", *case.right, gas=estimate) is True


def test_both_chains_take_the_same_gas(embedded, case):
    compiled = compile_solidity(solidity_verifier(case.trapdoor.key(), "V"))
    here = embedded.deploy(compiled, "V")
    there = case.contract.transact("verifyProof", *case.right)
    assert here.gas("verifyProof", *case.right) == there.gas_used
    # The constructor compares a chain with those of development, one after another.
    assert abs(here.receipt.gas_used - case.contract.receipt.gas_used) < 100


@pytest.mark.parametrize("settings", [Settings(), Settings(via_ir=True)], ids=str)
def test_it_takes_no_more_gas_than_the_verifier_of_snarkjs(real, peer, settings):
    """Within 3 per cent, compiled in the same way."""
    ours = solidity_verifier(VerifyingKey.load(peer.key), "V")
    a, b, c, public = peer.proofs[0]["call"]
    numbers = [
        [int(v, 16) for v in a],
        [[int(v, 16) for v in w] for w in b],
        [int(v, 16) for v in c],
        [int(v, 16) for v in public],
    ]
    used = {}
    for name, source in (("V", ours), ("Groth16Verifier", peer.verifier)):
        contract = real.deploy(compile_solidity(source, settings), name)
        used[name] = contract.transact("verifyProof", *numbers, gas=ENOUGH).gas_used
    assert used["V"] <= used["Groth16Verifier"] * 1.03


def replace_precompile(monkeypatch, number: int, answer: bytes | None) -> None:
    """Let a precompile of the embedded chain answer something else; None takes it away."""
    from eth.vm.forks.prague.computation import PragueComputation

    precompiles = dict(PragueComputation._precompiles)
    address = number.to_bytes(20, "big")

    def impostor(computation):
        computation.output = answer
        return computation

    if answer is None:
        del precompiles[address]
    else:
        precompiles[address] = impostor
    monkeypatch.setattr(PragueComputation, "_precompiles", precompiles)


def reprice(monkeypatch, per_cent: int) -> None:
    """Raise the price of the pairing of four pairs on the embedded chain."""
    from eth.vm.forks.prague.computation import PragueComputation

    precompiles = dict(PragueComputation._precompiles)
    pairing = precompiles[(8).to_bytes(20, "big")]

    def dearer(computation):
        computation.consume_gas((45_000 + 4 * 34_000) * per_cent // 100, "a fork")
        return pairing(computation)

    precompiles[(8).to_bytes(20, "big")] = dearer
    monkeypatch.setattr(PragueComputation, "_precompiles", precompiles)


@pytest.mark.parametrize("per_cent", [10, 12])
def test_a_pairing_that_a_fork_makes_a_tenth_dearer_is_still_paid_for(
    monkeypatch, embedded, oracle, per_cent
):
    trapdoor = oracle.trapdoor("gas", 2)
    contract = embedded.deploy(compile_solidity(solidity_verifier(trapdoor.key(), "V")), "V")
    right = calldata(trapdoor.proof((9, 8)), (9, 8))
    wrong = calldata(trapdoor.proof((9, 8)), (9, 7))
    reprice(monkeypatch, per_cent)
    assert contract.call("verifyProof", *right) is True
    assert contract.call("verifyProof", *wrong) is False


def test_a_pairing_dearer_than_that_reverts_until_the_contract_is_deployed_anew(
    monkeypatch, embedded, oracle
):
    trapdoor = oracle.trapdoor("gas", 2)
    compiled = compile_solidity(solidity_verifier(trapdoor.key(), "V"))
    contract = embedded.deploy(compiled, "V")
    reprice(monkeypatch, 13)
    for value in (8, 7):  # never a false "no", for a wrong proof either
        arguments = calldata(trapdoor.proof((9, 8)), (9, value))
        with pytest.raises(RevertError) as caught:
            contract.call("verifyProof", *arguments)
        assert (caught.value.name, caught.value.arguments) == ("PrecompileFailed", (8,))
        assert "deploy" in caught.value.fix
    again = embedded.deploy(compiled, "V")
    assert again.call("verifyProof", *calldata(trapdoor.proof((9, 8)), (9, 8))) is True


@pytest.mark.parametrize("number", [6, 7, 8])
@pytest.mark.parametrize("answer", [None, b"", b"\1", bytes(31) + b"\1" + bytes(33), bytes(128)])
def test_a_precompile_that_answers_in_another_length_reverts(
    monkeypatch, embedded, oracle, number, answer
):
    """[E1] So on a chain without it, where a call succeeds and returns nothing."""
    trapdoor = oracle.trapdoor("gas", 1)
    compiled = compile_solidity(solidity_verifier(trapdoor.key(), "V"))
    contract = embedded.deploy(compiled, "V")
    proof = trapdoor.proof((9,))
    replace_precompile(monkeypatch, number, answer)
    with pytest.raises(RevertError) as caught:
        contract.call("verifyProof", *calldata(proof, (9,)))
    assert (caught.value.name, caught.value.arguments) == ("PrecompileFailed", (number,))
    if number == 8:
        with pytest.raises(RevertError, match="PrecompileFailed"):
            embedded.deploy(compiled, "V")


@pytest.mark.parametrize("word", [0, 2, 257, 2**255 + 1])
def test_only_the_word_one_of_the_pairing_is_yes(monkeypatch, embedded, oracle, word):
    trapdoor = oracle.trapdoor("gas", 1)
    contract = embedded.deploy(compile_solidity(solidity_verifier(trapdoor.key(), "V")), "V")
    proof: Proof = trapdoor.proof((9,))
    replace_precompile(monkeypatch, 8, word.to_bytes(32, "big"))
    assert contract.call("verifyProof", *calldata(proof, (9,))) is False
