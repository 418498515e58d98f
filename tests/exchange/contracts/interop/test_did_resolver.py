"""did:ethr: the usual resolver reads documents from IdentityRegistry."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.contracts.setting.values import DAY, PROVER
from tests.exchange.contracts.setting.world import World
from tests.interop.conftest import MODULES, tool_of_npm

SCRIPT = Path(__file__).with_name("resolved.cjs")
NOBODY = "0x" + "00" * 20
SERVICE = b"did/svc/Exchange".ljust(32, b"\0")
KEY = b"did/pub/Secp256k1/veriKey/hex".ljust(32, b"\0")
SIGNER = b"sigAuth".ljust(32, b"\0")
POINT = bytes.fromhex("02b97c30de767f084ce3080168ee293053ba33b235d7116a3263d29f1450936b71")


@pytest.fixture(scope="module")
def node() -> str:
    if not (MODULES / "ethr-did-resolver").is_dir():
        pytest.skip("not installed: run `npm install --no-save ethr-did-resolver@11.1.3`")
    return str(tool_of_npm("ethr-did-resolver"))


def resolved(node: str, world: World, *identities: str) -> list[Any]:
    """What the resolver says of identities at the last block, whose time is the chain's own."""
    last = int(world.chain.ask("eth_blockNumber"), 16)
    asked = {
        "rpc": world.chain.url,
        "chain": world.id,
        "registry": world.identities.address,
        "dids": [f"did:ethr:dev:{identity}?versionId={last}" for identity in identities],
    }
    ended = subprocess.run(  # noqa: S603 # npm's
        [node, SCRIPT, MODULES],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    answers: list[Any] = json.loads(ended.stdout)
    return answers


def accounts(answer: Any) -> list[str]:
    """The accounts that a document's verification methods are of, as their addresses."""
    methods = answer["didDocument"]["verificationMethod"]
    named = (m.get("blockchainAccountId", "") for m in methods)
    return [name.rpartition(":")[2] for name in named if name]


def test_the_resolver_reads_owners_delegates_and_attributes(node: str, world: World) -> None:
    def send(function: str, *arguments: Any, by: str = world.owner) -> None:
        world.send(by, world.identities, function, *arguments)

    asset = world.catalogue("assetOf", world.lineage)
    send("setAttribute", world.owner, SERVICE, b"https://exchange.example", DAY)
    send("setAttribute", world.owner, KEY, POINT, DAY)
    send("addDelegate", world.owner, SIGNER, world.payee, DAY)
    send("addDelegate", world.owner, SIGNER, world.stranger, DAY)
    send("revokeDelegate", world.owner, SIGNER, world.stranger)
    send("changeOwner", asset, world.buyer)
    send("changeOwner", world.holder, NOBODY, by=world.holder)

    owner, sold, gone, unknown = resolved(
        node, world, world.owner, asset, world.holder, world.issuer
    )
    assert accounts(owner) == [world.owner, world.payee]
    assert accounts(sold) == [world.buyer]
    assert accounts(unknown) == [world.issuer]
    (service,) = owner["didDocument"]["service"]
    assert (service["type"], service["serviceEndpoint"]) == ("Exchange", "https://exchange.example")
    methods = owner["didDocument"]["verificationMethod"]
    assert [m["publicKeyHex"] for m in methods if "publicKeyHex" in m] == [POINT.hex()]
    assert gone["didDocumentMetadata"]["deactivated"] is True
    assert gone["didDocument"]["verificationMethod"] == []
    assert "deactivated" not in owner["didDocumentMetadata"]

    send("revokeAttribute", world.owner, SERVICE, b"https://exchange.example")
    (after,) = resolved(node, world, world.owner)
    assert not after["didDocument"].get("service")
    assert world.identities("validDelegate", world.owner, PROVER, world.prover)
