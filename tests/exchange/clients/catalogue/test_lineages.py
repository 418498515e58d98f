"""Lineages are registered once, keep their budgets, and end for good."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_utils.address import to_checksum_address

from tests.exchange.clients.catalogue.owner import FLOOR, Owner, rows
from tests.exchange.some_tables import schema, small_schema
from zkpipe.exchange.clients.catalogue import lineages
from zkpipe.exchange.clients.catalogue.lineages import Lineage, allow, destroy, freeze, register
from zkpipe.exchange.clients.catalogue.looking import show
from zkpipe.exchange.clients.facts import id_in
from zkpipe.exchange.clients.identities.changes import hand_over
from zkpipe.exchange.clients.uses.approvers import KEPT, Approvers, keep_approvers
from zkpipe.exchange.errors import (
    BudgetRenewedError,
    CatalogueError,
    TermsError,
    UnknownSubjectError,
)
from zkpipe.exchange.states import LineageState
from zkpipe.exchange.structs import NOBODY, Policy, Terms
from zkpipe.exchange.words import keccak

POLICY = Policy(schema_hash=schema().hash, limit_bits=70, floor=FLOOR, keyed=False)


def count(owner: Owner) -> int:
    return owner.parties.chain.web3.eth.get_transaction_count(owner.session.me)


def test_a_policy_is_registered_once_also_by_a_run_that_was_stopped(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(BaseException):
        pass

    def stop(*_: object, **__: object) -> None:
        raise Stopped

    salts: list[int] = []
    draw = lineages.new_salt
    monkeypatch.setattr(lineages, "new_salt", lambda: salts.append(draw()) or salts[-1])
    with monkeypatch.context() as patch:
        patch.setattr(owner.session.sender, "send", stop)
        with pytest.raises(Stopped):
            register(owner.session, POLICY)
    before = count(owner)
    lineage = register(owner.session, POLICY)
    assert register(owner.session, POLICY) == lineage
    assert count(owner) == before + 1
    assert len(salts) == 1
    known = Lineage.of(owner.session, lineage)
    assert (known.owner, known.floor, known.limit_bits) == (owner.session.me, FLOOR, 70)
    assert register(owner.session, replace(POLICY, floor=3)) != lineage
    another = register(owner.session, POLICY, new_budget=True)
    assert another != lineage


ONE, TWO = "0x" + "11" * 20, "0x" + "22" * 20


@pytest.mark.parametrize(
    ("members", "need", "says"),
    [
        ((ONE, ONE), 2, "names an account twice"),
        ((ONE, NOBODY), 1, "account 0"),
        ((ONE, TWO), 3, "3 of 2 accounts cannot"),
        ((ONE, TWO), 0, "0 of 2 accounts cannot"),
        ((), 0, "0 of 0 accounts cannot"),
        (tuple(f"0x{i:040x}" for i in range(1, 102)), 1, "1 of 101 accounts cannot"),
    ],
)
def test_approvers_by_whom_no_grant_could_pass_are_refused_before_anything_is_sent(
    owner: Owner, members: tuple[str, ...], need: int, says: str
) -> None:
    listed, before = Approvers(members, need), count(owner)
    policy = replace(POLICY, approvers=listed.digest)
    with pytest.raises(TermsError, match=says):
        register(owner.session, policy, approvers=listed)
    other = Approvers((ONE, TWO), 1)
    with pytest.raises(TermsError, match="digest of another list"):
        register(owner.session, policy, approvers=other)
    assert count(owner) == before
    assert owner.session.home.documents.names(KEPT) == []


def test_the_list_of_approvers_is_kept_and_ends_with_the_owner_who_gave_it(owner: Owner) -> None:
    session, other = owner.session, owner.parties.session("someone")
    listed = Approvers((session.me, ONE), 2)
    policy = replace(POLICY, approvers=listed.digest)
    lineage = register(session, policy, approvers=listed)
    by = {"members": list(listed.members), "need": 2}
    assert show(session, lineage).facts["approved_by"] == by
    assert show(other, lineage).facts["approved_by"] is None
    keep_approvers(other, listed)
    assert show(other, lineage).facts["approved_by"] == by
    asset = to_checksum_address(lineage[12:])
    hand_over(session, asset, other.me)
    for one in (session, other):
        assert show(one, lineage).facts["approved_by"] == {"members": [other.me], "need": 1}


def test_a_budget_is_not_renewed_unless_that_is_said(owner: Owner) -> None:
    """As soon as a grant holds bits, another lineage of the schema is refused to its owner."""
    session = owner.session
    lineage = owner.lineage()
    stats = owner.records["stats"]
    allow(session, lineage, stats.circuit, on=True)
    terms = Terms(
        board=session.manifest.addresses["JobBoard"],
        grantee=session.me,
        payee=session.me,
        lineage=lineage,
        circuit=stats.circuit,
        salt=1,
        price=0,
        expiry=1 << 40,
        max_uses=1,
    )
    grants = session.manifest.contract(owner.parties.chain, "UsageGrants")
    grant = terms.grant(session.manifest.chain_id, grants.address)
    session.send(
        "UsageGrants", "request", [terms.as_tuple], subject=grant, effect=lambda block: False
    )
    other = Policy(schema_hash=small_schema().hash, limit_bits=9, floor=FLOOR, keyed=False)
    fresh = register(session, other)  # nothing is held or spent yet
    from zkpipe.exchange.clients.decisions.decision import Decision

    decision = Decision(
        chain_id=session.manifest.chain_id,
        contract="UsageGrants",
        function="approve",
        arguments=(terms, (session.me,), 1),
        nonce=0,
        deadline=1 << 40,
    )
    signature = decision.action(session.manifest).signed_by(session.home.account)
    grants.transact("approve", *decision.call_arguments(session.manifest, [signature]))
    assert Lineage.of(session, lineage).held == stats.leak_bits
    with pytest.raises(BudgetRenewedError, match=f"promised {stats.leak_bits} bits"):
        register(session, replace(other, limit_bits=10))
    assert register(session, other) == fresh  # which is there already
    register(session, replace(other, limit_bits=10), new_budget=True)
    register(owner.parties.session("someone"), replace(other, limit_bits=10))  # is not its owner
    register(session, replace(POLICY, limit_bits=11))  # another schema


def test_circuits_are_allowed_and_disallowed_as_often_as_one_likes(owner: Owner) -> None:
    session, lineage = owner.session, owner.lineage()
    circuit = owner.records["stats"].circuit
    before = count(owner)
    for on in (True, True, False, False, True, False):
        allow(session, lineage, circuit, on=on)
        assert session.call("DataCatalogue", "allowed", lineage, circuit) is on
    assert count(owner) == before + 4
    with pytest.raises(CatalogueError, match="answers nothing"):
        allow(session, lineage, owner.records["register"].circuit, on=True)
    with pytest.raises(UnknownSubjectError, match="no circuit"):
        allow(session, lineage, b"c" * 32, on=True)
    with pytest.raises(UnknownSubjectError, match="no lineage"):
        allow(session, b"l" * 32, circuit, on=True)
    with pytest.raises(CatalogueError, match="of another schema"):
        allow(session, register(session, POLICY, new_budget=True), circuit, on=True)
    bits = owner.records["stats"].leak_bits
    narrow = replace(POLICY, schema_hash=small_schema().hash, limit_bits=bits - 1)
    with pytest.raises(CatalogueError, match=f"tells {bits} bits with an answer, and {bits - 1} "):
        allow(session, register(session, narrow, new_budget=True), circuit, on=True)
    enough = register(session, replace(narrow, limit_bits=bits), new_budget=True)
    allow(session, enough, circuit, on=True)
    with pytest.raises(CatalogueError, match="belongs to"):
        allow(owner.parties.session("someone"), lineage, circuit, on=True)


def test_what_is_destroyed_is_gone_and_said_once(owner: Owner) -> None:
    session, lineage = owner.session, owner.lineage()
    made = owner.commit(rows(range(10)))
    owner.publisher.publish(lineage, [made])
    other = owner.commit(rows(range(20, 24)))
    someone = owner.parties.session("someone")
    for end in (freeze, lambda s, one: destroy(s, owner.holdings, one)):
        with pytest.raises(CatalogueError, match="belongs to"):
            end(someone, lineage)
    freeze(session, lineage)
    assert Lineage.of(session, lineage).state == LineageState.FROZEN
    roots = destroy(session, owner.holdings, lineage)
    assert sorted(roots) == sorted(one.root for one in made.segments)
    before = count(owner)
    assert sorted(destroy(session, owner.holdings, lineage)) == sorted(roots)
    assert count(owner) == before
    assert Lineage.of(session, lineage).state == LineageState.DESTROYED
    for root in roots:
        with pytest.raises(UnknownSubjectError, match="no segment"):
            owner.holdings.segment(root)
    assert owner.holdings.segment(other.segments[0].root)
    statement = session.home.documents.get("destruction", lineage.hex())
    rows_ = session.final.rows("entries", asset=session.call("DataCatalogue", "assetOf", lineage))
    if not rows_:  # the index has checksums
        from eth_utils.address import to_checksum_address

        rows_ = session.final.rows("entries", asset=to_checksum_address(lineage[12:]))
    (entry,) = rows_
    assert (entry["stage"], id_in(entry["digest"])) == (7, keccak(statement))
    with pytest.raises(CatalogueError, match="is destroyed"):
        owner.publisher.publish(lineage, [other])
