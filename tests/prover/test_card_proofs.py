"""Whole proofs by a card's kernels, run on the processor: they verify, and their parts agree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.oracles.ptx.card import ProcessorCard, in_use
from zkpipe.accel.bn254 import BN254
from zkpipe.accel.cuda.executor import CardExecutor
from zkpipe.accel.executors.processor import Processor
from zkpipe.accel.machines.scalar import SCALAR
from zkpipe.circuits import Field, Private, Public, circuit
from zkpipe.ground.errors import MissingError, ZkpipeWarning
from zkpipe.prover import DEVELOPMENT, prove, setup, verify
from zkpipe.prover.errors import UnprovableError


@circuit
def cubes(x: Private[Field], y: Private[Field]) -> Public[Field]:
    """A few products, some with sums."""
    for _ in range(20):
        x, y = x * x * y + 3, y * (x - y)
    return x + y


@pytest.fixture(scope="module")
def proving():
    system = cubes.compile()
    return setup(system, DEVELOPMENT), system.solve(x=3, y=2**200)


def test_the_quotient_and_the_sums_are_the_processors(proving) -> None:
    key, witness = proving
    card, processor = CardExecutor(ProcessorCard(), BN254), Processor(SCALAR, BN254)
    records = key.rows("coefficients", 0, None)
    found = []
    for on in (card, processor):
        h = on.quotient(on.records(records), key.domain_size, witness.values)
        found.append(h[on.quotient_order(key.domain_size)])
        for query in (key.a_query, key.b_g2_query):
            points = on.points([(query, None)])
            found[-1] = found[-1], *on.msms([(points, on.scalars(points, witness.values))])
    ours, theirs = found
    while isinstance(ours, tuple):
        assert np.array_equal(ours[1], theirs[1])
        ours, theirs = ours[0], theirs[0]
    assert np.array_equal(ours, theirs)


@pytest.fixture
def card():
    """The card that ZKPIPE_BACKEND=cuda finds."""
    with in_use(ProcessorCard()) as found:
        yield found


def test_a_whole_proof_verifies(proving, card: ProcessorCard) -> None:
    key, witness = proving
    proof = prove(key, witness)
    assert verify(key.verifying_key, proof, witness.public)
    assert {"sum_points", "weigh_segments", "join_layers"} <= set(card.launches)


def test_a_proof_within_a_bound_of_memory_verifies(proving, card: ProcessorCard) -> None:
    key, witness = proving
    assert verify(key.verifying_key, prove(key, witness, "8M"), witness.public)
    assert "sum_points" in card.launches


@pytest.mark.parametrize("which", [0, -1])
def test_a_wrong_result_of_the_card_never_leaves(
    proving, card: ProcessorCard, which: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bit of the first or last word that is read is wrong: the processor proves instead."""
    key, witness = proving
    read = ProcessorCard.read

    def wrong(self, memory, array) -> None:
        read(self, memory, array)
        array.reshape(-1).view(np.uint8)[which] ^= 1

    monkeypatch.setattr(ProcessorCard, "read", wrong)
    with pytest.warns(ZkpipeWarning, match="did not verify") as caught:
        proof = prove(key, witness)
    assert [warning.message.kind for warning in caught] == ["card-was-wrong"]
    assert verify(key.verifying_key, proof, witness.public)


def test_a_wrong_witness_is_not_blamed_on_the_card(proving, card: ProcessorCard) -> None:
    key, witness = proving
    values = witness.values.copy()
    values[-1] = (5, 0, 0, 0)
    other = replace(witness, values=values)
    with pytest.raises(UnprovableError):  # and no warning, which would be an error here
        prove(key, other)


def test_a_card_that_is_too_small_is_missing(proving, card: ProcessorCard) -> None:
    key, witness = proving
    card.size = card.used + 1000
    with pytest.raises(MissingError, match="full"):
        prove(key, witness)
