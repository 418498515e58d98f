"""An identity as `identity show` tells it. Its names and values are anyone's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpipe.cli.commands.exchange.showing import foreign, foreign_facts, moment, number
from zkpipe.cli.console.answer import Fact

if TYPE_CHECKING:
    from zkpipe.exchange.clients.identities.identity import Identity
    from zkpipe.exchange.index.events import Event

SHOWN = 10  # changes of the history; --json has all


def facts_of(found: Identity) -> dict[str, Fact]:
    """For machines: all of it."""
    return {
        "did": found.did,
        "address": found.address,
        "owner": found.owner,
        "asset": found.is_asset,
        "delegates": [
            {
                "kind": foreign_facts(one.kind.rstrip(b"\0")),
                "delegate": one.delegate,
                "valid_to": number(one.valid_to),
            }
            for one in found.delegates
        ],
        "attributes": [
            {
                "name": foreign_facts(one.name.rstrip(b"\0")),
                "value": foreign_facts(one.value),
                "valid_to": number(one.valid_to),
            }
            for one in found.attributes
        ],
        "history": [_change_facts(event) for event in found.history],
        "document": found.document,
    }


def _change_facts(event: Event) -> dict[str, Fact]:
    said = {key: value for key, value in event.said.items() if key != "identity"}
    return {
        "event": event.name,
        "block": event.block,
        "time": event.time,
        **{
            key: foreign_facts(value.rstrip(b"\0") if key != "value" else value)
            if isinstance(value, bytes)
            else number(value)
            if isinstance(value, int)
            else str(value)
            for key, value in said.items()
        },
    }


def rows_of(found: Identity) -> list[tuple[str, object]]:
    """For people: what counts now, and the last changes."""
    rows: list[tuple[str, object]] = [
        ("identity", found.did),
        ("owner", found.owner or "nobody: it was given up, and nobody acts for it again"),
    ]
    if found.is_asset:
        rows.append(("kind", "a data asset"))
    rows += [
        (
            "delegate",
            f"{foreign(one.kind.rstrip(bytes(1)))} {one.delegate} until {moment(one.valid_to)}",
        )
        for one in found.delegates
    ]
    rows += [
        (
            "attribute",
            f"{foreign(one.name.rstrip(bytes(1)))} {foreign(one.value)} until "
            f"{moment(one.valid_to)}",
        )
        for one in found.attributes
    ]
    before = len(found.history) - SHOWN
    if before > 0:
        rows.append(("changes", f"{before:,} earlier ones; --json has all"))
    return rows + [("change", _change(event)) for event in found.history[-SHOWN:]]


def _change(event: Event) -> str:
    said = event.said
    if event.name == "DIDOwnerChanged":
        what = f"owner {said['owner']}"
    elif event.name == "DIDDelegateChanged":
        kind = foreign(said["delegateType"].rstrip(b"\0"))
        ends = said["validTo"] <= event.time
        what = f"delegate {kind} {said['delegate']} {'ended' if ends else 'named'}"
    else:
        name = foreign(said["name"].rstrip(b"\0"))
        what = f"attribute {name} {'withdrawn' if not said['validTo'] else 'stated'}"
    return f"block {event.block:,}: {what}"
