"""What grants, jobs, points and bits must do, in plain Python: written from the design's tables.

Each act takes effect at a time, or raises a Refusal with the error that the contracts must give.
Proofs are taken for right. One lineage, two boards: JobBoard, and an account that takes and uses
tickets as it likes.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from zkpipe.exchange.structs import JobSpec, Terms

LIMIT, POINTS = 400, 2000
APPLIED, ACTIVE, EXHAUSTED, REVOKED, CLOSED = 31, 32, 33, 34, 35
OPEN, PROVED, JOB_CLOSED, VOID, FAILED = 41, 43, 45, 46, 47


class Refusal(Exception):
    """An error's name and arguments."""


@dataclass
class Grant:
    """Of UsageGrants."""

    state: int = APPLIED
    used: int = 0
    open: int = 0
    next: int = 1
    leak: int = 0


@dataclass
class Job:
    """Of JobBoard."""

    state: int
    ticket: int
    proved: bool = False


@dataclass(frozen=True)
class Kind:
    """A circuit that the council has listed, of 'our' lineage's schema."""

    kind: int
    leak: int
    floor_safe: bool


@dataclass
class State:
    """All that changes."""

    owner: str
    provers: set[str]
    balance: dict[str, int]
    allowance: int
    is_board: set[str]
    was_board: set[str]
    segments: dict[bytes, list[int]]
    allowed: set[bytes]
    lineage: int = 21
    head: int = 1
    held: int = 0
    spent: int = 0
    entries: int = 0
    retired: set[bytes] = field(default_factory=set)
    grants: dict[bytes, Grant] = field(default_factory=dict)
    jobs: dict[bytes, Job] = field(default_factory=dict)
    escrow: dict[bytes, int] = field(default_factory=dict)
    earned: dict[str, int] = field(default_factory=dict)
    schemes: dict[str, tuple[int, int]] = field(default_factory=dict)


