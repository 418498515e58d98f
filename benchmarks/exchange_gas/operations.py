"""Every operation on the contracts of an exchange, once or in the ways that differ in cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from zkpipe.benchmarks.exchange_gas.stage import FAR, Stage, signers
from zkpipe.benchmarks.exchange_gas.stand_ins import PUBLICS, record_of, stand_in
from zkpipe.circuits.gadgets import poseidon
from zkpipe.exchange.ids import chained_entry, list_digest, opening_digest, template_id
from zkpipe.exchange.ids import scope as scope_of
from zkpipe.exchange.signatures import Action
from zkpipe.exchange.structs import (
    JobSpec,
    Policy,
    Presentation,
    Record,
    Scheme,
    Segment,
    Sigs,
    Step,
    Terms,
)
from zkpipe.exchange.words import ZERO, Context, keccak, word_of
from zkpipe.verifier_contracts import Chain

SCHEMA = keccak(b"a schema")
DOC = keccak(b"a document")
DAY = 86_400
WORD = (1 << 247) + 987_654_321  # in place of a word without zero bytes
OPENING = (WORD + 1, WORD + 2)
RESULTS = (poseidon(list(OPENING)), WORD + 3, WORD + 4)
OPENER_KEY, NULLIFIER, ISSUER, REVOCATION = WORD + 5, WORD + 6, WORD + 7, WORD + 8
PROVER = b"zkpipe/prover".ljust(32, b"\0")
APPROVERS = 3


def measured(url: str) -> dict[str, int]:
    """The gas of every operation on a new exchange on a node, by name. Takes a minute."""
    stage = Stage(url)
    _ = stage.manifest
    circuits = council(stage)
    identity(stage)
    data = catalogue(stage, circuits)
    jobs(stage, data)
    grants(stage, data)
    boards(stage, data)
    ledger(stage, data)
    credentials(stage, circuits)
    ends(stage, circuits, data)
    return stage.gas


@dataclass(frozen=True)
class Data:
    """A lineage with one segment, and the circuit that answers about it."""

    lineage: bytes
    root: bytes
    circuit: bytes
    asset: str


def council(stage: Stage) -> dict[int, Record]:
    """Circuits of all kinds, a board, points."""
    circuits: dict[int, Record] = {}
    verifiers: dict[int, str] = {}
    for kind in (1, 4, 2, 3):
        chain: Chain = stage.chains["deployer"]
        count = sum(PUBLICS[kind])
        if count not in verifiers:
            verifier = chain.deploy({"Verifier": stand_in(count).verifier}, "Verifier")
            verifiers[count] = verifier.address
            assert verifier.receipt is not None  # noqa: S101 # it was deployed
            stage.gas[f"deploy a verifier, {count} public values"] = verifier.receipt.gas_used
        developer = stage.address("stranger")
        record = record_of(chain, verifiers[count], kind, developer, SCHEMA)
        circuits[kind] = record
        note = "" if kind == 1 else None
        stage.send("stranger", "CircuitRegistry", "propose", record, note=note)
        stage.decide("CircuitRegistry", "approve", ["bytes32"], record.circuit, note=note)
    board, grantee = stage.manifest.addresses["JobBoard"], stage.address("grantee")
    stage.decide("UsageGrants", "setBoard", ["address", "bool"], board, True)
    stage.decide("Settlement", "issue", ["address", "uint128"], grantee, 10**12)
    stage.send("grantee", "Settlement", "allow", board, 10**12)
    return circuits


def identity(stage: Stage) -> None:
    """The life of a subject; the owner's prover is named."""
    owner, prover = stage.address("owner"), stage.address("prover")
    name, value = b"did/pub/X25519/veriKey/hex".ljust(32, b"\0"), bytes(range(1, 33))
    stage.send("owner", "IdentityRegistry", "addDelegate", owner, PROVER, prover, 900 * DAY)
    stage.send("owner", "IdentityRegistry", "setAttribute", owner, name, value, 900 * DAY)
    stage.send("owner", "IdentityRegistry", "revokeAttribute", owner, name, value)
    holder, other = stage.address("holder"), stage.address("stranger")
    stage.send("holder", "IdentityRegistry", "addDelegate", holder, PROVER, other, DAY, note=None)
    stage.send("holder", "IdentityRegistry", "revokeDelegate", holder, PROVER, other)
    payee = stage.address("payee")
    stage.send("payee", "IdentityRegistry", "changeOwner", payee, stage.address("issuer"))


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


