"""Whole proofs by a card's kernels, run on the processor: they verify, and their parts agree."""

from __future__ import annotations

import numpy as np
import pytest

from tests.oracles.ptx.card import ProcessorCard
from zkpipe.accel.bn254 import BN254
from zkpipe.accel.cuda.executor import CardExecutor
from zkpipe.accel.executors.processor import Processor
from zkpipe.accel.machines.scalar import SCALAR
from zkpipe.circuits import Field, Private, Public, circuit
from zkpipe.prover import DEVELOPMENT, prove, setup, verify
from zkpipe.prover.groth16 import prepared, query_msms


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


def test_a_whole_proof_verifies(proving, monkeypatch: pytest.MonkeyPatch) -> None:
    key, witness = proving
    on = CardExecutor(ProcessorCard(), BN254)
    for module in (prepared, query_msms):
        monkeypatch.setattr(module, "executor", lambda curve: on)
    proof = prove(key, witness)
    assert verify(key.verifying_key, proof, witness.public)
    assert {"sum_points", "weigh_segments", "join_layers"} <= set(on.card.launches)
