"""A bundle of a real node is verified with nothing but itself and the hash of a block."""

from __future__ import annotations

import hashlib
import socket
from pathlib import Path

import pytest

from tests.exchange.contracts.setting.chains import Embedded
from tests.exchange.evidence.conftest import Bundle
from tests.exchange.evidence.witnessed import REAL, SOURCE, Founded, Witnessed, key_of, keys
from zkpipe.exchange.errors import BundleError, ExportError, OtherCodeError
from zkpipe.exchange.evidence import Evidence, Shown, export, verify, verify_events
from zkpipe.exchange.index.index import Index
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.reading import FileError
from zkpipe.verifier_contracts import Chain, key_digest
from zkpipe.verifier_contracts.rpc.refusals import Refusal


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No node, no network: a connection is an error."""

    def refuse(*_: object) -> None:
        raise AssertionError("something was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(Chain, "ask", refuse)


def same_as_index(shown: Shown, index: Index, block: int) -> None:
    """The tables are those of an index that follows the chain itself, after the same block."""
    with index.deep(index.tip - block) as state:
        assert shown.digest == state.digest()
        assert {name: state.rows(name) for name in shown.tables} == shown.tables


@pytest.mark.usefixtures("alone")
def test_a_bundle_is_verified_without_a_node(bundle: Bundle, world: Witnessed) -> None:
    made, shown = bundle.made, verify(bundle.path, bundle.anchor)
    assert made.why is None
    assert made.has_codes
    assert (made.missing, made.unused) == ((), ())
    assert shown.evidence is Evidence.RECEIPTS
    assert shown.manifest == world.manifest
    assert shown.headers == made.listing.block - world.manifest.block + 1
    assert shown.has_codes
    assert shown.events == made.events
    assert [(p.kind, list(p.publics)) for p in shown.proofs] == world.said
    assert (shown.keys, shown.sources) == (len(REAL), 1)
    first = (bundle.path / "bundle.json").read_text().splitlines()[0]
    assert '"evidence":"with receipts"' in first


def test_a_bundle_tells_what_an_index_tells(bundle: Bundle, index: Index) -> None:
    shown = verify(bundle.path, bundle.anchor.upper().replace("0X", "0x"))
    same_as_index(shown, index, shown.block)
    uses = [row["used"] for row in shown.tables["grants"]]
    assert uses == [2]
    states = {row["state"] for row in shown.tables["jobs"]}
    assert len(states) == 2  # one is delivered, one is not


def test_the_anchor_is_the_last_final_block_or_the_one_that_is_asked_for(
    world: Witnessed, index: Index, tmp_path: Path
) -> None:
    eth = world.client.web3.eth
    made = export(tmp_path / "a", world.client, world.manifest, keys())
    assert made.listing.block == eth.block_number - world.manifest.depth
    for number in (eth.block_number, made.listing.block - 30):
        anchor = eth.get_block(number)["hash"].to_0x_hex()
        path = tmp_path / str(number)
        assert export(path, world.client, world.manifest, keys(), anchor=anchor).listing.block == (
            number
        )
        same_as_index(verify(path, anchor), index, number)
        with pytest.raises(BundleError, match="not the anchor's"):
            verify(path, made.listing.anchor)


@pytest.mark.usefixtures("alone")
def test_only_the_hash_of_its_last_block_is_its_anchor(bundle: Bundle) -> None:
    for anchor in ("0x" + "00" * 32, bundle.anchor[:-1] + "0", bundle.anchor[:-1] + "1"):
        if anchor != bundle.anchor:
            with pytest.raises(BundleError, match=r"headers, block .* not the anchor's"):
                verify(bundle.path, anchor)
    for anchor in ("", "latest", bundle.anchor[2:], bundle.anchor + "00"):
        with pytest.raises(FormatError, match="not the hash of a block"):
            verify(bundle.path, anchor)


def test_a_bundle_of_the_embedded_chain_is_as_good(shipped: object, tmp_path: Path) -> None:
    """Its blocks and receipts are py-evm's; its pairings would take seconds."""
    embedded = Embedded()
    world = Founded(embedded, shipped, embedded.chain)
    world.decide(world.settlement, "issue", ["address", "uint128"], world.grantee, 1000)
    world.registered(world.policy())
    world.send(world.owner, world.settlement, "allow", world.board.address, 5)
    made = export(tmp_path / "bundle", world.client, world.manifest)
    assert (made.why, made.has_codes, made.events) == (None, True, 7)
    shown = verify(tmp_path / "bundle", made.listing.anchor)
    (issue,) = shown.signed
    assert issue.action == "Settlement.issue"
    assert issue.signers is not None
    with Index.of(tmp_path / "index.sqlite", world.client, world.manifest) as index:
        index.follow()
        same_as_index(shown, index, shown.block)


def test_without_receipts_a_bundle_has_events_only_and_says_so_first(
    events_bundle: Bundle, bundle: Bundle
) -> None:
    assert events_bundle.made.why is not None
    first = (events_bundle.path / "bundle.json").read_text().splitlines()[0]
    assert '"evidence":"events only"' in first
    shown = verify_events(events_bundle.path)
    whole = verify(bundle.path, bundle.anchor)
    assert shown.digest == whole.digest
    assert (shown.headers, shown.has_codes) == (0, False)
    assert [p.publics for p in shown.proofs] == [p.publics for p in whole.proofs]
    with pytest.raises(BundleError, match="events only: nothing links them"):
        verify(events_bundle.path, bundle.anchor)
    with pytest.raises(BundleError, match="receipts, which count only if they lead to a block"):
        verify_events(bundle.path)


