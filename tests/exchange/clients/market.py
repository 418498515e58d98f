"""A market of two: an owner with published rows, a developer with the right to ask of them.

    market = Market(tmp_path)
    job = market.job(market.grant())

Circuits are real, of segments of eight rows. Keys are made in place, without the proof that the
circuits are sound, which has its own tests.
"""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from eth_utils import keccak

from tests.exchange.circuits.cases import by_hand, sorted_rows
from tests.exchange.clients.parties import AUDITOR, FAR, Parties
from tests.exchange.some_tables import small_schema
from tests.oracles.exchange_statements import stats as by_definition
from zkpipe.circuits import ConstraintSystem
from zkpipe.exchange.circuits import Template, register_inputs
from zkpipe.exchange.clients.circuits import Circuits, CircuitSource, source_of
from zkpipe.exchange.clients.circuits.checking import Checked
from zkpipe.exchange.clients.grants import Grants
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.clients.jobs import Jobs
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.clients.uses.results import Opened, open_result
from zkpipe.exchange.loop import Loop
from zkpipe.exchange.structs import JobSpec, Policy, Record, Scheme, Segment, Step, Terms
from zkpipe.exchange.tables import Commitment, commit
from zkpipe.exchange.words import Context
from zkpipe.prover import DEVELOPMENT, ProvingKey, prove, setup
from zkpipe.verifier_contracts import (
    Chain,
    calldata,
    compile_solidity,
    key_digest,
    solidity_verifier,
)
from zkpipe.verifier_contracts.compilers.compiled import CompiledContract

CLASS, FLOOR, LIMIT = 3, 2, 4_000
VISITS, WELL = 2, 3  # numbers of small_schema's columns
DAY = 86_400
SCORE = '''
from tests.exchange.some_tables import small_schema
from zkpipe.circuits import UInt, narrow, select
from zkpipe.exchange.circuits import query


@query(small_schema(), ["visits"], 3)
def above(visits, ask) -> UInt[4]:
    """How many visits are at least as many as asked."""
    least = narrow(ask, UInt[7]) + 6
    return narrow(sum(select(code >= least, 1, 0) for code in visits.codes), UInt[4])
'''


class Made:
    """A circuit with a key and a compiled verifier."""

    def __init__(self, source: CircuitSource, folder: Path, name: str) -> None:
        self.source = source
        self.template: Template = source.template()
        self.system: ConstraintSystem = self.template.circuit.trace()
        self.file = folder / f"{name}.zkey"
        setup(self.system, DEVELOPMENT).save(self.file)
        self.key = ProvingKey.load(self.file)
        text = solidity_verifier(self.key.verifying_key, name)
        self.contract: CompiledContract = compile_solidity(text)[name]

    @property
    def checked(self) -> Checked:
        return Checked(
            source=self.source,
            template=self.template,
            system=self.system,
            key=self.key,
            key_file=self.file,
            columns=(),
            r1cs_hash=bytes.fromhex(self.system.digest),
            key_digest=bytes.fromhex(key_digest(self.key.verifying_key)),
            objections=(),
        )

    def record(self, chain: Chain, verifier: str, developer: str) -> Record:
        return self.template.record.registered(
            verifier=verifier,
            developer=developer,
            codehash=keccak(chain.code(verifier)),
            key_digest=bytes.fromhex(key_digest(self.key.verifying_key)),
            r1cs_hash=bytes.fromhex(self.system.digest),
            source_hash=self.source.hash,
            ceremony_hash=bytes(32),
            provenance=1,
            development=True,
        )


@cache
def made(kind: str, folder: Path) -> Made:
    """A circuit, made once for a folder: register, stats or query."""
    if kind == "query":
        file = folder / "above.py"
        file.write_text(SCORE)
        return Made(source_of(str(file)), folder, "Above")
    source = CircuitSource(name="register", segment_class=CLASS)
    if kind == "stats":
        text = small_schema().canonical.decode()
        source = CircuitSource(name="stats", segment_class=CLASS, schema=text, column="visits")
    return Made(source, folder, kind.capitalize())


