"""audit export and verify: one party exports, another verifies with nothing but the files."""

from __future__ import annotations

import json
import secrets
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from tests.cli.workshop import invoke, refused
from tests.exchange.canaries import Canaries
from tests.exchange.evidence.conftest import Bundle
from tests.exchange.evidence.forging import relist
from tests.exchange.evidence.witnessed import REAL, SOURCE, Witnessed, key_of
from tests.exchange.home.own import PASSWORD, created
from tests.exchange.home.test_secrecy import planted
from tests.exchange.nodes import need_anvil
from zkpipe.cli.commands.exchange.group import audit
from zkpipe.exchange.clients.circuits.public import keep_key, keep_source
from zkpipe.exchange.deployment import Council, deploy
from zkpipe.verifier_contracts import Chain, Node

URL = "http://127.0.0.1:8545"  # as the examples name it


def answered(*words: object, status: int = 0) -> dict[str, Any]:
    result = invoke(*words, "--json")
    assert result.exit_code == status, result.output
    facts: dict[str, Any] = json.loads(result.stdout)
    return facts


@pytest.fixture
def place(world: Witnessed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the manifest and the keys as files."""
    monkeypatch.chdir(tmp_path)
    world.manifest.save("manifest.json")
    for kind in REAL:
        key_of(kind).save(f"vkey{kind}.json")
    Path("stats.py").write_bytes(SOURCE)
    return tmp_path


def keys_given() -> list[str]:
    return [word for kind in REAL for word in ("--key", f"vkey{kind}.json")]


@pytest.mark.usefixtures("place")
def test_what_one_exports_another_verifies_without_a_node(
    world: Witnessed, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["--manifest", "manifest.json", "--rpc", world.chain.url, *keys_given()]
    made = answered("audit", "export", "bundle", *words, "--source", "stats.py")
    assert made["anchor"] == bundle.anchor
    assert (made["evidence"], made["why_no_receipts"]) == ("with receipts", None)
    assert (made["missing_keys"], made["unused_keys"]) == ([], [])

    def refuse(*_: object) -> None:
        raise AssertionError("something was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    for name in ("manifest.json", "stats.py", *(f"vkey{kind}.json" for kind in REAL)):
        Path(name).unlink()
    shown = answered("audit", "verify", "bundle", "--anchor", made["anchor"])
    assert shown["valid"]
    assert shown["codes_shown"]
    assert shown["development_keys"]
    assert (shown["proofs"], shown["uses"], shown["jobs"]) == (7, 2, 2)
    assert (shown["keys"], shown["sources"], shown["events"]) == (3, 1, made["events"])
    assert {one["action"] for one in shown["signed"]} > {"UsageGrants.approve", "Settlement.issue"}
    assert all(len(one["signers"]) == one["need"] for one in shown["signed"])
    text = invoke("audit", "verify", "bundle", "--anchor", made["anchor"])
    assert "CircuitRegistry.approve by 0x" in text.stdout
    assert text.exit_code == 0
    assert text.stdout.splitlines()[0].startswith("evidence    with receipts: all events")


def test_verifying_a_changed_bundle_says_no_and_where(bundle: Bundle, tmp_path: Path) -> None:
    copy = shutil.copytree(bundle.path, tmp_path / "copy")
    file = copy / "keys" / sorted(one.name for one in (copy / "keys").iterdir())[0]
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 4
    file.write_bytes(data)
    words = ("audit", "verify", copy, "--anchor", bundle.anchor)
    facts = answered(*words, status=1)
    assert (facts["valid"], facts["place"]) == (False, f"keys/{file.name}")
    text = invoke(*words)
    assert text.exit_code == 1
    assert f"keys/{file.name}" in text.stdout
    file.unlink()
    relist(copy)
    facts = answered(*words, status=1)
    assert f"keys/{file.name}, under which" in facts["problem"]
    assert facts["more"]


def test_events_only_says_so_in_the_first_line_and_is_no_answer_to_an_anchor(
    events_bundle: Bundle, bundle: Bundle
) -> None:
    text = invoke("audit", "verify", events_bundle.path)
    assert text.exit_code == 0
    first = text.stdout.splitlines()[0]
    assert first.startswith("evidence    events only: nothing links the events to a block")
    assert answered("audit", "verify", events_bundle.path)["evidence"] == "events only"
    for words in (
        (events_bundle.path, "--anchor", events_bundle.anchor),
        (bundle.path,),
        (bundle.path, "--anchor", "0x" + "00" * 32),
    ):
        assert not answered("audit", "verify", *words, status=1)["valid"]


@pytest.mark.usefixtures("place")
def test_a_home_gives_its_manifest_keys_and_sources_and_nothing_else(world: Witnessed) -> None:
    canaries = Canaries()
    with created(Path("home")) as home:
        documents = home.documents
        documents.put("manifest", "exchange", world.manifest.to_bytes())
        for kind in REAL:
            keep_key(documents, world.circuits_by_kind[kind].id, key_of(kind))
        keep_source(documents, world.circuits_by_kind[4].id, SOURCE.decode())
        note = secrets.token_hex(16)
        documents.put("schema", "patients", json.dumps({"note": note}).encode())
        home.vault.new("job", "1")
        home.vault.new("segment", "0" * 64)
        planted(home, canaries, "home")
        canaries.plant("another document", note)
        canaries.plant("password", PASSWORD)
    words = ("audit", "export", "bundle", "--home", "home", "--rpc", world.chain.url)
    made = invoke(*words, "--json")
    assert made.exit_code == 0, made.output
    facts = json.loads(made.stdout)
    assert facts["missing_keys"] == []
    shown = invoke("audit", "verify", "bundle", "--anchor", facts["anchor"], "--json")
    assert json.loads(shown.stdout)["sources"] == 1
    assert canaries.in_folder(Path("bundle")) == []
    for text in (made.output, shown.output):
        assert canaries.in_bytes(text, "output") == []


@pytest.mark.usefixtures("place")
def test_the_examples_work_on_a_new_exchange_after_its_node_has_stopped() -> None:
    need_anvil()
    council = Council((Account.create().address,), 1, 5)
    export_command, verify_command = audit.commands["export"], audit.commands["verify"]
    with Node.start() as node:
        chain = Chain.connect(node.url)
        manifest = deploy(chain, council, depth=2)
        manifest.save("manifest.json")
        key_of(1).save("vkey.json")
        with created(Path("home")) as home:
            home.documents.put("manifest", "exchange", manifest.to_bytes())
        anchors = []
        for line in export_command.example.splitlines():  # type: ignore[attr-defined]
            shutil.rmtree("bundle", ignore_errors=True)
            words = line.replace(URL, node.url).split()[1:]
            anchors.append(answered(*words)["anchor"])
    (line,) = verify_command.example.splitlines()  # type: ignore[attr-defined]
    *words, _ = line.split()[1:]
    assert answered(*words, anchors[-1])["valid"]
    assert invoke(*words, anchors[-1]).exit_code == 0


@pytest.mark.usefixtures("place")
def test_words_that_do_not_fit_are_refused(world: Witnessed, bundle: Bundle) -> None:
    rpc = ("--rpc", world.chain.url)
    manifest = ("--manifest", "manifest.json")
    refused("audit", "export", "bundle", *rpc, says="Give --home or --manifest")
    refused("audit", "export", "bundle", *rpc, "--home", "nowhere", says="nowhere")
    with created(Path("home")):
        pass
    refused("audit", "export", "bundle", *rpc, "--home", "home", says="has no document manifest")
    refused("audit", "export", "bundle", *rpc, "--manifest", "stats.py", says="stats.py")
    refused("audit", "export", "bundle", *rpc, *manifest, "--key", "stats.py", says="stats.py")
    refused("audit", "export", "home", *rpc, *manifest, says="home is there already")
    refused("audit", "export", "b", *rpc, *manifest, "--anchor", "0x12", says="not the hash")
    gone = ("--rpc", "http://127.0.0.1:1")
    refused("audit", "export", "bundle", *gone, *manifest, says="127.0.0.1:1", status=3)
    refused("audit", "verify", "nowhere", "--anchor", bundle.anchor, says="nowhere")
    refused("audit", "verify", bundle.path, "--anchor", "latest", says="not the hash of a block")
