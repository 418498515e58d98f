"""One proof, tried in every place that it could be mistaken for: it counts in one, and once.

Two chains whose contracts have the same addresses, two boards, two payees, two tickets; as a step's
proof, and as a segment's. The verifier is a generated one.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
from copy import copy
from itertools import product

from tests.exchange.contracts.proofs.test_real_verifier import TRAPDOOR, listed, words_of
from tests.exchange.contracts.setting.chains import Anvil
from tests.exchange.contracts.setting.values import RESULTS
from tests.exchange.contracts.setting.world import World
from zkpipe.exchange.structs import JobSpec
from zkpipe.verifier_contracts import Node

NONE = bytes(32)
CHAINS = (1337, 31337)


def places(world: World) -> dict[tuple[object, ...], tuple[World, JobSpec]]:
    """A job on each of two boards, for each of two payees, with each of two tickets."""
    circuit = listed(world)
    second = copy(world)
    addresses = [getattr(world, name).address for name in PARTS]
    second.board = world.deploy("JobBoard", *addresses, world.board("poseidon"))
    world.decide(world.grants, "setBoard", ["address", "bool"], second.board.address, True)
    world.send(world.grantee, world.settlement, "allow", second.board.address, 1000)
    found: dict[tuple[object, ...], tuple[World, JobSpec]] = {}
    for board, payee in product((world, second), (world.payee, world.owner)):
        terms = board.granted(circuit=circuit.id, payee=payee, expiry=1 << 40, salt=3)
        for ticket in (1, 2):
            deadlines = {"prove_by": 1 << 39, "deliver_by": 1 << 40}
            spec = board.opened(board.spec(terms, nonce=ticket, **deadlines))
            found[board.board.address, payee, ticket] = board, spec
    return found


PARTS = (
    "circuits",
    "identities",
    "credentials",
    "catalogue",
    "grants",
    "ledger",
    "settlement",
)


def test_of_32_places_a_proof_counts_in_one_and_once(code) -> None:
    with ExitStack() as stack:
        cells: dict[tuple[object, ...], tuple[World, JobSpec]] = {}
        for chain_id in CHAINS:
            node = stack.enter_context(Node.start(chain_id=chain_id))
            world = World(stack.enter_context(closing(Anvil(node))), code)
            world.furnish()
            world.decide(world.settlement, "issue", ["address", "uint128"], world.grantee, 1000)
            cells |= {(chain_id, *place): cell for place, cell in places(world).items()}
        assert len(cells) == 16
        assert len({board for _, board, _, _ in cells}) == 2  # the same on both chains
        meant = next(iter(cells))
        world, spec = cells[meant]
        public = world.step_words(spec, ticket=1)
        proof = words_of(TRAPDOOR.proof(tuple(public)), public)
        said: dict[str, int] = {}
        for place in sorted(cells, key=lambda place: place == meant):  # the right one comes last
            world, spec = cells[place]
            circuit = spec.steps[0].terms.circuit
            segment = world.segment(9, circuit=circuit, proof=tuple(proof))
            arguments = (world.lineage, [segment.as_tuple], [], NONE)
            error = world.refused(world.owner, world.catalogue, "publish", *arguments)
            assert error == ("WrongKind", 4)
            said["WrongKind"] = said.get("WrongKind", 0) + 1
            submission = world.submission(spec, proof=proof, results=RESULTS)
            if place != meant:
                error = world.refused(world.prover, world.board, "submit", *submission)
                assert error == ("ProofRejected", circuit)
                said["ProofRejected"] = said.get("ProofRejected", 0) + 1
                continue
            world.send(world.prover, world.board, "submit", *submission)
            error = world.refused(world.prover, world.board, "submit", *submission)
            assert error == ("AlreadyProved", 0)
        assert said == {"WrongKind": 16, "ProofRejected": 15}
