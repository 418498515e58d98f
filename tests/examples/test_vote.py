"""The vote of examples/vote: who cheats is refused, by the circuit or by the contract."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.examples.example import (
    EXAMPLES,
    assert_no_proof,
    assert_the_page_shows_what_the_demo_prints,
    copy_of,
    module_of,
    needs_solc,
    run_demo,
)
from zkpipe import DEVELOPMENT, prove, setup
from zkpipe.accel.bn254 import R
from zkpipe.circuits.testing import accepts, lies, rejects
from zkpipe.verifier_contracts import Chain, Contract, calldata, compile_solidity, solidity_verifier
from zkpipe.verifier_contracts.errors import RevertError

vote = module_of("vote")
SECRETS = [0x5EC2E7 + number for number in range(5)]
TREE = vote.register([vote.commitment_of(secret) for secret in SECRETS])
CHOICES = 3


def inputs(place: int = 1, secret: int | None = None, ballot: int = 77, choice: int = 2) -> Any:
    path = TREE.path(place)
    return {
        "root": TREE.root,
        "ballot": ballot,
        "choices": CHOICES,
        "choice": choice,
        "secret": SECRETS[place] if secret is None else secret,
        "siblings": path.siblings,
        "index": path.index_bits,
    }


def test_the_nullifier_is_of_secret_and_ballot_alone() -> None:
    for choice in range(CHOICES):
        accepts(vote.cast_vote, inputs(choice=choice), vote.nullifier_of(SECRETS[1], 77))
    several = {vote.nullifier_of(secret, ballot) for secret in SECRETS for ballot in (1, 2)}
    assert len(several) == 2 * len(SECRETS)


def test_who_is_not_registered_has_no_proof() -> None:
    not_there = "the leaf is not in the tree"
    system = vote.cast_vote.trace()
    for given in (inputs(secret=9), inputs(secret=SECRETS[2]), inputs() | {"root": TREE.root + 1}):
        assert_no_proof(vote.cast_vote, system, given, not_there)


def test_a_choice_that_the_ballot_lacks_has_no_proof() -> None:
    rejects(vote.cast_vote, inputs(choice=CHOICES), because="the ballot has no such choice")
    rejects(vote.cast_vote, inputs(choice=R - 1))


def test_no_lie_is_accepted() -> None:
    lies(vote.cast_vote, inputs())


@dataclass
class Town:
    """A chain with two ballots of the same register."""

    system: Any
    key: Any
    chain: Chain
    verifier: Contract
    contract: Contract
    another: Contract

    def vote(self, place: int, **changes: Any) -> list[Any]:
        """The arguments of a vote that is right for the first ballot but for the changes."""
        ballot = vote.ballot_at(self.chain.chain_id, self.contract.address)
        given = inputs(place, ballot=ballot) | changes
        witness = self.system.solve(**given)
        a, b, c, public = calldata(prove(self.key, witness), witness.public)
        return [a, b, c, public[0], given["choice"]]


@pytest.fixture(scope="module")
def town() -> Town:
    needs_solc()
    system = vote.cast_vote.compile()
    key = setup(system, DEVELOPMENT)
    chain = Chain.embedded()
    source = solidity_verifier(key.verifying_key, "VoteVerifier")
    verifier = chain.deploy(compile_solidity(source), "VoteVerifier")
    compiled = compile_solidity((EXAMPLES / "vote" / "Ballot.sol").read_text(encoding="utf-8"))
    contract, another = (
        chain.deploy(compiled, "Ballot", verifier.address, TREE.root, CHOICES) for _ in range(2)
    )
    return Town(system, key, chain, verifier, contract, another)


def assert_refused(contract: Contract, arguments: list[Any], name: str) -> None:
    with pytest.raises(RevertError) as caught:
        contract.call("vote", *arguments)
    assert caught.value.name == name


def test_the_contract_computes_the_ballots_number_as_voters_do(town: Town) -> None:
    for contract in (town.contract, town.another):
        assert contract.call("ballot") == vote.ballot_at(town.chain.chain_id, contract.address)
    assert town.contract.call("ballot") != town.another.call("ballot")


def test_a_voter_votes_once(town: Town) -> None:
    *proof, nullifier, choice = town.vote(1)
    town.contract.transact("vote", *proof, nullifier, choice)
    counts = [town.contract.call("votes", option) for option in range(CHOICES)]
    assert counts == [0, 0, 1]
    assert town.contract.call("hasVoted", nullifier)
    assert_refused(town.contract, [*proof, nullifier, choice], "AlreadyVoted")
    assert_refused(town.contract, town.vote(1, choice=0), "AlreadyVoted")


def test_a_proof_is_of_its_choice(town: Town) -> None:
    *proof, nullifier, choice = town.vote(2)
    assert_refused(town.contract, [*proof, nullifier, choice - 1], "WrongProof")


def test_a_nullifier_has_one_form(town: Town) -> None:
    """Modulo r it is the same number, for which the pairing would say yes."""
    *proof, nullifier, choice = town.vote(3)
    for times in range(1, (2**256 - 1 - nullifier) // R + 1):
        assert_refused(town.contract, [*proof, nullifier + times * R, choice], "WrongProof")


def test_a_proof_for_another_register_or_chain_is_refused(town: Town) -> None:
    more = vote.register([vote.commitment_of(secret) for secret in (*SECRETS, 9)])
    path = more.path(5)
    own_register = {"root": more.root, "siblings": path.siblings, "index": path.index_bits}
    assert_refused(town.contract, town.vote(4, secret=9, **own_register), "WrongProof")
    there = vote.ballot_at(town.chain.chain_id + 1, town.contract.address)
    assert_refused(town.contract, town.vote(4, ballot=there), "WrongProof")


def test_a_ballot_has_a_choice(tmp_path: Path) -> None:
    """Of one choice alone the attempt to change it would change nothing, and be accepted."""
    demo = copy_of("vote", tmp_path, ballot_json='{"question": "?", "choices": ["yes"]}')
    with pytest.raises(SystemExit, match="fewer than two choices"):
        demo["main"]()


def test_a_faulty_file_ends_the_demonstration_in_a_sentence(tmp_path: Path) -> None:
    demo = copy_of("vote", tmp_path, voters_csv="name,choice\nAda,tram\n")
    with pytest.raises(SystemExit, match=r"voters.csv, line 2: no votes_for"):
        demo["main"]()


def test_the_page_shows_what_the_demonstration_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert_the_page_shows_what_the_demo_prints("vote", capsys)


def test_without_a_compiler_the_demonstration_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZKPIPE_SOLC", str(tmp_path / "no-solc"))
    with pytest.raises(SystemExit) as stopped:
        run_demo("vote")
    assert stopped.value.code == 3
    assert "ZKPIPE_SOLC" in capsys.readouterr().err
