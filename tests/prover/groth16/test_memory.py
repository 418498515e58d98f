"""Proofs within a bound of memory: the same sums, a chunk of points after another."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.prover.groth16.statements import edge_statements
from zkpipe.accel.executors.choice import executor
from zkpipe.circuits import Witness
from zkpipe.ground.errors import RangeError
from zkpipe.prover import DEVELOPMENT, ProvingKey, prove, setup, verify
from zkpipe.prover.groth16 import query_msms as module
from zkpipe.prover.groth16.query_msms import (
    least_memory,
    memory_for_points,
    query_msms,
    query_msms_within,
)


@pytest.fixture(scope="module", params=edge_statements())
def made(request: pytest.FixtureRequest) -> tuple[ProvingKey, Witness]:
    """A key of a small circuit, and a witness."""
    statement = edge_statements()[request.param]
    return setup(statement.system, DEVELOPMENT), statement.witness


@pytest.mark.parametrize("chunk", [1, 3, 8, 1000])
def test_chunks_of_any_size_give_the_same_sums(
    made: tuple[ProvingKey, Witness], chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, witness = made
    values = witness.values
    (whole,) = query_msms(key, values, executor())
    monkeypatch.setattr(module, "LEAST_CHUNK", chunk)
    parts = query_msms_within(key, values, 0, executor())
    for name in ("a", "b", "c"):
        assert np.array_equal(getattr(parts, name), getattr(whole, name))


def test_a_proof_within_a_bound_verifies(made: tuple[ProvingKey, Witness]) -> None:
    key, witness = made
    proof = prove(key, witness, max_memory=least_memory(key))
    assert verify(key.verifying_key, proof, witness.public_for(key))


def test_a_bound_that_is_too_small_is_refused_with_what_it_takes(
    made: tuple[ProvingKey, Witness],
) -> None:
    key, witness = made
    least = least_memory(key)
    with pytest.raises(RangeError) as caught:
        prove(key, witness, max_memory=least - 1)
    told = re.search(
        r"at least ([\d,.]+) MB beside .*; ([\d,.]+) MB are allowed", str(caught.value)
    )
    assert told is not None
    takes, allowed = (float(number.replace(",", "")) for number in told.groups())
    assert allowed * 1e6 <= least - 1 < least <= takes * 1e6
    assert 0 < memory_for_points(key, least) < least
