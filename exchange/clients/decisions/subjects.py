"""What ids in a decision stand for: whoever signs sees the thing, and makes the id of it himself.

    Record      a circuit that the council approves or retires
    Template    a template whose issuers the council names
    Statement   an entry of the ledger that its confirmers sign

A file of an action holds these in the places of their ids.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zkpipe.exchange.clients.facts import id_in, record_of, row_of
from zkpipe.exchange.clients.view import View
from zkpipe.exchange.errors import SignatureError, StructError, UnknownSubjectError
from zkpipe.exchange.ids import chained_entry, loose_entry, template_id
from zkpipe.exchange.index import State
from zkpipe.exchange.structs import Address, Bytes32, Record, Struct, Uint64, Uint256

LEDGER, CREDENTIALS = "EvidenceLedger", "CredentialRegistry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template(Struct):
    """A template of CredentialRegistry."""

    doc: Bytes32
    circuit: Bytes32
    predicate: Uint256


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Struct):
    """What an entry of the ledger says: its id is a digest of this.

    sequence  its number in the asset's chain; 0 if it is not chained
    digest    of a file: see ids.file_digest and ids.opening_digest
    parents   entries that it follows from, if it is not chained: else they are not in the id
    author    who added it

    Its stage is in no id, so it is not here.
    """

    asset: Address
    sequence: Uint64 = 0
    digest: Bytes32
    parents: tuple[Bytes32, ...] = ()
    author: Address

    def __post_init__(self) -> None:
        Struct.__post_init__(self)  # super() would look for the class before its slots
        if self.sequence and self.parents:
            raise StructError(
                "A chained entry is named by its number, and not by its parents.",
                "Leave the parents out.",
            )


SUBJECTS: Mapping[tuple[str, str, str], type[Record | Template | Statement]] = {
    ("CircuitRegistry", "approve", "id"): Record,
    ("CircuitRegistry", "retire", "id"): Record,
    (CREDENTIALS, "deprecate", "t"): Template,
    (CREDENTIALS, "setIssuer", "t"): Template,
    (LEDGER, "confirm", "entry"): Statement,
}


def id_of(subject: Struct, chain_id: int, addresses: Mapping[str, str]) -> bytes | int:
    """The id of a subject in an exchange, as its contract takes it."""
    if isinstance(subject, Record):
        return subject.circuit
    if isinstance(subject, Template):
        words = subject.doc, subject.circuit, subject.predicate
        return template_id(chain_id, addresses[CREDENTIALS], *words)
    assert isinstance(subject, Statement)  # noqa: S101 # one of SUBJECTS
    place = chain_id, addresses[LEDGER], subject.asset
    if subject.sequence:
        return chained_entry(*place, subject.sequence, subject.digest, subject.author)
    return loose_entry(*place, subject.parents, subject.digest, subject.author)


def with_subjects(
    view: View, contract: str, function: str, names: Sequence[str], arguments: Sequence[Any]
) -> tuple[Any, ...]:
    """The arguments of a call, with the things in the places of their ids, as the chain tells them.

    names  of the arguments, in their order

    Raises UnknownSubjectError for an id that the exchange does not know; SignatureError if what the
    index has is not what the id is of.
    """
    found = []
    for name, value in zip(names, arguments, strict=False):
        kind = SUBJECTS.get((contract, function, name))
        if kind is None or isinstance(value, Struct):
            found.append(value)
            continue
        subject = _subject(view.latest, kind, value)
        if id_of(subject, view.manifest.chain_id, view.manifest.addresses) != value:
            raise SignatureError(
                f"What the home's index has of the {kind.__name__.lower()} is not what its id is "
                "of.",
                "Make the index anew: `zkpipe exchange index --rebuild`.",
            )
        found.append(subject)
    return (*found, *arguments[len(found) :])


def _subject(state: State, kind: type[Struct], value: Any) -> Struct:
    if kind is Record:
        return record_of(row_of(state, "circuits", "circuit", value))
    if kind is Template:
        row = state.row("templates", str(value))
        if row is None:
            raise UnknownSubjectError(
                f"The exchange knows no template {value}, up to block {state.block:,}.",
                "Check the number, which the event TemplateDefined tells.",
            )
        return Template(
            doc=id_in(row["doc"]), circuit=id_in(row["circuit"]), predicate=int(row["predicate"])
        )
    row = row_of(state, "entries", "entry", value)
    is_chained = bool(row["sequence"])
    return Statement(
        asset=row["asset"],
        sequence=row["sequence"],
        digest=id_in(row["digest"]),
        parents=() if is_chained else tuple(map(id_in, json.loads(row["parents"]))),
        author=row["author"],
    )
