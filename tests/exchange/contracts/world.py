"""The contracts on a chain, with a council, an owner and who else takes part.

Circuits are stubs (StubVerifier.sol): `accept` tells one the words that it shall take for right,
which a test builds in Python. So a contract that builds other words is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import rlp
from eth_abi import decode
from eth_account import Account
from eth_utils import keccak, to_canonical_address, to_checksum_address

from tests.exchange.contracts.chains import Anvil, Embedded, NodeError, Outcome
from zkpipe.circuits.gadgets import poseidon
from zkpipe.exchange.signatures import Action, gathered, what_of
from zkpipe.exchange.states import Kind
from zkpipe.exchange.structs import JobSpec, Policy, Record, Scheme, Segment, Sigs, Step, Terms
from zkpipe.exchange.words import Context, word_of
from zkpipe.verifier_contracts import CompiledContract, Settings, compile_sources
from zkpipe.verifier_contracts.abi import encoded, selector, type_of
from zkpipe.verifier_contracts.compilers.solc import NODE_MODULES

EXCHANGE = Path(__file__).parents[3] / "verifier_contracts" / "contracts" / "exchange"
STUBS = Path(__file__).parent / "solidity"
NAMES = (
    "Settlement",
    "IdentityRegistry",
    "CircuitRegistry",
    "CredentialRegistry",
    "DataCatalogue",
    "UsageGrants",
    "EvidenceLedger",
    "JobBoard",
)
DAY = 86400
FAR = 1 << 40  # seconds since 1970: longer than any test
R = 21888242871839275222246405745257275088548364400416034343698204186575808495617
PROVER = b"zkpipe/prover".ljust(32, b"\0")
LEDGER = b"zkpipe/ledger".ljust(32, b"\0")
SCHEMA = keccak(b"a schema")
AUDITOR, RECIPIENT = 7001, 7002
PROOF = (1, 2, 3, 4, 5, 6, 7, 8)
OPENING = (51, 52)
RESULTS = (poseidon(list(OPENING)), 61, 62)
COUNCIL = [Account.from_key(bytes([1] * 31 + [i])) for i in (1, 2, 3)]
APPROVERS = [Account.from_key(bytes([2] * 31 + [i])) for i in (1, 2, 3)]
WORDS = {1: (2, 3), 2: (2, 5), 3: (1, 7), 4: (3, 6), 5: (3, 6), 6: (3, 8), 7: (4, 6), 8: (3, 6)}


def compiled() -> dict[str, CompiledContract]:
    """All contracts, the stubs and Poseidon."""
    sources = {path.name: path.read_text() for path in sorted(EXCHANGE.glob("*.sol"))}
    stubs = {path.name: path.read_text() for path in sorted(STUBS.glob("*.sol"))}
    hashes = {"PoseidonT3.sol": (NODE_MODULES / "poseidon-solidity/PoseidonT3.sol").read_text()}
    return {
        **compile_sources(sources, Settings(1000, True), NODE_MODULES),
        **compile_sources(stubs, Settings(1000)),
        **compile_sources(hashes, Settings(1000)),
    }


class Refused(Exception):
    """A transaction that reverted: the error's name and arguments."""

    def __init__(self, error: tuple[Any, ...]) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True)
class Happening:
    """An event: its name, and its arguments by name."""

    name: str
    arguments: Mapping[str, Any]


class Placed:
    """A contract at an address."""

    def __init__(self, world: World, compiled: CompiledContract, address: str) -> None:
        self.world, self.name, self.address = world, compiled.name, address
        self.functions = {e["name"]: e for e in compiled.abi if e["type"] == "function"}

    def data(self, function: str, *arguments: Any) -> str:
        entry = self.functions[function]
        given = [a.as_tuple if hasattr(a, "as_tuple") else a for a in arguments]
        return "0x" + (selector(entry) + encoded(function, entry["inputs"], given)).hex()

    def __call__(self, function: str, *arguments: Any) -> Any:
        """What a view says: a value, or a dict of several by name."""
        outputs = self.functions[function]["outputs"]
        answer = self.world.chain.call(self.address, self.data(function, *arguments))
        values = decode([type_of(output) for output in outputs], answer)
        if len(values) > 1:
            return {o["name"]: v for o, v in zip(outputs, values, strict=True)}
        if outputs[0]["type"] == "tuple":
            members = outputs[0]["components"]
            return {m["name"]: v for m, v in zip(members, values[0], strict=True)}
        return values[0]


