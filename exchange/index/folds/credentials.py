"""Templates of credentials, who issues them, and who is enrolled: CredentialRegistry."""

from __future__ import annotations

import json

from zkpipe.exchange.index.events import Event
from zkpipe.exchange.index.rows import Row, Rows
from zkpipe.exchange.states import TemplateState
from zkpipe.exchange.structs import NOBODY


def defined(rows: Rows, event: Event) -> None:
    """The council defines a template."""
    said = event.said
    row = {"template": said["t"], "doc": said["doc"], "circuit": said["circuit"]}
    row |= {"predicate": said["predicate"], "state": TemplateState.CURRENT}
    rows.put("templates", event.block, row)


def deprecated(rows: Rows, event: Event) -> None:
    """Nobody is enrolled under a template any more."""
    rows.change("templates", event.block, _word(event, "t"), state=TemplateState.DEPRECATED)


def _word(event: Event, name: str) -> str:
    """A number of 256 bits as rows are found by it."""
    return str(event.said[name])


def _issuer(rows: Rows, event: Event) -> Row:
    key = _word(event, "t"), _word(event, "issuer")
    fresh = {"template": key[0], "issuer": key[1], "account": NOBODY, "root": 0, "revoked": "[]"}
    return rows.find("issuers", *key) or fresh


def issuer_set(rows: Rows, event: Event) -> None:
    """The council names an issuer's account, or takes it away."""
    account = event.said["account"] if event.said["on"] else NOBODY
    rows.put("issuers", event.block, _issuer(rows, event) | {"account": account})


def revocation_set(rows: Rows, event: Event) -> None:
    """An issuer's tree has another root; the row has all indices that were ever revoked."""
    row = _issuer(rows, event)
    revoked = [*map(int, json.loads(row["revoked"])), *event.said["revoked"]]
    values = {"root": event.said["root"], "revoked": revoked}
    rows.put("issuers", event.block, row | values)


def enrolled(rows: Rows, event: Event) -> None:
    """An account showed a credential; nobody else can with the same one, until it ends."""
    said, template = event.said, _word(event, "t")
    row = {"template": template, "account": said["account"], "issuer": said["issuer"]}
    row |= {"root": said["root"], "valid_to": said["validTo"]}
    rows.put("enrolments", event.block, row)
    row = {"template": template, "nullifier": said["nullifier"], "account": said["account"]}
    rows.put("nullifiers", event.block, row | {"until": said["validTo"]})