def test_blocks_that_are_hashed_in_another_way_give_events_only(
    world: Witnessed, tmp_path: Path
) -> None:
    class Sealed(Chain):
        """As of a chain whose blocks are hashed without the seals that stand in extraData."""

        def ask(self, method: str, *parameters: object) -> object:
            answer = super().ask(method, *parameters)
            if method == "eth_getBlockByNumber":
                return {**answer, "extraData": "0x5ea1"}
            return answer

    chain = Sealed.connect(world.chain.url)
    made = export(tmp_path / "bundle", chain, world.manifest, keys())
    assert made.why is not None
    assert "does not hash to the block's hash" in made.why
    verify_events(tmp_path / "bundle")


def test_receipts_are_asked_for_one_by_one_where_a_node_has_no_list(
    world: Witnessed, bundle: Bundle, tmp_path: Path
) -> None:
    class OneByOne(Chain):
        def ask(self, method: str, *parameters: object) -> object:
            if method in ("eth_getBlockReceipts", "eth_getProof"):
                raise Refusal(-32601, "the method does not exist")
            return super().ask(method, *parameters)

    chain = OneByOne.connect(world.chain.url)
    made = export(tmp_path / "bundle", chain, world.manifest, keys(), anchor=bundle.anchor)
    assert (made.why, made.has_codes) == (None, False)
    files = {name: entry for name, entry in made.listing.files.items() if "receipts/" in name}
    assert files.items() <= dict(bundle.made.listing.files).items()
    assert not verify(tmp_path / "bundle", bundle.anchor).has_codes


def test_a_proof_whose_key_is_missing_is_not_taken_for_right(
    world: Witnessed, tmp_path: Path
) -> None:
    path = tmp_path / "bundle"
    other = key_of(1)
    made = export(path, world.client, world.manifest, [other])
    wanted = {key_digest(key_of(kind)) for kind in (2, 4)}
    assert set(made.missing) == wanted
    with pytest.raises(BundleError, match="is missing") as refused:
        verify(path, made.listing.anchor)
    assert len(refused.value.evidence) == 2  # the update, and two answers: three proofs
    assert "keys/" in refused.value.problem


def test_a_key_or_a_source_of_no_circuit_stays_out(world: Witnessed, tmp_path: Path) -> None:
    from tests.verifier_contracts.conftest import Trapdoor

    stranger = Trapdoor.of("of nobody", 3).key()
    path = tmp_path / "bundle"
    made = export(path, world.client, world.manifest, [*keys(), stranger], [SOURCE, b"else"])
    assert made.unused == (key_digest(stranger),)
    names = set(made.listing.files)
    assert {name for name in names if name.startswith("sources/")} == {
        f"sources/{hashlib.sha256(SOURCE).hexdigest()}.txt"
    }
    assert f"keys/{key_digest(stranger)}.json" not in names
    verify(path, made.listing.anchor)


def test_an_export_never_writes_where_something_is(
    world: Witnessed, bundle: Bundle, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "note").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    before = sorted(tmp_path.rglob("*"))
    for place in ("file", "folder", "link", "no/such"):
        with pytest.raises(FileError):
            export(tmp_path / place, world.client, world.manifest, keys())
    assert sorted(tmp_path.rglob("*")) == before
    (tmp_path / "empty").mkdir()
    export(tmp_path / "empty", world.client, world.manifest, keys(), anchor=bundle.anchor)
    verify(tmp_path / "empty", bundle.anchor)


def test_what_fails_meanwhile_leaves_nothing(world: Witnessed, tmp_path: Path) -> None:
    class Ends(Chain):
        asked = 0

        def ask(self, method: str, *parameters: object) -> object:
            self.asked += method == "eth_getBlockReceipts"
            if self.asked > 3:
                raise KeyboardInterrupt
            return super().ask(method, *parameters)

    chain = Ends.connect(world.chain.url)
    with pytest.raises(KeyboardInterrupt):
        export(tmp_path / "bundle", chain, world.manifest, keys())
    assert list(tmp_path.iterdir()) == []


def test_an_anchor_must_be_a_block_of_the_chain_and_of_the_exchange(
    world: Witnessed, tmp_path: Path
) -> None:
    before = world.client.web3.eth.get_block(world.manifest.block - 1)["hash"].to_0x_hex()
    for anchor, match in (("0x" + "12" * 32, "has no block"), (before, "begins in block")):
        with pytest.raises(ExportError, match=match):
            export(tmp_path / "bundle", world.client, world.manifest, keys(), anchor=anchor)


def test_contracts_of_another_code_are_not_exported(world: Witnessed, tmp_path: Path) -> None:
    from dataclasses import replace

    codes = {**world.manifest.codes, "JobBoard": hashlib.sha256(b"").hexdigest()}
    with pytest.raises(OtherCodeError):
        export(tmp_path / "bundle", world.client, replace(world.manifest, codes=codes), keys())
