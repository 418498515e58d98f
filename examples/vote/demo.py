"""An anonymous vote, from the register to the count, on a chain in this process.

    python examples/vote/demo.py

It plays everybody: the voters of voters.csv, and those who try to cheat.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vote import ballot_at, cast_vote, commitment_of, new_secret, register

from zkpipe import (
    DEVELOPMENT,
    ConstraintSystem,
    ProvingKey,
    UnsatisfiedError,
    ZkpipeError,
    prove,
    setup,
)
from zkpipe.accel.bn254 import R
from zkpipe.circuits.gadgets import MerkleTree
from zkpipe.verifier_contracts import Chain, Contract, calldata, compile_solidity, solidity_verifier
from zkpipe.verifier_contracts.errors import RevertError

FOLDER = Path(__file__).resolve().parent
BALLOT = json.loads((FOLDER / "ballot.json").read_text(encoding="utf-8"))
CHOICES = BALLOT["choices"]


@dataclass(frozen=True, slots=True)
class Vote:
    """What is sent to the contract: the arguments of its function `vote`."""

    proof: tuple[Any, ...]
    nullifier: int
    choice: int

    @property
    def arguments(self) -> tuple[Any, ...]:
        """All of them, in their order."""
        return (*self.proof, self.nullifier, self.choice)


@dataclass(frozen=True, slots=True)
class Booth:
    """What everybody has who votes: the circuit, its key, the register."""

    system: ConstraintSystem
    key: ProvingKey
    tree: MerkleTree

    def vote(self, place: int, secret: int, ballot: int, choice: int) -> Vote:
        """Prove a vote. Raises UnsatisfiedError if the secret is not of that place."""
        path = self.tree.path(place)
        witness = self.system.solve(
            root=self.tree.root,
            ballot=ballot,
            choices=len(CHOICES),
            choice=choice,
            secret=secret,
            siblings=path.siblings,
            index=path.index_bits,
        )
        proof = calldata(prove(self.key, witness), witness.public)[:3]
        return Vote(proof, witness.public[0], choice)


def main() -> None:
    """Set up, vote, try to cheat, count."""
    began = time.perf_counter()
    if len(CHOICES) < 2:
        sys.exit("ballot.json has fewer than two choices. Add one.")
    voters = rows_of("voters.csv", "name", "votes_for")
    secrets = [new_secret() for _ in voters]
    tree = register([commitment_of(secret) for secret in secrets])
    print(f"{len(voters)} voters draw a secret each. The register is a tree of their hashes.")
    system = cast_vote.compile()
    booth = Booth(system, setup(system, DEVELOPMENT), tree)
    print(f"The circuit has {system.constraint_count:,} constraints. The keys are for development.")
    contract, another = deploy(booth)
    ballot = ballot_at(contract.chain.chain_id, contract.address)
    print(f"The ballot is at {contract.address}: {BALLOT['question']}\n")

    seconds, gas, sent = list[float](), list[int](), dict[int, Vote]()
    for place, voter in enumerate(voters):
        if voter["votes_for"]:
            choice, start = choice_of(voter), time.perf_counter()
            sent[place] = booth.vote(place, secrets[place], ballot, choice)
            seconds.append(time.perf_counter() - start)
            gas.append(contract.transact("vote", *sent[place].arguments).gas_used)
            print(f"{voter['name']} votes. All others see a vote for {voter['votes_for']}.")

    print()
    if not sent:
        sys.exit("Nobody votes, so there is nothing to copy.")
    place, first = next(iter(sent.items()))
    name, other = voters[place]["name"], (first.choice + 1) % len(CHOICES)
    again = booth.vote(place, secrets[place], ballot, other)
    refused(f"{name} votes again", contract, again, "AlreadyVoted")
    alias = Vote(first.proof, first.nullifier + R, first.choice)
    refused(f"{name} adds r to the nullifier of the vote", contract, alias, "WrongProof")
    refused(f"Somebody sends {name}'s vote to another ballot", another, first, "WrongProof")
    there = ballot_at(another.chain.chain_id, another.address)
    seen = booth.vote(place, secrets[place], there, first.choice)
    changed = Vote(seen.proof, seen.nullifier, other)
    refused(f"{name} votes there, and somebody changes the choice", another, changed, "WrongProof")
    without_proof(f"Somebody draws a secret in {name}'s place", booth, place, ballot)

    print()
    for choice, wish in enumerate(CHOICES):
        print(f"{contract.call('votes', choice)} for {wish}")
    print(f"\na proof: {max(seconds):.2f} s or less")
    print(f"a vote on the chain: {max(gas):,} gas or less")
    print(f"all of this: {time.perf_counter() - began:.0f} s")


def rows_of(name: str, *columns: str) -> list[dict[str, str]]:
    """Return the rows of a file in this folder. A row without one of the columns ends the run."""
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for line, row in enumerate(rows, 2):
        for column in columns:
            if row.get(column) is None:
                sys.exit(f"{name}, line {line}: no {column}. The first line names the columns.")
    return rows


def choice_of(voter: Mapping[str, str]) -> int:
    """Return the number of the choice that a voter has in voters.csv."""
    if voter["votes_for"] not in CHOICES:
        sys.exit(
            f"{voter['name']} votes for {voter['votes_for']}, which ballot.json does not have."
        )
    return int(CHOICES.index(voter["votes_for"]))


def deploy(booth: Booth) -> tuple[Contract, Contract]:
    """Deploy the verifier and two ballots, of which the second is for cheats to try."""
    chain = Chain.embedded()
    source = solidity_verifier(booth.key.verifying_key, "VoteVerifier")
    verifier = chain.deploy(compile_solidity(source), "VoteVerifier")
    compiled = compile_solidity((FOLDER / "Ballot.sol").read_text(encoding="utf-8"))
    given = (verifier.address, booth.tree.root, len(CHOICES))
    return chain.deploy(compiled, "Ballot", *given), chain.deploy(compiled, "Ballot", *given)


def refused(what: str, contract: Contract, vote: Vote, name: str) -> None:
    """Ask what becomes of a vote that the contract must refuse, with the error of this name."""
    try:
        contract.call("vote", *vote.arguments)
    except RevertError as error:
        if error.name != name:
            raise
        print(f"{what}: refused, {name}.")
    else:
        sys.exit(f"{what}: accepted, which is wrong.")


def without_proof(what: str, booth: Booth, place: int, ballot: int) -> None:
    """Try to prove a vote with a secret that is not on the register."""
    try:
        booth.vote(place, new_secret(), ballot, 0)
    except UnsatisfiedError as error:
        print(f"{what}: no proof, {error.message}.")
    else:
        sys.exit(f"{what}: proven, which is wrong.")


if __name__ == "__main__":
    try:
        main()
    except ZkpipeError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_status)
