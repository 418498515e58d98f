"""The contracts with a council, an owner and who else takes part.

Circuits are stubs (StubVerifier.sol): `accept` tells one the words that it shall take for right,
which a test builds in Python. So a contract that builds other words is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from eth_utils import keccak

from tests.exchange.contracts.setting.deployed import Deployed, Happening, Placed
from tests.exchange.contracts.setting.values import (
    APPROVERS,
    AUDITOR,
    DAY,
    FAR,
    PROOF,
    PROVER,
    RECIPIENT,
    RESULTS,
    SCHEMA,
    WORDS,
)
from zkpipe.exchange.ids import list_digest
from zkpipe.exchange.signatures import Action, gathered
from zkpipe.exchange.states import Kind
from zkpipe.exchange.structs import JobSpec, Policy, Record, Scheme, Segment, Sigs, Step, Terms
from zkpipe.exchange.words import Context, word_of


@dataclass(frozen=True)
class Circuit:
    """A stub of a verifier, and the record of its circuit."""

    verifier: Placed
    record: Record

    @property
    def id(self) -> bytes:
        return self.record.circuit


class World(Deployed):
    """Deployed contracts, and what jobs stand on."""

    def __init__(self, *arguments: Any) -> None:
        self.circuits_by_kind: dict[int, Circuit] = {}
        super().__init__(*arguments)

    # ---- circuits

    def stub(self, kind: int, **other: Any) -> Circuit:
        """A verifier, and the record of its circuit."""
        results, words = WORDS[kind]
        signature = f"verifyProof(uint256[2],uint256[2][2],uint256[2],uint256[{results + words}])"
        contract = other.pop("contract", "StubVerifier")
        key, development = keccak(bytes([kind])), other.pop("made_here", False)
        verifier = self.deploy(contract, key, development, signature)
        record = Record(
            verifier=verifier.address,
            developer=self.stranger,
            codehash=keccak(self.chain.code(verifier.address)),
            key_digest=key,
            r1cs_hash=keccak(b"r1cs"),
            source_hash=keccak(b"source"),
            ceremony_hash=keccak(b"ceremony"),
            schema_hash=SCHEMA if kind in (4, 5, 6, 8) else bytes(32),
            columns=12,
            leak_bits=10,
            shape=0,
            kind=kind,
            results=results,
            words=words,
            provenance=0,
            floor_safe=kind == Kind.STATS,
            development=development,
        )
        return Circuit(verifier, replace(record, **other))

    def listed(self, kind: int, **other: Any) -> Circuit:
        """A circuit that the council has approved."""
        circuit = self.stub(kind, **other)
        self.send(self.stranger, self.circuits, "propose", circuit.record)
        self.decide(self.circuits, "approve", ["bytes32"], circuit.id)
        return circuit

    def accept(self, circuit: Circuit, publics: list[int]) -> None:
        """Let PROOF be right for these public values, under this circuit."""
        self.send(self.stranger, circuit.verifier, "accept", PROOF, publics)

    # ---- what jobs stand on

    def furnish(self) -> None:
        """Circuits, a board, points, a lineage with an approvers' list and one segment."""
        for kind in (1, 2, 4, 5):
            self.circuits_by_kind[kind] = self.listed(kind)
        self.decide(self.grants, "setBoard", ["address", "bool"], self.board.address, True)
        self.decide(self.settlement, "issue", ["address", "uint128"], self.grantee, 1000)
        self.send(self.grantee, self.settlement, "allow", self.board.address, 1000)
        self.send(
            self.owner, self.identities, "addDelegate", self.owner, PROVER, self.prover, 900 * DAY
        )
        self.lineage = self.registered(self.policy())
        self.send(
            self.owner, self.catalogue, "allow", self.lineage, self.circuits_by_kind[4].id, True
        )
        self.root = self.published(self.lineage, 1)

    def policy(self, **other: Any) -> Policy:
        common = {
            "schema_hash": SCHEMA,
            "approvers": list_digest(self.approvers, 2),
            "limit_bits": 100,
            "floor": 20,
            "keyed": False,
        }
        return Policy(**common | other)

    @property
    def approvers(self) -> list[str]:
        return [account.address for account in APPROVERS]

    def registered(self, policy: Policy, salt: int = 0, owner: str | None = None) -> bytes:
        owner = owner or self.owner
        self.send(owner, self.catalogue, "register", policy, salt)
        return policy.lineage(self.id, self.catalogue.address, owner, salt)

    def segment(self, number: int, **other: Any) -> Segment:
        common = {
            "root": number.to_bytes(32, "big"),
            "circuit": self.circuits_by_kind[2 if "replaces" in other else 1].id,
            "rows": 100,
            "units": 90,
            "deadline": FAR,
            "proof": PROOF,
        }
        return Segment(**common | other)

    def segment_words(
        self, lineage: bytes, segment: Segment, policy: Policy, **place: Any
    ) -> list[int]:
        common = {
            "chain_id": self.id,
            "contract": self.catalogue.address,
            "circuit": segment.circuit,
            "action": "publish",
            "grant": lineage,
            "submitter": self.owner,
            "deadline": segment.deadline,
        }
        words = [segment.rows, segment.units, Context(**common | place).word]
        words += [int.from_bytes(segment.root, "big"), word_of(policy.schema_hash)]
        if segment.replaces != bytes(32):
            words += [int.from_bytes(segment.replaces, "big"), policy.floor]
        return words

    def published(self, lineage: bytes, number: int, **other: Any) -> bytes:
        """A version of one new segment; its root."""
        segment = self.segment(number, **other)
        kind = 2 if "replaces" in other else 1
        words = self.segment_words(lineage, segment, self.policy())
        self.accept(self.circuits_by_kind[kind], words)
        self.send(self.owner, self.catalogue, "publish", lineage, [segment.as_tuple], [], bytes(32))
        return segment.root

    def terms(self, **other: Any) -> Terms:
        common = {
            "board": self.board.address,
            "grantee": self.grantee,
            "payee": self.payee,
            "lineage": self.lineage,
            "circuit": self.circuits_by_kind[4].id,
            "salt": 1,
            "price": 100,
            "expiry": self.now + 100 * DAY,
            "max_uses": 2,
        }
        return Terms(**common | other)

    def approval(self, terms: Terms, signers: Any = APPROVERS[:2], **other: Any) -> Sigs:
        action = Action(
            chain_id=self.id,
            contract=self.grants.address,
            target=self.grants.address,
            what=terms.grant(self.id, self.grants.address),
            deadline=FAR,
        )
        action = replace(action, **other)
        return gathered(action, [action.signed_by(account) for account in signers])

    def approve(self, terms: Terms) -> list[Happening]:
        sigs = self.approval(terms)
        return self.send(self.stranger, self.grants, "approve", terms, self.approvers, 2, sigs)

    def granted(self, **other: Any) -> Terms:
        terms = self.terms(**other)
        self.send(terms.grantee, self.grants, "request", terms)
        self.approve(terms)
        return terms

    def grant(self, terms: Terms) -> dict[str, int]:
        answer: dict[str, int] = self.grants("grant", terms.grant(self.id, self.grants.address))
        return answer

    def spec(self, terms: Terms, **other: Any) -> JobSpec:
        step = Step(
            terms=terms,
            submitter=other.pop("submitter", self.prover),
            root=other.pop("root", self.root),
        )
        common = {
            "opener": self.grantee,
            "nonce": 1,
            "ask": 33,
            "opener_key": RECIPIENT,
            "auditor_key": AUDITOR,
            "prove_by": self.now + DAY,
            "deliver_by": self.now + 5 * DAY,
            "steps": (step,),
        }
        return JobSpec(**common | other)

    def job(self, spec: JobSpec) -> bytes:
        return spec.job(self.id, self.board.address)

    def state(self, spec: JobSpec) -> int:
        return int(self.board("jobs", self.job(spec))["state"])

    def opened(self, spec: JobSpec) -> JobSpec:
        self.send(spec.opener, self.board, "open", spec, Scheme())
        return spec

    def step_words(
        self, spec: JobSpec, ticket: int = 1, floor: int = 20, results: Any = RESULTS, **place: Any
    ) -> list[int]:
        step = spec.steps[0]
        common = {
            "chain_id": self.id,
            "contract": self.board.address,
            "circuit": step.terms.circuit,
            "action": "step",
            "job": self.job(spec),
            "grant": step.terms.grant(self.id, self.grants.address),
            "number": ticket,
            "submitter": step.submitter,
            "payee": step.terms.payee,
            "deadline": spec.prove_by,
        }
        ctx = Context(**common | place).word
        root = int.from_bytes(step.root, "big")
        return [*results, ctx, root, spec.ask, floor, spec.opener_key, spec.auditor_key]

    def submission(self, spec: JobSpec, **other: Any) -> tuple[Any, ...]:
        common = {"i": 0, "root": spec.steps[0].root, "proof": PROOF, "results": RESULTS}
        return (spec, *(common | other).values())

    def proved(self, spec: JobSpec, ticket: int = 1) -> JobSpec:
        self.accept(self.circuits_by_kind[4], self.step_words(spec, ticket))
        self.send(spec.steps[0].submitter, self.board, "submit", *self.submission(spec))
        return spec
