"""Verifiers of keys that nobody verified, and a chain that is none for development."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.place import RAW, UNLOCKED
from tests.cli.workshop import done, invoke, refused
from tests.verifier_contracts.between import Between, between
from zkpipe.ground.errors import MissingError
from zkpipe.prover import Provenance, VerifyingKey
from zkpipe.verifier_contracts import Node, find_solc, solidity_verifier

REASON = "a demonstration, of nothing of value"


@pytest.fixture(scope="module")
def main_network() -> Iterator[Node]:
    try:
        find_solc()
        node = Node.start(chain_id=1)
    except MissingError as missing:
        pytest.skip(str(missing))
    with node:
        yield node


@pytest.fixture
def net(main_network: Node) -> Iterator[Between]:
    with between(main_network.url) as net:
        yield net


def test_a_development_key_is_refused_before_anything_is_sent(shop: Path, net: Between) -> None:
    words = ("deploy", "verifier.sol", "deployment.json", "--rpc", net.url)
    refused(*words, says="a development key: it is for development chains")
    refused(*words, "--accept-unverified", REASON, says="its constructor reverts on chain 1")
    assert not {RAW, UNLOCKED, "eth_estimateGas"} & set(net.asked)


def test_an_export_with_a_reason_is_deployed_and_all_say_why(shop: Path, net: Between) -> None:
    facts = json.loads(
        done("export", "verifier", "square.zkey", "v.sol", "--accept-unverified", REASON, "--json")
    )
    assert (facts["provenance"], facts["unverified_reason"]) == ("Development", REASON)
    assert f"// Accepted in writing: {REASON}\n" in Path("v.sol").read_text()
    told = done("deploy", "v.sol", "deployment.json", "--rpc", net.url)
    assert REASON in told
    record = json.loads(Path("deployment.json").read_text())
    assert (record["provenance"], record["unverifiedReason"]) == ("Development", REASON)
    shown = json.loads(done("info", "deployment.json", "--json"))
    assert (shown["says_of_its_key"], shown["accepted_in_writing"]) == ("Development", REASON)
    for rpc in ((), ("--rpc", net.url)):
        words = ("verify-onchain", "deployment.json", "public.json", "proof.json", *rpc)
        assert f"accepted in writing: {REASON}" in done(*words)
        answer = json.loads(done(*words, "--json"))
        assert (answer["provenance"], answer["unverified_reason"]) == ("Development", REASON)


def test_what_zkpipe_did_not_write_takes_a_reason_at_deployment(shop: Path, net: Between) -> None:
    source = Path("verifier.sol").read_text()
    open_everywhere = source.replace("if (chain != 1337 &&", "if (false && chain != 1337 &&")
    assert open_everywhere != source
    Path("other.sol").write_text(open_everywhere)
    words = ("deploy", "other.sol", "deployment.json", "--rpc", net.url)
    result = invoke(*words)
    assert result.exit_code == 2
    assert "zkpipe did not generate this verifier" in result.stderr
    assert not Path("deployment.json").exists()
    answer = json.loads(done(*words, "--accept-unverified", REASON, "--json"))
    assert (answer["provenance"], answer["unverified_reason"]) == ("Development", REASON)


def test_a_source_that_claims_a_ceremony_is_not_believed(
    shop: Path, net: Between, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = json.loads(Path("vkey.json").read_text())
    del value["zkpipe_development"]
    Path("bare.json").write_text(json.dumps(value))
    key = VerifyingKey.load(Path("bare.json"))
    Path("claims.sol").write_text(solidity_verifier(key, "V", provenance=Provenance.CEREMONY))
    words = ("deploy", "claims.sol", "deployment.json", "--rpc", net.url)
    refused(*words, says="you have verified no such key")
    asked = ("verify-onchain", "claims.sol", "public.json", "proof.json")
    assert json.loads(done(*asked, "--json"))["provenance"] == "Unverified"
    (tmp_path / "config" / "zkpipe").mkdir(parents=True, mode=0o700)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "config" / "zkpipe" / "trusted.txt").write_text(f"vkey {key.digest} ours\n")
    assert json.loads(done(*words, "--json"))["provenance"] == "Ceremony"
    assert json.loads(Path("deployment.json").read_text())["unverifiedReason"] is None
    recorded = ("verify-onchain", "deployment.json", *asked[2:], "--rpc", net.url)
    assert json.loads(done(*recorded, "--json"))["provenance"] == "Ceremony"
    (tmp_path / "config" / "zkpipe" / "trusted.txt").write_text("")  # as somebody else has it
    assert "provenance: Unverified\nThe verifier says that its key is from a" in done(*recorded)
    assert json.loads(done("info", "deployment.json", "--json"))["says_of_its_key"] == "Ceremony"


@pytest.mark.parametrize("reason", ["", "a\nb", "*/ revert(); /*", "a\u202eb"])
def test_a_reason_that_is_none_is_refused_by_export(shop: Path, reason: str) -> None:
    words = ("export", "verifier", "square.zkey", "v.sol", "--accept-unverified", reason)
    refused(*words, says="The reason to accept an unverified key")
