"""The life of a data set: its versions, grants, jobs, and what boards do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from zkpipe.benchmarks.exchange_gas.stage import FAR, Stage, signers
from zkpipe.benchmarks.exchange_gas.stand_ins import stand_in
from zkpipe.circuits.gadgets import poseidon
from zkpipe.exchange.ids import list_digest
from zkpipe.exchange.signatures import Action
from zkpipe.exchange.structs import (
    JobSpec,
    Policy,
    Record,
    Scheme,
    Segment,
    Sigs,
    Step,
    Terms,
)
from zkpipe.exchange.words import ZERO, Context, keccak, word_of

SCHEMA = keccak(b"a schema")
DOC = keccak(b"a document")
DAY = 86_400
WORD = (1 << 247) + 987_654_321  # in place of a word without zero bytes
OPENING = (WORD + 1, WORD + 2)
RESULTS = (poseidon(list(OPENING)), WORD + 3, WORD + 4)
OPENER_KEY = WORD + 5
PROVER = b"zkpipe/prover".ljust(32, b"\0")
APPROVERS = 3


@dataclass(frozen=True)
class Data:
    """A lineage with one segment, and the circuit that answers about it."""

    lineage: bytes
    root: bytes
    circuit: bytes
    asset: str


def catalogue(stage: Stage, circuits: dict[int, Record]) -> Data:
    """A lineage, versions of it, an update, a withdrawal."""
    approvers = [account.address for account in signers(2, APPROVERS)]
    policy = Policy(
        schema_hash=SCHEMA,
        doc_hash=DOC,
        approvers=list_digest(approvers, 2),
        limit_bits=1 << 31,
        floor=20,
        keyed=False,
    )
    chain_id, at = stage.manifest.chain_id, stage.manifest.addresses["DataCatalogue"]
    lineage = policy.lineage(chain_id, at, stage.address("owner"), 1)
    stage.send("owner", "DataCatalogue", "register", policy, 1)
    answers = circuits[4].circuit
    stage.send("owner", "DataCatalogue", "allow", lineage, answers, True)

    def publish(added: list[Segment], withdrawn: list[bytes], note: str | None) -> None:
        given = [segment.as_tuple for segment in added]
        arguments = (lineage, given, withdrawn, DOC)
        stage.send("owner", "DataCatalogue", "publish", *arguments, note=note)

    def segment(number: int, replaces: bytes = ZERO) -> Segment:
        kind = 1 if replaces == ZERO else 2
        root = (WORD + 100 + number).to_bytes(32, "big")
        given = Segment(
            root=root,
            replaces=replaces,
            circuit=circuits[kind].circuit,
            rows=1000,
            units=900,
            deadline=FAR,
            proof=(0,) * 8,
        )
        place = Context(
            chain_id=chain_id,
            contract=at,
            circuit=given.circuit,
            action="publish",
            grant=lineage,
            submitter=stage.address("owner"),
            deadline=FAR,
        )
        words = [given.rows, given.units, place.word, int.from_bytes(root, "big"), word_of(SCHEMA)]
        if kind == 2:
            words += [int.from_bytes(replaces, "big"), policy.floor]
        return replace(given, proof=stand_in(len(words)).proof(words))

    first = segment(1)
    publish([first], [], "one new segment")
    publish([segment(2), segment(3)], [], "two new segments")
    publish([segment(4, segment(2).root)], [], "an update of a segment")
    publish([], [segment(3).root], "a segment withdrawn")
    return Data(lineage, first.root, answers, "0x" + lineage[12:].hex())


def terms_of(stage: Stage, data: Data, salt: int, **other: Any) -> Terms:
    """A grant's terms."""
    common: dict[str, Any] = {
        "board": stage.manifest.addresses["JobBoard"],
        "grantee": stage.address("grantee"),
        "payee": stage.address("payee"),
        "lineage": data.lineage,
        "circuit": data.circuit,
        "doc": DOC,
        "salt": salt,
        "price": 10**9,
        "expiry": stage.now + 100 * DAY,
        "max_uses": 3,
    }
    return Terms(**common | other)


