"""A member who is not sanctioned gets in, and the door does not learn who it is.

    python examples/lists/demo.py

It plays the members of members.csv, those who try to get in without a right to, and the door, which
has nothing but the roots of the two lists and the verifying key.
"""

from __future__ import annotations

import csv
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lists import admitted, commitment_of, inputs_of, members_list, new_secret, sanctions_list

from zkpipe import (
    DEVELOPMENT,
    ConstraintSystem,
    Proof,
    ProvingKey,
    UnsatisfiedError,
    VerifyingKey,
    ZkpipeError,
    prove,
    setup,
    verify,
)
from zkpipe.verifier_contracts import Chain, calldata, compile_solidity, solidity_verifier

FOLDER = Path(__file__).resolve().parent


@dataclass(slots=True)
class Door:
    """Lets in who proves to be a member and not sanctioned, once in a session.

    The roots and the session are its own, never those that somebody brings with a proof.
    """

    key: VerifyingKey
    members: int
    sanctions: int
    session: int = field(default_factory=new_secret)
    marks: set[int] = field(default_factory=set)

    def answer(self, proof: Proof, mark: int) -> str:
        """Look at a proof and a mark, which are all that a member shows."""
        if not verify(self.key, proof, [mark, self.members, self.sanctions, self.session]):
            return "no, the proof is wrong here"
        if mark in self.marks:
            return "no, this member is in already"
        self.marks.add(mark)
        return "yes"


def main() -> None:
    """Make the lists, go to the door, try to get in without a right to."""
    began = time.perf_counter()
    people = rows_of("members.csv", "name", "document")
    barred = rows_of("sanctions.csv", "document")
    documents, sanctioned = ([row["document"] for row in rows] for rows in (people, barred))
    secrets = [new_secret() for _ in people]
    try:
        members = members_list(documents, map(commitment_of, secrets))
        sanctions = sanctions_list(sanctioned)
    except ValueError as error:
        sys.exit(f"members.csv or sanctions.csv: {error}.")
    print(f"{len(people)} persons are on the members' list, {len(barred)} on the sanctions list.")
    system = admitted.compile()
    key = setup(system, DEVELOPMENT)
    print(f"The circuit has {system.constraint_count:,} constraints. The keys are for development.")
    door = Door(key.verifying_key, members.root, sanctions.root)

    print()
    seconds, shown = list[float](), dict[int, tuple[Proof, int]]()
    for place, person in enumerate(people):
        inputs = inputs_of(members, sanctions, place, documents[place], secrets[place])
        start = time.perf_counter()
        try:
            shown[place] = show(system, key, door.session, inputs)
        except UnsatisfiedError as error:
            print(f"{person['name']}: no proof, {error.message}.")
            continue
        seconds.append(time.perf_counter() - start)
        answer = door.answer(*shown[place])
        print(f"{person['name']}: the door sees a proof and a mark, and says {answer}.")

    print()
    if not shown:
        sys.exit("Nobody has a proof, so there is nothing to copy.")
    place, (proof, mark) = next(iter(shown.items()))
    name = people[place]["name"]
    inputs = inputs_of(members, sanctions, place, documents[place], new_secret())
    without_proof(f"Somebody who knows {name}'s document, not the secret", system, door, inputs)
    print(f"{name} again: {door.answer(proof, mark)}.")
    if sanctioned:
        older = sanctions_list(sanctioned[1:])
        inputs = inputs_of(members, older, place, documents[place], secrets[place])
        answer = door.answer(*show(system, key, door.session, inputs))
        print(f"{name}, with an older sanctions list: {answer}.")
    tomorrow = Door(door.key, door.members, door.sanctions)
    print(f"A copy of {name}'s proof, in the next session: {tomorrow.answer(proof, mark)}.")

    source = solidity_verifier(key.verifying_key, "ListsVerifier")
    contract = Chain.embedded().deploy(compile_solidity(source), "ListsVerifier")
    public = [mark, door.members, door.sanctions, door.session]
    gas = contract.gas("verifyProof", *calldata(proof, public))
    print(f"\na proof: {max(seconds):.2f} s or less")
    print(f"its verification on a chain: {gas:,} gas")
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


def show(
    system: ConstraintSystem, key: ProvingKey, session: int, inputs: dict[str, Any]
) -> tuple[Proof, int]:
    """Make what a member shows in a session: a proof and a mark."""
    witness = system.solve(session=session, **inputs)
    return prove(key, witness), witness.public[0]


def without_proof(what: str, system: ConstraintSystem, door: Door, inputs: dict[str, Any]) -> None:
    """Try inputs that have no proof."""
    try:
        system.solve(session=door.session, **inputs)
    except UnsatisfiedError as error:
        print(f"{what}: no proof, {error.message}.")
    else:
        sys.exit(f"{what}: there is a proof, which is wrong.")


if __name__ == "__main__":
    try:
        main()
    except ZkpipeError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_status)
