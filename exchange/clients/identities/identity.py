"""Identities: who owns them, who acts for them, and what they say of themselves.

    parse_did("did:ethr:0x539:0x..", chain_id)       # its address
    identity_of(view, address)                       # what the registry tells

Every address is an identity that owns itself, did:ethr. An asset is the address in a lineage's id.
All of an identity but its owner and its delegates stands in events only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zkpipe.exchange.clients.identities.documents import document_of
from zkpipe.exchange.clients.repeats import topic
from zkpipe.exchange.clients.view import View
from zkpipe.exchange.errors import IdentityError
from zkpipe.exchange.index.events import Event
from zkpipe.verifier_contracts.abi import address_of

REGISTRY = "IdentityRegistry"
GIVEN_UP = "0x0000000000000000000000000000000000000001"  # the owner of what nobody acts for

_DID = re.compile(r"did:ethr:(?:(0x(?:0|[1-9a-f][0-9a-f]{0,63})):)?(0x[0-9a-fA-F]{40})")
_ADDRESS = re.compile("0x[0-9a-fA-F]{40}")
_LINEAGE = re.compile("0x[0-9a-fA-F]{64}")
_FORM = "Give did:ethr:0xCHAIN:0xADDRESS, an address, or the id of a lineage."


@dataclass(frozen=True, slots=True)
class Delegate:
    """Who acts for an identity, and until when; seconds since 1970."""

    kind: bytes
    delegate: str
    valid_to: int


@dataclass(frozen=True, slots=True)
class Attribute:
    """What an identity says of itself until a time, seconds since 1970; anyone's bytes."""

    name: bytes
    value: bytes
    valid_to: int


@dataclass(frozen=True, slots=True)
class Identity:
    """An identity after the last block.

    owner       an address; None if nobody acts for it any more
    delegates   that count now
    attributes  that count now
    history     all changes, the first first: events of IdentityRegistry
    document    the DID document, as resolvers make it
    """

    did: str
    address: str
    owner: str | None
    is_asset: bool
    delegates: tuple[Delegate, ...]
    attributes: tuple[Attribute, ...]
    history: tuple[Event, ...]
    document: Mapping[str, Any]


def did_of(chain_id: int, address: str) -> str:
    """The DID of an address."""
    return f"did:ethr:{hex(chain_id)}:{address}"


def parse_did(text: str, chain_id: int) -> str:
    """The address of a DID, of an address, or of a lineage, whose asset it is; with its checksum.

    Raises IdentityError if it is none of these, or of another chain.
    """
    if _LINEAGE.fullmatch(text):
        return _checked(f"0x{text[26:].lower()}")
    match = _DID.fullmatch(text)
    if match is None:
        if not _ADDRESS.fullmatch(text):
            raise IdentityError("This is no identity of did:ethr.", _FORM)
        return _checked(text)
    named = int(match[1] or "0x1", 16)  # Ethereum's main chain has no name in a DID
    if named != chain_id:
        raise IdentityError(
            f"The identity is on chain {named}; the exchange is on chain {chain_id}.",
            f"Give did:ethr:{hex(chain_id)}:{match[2]} if that is meant.",
        )
    return _checked(match[2])


def _checked(text: str) -> str:
    address = address_of(text)
    if address is None:
        raise IdentityError(
            f"{text} does not have the capitals of its checksum: a digit may be wrong.",
            "Compare it with its source.",
        )
    if int(address, 16) <= 1:
        raise IdentityError(f"{address} is nobody's identity.", _FORM)
    return address


def identity_of(view: View, address: str) -> Identity:
    """What the registry tells of an identity. Raises what View.latest raises."""
    now = view.now
    with view.moment() as state:
        history = tuple(view.index.events_of(REGISTRY, first=topic(address)))
        row = state.row("subjects", address)
        delegates = state.rows("delegates", subject=address)
        attributes = state.rows("attributes", subject=address)
    owner = address if row is None else str(row["owner"])
    did = did_of(view.manifest.chain_id, address)
    return Identity(
        did=did,
        address=address,
        owner=None if owner == GIVEN_UP else owner,
        is_asset=bool(row and row["is_asset"]),
        delegates=tuple(
            Delegate(bytes.fromhex(one["kind"][2:]), str(one["delegate"]), int(one["valid_to"]))
            for one in delegates
            if int(one["valid_to"]) > now
        ),
        attributes=tuple(
            Attribute(
                bytes.fromhex(one["name"][2:]),
                bytes.fromhex(one["value"][2:]),
                int(one["valid_to"]),
            )
            for one in attributes
            if int(one["valid_to"]) > now
        ),
        history=history,
        document=document_of(did, address, view.manifest.chain_id, history, now),
    )
