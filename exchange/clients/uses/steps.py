"""A step of a job, with the use of a grant that it is: all that its proof is bound to.

    use = use_of(view.manifest, state, job)
    use.context.word                # ctx
    use.publics(results)            # of the proof: what the board builds and the verifier takes

Prover, recipient and auditor build the same words from the chain's events.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from zkpipe.exchange.clients.facts import Row, id_in, row_of, spec_of
from zkpipe.exchange.deployment import Manifest
from zkpipe.exchange.index import State
from zkpipe.exchange.states import JobState
from zkpipe.exchange.structs import JobSpec, Step, Terms
from zkpipe.exchange.words import Context

BOARD, GRANTS = "JobBoard", "UsageGrants"


@dataclass(frozen=True, slots=True)
class Use:
    """A step of a job, as the index has it after a block.

    chain_id, board   of the manifest: the place where its proof counts
    grant             the id of the grant that it uses, and `ticket` the number of the use
    floor             the lineage's
    state             the job's
    results           of the proof; empty before it is on the chain
    wraps             what opens the answer, w0 and w1; None before it is delivered
    """

    chain_id: int
    board: str
    job: bytes
    number: int
    spec: JobSpec
    grant: bytes
    ticket: int
    floor: int
    state: JobState
    results: tuple[int, ...]
    wraps: tuple[int, int] | None

    @property
    def step(self) -> Step:
        """The step."""
        return self.spec.steps[self.number]

    @property
    def terms(self) -> Terms:
        """The grant's terms."""
        return self.step.terms

    @property
    def root(self) -> int:
        """The segment's commitment, a field element."""
        return int.from_bytes(self.step.root, "big")

    @property
    def context(self) -> Context:
        """The place that its proof is for, by one's own manifest and the index."""
        return Context(
            chain_id=self.chain_id,
            contract=self.board,
            circuit=self.terms.circuit,
            action="step",
            job=self.job,
            grant=self.grant,
            number=self.ticket,
            submitter=self.step.submitter,
            payee=self.terms.payee,
            deadline=self.spec.prove_by,
        )

    @property
    def words(self) -> list[int]:
        """ctx root ask floor recipient auditor: the public words behind the results."""
        spec = self.spec
        ends = [self.floor, spec.opener_key, spec.auditor_key]
        return [self.context.word, self.root, spec.ask, *ends]

    def publics(self, results: Sequence[int]) -> list[int]:
        """The public values of a proof with these results."""
        return [*results, *self.words]


def use_of(manifest: Manifest, state: State, job: bytes, number: int = 0) -> Use:
    """A step of a job, in a state of the index. Raises UnknownSubjectError."""
    row = row_of(state, "jobs", "job", job)
    step = row_of(state, "steps", "step", job, number)
    return Use(
        chain_id=manifest.chain_id,
        board=manifest.addresses[BOARD],
        job=job,
        number=number,
        spec=spec_of(state, row),
        grant=id_in(step["grant_id"]),
        ticket=step["ticket"],
        floor=row_of(state, "lineages", "lineage", id_in(step["lineage"]))["floor"],
        state=JobState(row["state"]),
        results=tuple(map(int, json.loads(step["results"]))) if step["is_proved"] else (),
        wraps=_wraps(step),
    )


def _wraps(step: Row) -> tuple[int, int] | None:
    return (int(step["w0"]), int(step["w1"])) if step["is_delivered"] else None
