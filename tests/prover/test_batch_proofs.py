"""Many proofs of a small circuit on the processor: side by side, each verified, in their order."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from zkpipe.accel.bn254 import R
from zkpipe.circuits import ConstraintSystem, Field, Private, Public, circuit
from zkpipe.prover import DEVELOPMENT, ProvingKey, prove_batch, setup, verify
from zkpipe.prover.errors import UnprovableError
from zkpipe.prover.groth16 import prove as proving


@circuit
def square(root: Private[Field], tag: Public[Field]) -> Public[Field]:
    """Its outputs tell proofs of different witnesses apart."""
    return root * root + tag


@pytest.fixture(scope="module")
def made() -> tuple[ConstraintSystem, ProvingKey]:
    system = square.compile()
    return system, setup(system, DEVELOPMENT)


@pytest.fixture(params=["1", "3"])
def threads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("ZKPIPE_THREADS", request.param)
    return str(request.param)


@pytest.mark.parametrize("count", [1, 2, 5, proving.GROUP + 3])
def test_proofs_come_in_the_order_of_their_witnesses(made, threads: str, count: int) -> None:
    system, key = made
    proofs = prove_batch(key, [system.solve(root=k + 2, tag=k) for k in range(count)])
    publics = [[((k + 2) ** 2 + k) % R, k] for k in range(count)]
    assert [verify(key.verifying_key, *pair) for pair in zip(proofs, publics, strict=True)] == (
        [True] * count
    )
    shifted = publics[1:] + publics[:1]
    if count > 1:
        assert not any(verify(key.verifying_key, *p) for p in zip(proofs, shifted, strict=True))


@pytest.mark.parametrize("wrong", [0, 1, 4])
def test_a_wrong_witness_among_others_is_named_and_no_proof_is_given(
    made, threads: str, wrong: int
) -> None:
    system, key = made
    witnesses = [system.solve(root=k + 2, tag=k) for k in range(5)]
    values = witnesses[wrong].values.copy()
    values[-1] = (9, 0, 0, 0)
    witnesses[wrong] = replace(witnesses[wrong], values=values)
    with pytest.raises(UnprovableError, match=f"witness {wrong} does not verify"):
        prove_batch(key, witnesses)


def test_small_proofs_are_made_on_several_threads_and_each_on_one(
    made, monkeypatch: pytest.MonkeyPatch
) -> None:
    system, key = made
    monkeypatch.setenv("ZKPIPE_THREADS", "3")
    at_once = threading.Barrier(2, timeout=60)
    blind = proving.unverified
    counts = []

    def noted(*given):
        counts.append(proving_threads())
        if len(counts) in (2, 3):  # of those side by side: one alone would wait for ever
            at_once.wait()
        return blind(*given)

    from zkpipe.ground.process.settings import thread_count as proving_threads

    monkeypatch.setattr(proving, "unverified", noted)
    prove_batch(key, [system.solve(root=k, tag=0) for k in range(4)])
    assert counts == [3, 1, 1, 1]
