"""The circuit `shows_country`: a signed statement, of which one field and one fact are shown.

    python examples/statement/demo.py                 the whole way
    zkpipe lint examples/statement/statement.py       that the inputs determine every value

An employer signs a statement: name, date of birth, country, salary. Its holder shows the country,
and that the salary reaches a limit, to a bank that knows the employer's public key. The name, the
date, the salary and the signature stay private.

The holder draws a salt. The employer signs its hash, and never learns the salt. A proof needs the
salt, so nobody else can prove with the statement: neither a thief of it nor the employer.

The proof shows the holder's mark for one session. So it is valid in that session only.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zkpipe import Field, Point, Private, Public, UInt, check, circuit
from zkpipe.circuits.gadgets import Signature, eddsa_verify, poseidon, poseidon_sponge


@dataclass(frozen=True)
class Statement:
    """What the employer signs.

    name     text, as a number
    born     year, month and day as one number, such as 19840312
    country  two letters, as a number
    salary   a year, in whole euros
    owner    the hash of the holder's salt
    """

    name: Field
    born: UInt[27]
    country: UInt[16]
    salary: UInt[32]
    owner: Field


@circuit
def shows_country(
    issuer: Public[Point],
    least_salary: Public[UInt[32]],
    session: Public[Field],
    statement: Private[Statement],
    salt: Private[Field],
    signature: Private[Signature],
) -> tuple[Public[UInt[16]], Public[Field]]:
    """The issuer stated this country and such a salary of the holder, whose mark this is."""
    check(eddsa_verify(issuer, signature, digest_of(statement)), "the issuer did not sign this")
    check(owner_of(salt) == statement.owner, "the statement is not of who has this salt")
    check(statement.salary >= least_salary, "the salary is below the limit")
    return statement.country, mark_of(salt, session)


def number_of(text: str) -> int:
    """Return a text as a number. Raises ValueError for one of more than 31 bytes in UTF-8."""
    data = text.encode()
    if not 0 < len(data) <= 31 or "\0" in text:
        raise ValueError("a text has 1 to 31 bytes in UTF-8, none of them 0")
    return int.from_bytes(data, "big")


def text_of(number: int) -> str:
    """Return the text of a number that `number_of` made."""
    return number.to_bytes(31, "big").lstrip(b"\0").decode()


KIND = number_of("statement of employment 1")  # a key may sign other things, too


def digest_of(statement: Any) -> Any:
    """Return what the employer signs: a hash of all fields, and of the kind of statement."""
    return poseidon_sponge([KIND, statement])


def owner_of(salt: Any) -> Any:
    """Return what the holder tells the employer of the salt."""
    return poseidon([salt])


def mark_of(salt: Any, session: Any) -> Any:
    """Return what the holder shows of the salt in a session."""
    return poseidon([salt, session])


def new_salt() -> int:
    """Return a number that nobody can guess: 253 random bits, which a field element can hold."""
    return secrets.randbits(253)


def statement_of(row: Mapping[str, str], owner: int) -> Statement:
    """Return the statement of a row of people.csv."""
    return Statement(
        name=number_of(row["name"]),
        born=int(row["born"].replace("-", "")),
        country=number_of(row["country"]),
        salary=int(row["salary"]),
        owner=owner,
    )
