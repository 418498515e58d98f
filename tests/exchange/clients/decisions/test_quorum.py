"""A decision is carried out once, with the signatures of those who may sign it, and no other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.exchange.clients.interrupting import interrupted, sent_by
from tests.exchange.clients.parties import MEMBERS, Parties
from zkpipe.exchange.clients.decisions.council_calls import (
    checked_key,
    council_arguments,
    council_functions,
)
from zkpipe.exchange.clients.decisions.decision import Decision
from zkpipe.exchange.clients.decisions.quorum import Quorum, begun_nonce, carry_out
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.errors import (
    CouncilError,
    DeadlineError,
    NotDecidedError,
    SignatureError,
    StructError,
)
from zkpipe.exchange.home.keys import Keys
from zkpipe.verifier_contracts.errors import RevertError

A, B, C = (str(member.address) for member in MEMBERS)
OTHER = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"


def signed(session: Session, decision: Decision, *members: int) -> list[bytes]:
    action = decision.action(session.manifest)
    return [action.signed_by(MEMBERS[i]) for i in members]


def balance(session: Session) -> int:
    return int(session.call("Settlement", "balance", session.me))


def test_the_council_of_the_chain_is_who_must_sign(parties: Parties) -> None:
    session = parties.session("sender")
    decision = parties.decision("Settlement", "issue", [session.me, 5])
    quorum = Quorum.of(session, decision)
    assert (set(quorum.signers), quorum.need) == ({A, B, C}, 2)
    quorum.require([A, C])
    with pytest.raises(NotDecidedError, match=f"signed by {A}; 2 of 3 must sign it, so 1 more"):
        quorum.require([A])
    with pytest.raises(NotDecidedError, match="signed by nobody; 2 of 3 must sign it, so 2 more"):
        quorum.require([])
    with pytest.raises(SignatureError, match=f"{OTHER} has signed the action, and may not"):
        quorum.require([A, B, OTHER])
    entry = replace(
        decision,
        contract="EvidenceLedger",
        function="confirm",
        arguments=(b"e" * 32, (OTHER.lower(),), 0),
        nonce=0,
    )
    assert Quorum.of(session, entry) == Quorum((OTHER,), 1)  # the contract takes 0 for 1


def test_the_same_points_are_issued_twice_by_two_decisions(parties: Parties) -> None:
    session = parties.session("sender")
    before, sent = balance(session), sent_by(session)
    for _ in range(2):
        decision = parties.decision("Settlement", "issue", [session.me, 5])
        first = carry_out(session, decision, signed(session, decision, 0, 1))
        again = carry_out(session, decision, signed(session, decision, 1, 2))
        assert first is not None
        assert again == first  # it is the one that was sent
    assert balance(session) == before + 10
    assert sent_by(session) == sent + 2


def test_what_another_home_has_sent_is_not_sent_again(parties: Parties) -> None:
    session, other = parties.session("sender"), parties.session("other")
    decision = parties.decision("Settlement", "issue", [session.me, 5])
    assert carry_out(other, decision, signed(other, decision, 0, 1)) is not None
    sent = sent_by(session)
    assert carry_out(session, decision, signed(session, decision, 0, 1)) is None
    assert sent_by(session) == sent


def test_signatures_whose_nonce_went_to_another_action_are_refused_in_words(
    parties: Parties,
) -> None:
    session = parties.session("sender")
    decision = parties.decision("Settlement", "issue", [session.me, 5])
    parties.decide("Settlement", "issue", [session.me, 6])
    sent, before = sent_by(session), balance(session)
    with pytest.raises(SignatureError, match=f"has used nonce {decision.nonce} for another"):
        carry_out(session, decision, signed(session, decision, 0, 1))
    assert (sent_by(session), balance(session)) == (sent, before)


def test_signatures_that_came_too_late_or_are_too_few_send_nothing(parties: Parties) -> None:
    session = parties.session("sender")
    sent = sent_by(session)
    late = replace(parties.decision("Settlement", "issue", [session.me, 5]), deadline=1)
    with pytest.raises(DeadlineError):
        carry_out(session, late, signed(session, late, 0, 1))
    few = parties.decision("Settlement", "issue", [session.me, 5])
    with pytest.raises(RevertError, match="TooFewSignatures"):
        carry_out(session, few, signed(session, few, 0))
    assert carry_out(session, few, signed(session, few, 0, 1)) is not None  # and then it goes
    assert sent_by(session) == sent + 1


def test_a_decision_that_was_interrupted_is_found_by_its_nonce(
    parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = parties.session("interrupted")
    before, sent = balance(session), sent_by(session)
    decision = parties.decision("Settlement", "issue", [session.me, 5])
    assert begun_nonce(session, decision) is None

    def send() -> Any:
        return carry_out(session, decision, signed(session, decision, 0, 1))

    interrupted(monkeypatch, session, send)
    anew = parties.decision("Settlement", "issue", [session.me, 5])  # as the command makes it
    assert anew.nonce == decision.nonce + 1
    begun = begun_nonce(session, anew)
    assert begun == decision.nonce
    other = parties.decision("Settlement", "issue", [session.me, 6])
    assert begun_nonce(session, other) is None
    going_on = replace(anew, nonce=begun)
    assert carry_out(session, going_on, signed(session, going_on, 0, 1)) is not None
    assert (balance(session), sent_by(session)) == (before + 5, sent + 1)
    assert begun_nonce(session, anew) is None


def test_arguments_are_read_by_the_types_of_the_function() -> None:
    said = ["issuer=5", "t=7", f"account={OTHER}", "on=true"]
    assert council_arguments("CredentialRegistry", "setIssuer", said) == (7, 5, OTHER, True)
    said = [f'newMembers=["{OTHER}"]', "newThreshold=1"]
    assert council_arguments("CircuitRegistry", "setCouncil", said) == ((OTHER,), 1)
    assert ("UsageGrants", "approve") not in council_functions()
    assert ("EvidenceLedger", "confirm") not in council_functions()


@pytest.mark.parametrize(
    ("contract", "function", "said"),
    [
        ("CredentialRegistry", "deprecate", []),
        ("CredentialRegistry", "deprecate", ["t"]),
        ("CredentialRegistry", "deprecate", ["t=7", "t=8"]),
        ("CredentialRegistry", "deprecate", ["t=7", "u=8"]),
        ("CredentialRegistry", "deprecate", ["t=0x7"]),
        ("CredentialRegistry", "deprecate", ["t=-7"]),
        ("CredentialRegistry", "deprecate", ["t=true"]),
        ("CredentialRegistry", "deprecate", ["t=[7]"]),
        ("UsageGrants", "setBoard", [f"board={OTHER}", "on=yes"]),
        ("UsageGrants", "approve", []),
        ("EvidenceLedger", "confirm", []),
        ("CircuitRegistry", "authorise", []),
        ("CircuitRegistry", "", []),
        ("", "", []),
    ],
)
def test_other_arguments_and_functions_are_refused(
    contract: str, function: str, said: list[str]
) -> None:
    with pytest.raises((CouncilError, StructError)):
        council_arguments(contract, function, said)


def test_an_auditors_key_is_one_that_can_be_sealed_to() -> None:
    word = Keys(b"\x07" * 32).auditor(1).public_key.y
    assert checked_key(str(word)) == word
    order = 21888242871839275222246405745257275088548364400416034343698204186575808495617
    for text in ("0", "1", str(order - 1), str(order), str(word + order), "", "x", f"0{word}"):
        with pytest.raises(CouncilError, match="no key of an auditor"):
            checked_key(text)
    off = [y for y in range(2, 40) if _is_refused(y)]
    assert len(off) > 20  # half are on no point, and 7 of 8 points outside of the subgroup


def _is_refused(y: int) -> bool:
    try:
        checked_key(str(y))
    except CouncilError:
        return True
    return False
