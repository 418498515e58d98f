"""A group of proven rows that goes to a contract in one transaction, and its journal entries.

The transaction stands in the journal before a node sees it, with its nonce and, where it is signed
here, its hash: at most one transaction is mined in its place, whatever happens. What becomes of it
is a further entry.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zkpipe.jobs.batch.journal import Entry, Kind
from zkpipe.verifier_contracts.transactions.begun import Begun
from zkpipe.verifier_contracts.transactions.terms import Fees

Members = tuple[tuple[int, bytes], ...]  # rows with their identities
ENDS = (Kind.SUBMITTED, Kind.REVERTED, Kind.UNSENT)
KINDS = (Kind.SUBMITTING, *ENDS)


@dataclass(frozen=True, slots=True)
class Group:
    """A group as the journal has it.

    number       from 0
    kind         of its last entry: one of KINDS
    count        rows
    statements   keccak256 of all public values, 0x and hexadecimal: what the contract's event says
    begun        its transaction; the data are left out once it has ended
    transaction  the hash of the one that was mined; None while that is not known
    block, gas   of that
    """

    number: int
    kind: Kind
    count: int
    statements: str
    begun: Begun
    transaction: str | None = None
    block: int | None = None
    gas: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether its transaction may be mined yet, or was and nobody has looked."""
        return self.kind is Kind.SUBMITTING


def began(number: int, members: Members, statements: str, begun: Begun) -> Entry:
    """The entry before a group's transaction is sent for the first time."""
    rows = [[row, identity.hex()] for row, identity in members]
    detail = {"group": number, "rows": rows, "statements": statements, "begun": _json(begun)}
    return Entry(Kind.SUBMITTING, detail=json.dumps(detail), result=bytes.fromhex(begun.data[2:]))


def changed(number: int, begun: Begun) -> Entry:
    """The entry for another hash, or other fees, of a group's transaction."""
    return Entry(Kind.SUBMITTING, detail=json.dumps({"group": number, "begun": _json(begun)}))


def ended(kind: Kind, number: int, facts: Mapping[str, Any] | None = None) -> Entry:
    """The entry for what became of a group: SUBMITTED, REVERTED or UNSENT.

    facts  the transaction, its block, its gas
    """
    return Entry(kind, detail=json.dumps({"group": number, **(facts or {})}))


def group_of(entry: Entry, before: Group | None) -> Group:
    """The group after an entry; `before` is the same group, or None for a new one."""
    told = json.loads(entry.detail)
    if before is None:
        begun = _begun(told["begun"], f"0x{entry.result.hex()}")
        return Group(told["group"], entry.kind, len(told["rows"]), told["statements"], begun)
    if entry.kind is Kind.SUBMITTING:
        return replace(before, begun=_begun(told["begun"], before.begun.data))
    return replace(
        before,
        kind=entry.kind,
        begun=replace(before.begun, data="0x"),
        transaction=told.get("transaction"),
        block=told.get("block"),
        gas=told.get("gas"),
    )


def members_of(entry: Entry) -> Members:
    """The rows of the group that an entry begins; none for any other entry."""
    rows: Sequence[tuple[int, str]] = json.loads(entry.detail).get("rows", ())
    return tuple((row, bytes.fromhex(identity)) for row, identity in rows)


def number_of(entry: Entry) -> int:
    """The number of the group that an entry is about."""
    return int(json.loads(entry.detail)["group"])


def _json(begun: Begun) -> dict[str, Any]:
    return {
        "chain_id": begun.chain_id,
        "account": begun.account,
        "nonce": begun.nonce,
        "to": begun.to,
        "gas": begun.gas,
        "most": begun.fees.most,
        "priority": begun.fees.priority,
        "block": begun.block,
        "hashes": list(begun.hashes),
    }


def _begun(told: Mapping[str, Any], data: str) -> Begun:
    return Begun(
        chain_id=told["chain_id"],
        account=told["account"],
        nonce=told["nonce"],
        to=told["to"],
        data=data,
        value=0,
        gas=told["gas"],
        fees=Fees(told["most"], told["priority"]),
        block=told["block"],
        hashes=tuple(told["hashes"]),
    )
