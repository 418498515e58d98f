"""What is signed is what the file says; it counts in one place, and nowhere else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.exchange.clients.parties import FAR, MEMBERS, Parties
from zkpipe.exchange.clients.decisions.decision import Decision, signed_functions
from zkpipe.exchange.clients.decisions.signature_files import Signature, signature_file
from zkpipe.exchange.clients.decisions.subjects import Statement, Template
from zkpipe.exchange.errors import SignatureError, StructError
from zkpipe.exchange.ids import chained_entry, loose_entry, template_id
from zkpipe.exchange.structs import Record, Terms
from zkpipe.ground.errors import FormatError
from zkpipe.verifier_contracts.errors import ArgumentError, RevertError

ONE = "0x" + "11" * 20
TERMS = Terms(
    board=ONE, grantee=ONE, payee=ONE, lineage=b"l" * 32, circuit=b"c" * 32, salt=1 << 200,
    price=5, expiry=FAR, max_uses=2,
)  # fmt: skip
RECORD = Record(
    verifier=ONE, developer=ONE, codehash=b"c" * 32, key_digest=b"k" * 32, r1cs_hash=b"r" * 32,
    source_hash=b"s" * 32, ceremony_hash=b"t" * 32, schema_hash=b"h" * 32, columns=1 << 60,
    leak_bits=56, shape=1, kind=4, results=1, words=2, provenance=1, floor_safe=True,
    development=False,
)  # fmt: skip
TEMPLATE = Template(doc=b"d" * 32, circuit=b"c" * 32, predicate=1 << 100)
LOOSE = Statement(asset=ONE, digest=b"d" * 32, parents=(b"p" * 32,), author=ONE)
CHAINED = Statement(asset=ONE, sequence=3, digest=b"d" * 32, author=ONE)
CALLS: dict[str, tuple[Any, ...]] = {
    "CircuitRegistry.approve": (RECORD,),
    "CircuitRegistry.retire": (RECORD,),
    "CircuitRegistry.setAuditorKey": (1 << 250,),
    "CircuitRegistry.setCouncil": ((ONE,), 1),
    "CredentialRegistry.defineTemplate": (b"d" * 32, b"c" * 32, 1 << 100),
    "CredentialRegistry.deprecate": (TEMPLATE,),
    "CredentialRegistry.setIssuer": (TEMPLATE, 1 << 240, ONE, True),
    "EvidenceLedger.confirm": (LOOSE, (ONE,), 1),
    "Settlement.issue": (ONE, 1 << 100),
    "UsageGrants.approve": (TERMS, (ONE,), 1),
    "UsageGrants.setBoard": (ONE, False),
}


def made(name: str) -> Decision:
    contract, function = name.split(".")
    return Decision(
        chain_id=1337,
        contract=contract,
        function=function,
        arguments=CALLS[name],
        nonce=0,
        deadline=FAR,
    )


def test_these_are_all_functions_that_take_signatures() -> None:
    assert sorted(".".join(name) for name in signed_functions()) == sorted(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_a_file_says_all_of_a_decision(name: str) -> None:
    decision = made(name)
    assert Decision.from_bytes(decision.to_bytes(), "a file") == decision
    assert Decision.from_bytes(decision.to_bytes(), "a file").to_bytes() == decision.to_bytes()


@pytest.mark.parametrize("name", CALLS)
def test_no_file_with_another_field_is_read_as_the_same(name: str, parties: Parties) -> None:
    decision = replace(made(name), chain_id=parties.manifest.chain_id)
    value = json.loads(decision.to_bytes())
    digests = {decision.action(parties.manifest).digest}
    others: list[dict[str, Any]] = [{**value, "deadline": value["deadline"] + 1}]
    if name not in ("UsageGrants.approve", "EvidenceLedger.confirm"):
        others.append({**value, "nonce": 1})
    for key, argument in value["arguments"].items():
        if key in ("approvers", "m", "list", "need"):  # the contract compares them with the id's
            continue
        if isinstance(argument, dict):
            for inner, said in argument.items():
                if inner == "sequence":  # with parents it is no entry
                    continue
                changed = {**argument, inner: other(said)}
                others.append({**value, "arguments": {**value["arguments"], key: changed}})
        else:
            others.append({**value, "arguments": {**value["arguments"], key: other(argument)}})
    for changed_value in others:
        read = Decision.from_bytes(json.dumps(changed_value).encode(), "a file")
        digests.add(read.action(parties.manifest).digest)
    assert len(digests) == 1 + len(others)


def other(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, list):
        return [other(value[0])]
    if isinstance(value, int):
        return value + 1
    if value.startswith("0x"):
        return value[:-2] + ("22" if value[-2:] != "22" else "33")
    return str(int(value) + 1)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "zkpipe action 2"},
        {"chainId": "1337"},
        {"nonce": -1},
        {"deadline": 1 << 64},
        {"function": "authorise"},
        {"function": "propose"},
        {"contract": "Deployer"},
        {"contract": []},
        {"arguments": {}},
        {"arguments": {"board": ONE, "on": 1}},
        {"arguments": {"board": "0x11", "on": True}},
        {"arguments": {"board": ONE, "on": True, "more": 1}},
        {"arguments": None},
        {"more": 1},
    ],
)
def test_what_is_no_action_is_refused(change: dict[str, Any]) -> None:
    value = {**json.loads(made("UsageGrants.setBoard").to_bytes()), **change}
    with pytest.raises((FormatError, StructError)):
        Decision.from_bytes(json.dumps(value).encode(), "a file")


def test_a_list_that_nobody_reads_to_its_end_is_not_signed() -> None:
    value = json.loads(made("CircuitRegistry.setCouncil").to_bytes())
    for count in (100, 101, 5_000):
        members = [f"0x{i + 1:040x}" for i in range(count)]
        value["arguments"]["newMembers"] = members
        if count > 100:
            with pytest.raises(FormatError):
                Decision.from_bytes(json.dumps(value).encode(), "a file")
        else:
            Decision.from_bytes(json.dumps(value).encode(), "a file")


def test_a_decision_is_one_however_its_arguments_are_given() -> None:
    """Texts for bytes, lists for tuples, addresses without capitals: one file, one digest."""
    address = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
    plain = replace(made("CircuitRegistry.setCouncil"), arguments=((address,), 1))
    assert replace(plain, arguments=([address.lower()], 1)) == plain
    assert replace(plain, arguments=([address.lower()], 1)).to_bytes() == plain.to_bytes()
    entry = replace(made("EvidenceLedger.confirm"), arguments=(b"e" * 32, (ONE,), 1))
    told = replace(entry, arguments=("0x" + "65" * 32, [ONE], 1))
    assert told == entry
    with pytest.raises(ArgumentError):
        replace(plain, arguments=((address.replace("E5F", "e5f"),), 1))


SHOWN = [
    ("CircuitRegistry.approve", RECORD, lambda chain, at: RECORD.circuit),
    (
        "CredentialRegistry.deprecate",
        TEMPLATE,
        lambda chain, at: template_id(
            chain, at["CredentialRegistry"], b"d" * 32, b"c" * 32, 1 << 100
        ),
    ),
    (
        "EvidenceLedger.confirm",
        LOOSE,
        lambda chain, at: loose_entry(
            chain, at["EvidenceLedger"], ONE, [b"p" * 32], b"d" * 32, ONE
        ),
    ),
    (
        "EvidenceLedger.confirm",
        CHAINED,
        lambda chain, at: chained_entry(chain, at["EvidenceLedger"], ONE, 3, b"d" * 32, ONE),
    ),
]


@pytest.mark.parametrize(("name", "thing", "id_of"), SHOWN)
def test_the_id_that_is_signed_is_made_of_the_thing_that_is_shown(
    name: str, thing: Any, id_of: Any, parties: Parties
) -> None:
    """By the ids that tests hold against the contracts; a bare id is in no file."""
    manifest = parties.manifest
    decision = replace(made(name), chain_id=manifest.chain_id)
    shown = replace(decision, arguments=(thing, *decision.arguments[1:]))
    bare = id_of(manifest.chain_id, manifest.addresses)
    named = replace(decision, arguments=(bare, *decision.arguments[1:]))
    assert shown.action(manifest) == named.action(manifest)
    assert shown.call_arguments(manifest, [])[0] == bare
    with pytest.raises(ArgumentError, match="tells a signer nothing"):
        named.to_bytes()
    value = json.loads(shown.to_bytes())
    (key, *_) = value["arguments"]
    for changed in (bare if isinstance(bare, int) else "0x" + bare.hex(), {}, [], None):
        value["arguments"][key] = changed
        with pytest.raises((FormatError, StructError)):
            Decision.from_bytes(json.dumps(value).encode(), "a file")


def test_a_thing_of_another_kind_is_no_argument() -> None:
    with pytest.raises(ArgumentError):
        replace(made("CircuitRegistry.approve"), arguments=(TEMPLATE,))
    with pytest.raises(ArgumentError):
        replace(made("EvidenceLedger.confirm"), arguments=(TERMS, (ONE,), 1))


def test_a_chained_entry_shows_no_parents_since_its_id_is_not_of_them() -> None:
    value = json.loads(made("EvidenceLedger.confirm").to_bytes())
    value["arguments"]["entry"]["sequence"] = 3
    with pytest.raises(StructError, match="named by its number"):
        Decision.from_bytes(json.dumps(value).encode(), "a file")


def test_a_grant_and_an_entry_have_no_nonce() -> None:
    for name in ("UsageGrants.approve", "EvidenceLedger.confirm"):
        value = {**json.loads(made(name).to_bytes()), "nonce": 1}
        with pytest.raises(FormatError):
            Decision.from_bytes(json.dumps(value).encode(), "a file")


def test_arguments_that_the_function_does_not_take_are_refused() -> None:
    with pytest.raises(ArgumentError):
        replace(made("UsageGrants.setBoard"), arguments=(ONE,))
    with pytest.raises(ArgumentError, match="takes signatures"):
        replace(made("UsageGrants.setBoard"), function="request")


def test_an_action_of_another_chain_is_not_signed(parties: Parties) -> None:
    other = parties.manifest.chain_id + 1
    with pytest.raises(SignatureError, match=f"of chain {other}"):
        replace(made("UsageGrants.setBoard"), chain_id=other).action(parties.manifest)


def test_the_council_decides_by_files(parties: Parties) -> None:
    """Each member signs by himself, from what the file says; the contract takes them together."""
    chain, manifest = parties.chain, parties.manifest
    to = parties.session("anyone").me
    decision = parties.decision("Settlement", "issue", [to, 70])
    read = Decision.from_bytes(decision.to_bytes(), "a file")
    action = read.action(manifest)
    files = [
        signature_file(read, manifest, member.address, action.signed_by(member))
        for member in (MEMBERS[2], MEMBERS[0])
    ]
    signatures = [Signature.from_bytes(data, "a file").of(read, manifest) for data in files]
    settlement = manifest.contract(chain, "Settlement")
    before = settlement.call("balance", to)
    with pytest.raises(RevertError, match="TooFewSignatures"):
        settlement.transact("issue", *decision.call_arguments(manifest, signatures[:1]))
    settlement.transact("issue", *decision.call_arguments(manifest, signatures))
    assert settlement.call("balance", to) == before + 70
    with pytest.raises(RevertError, match="BadSignature"):  # the nonce is used
        settlement.transact("issue", *decision.call_arguments(manifest, signatures))


def test_a_signature_of_another_action_or_person_is_refused(parties: Parties) -> None:
    manifest = parties.manifest
    decision = parties.decision("Settlement", "issue", [ONE, 70])
    another = parties.decision("Settlement", "issue", [ONE, 71])
    signature = another.action(manifest).signed_by(MEMBERS[0])
    data = signature_file(another, manifest, MEMBERS[0].address, signature)
    with pytest.raises(SignatureError, match="another action"):
        Signature.from_bytes(data, "a file").of(decision, manifest)
    forged = signature_file(decision, manifest, MEMBERS[0].address, signature)
    with pytest.raises(SignatureError, match="not the signature of"):
        Signature.from_bytes(forged, "a file").of(decision, manifest)
    with pytest.raises(FormatError):
        Signature.from_bytes(b"{}", "a file")
