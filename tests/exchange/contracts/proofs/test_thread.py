"""The whole way, with real circuits and proofs: a table, a right to two answers, a refused third.

Tables, circuits, seals, ids and contracts meet here; elsewhere each has its own oracle.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from eth_utils import keccak

from tests.exchange.circuits.cases import KEY, OTHER_KEY, by_hand, sorted_rows
from tests.exchange.contracts.setting.deployed import Placed
from tests.exchange.contracts.setting.values import FAR
from tests.exchange.contracts.setting.world import World
from tests.exchange.some_tables import small_schema
from tests.oracles.exchange_statements import stats as by_definition
from zkpipe.circuits import ConstraintSystem
from zkpipe.exchange.answers import open_answer
from zkpipe.exchange.circuits import (
    Recipients,
    Template,
    answer_inputs,
    register,
    register_inputs,
    stats,
)
from zkpipe.exchange.home.keys import Keys, seal_numbers
from zkpipe.exchange.structs import JobSpec, Record, Scheme, Segment
from zkpipe.exchange.tables import Commitment, commit
from zkpipe.exchange.words import Context, keccak_of
from zkpipe.prover import DEVELOPMENT, ProvingKey, prove, setup
from zkpipe.verifier_contracts import calldata, compile_solidity, key_digest, solidity_verifier

CLASS, FLOOR, VALUE = 3, 2, 2
NONE = bytes(32)
RECIPIENT, AUDITOR = Keys(b"\x07" * 32).seal, Keys(b"\x09" * 32).seal


@dataclass(frozen=True)
class Proven:
    """A circuit with a key, whose verifier the council has approved."""

    template: Template
    system: ConstraintSystem
    key: ProvingKey
    record: Record

    @property
    def id(self) -> bytes:
        return self.record.circuit

    def proof(self, inputs: dict[str, Any]) -> tuple[tuple[int, ...], list[int]]:
        """The proof's eight words, and its results."""
        witness = self.system.solve(**inputs)
        a, b, c, _ = calldata(prove(self.key, witness), witness.public)
        words = (*a, *b[0], *b[1], *c)
        return words, witness.public[: self.record.results]


def approved(world: World, name: str, template: Template) -> Proven:
    system = template.circuit.compile()
    key = setup(system, DEVELOPMENT)
    contract = compile_solidity(solidity_verifier(key.verifying_key, name))[name]
    outcome = world.chain.send(world.deployer, None, contract.bytecode)
    verifier = Placed(world, contract, outcome.created)
    record = template.record.registered(
        verifier=verifier.address,
        developer=world.stranger,
        codehash=keccak(world.chain.code(verifier.address)),
        key_digest=bytes.fromhex(key_digest(key.verifying_key)),
        r1cs_hash=bytes.fromhex(system.digest),
        source_hash=NONE,
        ceremony_hash=NONE,
        provenance=1,
        development=True,
    )
    world.send(world.stranger, world.circuits, "propose", record)
    world.decide(world.circuits, "approve", ["bytes32"], record.circuit)
    return Proven(template, system, key, record)


