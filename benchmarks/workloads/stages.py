"""The stages of proving, each done by itself on the data of a real proof.

A stage is what that part of the work costs by itself, all threads on it. `prove` works on the three
sums at once, so the stages need not add up to the whole; the report shows both.

This module and workloads.card_stages are the ones that know what the stages are.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from zkpipe.accel.executors.choice import executor
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.linear.constraint_products import constraint_products
from zkpipe.accel.msm.bases import Bases
from zkpipe.accel.msm.digits import Digits
from zkpipe.accel.msm.multi_scalar import MsmInput, digits_for, sums_of_products
from zkpipe.accel.transforms.ntt import domain
from zkpipe.circuits import Witness
from zkpipe.prover import ProvingKey, prove, verify
from zkpipe.prover.groth16.prepared import prepared_key, prepared_records

READ = "read key and witness"
ROWS = "rows: A w, B w and their products"
QUOTIENT = "quotient: six transforms"
DIGITS = "digits of witness and quotient"
SUM_A, SUM_B, SUM_C = "sum over A in G1", "sum over B in G2", "sum over L and H in G1"
VERIFY = "verification"
WHOLE = "whole proof"
STAGES = (READ, ROWS, QUOTIENT, DIGITS, SUM_A, SUM_B, SUM_C, VERIFY)

Result = TypeVar("Result")


class Clock:
    """Times stages.

    seconds  of each stage
    wait     begins and ends a stage: what is begun elsewhere counts until it is done
    """

    def __init__(self, wait: Callable[[], object] = lambda: None) -> None:
        self.seconds: dict[str, float] = {}
        self._wait = wait

    def timed(self, stage: str, work: Callable[[], Result]) -> Result:
        """What the work gives."""
        self._wait()
        started = time.perf_counter()
        result = work()
        self._wait()  # within the stage's time
        self.seconds[stage] = time.perf_counter() - started
        return result


def stage_seconds(key_file: Path, witness_file: Path) -> dict[str, float]:
    """The seconds of each stage and of a whole proof, in one round.

    The copies of the key's points are made before the clock starts, as they are for all proofs
    under a key but the first.
    """
    clock = Clock()
    timed = clock.timed
    key, witness = timed(READ, lambda: (ProvingKey.load(key_file), Witness.load(witness_file)))
    values = np.ascontiguousarray(witness.values)
    points = domain(key.domain_size)
    on = executor()
    prepared, records = prepared_key(key, on), prepared_records(key, on)
    rows = points.rows(3)
    timed(ROWS, lambda: constraint_products(records, values, points.row_positions, rows))
    h = timed(QUOTIENT, lambda: points.quotient(rows))

    def digits() -> tuple[Digits, Digits]:
        private = values[key.public_count + 1 :]
        return digits_for(prepared.a, values), digits_for(prepared.h_and_l, h, private)

    w, h_and_l = timed(DIGITS, digits)

    def sum_over(bases: Bases, digits: Digits) -> list[Words]:
        return sums_of_products([MsmInput(bases, digits)])

    timed(SUM_A, lambda: sum_over(prepared.a, w))
    timed(SUM_B, lambda: sum_over(prepared.b, w))
    timed(SUM_C, lambda: sum_over(prepared.h_and_l, h_and_l))
    proof = timed(WHOLE, lambda: prove(key, witness))
    timed(VERIFY, lambda: verify(key.verifying_key, proof, witness.public_for(key)))
    return clock.seconds