def grant(stage: Stage, terms: Terms, note: str | None = None) -> list[str]:
    """Request and approve a grant; the approvers' list."""
    accounts = signers(2, APPROVERS)
    approvers = [str(account.address) for account in accounts]
    at = stage.manifest.addresses["UsageGrants"]
    action = Action(
        chain_id=stage.manifest.chain_id,
        contract=at,
        target=at,
        what=terms.grant(stage.manifest.chain_id, at),
        deadline=FAR,
    )
    sigs: Sigs = stage.signed(action, accounts[:2])
    stage.send("grantee", "UsageGrants", "request", terms, note=note)
    given = (terms, approvers, 2, sigs)
    stage.send("stranger", "UsageGrants", "approve", *given, note=note and "two of three sign")
    return approvers


def jobs(stage: Stage, data: Data) -> None:
    """Questions: answered twice, not proved, and proved but not delivered."""
    terms = terms_of(stage, data, 1)
    grant(stage, terms)
    for number, nth in ((1, "the first"), (2, "a later one")):
        spec = opened(stage, data, terms, number, nth)
        submit(stage, spec, number, nth)
        stage.send("prover", "JobBoard", "deliver", spec, 0, list(RESULTS), *OPENING, note=nth)
    spec = opened(stage, data, terms, 3, None)
    stage.wait(2 * DAY)
    stage.send("stranger", "JobBoard", "expire", spec, note="not proved in time")
    spec = opened(stage, data, terms, 4, None)
    submit(stage, spec, 4, None)
    stage.wait(9 * DAY)
    stage.send("stranger", "JobBoard", "expire", spec, note="not delivered in time")


def opened(stage: Stage, data: Data, terms: Terms, nonce: int, note: str | None) -> JobSpec:
    """A job that was opened."""
    step = Step(terms=terms, submitter=stage.address("prover"), root=data.root)
    spec = JobSpec(
        opener=stage.address("grantee"),
        nonce=nonce,
        ask=WORD + 9,
        opener_key=OPENER_KEY,
        auditor_key=stage.contract("stranger", "CircuitRegistry").call("auditorKey"),
        prove_by=stage.now + DAY,
        deliver_by=stage.now + 5 * DAY,
        doc=DOC,
        steps=(step,),
    )
    stage.send("grantee", "JobBoard", "open", spec, Scheme(), note=note)
    return spec


def submit(stage: Stage, spec: JobSpec, ticket: int, note: str | None) -> None:
    """Prove a job."""
    chain_id, board = stage.manifest.chain_id, stage.manifest.addresses["JobBoard"]
    step = spec.steps[0]
    place = Context(
        chain_id=chain_id,
        contract=board,
        circuit=step.terms.circuit,
        action="step",
        job=spec.job(chain_id, board),
        grant=step.terms.grant(chain_id, stage.manifest.addresses["UsageGrants"]),
        number=ticket,
        submitter=step.submitter,
        payee=step.terms.payee,
        deadline=spec.prove_by,
    )
    root = int.from_bytes(step.root, "big")
    words = [*RESULTS, place.word, root, spec.ask, 20, spec.opener_key, spec.auditor_key]
    given = (spec, 0, step.root, stand_in(9).proof(words), list(RESULTS))
    stage.send("prover", "JobBoard", "submit", *given, note=note)


def grants(stage: Stage, data: Data) -> None:
    """A grant that is revoked, one that is closed."""
    terms = terms_of(stage, data, 2)
    approvers = grant(stage, terms, "")
    stage.send("owner", "UsageGrants", "revoke", terms, approvers, 2)
    stage.send("stranger", "UsageGrants", "close", terms)


def boards(stage: Stage, data: Data) -> None:
    """What boards call, from an account that the council lists as one."""
    board = stage.address("board")
    stage.decide("UsageGrants", "setBoard", ["address", "bool"], board, True, note=None)
    terms = terms_of(stage, data, 3, board=board)
    grant(stage, terms)
    for _ in range(2):
        stage.send("board", "UsageGrants", "take", terms)
    stage.send("board", "UsageGrants", "use", terms, 1)
    stage.send("board", "UsageGrants", "drop", terms, 2)
    stage.send("grantee", "Settlement", "allow", board, 10**12, note=None)
    key, payer = keccak(b"a job"), stage.address("grantee")
    stage.send("board", "Settlement", "lock", key, payer, 10**9)
    stage.send("board", "Settlement", "pay", key, stage.address("payee"), 10**8)
    stage.send("board", "Settlement", "refund", key, payer, 10**8)
    stage.send("board", "EvidenceLedger", "record", data.asset, keccak(b"a step"), [])
