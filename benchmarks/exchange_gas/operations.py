"""Every operation on the contracts of an exchange, once or in the ways that differ in cost."""

from __future__ import annotations

from dataclasses import replace

from zkpipe.benchmarks.exchange_gas.data import (
    DAY,
    DOC,
    PROVER,
    SCHEMA,
    WORD,
    Data,
    boards,
    catalogue,
    grants,
    jobs,
)
from zkpipe.benchmarks.exchange_gas.stage import FAR, Stage, signers
from zkpipe.benchmarks.exchange_gas.stand_ins import PUBLICS, record_of, stand_in
from zkpipe.exchange.ids import chained_entry, list_digest, opening_digest, template_id
from zkpipe.exchange.ids import scope as scope_of
from zkpipe.exchange.signatures import Action
from zkpipe.exchange.structs import (
    Presentation,
    Record,
)
from zkpipe.exchange.words import Context, keccak
from zkpipe.verifier_contracts import Chain

NULLIFIER, ISSUER, REVOCATION = WORD + 6, WORD + 7, WORD + 8


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
