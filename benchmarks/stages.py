"""The stages of proving, each done by itself on the data of a real proof.

A stage is measured through public functions of the layers below, so it says what that part of the
work costs by itself. `prove` shares work between the sums (digits, order) and works on several at
once, so the stages need not add up to the whole; the report shows both.

This is the one module that knows what the stages are.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from accel import msm_g1, msm_g2
from accel.limbs import Words
from accel.sparse import products, row_products
from accel.transforms import domain
from circuits import Witness
from prover import Proof, ProvingKey, prove, verify

READ = "read key and witness"
ROWS = "rows: A w, B w and their products"
QUOTIENT = "quotient"
SUM_A, SUM_B = "sum over A in G1", "sum over B in G2"
SUM_L, SUM_H = "sum over L in G1", "sum over H in G1"
VERIFY = "verification"
WHOLE = "whole proof"
STAGES = (READ, ROWS, QUOTIENT, SUM_A, SUM_B, SUM_L, SUM_H, VERIFY)


def _row_values(key: ProvingKey, matrix: int, values: Words) -> Words:
    records = key.coefficients[key.coefficients["matrix"] == matrix]
    return row_products(
        np.ascontiguousarray(records["constraint"]),
        np.ascontiguousarray(records["wire"]),
        np.ascontiguousarray(records["value"]).view(np.uint64),
        values,
        key.domain_size,
    )


def stage_seconds(key_file: Path, witness_file: Path) -> dict[str, float]:
    """The seconds of each stage and of a whole proof, in one round."""
    seconds: dict[str, float] = {}

    def timed(stage: str, work: Callable[[], Words]) -> Words:
        started = time.perf_counter()
        result = work()
        seconds[stage] = time.perf_counter() - started
        return result

    started = time.perf_counter()
    key, witness = ProvingKey.load(key_file), Witness.load(witness_file)
    values = np.ascontiguousarray(witness.values)
    seconds[READ] = time.perf_counter() - started

    def rows() -> Words:
        a, b = (_row_values(key, matrix, values) for matrix in (0, 1))
        return np.stack([a, b, products(a, b)])

    a, b, c = timed(ROWS, rows)
    h = timed(QUOTIENT, lambda: domain(key.domain_size).quotient(a, b, c))
    private = np.ascontiguousarray(values[key.public_count + 1 :])
    timed(SUM_A, lambda: msm_g1(key.a_query, values))
    timed(SUM_B, lambda: msm_g2(key.b_g2_query, values))
    timed(SUM_L, lambda: msm_g1(key.l_query, private))
    timed(SUM_H, lambda: msm_g1(key.h_query, h))
    started = time.perf_counter()
    proof: Proof = prove(key, witness)
    seconds[WHOLE] = time.perf_counter() - started
    public = witness.public_for(key)
    started = time.perf_counter()
    verify(key.verifying_key, proof, public)
    seconds[VERIFY] = time.perf_counter() - started
    return seconds
