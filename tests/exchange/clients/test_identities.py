"""Identities: what the registry tells of them, and changes that are made once each time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exchange.clients.interrupting import interrupted, sent_by
from tests.exchange.clients.parties import Parties
from zkpipe.exchange.clients.identities.changes import (
    LONGEST_TERM,
    LONGEST_VALUE,
    add_delegate,
    hand_over,
    remove_attribute,
    remove_delegate,
    set_attribute,
)
from zkpipe.exchange.clients.identities.identity import did_of, identity_of, parse_did
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.errors import IdentityError
from zkpipe.exchange.structs import Policy

DAY = 86_400
SITE, VALUE = "did/svc/Site", b"https://stats.example"
OTHER = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"


def attributes(session: Session) -> list[tuple[bytes, bytes]]:
    found = identity_of(session, session.me).attributes
    return [(one.name.rstrip(b"\0"), one.value) for one in found]


def names_of(session: Session, address: str) -> list[str]:
    return [event.name for event in identity_of(session, address).history]


def test_an_attribute_is_set_removed_and_set_again_each_once(parties: Parties) -> None:
    session = parties.session("speaker")
    before = sent_by(session)
    receipts = []
    for _ in range(2):
        receipts.append(set_attribute(session, session.me, SITE, VALUE, DAY))
        assert attributes(session) == [(SITE.encode(), VALUE)]
        receipts.append(remove_attribute(session, session.me, SITE, VALUE))
        assert attributes(session) == []
    assert sent_by(session) == before + 4
    assert len({receipt.transaction_hash for receipt in receipts if receipt}) == 4
    assert names_of(session, session.me) == ["DIDAttributeChanged"] * 4


def test_a_change_that_was_interrupted_is_gone_on_with(
    parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its transaction is mined when the command runs again: the event is there, and counts."""
    session = parties.session("interrupted")
    before = sent_by(session)

    def change() -> Any:
        return set_attribute(session, session.me, SITE, VALUE, DAY)

    attempt = interrupted(monkeypatch, session, change)
    assert sent_by(session) == before + 1
    receipt = change()
    assert attempt.begun is not None
    assert receipt is not None
    assert receipt.transaction_hash in attempt.begun.hashes
    assert sent_by(session) == before + 1
    again = change()  # it had ended: this is another time
    assert again is not None
    assert again.transaction_hash != receipt.transaction_hash
    assert sent_by(session) == before + 2


def test_a_delegate_is_named_ended_and_named_again(parties: Parties) -> None:
    session = parties.session("principal")
    before = sent_by(session)
    for _ in range(2):
        add_delegate(session, session.me, "zkpipe/prover", OTHER, DAY)
        (found,) = identity_of(session, session.me).delegates
        assert (found.kind.rstrip(b"\0"), found.delegate) == (b"zkpipe/prover", OTHER)
        remove_delegate(session, session.me, "zkpipe/prover", OTHER)
        assert identity_of(session, session.me).delegates == ()
    assert sent_by(session) == before + 4


def test_what_is_not_there_is_not_removed(parties: Parties) -> None:
    session = parties.session("speaker")
    before = sent_by(session)
    with pytest.raises(IdentityError, match="has no attribute of this name and value"):
        remove_attribute(session, session.me, "zkpipe/none", b"x")
    with pytest.raises(IdentityError, match="is no delegate of"):
        remove_delegate(session, session.me, "sigAuth", OTHER)
    assert sent_by(session) == before


def test_an_identity_goes_there_and_back_and_there_again(parties: Parties) -> None:
    first, second = parties.session("first"), parties.session("second")
    identity = first.me
    for giver, taker in ((first, second), (second, first), (first, second)):
        hand_over(giver, identity, taker.me)
        assert identity_of(giver, identity).owner == taker.me
        with pytest.raises(IdentityError, match=f"{taker.me} owns it"):
            set_attribute(giver, identity, SITE, VALUE, DAY)
    set_attribute(second, identity, SITE, VALUE, DAY)
    with pytest.raises(IdentityError, match="Nobody acts for"):
        hand_over(second, identity, "0x" + "00" * 20)


