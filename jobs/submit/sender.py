"""Send a batch's proven rows to its contract: one group after the other, each once.

A run begins with the group whose end nobody knows: its transaction is looked for, waited for, or
sent again in its own place, with the same nonce. Only then another group is begun. So at most one
transaction is on its way, and a row is in at most one group that was accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zkpipe.jobs.batch.batch import OpenBatch
from zkpipe.jobs.batch.groups.group import Group
from zkpipe.jobs.batch.journal import Entry, Kind
from zkpipe.jobs.batch.results import Results
from zkpipe.jobs.batch.states import States
from zkpipe.jobs.errors import JobError
from zkpipe.jobs.submit.contract import BatchVerifier, require_recorded, statements_of
from zkpipe.jobs.submit.keeper import GroupKeeper
from zkpipe.verifier_contracts.errors import NonceTakenError
from zkpipe.verifier_contracts.transactions.terms import Terms

if TYPE_CHECKING:
    from zkpipe.prover.proof import Proof
    from zkpipe.verifier_contracts.chain import Chain


@dataclass(frozen=True, slots=True)
class Sent:
    """What a run sent.

    groups        of the batch, those of earlier runs too
    now           of them accepted in this run
    rows          that are in accepted groups now
    is_cancelled  whether it stopped for `batch cancel`
    """

    groups: tuple[Group, ...]
    now: int
    rows: int
    is_cancelled: bool


class Submission:
    """One run of sending; use `work` once.

    size  rows of a group, at most
    told  called with the rows that were accepted and those that wait
    """

    def __init__(
        self,
        batch: OpenBatch,
        results: Results,
        verifier: BatchVerifier,
        size: int,
        terms: Terms,
        told: Callable[[int, int], None],
    ) -> None:
        self._batch, self._results, self._verifier = batch, results, verifier
        self._size, self._terms, self._told = size, terms, told

    def work(self, chain: Chain, states: States) -> Sent:
        """Send what waits.

        states  of the batch's journal as it is now; they follow what is kept

        Raises JobError if the batch went to another contract or a receipt does not prove what it
        should; what Chain.transact and Chain.finish raise; FileError.
        """
        self._require_same_contract(states)
        now = self._finish(chain, states)
        contract = self._verifier.on(chain)
        waiting = states.groups.waiting_count()
        accepted, is_cancelled = 0, False
        while found := states.groups.waiting(self._size):
            if self._batch.is_to_be_cancelled:
                self._batch.journal.add([Entry(Kind.CANCELLED)])
                is_cancelled = True
                break
            self._told(accepted, waiting)
            proofs, publics = self._read([(row, result) for row, _, result in found])
            members = tuple((row, identity) for row, identity, _ in found)
            statements = statements_of(publics)
            data = contract.calldata("recordProofs", self._verifier.arguments(proofs, publics))
            keeper = GroupKeeper(self._batch.journal, states, members, statements)
            receipt = chain.transact(
                {"to": contract.address, "data": data},
                contract.abi,
                terms=self._terms,
                keeper=keeper,
            )
            require_recorded(receipt, contract.address, statements, len(found))
            keeper.finish(receipt)
            accepted, now = accepted + len(found), now + 1
        self._told(accepted, waiting)
        groups = states.groups.all
        rows = sum(group.count for group in groups if group.kind is Kind.SUBMITTED)
        return Sent(groups, now, rows, is_cancelled)

    def _finish(self, chain: Chain, states: States) -> int:
        """See what became of the group that is open, if one is; how many were accepted."""
        group = states.groups.open
        if group is None:
            return 0
        keeper = GroupKeeper(self._batch.journal, states)
        try:
            receipt = chain.finish(group.begun, self._verifier.abi, self._terms, keeper)
        except NonceTakenError:  # it never will be mined
            keeper.withdraw()
            return 0
        require_recorded(receipt, group.begun.to, group.statements, group.count)
        keeper.finish(receipt)
        return 1

    def _require_same_contract(self, states: States) -> None:
        record = self._verifier.record
        for group in states.groups.all:
            if group.kind not in (Kind.SUBMITTING, Kind.SUBMITTED):
                continue  # nothing of it is on a chain
            place = group.begun.chain_id, str(group.begun.to).lower()
            if place != (record.chain_id, record.address.lower()):
                raise JobError(
                    f"Proofs of this batch went to the contract {group.begun.to} on chain "
                    f"{group.begun.chain_id}; [submit] names {record.address} on chain "
                    f"{record.chain_id}.",
                    "Give the record of that contract, or name another `out`.",
                )

    def _read(self, rows: list[tuple[int, bytes]]) -> tuple[list[Proof], list[list[int]]]:
        from zkpipe.prover.formats.snarkjs_json import load_public
        from zkpipe.prover.proof import Proof

        proofs, publics = [], []
        for row, result in rows:
            files = self._results.files(row, result)
            proofs.append(Proof.load(_Kept(files.proof, f"the proof of row {row}")))
            publics.append(load_public(_Kept(files.public, f"the public values of row {row}")))
        return proofs, publics


@dataclass(frozen=True, slots=True)
class _Kept:
    """Bytes that were read, as a ground.files.reading.Stream."""

    data: bytes
    name: str

    def up_to(self, size: int) -> bytes:
        """The first bytes."""
        return self.data[:size]

    def __str__(self) -> str:
        return self.name
