"""Publish versions of a lineage: proofs of all segments, then calls of at most 40 of them.

    published = Publisher(session, circuits, holdings).publish(lineage, descriptions, withdrawn)

However a run ends, the same call goes on: what is on the chain is left out, proofs that still count
are taken from the home, and no call is sent twice. Once it is final that a segment left, its rows
and its key are erased; which units left with it is remembered (`returning`). What is erased never
comes back, so a node's word is not enough for it: this home must have asked for it (`asked`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zkpipe.exchange.clients.catalogue.asked import Asked, contradiction, has_left
from zkpipe.exchange.clients.catalogue.calls import MOST, Call
from zkpipe.exchange.clients.catalogue.descriptions import Described, Description
from zkpipe.exchange.clients.catalogue.lineages import CATALOGUE, Lineage
from zkpipe.exchange.clients.catalogue.proving import (
    FOLDER,
    Place,
    SegmentProofs,
    Wanted,
    drop_proofs,
)
from zkpipe.exchange.clients.catalogue.returning import Returns
from zkpipe.exchange.clients.catalogue.rules import Rules
from zkpipe.exchange.clients.circuits import Circuits
from zkpipe.exchange.clients.facts import id_in
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.errors import CircuitError
from zkpipe.exchange.index import State
from zkpipe.exchange.states import CircuitState, Kind
from zkpipe.exchange.structs import ZERO

WEEK = 7 * 24 * 3600

Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Published:
    """What a run brought about, or found.

    head       the newest version
    added      roots that are in the lineage now
    sent       how many calls this run sent, or finished
    withdrawn  roots that left, be it for an update
    kept       those of them whose rows stay, as this home did not ask that they leave
    """

    head: int
    added: tuple[bytes, ...]
    sent: int
    withdrawn: tuple[bytes, ...]
    kept: tuple[bytes, ...] = ()


class Publisher:
    """Publishes for the account of a home. See the module."""

    def __init__(self, session: Session, circuits: Circuits, holdings: Holdings) -> None:
        self._session, self._circuits, self._holdings = session, circuits, holdings
        self._returns = Returns(session.home)

    def publish(
        self,
        lineage: bytes,
        descriptions: Sequence[Description],
        withdrawn: Sequence[bytes] = (),
        *,
        document: bytes = ZERO,
        lifetime: int = WEEK,
        told: Told | None = None,
    ) -> Published:
        """Publish segments, and withdraw others in the first of the versions.

        document  the digest of a document for people
        lifetime  seconds that the proofs count: within them a run that was ended can go on

        Raises CatalogueError for what the contract would refuse, before anything is proved;
        ReturnsTooSoonError; NearCopyError; CircuitError if the home lacks the circuit;
        UnknownSubjectError if it lacks a segment; what Sender.send raises.
        """
        self._session.settle()
        self._circuits.adopt(self._session.latest)
        known = Lineage.of(self._session, lineage)
        known.require_published_by(self._session.me)
        self.tidy(lineage)
        segments = [one for description in descriptions for one in description.segments]
        state = self._session.latest
        rules = Rules(state, known, self._holdings, self._returns)
        missing, leaving = rules.check(descriptions, withdrawn)
        calls = self._calls(state, descriptions, missing, leaving)
        gone = {one.replaces: one.root for one in segments if one.replaces != ZERO}
        Asked(self._session.home.documents, lineage).note(
            [one.root for one in segments], gone | dict.fromkeys(withdrawn, ZERO)
        )
        self._send(known, calls, document, lifetime, told)
        # Also of those that were there already: a run may have ended between a call and this line.
        drop_proofs(self._session.home.place(FOLDER), [one.root for one in segments])
        after = Lineage.of(self._session, lineage)
        left, kept = self.tidy(lineage)
        added = tuple(one.root for one in segments)
        return Published(after.head, added, len(calls), left, kept)

    def tidy(self, lineage: bytes) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """Remember what left a lineage for good, and erase its rows and keys.

        The roots of all that left; and of those whose rows stay, as this home did not ask that they
        leave. To ask that a segment leaves that has left erases it.

        Raises IndexingError, before anything is erased, if the contract does not bear the events
        out.
        """
        state, home = self._session.final, self._session.home
        rows = state.rows("segments", lineage="0x" + lineage.hex())
        gone = [id_in(row["root"]) for row in rows if row["withdrawn"]]
        successors = {id_in(row["replaces"]): id_in(row["root"]) for row in rows}
        held, asked = set(self._holdings.roots()), Asked(home.documents, lineage)
        erased = [root for root in gone if root in held and root in asked.left]
        for root in erased:
            if not has_left(self._session, lineage, root, state.block):
                what = f"segment 0x{root.hex()} left lineage 0x{lineage.hex()}"
                raise contradiction(self._session, what)
        for root in erased:
            new = successors.get(root)
            is_update = new in held and asked.left[root] == new
            self._returns.note(
                self._holdings.segment(root),
                self._holdings.segment(new) if is_update and new is not None else None,
            )
            self._holdings.erase(root)
        return tuple(gone), tuple(root for root in gone if root in held - set(erased))

    # What is to be sent.

    def _calls(
        self,
        state: State,
        descriptions: Sequence[Description],
        missing: set[bytes],
        leaving: Sequence[bytes],
    ) -> list[Call]:
        """The calls that are left, of segments in their order: withdrawals go with the first."""
        listed = [
            (one, description) for description in descriptions for one in description.segments
        ]
        found: list[tuple[Wanted, ...]] = []
        for first in range(0, len(listed), MOST):
            here = [pair for pair in listed[first : first + MOST] if pair[0].root in missing]
            if here:
                found.append(tuple(self._wanted(state, one, of) for one, of in here))
        if leaving and not found:
            found = [()]
        return [Call(one, tuple(leaving) if i == 0 else ()) for i, one in enumerate(found)]

    def _wanted(self, state: State, one: Described, description: Description) -> Wanted:
        kind = Kind.REGISTER if one.replaces == ZERO else Kind.UPDATE
        circuit = self._circuit(state, kind, description)
        return Wanted(one.root, circuit, one.replaces)

    def _circuit(self, state: State, kind: Kind, description: Description) -> bytes:
        """The home's active circuit of a kind; one for development only if there is no other."""
        found = []
        for circuit in self._circuits.ids():
            record, row = self._circuits.record(circuit), state.row("circuits", circuit)
            is_active = row is not None and row["state"] == CircuitState.ACTIVE
            if record.kind == kind and is_active:
                source = self._circuits.source(circuit)
                is_of = kind == Kind.REGISTER or source.schema.encode() == (
                    description.schema.canonical
                )
                if source.segment_class == description.segment_class and is_of:
                    found.append((record.development, circuit))
        if not found:
            name = "register" if kind == Kind.REGISTER else "update"
            raise CircuitError(
                f"The home has no active circuit {name} for segments of "
                f"2^{description.segment_class} rows"
                f"{'' if kind == Kind.REGISTER else ' of this schema'}.",
                f"Run `zkpipe catalogue circuit check` on {name} and its key, and have it approved "
                "by the council.",
            )
        return min(found)[1]

    # The chain.

    def _send(
        self,
        lineage: Lineage,
        calls: Sequence[Call],
        document: bytes,
        lifetime: int,
        told: Told | None,
    ) -> None:
        session, manifest = self._session, self._session.manifest
        place = Place(
            chain_id=manifest.chain_id,
            catalogue=manifest.addresses[CATALOGUE],
            lineage=lineage.id,
            schema_hash=lineage.schema_hash,
            floor=lineage.floor,
            submitter=session.me,
        )
        proofs = SegmentProofs(session.home.place(FOLDER), place, self._circuits, self._holdings)
        now = session.now
        proven = proofs.prove(
            [one for call in calls for one in call.wanted],
            now=now,
            deadline=now + lifetime,
            told=told,
        )
        contract = session.contract(CATALOGUE)
        tasks = [call.task(session, lineage.id, proven, document) for call in calls]
        for task in tasks:  # the sender knows all before it waits for the first
            session.sender.plan(contract, "publish", **task)
        for task in tasks:
            session.sender.send(contract, "publish", **task)
