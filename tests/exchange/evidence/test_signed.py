"""An auditor recovers who signed what, and is not told of signatures that do not hold."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rlp
from eth.rlp.headers import BlockHeader
from eth_abi.abi import decode, encode
from eth_account import Account
from eth_utils import keccak

from tests.exchange.contracts.setting.values import APPROVERS, COUNCIL
from tests.exchange.evidence.conftest import Bundle
from tests.exchange.evidence.forging import lists, relist, store
from tests.exchange.evidence.test_chain import header_of
from tests.exchange.evidence.witnessed import Witnessed
from zkpipe.exchange.errors import BundleError
from zkpipe.exchange.evidence import verify, verify_events
from zkpipe.exchange.evidence.chain.headers import Header
from zkpipe.exchange.evidence.chain.receipts import root_of
from zkpipe.exchange.evidence.chain.transactions import Call, calls_in, transaction_told
from zkpipe.exchange.evidence.folder import Folder
from zkpipe.exchange.evidence.linking import calls_under, linked, logs_under
from zkpipe.exchange.evidence.replay import Replayed, replayed
from zkpipe.exchange.evidence.signed import places_signed, signed_in
from zkpipe.verifier_contracts.abi import type_of

CONFIRMING = [Account.from_key(bytes([9] * 31 + [i])) for i in (1, 2)]
WHO = {"UsageGrants.approve": (APPROVERS[:2], 3), "EvidenceLedger.confirm": (CONFIRMING, 2)}
DECISIONS = {
    "CircuitRegistry.approve": 4,
    "UsageGrants.setBoard": 1,
    "Settlement.issue": 1,
    "UsageGrants.approve": 1,
    "EvidenceLedger.confirm": 1,
}


@pytest.fixture
def copy(bundle: Bundle, tmp_path: Path) -> Path:
    return shutil.copytree(bundle.path, tmp_path / "copy")


@pytest.fixture(scope="module")
def told(bundle: Bundle, world: Witnessed) -> tuple[Replayed, dict[Any, Call]]:
    """The events of the bundle, and the calls that it has of them."""
    folder = Folder(bundle.path)
    chain = linked(folder, world.manifest, bytes.fromhex(bundle.anchor[2:]))
    found = replayed(world.manifest, logs_under(folder, world.manifest, chain.candidates))
    return found, calls_under(folder, chain.candidates, places_signed(found))


def test_the_bundle_says_who_signed_what(bundle: Bundle) -> None:
    """As the story says: two of three of the council, two of three approvers, two confirmers."""
    signed = verify(bundle.path, bundle.anchor).signed
    assert Counter(one.action for one in signed) == DECISIONS
    for one in signed:
        who, among = WHO.get(one.action, (COUNCIL[:2], 3))
        names = sorted((account.address for account in who), key=str.lower)
        assert (list(one.signers or ()), one.need, one.list_size) == (names, 2, among), one


def test_of_events_only_no_signers_are_told(events_bundle: Bundle) -> None:
    signed = verify_events(events_bundle.path).signed
    assert len(signed) == sum(DECISIONS.values())
    assert {one.signers for one in signed} == {None}


def test_what_the_bundle_lacks_is_not_told_and_not_wrong(copy: Path, bundle: Bundle) -> None:
    before = verify(copy, bundle.anchor).signed
    first = min((copy / "transactions").iterdir())
    first.unlink()
    relist(copy)
    after = verify(copy, bundle.anchor).signed
    for was, one in zip(before, after, strict=True):
        assert (one.signers is None) == (one.block == int(first.stem))
        assert one.subject == was.subject


def test_no_transaction_can_be_changed_added_or_moved(copy: Path, bundle: Bundle) -> None:
    files = sorted((copy / "transactions").iterdir())
    chance = random.Random(5)  # noqa: S311 # a test's

    def refused(match: str) -> None:
        relist(copy)
        with pytest.raises(BundleError, match=match) as error:
            verify(copy, bundle.anchor)
        assert error.value.place.startswith("transactions/")

    for file in chance.sample(files, 4):
        data = file.read_bytes()
        transactions = lists(file)
        mauled = bytearray(transactions[0])
        mauled[chance.randrange(len(mauled))] ^= 1 << chance.randrange(8)
        for other in ([bytes(mauled)], [], [*transactions, transactions[0]]):
            store(file, other)
            refused("not the transactions of block")
        file.write_bytes(files[0].read_bytes() if file != files[0] else files[1].read_bytes())
        refused("not the transactions of block")
        file.write_bytes(data)
    quiet = {f.stem for f in (copy / "receipts").iterdir()} - {f.stem for f in files}
    extra = copy / "transactions" / f"{min(quiet)}.rlp"
    extra.write_bytes(files[0].read_bytes())
    refused("nothing was signed")


def forged(call: Call, world: Witnessed, change: Any) -> Call:
    """A call with other signatures than it had."""
    for contract in world.code.values():
        for entry in contract.abi:
            inputs = [type_of(one) for one in entry.get("inputs", ())]
            name = f"{entry.get('name')}({','.join(inputs)})"
            if entry["type"] == "function" and keccak(text=name)[:4] == call.data[:4]:
                *values, sigs = decode(inputs, call.data[4:])
                data = encode(inputs, [*values, change(*sigs)])
                return replace(call, data=call.data[:4] + data)
    raise AssertionError(call)


CHANGES: dict[str, Any] = {
    "another deadline": lambda d, who, sigs: (d - 1, who, sigs),
    "over": lambda d, who, sigs: (1, who, sigs),
    "nobody": lambda d, who, sigs: (d, [], []),
    "one less": lambda d, who, sigs: (d, who[:-1], sigs[:-1]),
    "a signature less": lambda d, who, sigs: (d, who, sigs[:-1]),
    "one twice": lambda d, who, sigs: (d, [who[0], *who], [sigs[0], *sigs]),
    "turned": lambda d, who, sigs: (d, who[::-1], sigs[::-1]) if len(who) > 1 else (d, [], []),
    "another name": lambda d, who, sigs: (d, [*who[:-1], "0x" + "ff" * 20], sigs),
    "a stranger too": lambda d, who, sigs: (d, [*who, "0x" + "ff" * 20], [*sigs, sigs[0]]),
    "a bit": lambda d, who, sigs: (d, who, [*sigs[:-1], bytes([sigs[-1][0] ^ 1]) + sigs[-1][1:]]),
    "no signature": lambda d, who, sigs: (d, who, [b""] * len(sigs)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_signatures_that_do_not_hold_are_named(
    change: str, told: tuple[Replayed, dict[Any, Call]], world: Witnessed
) -> None:
    """As if the contracts had taken them, of each decision in turn; once among all the others."""
    events, calls = told
    assert signed_in(world.manifest, events, calls)[1] == []
    for number, place in enumerate(calls):
        one = {place: forged(calls[place], world, CHANGES[change])}
        _, wrong = signed_in(world.manifest, events, one if number else calls | one)
        assert wrong, place
        assert all(f"block {place[0]}, log {place[1]}" in where for where, _ in wrong)


def test_another_call_than_the_event_tells_of_shows_nothing(
    told: tuple[Replayed, dict[Any, Call]], world: Witnessed
) -> None:
    """Such as that of a contract through which the signatures went."""
    events, calls = told
    place, *_ = calls
    for other in (
        replace(calls[place], to=b"\x11" * 20),
        replace(calls[place], to=b""),
        replace(calls[place], data=b""),
        replace(calls[place], data=calls[place].data[:-1]),
        next(call for call in calls.values() if call.data != calls[place].data),
    ):
        signed, wrong = signed_in(world.manifest, events, calls | {place: other})
        assert wrong == []
        assert [(one.block, one.log) for one in signed if one.signers is None] == [place]


def changed(found: Replayed, name: str, **other: Any) -> Replayed:
    """The events, in which those of a name say something else."""
    events = [
        (log, replace(event, said={**event.said, **other}) if event.name == name else event)
        for log, event in found.events
    ]
    return replace(found, events=events)


@pytest.mark.parametrize("name", ["approvers", "m"])
def test_a_list_that_is_not_the_policys_is_named_without_any_transaction(
    name: str, told: tuple[Replayed, dict[Any, Call]], world: Witnessed
) -> None:
    events, _ = told
    other = {"approvers": [world.owner], "m": 1}[name]
    _, wrong = signed_in(world.manifest, changed(events, "Approved", **{name: other}), {})
    assert [problem for _, problem in wrong] == [
        "the list that approves is not the one of the lineage's policy."
    ]


def test_without_a_list_and_after_a_sale_the_owner_approves_alone(
    told: tuple[Replayed, dict[Any, Call]], world: Witnessed
) -> None:
    events, _ = told
    (policy,) = {
        event.said["lineage"]: event.said["policy"]
        for _, event in events.events
        if event.name == "LineageRegistered" and any(event.said["policy"]["approvers"])
    }.values()
    alone = changed(events, "LineageRegistered", policy={**policy, "approvers": bytes(32)})
    sold = changed(events, "LineageRegistered", owner=world.buyer)  # who set the policy is not he
    for story in (alone, sold):
        by_owner = changed(story, "Approved", approvers=[world.owner], m=1)
        assert signed_in(world.manifest, by_owner, {})[1] == []
        by_buyer = changed(by_owner, "Approved", approvers=[world.buyer])
        for other in (story, by_buyer, changed(by_owner, "Approved", m=0)):
            assert len(signed_in(world.manifest, other, {})[1]) == 1


def test_the_council_is_the_one_that_decided_and_not_the_one_that_came_after(
    told: tuple[Replayed, dict[Any, Call]], world: Witnessed
) -> None:
    events, calls = told
    others = ["0x" + "77" * 20, "0x" + "78" * 20]
    _, wrong = signed_in(world.manifest, changed(events, "CouncilSet", members=others), calls)
    assert len(wrong) == 6
    _, wrong = signed_in(world.manifest, changed(events, "CouncilSet", threshold=3), calls)
    assert len(wrong) == 6
    late = changed(events, "CouncilSet", members=others).events[:1]
    following = replace(events, events=[*events.events, *late])
    assert signed_in(world.manifest, following, calls)[1] == []


KEY = Account.from_key(b"\x05" * 32)
TO, HASH = "0x" + "aB" * 20, "0x" + "33" * 32
BASE: dict[str, Any] = {"chainId": 1337, "nonce": 0, "gas": 90_000, "value": 0, "data": "0x0102"}
FEES: dict[str, Any] = {"maxFeePerGas": 10**10, "maxPriorityFeePerGas": 0}
ACCESS = [{"address": TO, "storageKeys": [HASH, "0x" + "00" * 32]}]


def of_each_type() -> list[dict[str, Any]]:
    to = Account.from_key(b"\x06" * 32).address
    access = [{"address": to, "storageKeys": [HASH, "0x" + "00" * 32]}]
    allowed = KEY.sign_authorization({"chainId": 1337, "address": to, "nonce": 0})
    blob = {"maxFeePerBlobGas": 5, "blobVersionedHashes": ["0x01" + "22" * 31]}
    return [
        {**BASE, "to": to, "gasPrice": 10**9},
        {**BASE, "gasPrice": 0, "nonce": 128},
        {**BASE, "to": to, "gasPrice": 7, "accessList": access, "type": 1},
        {**BASE, **FEES, "to": to, "type": 2},
        {**BASE, **FEES, "to": to, "accessList": access, "type": 2, "value": 10**18},
        {**BASE, **FEES, **blob, "to": to, "accessList": [], "type": 3},
        {**BASE, **FEES, "to": to, "authorizationList": [allowed], "type": 4},
    ]


def told_by_node(given: dict[str, Any], made: Any) -> dict[str, Any]:
    """A transaction as nodes write it."""
    found = {k: hex(v) if isinstance(v, int) else v for k, v in given.items() if k != "data"}
    found |= {"input": given["data"], "to": given.get("to"), "hash": made.hash.to_0x_hex()}
    found |= {"v": hex(made.v), "r": hex(made.r), "s": hex(made.s)}
    if "authorizationList" in given:
        found["authorizationList"] = [
            {
                "chainId": hex(one.chain_id),
                "address": "0x" + bytes(one.address).hex(),
                "nonce": hex(one.nonce),
                "yParity": hex(one.y_parity),
                "r": hex(one.r),
                "s": hex(one.s),
            }
            for one in given["authorizationList"]
        ]
    return found


@pytest.mark.parametrize("which", range(len(of_each_type())))
def test_a_transaction_of_each_type_has_the_bytes_that_were_signed(which: int) -> None:
    """By eth_account, whose bytes hash to the transaction's hash."""
    given = of_each_type()[which]
    made = KEY.sign_transaction(given)
    told = told_by_node(given, made)
    raw = transaction_told(told)
    assert raw == bytes(made.raw_transaction)
    assert keccak(raw) == bytes(made.hash)
    if given.get("type"):
        assert transaction_told({**told, "yParity": told["v"], "v": "0x1c"}) == raw
    root = keccak(rlp.encode([b"\x20\x80", raw]))  # of a trie with one leaf, whose key is 0x80
    header = Header.of(rlp.encode(header_of(BlockHeader, transaction_root=root)), "x")
    (call,) = calls_in([raw], header, "x")
    to = given.get("to")
    assert call == Call(bytes.fromhex(to[2:]) if to else b"", b"\x01\x02")
    with pytest.raises(BundleError, match="not the transactions of block 300"):
        calls_in([raw, raw], header, "x")


@pytest.mark.parametrize("raw", [b"", b"\x05\xc0", b"\xc0", b"\x02\xc0", b"\x01", b"\x02\x80"])
def test_what_is_no_transaction_is_refused_even_under_a_right_root(raw: bytes) -> None:
    header = Header.of(rlp.encode(header_of(BlockHeader, transaction_root=root_of([raw]))), "x")
    with pytest.raises(BundleError):
        calls_in([raw], header, "x")
    with pytest.raises(ValueError, match="type"):
        transaction_told({"type": "0x5"})