def test_a_lineage_is_the_identity_of_its_asset(parties: Parties) -> None:
    session = parties.session("owner")
    policy = Policy(
        schema_hash=b"s" * 32,
        doc_hash=b"d" * 32,
        approvers=b"\0" * 32,
        template=0,
        limit_bits=10,
        floor=0,
        keyed=False,
    )
    addresses, chain_id = session.manifest.addresses, session.manifest.chain_id
    lineage = policy.lineage(chain_id, addresses["DataCatalogue"], session.me, 7)
    asset = parse_did("0x" + lineage.hex(), chain_id)
    session.send(
        "DataCatalogue",
        "register",
        [policy.as_tuple, 7],
        subject=lineage,
        effect=lambda block: session.call("IdentityRegistry", "isAsset", asset, block=block),
    )
    assert asset == session.address("DataCatalogue", "assetOf", lineage)
    found = identity_of(session, asset)
    assert (found.owner, found.is_asset) == (session.me, True)
    with pytest.raises(IdentityError, match="is a data asset"):
        add_delegate(session, asset, "zkpipe/ledger", OTHER, DAY)
    buyer = parties.session("buyer")
    hand_over(session, asset, buyer.me)
    assert identity_of(session, asset).owner == buyer.me


def test_a_did_is_read_strictly() -> None:
    address = OTHER
    assert did_of(1337, address) == f"did:ethr:0x539:{address}"
    for text in (did_of(1337, address), address, address.lower(), f"0x{'1' * 24}{address[2:]}"):
        assert parse_did(text, 1337) == address
    assert parse_did(f"did:ethr:{address}", 1) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        f" {OTHER}",
        f"{OTHER}\n",
        f"did:ethr:0x539:{OTHER}\n",
        f"did:ethr:0x539:{OTHER}#controller",
        f"did:ethr:0x539:{OTHER}?versionId=1",
        f"did:ethr:0x0539:{OTHER}",
        f"did:ethr:0x53A:{OTHER}",
        f"did:ethr:1337:{OTHER}",
        f"did:ethr:dev:{OTHER}",
        f"did:ethr:{OTHER}",
        f"did:ethr:0x53a:{OTHER}",
        f"DID:ethr:0x539:{OTHER}",
        f"did:key:0x539:{OTHER}",
        OTHER[:-1],
        OTHER[2:],
        OTHER.replace("F45", "f45"),
        "0x" + "00" * 20,
        "0x" + "00" * 19 + "01",
        "0x" + "11" * 31,
        "did:ethr:0x539:0x02" + "11" * 32,
        "０x" + "11" * 20,
    ],
)
def test_what_is_no_identity_here_is_refused(text: str) -> None:
    with pytest.raises(IdentityError):
        parse_did(text, 1337)


def test_names_values_kinds_and_terms_have_bounds(parties: Parties) -> None:
    session = parties.session("speaker")
    before = sent_by(session)
    for name in ("", "a b", "a" * 33, "é", "a\n", "a\x1b"):
        with pytest.raises(IdentityError, match="An attribute's name"):
            set_attribute(session, session.me, name, b"x", DAY)
    for value in (b"", b"x" * (LONGEST_VALUE + 1)):
        with pytest.raises(IdentityError, match="An attribute's value"):
            set_attribute(session, session.me, SITE, value, DAY)
    for seconds in (0, -1, LONGEST_TERM + 1):
        with pytest.raises(IdentityError, match="no term"):
            set_attribute(session, session.me, SITE, b"x", seconds)
    with pytest.raises(IdentityError, match="no kind"):
        add_delegate(session, session.me, "zkpipe/owner", OTHER, DAY)
    assert sent_by(session) == before
