"""A run on a machine with a card: what is planned and measured, its stages, and by whom."""

from __future__ import annotations

import io
import json
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.oracles.ptx.card import NamedCard, ProcessorCard, in_use
from zkpipe.accel.cuda import driver
from zkpipe.accel.machines.backend import CARD, best
from zkpipe.benchmarks import Plan, measure, measuring
from zkpipe.benchmarks.errors import MeasurementError
from zkpipe.benchmarks.provers import stage_times
from zkpipe.benchmarks.provers.provers import Prover
from zkpipe.benchmarks.records import hardware, machine, ranges
from zkpipe.benchmarks.records.machine import backends, cores, describe, describe_card
from zkpipe.benchmarks.workers import stages_worker, zkpipe_worker
from zkpipe.benchmarks.workloads import stages
from zkpipe.benchmarks.workloads.card_stages import (
    CARD_STAGES,
    COPY,
    JOIN,
    ROWS_AND_QUOTIENT,
    card_stage_seconds,
)
from zkpipe.benchmarks.workloads.stages import DIGITS, SUM_A, SUM_B, SUM_C, WHOLE
from zkpipe.benchmarks.workloads.workloads import Workload
from zkpipe.ground.errors import CardError, CardWarning, MissingError
from zkpipe.prover import Proof, VerifyingKey, verify


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[NamedCard]:
    """A card that a driver's device tells of."""
    monkeypatch.setattr(driver, "is_likely", lambda: True)
    with in_use(NamedCard()) as found:
        yield found


# --- what is planned


def test_without_a_driver_no_card_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "DEVICES", ())
    monkeypatch.setattr(driver, "open_card", lambda: pytest.fail("a card was looked for"))
    plan = Plan.brief({})
    assert not plan.card
    assert not Plan.whole(8, 10, 1, 1, 60.0, {}).card
    assert {prover.backend for prover in ours(plan)} == set(plan.backends)
    assert describe({}).card is None


def test_a_card_that_cannot_be_used_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise MissingError("No card can be used here.", "See nvidia-smi.")

    monkeypatch.setattr(driver, "is_likely", lambda: True)
    monkeypatch.setattr(driver, "open_card", missing)
    plan = Plan.brief({})
    assert not plan.card
    with pytest.raises(MissingError, match="No card can be used"):
        replace(plan, card=True)


def ours(plan: Plan) -> list[Prover]:
    found = measuring._provers(plan, measuring.find_peers({}))
    return [prover for prover in found if prover.name == "zkpipe"]


def test_the_card_is_one_more_way_in_process_and_as_a_command(card: NamedCard) -> None:
    plan = replace(Plan.brief({}), backends=backends(), threads=(1, 2))
    assert plan.card
    assert plan.backends == backends()
    with_card, without = ours(plan), ours(replace(plan, card=False))
    added = [prover for prover in with_card if prover not in without]
    found = [(prover.backend, prover.way, prover.threads) for prover in added]
    assert found == [("cuda", "library", cores()), ("cuda", "command", cores())]
    assert len(with_card) == len(without) + 2


def test_the_best_back_end_of_a_machine_with_a_card_is_its_processors(
    card: NamedCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "DRIVER_VERSION", tmp_path / "version")
    here = describe({}, describe_card())
    assert here.backends[0] == best().name
    assert CARD not in here.backends
    assert here.card == hardware.Card(
        "Imagined 4090", "8.9", "for CUDA 13.0", 1 << 30, 2_520_000_000
    )
    (tmp_path / "version").write_text("580.65.06\n")
    assert describe_card().driver == "580.65.06, for CUDA 13.0"


def test_the_report_calls_a_card_as_the_setting_does() -> None:
    assert ranges.CARD == CARD


# --- what is measured


