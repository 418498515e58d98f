"""did:ethr: our DID documents are those that the usual resolver makes, field by field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.exchange.contracts.interop.test_did_resolver import resolved
from tests.exchange.contracts.setting.values import DAY
from tests.exchange.contracts.setting.world import World
from tests.interop.conftest import MODULES, tool_of_npm
from zkpipe.exchange.clients.identities.documents import document_of
from zkpipe.exchange.index import EventSource, Index
from zkpipe.verifier_contracts import Chain
from zkpipe.verifier_contracts.shipped.exchange import exchange_contracts

NOBODY = "0x" + "00" * 20
POINT = bytes.fromhex("02b97c30de767f084ce3080168ee293053ba33b235d7116a3263d29f1450936b71")
ATTRIBUTES = [  # in order; each is stated, and those that are named twice withdrawn the second time
    ("did/pub/Secp256k1/veriKey/hex", POINT),
    ("did/pub/Secp256k1/sigAuth/hex", POINT),
    ("did/pub/Ed25519/veriKey/base64", b"\x01" * 32),
    ("did/pub/Ed25519/veriKey/base58", b"\0\0\x07" + b"\x09" * 30),
    ("did/pub/X25519/enc/base64", b"\x02" * 32),
    ("did/pub/RSA/veriKey/pem", b"-----BEGIN PUBLIC KEY-----"),
    ("did/pub/RSA/veriKey/pem", b"\xff\xfe"),
    ("did/pub/Secp256k1/veriKey", POINT),
    ("did/pub/Secp256k1", POINT),
    ("did/pub/Secp256k1/veriKey/other", POINT),
    ("did/svc/Site", b"https://exchange.example"),
    ("did/svc/Many", b'{"uri": "https://a.example", "accept": ["a", 1, 2.5]}'),
    ("did/svc/Broken", b'{"uri": '),
    ("did/svc/None", b"\xff"),
    ("did/svc/Text", "价格 \u202e".encode()),
    ("did/svc/Site", b"https://exchange.example"),
    ("did/svc/Site", b"https://other.example"),
    ("did/pub/Secp256k1/sigAuth/hex", POINT),
    ("did/other/x", b"x"),
    ("zkpipe/name", b"x"),
]


@pytest.fixture(scope="module")
def node() -> str:
    if not (MODULES / "ethr-did-resolver").is_dir():
        pytest.skip("not installed: run `npm install --no-save ethr-did-resolver@11.1.3`")
    return str(tool_of_npm("ethr-did-resolver"))


def named(text: str) -> bytes:
    return text.encode("ascii").ljust(32, b"\0")


def test_our_documents_are_those_of_the_resolver(node: str, world: World, tmp_path: Path) -> None:
    def send(function: str, *arguments: Any, by: str = world.owner) -> None:
        world.send(by, world.identities, function, *arguments)

    seen: set[tuple[str, bytes]] = set()
    for name, value in ATTRIBUTES:
        if (name, value) in seen:
            send("revokeAttribute", world.owner, named(name), value)
        else:
            send("setAttribute", world.owner, named(name), value, DAY)
        seen.add((name, value))
    send("setAttribute", world.owner, b"\xff" * 32, b"x", DAY)  # no text: no part of a document
    for kind in ("sigAuth", "veriKey", "zkpipe/prover", "enc"):
        send("addDelegate", world.owner, named(kind), world.payee, DAY)
        send("addDelegate", world.owner, named(kind), world.stranger, DAY)
        send("revokeDelegate", world.owner, named(kind), world.payee)
    send("addDelegate", world.owner, named("sigAuth"), world.payee, DAY)
    send("addDelegate", world.owner, named("veriKey"), world.buyer, 1)
    asset = world.catalogue("assetOf", world.lineage)
    send("changeOwner", asset, world.buyer)
    send("setAttribute", world.holder, named("did/svc/Gone"), b"x", DAY, by=world.holder)
    send("changeOwner", world.holder, NOBODY, by=world.holder)
    world.chain.ask("anvil_mine", "0x3", "0x5")

    asked = (world.owner, asset, world.holder, world.issuer)
    answers = resolved(node, world, *asked)
    block = world.chain.ask("eth_getBlockByNumber", "latest", False)
    now = int(block["timestamp"], 16)
    abi = exchange_contracts()["IdentityRegistry"].abi
    source = EventSource("IdentityRegistry", world.identities.address, abi)
    with Index(tmp_path / "index.sqlite", Chain.connect(world.chain.url), [source], 0, 0) as index:
        index.follow()
        for address, answer in zip(asked, answers, strict=True):
            topic = bytes(12) + bytes.fromhex(address[2:])
            events = index.events_of("IdentityRegistry", first=topic)
            did = f"did:ethr:dev:{address}"
            assert document_of(did, address, world.id, events, now) == answer["didDocument"]
    methods = answers[0]["didDocument"]["verificationMethod"]
    assert len(methods) > 8  # or little was compared
