"""The [submit] of a job's file as a command takes it: its contract, its account, its node."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zkpipe.cli.files.password import given_password
from zkpipe.cli.files.piped import Piped
from zkpipe.cli.files.verifier_file import warn_of_code
from zkpipe.jobs.batch.batch import OpenBatch, seen_batch
from zkpipe.jobs.batch.groups.group import Group
from zkpipe.jobs.batch.job_file import JobFile, Submit
from zkpipe.jobs.batch.report import states_now
from zkpipe.jobs.batch.results import Results
from zkpipe.jobs.submit.contract import BatchVerifier
from zkpipe.jobs.submit.sender import Sent, Submission

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

    from zkpipe.prover import VerifyingKey


@dataclass(frozen=True, slots=True)
class Submitting:
    """What is needed to send proofs; nothing was sent, and no node was asked.

    account  that signs here; None for the node's first
    """

    settings: Submit
    verifier: BatchVerifier
    account: LocalAccount | None = field(repr=False)

    @classmethod
    def load(
        cls, file: JobFile, key: VerifyingKey, password_file: Path | Piped | None, *, opens: bool
    ) -> Submitting | None:
        """Read the record, and the account if `opens`; None if the job has no [submit].

        Raises what these raise: before an hour of proving, not after it.
        """
        from zkpipe.verifier_contracts import keystore_account
        from zkpipe.verifier_contracts.compilers.recompiled import is_of_its_source
        from zkpipe.verifier_contracts.errors import AccountError

        settings = file.submit
        if settings is None:
            return None
        verifier = BatchVerifier.load(settings.deployment, key)
        compiled = verifier.record.compiled
        if is_of_its_source(compiled) is None:
            warn_of_code(settings.deployment, compiled.compiler)
        account = None
        if settings.keystore is not None and opens:
            password = given_password(settings.keystore, password_file, AccountError)
            account = keystore_account(settings.keystore, password)
        return cls(settings, verifier, account)

    def work(self, batch: OpenBatch, results: Results, told: Callable[[int, int], None]) -> Sent:
        """Send what waits. Raises what Submission.work raises, NodeMissingError."""
        from zkpipe.verifier_contracts import Chain
        from zkpipe.verifier_contracts.transactions.terms import Terms

        record, settings = self.verifier.record, self.settings
        chain = Chain.connect(settings.rpc, self.account, chain_id=record.chain_id)
        terms = Terms(max_fee=settings.max_fee)
        with states_now(batch.journal) as states:
            run = Submission(batch, results, self.verifier, settings.group, terms, told)
            return run.work(chain, states)

    def waiting(self, file: JobFile, rows: int, fitting: int) -> int:
        """How many proofs are in no group yet, if all rows that fit are proved.

        rows     of the table
        fitting  of them that fit; what was proved before counts as it was proved
        """
        with seen_batch(file) as states:
            sent = 0 if states is None else states.groups.sent_count(rows)
            return max(fitting - sent, 0)


def group_fact(group: Group) -> dict[str, Any]:
    """A group for JSON."""
    begun = group.begun
    return {
        "group": group.number,
        "state": group.kind.value,
        "rows": group.count,
        "statements": group.statements,
        "account": begun.account,
        "nonce": begun.nonce,
        "transactions": list(begun.hashes),
        "transaction": group.transaction,
        "block": group.block,
        "gas": group.gas,
    }
