"""Structs and ids, read again from the index: contracts keep only their digests.

terms_of      the Terms of a grant
spec_of       the JobSpec of a job
record_of     the Record of a circuit
policy_of     the Policy of a lineage
id_in         the bytes of an id, which stands as text in the index
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

from zkpipe.exchange.errors import UnknownSubjectError
from zkpipe.exchange.index import State
from zkpipe.exchange.structs import JobSpec, Policy, Record, Step, Struct, Terms
from zkpipe.prover import Provenance

S = TypeVar("S", bound=Struct)
Row = dict[str, Any]

WORDS = frozenset(  # fields of structs that are bytes32
    {
        *("schema_hash", "doc_hash", "approvers"),
        *("codehash", "key_digest", "r1cs_hash", "source_hash", "ceremony_hash"),
        *("lineage", "circuit", "doc"),
    }
)


def row_of(state: State, table: str, what: str, key: bytes, *more: int) -> Row:
    """The row of an id, and of numbers behind it in the key.

    Raises UnknownSubjectError; `what` stands in it, such as "grant".
    """
    row = state.row(table, key, *more)
    if row is None:
        raise UnknownSubjectError(
            f"The exchange knows no {what} 0x{key.hex()}, up to block {state.block:,}.",
            "Check the id. If it is new, wait until it is final and try again.",
        )
    return row


def terms_of(row: Row) -> Terms:
    """Of a row of `grants`."""
    return _struct(Terms, row)


def record_of(row: Row) -> Record:
    """Of a row of `circuits`."""
    return _struct(Record, row)


def policy_of(row: Row) -> Policy:
    """Of a row of `lineages`."""
    return _struct(Policy, row)


def spec_of(state: State, row: Row) -> JobSpec:
    """Of a row of `jobs`, whose steps and grants are in the same state."""
    steps = tuple(
        Step(
            terms=terms_of(row_of(state, "grants", "grant", id_in(step["grant_id"]))),
            submitter=step["submitter"],
            root=id_in(step["root"]),
        )
        for step in state.rows("steps", job=row["job"])
    )
    return _struct(JobSpec, row, steps=steps)


def id_in(text: str) -> bytes:
    """The bytes of an id as the index has it: 0x and hexadecimal."""
    return bytes.fromhex(text.removeprefix("0x"))


def _struct(cls: type[S], row: Row, **given: Any) -> S:
    values = {
        field.name: id_in(row[field.name]) if field.name in WORDS else _number(row[field.name])
        for field in fields(cls)  # type: ignore[arg-type] # each is a dataclass
        if field.name not in given
    }
    flags = {n for n in ("keyed", "floor_safe", "development") if n in values}
    return cls(**{n: bool(v) if n in flags else v for n, v in values.items()}, **given)


def _number(value: Any) -> Any:
    """Wide numbers are decimal texts; addresses are texts as they are."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def provenance_word(number: int) -> str:
    """What PROVENANCE() of a circuit's verifier says of the key, in a word.

    It is what whoever generated the verifier said. "none" is of a verifier that does not say it.
    """
    if number == 0:
        return "none"
    known = {int(one): one.word for one in Provenance}
    return known.get(number, f"number {number}")