class Thread:
    """An owner with a lineage and two circuits, a grantee with keys."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.register = approved(world, "Register", register(CLASS))
        self.stats = approved(world, "Stats", stats(small_schema(), "visits", CLASS))
        world.decide(world.circuits, "setAuditorKey", ["uint256"], AUDITOR.public_key.y)
        policy = world.policy(schema_hash=small_schema().hash, floor=FLOOR, limit_bits=100)
        self.lineage = world.registered(policy, salt=9)
        world.send(world.owner, world.catalogue, "allow", self.lineage, self.stats.id, True)

    def place(self, **parts: Any) -> Context:
        return Context(chain_id=self.world.id, **parts)

    def segment(self, commitment: Commitment) -> Segment:
        """A segment with the proof that it is sorted."""
        ctx = self.place(
            contract=self.world.catalogue.address,
            circuit=self.register.id,
            action="publish",
            grant=self.lineage,
            submitter=self.world.owner,
            deadline=FAR,
        ).word
        proof, (rows, units) = self.register.proof(register_inputs(commitment, ctx))
        return Segment(
            root=commitment.root.to_bytes(32, "big"),
            circuit=self.register.id,
            rows=rows,
            units=units,
            deadline=FAR,
            proof=proof,
        )

    def answer(
        self, spec: JobSpec, ticket: int, commitment: Commitment, floor: int = FLOOR
    ) -> tuple[tuple[int, ...], list[int], tuple[int, int]]:
        """A proof, its results, and what opens its lock."""
        step = spec.steps[0]
        ctx = self.place(
            contract=self.world.board.address,
            circuit=self.stats.id,
            action="step",
            job=self.world.job(spec),
            grant=step.terms.grant(self.world.id, self.world.grants.address),
            number=ticket,
            submitter=step.submitter,
            payee=step.terms.payee,
            deadline=spec.prove_by,
        ).word
        numbers = seal_numbers(b"\x05" * 32, ctx, [commitment.root])
        who = Recipients(spec.opener_key, spec.auditor_key, numbers.nonce, numbers.key)
        inputs = answer_inputs(self.stats.template, commitment, who, ctx=ctx, floor=floor)
        proof, results = self.stats.proof(inputs)
        return proof, results, who.wraps


@pytest.fixture
def thread(world: World) -> Thread:
    return Thread(world)


def told(thread: Thread, results: list[int], wrap: int, secret: int) -> list[tuple[int, int]]:
    cells = open_answer(secret, results, wrap, thread.stats.template.answers)
    return [(cell.rows, cell.distance) for cell in cells]


def test_a_right_to_two_answers_is_used_up_by_two_proofs(thread: Thread) -> None:
    world = thread.world
    rng = np.random.default_rng(11)
    tables = [sorted_rows(rng, 1 << CLASS) for _ in range(2)]
    commitments = [
        commit(by_hand(columns), key) for columns, key in zip(tables, (KEY, OTHER_KEY), strict=True)
    ]
    segments = [thread.segment(commitment) for commitment in commitments]

    wrong = replace(segments[0], rows=segments[0].rows + 1).as_tuple
    error = world.refused(
        world.owner, world.catalogue, "publish", thread.lineage, [wrong], [], NONE
    )
    assert error == ("ProofRejected", thread.register.id)
    listed = [segment.as_tuple for segment in segments]
    world.send(world.owner, world.catalogue, "publish", thread.lineage, listed, [], NONE)

    terms = world.granted(lineage=thread.lineage, circuit=thread.stats.id, max_uses=2)
    for ticket, (columns, commitment) in enumerate(zip(tables, commitments, strict=True), 1):
        spec = world.spec(
            terms,
            nonce=ticket,
            ask=0,
            opener_key=RECIPIENT.public_key.y,
            auditor_key=AUDITOR.public_key.y,
            root=commitment.root.to_bytes(32, "big"),
        )
        world.opened(spec)

        # the floor is the contract's, whatever the prover likes
        proof, results, _ = thread.answer(spec, ticket, commitment, floor=1)
        submission = world.submission(spec, proof=proof, results=results)
        error = world.refused(world.prover, world.board, "submit", *submission)
        assert error == ("ProofRejected", thread.stats.id)

        proof, results, wraps = thread.answer(spec, ticket, commitment)
        submission = world.submission(spec, proof=proof, results=results)
        world.send(world.prover, world.board, "submit", *submission)
        error = world.refused(
            world.stranger, world.board, "deliver", spec, 0, results, *reversed(wraps)
        )
        assert error == ("WrongOpening", 0)
        (delivered,) = [
            event
            for event in world.send(
                world.stranger, world.board, "deliver", spec, 0, results, *wraps
            )
            if event.name == "StepDelivered"
        ]
        expected = by_definition(columns[0], columns[VALUE], 2, FLOOR)
        posted = delivered.arguments
        assert told(thread, results, posted["w0"], RECIPIENT.scalar) == expected
        assert told(thread, results, posted["w1"], AUDITOR.scalar) == expected
        assert world.board("resultHash", world.job(spec)) == keccak_of(["uint256[]"], results)
    third = replace(spec, nonce=3)
    error = world.refused(world.grantee, world.board, "open", third, Scheme())
    assert error == ("GrantExhausted", 2)
    assert world.settlement("balance", world.payee) == 200
    lineage = world.catalogue("lineage", thread.lineage)
    assert lineage["spent"] == 2 * thread.stats.record.leak_bits
    assert lineage["held"] == 0
