"""Proofs of thousands of rows, and batches of them, by a card's kernels run on the processor.

CARD_ROWS and CARD_BATCH set log2 of the rows of the one and the number of proofs of the other:
`make fuzz` takes 2^16 rows and 64 proofs, which are minutes.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from tests.oracles.ptx.card import ProcessorCard, in_use
from zkpipe.accel.bn254 import BN254
from zkpipe.accel.executors.card import CardExecutor
from zkpipe.accel.executors.choice import processor
from zkpipe.benchmarks.workloads.workloads import dense_chain
from zkpipe.circuits.witness import Witness
from zkpipe.prover import DEVELOPMENT, ProvingKey, prove_batch, setup, verify_batch
from zkpipe.prover.groth16.query_msms import query_msms

ROWS = int(os.environ.get("CARD_ROWS", "12"))
BATCH = int(os.environ.get("CARD_BATCH", "6"))


def agree(key: ProvingKey, witnesses: Sequence[Witness]) -> None:
    """All sums of all witnesses have the processor's bits, whatever machine that is."""
    values = [witness.values for witness in witnesses]
    card = CardExecutor(ProcessorCard(size=1 << 34), BN254)
    found = query_msms(key, card.values(values), card)
    for k, ours in enumerate(found):
        (theirs,) = query_msms(key, processor().values(values[k : k + 1]), processor())
        for name in ("a", "b", "c"):
            assert np.array_equal(getattr(ours, name), getattr(theirs, name))


def test_a_large_proof_has_the_processors_bits() -> None:
    system, witness = dense_chain(1 << ROWS)
    agree(setup(system, DEVELOPMENT), [witness])


def test_a_batch_has_the_processors_bits_and_verifies() -> None:
    system, _ = dense_chain(1 << 10)
    key = setup(system, DEVELOPMENT)
    witnesses = [system.solve(start=k + 2) for k in range(BATCH)]
    agree(key, witnesses)
    with in_use(ProcessorCard(size=1 << 34)) as card:
        proofs = prove_batch(key, witnesses[:2])
        assert card.launches.count("multiply_rows") == 1
    publics = [witness.public for witness in witnesses[:2]]
    assert verify_batch(key.verifying_key, proofs, publics) == [True] * 2
