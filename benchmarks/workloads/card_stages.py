"""The stages of proving on a card, each done by itself on the data of a real proof.

Transfers are told apart from computing: the copy of the witness to the card, and what the processor
reads back of the sums and joins. Each stage ends with a wait for the card; a proof waits once, so
the stages need not add up to the whole.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from zkpipe.accel.cuda.card import DeviceArray, DeviceRows
from zkpipe.accel.cuda.multi_scalar import CardDigits, CardScalars, WindowSums, joined, window_sums
from zkpipe.accel.executors.card import CardExecutor
from zkpipe.accel.executors.choice import executor
from zkpipe.benchmarks.workloads.stages import (
    DIGITS,
    READ,
    SUM_A,
    SUM_B,
    SUM_C,
    VERIFY,
    WHOLE,
    Clock,
)
from zkpipe.circuits import Witness
from zkpipe.prover import ProvingKey, prove, verify
from zkpipe.prover.groth16.prepared import prepared_key
from zkpipe.prover.groth16.query_msms import quotients

COPY = "copy of the witness to the card"
ROWS_AND_QUOTIENT = "rows and quotient"
JOIN = "copies of the sums from the card, and joins"
CARD_STAGES = (READ, COPY, ROWS_AND_QUOTIENT, DIGITS, SUM_A, SUM_B, SUM_C, JOIN, VERIFY)


def card_stage_seconds(key_file: Path, witness_file: Path) -> dict[str, float]:
    """The seconds of each stage and of a whole proof on the card, in one round.

    The key's points and coefficients are copied to the card before the clock starts, as they are
    for all proofs under a key but the first. Raises CardError if the card fails, or has no room for
    all of the points.
    """
    on = executor()
    assert isinstance(on, CardExecutor)  # noqa: S101 # the worker looks
    card = on.card
    last = DeviceArray.zeros(card, 1, np.uint64)
    clock = Clock(wait=last.to_host)  # a copy to the host waits for all that was launched
    timed = clock.timed

    key, witness = timed(READ, lambda: (ProvingKey.load(key_file), Witness.load(witness_file)))
    values = np.ascontiguousarray(witness.values)
    prepared = prepared_key(key, on)
    quotients(key, on.values([values]), on)  # copies the coefficients, and makes the tables

    there = timed(COPY, lambda: on.values([values]))
    h = timed(ROWS_AND_QUOTIENT, lambda: quotients(key, there, on))

    def digits() -> tuple[CardDigits, CardDigits]:
        private: CardScalars = on.behind(there, key.public_count + 1)
        return on.scalars(prepared.a, there), on.scalars(prepared.h_and_l, h, private)

    w, h_and_l = timed(DIGITS, digits)

    def sums(points: DeviceRows, digits: CardDigits) -> WindowSums:
        return window_sums(card, points, digits)

    begun = [
        timed(SUM_A, lambda: sums(prepared.a, w)),
        timed(SUM_B, lambda: sums(prepared.b, w)),
        timed(SUM_C, lambda: sums(prepared.h_and_l, h_and_l)),
    ]
    timed(JOIN, lambda: [joined(found) for found in begun])
    proof = timed(WHOLE, lambda: prove(key, witness))
    timed(VERIFY, lambda: verify(key.verifying_key, proof, witness.public_for(key)))
    return clock.seconds