def test_a_run_measures_proofs_and_stages_of_a_card_and_no_more(
    card: NamedCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its stages fail here, and are left out with the reason; the run goes on."""
    asked: list[Prover] = []
    seen: list[str] = []

    def prove_workload(workload: object, provers: list[Prover], *_: object) -> Any:
        asked.extend(provers)
        return [], []

    @contextmanager
    def worker(module: str, environment: Mapping[str, str], *_: object) -> Iterator[Any]:
        def ask(_request: object) -> dict[str, Any]:
            if environment["ZKPIPE_BACKEND"] == CARD:
                raise MeasurementError("stages_worker failed.", "-", ["The card has no room."])
            return {"kernels": []} if module.endswith("kernels_worker") else {WHOLE: 1.0}

        seen.append(f"{module.rpartition('.')[2]} {environment['ZKPIPE_BACKEND']}")
        yield SimpleNamespace(ask=ask)

    def waits(_rounds: int, backend: object, *_: object) -> list[Any]:
        seen.append(f"waits {backend}")
        return []

    monkeypatch.setattr(measuring, "prove_workload", prove_workload)
    for starts in (measuring, stage_times):
        monkeypatch.setattr(starts, "module_worker", worker)
    for name in ("command_waits", "verification_waits"):
        monkeypatch.setattr(measuring, name, waits)
    plan = replace(Plan.brief({}), exponents=(6,), backends=("scalar",))
    found = measure(plan)
    assert [prover.backend for prover in asked].count(CARD) == 2
    assert [what for what in seen if CARD in what] == [f"stages_worker {CARD}"]
    assert [stage.backend for stage in found.stages] == ["scalar"]
    (left_out,) = [part for part in found.skipped if part.what.startswith("stages")]
    assert left_out.what == "stages, cuda, chain 2^6"
    assert left_out.why == "stages_worker failed. The card has no room."
    assert found.machine.card is not None
    assert found.machine.card.name == card.name


# --- its stages


class LateCard(ProcessorCard):
    """As a real one: what is launched is computed later, at the latest when it is waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[tuple[Any, ...]] = []
        self.held: list[Any] = []  # memory that a launch may still want

    def allocate(self, size: int) -> Any:
        self.held.append(super().allocate(size))
        return self.held[-1]

    def launch(self, *given: Any) -> None:
        self.begun.append(given)

    def catch_up(self) -> None:
        begun, self.begun = self.begun, []
        for given in begun:
            super().launch(*given)

    def clear(self, *given: Any) -> None:
        self.catch_up()
        super().clear(*given)

    def write(self, *given: Any) -> None:
        self.catch_up()
        super().write(*given)

    def read(self, *given: Any) -> None:
        self.catch_up()
        super().read(*given)


def test_each_stage_ends_when_the_card_is_done_and_has_kernels_of_its_own(
    workload: Workload, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks: list[int] = []  # launches before each look at the clock

    with in_use(LateCard()) as card:

        def perf_counter() -> float:
            assert not card.begun, "the card is not done"
            ticks.append(len(card.launches))
            return float(len(ticks))

        monkeypatch.setattr(stages, "time", SimpleNamespace(perf_counter=perf_counter))
        found = card_stage_seconds(workload.key, workload.witness)
    assert set(found) == {*CARD_STAGES, WHOLE}
    spans = list(pairwise(ticks))[::2]  # the others lie between two stages
    kernels = {
        stage: set(card.launches[low:high]) for stage, (low, high) in zip(found, spans, strict=True)
    }
    assert not kernels[COPY]
    assert {"multiply_rows", "subtract_from_product"} <= kernels[ROWS_AND_QUOTIENT]
    assert kernels[DIGITS] == {"split_scalars"}
    for stage in (SUM_A, SUM_B, SUM_C):
        assert {"count_digits", "sum_points", "weigh_segments"} <= kernels[stage]
        assert not {"split_scalars", "multiply_rows"} & kernels[stage]
    assert not kernels[JOIN]
    assert kernels[WHOLE] > kernels[DIGITS]


# --- what a worker does


def run(module: Any, workload: Workload, request: object, patch: pytest.MonkeyPatch) -> Any:
    """A worker's answer to one request, under Python's own rule for warnings."""
    patch.setattr(sys, "argv", ["worker", str(workload.key), str(workload.witness)])
    patch.setattr(sys, "stdin", io.StringIO(json.dumps(request) + "\n"))
    patch.setattr(sys, "stdout", io.StringIO())
    warnings.simplefilter("default", CardWarning)
    module.main()
    return json.loads(sys.stdout.getvalue())  # type: ignore[attr-defined]


def files(folder: Path) -> dict[str, str]:
    return {name: str(folder / f"{name}.json") for name in ("proof", "public")}


def test_the_workers_measure_the_card(
    card: NamedCard, workload: Workload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(zkpipe_worker, workload, files(tmp_path), monkeypatch)["seconds"] > 0
    assert "sum_points" in card.launches
    key, proof = VerifyingKey.load(workload.vkey), Proof.load(tmp_path / "proof.json")
    public = [int(value) for value in json.loads((tmp_path / "public.json").read_text())]
    assert verify(key, proof, public)
    assert set(run(stages_worker, workload, {}, monkeypatch)) == {*CARD_STAGES, WHOLE}


@pytest.mark.parametrize("worker", [zkpipe_worker, stages_worker])
def test_a_worker_ends_where_the_processor_would_step_in(
    worker: Any, card: NamedCard, workload: Workload, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    card.size = 0
    with pytest.raises((CardWarning, CardError), match="The card is full"):
        run(worker, workload, files(tmp_path), monkeypatch)
    assert not (tmp_path / "proof.json").exists()


def test_stages_of_a_processor_are_its_own(
    workload: Workload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKPIPE_BACKEND", "scalar")
    assert set(run(stages_worker, workload, {}, monkeypatch)) == {*stages.STAGES, WHOLE}
