"""exchange deploy: begun once, finished by the same command, and compared with the chain after."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.deployment.funded import fund
from tests.cli.workshop import done, invoke, refused
from zkpipe.exchange.deployment import Manifest
from zkpipe.exchange.home import Header, Home
from zkpipe.exchange.home.encryption import LEAST_WORK
from zkpipe.verifier_contracts import Chain, Node
from zkpipe.verifier_contracts.errors import NodeMissingError

MEMBERS = ["0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf", "0x" + "11" * 20]
COUNCIL = {"members": MEMBERS, "threshold": 2, "auditorKey": "12345"}


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    try:
        started = Node.start()
    except NodeMissingError as error:
        pytest.skip(f"{error.problem} {error.fix}")
    with started as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("password").write_text("correct horse battery\n")
    Path("council.json").write_text(json.dumps(COUNCIL))
    Home.create(tmp_path / "home", "correct horse battery", work=LEAST_WORK).close()
    return tmp_path


def words(node: Node, *more: str, chain_id: int = 1337) -> tuple[str, ...]:
    own = ("--home", "home", "--password-file", "password")
    there = ("--rpc", node.url, "--chain-id", str(chain_id))
    return ("exchange", "deploy", "council.json", "manifest.json", *own, *there, *more)


def test_an_exchange_is_deployed_once_and_compared_from_then_on(node: Node, place: Path) -> None:
    refused(*words(node, chain_id=5), says="serves chain 1337")
    poor = invoke(*words(node))
    assert poor.exit_code == 2
    assert "a balance of 0 wei" in poor.stderr
    fund(node.url, Header.load(place / "home").address)
    facts = json.loads(done(*words(node, "--depth", "3", "--json")))
    manifest = Manifest.load(place / "manifest.json")
    assert facts["contracts"] == manifest.addresses
    assert (facts["chain_id"], facts["depth"], facts["open"]) == (1337, 3, False)
    chain = Chain.connect(node.url)
    manifest.check(chain)
    sent = chain.web3.eth.get_transaction_count(Header.load(place / "home").address)
    written = (place / "manifest.json").read_bytes()
    text = done(*words(node))
    assert manifest.addresses["JobBoard"] in text
    assert "the council must list JobBoard" in text
    assert chain.web3.eth.get_transaction_count(Header.load(place / "home").address) == sent == 10
    assert (place / "manifest.json").read_bytes() == written
    assert json.loads(done("info", "manifest.json", "--json"))["kind"] == "manifest"
    Path("council.json").write_text(json.dumps({**COUNCIL, "threshold": 1}))
    refused(*words(node), says="another council")


@pytest.mark.parametrize(
    ("council", "says"),
    [
        ("[]", "the fields that it needs"),
        (json.dumps({**COUNCIL, "more": 1}), "the fields that it needs"),
        (json.dumps({**COUNCIL, "threshold": "1"}), "threshold is not a whole number"),
        (json.dumps({**COUNCIL, "auditorKey": "AUDITORKEY"}), "exchange show --epoch 0"),
        ("{", "not JSON"),
        (json.dumps({**COUNCIL, "threshold": 3}), "3 of 2 members"),
        (json.dumps({**COUNCIL, "auditorKey": "1"}), "auditor's key"),
        (json.dumps({**COUNCIL, "members": ["0x12"]}), "no address"),
    ],
)
def test_a_council_that_cannot_be_one_is_refused_before_anything_is_asked(
    node: Node, place: Path, council: str, says: str
) -> None:
    Path("council.json").write_text(council)
    shutil.rmtree(place / "home")  # it would be opened next
    refused(*words(node), says=says)
    assert not (place / "manifest.json").exists()


def test_a_file_of_another_kind_is_not_written_over(node: Node, place: Path) -> None:
    Path("manifest.json").write_text('{"root": 12}')
    refused(*words(node), says="is not the manifest of an exchange")
    assert Path("manifest.json").read_text() == '{"root": 12}'
