"""The payout of examples/payout: nobody is paid twice, or what is another's."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from py_ecc import optimized_bn128 as curve

from tests.examples.example import (
    EXAMPLES,
    assert_no_proof,
    assert_the_page_shows_what_the_demo_prints,
    module_of,
    needs_solc,
)
from zkpipe import DEVELOPMENT, prove, setup
from zkpipe.accel.bn254 import R
from zkpipe.circuits.testing import accepts, lies
from zkpipe.verifier_contracts import (
    Chain,
    Contract,
    Node,
    calldata,
    compile_solidity,
    find_anvil,
    solidity_verifier,
)
from zkpipe.verifier_contracts.errors import NodeMissingError, RevertError

payout = module_of("payout")
SECRETS = [0x5EC2E7 + number for number in range(8)]
TREE = payout.list_of([payout.commitment_of(secret) for secret in SECRETS])
PAYMENT = 10**15
ADA, THIEF = "0x" + "ada0" * 10, "0x" + "7e1f" * 10


def inputs(place: int = 1, contract: int = 77, recipient: str = ADA, **changes: Any) -> Any:
    path = TREE.path(place)
    given = {
        "root": TREE.root,
        "contract": contract,
        "recipient": int(recipient, 16),
        "secret": SECRETS[place],
        "siblings": path.siblings,
        "index": path.index_bits,
    }
    return given | changes


def test_the_nullifier_is_of_secret_and_contract_alone() -> None:
    nullifier = payout.nullifier_of(SECRETS[1], 77)
    for recipient in (ADA, THIEF):
        accepts(payout.claim, inputs(recipient=recipient), nullifier)
    several = {payout.nullifier_of(secret, n) for secret in SECRETS for n in (1, 2)}
    assert len(several) == 2 * len(SECRETS)


def test_who_is_not_on_the_list_has_no_proof() -> None:
    system = payout.claim.trace()
    for given in (inputs(secret=9), inputs(root=TREE.root + 1)):
        assert_no_proof(payout.claim, system, given, "the leaf is not in the tree")


def test_no_lie_is_accepted() -> None:
    lies(payout.claim, inputs())


@dataclass
class Town:
    """A chain with a verifier and payouts of the same list."""

    url: str
    system: Any
    key: Any
    chain: Chain
    verifier: Contract
    compiled: Any

    def payout(self, verifier: Contract | None = None, deadline: int = 1 << 40) -> Contract:
        place = (verifier or self.verifier).address
        contract = self.chain.deploy(self.compiled, "Payout", place, TREE.root, PAYMENT, deadline)
        self.chain.transact({"to": contract.address, "value": 5 * PAYMENT})
        return contract

    def claim(self, payer: Contract, place: int, recipient: str = ADA, **changes: Any) -> list:
        """The arguments of a claim that is right for a payout but for the changes."""
        number = payout.number_of(self.chain.chain_id, payer.address)
        given = inputs(place, number, recipient) | changes
        witness = self.system.solve(**given)
        a, b, c, public = calldata(prove(self.key, witness), witness.public)
        return [a, b, c, public[0], recipient]

    def balance(self, address: str) -> int:
        return int(self.chain.web3.eth.get_balance(self.chain.web3.to_checksum_address(address)))


@pytest.fixture(scope="module")
def town() -> Any:
    needs_solc()
    try:
        find_anvil()
    except NodeMissingError as error:
        pytest.skip(str(error))
    with Node.start() as node:
        system = payout.claim.compile()
        key = setup(system, DEVELOPMENT)
        chain = Chain.connect(node.url)
        source = solidity_verifier(key.verifying_key, "ClaimVerifier")
        verifier = chain.deploy(compile_solidity(source), "ClaimVerifier")
        source = (EXAMPLES / "payout" / "Payout.sol").read_text(encoding="utf-8")
        yield Town(node.url, system, key, chain, verifier, compile_solidity(source))


@pytest.fixture(scope="module")
def contract(town: Town) -> Contract:
    return town.payout()


def refused(contract: Contract, arguments: list[Any], name: str) -> None:
    with pytest.raises(RevertError) as caught:
        contract.call("claim", *arguments)
    assert caught.value.name == name


def mauled(arguments: list[Any]) -> list[list[Any]]:
    """[P1] The same statement in other proofs: (-A, -B, C) and (k A, B / k, C), by py_ecc."""
    (ax, ay), ((x1, x0), (y1, y0)), c, *rest = arguments
    a = (curve.FQ(ax), curve.FQ(ay), curve.FQ.one())
    b = (curve.FQ2([x0, x1]), curve.FQ2([y0, y1]), curve.FQ2.one())
    found = []
    for k in (-1 % R, 2 + secrets.randbelow(R - 2)):
        mx, my = curve.normalize(curve.multiply(a, k))
        bx, by = curve.normalize(curve.multiply(b, pow(k, -1, R)))
        pair = [[int(v) for v in point.coeffs[::-1]] for point in (bx, by)]
        found.append([(int(mx), int(my)), pair, c, *rest])
    return found


def test_the_contract_computes_its_number_as_claimants_do(town: Town, contract: Contract) -> None:
    assert contract.call("number") == payout.number_of(town.chain.chain_id, contract.address)


def test_a_person_is_paid_once_whatever_form_the_proof_has(town: Town, contract: Contract) -> None:
    """[E7] [P1] The same proof, mauled ones, a new one for another recipient."""
    arguments = town.claim(contract, 0, "0x" + "0a" * 20)
    others = mauled(arguments)
    for other in others:  # they verify: only the nullifier tells that they were used
        contract.call("claim", *other)
    contract.transact("claim", *arguments)
    assert town.balance("0x" + "0a" * 20) == PAYMENT
    assert contract.call("hasClaimed", arguments[3]) is True
    for again in (arguments, *others, town.claim(contract, 0, THIEF)):
        refused(contract, again, "AlreadyClaimed")


def test_a_claim_that_somebody_copies_pays_its_recipient_alone(
    town: Town, contract: Contract
) -> None:
    """[E6]"""
    arguments = town.claim(contract, 1, "0x" + "0b" * 20)
    refused(contract, [*arguments[:4], THIEF], "WrongProof")
    thief = Chain.connect(town.url, town.chain.web3.eth.accounts[3])
    Contract(thief, contract.address, contract.abi).transact("claim", *arguments)
    assert town.balance("0x" + "0b" * 20) == PAYMENT


def test_a_nullifier_has_one_form(town: Town, contract: Contract) -> None:
    """[P2] Modulo r it is the same number, for which the pairing would say yes."""
    *proof, nullifier, recipient = town.claim(contract, 2)
    for times in range(1, (2**256 - 1 - nullifier) // R + 1):
        refused(contract, [*proof, nullifier + times * R, recipient], "WrongProof")


def test_a_claim_is_of_its_chain_contract_and_list(town: Town, contract: Contract) -> None:
    """[E5]"""
    another = town.payout()
    refused(another, town.claim(contract, 3), "WrongProof")
    there = payout.number_of(town.chain.chain_id + 1, contract.address)
    refused(contract, town.claim(contract, 3, contract=there), "WrongProof")
    more = payout.list_of([payout.commitment_of(secret) for secret in (*SECRETS, 9)])
    path = more.path(8)
    own = {"root": more.root, "siblings": path.siblings, "index": path.index_bits, "secret": 9}
    refused(contract, town.claim(contract, 3, **own), "WrongProof")


def recipient(town: Town) -> Contract:
    source = Path(__file__).with_name("reentrant.sol").read_text(encoding="utf-8")
    return town.chain.deploy(compile_solidity(source), "Recipient")


def test_a_recipient_that_claims_while_it_is_paid_gets_nothing_more(town: Town) -> None:
    """[E8]"""
    contract = town.payout()
    greedy = recipient(town)
    arguments = town.claim(contract, 4, greedy.address)
    greedy.transact("set", contract.address, contract.calldata("claim", *arguments), 1)
    contract.transact("claim", *arguments, gas=2_000_000)
    assert greedy.call("tries") == 1
    assert greedy.call("wasPaidAgain") is False
    assert town.balance(greedy.address) == PAYMENT
    assert town.balance(contract.address) == 4 * PAYMENT


def test_a_recipient_that_refuses_keeps_its_claim_and_stops_nobody(town: Town) -> None:
    contract = town.payout()
    stubborn = recipient(town)
    stubborn.transact("set", contract.address, b"", 2)
    arguments = town.claim(contract, 5, stubborn.address)
    refused(contract, arguments, "NotTaken")
    assert contract.call("hasClaimed", arguments[3]) is False
    contract.transact("claim", *town.claim(contract, 5, "0x" + "0c" * 20))
    assert town.balance("0x" + "0c" * 20) == PAYMENT


def test_what_a_recipient_returns_costs_the_contract_nothing(town: Town) -> None:
    """[E8] A return bomb: its own code pays for the megabyte, no copy is made."""
    contract = town.payout()
    bomb = recipient(town)
    bomb.transact("set", contract.address, b"", 3)
    used = contract.transact("claim", *town.claim(contract, 6, bomb.address), gas=15_000_000)
    plain = contract.transact("claim", *town.claim(contract, 7, "0x" + "0d" * 20))
    a_copy = 3 * 31250 + 31250**2 // 512
    assert used.gas_used - plain.gas_used < 1.5 * a_copy


def test_after_the_deadline_the_sponsor_gets_the_rest_and_nobody_else(town: Town) -> None:
    contract = town.payout()
    with pytest.raises(RevertError, match="WrongTime"):
        contract.call("close")
    late = town.payout(deadline=1)
    refused(late, town.claim(late, 1), "WrongTime")
    before = town.balance(town.chain.account)
    anybody = Chain.connect(town.url, town.chain.web3.eth.accounts[3])
    Contract(anybody, late.address, late.abi).transact("close")
    assert town.balance(town.chain.account) - before == 5 * PAYMENT
    assert town.balance(late.address) == 0


def test_an_empty_contract_says_so_and_uses_up_no_claim(town: Town) -> None:
    contract = town.chain.deploy(
        town.compiled, "Payout", town.verifier.address, TREE.root, PAYMENT, 1 << 40
    )
    refused(contract, town.claim(contract, 1), "NotEnough")


def test_the_page_shows_what_the_demonstration_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert_the_page_shows_what_the_demo_prints("payout", capsys)
