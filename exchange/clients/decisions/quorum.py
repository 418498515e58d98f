"""Carry out a decision: who may sign it, how many must, and the transaction.

    quorum = Quorum.of(view, decision)
    quorum.require([signer, ...])           # NotDecidedError says who is missing
    carry_out(session, decision, [signature, ...])

Of the council's decisions, one counts at each nonce. Before one is sent, the events say what was
decided with its nonce, if anything was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zkpipe.exchange.clients.decisions.decision import COUNCIL, OF_ENTRY, OF_GRANT, Decision
from zkpipe.exchange.clients.repeats import digest_of, subject_of, unfinished
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.clients.view import View
from zkpipe.exchange.deployment import Manifest
from zkpipe.exchange.errors import NotDecidedError, SignatureError
from zkpipe.exchange.states import GrantState
from zkpipe.verifier_contracts import Receipt
from zkpipe.verifier_contracts.errors import RevertError

DECIDED = "Authorised"  # the event


@dataclass(frozen=True, slots=True)
class Quorum:
    """Who may sign a decision, with checksums, and how many must."""

    signers: tuple[str, ...]
    need: int

    @classmethod
    def of(cls, view: View, decision: Decision) -> Quorum:
        """Of the council as the chain has it now, or of the list that the decision names."""
        from eth_utils.address import to_checksum_address

        if not is_councils(decision):
            return cls._named(decision)
        members = tuple(to_checksum_address(member) for member in view.call(COUNCIL, "members"))
        return cls(members, int(view.call(COUNCIL, "threshold")))

    @classmethod
    def by_manifest(cls, manifest: Manifest, decision: Decision) -> Quorum:
        """Of the council that a manifest names, or of the decision's list; no chain is asked."""
        if not is_councils(decision):
            return cls._named(decision)
        return cls(manifest.members, manifest.threshold)

    @classmethod
    def _named(cls, decision: Decision) -> Quorum:
        """Of the list that a grant's or an entry's decision names."""
        return cls(decision.arguments[1], max(1, int(decision.arguments[2])))

    def missing(self, signed: Iterable[str]) -> int:
        """How many must still sign."""
        return max(0, self.need - len(set(signed)))

    def require(self, signed: Sequence[str]) -> None:
        """Raises SignatureError if another has signed, NotDecidedError if too few have."""
        for signer in signed:
            if signer not in self.signers:
                raise SignatureError(
                    f"{signer} has signed the action, and may not sign it.",
                    f"Give signatures of {', '.join(self.signers)}.",
                )
        missing = self.missing(signed)
        if missing:
            left = [signer for signer in self.signers if signer not in signed]
            said = f"signed by {', '.join(signed)}" if signed else "signed by nobody"
            raise NotDecidedError(
                f"The action is {said}; {self.need} of {len(self.signers)} must sign it, so "
                f"{missing} more.",
                f"Have it signed by {missing} of {', '.join(left)}: write it with --action, and "
                "`zkpipe exchange sign` it.",
            )


def is_councils(decision: Decision) -> bool:
    """Whether the council decides it; else the approvers of a grant or confirmers of an entry."""
    return decision.place not in (OF_GRANT, OF_ENTRY)


def begun_nonce(session: Session, decision: Decision) -> int | None:
    """The nonce with which this home began to send the same decision; None if it began none.

    The nonce of `decision` itself does not matter.
    """
    return unfinished(session, decision.contract, decision.function, _what(session, decision))


def carry_out(session: Session, decision: Decision, signatures: Sequence[bytes]) -> Receipt | None:
    """Send a decision with its signatures, never twice, and wait until it is final.

    None if it was carried out without a transaction of this home. Raises SignatureError if the
    council has used the nonce for something else; what Session.send raises.
    """
    if is_councils(decision):
        _refuse_used_nonce(session, decision)
    try:
        receipt = session.send(
            decision.contract,
            decision.function,
            decision.call_arguments(session.manifest, signatures),
            subject=_subject(session, decision),
            effect=lambda block: _is_done(session, decision, block),
            deadline=decision.deadline,
        )
    except RevertError:
        if is_councils(decision):  # another action may have come first
            _refuse_used_nonce(session, decision)
        raise
    if receipt is None and is_councils(decision):
        _refuse_used_nonce(session, decision)
    return receipt


def _subject(session: Session, decision: Decision) -> bytes:
    if is_councils(decision):
        return subject_of(_what(session, decision), decision.nonce)
    return decision.action(session.manifest).what  # which is decided once


def _what(session: Session, decision: Decision) -> bytes:
    what = decision.action(session.manifest).what
    return digest_of(decision.contract, decision.function, what)


def _is_done(session: Session, decision: Decision, block: int) -> bool:
    """Whether a contract has what a decision brings about, after a block."""
    what = decision.action(session.manifest).what
    if decision.place == OF_GRANT:
        grant = session.call("UsageGrants", "grant", what, block=block)
        return grant[0] in (GrantState.ACTIVE, GrantState.EXHAUSTED)
    if decision.place == OF_ENTRY:
        return bool(session.call("EvidenceLedger", "entries", what, block=block)[5])
    return int(session.call(COUNCIL, "nonce", block=block)) > decision.nonce


def _refuse_used_nonce(session: Session, decision: Decision) -> None:
    """Raises SignatureError if the council has decided something else with the nonce."""
    if int(session.call(COUNCIL, "nonce")) <= decision.nonce:
        return
    action = decision.action(session.manifest)
    session.index.follow()
    for event in session.index.events_of(COUNCIL, DECIDED):
        if event.said["nonce"] == decision.nonce:
            if (event.said["target"], event.said["what"]) == (action.target, action.what):
                return
            break
    raise SignatureError(
        f"The council has used nonce {decision.nonce} for another action: these signatures no "
        "longer count.",
        "Write the action again with --action, and have it signed again.",
    )
