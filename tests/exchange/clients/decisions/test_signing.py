"""Before an account signs, it is told what it signs, and whether its signature counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.exchange.clients.market import Market
from tests.exchange.clients.parties import FAR, MEMBERS
from zkpipe.exchange.clients.decisions.decision import Decision
from zkpipe.exchange.clients.decisions.quorum import carry_out
from zkpipe.exchange.clients.decisions.subjects import Statement, Template
from zkpipe.exchange.clients.grants import Grants
from zkpipe.exchange.clients.ledger import Note, append, digest_of_file
from zkpipe.exchange.clients.signing import may_sign, standing_of
from zkpipe.exchange.errors import (
    EvidenceError,
    ExchangeWarning,
    SignatureError,
    TermsError,
    UnknownSubjectError,
)
from zkpipe.exchange.states import Stage

A, B, C = (str(member.address) for member in MEMBERS)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_bytes(b"what we did with it")
    return path


def test_a_member_signs_for_the_council_and_a_stranger_does_not(market: Market) -> None:
    stranger = market.developer.me
    decision = market.decision("Settlement", "issue", [stranger, 5])
    assert set(may_sign(market.manifest, decision, A).signers) == {A, B, C}
    standing = standing_of(market.developer, decision, A)
    assert (set(standing.quorum.signers), standing.quorum.need) == ({A, B, C}, 2)
    with pytest.warns(ExchangeWarning, match="not in the council that the home's manifest names"):
        may_sign(market.manifest, decision, stranger)
    with pytest.raises(SignatureError, match=f"{stranger} may not sign"):
        standing_of(market.developer, decision, stranger)
    market.decide("Settlement", "issue", [stranger, 6])
    with pytest.raises(SignatureError, match=f"has used nonce {decision.nonce}"):
        standing_of(market.developer, decision, A)
    following = replace(decision, nonce=decision.nonce + 1, deadline=1)
    with pytest.raises(SignatureError, match="time of the action is over"):
        standing_of(market.developer, following, A)


def test_the_council_is_the_one_of_the_chain_if_it_is_asked(market: Market) -> None:
    """It was replaced, and the manifest does not know: the old members sign in vain."""
    session = market.developer
    market.decide("CircuitRegistry", "setCouncil", [[session.me, A], 1])
    try:
        decision = market.decision("Settlement", "issue", [session.me, 5])
        assert standing_of(session, decision, session.me).quorum.need == 1
        with pytest.raises(SignatureError, match=f"{B} may not sign"):
            standing_of(session, decision, B)
        assert may_sign(market.manifest, decision, B).need == 2
    finally:
        back = market.decision("CircuitRegistry", "setCouncil", [[A, B, C], 2])
        signature = back.action(market.manifest).signed_by(MEMBERS[0])
        call = back.call_arguments(market.manifest, [signature])
        market.manifest.contract(market.chain, "CircuitRegistry").transact("setCouncil", *call)


def test_a_circuit_is_shown_as_it_was_proposed(market: Market) -> None:
    session, record = market.developer, market.records["stats"]
    decision = Decision.of_council(session, "CircuitRegistry", "retire", [record.circuit], FAR)
    assert decision.arguments == (record,)
    bare = market.decision("CircuitRegistry", "retire", [record.circuit])
    assert decision.action(market.manifest) == bare.action(market.manifest)
    told = standing_of(session, decision, A).told
    assert told["circuit"] == f"stats, by {session.me}, under a development key"
    assert told["state"] == "active"
    with pytest.raises(UnknownSubjectError, match="no circuit"):
        Decision.of_council(session, "CircuitRegistry", "retire", [b"c" * 32], FAR)


def test_a_template_is_shown_as_it_was_defined(market: Market) -> None:
    session, words = market.developer, (b"d" * 32, b"c" * 32, 1 << 70)
    market.decide("CredentialRegistry", "defineTemplate", words)
    session.index.follow()
    (event,) = session.index.events_of("CredentialRegistry", "TemplateDefined")
    call = [event.said["t"], 7, session.me, True]
    decision = Decision.of_council(session, "CredentialRegistry", "setIssuer", call, FAR)
    assert decision.arguments[0] == Template(doc=words[0], circuit=words[1], predicate=words[2])
    action = decision.action(market.manifest)
    signatures = [action.signed_by(member) for member in MEMBERS[:2]]
    assert carry_out(session, decision, signatures) is not None
    with pytest.raises(UnknownSubjectError, match="no template 7"):
        Decision.of_council(session, "CredentialRegistry", "deprecate", [7], FAR)


def test_a_confirmer_is_shown_the_entry_and_signs_no_other_list(market: Market, file: Path) -> None:
    author, member = market.developer, market.session("member")
    named = ((member.me,), 1)
    note = Note(author.me, Stage.PROCESS, file, confirmers=(member.me,), need=1)
    entry = append(author, note).entry
    decision = Decision.of_council(member, "EvidenceLedger", "confirm", (entry, *named), FAR, 0)
    statement = decision.arguments[0]
    assert isinstance(statement, Statement)
    assert (statement.asset, statement.author) == (author.me, author.me)
    assert statement.digest == digest_of_file(file)
    assert may_sign(market.manifest, decision, member.me).need == 1
    assert standing_of(member, decision, member.me).told == {"stage": "process", "level": 1}
    with pytest.raises(SignatureError, match=f"{author.me} may not sign"):
        may_sign(market.manifest, decision, author.me)
    other = replace(decision, arguments=(statement, (author.me,), 1))
    assert may_sign(market.manifest, other, author.me)  # as the action says
    with pytest.raises(EvidenceError, match="names others to confirm it"):
        standing_of(author, other, author.me)
    unknown = replace(statement, digest=b"d" * 32)
    with pytest.raises(UnknownSubjectError, match="no entry"):
        standing_of(member, replace(decision, arguments=(unknown, *named)), member.me)
    signature = decision.action(market.manifest).signed_by(member.home.account)
    assert carry_out(author, decision, [signature]) is not None
    with pytest.raises(SignatureError, match="is confirmed: no further"):
        standing_of(member, decision, member.me)


def test_what_anyone_says_is_shown_with_what_it_follows_from(market: Market, file: Path) -> None:
    owner, anyone = market.developer, market.session("member")
    first = append(owner, Note(owner.me, Stage.USE, file)).entry
    loose = Note(owner.me, Stage.USE, file, parents=(first,), confirmers=(owner.me,), need=1)
    entry = append(anyone, loose).entry
    call = (entry, (owner.me,), 1)
    decision = Decision.of_council(owner, "EvidenceLedger", "confirm", call, FAR, 0)
    assert decision.arguments[0].parents == (first,)
    assert (decision.arguments[0].sequence, decision.arguments[0].author) == (0, anyone.me)
    assert standing_of(owner, decision, owner.me).told == {"stage": "use", "level": 0}


def test_an_approver_is_told_what_the_grant_lets_compute(market: Market) -> None:
    owner, developer = market.owner, market.developer
    grant = Grants(developer).request(market.terms()).id
    decision = Grants(owner).decision(grant)
    standing = standing_of(owner, decision, owner.me)
    assert standing.quorum.signers == (owner.me,)
    bits = market.records["stats"].leak_bits
    assert standing.told["tells"] == f"2 uses of {bits} bits each"
    for account in (developer.me, A):
        with pytest.raises(SignatureError, match="may not sign"):
            standing_of(owner, decision, account)
        with pytest.raises(SignatureError, match="may not sign"):
            may_sign(market.manifest, decision, account)
    listed = replace(decision, arguments=(decision.arguments[0], (developer.me,), 1))
    with pytest.raises(TermsError, match="alone decides"):
        standing_of(developer, listed, developer.me)
    Grants(owner).approve(grant)
    with pytest.raises(SignatureError, match="grant is active"):
        standing_of(owner, decision, owner.me)
