"""Every proof that the contracts accepted, read again from their events, and whether it holds.

    proofs = list(accepted_proofs(index.events()))
    for proof, verdict in zip(proofs, judged(proofs, by_digest(keys)), strict=True): ...

A proof stands in the event of the transaction that it was accepted in: VersionPublished has those
of its segments, StepProved that of its step. Its public values do not. They are built here as the
contracts build them, from the events before it and nothing else: who owned the lineage in that
moment, what its policy says, what the job asked. A contract that had built other words would have
accepted a proof that does not hold here.

The key is taken from anywhere, and believed only if its digest is the one in the circuit's Record.

CredentialRegistry.enrol takes proofs too, but its event does not carry them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from zkpipe.exchange.errors import IndexingError
from zkpipe.exchange.index.events import Event, Log
from zkpipe.exchange.index.folds.names import snake
from zkpipe.exchange.states import Kind
from zkpipe.exchange.structs import ZERO, JobSpec, Policy, Record, Segment, Step, Terms
from zkpipe.exchange.words import Context, word_of
from zkpipe.prover.errors import ProofError

if TYPE_CHECKING:  # the prover's kernels take a while to import
    from zkpipe.prover import Proof, VerifyingKey

STEP_WORDS = ("ctx", "root", "ask", "floor", "recipient", "auditor")
SEGMENT_NAMES = ("rows", "units", "ctx", "root", "schema")
UPDATE_NAMES = (*SEGMENT_NAMES, "old root", "floor")


@dataclass(frozen=True, slots=True)
class AcceptedProof:
    """A proof that a contract accepted, with the public values that the chain's facts give it.

    record       of its circuit, as the registry has it
    words        the proof as calldata have it: a, b, c, with the parts of b swapped
    publics      the results, and then the words that the contract built
    names        of the public values, as many
    context      what the word ctx is made of
    lineage      whose rows it is about; `root` is the segment
    number       its place among the segments of the version, or the steps of the job
    version      of the lineage, for a segment; 0 for a step
    job          its id, for a step; zeros for a segment
    contract     that accepted it, by its name in the exchange
    log, block   where the event stands; `time` is the block's, `transaction` its hash
    """

    record: Record
    words: tuple[int, ...]
    publics: tuple[int, ...]
    names: tuple[str, ...]
    context: Context
    lineage: bytes
    root: bytes
    number: int
    version: int
    job: bytes
    contract: str
    log: int
    block: int
    time: int
    transaction: bytes

    @property
    def circuit(self) -> bytes:
        """The circuit's id."""
        return self.record.circuit

    @property
    def kind(self) -> Kind:
        """What the circuit is for."""
        return Kind(self.record.kind)

    @property
    def title(self) -> str:
        """What is proved and where, for a person."""
        if self.job == ZERO:
            what = f"segment {self.number} of version {self.version} of lineage"
            return f"{what} 0x{self.lineage.hex()} (block {self.block})"
        return f"step {self.number} of job 0x{self.job.hex()} (block {self.block})"


class Verdict(StrEnum):
    """What is known of a proof."""

    HOLDS = "holds"
    FAILS = "fails"
    NO_KEY = "no key"  # no key with the digest of the circuit's Record was given


def accepted_proofs(events: Iterable[tuple[Log, Event]]) -> Iterator[AcceptedProof]:
    """The proofs in an exchange's events, which are given from the first on, in their order.

    Raises IndexingError if an event speaks of what no event before it made.
    """
    facts = _Facts()
    for log, event in events:
        try:
            yield from facts.after(log, event)
        except (LookupError, ValueError) as error:
            raise IndexingError(
                f"{event.contract} tells {event.name} in block {event.block} of what no event "
                f"before it made: {error}.",
                "The events are not all there: read them again from another node.",
            ) from error