class World:
    """Everything deployed. Attributes: the contracts, in lower case, and who takes part."""

    def __init__(self, chain: Anvil | Embedded, code: Mapping[str, CompiledContract]) -> None:
        self.chain, self.code, self.id = chain, code, chain.chain_id
        (
            self.deployer,
            self.owner,
            self.prover,
            self.grantee,
            self.payee,
            self.stranger,
            self.buyer,
            self.issuer,
            self.other_board,
            self.holder,
        ) = map(to_checksum_address, chain.accounts[:10])
        abi = [entry for contract in code.values() for entry in contract.abi]
        self.errors = {selector(e): e for e in abi if e["type"] == "error"}
        self.errors |= {selector(e): e for e in SOLIDITYS_OWN}
        self.events = {topic(e): e for e in abi if e["type"] == "event"}
        self.circuits_by_kind: dict[int, Circuit] = {}
        self._deploy()

    def _deploy(self) -> None:
        poseidon_at = self.deploy("PoseidonT3").address
        at = {name: created(self.deployer, 1 + i) for i, name in enumerate(NAMES)}
        council = [account.address for account in COUNCIL]
        circuits, identities = at["CircuitRegistry"], at["IdentityRegistry"]
        grants, credentials = at["UsageGrants"], at["CredentialRegistry"]
        catalogue, ledger, settlement = at["DataCatalogue"], at["EvidenceLedger"], at["Settlement"]
        self.settlement = self.deploy("Settlement", circuits)
        self.identities = self.deploy("IdentityRegistry", catalogue)
        self.circuits = self.deploy("CircuitRegistry", council, 2, AUDITOR)
        self.credentials = self.deploy("CredentialRegistry", circuits)
        self.catalogue = self.deploy("DataCatalogue", circuits, identities, grants, credentials)
        self.grants = self.deploy("UsageGrants", circuits, catalogue)
        self.ledger = self.deploy("EvidenceLedger", grants, identities)
        self.board = self.deploy(
            "JobBoard",
            *(circuits, identities, credentials, catalogue, grants, ledger, settlement),
            poseidon_at,
        )
        self.all = [getattr(self, name) for name in ATTRIBUTES]
        assert [c.address for c in self.all] == [at[name] for name in NAMES]

    def deploy(self, name: str, *arguments: Any) -> Placed:
        code = self.code[name]
        wanted: Any = next((e["inputs"] for e in code.abi if e["type"] == "constructor"), ())
        data = code.bytecode + encoded(name, wanted, arguments).hex()
        outcome = self.chain.send(self.deployer, None, data)
        if not outcome.succeeded:
            raise Refused(self.error(outcome.data))
        assert outcome.created is not None
        return Placed(self, code, to_checksum_address(outcome.created))

    # ---- transactions

    def send(self, sender: str, to: Placed, function: str, *arguments: Any) -> list[Happening]:
        """Raises Refused."""
        outcome = self.outcome(sender, to, function, *arguments)
        if not outcome.succeeded:
            raise Refused(self.error(outcome.data))
        return [self.happening(log) for log in outcome.logs]

    def outcome(self, sender: str, to: Placed, function: str, *arguments: Any) -> Outcome:
        return self.chain.send(sender, to.address, to.data(function, *arguments))

    def refused(self, sender: str, to: Placed, function: str, *arguments: Any) -> tuple[Any, ...]:
        """The error of a transaction that is really sent, and changes nothing of any contract."""
        before = self.storage()
        outcome = self.outcome(sender, to, function, *arguments)
        assert not outcome.succeeded, f"{function} was accepted"
        assert self.storage() == before
        return self.error(outcome.data)

    def call_refused(self, to: Placed, function: str, *arguments: Any) -> tuple[Any, ...]:
        """The error of a call, without a transaction, at the time of the last block."""
        with pytest.raises(NodeError) as refused:
            self.chain.call(to.address, to.data(function, *arguments))
        return self.error(refused.value.data)

    def storage(self) -> list[str]:
        """What stands for all that the contracts keep."""
        if isinstance(self.chain, Embedded):
            return []
        return [self.chain.storage_root(contract.address) for contract in self.all]

    def error(self, data: bytes) -> tuple[Any, ...]:
        """(name, arguments...) of an error; addresses with checksums."""
        entry = self.errors[data[:4]]
        types = [type_of(i) for i in entry["inputs"]]
        return (entry["name"], *map(shown, types, decode(types, data[4:])))

    def happening(self, log: tuple[str, tuple[bytes, ...], bytes]) -> Happening:
        _, topics, data = log
        entry = self.events[topics[0]]
        inputs = entry["inputs"]
        indexed = iter(topics[1:])
        rest = iter(decode([type_of(i) for i in inputs if not i["indexed"]], data))
        arguments = {}
        for i in inputs:
            kind = type_of(i)
            value = decode([kind], next(indexed))[0] if i["indexed"] else next(rest)
            arguments[i["name"]] = shown(kind, value)
        return Happening(entry["name"], arguments)

    def wait(self, until: int) -> None:
        """Let the next transaction's block be of this second."""
        assert until > self.chain.time
        self.chain.time = until - 1

    @property
    def now(self) -> int:
        """The time of the last block; the next one's is a second later."""
        return self.chain.time

    # ---- the council

    def council(
        self, to: Placed, function: str, types: list[str], *values: Any, **other: Any
    ) -> Sigs:
        """Two members' signatures for a call; `other` changes the action that they sign."""
        action = Action(
            chain_id=self.id,
            contract=self.circuits.address,
            target=to.address,
            what=what_of(function, types, *values),
            nonce=self.circuits("nonce"),
            deadline=FAR,
        )
        action = replace(action, **other)
        return gathered(action, [action.signed_by(account) for account in COUNCIL[:2]])

    def decide(self, to: Placed, function: str, types: list[str], *values: Any) -> list[Happening]:
        sigs = self.council(to, function, types, *values)
        return self.send(self.stranger, to, function, *values, sigs)

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
        from zkpipe.exchange.ids import list_digest

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


@dataclass(frozen=True)
class Circuit:
    """A stub of a verifier, and the record of its circuit."""

    verifier: Placed
    record: Record

    @property
    def id(self) -> bytes:
        return self.record.circuit


ATTRIBUTES = (
    "settlement",
    "identities",
    "circuits",
    "credentials",
    "catalogue",
    "grants",
    "ledger",
    "board",
)
SOLIDITYS_OWN: tuple[dict[str, Any], ...] = (
    {"type": "error", "name": "Error", "inputs": [{"name": "reason", "type": "string"}]},
    {"type": "error", "name": "Panic", "inputs": [{"name": "code", "type": "uint256"}]},
)


def created(sender: str, nonce: int) -> str:
    """The address of the contract that an account's transaction creates."""
    return to_checksum_address(keccak(rlp.encode([to_canonical_address(sender), nonce]))[12:])


def topic(event: Mapping[str, Any]) -> bytes:
    types = ",".join(map(type_of, event["inputs"]))
    return keccak(f"{event['name']}({types})".encode())


def shown(kind: str, value: Any) -> Any:
    if kind == "address":
        return to_checksum_address(value)
    return tuple(map(to_checksum_address, value)) if kind == "address[]" else value
