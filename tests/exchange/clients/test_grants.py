"""Grants: what is refused before it is asked for, who approves, and what is left."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.exchange.clients.market import FLOOR, LIMIT, Market
from tests.exchange.clients.parties import FAR
from tests.exchange.some_tables import schema, small_schema
from zkpipe.exchange.clients.decisions.decision import Decision
from zkpipe.exchange.clients.grants import Grants, Listed, listed
from zkpipe.exchange.clients.uses.approvers import Approvers
from zkpipe.exchange.clients.uses.drafts import drafting, terms_in
from zkpipe.exchange.errors import (
    NotDecidedError,
    NotFinalError,
    SignatureError,
    StructError,
    TermsError,
    UnknownSubjectError,
)
from zkpipe.exchange.ids import list_digest
from zkpipe.exchange.states import GrantState, LineageState
from zkpipe.exchange.struct_files import format_of, struct_file
from zkpipe.exchange.structs import Policy, Terms
from zkpipe.ground.errors import FormatError
from zkpipe.verifier_contracts.errors import RevertError


def row(market: Market, grant: bytes) -> Listed:
    return next(one for one in listed(market.developer) if one.id == grant)


def held(market: Market) -> int:
    found = market.developer.latest.row("budgets", market.lineage)
    assert found is not None
    return int(found["held"])


def test_an_owner_who_decides_alone_approves_at_once(market: Market) -> None:
    before = held(market)
    asked = Grants(market.developer).request(market.terms(max_uses=3))
    assert "development key" in asked.warnings[0]
    assert row(market, asked.id).state is GrantState.APPLIED
    assert row(market, asked.id).left == 0
    Grants(market.owner).approve(asked.id)
    found = row(market, asked.id)
    assert (found.state, found.left, found.used, found.open) == (GrantState.ACTIVE, 3, 0, 0)
    assert found.owner == market.owner.me
    assert held(market) - before == 3 * market.records["stats"].leak_bits


def test_asking_again_sends_nothing(market: Market) -> None:
    terms = market.terms()
    grant = Grants(market.developer).request(terms).id
    first = Grants(market.owner).approve(grant)
    counts = [market.sent(one) for one in (market.owner, market.developer)]
    assert Grants(market.developer).request(terms).id == grant
    assert Grants(market.owner).approve(grant) == first
    assert [market.sent(one) for one in (market.owner, market.developer)] == counts


def test_a_revoked_grant_is_closed_and_gives_its_bits_back(market: Market) -> None:
    before = held(market)
    grant = market.grant()
    with pytest.raises(TermsError, match="neither the lineage's owner nor"):
        Grants(market.developer).revoke(grant)
    with pytest.raises(RevertError, match="WrongState"):
        Grants(market.developer).close(grant)
    Grants(market.owner).revoke(grant)
    assert row(market, grant).left == 0
    Grants(market.developer).close(grant)  # anyone may
    assert row(market, grant).state is GrantState.CLOSED
    assert held(market) == before


def test_a_stranger_cannot_approve(market: Market) -> None:
    grant = Grants(market.developer).request(market.terms()).id
    with pytest.raises(NotDecidedError, match="signed by nobody; 1 of 1 must sign"):
        Grants(market.developer).approve(grant)
    decision = Grants(market.developer).decision(grant)
    forged = decision.action(market.manifest).signed_by(market.developer.home.account)
    with pytest.raises(SignatureError, match="may not sign it"):
        Grants(market.developer).approve(grant, signatures=[forged])


def test_several_approve_by_files(market: Market) -> None:
    """The list is of the policy; two of three sign, and anybody sends."""
    owner, developer, member = market.owner, market.developer, market.session("member")
    members = (owner.me, member.me, "0x" + "11" * 20)
    policy = Policy(
        schema_hash=small_schema().hash,
        approvers=list_digest(members, 2),
        limit_bits=LIMIT,
        floor=FLOOR,
        keyed=False,
    )
    catalogue = market.manifest.addresses["DataCatalogue"]
    lineage = policy.lineage(market.manifest.chain_id, catalogue, owner.me, 77)
    market.act(owner, "DataCatalogue", "register", policy.as_tuple, 77)
    circuit = market.records["stats"].circuit
    market.act(owner, "DataCatalogue", "allow", lineage, circuit, True)
    grant = Grants(developer).request(market.terms(lineage=lineage)).id
    grants = Grants(owner)
    with pytest.raises(TermsError, match="of which the chain has a digest only"):
        grants.approve(grant)
    other = Approvers((members[1], members[0], members[2]), 2)
    with pytest.raises(TermsError, match="not the one of the lineage's policy"):
        grants.decision(grant, other)
    file = Approvers(members, 2).to_bytes()
    approvers = Approvers.from_bytes(file, "a file")
    with pytest.raises(NotDecidedError, match="2 of 3 must sign it, so 1 more"):
        grants.approve(grant, approvers)
    decision = Decision.from_bytes(grants.decision(grant).to_bytes(), "a file")  # now it is known
    action = decision.action(market.manifest)
    signed = [action.signed_by(one.home.account) for one in (member, owner)]
    for few in (signed[:1], [signed[0], signed[0]]):
        with pytest.raises(NotDecidedError):
            Grants(developer).approve(grant, approvers, few)
    Grants(developer).approve(grant, approvers, signed)
    assert row(market, grant).state is GrantState.ACTIVE
    Grants(member).revoke(grant, approvers)
    assert row(market, grant).state is GrantState.REVOKED


@pytest.mark.parametrize(
    "value",
    [
        {"members": []},
        {"members": ["0x11"]},
        {"members": "0x" + "11" * 20},
        {"need": 0},
        {"need": 3},
        {"need": True},
        {"need": "1"},
        {"format": "zkpipe approvers 2"},
        {"more": 1},
    ],
)
def test_a_list_of_approvers_that_is_none_is_refused(value: dict[str, Any]) -> None:
    good = {"format": "zkpipe approvers 1", "members": ["0x" + "11" * 20], "need": 1}
    assert Approvers.from_bytes(json.dumps(good).encode(), "a file").need == 1
    with pytest.raises(FormatError, match="no list of approvers"):
        Approvers.from_bytes(json.dumps({**good, **value}).encode(), "a file")


WRONG: dict[str, tuple[Callable[[Market], dict[str, Any]], str]] = {
    "other grantee": (lambda m: {"grantee": m.owner.me}, "only that account can ask"),
    "unknown version": (lambda m: {"version": 9}, "no version 9 yet"),
    "other kind": (
        lambda m: {"circuit": m.records["register"].circuit},
        "of kind 1 answers no job",
    ),
    "a scheme": (lambda m: {"param": 1}, "answers no job"),
    "no floor": (lambda m: {"circuit": m.records["query"].circuit}, "keeps no floor"),
    "other board": (lambda m: {"board": m.owner.me}, "lists no board"),
    "no use": (lambda m: {"max_uses": 0}, "of no use"),
    "expired": (lambda m: {"expiry": m.owner.now}, "expired at"),
    "too many": (lambda m: {"max_uses": 10**6}, "budget has"),
}


@pytest.mark.parametrize("name", WRONG)
def test_terms_that_would_be_refused_are_not_asked_for(market: Market, name: str) -> None:
    change, says = WRONG[name]
    terms = replace(market.terms(), **change(market))
    count = market.sent(market.developer)
    with pytest.raises(TermsError, match=says):
        Grants(market.developer).request(terms)
    assert market.sent(market.developer) == count


def test_unknown_lineages_and_circuits_are_named(market: Market) -> None:
    for name in ("lineage", "circuit"):
        with pytest.raises(UnknownSubjectError, match=f"no {name} 0x"):
            Grants(market.developer).request(market.terms(**{name: b"x" * 32}))
    with pytest.raises(UnknownSubjectError, match="no grant 0x"):
        Grants(market.owner).approve(b"x" * 32)


def test_a_lineage_of_another_schema_or_closed_or_not_open_to_it_is_refused(
    market: Market,
) -> None:
    owner = market.owner
    catalogue = market.manifest.addresses["DataCatalogue"]
    circuit = market.records["stats"].circuit

    def registered(salt: int, schema_hash: bytes) -> bytes:
        policy = Policy(schema_hash=schema_hash, limit_bits=LIMIT, floor=FLOOR, keyed=False)
        market.act(owner, "DataCatalogue", "register", policy.as_tuple, salt)
        return policy.lineage(market.manifest.chain_id, catalogue, owner.me, salt)

    other = registered(31, schema().hash)
    with pytest.raises(TermsError, match="of another schema"):
        Grants(market.developer).request(market.terms(lineage=other))
    closed = registered(32, small_schema().hash)
    with pytest.raises(TermsError, match="does not allow the circuit"):
        Grants(market.developer).request(market.terms(lineage=closed))
    market.act(owner, "DataCatalogue", "allow", closed, circuit, True)
    market.act(owner, "DataCatalogue", "setState", closed, LineageState.FROZEN)
    with pytest.raises(TermsError, match="frozen or destroyed"):
        Grants(market.developer).request(market.terms(lineage=closed))


def test_what_follows_from_the_exchange_may_be_left_out_of_a_file(market: Market) -> None:
    value = {
        "format": format_of(Terms),
        "lineage": "0x" + market.lineage.hex(),
        "circuit": "0x" + market.records["stats"].circuit.hex(),
        "price": 7,
        "expiry": FAR,
        "maxUses": 2,
    }
    data = json.dumps(value).encode()
    one, another = (terms_in(market.developer, data, "a file") for _ in range(2))
    assert one.salt != another.salt
    assert replace(one, salt=another.salt) == another
    assert one == replace(
        market.terms(price=7, expiry=FAR, max_uses=2), salt=one.salt, payee=market.owner.me
    )
    for wrong in ({"lineage": None}, {"more": 1}, {"format": "zkpipe terms 2"}, {"price": -1}):
        with pytest.raises((FormatError, StructError)):
            terms_in(market.developer, json.dumps({**value, **wrong}).encode(), "a file")
    whole = struct_file(one)
    assert terms_in(market.developer, whole, "a file") == one


def test_a_draft_lasts_until_it_is_done(market: Market) -> None:
    """A run that was ended goes on with what it drew; the next one after it draws anew."""
    session = market.developer

    def asked(error: BaseException | None = None) -> Terms:
        with drafting(session, Terms, b"the same words", market.terms) as found:
            if error is not None:
                seen.append(found)
                raise error
        return found

    seen: list[Terms] = []
    with pytest.raises(NotFinalError):
        asked(NotFinalError("a", "b"))
    with pytest.raises(KeyboardInterrupt):
        asked(KeyboardInterrupt())
    first = asked()
    assert seen == [first, first]
    assert asked() != first
    with pytest.raises(TermsError):
        asked(TermsError("a", "b"))
    assert asked() != seen[-1]