def ledger(stage: Stage, data: Data) -> None:
    """Entries of all levels below proofs."""
    salt, value = keccak(b"salt"), b"collected with consent on paper, box 7"
    accounts = signers(3, 3)
    named = [account.address for account in accounts]
    digest, confirmers = opening_digest(salt, value), list_digest(named, 2)

    def append(role: str, stage_: int, parents: list[bytes], note: str) -> None:
        given = (data.asset, stage_, digest, parents, confirmers)
        stage.send(role, "EvidenceLedger", "append", *given, note=note)

    chain_id, at = stage.manifest.chain_id, stage.manifest.addresses["EvidenceLedger"]
    _, sequence, _ = stage.contract("owner", "EvidenceLedger").call("head", data.asset)
    place = (chain_id, at, data.asset, sequence + 1)
    entry = chained_entry(*place, digest, stage.address("owner"))
    append("owner", 4, [], "by the owner")
    append("owner", 5, [entry], "by the owner, with a parent")
    append("stranger", 5, [entry], "by anyone else")
    stage.send("owner", "EvidenceLedger", "open", entry, value, salt)
    action = Action(chain_id=chain_id, contract=at, target=at, what=entry, deadline=FAR)
    sigs = stage.signed(action, accounts[:2])
    given = (entry, named, 2, sigs)
    stage.send("stranger", "EvidenceLedger", "confirm", *given, note="two of three sign")


def credentials(stage: Stage, circuits: dict[int, Record]) -> None:
    """A template, an issuer, an enrolment, a revocation."""
    at, chain_id = stage.manifest.addresses["CredentialRegistry"], stage.manifest.chain_id
    circuit, predicate = circuits[3].circuit, WORD + 10
    template = template_id(chain_id, at, DOC, circuit, predicate)
    types = ["bytes32", "bytes32", "uint256"]
    stage.decide("CredentialRegistry", "defineTemplate", types, DOC, circuit, predicate)
    issuer, holder = stage.address("issuer"), stage.address("holder")
    types = ["uint256", "uint256", "address", "bool"]
    stage.decide("CredentialRegistry", "setIssuer", types, template, ISSUER, issuer, True)

    def revoke(root: int, revoked: list[int], note: str) -> None:
        given = (template, ISSUER, root, revoked)
        stage.send("issuer", "CredentialRegistry", "setRevocation", *given, note=note)

    revoke(REVOCATION, [], "the first root")
    for nth, later in (("the first time", 0), ("again", 1)):
        given = Presentation(
            template=template,
            issuer=ISSUER,
            root=REVOCATION,
            nullifier=NULLIFIER,
            valid_to=stage.now + 80 * DAY + later,
            deadline=FAR,
            proof=(0,) * 8,
        )
        place = Context(
            chain_id=chain_id,
            contract=at,
            circuit=circuit,
            action="enrol",
            grant=template.to_bytes(32, "big"),
            submitter=holder,
            deadline=FAR,
        )
        scope = scope_of(chain_id, at, template)
        words = [NULLIFIER, place.word, ISSUER, REVOCATION, template, predicate]
        words += [given.valid_to, scope]
        given = replace(given, proof=stand_in(8).proof(words))
        stage.send("holder", "CredentialRegistry", "enrol", given, note=nth)
    revoke(REVOCATION + 1, [7], "one credential revoked")
    stage.decide("CredentialRegistry", "deprecate", ["uint256"], template)


def ends(stage: Stage, circuits: dict[int, Record], data: Data) -> None:
    """What ends circuits, councils and lineages."""
    stage.decide("CircuitRegistry", "retire", ["bytes32"], circuits[2].circuit)
    stage.decide("CircuitRegistry", "setAuditorKey", ["uint256"], WORD + 11)
    stage.send("owner", "DataCatalogue", "setState", data.lineage, 22)
    members = [account.address for account in stage.council]
    stage.decide("CircuitRegistry", "setCouncil", ["address[]", "uint256"], members, 3)
