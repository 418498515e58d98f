"""Whole proofs by a card's kernels, run on the processor: they verify, and their parts agree."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from tests.oracles.ptx.card import ProcessorCard, in_use
from zkpipe.accel.bn254 import BN254
from zkpipe.accel.cuda.kernels import scans
from zkpipe.accel.cuda.kernels.all_kernels import all_kernels
from zkpipe.accel.executors.card import CardExecutor
from zkpipe.accel.executors.choice import executor
from zkpipe.accel.executors.processor import Processor
from zkpipe.accel.machines.machine import SCALAR
from zkpipe.circuits import Field, Private, Public, circuit
from zkpipe.ground.errors import CardError, CardWarning, RangeError
from zkpipe.prover import DEVELOPMENT, prove, prove_batch, setup, verify, verify_batch
from zkpipe.prover.errors import UnprovableError, WitnessError
from zkpipe.prover.groth16 import query_msms
from zkpipe.prover.groth16.prepared import records_of


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
    found = []
    for on in (card, processor):
        values = on.values([witness.values])
        (h,) = on.to_host(on.quotient(records_of(key, on), key.domain_size, values))
        parts = [h[on.quotient_order(key.domain_size)]]
        for query in (key.a_query, key.b_g2_query):
            points = on.points([(query, None)])
            parts += on.msms([(points, on.scalars(points, values))])[0]
        found.append(parts)
    for ours, theirs in zip(*found, strict=True):
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

    def wrong(self, memory, offset, array) -> None:
        read(self, memory, offset, array)
        array.reshape(-1).view(np.uint8)[which] ^= 1

    monkeypatch.setattr(ProcessorCard, "read", wrong)
    with pytest.warns(CardWarning, match="did not verify") as caught:
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


@pytest.mark.parametrize("method", ["free", "allocate", "clear", "write", "read", "launch"])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_card_that_fails_leaves_the_proof_to_the_processor(
    proving, card: ProcessorCard, method: str, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the first call of a kind, at a later one, and at all that follow."""
    key, witness = proving
    calls, real = [], getattr(ProcessorCard, method)

    def fails(self, *args):
        calls.append(args)
        if len(calls) > after:
            raise CardError("The card failed.", "Look at it.", ["CUDA_ERROR_ILLEGAL_ADDRESS"])
        return real(self, *args)

    monkeypatch.setattr(ProcessorCard, method, fails)
    with pytest.warns(CardWarning, match="The processor computes instead") as caught:
        proof = prove(key, witness)
    assert [warning.message.kind for warning in caught] == ["card-failed"]
    assert "CUDA_ERROR_ILLEGAL_ADDRESS" in str(caught[0].message)
    assert verify(key.verifying_key, proof, witness.public)


def test_a_card_that_is_too_small_leaves_the_proof_to_the_processor(
    proving, card: ProcessorCard
) -> None:
    key, witness = proving
    card.size = card.used + 1000
    with pytest.warns(CardWarning, match="is full"):
        proof = prove(key, witness)
    assert verify(key.verifying_key, proof, witness.public)


