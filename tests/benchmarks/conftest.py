"""A small workload made once, and results as a run might have found them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from zkpipe.benchmarks.provers.waits import FIRST, ONE, SMALL, many
from zkpipe.benchmarks.records.batches import LOCAL, PROCESSES, BatchTime, LoopTime
from zkpipe.benchmarks.records.card_run import CardRun, CardTiming
from zkpipe.benchmarks.records.hardware import Card, Machine
from zkpipe.benchmarks.records.own_circuit import (
    BOTH,
    COMPILE,
    SETUP,
    SOLVE,
    VERIFY,
    Gas,
    OwnCircuit,
    StepTime,
)
from zkpipe.benchmarks.records.ranges import COMMAND, LIBRARY
from zkpipe.benchmarks.records.results import (
    CircuitSize,
    KernelTime,
    ProofTime,
    Results,
    Settings,
    Skipped,
    StageTime,
    WaitTime,
)
from zkpipe.benchmarks.records.schemas import CARD_SCHEMA, SCHEMA
from zkpipe.benchmarks.workloads.card_stages import CARD_STAGES
from zkpipe.benchmarks.workloads.stages import QUOTIENT, SUM_A, WHOLE
from zkpipe.benchmarks.workloads.workloads import Workload, make_workload

LIKE = ("zkpipe avx512, 2 threads", LIBRARY)


@pytest.fixture(scope="session")
def workload(tmp_path_factory: pytest.TempPathFactory) -> Workload:
    return make_workload("chain", 6, tmp_path_factory.mktemp("workload"))


def proof(prover: str, backend: str, threads: int, way: str, k: int, seconds: float) -> ProofTime:
    checked_by = "groth16py" if prover == "zkpipe" else "zkpipe"
    times = (seconds, 1.1 * seconds, 0.9 * seconds)
    return ProofTime("chain", k, way, prover, backend, threads, times, 10_000_000 * k, checked_by)


def batch(engine: str, processors: int, rows: int, k: int = 12) -> BatchTime:
    """A second for the start, and a hundredth for each proof on each processor."""
    seconds = 1.0 + 0.01 * rows / processors * 2.0 ** (k - 12)
    workers = processors if engine == PROCESSES else 1
    times = (seconds, 0.9 * seconds, 1.1 * seconds)
    return BatchTime(
        "chain", k, "avx512", processors, rows, times, 10**8, 8, "groth16py", engine, workers
    )


def loop(threads: int, seconds: float, k: int = 12) -> LoopTime:
    times = (0.9 * seconds, seconds, 1.1 * seconds)
    return LoopTime("chain", k, "avx512", threads, 32, times, 10**8, 8, "groth16py")


BATCHES = tuple(
    batch(engine, processors, rows)
    for rows in (16, 128, 1024)
    for engine in (LOCAL, PROCESSES)
    for processors in (1, 2)
)
LOOPS = (loop(1, 0.64), loop(2, 0.32))


@pytest.fixture(scope="session")
def results() -> Results:
    """Times that grow as size^0.9 for zkpipe and size^1.1 for the peers."""
    proofs = []
    for k in (14, 16, 18, 20):
        n = 2.0 ** (k - 14)
        proofs += [
            proof("zkpipe", "avx512", 1, LIBRARY, k, 0.1 * n**0.9),
            proof("zkpipe", "avx512", 2, LIBRARY, k, 0.05 * n**0.9),
            proof("zkpipe", "scalar", 1, LIBRARY, k, 1.0 * n**0.9),
            proof("zkpipe", "avx512", 2, COMMAND, k, 0.5 * n**0.9),
            proof("groth16py", "", 1, LIBRARY, k, 0.7 * n**1.1),
            proof("snarkjs", "", 2, COMMAND, k, 5.0 * n**1.1),
        ]
    return Results(
        schema=SCHEMA,
        date="2026-11-24T12:00:00+00:00",
        commit="90f74183fd6f+",
        machine=Machine(
            "A <processor> & more",
            2,
            25_000_000_000,
            "Linux x86_64",
            ("avx512", "scalar"),
            {"zkpipe": "0.1.0", "snarkjs": "0.7.6"},
        ),
        settings=Settings((14, 16, 18, 20), 3, 120.0, False),
        circuits=tuple(
            CircuitSize("chain", k, 2**k - 2, 2**k, 500 << k, 32 << k) for k in (14, 20)
        ),
        kernels=(
            KernelTime("bucket addition of a sum in G1", "avx512", 1 << 16, 10**6, (0.04, 0.037)),
            KernelTime(
                "butterfly of a transform in place", "avx512", 1 << 20, 10_485_760, (0.044,)
            ),
        ),
        stages=tuple(
            StageTime("chain", k, "avx512", 2, stage, (0.01 * k,))
            for k in (14, 16)
            for stage in (QUOTIENT, SUM_A, WHOLE)
        ),
        proofs=tuple(proofs),
        waits=(
            WaitTime(ONE, "zkpipe", "avx512", 2, (0.0012, 0.0011)),
            WaitTime(many(1000), "zkpipe", "avx512", 2, (0.6,)),
            WaitTime(SMALL, "zkpipe", "avx512", 2, (0.9,)),
            WaitTime(FIRST, "zkpipe", "avx512", 2, (37.0,)),
        ),
        batches=BATCHES,
        loops=LOOPS,
        skipped=(Skipped("rapidsnark", "no path | given\nand <b>more</b>"),),
    )


@pytest.fixture(scope="session")
def with_card(results: Results) -> Results:
    """The same with a card, ten times as fast, whose process holds much."""
    whole = {p.exponent: p for p in results.proofs if (p.label, p.way) == LIKE}
    proofs = [
        replace(
            p,
            backend="cuda",
            seconds=tuple(s / 10 for s in p.seconds),
            peak_bytes=40_000_000_000,
        )
        for p in whole.values()
    ]
    stages = [
        StageTime("chain", k, "cuda", 2, stage, (0.001 * k,))
        for k in (14, 16)
        for stage in (*CARD_STAGES, WHOLE)
    ]
    card = Card("A <card>", "9.0", "580.65.06, for CUDA 13.0", 150_000_000_000, 1_980_000_000)
    return replace(
        results,
        machine=replace(results.machine, card=card),
        proofs=(*results.proofs, *proofs),
        stages=(*results.stages, *stages),
    )


@pytest.fixture(scope="session")
def own(results: Results) -> Results:
    """A user's circuit of 2^12 rows, beside a peer in each way."""
    proofs = [
        proof("zkpipe", "avx512", 2, LIBRARY, 12, 0.02),
        proof("zkpipe", "avx512", 2, COMMAND, 12, 0.2),
        proof("groth16py", "", 1, LIBRARY, 12, 0.3),
        proof("snarkjs", "", 2, COMMAND, 12, 2.0),
    ]
    steps = [
        *(StepTime(step, LIBRARY, (0.001,), None) for step in (COMPILE, SOLVE, VERIFY)),
        StepTime(SETUP, COMMAND, (0.75,), 150_000_000),
        *(
            StepTime(step, COMMAND, (0.3, 0.25, 0.35), 120_000_000)
            for step in (COMPILE, SOLVE, BOTH, VERIFY)
        ),
    ]
    gas = Gas(214_914, 677_255, 2032, "0.8.37")
    return replace(
        results,
        date="2026-11-30T09:00:00+00:00",
        settings=Settings((12,), 3, 120.0, False),
        circuits=(CircuitSize("of_age", 12, 2500, 2600, 1_200_000, 83_000),),
        kernels=(),
        stages=tuple(
            StageTime("of_age", 12, "avx512", 2, stage, (0.01,)) for stage in (QUOTIENT, WHOLE)
        ),
        proofs=tuple(replace(p, circuit="of_age") for p in proofs),
        waits=(),
        batches=(),
        loops=(),
        skipped=(Skipped("rapidsnark", "no path given"),),
        own=OwnCircuit("of_age", "age.py", 2, "avx512", 2, tuple(steps), gas),
    )


@pytest.fixture(scope="session")
def card_run(with_card: Results) -> CardRun:
    """Times that a card might have, twenty times as fast as its processor."""
    timings = [
        CardTiming(what, k, 0.001 * 2.0 ** (k - 16), 0.02 * 2.0 ** (k - 16), None)
        for what in ("NTT", "MSM in G1", "MSM in G2", "proof", "64 proofs")
        for k in (12, 16, 20)
    ]
    return CardRun(
        schema=CARD_SCHEMA,
        date="2026-12-02T08:00:00+00:00",
        commit="90f74183fd6f",
        machine=with_card.machine,
        text_seconds=16.0,
        compile_seconds=4.5,
        wrong=(),
        failed=None,
        timings=(CardTiming("products in Fp", 18, 0.01, None, 6.7e9), *timings),
        left_out=("64 proofs of 2^22",),
    )


@pytest.fixture
def saved(results: Results, tmp_path: Path) -> Path:
    path = tmp_path / "results.json"
    replace(results).save(path)
    return path