class Model:
    """The state, and what never changes: circuits, the policy's list, who set it."""

    def __init__(
        self, state: State, circuits: Mapping[bytes, Kind], board: str, lineage: bytes
    ) -> None:
        self.state, self.circuits, self.board, self.lineage = state, circuits, board, lineage
        self.set_by = state.owner

    def act(self, name: str, *arguments: Any, **named: Any) -> tuple[Any, ...] | None:
        """Do one of the acts below, wholly or not at all; what is refused, or None."""
        before = deepcopy(self.state)
        try:
            getattr(self, name)(*arguments, **named)
        except Refusal as refusal:
            self.state = before
            return refusal.args
        return None

    # ---- grants

    def request(self, sender: str, grant: bytes, terms: Terms, now: int) -> None:
        if sender != terms.grantee:
            raise Refusal("NotAllowed", sender)
        if grant in self.state.grants:
            raise Refusal("WrongState", self.state.grants[grant].state)
        self.state.grants[grant] = Grant()

    def approve(
        self, sender: str, grant: bytes, terms: Terms, listed: str, signed: int, now: int
    ) -> None:
        """listed: 'policy' or 'owner', the list that is given; signed: how many of it have."""
        s = self.state
        self._state_of(grant, APPLIED)
        if now > terms.expiry:
            raise Refusal("GrantExpired", terms.expiry)
        self._list(sender, listed)
        need = 2 if listed == "policy" else 1
        if signed < need:
            raise Refusal("TooFewSignatures", signed, need)
        if terms.board not in s.is_board:
            raise Refusal("NotAllowed", terms.board)
        if s.lineage != 21:
            raise Refusal("WrongState", s.lineage)
        if terms.version > s.head:
            raise Refusal("NotPublished", terms.version)
        if terms.circuit in s.retired:
            raise Refusal("WrongState", 13)
        circuit = self.circuits[terms.circuit]
        if circuit.kind not in (4, 5, 6) or (circuit.kind == 6) != (terms.param != 0):
            raise Refusal("WrongKind", circuit.kind)
        if terms.circuit not in s.allowed:
            raise Refusal("CircuitNotAllowed", terms.circuit)
        if not circuit.floor_safe:
            raise Refusal("NotFloorSafe", terms.circuit)
        if terms.param:
            scheme, live = s.schemes.get(terms.grantee, (0, 0))
            if live and scheme != terms.param:
                raise Refusal("SchemeInForce", scheme)
            s.schemes[terms.grantee] = (terms.param, live + 1)
        asked, left = terms.max_uses * circuit.leak, LIMIT - s.held - s.spent
        if asked > left:
            raise Refusal("LeakageBudgetExceeded", self.lineage, asked, left)
        s.held += asked
        s.grants[grant].state, s.grants[grant].leak = ACTIVE, circuit.leak

    def revoke(
        self, sender: str, grant: bytes, terms: Terms, listed: str, is_approver: bool, now: int
    ) -> None:
        g = self._state_of(grant, APPLIED, ACTIVE)
        if sender != self.state.owner:
            self._list(sender, listed)
            if not is_approver:
                raise Refusal("NotAllowed", sender)
        self._leave(g, terms, REVOKED)

    def close(self, sender: str, grant: bytes, terms: Terms, now: int) -> None:
        g = self.state.grants.get(grant, Grant(0))
        over = g.state in (EXHAUSTED, REVOKED)
        over |= g.state in (APPLIED, ACTIVE) and now > terms.expiry
        if not over or g.open:
            raise Refusal("WrongState", g.state)
        self._leave(g, terms, CLOSED)
        self.state.held -= (terms.max_uses - g.used) * g.leak

    def take(self, sender: str, grant: bytes, terms: Terms, now: int) -> None:
        if sender != terms.board or sender not in self.state.is_board:
            raise Refusal("NotAllowed", sender)
        g = self._live(grant, terms, now)
        if g.used + g.open == terms.max_uses:
            raise Refusal("GrantExhausted", g.used)
        g.open, g.next = g.open + 1, g.next + 1

    def use(self, sender: str, grant: bytes, terms: Terms, ticket: int, now: int) -> None:
        if sender != terms.board or sender not in self.state.was_board:
            raise Refusal("NotAllowed", sender)
        g = self._live(grant, terms, now)
        self._end_ticket(g, ticket)
        g.used += 1
        if g.used == terms.max_uses:
            self._leave(g, terms, EXHAUSTED)
        self.state.held -= g.leak
        self.state.spent += g.leak

    def drop(self, sender: str, grant: bytes, terms: Terms, ticket: int, now: int) -> None:
        if sender != terms.board:
            raise Refusal("NotAllowed", sender)
        self._end_ticket(self.state.grants.get(grant, Grant(0)), ticket)

    def _state_of(self, grant: bytes, *wanted: int) -> Grant:
        g = self.state.grants.get(grant, Grant(0))
        if g.state not in wanted:
            raise Refusal("WrongState", g.state)
        return g

    def _list(self, sender: str, listed: str) -> None:
        if listed != ("policy" if self.state.owner == self.set_by else "owner"):
            raise Refusal("NotAllowed", sender)

    def _live(self, grant: bytes, terms: Terms, now: int) -> Grant:
        g = self.state.grants.get(grant, Grant(0))
        closed = g.state == CLOSED
        if g.state == EXHAUSTED or (closed and g.used == terms.max_uses):
            raise Refusal("GrantExhausted", g.used)
        if g.state == REVOKED or (closed and now <= terms.expiry):
            raise Refusal("GrantRevoked")
        if now > terms.expiry:
            raise Refusal("GrantExpired", terms.expiry)
        if g.state != ACTIVE:
            raise Refusal("WrongState", g.state)
        return g

    def _end_ticket(self, g: Grant, ticket: int) -> None:
        if not g.open or not 0 < ticket < g.next:
            raise Refusal("Unknown", ticket.to_bytes(32, "big"))
        g.open -= 1

    def _leave(self, g: Grant, terms: Terms, to: int) -> None:
        if g.state == ACTIVE and terms.param:
            scheme, live = self.state.schemes[terms.grantee]
            self.state.schemes[terms.grantee] = (scheme, live - 1)
        g.state = to

    # ---- jobs

    def open(self, sender: str, job: bytes, grant: bytes, spec: JobSpec, now: int) -> None:
        s, step = self.state, spec.steps[0]
        if sender != spec.opener:
            raise Refusal("NotAllowed", sender)
        if job in s.jobs:
            raise Refusal("WrongState", s.jobs[job].state)
        kind = self.circuits[step.terms.circuit].kind
        if kind not in (4, 5):
            raise Refusal("WrongKind", kind)
        if now >= spec.prove_by:
            raise Refusal("TooLate", spec.prove_by)
        if spec.deliver_by <= spec.prove_by:
            raise Refusal("TooEarly", spec.deliver_by)
        self._may_submit(step.submitter)
        self.take(self.board, grant, step.terms, now)
        if step.terms.expiry < spec.prove_by:
            raise Refusal("GrantExpired", step.terms.expiry)
        price, have = step.terms.price, min(s.balance[sender], s.allowance)
        if have < price:
            raise Refusal("InsufficientPoints", have, price)
        s.balance[sender] -= price
        s.allowance -= price
        s.escrow[job] = price
        s.jobs[job] = Job(OPEN, s.grants[grant].next - 1)

    def submit(
        self, sender: str, job: bytes, grant: bytes, spec: JobSpec, root: bytes, now: int
    ) -> None:
        s, step = self.state, spec.steps[0]
        if job not in s.jobs:
            raise Refusal("Unknown", job)
        j = s.jobs[job]
        if sender != step.submitter:
            raise Refusal("NotAllowed", sender)
        self._may_submit(sender)
        if j.proved:
            raise Refusal("AlreadyProved", 0)
        if j.state != OPEN:
            raise Refusal("WrongState", j.state)
        if now > spec.prove_by:
            raise Refusal("TooLate", spec.prove_by)
        if root != step.root:
            raise Refusal("SchemeMismatch", 0)
        if s.lineage != 21:
            raise Refusal("WrongState", s.lineage)
        added, withdrawn = s.segments.get(root, [0, 0])
        if not added or 0 < step.terms.version < added:
            raise Refusal("NotInVersion", root)
        if withdrawn:
            raise Refusal("SegmentWithdrawn", root)
        if step.terms.circuit in s.retired:
            raise Refusal("WrongState", 13)
        self.use(self.board, grant, step.terms, j.ticket, now)
        j.state, j.proved = PROVED, True
        s.entries += 1

    def deliver(self, sender: str, job: bytes, spec: JobSpec, opens: bool, now: int) -> None:
        s, terms = self.state, spec.steps[0].terms
        j = s.jobs.get(job, Job(0, 0))
        if j.state != PROVED:
            raise Refusal("WrongState", j.state)
        if now > spec.deliver_by:
            raise Refusal("TooLate", spec.deliver_by)
        if not opens:
            raise Refusal("WrongOpening", 0)
        j.state = JOB_CLOSED
        s.escrow[job] -= terms.price
        s.balance[terms.payee] += terms.price
        s.earned[terms.payee] = s.earned.get(terms.payee, 0) + terms.price

    def expire(self, sender: str, job: bytes, grant: bytes, spec: JobSpec, now: int) -> None:
        s, terms = self.state, spec.steps[0].terms
        j = s.jobs.get(job, Job(0, 0))
        if j.state not in (OPEN, PROVED):
            raise Refusal("WrongState", j.state)
        end = spec.prove_by if j.state == OPEN else spec.deliver_by
        if now <= end:
            raise Refusal("TooEarly", end)
        if j.state == OPEN:
            self.drop(self.board, grant, terms, j.ticket, now)
        j.state = VOID if j.state == OPEN else FAILED
        s.escrow[job] -= terms.price
        s.balance[spec.opener] += terms.price

    def _may_submit(self, who: str) -> None:
        if who != self.state.owner and not (
            who in self.state.provers and self.state.owner == self.set_by
        ):
            raise Refusal("NotAllowed", who)

    # ---- what goes on around them

    def withdraw(self, sender: str, root: bytes, now: int) -> None:
        s = self.state
        self._owned(sender)
        if s.lineage != 21:
            raise Refusal("WrongState", s.lineage)
        if root not in s.segments:
            raise Refusal("NotInVersion", root)
        if s.segments[root][1]:
            raise Refusal("SegmentWithdrawn", root)
        s.head += 1
        s.segments[root][1] = s.head

    def add(self, sender: str, root: bytes, now: int) -> None:
        s = self.state
        self._owned(sender)
        if s.lineage != 21:
            raise Refusal("WrongState", s.lineage)
        if root in s.segments:
            raise Refusal("DuplicateRoot", self.lineage)
        s.head += 1
        s.segments[root] = [s.head, 0]

    def set_state(self, sender: str, to: int, now: int) -> None:
        self._owned(sender)
        if to <= self.state.lineage or to > 23:
            raise Refusal("WrongState", self.state.lineage)
        self.state.lineage = to

    def allow(self, sender: str, circuit: bytes, on: bool, now: int) -> None:
        self._owned(sender)
        (self.state.allowed.add if on else self.state.allowed.discard)(circuit)

    def sell(self, sender: str, to: str, now: int) -> None:
        self._owned(sender)
        self.state.owner = to

    def set_board(self, board: str, on: bool, now: int) -> None:
        (self.state.is_board.add if on else self.state.is_board.discard)(board)
        self.state.was_board |= self.state.is_board

    def _owned(self, sender: str) -> None:
        if sender != self.state.owner:
            raise Refusal("NotAllowed", sender)