def test_a_key_that_does_not_fit_is_summed_in_chunks(
    proving, card: ProcessorCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, witness = proving
    monkeypatch.setattr(CardExecutor, "keeps", lambda self, size: False)
    monkeypatch.setattr(query_msms, "LEAST_CHUNK", 1)
    monkeypatch.setattr(CardExecutor, "chunk", lambda self, memory, each: 16)
    assert verify(key.verifying_key, prove(key, witness), witness.public)
    assert card.launches.count("place_points") > 8
    assert "points" not in key.kept or executor().name not in key.kept["points"]


def test_a_batch_is_computed_at_once(proving, card: ProcessorCard) -> None:
    key, _ = proving
    witnesses = [cubes.compile().solve(x=k, y=5) for k in range(3)]
    proofs = prove_batch(key, witnesses)
    assert card.launches.count("multiply_rows") == 1
    assert verify_batch(key.verifying_key, proofs, [w.public for w in witnesses]) == [True] * 3
    assert len({proof.a for proof in proofs}) == 3


def test_one_wrong_proof_of_a_batch_is_computed_again(
    proving, card: ProcessorCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the second vector's last window is read wrongly."""
    key, _ = proving
    witnesses = [cubes.compile().solve(x=k, y=5) for k in range(3)]
    read = ProcessorCard.read

    def wrong(self, memory, offset, array) -> None:
        read(self, memory, offset, array)
        array.reshape(3, -1)[1, 0] ^= np.uint64(1)

    monkeypatch.setattr(ProcessorCard, "read", wrong)
    with pytest.warns(CardWarning, match="did not verify"):
        proofs = prove_batch(key, witnesses)
    assert verify_batch(key.verifying_key, proofs, [w.public for w in witnesses]) == [True] * 3


def test_a_card_that_fails_in_a_batch_is_asked_no_more(
    proving, card: ProcessorCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, witness = proving
    monkeypatch.setattr(CardExecutor, "proofs_at_once", lambda self, size: 2)
    calls = []

    def fails(self, *args):
        calls.append(args)
        raise CardError("The card failed.", "Look at it.")

    monkeypatch.setattr(ProcessorCard, "launch", fails)
    with pytest.warns(CardWarning) as caught:
        proofs = prove_batch(key, [witness] * 5)
    assert (len(proofs), len(calls), len(caught)) == (5, 1, 1)


def test_a_card_that_failed_has_its_memory_back(
    proving, card: ProcessorCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is told of the failure holds no arrays of it; the garbage collector is not asked."""
    key, witness = proving
    prove(key, witness)
    held = card.used

    def fails(self, *args):
        raise CardError("The card failed.", "Look at it.")

    monkeypatch.setattr(ProcessorCard, "launch", fails)
    gc.disable()
    try:
        with pytest.warns(CardWarning):
            prove(key, witness)
        assert card.used == held
    finally:
        gc.enable()


def test_the_number_of_an_unprovable_witness_is_said(proving) -> None:
    key, witness = proving
    values = witness.values.copy()
    values[-1] = (5, 0, 0, 0)
    with pytest.raises(UnprovableError, match="from witness 1 does not verify"):
        prove_batch(key, [witness, replace(witness, values=values), witness])
    with pytest.raises(WitnessError, match="Witness 2: The witness has 3 values"):
        prove_batch(key, [witness, witness, replace(witness, values=values[:3])])
    with pytest.raises(WitnessError, match="Number 1 of the witnesses is"):
        prove_batch(key, [witness, 7])
    assert prove_batch(key, []) == []


def test_proofs_on_several_threads_verify(proving, card: ProcessorCard) -> None:
    key, witness = proving
    with ThreadPoolExecutor(3) as threads:
        for proof in threads.map(lambda _: prove(key, witness), range(3)):
            assert verify(key.verifying_key, proof, witness.public)


@pytest.mark.parametrize("field", ["wire", "constraint"])
def test_coefficients_beyond_the_key_are_not_given_to_a_card(proving, field: str) -> None:
    key, witness = proving
    on = CardExecutor(ProcessorCard(), BN254)
    records = key.rows("coefficients", 0, None).copy()
    records[field][-1] = 1 << 20
    with pytest.raises(CardError if field == "wire" else RangeError, match=r"oefficient.* wire"):
        on.quotient(
            records_of(replace(key, coefficients=records), on),
            key.domain_size,
            on.values([witness.values]),
        )


def test_every_kernel_that_a_proof_launches_is_listed(
    proving, card: ProcessorCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, witness = proving
    launched, launch = set(), ProcessorCard.launch

    def noted(self, ptx: str, *rest) -> None:
        launched.add(ptx)
        launch(self, ptx, *rest)

    monkeypatch.setattr(ProcessorCard, "launch", noted)
    monkeypatch.setattr(scans, "CHUNK", 16)
    prove(key, witness)
    listed = {kernel.ptx for kernel in all_kernels()}
    assert launched <= listed
    left = {kernel.kernel.name for kernel in all_kernels() if kernel.ptx not in launched}
    assert left <= {"split_layer", "join_layer"}  # a domain of 2^6 takes three layers at a time
