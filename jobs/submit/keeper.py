"""A group's transaction in the batch's journal: a Keeper of verifier_contracts' sending."""

from __future__ import annotations

from zkpipe.jobs.batch.groups.group import Members, began, changed, ended
from zkpipe.jobs.batch.journal import Entry, Journal, Kind
from zkpipe.jobs.batch.states import States
from zkpipe.verifier_contracts.transactions.begun import Begun
from zkpipe.verifier_contracts.transactions.transaction import Receipt


class GroupKeeper:
    """Keeps one group; every change is on the disk before it is acted on.

    states      follow what is kept
    members     rows of the group with their identities
    statements  what the contract's event will say
    """

    fix = "Run the batch again: it looks for this transaction first, and sends nothing twice."

    def __init__(
        self, journal: Journal, states: States, members: Members = (), statements: str = ""
    ) -> None:
        self._journal, self._states = journal, states
        self._members, self._statements = members, statements

    def keep(self, begun: Begun) -> None:
        """See Keeper. Raises FileError."""
        group = self._states.groups.open
        if group is not None:
            self._add(changed(group.number, begun))
        else:  # the first, or one after another program took its nonce
            number = len(self._states.groups)
            self._add(began(number, self._members, self._statements, begun))

    def fail(self, begun: Begun, digest: str) -> None:
        """See Keeper. Raises FileError."""
        self._end(Kind.REVERTED, {"transaction": digest})

    def withdraw(self) -> None:
        """See Keeper. Raises FileError."""
        self._end(Kind.UNSENT, {})

    def finish(self, receipt: Receipt) -> None:
        """Keep that the contract has accepted the group. Raises FileError."""
        self._end(
            Kind.SUBMITTED,
            {
                "transaction": receipt.transaction_hash,
                "block": receipt.block_number,
                "gas": receipt.gas_used,
            },
        )

    def _end(self, kind: Kind, facts: dict[str, object]) -> None:
        group = self._states.groups.open
        if group is not None:
            self._add(ended(kind, group.number, facts))

    def _add(self, entry: Entry) -> None:
        self._journal.add([entry])
        self._states.groups.take(entry)
