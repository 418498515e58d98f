"""Grants: asked for, approved, revoked, closed, and listed.

    grants = Grants(session)
    asked = grants.request(terms)
    grants.approve(asked.id, approvers)              # where this home alone decides
    decision = grants.decision(asked.id, approvers)  # else this is signed, and sent by anyone

A grant's approvers sign its id, so what they sign says every field of it. Who has second thoughts
revokes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zkpipe.exchange.clients.decisions.decision import LATEST, Decision
from zkpipe.exchange.clients.decisions.quorum import Quorum, carry_out
from zkpipe.exchange.clients.facts import Row, id_in, row_of, terms_of
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.clients.uses.approvers import Approvers, known_approvers
from zkpipe.exchange.clients.uses.drafts import owner_of
from zkpipe.exchange.clients.uses.fitting import check_terms
from zkpipe.exchange.clients.view import View
from zkpipe.exchange.errors import TermsError
from zkpipe.exchange.home import Entry
from zkpipe.exchange.states import GrantState
from zkpipe.exchange.structs import Terms
from zkpipe.verifier_contracts import Receipt

CONTRACT = "UsageGrants"
APPROVE = (CONTRACT, "approve")


@dataclass(frozen=True, slots=True)
class Asked:
    """A grant that was asked for.

    warnings  a sentence each
    """

    id: bytes
    terms: Terms
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A grant as it is now.

    owner        of its lineage
    used, open   proved uses, and tickets of open jobs
    is_expired   whether its time is over; its state says nothing of that
    """

    id: bytes
    terms: Terms
    state: GrantState
    owner: str
    used: int
    open: int
    is_expired: bool

    @property
    def left(self) -> int:
        """How many jobs can still be opened under it."""
        is_live = self.state is GrantState.ACTIVE and not self.is_expired
        return self.terms.max_uses - self.used - self.open if is_live else 0


class Grants:
    """What a home does about grants. Each call waits until it is final.

    Every method raises what Session.send raises; UnknownSubjectError for a grant that nobody asked
    for.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def id_of(self, terms: Terms) -> bytes:
        """The grant's id, in this exchange."""
        manifest = self._session.manifest
        return terms.grant(manifest.chain_id, manifest.addresses[CONTRACT])

    def request(self, terms: Terms) -> Asked:
        """Ask for a grant.

        Raises TermsError if it could never be approved or used, or is for another grantee.
        """
        if terms.grantee != self._session.me:
            raise TermsError(
                f"The grant is for {terms.grantee}; only that account can ask for it.",
                "Leave out grantee, for the account of this home.",
            )
        grant = self.id_of(terms)
        last = self._session.sender.last(self._session.contract(CONTRACT), "request", grant)
        is_signed = last is not None and last.begun is not None  # by a run that was ended
        warnings = [] if is_signed else check_terms(self._session, terms)
        self._send("request", [terms.as_tuple], grant, GrantState.APPLIED)
        self._note("grant requested", grant, terms)
        return Asked(grant, terms, tuple(warnings))

    def decision(self, grant: bytes, given: Approvers | None = None) -> Decision:
        """What the approvers sign, which counts until the grant expires.

        given  the list of the lineage's policy. It is not needed where the owner decides alone, nor
               once this home was given it

        Raises TermsError if the policy names another list, or `given` is needed and missing.
        """
        arguments = approval(self._session, grant, given)
        deadline = min(arguments[0].expiry, LATEST)
        return Decision.of_council(self._session, *APPROVE, arguments, deadline, 0)

    def approve(
        self,
        grant: bytes,
        given: Approvers | None = None,
        signatures: Sequence[bytes] = (),
    ) -> Receipt | None:
        """Make a grant live.

        signatures  of `decision`, by others; this home signs, too, if it may and is needed

        Raises TermsError as `decision` does; NotDecidedError if too few have signed;
        SignatureError; RevertError, with LeakageBudgetExceeded among others.
        """
        session, decision = self._session, self.decision(grant, given)
        action, quorum = decision.action(session.manifest), Quorum.of(session, decision)
        signed = {action.signer_of(signature): signature for signature in signatures}
        if session.me in quorum.signers and quorum.missing(signed):
            signed.setdefault(session.me, action.signed_by(session.home.account))
        quorum.require(list(signed))
        receipt = carry_out(session, decision, list(signed.values()))
        self._note("grant approved", grant, decision.arguments[0])
        return receipt

    def revoke(self, grant: bytes, given: Approvers | None = None) -> Receipt | None:
        """End a grant at once, for the lineage's owner or one of its approvers.

        Raises TermsError if this home is neither, or the list that says so is not given.
        """
        terms = self._terms(grant)
        me = self._session.me
        if owner_of(self._session.latest, terms.lineage) == me:
            approvers = Approvers((me,), 1)
        else:
            approvers = known_approvers(self._session, terms.lineage, given)
            if me not in approvers.members:
                raise TermsError(
                    f"{me} is neither the lineage's owner nor one of its approvers.",
                    "Have one of them revoke the grant.",
                )
        call = [terms.as_tuple, list(approvers.members), approvers.need]
        receipt = self._send("revoke", call, grant, GrantState.REVOKED)
        self._note("grant revoked", grant, terms)
        return receipt

    def close(self, grant: bytes) -> Receipt | None:
        """Close a grant that is over: the bits that no use spent are free again. Anyone may."""
        terms = self._terms(grant)
        receipt = self._send("close", [terms.as_tuple], grant, GrantState.CLOSED)
        self._note("grant closed", grant, terms)
        return receipt

    def _terms(self, grant: bytes) -> Terms:
        return terms_of(row_of(self._session.latest, "grants", "grant", grant))

    def _send(
        self, function: str, call: Sequence[object], grant: bytes, state: GrantState
    ) -> Receipt | None:
        """Send it, unless the grant has come so far: states only go forward."""

        def is_there(block: int) -> bool:
            return bool(self._session.call(CONTRACT, "grant", grant, block=block)[0] >= state)

        return self._session.send(CONTRACT, function, call, subject=grant, effect=is_there)

    def _note(self, event: str, grant: bytes, terms: Terms) -> None:
        entry = Entry(event=event, grant=grant, lineage=terms.lineage, circuit=terms.circuit)
        self._session.home.log.write(entry)


def approval(view: View, grant: bytes, given: Approvers | None) -> tuple[Terms, list[str], int]:
    """What UsageGrants.approve takes beside the signatures: see Grants.decision."""
    terms = terms_of(row_of(view.latest, "grants", "grant", grant))
    approvers = known_approvers(view, terms.lineage, given)
    return terms, list(approvers.members), approvers.need


def listed(view: View, account: str | None = None) -> list[Listed]:
    """The grants of an account, as grantee or as owner of the lineage; of all without one."""
    state, now = view.latest, view.now
    found = []
    for row in state.rows("grants"):
        owner = owner_of(state, id_in(row["lineage"]))
        if account in (None, row["grantee"], owner):
            found.append(_listed(row, owner, now))
    return found


def _listed(row: Row, owner: str, now: int) -> Listed:
    terms = terms_of(row)
    return Listed(
        id=id_in(row["grant_id"]),
        terms=terms,
        state=GrantState(row["state"]),
        owner=owner,
        used=row["used"],
        open=row["open"],
        is_expired=now > terms.expiry,
    )
