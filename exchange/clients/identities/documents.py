"""The DID document of an identity, as resolvers of did:ethr make it from the registry's events.

    document_of(did, address, chain_id, events, now)

Source: the did:ethr method specification (decentralized-identity/ethr-did-resolver).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from typing import Any

from zkpipe.exchange.index.events import Event
from zkpipe.exchange.words import NOBODY
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.strict_json import Json, parse_json

RECOVERY = "EcdsaSecp256k1RecoveryMethod2020"
CONTEXT = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/suites/secp256k1recovery-2020/v2",
    "https://w3id.org/security/v3-unstable",
)
LONGEST_ENDPOINT = 1 << 16  # bytes that are read as JSON
LONGEST_KEY = 1 << 12  # bytes; what is longer is no key
_NAME = re.compile(r"did/(pub|svc)/(\w+)(/(\w+))?(/(\w+))?", re.ASCII)
_PURPOSES = {  # older names of what a key is for
    "sigAuth": "SignatureAuthentication2018",
    "veriKey": "VerificationKey2018",
    "enc": "KeyAgreementKey2019",
}
_TYPES = {  # what a key's algorithm and purpose are called
    "Secp256k1VerificationKey2018": "EcdsaSecp256k1VerificationKey2019",
    "Secp256k1SignatureAuthentication2018": "EcdsaSecp256k1VerificationKey2019",
    "Ed25519SignatureAuthentication2018": "Ed25519VerificationKey2018",
    "Ed25519VerificationKey2018": "Ed25519VerificationKey2018",
    "RSAVerificationKey2018": "RSAVerificationKey2018",
    "X25519KeyAgreementKey2019": "X25519KeyAgreementKey2019",
}
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # of base58

Key = tuple[str, bytes, object]  # an event's name, and what it is about


class _Document:
    """A document on its way: what each delegate or attribute adds, by what it is about."""

    def __init__(self, did: str, chain_id: int, now: int) -> None:
        self.did, self.chain_id, self.now = did, chain_id, now
        self.delegates = self.services_seen = 0  # their numbers never come again
        self.keys: dict[Key, dict[str, Json]] = {}
        self.services: dict[Key, dict[str, Json]] = {}
        self.logins: dict[Key, str] = {}
        self.signers: dict[Key, str] = {}
        self.agreements: dict[Key, str] = {}

    def delegate(self, event: Event) -> None:
        """A delegate comes, or goes."""
        key: Key = event.name, event.said["delegateType"], event.said["delegate"]
        kind = text_of(event.said["delegateType"])
        self.delegates += 1
        if not self._counts(event):
            return self._forget(key)
        name = f"{self.did}#delegate-{self.delegates}"
        if kind not in ("veriKey", "sigAuth"):
            return None
        if kind == "sigAuth":
            self.logins[key] = name
        self.signers[key] = name
        self.keys[key] = self.account(name, event.said["delegate"])
        return None

    def attribute(self, event: Event) -> None:
        """An attribute comes, or goes."""
        key: Key = event.name, event.said["name"], event.said["value"]
        name = text_of(event.said["name"]) or ""
        if not self._counts(event):
            self.delegates += name.startswith("did/pub/")
            self.services_seen += name.startswith("did/svc/")
            return self._forget(key)
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        if match[1] == "pub":
            self._add_key(key, match, event.said["value"])
        else:
            self._add_service(key, match[2], event.said["value"])
        return None

    def account(self, name: str, address: str) -> dict[str, Json]:
        """The verification method of an account."""
        return {
            "id": name,
            "type": RECOVERY,
            "controller": self.did,
            "blockchainAccountId": f"eip155:{self.chain_id}:{address}",
        }

    def _counts(self, event: Event) -> bool:
        return bool(event.said["validTo"]) and event.said["validTo"] >= self.now

    def _forget(self, key: Key) -> None:
        for kept in (self.logins, self.signers, self.keys, self.services, self.agreements):
            kept.pop(key, None)

    def _add_key(self, key: Key, match: re.Match[str], value: bytes) -> None:
        self.delegates += 1
        name = f"{self.did}#delegate-{self.delegates}"
        kind = f"{match[2]}{_PURPOSES.get(match[4], match[4])}"
        given = _key_value(match[6], value)
        if given is None:
            return
        known = _TYPES.get(kind, match[2])
        self.keys[key] = {"id": name, "type": known, "controller": self.did, **given}
        if match[4] == "sigAuth":
            self.logins[key] = self.signers[key] = name
        elif match[4] == "enc":
            self.agreements[key] = name
        else:
            self.signers[key] = name

    def _add_service(self, key: Key, kind: str, value: bytes) -> None:
        self.services_seen += 1
        endpoint = _endpoint(value)
        if endpoint is not None:
            name = f"{self.did}#service-{self.services_seen}"
            self.services[key] = {"id": name, "type": kind, "serviceEndpoint": endpoint}


def document_of(
    did: str, address: str, chain_id: int, events: Iterable[Event], now: int
) -> dict[str, Any]:
    """The document of an identity, as JSON.

    did      as it was asked for
    address  of the identity
    events   of IdentityRegistry about it, in the chain's order
    now      seconds since 1970: what is valid until before does not count
    """
    made, owner = _Document(did, chain_id, now), address
    empty: dict[str, Any] = {"@context": list(CONTEXT), "id": did}
    for event in events:
        if event.name == "DIDOwnerChanged":
            owner = event.said["owner"]
            if owner == NOBODY:  # deactivated
                return {
                    **empty,
                    "verificationMethod": [],
                    "authentication": [],
                    "assertionMethod": [],
                }
        elif event.name == "DIDDelegateChanged" and text_of(event.said["delegateType"]) is not None:
            made.delegate(event)
        elif event.name == "DIDAttributeChanged" and text_of(event.said["name"]) is not None:
            made.attribute(event)
    controller = f"{did}#controller"
    document = {
        **empty,
        "verificationMethod": [made.account(controller, owner), *made.keys.values()],
        "authentication": [controller, *made.logins.values()],
        "assertionMethod": [controller, *made.signers.values()],
    }
    if made.services:
        document["service"] = list(made.services.values())
    if made.agreements:
        document["keyAgreement"] = list(made.agreements.values())
    return document


def text_of(name: bytes) -> str | None:
    """A bytes32 as the text before its zeros; None if it is none in UTF-8."""
    try:
        return name.rstrip(b"\0").decode("utf-8")
    except UnicodeDecodeError:
        return None


def _key_value(encoding: str | None, value: bytes) -> dict[str, Json] | None:
    if len(value) > LONGEST_KEY:  # anyone may have put megabytes there
        return None
    if encoding in (None, "hex"):
        return {"publicKeyHex": value.hex()}
    if encoding == "base64":
        return {"publicKeyBase64": base64.b64encode(value).decode("ascii")}
    if encoding == "base58":
        return {"publicKeyBase58": _base58(value)}
    if encoding == "pem":
        text = _utf8(value)
        return None if text is None else {"publicKeyPem": text}
    return {"value": value.hex()}


def _endpoint(value: bytes) -> Json:
    """A text, or what JSON says in it; None if it is no text."""
    text = _utf8(value)
    try:
        if value and len(value) <= LONGEST_ENDPOINT:
            return parse_json(value, "endpoint", limit=LONGEST_ENDPOINT, floats=True)
    except FormatError:
        pass
    return text


def _utf8(value: bytes) -> str | None:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _base58(value: bytes) -> str:
    number, digits = int.from_bytes(value, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        digits = _ALPHABET[digit] + digits
    zeros = len(value) - len(value.lstrip(b"\0"))
    return _ALPHABET[0] * zeros + digits
