"""A bundle of real tables, circuits and proofs, from which nothing private can be learned."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.exchange.canaries import Canaries
from tests.exchange.circuits.cases import KEY, by_hand, sorted_rows
from tests.exchange.contracts.proofs.test_thread import AUDITOR, CLASS, RECIPIENT, Thread
from tests.exchange.contracts.setting.chains import Anvil
from tests.exchange.contracts.setting.values import DAY, PROVER
from tests.exchange.evidence.witnessed import Founded
from tests.exchange.nodes import need_anvil
from zkpipe.exchange.evidence import export, verify
from zkpipe.exchange.home.keys import seal_numbers
from zkpipe.exchange.states import JobState, Kind
from zkpipe.exchange.tables import commit
from zkpipe.verifier_contracts import Chain, Node

SECRET = b"\x05" * 32  # of the job, in test_thread
NONE = bytes(32)


@pytest.fixture
def world(shipped: Any) -> Iterator[Founded]:
    """With points, a board and a prover; circuits are the thread's."""
    need_anvil()
    with Node.start() as node, closing(Anvil(node)) as anvil:
        found = Founded(anvil, shipped, Chain.connect(node.url))
        found.decide(found.grants, "setBoard", ["address", "bool"], found.board.address, True)
        found.decide(found.settlement, "issue", ["address", "uint128"], found.grantee, 1000)
        found.send(found.grantee, found.settlement, "allow", found.board.address, 1000)
        delegate = (found.owner, PROVER, found.prover, 900 * DAY)
        found.send(found.owner, found.identities, "addDelegate", *delegate)
        yield found


def test_an_answer_of_real_circuits_is_shown_and_stays_sealed(
    world: Founded, tmp_path: Path
) -> None:
    thread = Thread(world)
    world.lineage = thread.lineage
    world.circuits_by_kind[Kind.STATS] = thread.stats  # type: ignore[assignment] # its id is asked
    columns = sorted_rows(np.random.default_rng(11), 1 << CLASS)
    commitment = commit(by_hand(columns), KEY)
    world.root = commitment.root.to_bytes(32, "big")
    listed = [thread.segment(commitment).as_tuple]
    world.send(world.owner, world.catalogue, "publish", thread.lineage, listed, [], NONE)
    keys = {"opener_key": RECIPIENT.public_key.y, "auditor_key": AUDITOR.public_key.y}
    spec = world.opened(world.spec(world.granted(max_uses=2), ask=0, **keys))
    proof, results, wraps = thread.answer(spec, 1, commitment)
    submission = world.submission(spec, proof=proof, results=results)
    world.send(world.prover, world.board, "submit", *submission)
    world.send(world.stranger, world.board, "deliver", spec, 0, results, *wraps)

    anchor = world.client.web3.eth.get_block("latest")["hash"].to_0x_hex()
    given = [one.key.verifying_key for one in (thread.register, thread.stats)]
    path = tmp_path / "bundle"
    export(path, world.client, world.manifest, given, anchor=anchor)
    shown = verify(path, anchor)
    assert [proof.kind for proof in shown.proofs] == [Kind.REGISTER, Kind.STATS]
    assert shown.proofs[1].publics[: len(results)] == tuple(results)
    assert [row["state"] for row in shown.tables["jobs"]] == [JobState.CLOSED]

    canaries = Canaries()
    ctx = shown.proofs[1].context.word
    numbers = seal_numbers(SECRET, ctx, [commitment.root])
    canaries.plant_all({"segment key": KEY, "job secret": SECRET})
    canaries.plant_all({"recipient": RECIPIENT.scalar, "auditor": AUDITOR.scalar})
    canaries.plant_all({"nonce": numbers.nonce, "key of the answer": numbers.key})
    assert canaries.in_folder(path) == []
