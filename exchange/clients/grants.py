"""Grants: asked for, approved, revoked, closed, and listed.

    grants = Grants(session)
    asked = grants.request(terms)
    grants.approve(asked.id, approvers)              # where this home alone decides
    decision = grants.decision(asked.id, approvers)  # else this is signed, and sent by anyone

A grant's approvers sign its id, so what they sign says every field of it. Their signatures count
until the grant expires: no other deadline must be agreed on. Who has second thoughts revokes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zkpipe.exchange.clients.decisions import LATEST, Decision
from zkpipe.exchange.clients.facts import Row, id_in, row_of, terms_of
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.clients.uses.drafts import owner_of
from zkpipe.exchange.clients.uses.fitting import check_terms
from zkpipe.exchange.clients.view import View
from zkpipe.exchange.errors import TermsError
from zkpipe.exchange.home import Entry
from zkpipe.exchange.ids import list_digest
from zkpipe.exchange.index import State
from zkpipe.exchange.states import GrantState
from zkpipe.exchange.structs import ZERO, Terms
from zkpipe.verifier_contracts import Receipt

CONTRACT = "UsageGrants"
LIVE = (GrantState.APPLIED, GrantState.ACTIVE)


@dataclass(frozen=True, slots=True)
class Approvers:
    """Who may sign a lineage's grants, and how many of them must.

    members  addresses with checksums, in the order that the policy digests
    need     how many sign
    """

    members: tuple[str, ...]
    need: int

    @property
    def digest(self) -> bytes:
        """Policy.approvers of it."""
        return list_digest(self.members, self.need)


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
        warnings = check_terms(self._session, terms)
        self._send("request", [terms.as_tuple], grant, GrantState.APPLIED)
        self._note("grant requested", grant, terms)
        return Asked(grant, terms, tuple(warnings))

    def approvers_of(self, terms: Terms, given: Approvers | None = None) -> Approvers:
        """Who must sign a grant.

        given  the list of the lineage's policy; not needed where the owner decides alone

        Raises TermsError if the policy names another list, or `given` is needed and missing.
        """
        return approvers_of(self._session.latest, terms.lineage, given)

    def decision(self, grant: bytes, given: Approvers | None = None) -> Decision:
        """What the approvers sign. Raises TermsError as `approvers_of` does."""
        terms = self._terms(grant)
        approvers = self.approvers_of(terms, given)
        return Decision(
            chain_id=self._session.manifest.chain_id,
            contract=CONTRACT,
            function="approve",
            arguments=(terms, approvers.members, approvers.need),
            nonce=0,
            deadline=min(terms.expiry, LATEST),
        )

    def approve(
        self,
        grant: bytes,
        given: Approvers | None = None,
        signatures: Sequence[bytes] = (),
    ) -> Receipt | None:
        """Make a grant live.

        signatures  of `decision`; with none, this home's own if it alone decides

        Raises TermsError if more must sign than have; SignatureError; RevertError, with
        LeakageBudgetExceeded among others.
        """
        decision = self.decision(grant, given)
        terms, members, need = decision.arguments
        signed = list(signatures)
        if not signed and need == 1 and self._session.me in members:
            action = decision.action(self._session.manifest)
            signed = [action.signed_by(self._session.home.account)]
        if len(signed) < need:
            raise TermsError(
                f"{need} of {len(members)} approvers must sign, and {len(signed)} have.",
                "Have the action signed with zkpipe exchange sign, and give the signatures.",
            )
        call = decision.call_arguments(self._session.manifest, signed)
        receipt = self._send("approve", call, grant, GrantState.ACTIVE)
        self._note("grant approved", grant, terms)
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
            approvers = self.approvers_of(terms, given)
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


def approvers_of(state: State, lineage: bytes, given: Approvers | None) -> Approvers:
    """Who must sign grants of a lineage; see Grants.approvers_of. Raises TermsError."""
    row = row_of(state, "lineages", "lineage", lineage)
    wanted, owner = id_in(row["approvers"]), owner_of(state, lineage)
    if wanted == ZERO or owner != row["set_by"]:
        alone = Approvers((owner,), 1)
        if given not in (None, alone):
            raise TermsError(
                "The lineage's owner alone decides of its grants, and a list of approvers is "
                "given.",
                "Leave the list out.",
            )
        return alone
    if given is None:
        raise TermsError(
            "The lineage's policy names approvers, of which the chain has a digest only.",
            "Give the list: --approvers APPROVERS.json.",
        )
    if given.digest != wanted:
        raise TermsError(
            "The list of approvers is not the one of the lineage's policy.",
            "Get the list from the lineage's owner; the order of its addresses counts.",
        )
    return given


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