class _Facts:
    """What the events so far say of owners, circuits, lineages and jobs."""

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}
        self._records: dict[bytes, Record] = {}
        self._policies: dict[bytes, Policy] = {}
        self._jobs: dict[bytes, tuple[JobSpec, list[int]]] = {}

    def after(self, log: Log, event: Event) -> Iterator[AcceptedProof]:
        """Take an event in; the proofs that it carries."""
        said = event.said
        match event.contract, event.name:
            case "IdentityRegistry", "DIDOwnerChanged":
                self._owners[said["identity"]] = said["owner"]
            case "CircuitRegistry", "CircuitProposed":
                self._records[said["id"]] = Record(**snake(said["record"]))
            case "DataCatalogue", "LineageRegistered":
                self._policies[said["lineage"]] = Policy(**snake(said["policy"]))
            case "JobBoard", "JobOpened":
                self._jobs[said["job"]] = spec_said(said["spec"]), said["tickets"]
            case "DataCatalogue", "VersionPublished":
                for number, segment in enumerate(said["added"]):
                    yield self._segment(log, event, number, Segment(**snake(segment)))
            case "JobBoard", "StepProved":
                yield self._step(log, event)

    def _segment(self, log: Log, event: Event, number: int, segment: Segment) -> AcceptedProof:
        """DataCatalogue._publics."""
        lineage = event.said["lineage"]
        policy = self._policies[lineage]
        context = Context(
            chain_id=event.exchange.chain_id,
            contract=event.address,
            circuit=segment.circuit,
            action="publish",
            grant=lineage,
            submitter=self._owners[_asset(lineage)],
            deadline=segment.deadline,
        )
        publics = [segment.rows, segment.units, context.word, _number(segment.root)]
        publics.append(word_of(policy.schema_hash))
        names: tuple[str, ...] = SEGMENT_NAMES
        if segment.replaces != ZERO:
            publics += [_number(segment.replaces), policy.floor]
            names = UPDATE_NAMES
        return AcceptedProof(
            record=self._records[segment.circuit],
            words=segment.proof,
            publics=tuple(publics),
            names=names,
            context=context,
            lineage=lineage,
            root=segment.root,
            number=number,
            version=event.said["version"],
            job=ZERO,
            **_place(log, event),
        )

    def _step(self, log: Log, event: Event) -> AcceptedProof:
        """JobBoard._publics."""
        said, exchange = event.said, event.exchange
        spec, tickets = self._jobs[said["job"]]
        step = spec.steps[said["i"]]
        terms = step.terms
        context = Context(
            chain_id=exchange.chain_id,
            contract=event.address,
            circuit=terms.circuit,
            action="step",
            job=spec.job(exchange.chain_id, event.address),
            grant=terms.grant(exchange.chain_id, exchange.addresses["UsageGrants"]),
            number=tickets[said["i"]],
            submitter=step.submitter,
            payee=terms.payee,
            deadline=spec.prove_by,
        )
        floor = self._policies[terms.lineage].floor
        results, root = said["results"], _number(step.root)
        words = [context.word, root, spec.ask, floor, spec.opener_key, spec.auditor_key]
        return AcceptedProof(
            record=self._records[terms.circuit],
            words=tuple(said["proof"]),
            publics=(*results, *words),
            names=(*(f"result {k}" for k in range(len(results))), *STEP_WORDS),
            context=context,
            lineage=terms.lineage,
            root=step.root,
            number=said["i"],
            version=0,
            job=said["job"],
            **_place(log, event),
        )


def spec_said(said: Mapping[str, Any]) -> JobSpec:
    """The struct of a job as JobOpened says it."""
    steps = tuple(
        Step(**{**snake(step), "terms": Terms(**snake(step["terms"]))}) for step in said["steps"]
    )
    return JobSpec(**{**snake(said), "steps": steps})


def _place(log: Log, event: Event) -> dict[str, Any]:
    return {
        "contract": event.contract,
        "log": log.number,
        "block": log.block,
        "time": event.time,
        "transaction": log.transaction,
    }


def _asset(lineage: bytes) -> str:
    from eth_utils.address import to_checksum_address

    return str(to_checksum_address(lineage[12:]))


def _number(word: bytes) -> int:
    return int.from_bytes(word, "big")


# Keys and verdicts.


def by_digest(keys: Iterable[VerifyingKey]) -> dict[bytes, VerifyingKey]:
    """Verifying keys by the digest of their points, which a circuit's Record names."""
    from zkpipe.verifier_contracts import key_digest

    return {bytes.fromhex(key_digest(key)): key for key in keys}


def proof_of(words: Sequence[int]) -> Proof:
    """The proof of eight words as calldata have them.

    Raises ProofError if a point is none, or not in its group.
    """
    from zkpipe.prover import Proof

    a0, a1, x1, x0, y1, y0, c0, c1 = words
    return Proof((a0, a1), ((x0, x1), (y0, y1)), (c0, c1))


def judged(proofs: Sequence[AcceptedProof], keys: Mapping[bytes, VerifyingKey]) -> list[Verdict]:
    """What becomes of each proof under the registered key of its circuit; keys as `by_digest` says.

    Cost: a millisecond a proof; those of one key are verified in one batch, in which a wrong one is
    taken for right with probability n 2^-128 at most.
    """
    from zkpipe.prover import verify_batch

    verdicts = [Verdict.NO_KEY] * len(proofs)
    batches: dict[bytes, list[tuple[int, Proof]]] = {}
    for i, proof in enumerate(proofs):
        digest = proof.record.key_digest
        key = keys.get(digest)
        if key is None:
            continue
        verdicts[i] = Verdict.FAILS
        if len(proof.publics) == key.public_count and max(proof.publics) < key.curve.r:
            try:
                batches.setdefault(digest, []).append((i, proof_of(proof.words)))
            except ProofError:
                continue
    for digest, batch in batches.items():
        publics = [proofs[i].publics for i, _ in batch]
        answers = verify_batch(keys[digest], [proof for _, proof in batch], publics)
        for (i, _), answer in zip(batch, answers, strict=True):
            verdicts[i] = Verdict.HOLDS if answer else Verdict.FAILS
    return verdicts
