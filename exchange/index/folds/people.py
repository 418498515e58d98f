"""Identities, and points: IdentityRegistry and Settlement."""

from __future__ import annotations

from typing import Any

from zkpipe.exchange.index.events import Event
from zkpipe.exchange.index.rows import Rows
from zkpipe.exchange.structs import NOBODY

DEACTIVATED = "0x0000000000000000000000000000000000000001"  # what the contract keeps for 0


def _changed(rows: Rows, event: Event, **values: Any) -> None:
    """A subject owns itself until it says otherwise."""
    subject = event.said["identity"]
    fresh = {"subject": subject, "owner": subject, "is_asset": 0}
    row = rows.find("subjects", subject) or fresh
    rows.put("subjects", event.block, {**row, "changed": event.block, **values})


def owner_changed(rows: Rows, event: Event) -> None:
    """A subject has another owner; 0 deactivates it."""
    owner = event.said["owner"]
    _changed(rows, event, owner=DEACTIVATED if owner == NOBODY else owner)


def delegate_changed(rows: Rows, event: Event) -> None:
    """A delegate counts until another time."""
    said = event.said
    _changed(rows, event)
    row = {"subject": said["identity"], "kind": said["delegateType"]}
    row |= {"delegate": said["delegate"], "valid_to": said["validTo"]}
    rows.put("delegates", event.block, row)


def attribute_changed(rows: Rows, event: Event) -> None:
    """A value of an attribute counts until another time; 0 revokes it."""
    said = event.said
    _changed(rows, event)
    row = {"subject": said["identity"], "name": said["name"], "value": said["value"]}
    rows.put("attributes", event.block, row | {"valid_to": said["validTo"]})


def _add(rows: Rows, event: Event, name: str, key: dict[str, Any], points: int) -> None:
    """Add points to a row that may not be there; below 0 there are none."""
    found = rows.find(name, *key.values())
    before = 0 if found is None else int(found["points"])
    if before + points < 0:
        raise LookupError(f"{name} {key}")
    rows.put(name, event.block, {**(found or {}), **key, "points": before + points})


def issued(rows: Rows, event: Event) -> None:
    """The council issues points."""
    said = event.said
    _add(rows, event, "balances", {"holder": said["to"]}, said["n"])
    _add(rows, event, "issues", {"settlement": event.address}, said["n"])


def allowed(rows: Rows, event: Event) -> None:
    """A holder lets a board lock so many points."""
    said = event.said
    row = {"holder": said["holder"], "board": said["board"], "points": said["n"]}
    rows.put("allowances", event.block, row)


def locked(rows: Rows, event: Event) -> None:
    """A board locks a holder's points."""
    said = event.said
    if said["n"]:
        _add(rows, event, "balances", {"holder": said["who"]}, -said["n"])
        key = {"holder": said["who"], "board": said["board"]}
        _add(rows, event, "allowances", key, -said["n"])
    row = {"board": said["board"], "key": said["key"], "payer": said["who"], "points": said["n"]}
    rows.put("escrows", event.block, row)


def paid(rows: Rows, event: Event) -> None:
    """A board pays locked points."""
    said = event.said
    _released(rows, event)
    _add(rows, event, "earnings", {"board": said["board"], "holder": said["who"]}, said["n"])


def refunded(rows: Rows, event: Event) -> None:
    """A board gives locked points back."""
    _released(rows, event)


def _released(rows: Rows, event: Event) -> None:
    said = event.said
    key = {"board": said["board"], "key": said["key"]}
    if rows.find("escrows", *key.values()) is not None:  # anybody pays 0 of what was never locked
        _add(rows, event, "escrows", key, -said["n"])
    _add(rows, event, "balances", {"holder": said["who"]}, said["n"])
