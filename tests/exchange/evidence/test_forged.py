"""Who makes a bundle can write any listing, and still shows nothing that did not happen."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
import rlp
from eth_account import Account
from eth_utils import keccak

from tests.exchange.evidence.conftest import Bundle
from tests.exchange.evidence.forging import lists, relist, store
from tests.exchange.evidence.witnessed import Witnessed, key_of
from tests.exchange.nodes import need_anvil
from tests.long_form import IS_LONG
from tests.verifier_contracts.conftest import Trapdoor
from zkpipe.exchange.deployment import Council, deploy
from zkpipe.exchange.errors import BundleError
from zkpipe.exchange.evidence import export, verify, verify_events
from zkpipe.exchange.evidence.chain.headers import header_told
from zkpipe.verifier_contracts import Chain, Node, key_digest

RECEIPTS_ROOT, BLOOM, TIME, PARENT = 5, 6, 11, 0


@pytest.fixture
def copy(bundle: Bundle, tmp_path: Path) -> Path:
    return shutil.copytree(bundle.path, tmp_path / "copy")


def refused(path: Path, last: str, **listing: Any) -> BundleError:
    """What is said of a bundle whose listing was written anew."""
    relist(path, **listing)
    with pytest.raises(BundleError) as error:
        verify(path, last)
    return error.value


def blocks_with(copy: Path, topic: bytes) -> list[Path]:
    """The files of receipts in which a topic stands."""
    return [file for file in sorted((copy / "receipts").iterdir()) if topic in file.read_bytes()]


def test_the_listing_of_a_bundle_is_as_its_format_says(copy: Path, bundle: Bundle) -> None:
    before = (copy / "bundle.json").read_bytes()
    relist(copy)
    assert (copy / "bundle.json").read_bytes() == before
    verify(copy, bundle.anchor)


def test_no_bit_of_what_the_chain_binds_can_be_changed(copy: Path, bundle: Bundle) -> None:
    """With a right listing for the change: headers, receipts, accounts, keys and sources."""
    chance = random.Random(19)  # noqa: S311 # a test's
    for folder, count in (("headers", 12), ("receipts", 12), ("keys", 4), ("sources", 2), ("", 6)):
        for _ in range(count * (50 if IS_LONG else 1)):
            inside = [f for f in sorted((copy / folder).iterdir()) if f.is_file()]
            file = copy / "accounts.rlp" if not folder else chance.choice(inside)
            data = file.read_bytes()
            mauled = bytearray(data)
            mauled[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            file.write_bytes(mauled)
            error = refused(copy, bundle.anchor)
            assert error.place.startswith((str(file.relative_to(copy)), "headers, block"))
            file.write_bytes(data)


@pytest.mark.parametrize("name", ["StepProved", "VersionPublished", "TicketUsed", "Paid"])
def test_an_event_cannot_be_left_out(
    name: str, copy: Path, bundle: Bundle, world: Witnessed
) -> None:
    from tests.exchange.contracts.setting.deployed import topic

    entries = {e["name"]: e for c in world.code.values() for e in c.abi if e["type"] == "event"}
    file = blocks_with(copy, topic(entries[name]))[0]
    number = int(file.stem)
    receipts = lists(file)
    data = file.read_bytes()

    file.unlink()  # the whole block
    error = refused(copy, bundle.anchor)
    assert error.place == f"receipts/{file.name}"
    assert f"block {number} may hold events" in error.problem

    store(file, receipts[:-1])  # a receipt
    assert "not the receipts of block" in refused(copy, bundle.anchor).problem

    kind, body = receipts[0][:1], rlp.decode(receipts[0][1:])
    body[3] = body[3][:-1]  # a log
    store(file, [kind + rlp.encode(body), *receipts[1:]])
    assert "not the receipts of block" in refused(copy, bundle.anchor).problem

    # and the header with it: then the headers do not lead to the anchor
    headers = copy / "headers" / "00000000.rlp"
    raws = lists(headers)
    at = number - world.manifest.block
    fields = rlp.decode(raws[at])
    fields[RECEIPTS_ROOT], fields[BLOOM] = keccak(rlp.encode(b"")), bytes(256)
    store(headers, [*raws[:at], rlp.encode(fields), *raws[at + 1 :]])
    file.unlink()
    error = refused(copy, bundle.anchor)
    assert error.place == f"headers/00000000.rlp, header {at + 1}"
    assert f"does not follow on block {number}'s" in error.problem
    store(headers, raws)
    file.write_bytes(data)


def test_a_chain_of_one_s_own_does_not_lead_to_the_anchor(
    copy: Path, bundle: Bundle, world: Witnessed
) -> None:
    """All headers made anew behind a changed one, each naming the one before."""
    headers = copy / "headers" / "00000000.rlp"
    raws = lists(headers)
    made: list[bytes] = raws[:5]
    for place, raw in enumerate(raws[5:]):
        fields = rlp.decode(raw)
        fields[PARENT] = keccak(made[-1])
        if not place:
            fields[TIME] = bytes([1, 2, 3, 4])
        made.append(rlp.encode(fields))
    store(headers, made)
    own = "0x" + keccak(made[-1]).hex()
    error = refused(copy, bundle.anchor)
    assert error.place.startswith("headers, block")
    assert own in error.problem
    assert refused(copy, bundle.anchor, anchor=own).place.startswith("headers, block")


def test_the_range_of_headers_is_whole(copy: Path, bundle: Bundle, world: Witnessed) -> None:
    headers = copy / "headers" / "00000000.rlp"
    raws = lists(headers)
    for wrong, place in (
        (raws[1:], "headers/00000000.rlp, header 0"),
        (raws[:-1], "headers, block"),
        ([*raws[:9], *raws[10:]], "headers/00000000.rlp, header 9"),
        ([raws[0], *raws], "headers/00000000.rlp, header 1"),
        ([], "headers"),
        ([*raws[:3], b"\x80", *raws[3:]], "headers/00000000.rlp, header 3"),
        ([*raws[:3], raws[3][:-1], *raws[4:]], "headers/00000000.rlp, header 3"),
        ([*raws[:3], [raws[3]], *raws[4:]], "headers/00000000.rlp"),
    ):
        store(headers, wrong)
        assert refused(copy, bundle.anchor).place.startswith(place)
    headers.write_bytes(rlp.encode(raws) + b"\x00")
    assert refused(copy, bundle.anchor).place == "headers/00000000.rlp"
    headers.write_bytes(b"\xc1" * 100_000 + b"\xc0")  # lists in lists
    assert refused(copy, bundle.anchor).place == "headers/00000000.rlp"
    headers.rename(headers.with_name("00000001.rlp"))
    assert refused(copy, bundle.anchor).place == "headers/00000001.rlp"


def test_headers_in_several_files_are_one_chain(copy: Path, bundle: Bundle) -> None:
    headers = copy / "headers" / "00000000.rlp"
    raws = lists(headers)
    store(headers, raws[:7])
    store(headers.with_name("00000001.rlp"), raws[7:])
    relist(copy)
    verify(copy, bundle.anchor)


def test_the_beginning_cannot_be_cut_off(copy: Path, bundle: Bundle, world: Witnessed) -> None:
    """A manifest that says that the exchange began later, and the headers from then on."""
    headers, manifest = copy / "headers" / "00000000.rlp", copy / "manifest.json"
    raws, said = lists(headers), json.loads(manifest.read_text())
    store(headers, raws[12:])
    said["block"] += 12
    manifest.write_text(json.dumps(said, sort_keys=True, separators=(",", ":")) + "\n")
    for file in (copy / "receipts").iterdir():
        if int(file.stem) < said["block"]:
            file.unlink()
    error = refused(copy, bundle.anchor)
    assert "never there" in error.problem or error.place == "the first events"


def test_receipts_that_no_header_asks_for_are_refused(copy: Path, bundle: Bundle) -> None:
    first = sorted((copy / "receipts").iterdir())[0]
    shutil.copy(first, first.with_name("000000000001.rlp"))
    error = refused(copy, bundle.anchor)
    assert error.place == "receipts/000000000001.rlp"
    assert "no header of the bundle asks" in error.problem


@pytest.mark.parametrize("field", ["block", "chainId", "deployer", "contracts", "council"])
def test_another_manifest_is_refused(field: str, copy: Path, bundle: Bundle) -> None:
    manifest = copy / "manifest.json"
    said = json.loads(manifest.read_text())
    said[field] = {
        "block": said["block"] + 1,
        "chainId": said["chainId"] + 1,
        "deployer": said["contracts"]["JobBoard"]["address"],
        "contracts": {
            **said["contracts"],
            "JobBoard": {**said["contracts"]["JobBoard"], "code": "0" * 64},
        },
        "council": {**said["council"], "threshold": 1},
    }[field]
    manifest.write_text(json.dumps(said, sort_keys=True, separators=(",", ":")) + "\n")
    refused(copy, bundle.anchor)


def test_another_key_is_no_key_of_the_registry(copy: Path, bundle: Bundle) -> None:
    """One under which its maker can prove anything, by the name of the right one, or its own."""
    own = Trapdoor.of("a forger's", 9).key()
    right = copy / "keys" / f"{key_digest(key_of(4))}.json"
    data = right.read_bytes()
    own.save(right)
    error = refused(copy, bundle.anchor)
    assert error.place == f"keys/{right.name}"
    assert "not the key of a circuit" in error.problem
    right.unlink()
    own.save(copy / "keys" / f"{key_digest(own)}.json")
    assert refused(copy, bundle.anchor).place == f"keys/{key_digest(own)}.json"
    (copy / "keys" / f"{key_digest(own)}.json").unlink()
    error = refused(copy, bundle.anchor)
    assert f"{right.stem}.json, under which" in error.problem
    for wrong in (b"{}", b"[]", data[:-2], data.replace(b"groth16", b"plonk16")):
        right.write_bytes(wrong)
        assert refused(copy, bundle.anchor).place == f"keys/{right.name}"
    # the mark of a development key belongs to it: the registry read it from the verifier
    right.write_bytes(data.replace(b"true", b"false"))
    assert refused(copy, bundle.anchor).place == f"keys/{right.name}"


def test_a_proof_of_an_account_is_of_that_account(copy: Path, bundle: Bundle) -> None:
    file = copy / "accounts.rlp"
    proofs = lists(file)
    for wrong in (
        [proofs[1], proofs[0], *proofs[2:]],
        [proofs[0][:-1], *proofs[1:]],
        [[], *proofs[1:]],
        proofs[1:],
        [*proofs, proofs[0]],
        [b"", *proofs[1:]],
    ):
        store(file, wrong)
        assert refused(copy, bundle.anchor).place.startswith("accounts.rlp")
    file.unlink()
    relist(copy)
    assert not verify(copy, bundle.anchor).has_codes


def test_a_bundle_with_receipts_is_not_taken_for_one_of_events_only(
    copy: Path, bundle: Bundle, events_bundle: Bundle
) -> None:
    relist(copy, evidence="events only")
    with pytest.raises(BundleError, match="such a bundle has no such file"):
        verify_events(copy)
    shutil.copytree(events_bundle.path / "events", copy / "events")
    error = refused(copy, bundle.anchor, evidence="with receipts")
    assert error.place == "events/00000000.json"


def test_other_code_at_an_address_is_seen_under_the_anchor(tmp_path: Path) -> None:
    """A bundle that was right is led on to a block in which a contract has other code."""
    need_anvil()
    council = Council((Account.create().address,), 1, 5)
    with Node.start() as node:
        chain = Chain.connect(node.url)
        manifest = deploy(chain, council, depth=0)
        export(tmp_path / "bundle", chain, manifest)
        before = chain.quantity("eth_blockNumber")
        board = manifest.addresses["JobBoard"]
        anvil = chain.web3.provider
        for method, *parameters in (
            ("anvil_mine", "0x1"),
            ("anvil_setCode", board, "0x6000"),
            ("anvil_mine", "0x1"),
        ):
            anvil.make_request(method, parameters)  # type: ignore[arg-type] # anvil's own
        told = [chain.ask("eth_getBlockByNumber", hex(before + i), False) for i in (1, 2)]
        proofs = [
            chain.ask("eth_getProof", address, [], hex(before + 2))["accountProof"]
            for address in manifest.addresses.values()
        ]
    headers = tmp_path / "bundle" / "headers" / "00000000.rlp"
    found = [header_told(one) for one in told]
    assert found[0] is not None
    assert found[1] is not None
    store(headers, [*lists(headers), found[0].raw, found[1].raw])
    nodes = [[bytes.fromhex(one[2:]) for one in proof] for proof in proofs]
    store(tmp_path / "bundle" / "accounts.rlp", nodes)
    error = refused(tmp_path / "bundle", told[1]["hash"], anchor=told[1]["hash"], block=before + 2)
    assert error.place == "accounts.rlp, JobBoard"
    assert f"other code lies at {board}" in error.problem
