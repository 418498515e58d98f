"""Changes of an identity, for its owner: attributes, delegates, and another owner.

set_attribute(session, address, "did/svc/Site", b"https://..", seconds)
hand_over(session, address, to)

Each can be made again once it was undone, and is sent once each time (clients.repeats).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from zkpipe.exchange.clients.identities.identity import GIVEN_UP, REGISTRY
from zkpipe.exchange.clients.repeats import Change, begun, repeat, topic
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.errors import IdentityError
from zkpipe.exchange.index.events import Event
from zkpipe.exchange.words import NOBODY
from zkpipe.verifier_contracts import Receipt

KINDS = ("zkpipe/prover", "zkpipe/ledger", "veriKey", "sigAuth")
LONGEST_VALUE = 1 << 13  # bytes of an attribute that is set here: it costs gas by the byte
LONGEST_TERM = 100 * 366 * 86_400  # seconds
ATTRIBUTE, DELEGATE, OWNER = "DIDAttributeChanged", "DIDDelegateChanged", "DIDOwnerChanged"
_NAME = re.compile("[!-~]{1,32}")  # of an attribute: ASCII that is seen


def set_attribute(
    session: Session, address: str, name: str, value: bytes, seconds: int
) -> Receipt | None:
    """State an attribute, for some seconds from the block on.

    name   of 1 to 32 ASCII letters, digits and signs
    value  of at most 8,192 bytes; everybody can read it

    Raises IdentityError, and what Session.send raises.
    """
    key, data = _name(name), _value(value)

    def is_it(event: Event) -> bool:
        return _is_attribute(event, key, data) and event.said["validTo"] > 0

    arguments = address, key, data, _term(seconds)
    return _made(session, _change("setAttribute", arguments, ATTRIBUTE, is_it))


def remove_attribute(session: Session, address: str, name: str, value: bytes) -> Receipt | None:
    """Withdraw an attribute. Raises IdentityError, also if it does not count now."""
    key, data = _name(name), _value(value)

    def is_it(event: Event) -> bool:
        return _is_attribute(event, key, data) and event.said["validTo"] == 0

    change = _change("revokeAttribute", (address, key, data), ATTRIBUTE, is_it)
    if begun(session, change) is None:
        row = session.latest.row("attributes", address, key, data)
        if row is None or int(row["valid_to"]) <= session.now:
            raise IdentityError(
                f"{address} has no attribute of this name and value now.",
                "`zkpipe identity show` lists its attributes.",
            )
    return _made(session, change)


def add_delegate(
    session: Session, address: str, kind: str, delegate: str, seconds: int
) -> Receipt | None:
    """Let an address act for an identity, for some seconds from the block on.

    kind  one of KINDS

    Raises IdentityError, and what Session.send raises.
    """
    key = _kind(kind)
    if kind.startswith("zkpipe/") and session.call(REGISTRY, "isAsset", address):
        raise IdentityError(
            f"{address} is a data asset: the contracts look for {kind} at its owner's identity.",
            "Name the delegate for your own identity; he acts for all assets that you own.",
        )

    def is_it(event: Event) -> bool:
        return _is_delegate(event, key, delegate) and event.said["validTo"] > event.time

    arguments = address, key, delegate, _term(seconds)
    return _made(session, _change("addDelegate", arguments, DELEGATE, is_it))


def remove_delegate(session: Session, address: str, kind: str, delegate: str) -> Receipt | None:
    """End a delegation at once. Raises IdentityError, also if it does not count now."""
    key = _kind(kind)

    def is_it(event: Event) -> bool:
        return _is_delegate(event, key, delegate) and event.said["validTo"] <= event.time

    change = _change("revokeDelegate", (address, key, delegate), DELEGATE, is_it)
    if begun(session, change) is None:
        until = int(session.call(REGISTRY, "delegates", address, key, delegate))
        if until <= session.now:
            raise IdentityError(
                f"{delegate} is no delegate of {address} for {kind} now.",
                "`zkpipe identity show` lists its delegates.",
            )
    return _made(session, change)


def hand_over(session: Session, address: str, to: str) -> Receipt | None:
    """Hand an identity over, in one step that only the new owner can take back.

    Raises IdentityError if the home's account does not own it, and what Session.send raises.
    """
    if to in (NOBODY, GIVEN_UP):
        raise IdentityError(f"Nobody acts for {to}: the identity would be lost.", "Give an owner.")

    def is_it(event: Event) -> bool:
        return bool(event.said["owner"] == to)

    return _made(session, _change("changeOwner", (address, to), OWNER, is_it))


def _change(
    function: str,
    arguments: tuple[str | bytes | int, ...],
    event: str,
    is_it: Callable[[Event], bool],
) -> Change:
    return Change(REGISTRY, function, arguments, event, topic(str(arguments[0])), is_it)


def _made(session: Session, change: Change) -> Receipt | None:
    """Send a change, unless the home's account may not make it."""
    address = str(change.arguments[0])
    owner = session.address(REGISTRY, "identityOwner", address)
    if owner != session.me and begun(session, change) is None:
        acts = "nobody acts for it any more" if owner == GIVEN_UP else f"{owner} owns it"
        raise IdentityError(
            f"{address} is not an identity of this home: {acts}.",
            "Use the home of its owner, whose account alone changes it.",
        )
    return repeat(session, change)


def _is_attribute(event: Event, name: bytes, value: bytes) -> bool:
    return (event.said["name"], event.said["value"]) == (name, value)


def _is_delegate(event: Event, kind: bytes, delegate: str) -> bool:
    return (event.said["delegateType"], event.said["delegate"]) == (kind, delegate)


def _name(name: str) -> bytes:
    if not _NAME.fullmatch(name):
        raise IdentityError(
            "An attribute's name has 1 to 32 letters, digits and signs of ASCII, and no space.",
            "Give one such as did/svc/Site or zkpipe/name.",
        )
    return name.encode("ascii").ljust(32, b"\0")


def _value(value: bytes) -> bytes:
    if not 0 < len(value) <= LONGEST_VALUE:
        raise IdentityError(
            f"An attribute's value has 1 to {LONGEST_VALUE} bytes; this one has {len(value)}.",
            "Publish what is longer elsewhere, and give its address and digest.",
        )
    return value


def _kind(kind: str) -> bytes:
    if kind not in KINDS:
        raise IdentityError(
            "This is no kind of delegate that the exchange or did:ethr knows.",
            f"Give one of {', '.join(KINDS)}.",
        )
    return kind.encode("ascii").ljust(32, b"\0")


def _term(seconds: int) -> int:
    if not 0 < seconds <= LONGEST_TERM:
        raise IdentityError(
            f"{seconds} seconds is no term.", f"Give 1 to {LONGEST_TERM}, a hundred years."
        )
    return seconds