class Market(Parties):
    """Parties with two circuits approved, and a lineage of the owner's with a segment.

    floor  of the lineage; 0 lets the query be granted, too
    """

    def __init__(
        self,
        folder: Path,
        chain: Chain | None = None,
        depth: int = 0,
        floor: int = FLOOR,
        made_in: Path | None = None,
    ) -> None:
        super().__init__(folder, chain, depth)
        self.made_in = made_in or folder
        self.records: dict[str, Record] = {}
        self._compiled: dict[tuple[str, bytes], object] = {}
        self.owner, self.developer = self.session("owner"), self.session("developer")
        for kind in ("register", "stats", "query"):
            self.approve_circuit(kind)
        self.columns: dict[bytes, list[list[int]]] = {}
        policy = Policy(schema_hash=small_schema().hash, limit_bits=LIMIT, floor=floor, keyed=False)
        catalogue = self.manifest.addresses["DataCatalogue"]
        self.floor = floor
        self.lineage = policy.lineage(self.manifest.chain_id, catalogue, self.owner.me, 9)
        self.act(self.owner, "DataCatalogue", "register", policy.as_tuple, 9)
        for kind in ("stats", "query"):
            circuit = self.records[kind].circuit
            self.act(self.owner, "DataCatalogue", "allow", self.lineage, circuit, True)
        self.root = self.publish(8)

    def act(self, session: Session, contract: str, function: str, *arguments: Any) -> None:
        """A transaction of a party's, until it is final."""
        session.sender.plan(
            session.contract(contract),
            function,
            arguments,
            subject=secrets.token_bytes(32),
            effect=lambda block: False,
        )
        while session.sender.pending():
            session.sender.step()
            if self.manifest.depth:
                self.chain.web3.provider.make_request("anvil_mine", [])  # type: ignore[arg-type]

    def approve_circuit(self, kind: str) -> None:
        """A verifier on the chain, proposed and approved; both homes have checked it."""
        circuit = made(kind, self.made_in)
        name = circuit.contract.name
        verifier = self.chain.deploy({name: circuit.contract}, name).address
        record = circuit.record(self.chain, verifier, self.developer.me)
        self.act(self.developer, "CircuitRegistry", "propose", record.as_tuple)
        self.decide("CircuitRegistry", "approve", [record.circuit])
        for session in (self.owner, self.developer):
            store = Circuits(session.home)
            store.keep(circuit.checked)
            store.bind(record)
        self.records[kind] = record
        self._compiled["system", record.circuit] = circuit.system
        self._compiled["template", record.circuit] = circuit.template

    def publish(self, seed: int) -> bytes:
        """A segment of random rows, held by the owner; its root."""
        columns = sorted_rows(np.random.default_rng(seed), 1 << CLASS)
        commitment = commit(by_hand(columns), secrets.token_bytes(32))
        Holdings(self.owner.home).keep([commitment])
        segment = self.segment(commitment)
        self.columns[segment.root] = columns
        call = [self.lineage, [segment.as_tuple], [], bytes(32)]
        self.act(self.owner, "DataCatalogue", "publish", *call)
        return segment.root

    def segment(self, commitment: Commitment) -> Segment:
        record, circuit = self.records["register"], made("register", self.made_in)
        ctx = Context(
            chain_id=self.manifest.chain_id,
            contract=self.manifest.addresses["DataCatalogue"],
            circuit=record.circuit,
            action="publish",
            grant=self.lineage,
            submitter=self.owner.me,
            deadline=FAR,
        ).word
        witness = circuit.system.solve(**register_inputs(commitment, ctx))
        a, b, c, public = calldata(prove(circuit.key, witness), witness.public)  # type: ignore[misc]
        return Segment(
            root=commitment.root.to_bytes(32, "big"),
            circuit=record.circuit,
            rows=public[0],
            units=public[1],
            deadline=FAR,
            proof=(*a, *b[0], *b[1], *c),
        )

    def terms(self, kind: str = "stats", **others: Any) -> Terms:
        """Terms that fit; each with a salt of its own."""
        values = {
            "board": self.manifest.addresses["JobBoard"],
            "grantee": self.developer.me,
            "payee": self.owner.me,
            "lineage": self.lineage,
            "circuit": self.records[kind].circuit,
            "salt": secrets.randbits(256),
            "price": 0,
            "expiry": self.owner.now + 30 * DAY,
            "max_uses": 2,
        }
        return Terms(**{**values, **others})

    def grant(self, kind: str = "stats", **others: Any) -> bytes:
        """A grant that the owner has approved."""
        grant = Grants(self.developer).request(self.terms(kind, **others)).id
        Grants(self.owner).approve(grant)
        return grant

    def spec(self, terms: Terms, **others: Any) -> JobSpec:
        """A job of the developer's that fits."""
        now = self.owner.now
        step = {"submitter": self.owner.me, "root": self.root}
        step = {name: others.pop(name, value) for name, value in step.items()}
        values = {
            "opener": self.developer.me,
            "nonce": secrets.randbits(256),
            "opener_key": self.developer.home.public.seal.y,
            "auditor_key": AUDITOR.public_key.y,
            "prove_by": now + DAY,
            "deliver_by": now + 3 * DAY,
            "steps": (Step(terms=terms, **step),),
        }
        return JobSpec(**{**values, **others})

    def job(self, terms: Terms | None = None, **others: Any) -> bytes:
        """A job that is open, under a grant of its own if none is given."""
        if terms is None:
            terms = self.terms()
            self.granted(terms)
        return Jobs(self.developer).open(self.spec(terms, **others)).id

    def granted(self, terms: Terms) -> bytes:
        if self.manifest.depth == 0:
            grant = Grants(self.developer).request(terms).id
            Grants(self.owner).approve(grant)
            return grant
        self.act(self.developer, "UsageGrants", "request", terms.as_tuple)
        grant = Grants(self.developer).id_of(terms)
        decision = Grants(self.owner).decision(grant)
        signature = decision.action(self.manifest).signed_by(self.owner.home.account)
        call = decision.call_arguments(self.manifest, [signature])
        self.act(self.owner, "UsageGrants", "approve", *call)
        return grant

    def begin(self, spec: JobSpec) -> bytes:
        """Plan that a job is opened; the developer's sender sends it."""
        job = Jobs(self.developer).id_of(spec)
        board = self.developer.contract("JobBoard")
        self.developer.sender.plan(
            board,
            "open",
            [spec.as_tuple, Scheme().as_tuple],
            subject=job,
            effect=lambda block: board.call("jobs", job, block=block)[0] != 0,
        )
        return job

    def later(self, seconds: int) -> None:
        """Let time pass on the chain."""
        ask = self.chain.web3.provider.make_request
        if self.chain.is_embedded:
            tester = self.chain.web3.provider.ethereum_tester  # type: ignore[attr-defined] # web3's own
            tester.time_travel(self.owner.now + seconds)
        else:
            ask("evm_increaseTime", [seconds])  # type: ignore[arg-type] # anvil's own
        ask("evm_mine", [])  # type: ignore[arg-type] # both have it

    def circuits(self, session: Session) -> Circuits:
        """The circuits of a party's home; what they compile to is made once for all of them."""
        circuits = Circuits(session.home)
        circuits._made = self._compiled
        return circuits

    def answer(self, job: bytes) -> Opened:
        """The answer of a job, as the developer opens it."""
        developer = self.developer
        secret = developer.home.keys.seal.scalar
        return open_result(developer, self.circuits(developer), job, secret)

    def loop(self, session: Session | None = None) -> Loop:
        """A loop as after a restart, but for what circuits compile to."""
        loop = Loop(session or self.owner)
        loop._material._circuits._made = self._compiled
        return loop

    def sent(self, session: Session) -> int:
        """How many transactions of a party were mined."""
        return self.chain.quantity("eth_getTransactionCount", session.me, "latest")

    def expected(self, root: bytes) -> list[tuple[int, int]]:
        """What stats answers of a segment, by definition: rows and distance, cell by cell."""
        columns = self.columns[root]
        return by_definition(columns[0], columns[VISITS], 2, self.floor)
