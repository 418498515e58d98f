"""A signed statement of which one field is shown, and one fact.

    python examples/statement/demo.py

It plays an employer, the persons of people.csv, those who cheat, and a bank, which has nothing but
the employer's public key and the verifying key.
"""

from __future__ import annotations

import csv
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from statement import (
    Statement,
    digest_of,
    new_salt,
    owner_of,
    shows_country,
    statement_of,
    text_of,
)

from zkpipe import (
    DEVELOPMENT,
    ConstraintSystem,
    Point,
    Proof,
    ProvingKey,
    UnsatisfiedError,
    VerifyingKey,
    ZkpipeError,
    prove,
    setup,
    verify,
)
from zkpipe.circuits.gadgets import Signature
from zkpipe.circuits.gadgets.baby_jubjub import PrivateKey, sign
from zkpipe.verifier_contracts import Chain, calldata, compile_solidity, solidity_verifier

FOLDER = Path(__file__).resolve().parent
LEAST_SALARY = 36_000


@dataclass(frozen=True, slots=True)
class Holder:
    """A person with a signed statement; the salt is theirs alone."""

    statement: Statement
    signature: Signature
    salt: int

    def show(
        self, system: ConstraintSystem, key: ProvingKey, issuer: Point, session: int
    ) -> tuple[Proof, int, int]:
        """Make what is shown: a proof, the country, the mark. Raises UnsatisfiedError."""
        witness = system.solve(
            issuer=issuer,
            least_salary=LEAST_SALARY,
            session=session,
            statement=self.statement,
            salt=self.salt,
            signature=self.signature,
        )
        return prove(key, witness), witness.public[0], witness.public[1]


@dataclass(frozen=True, slots=True)
class Bank:
    """Asks for a country, and for a salary that reaches the limit.

    The issuer's key, the limit and the session are its own, never those that a person brings.
    """

    key: VerifyingKey
    issuer: Point
    session: int = field(default_factory=new_salt)

    def public(self, country: int, mark: int) -> list[int]:
        """The public values that a proof must be of."""
        return [country, mark, self.issuer.x, self.issuer.y, LEAST_SALARY, self.session]

    def answer(self, proof: Proof, country: int, mark: int) -> str:
        """Look at what a person shows."""
        if not verify(self.key, proof, self.public(country, mark)):
            return "no, the proof is wrong here"
        return f"yes, somebody in {text_of(country)} with {LEAST_SALARY:,} or more"


def main() -> None:
    """Sign, show, cheat."""
    began = time.perf_counter()
    employer = PrivateKey.generate()
    people = rows_of("people.csv", "name", "born", "country", "salary")
    try:
        holders = [issued(employer, row) for row in people]
    except ValueError as error:
        sys.exit(f"people.csv: {error}.")
    print(f"The employer signs statements of {len(people)} persons: {', '.join(people[0])}.")
    system = shows_country.compile()
    key = setup(system, DEVELOPMENT)
    print(f"The circuit has {system.constraint_count:,} constraints. The keys are for development.")
    bank = Bank(key.verifying_key, employer.public_key)
    print(f"A bank asks for the country, and for a salary of {LEAST_SALARY:,} or more.\n")

    seconds, shown = list[float](), dict[int, tuple[Proof, int, int]]()
    for place, (row, holder) in enumerate(zip(people, holders, strict=True)):
        start = time.perf_counter()
        try:
            shown[place] = holder.show(system, key, bank.issuer, bank.session)
        except UnsatisfiedError as error:
            print(f"{row['name']}: no proof, {error.message}.")
            continue
        seconds.append(time.perf_counter() - start)
        print(f"{row['name']} shows a proof. The bank says {bank.answer(*shown[place])}.")

    print()
    if not shown:
        sys.exit("Nobody has a proof, so there is nothing to copy.")
    place, (proof, country, mark) = next(iter(shown.items()))
    first, name = holders[place], people[place]["name"]
    raised = replace(first, statement=replace(first.statement, salary=first.statement.salary + 1))
    without_proof(f"{name} changes the statement", system, key, bank, raised)
    without_proof("The employer, without the salt", system, key, bank, replace(first, salt=0))
    other = PrivateKey.generate()
    own = issued(other, people[place]).show(system, key, other.public_key, bank.session)
    print(f"{name} signs a statement alone. The bank says {bank.answer(*own)}.")
    print(f"{name} shows another country. The bank says {bank.answer(proof, country + 1, mark)}.")
    another = Bank(bank.key, bank.issuer)
    print(
        f"The bank shows the proof to another bank. It says {another.answer(proof, country, mark)}."
    )

    source = solidity_verifier(key.verifying_key, "StatementVerifier")
    contract = Chain.embedded().deploy(compile_solidity(source), "StatementVerifier")
    gas = contract.gas("verifyProof", *calldata(proof, bank.public(country, mark)))
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


def issued(employer: PrivateKey, row: dict[str, str]) -> Holder:
    """Let the holder draw a salt, and the employer sign."""
    salt = new_salt()
    statement = statement_of(row, owner_of(salt))
    return Holder(statement, sign(employer, digest_of(statement)), salt)


def without_proof(
    what: str, system: ConstraintSystem, key: ProvingKey, bank: Bank, holder: Holder
) -> None:
    """Try what has no proof."""
    try:
        holder.show(system, key, bank.issuer, bank.session)
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
