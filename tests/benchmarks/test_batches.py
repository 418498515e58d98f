"""Batches that are measured: real ones whose proofs another tool has checked, beside loops."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.long_form import IS_LONG
from zkpipe.benchmarks import Plan, measure
from zkpipe.benchmarks.errors import CrossCheckError, MeasurementError
from zkpipe.benchmarks.plan import BATCHES, MOST_BATCHES, doublings
from zkpipe.benchmarks.provers import batches
from zkpipe.benchmarks.provers.batches import CHECKED, LOOP, Asked, prove_batches
from zkpipe.benchmarks.provers.judges import find_judge
from zkpipe.benchmarks.records.results import Skipped
from zkpipe.benchmarks.workloads.batch_files import BatchFiles, chain_length
from zkpipe.benchmarks.workloads.statements import chain_of
from zkpipe.benchmarks.workloads.workloads import Workload
from zkpipe.prover import load_public

ROWS = 3
ROUNDS = 2 if IS_LONG else 1
ASKED = Asked("scalar", threads=(1,), workers=(2,), sizes=(ROWS,), rounds=1, patience=60)


class Taking:
    """A judge that takes every proof, or none."""

    name = "another tool"

    def __init__(self, answer: bool = True) -> None:
        self.answer, self.asked = answer, 0

    def accepts(self, workload: Workload, proof: Path) -> bool:
        self.asked += 1
        return self.answer


@pytest.fixture
def files(tmp_path: Path) -> BatchFiles:
    return BatchFiles.make(6, LOOP, tmp_path)


def pretend(monkeypatch: pytest.MonkeyPatch, folder: Path, body: str) -> None:
    """A program of a few lines in the place of the command zkpipe."""
    path = folder / "zkpipe"
    path.write_text(f"#!{sys.executable}\nimport json, pathlib, sys\n{body}\n")
    path.chmod(0o700)
    monkeypatch.setattr(batches, "zkpipe_command", lambda: str(path))


def test_batches_and_loops_are_measured_on_proofs_that_another_tool_takes(
    files: BatchFiles,
) -> None:
    found = prove_batches(files, replace(ASKED, rounds=ROUNDS), find_judge())
    assert found.skipped == []
    assert [(b.label, b.workers, b.threads, b.rows) for b in found.batches] == [
        ("local, 1 thread", 1, 1, ROWS),
        ("processes, 2 workers", 2, 2, ROWS),
    ]
    assert [(w.label, w.rows, w.checked) for w in found.loops] == [
        ("loop over prove, 1 thread", LOOP, CHECKED)
    ]
    for made in (*found.batches, *found.loops):
        assert (made.circuit, made.exponent, made.backend) == ("chain", 6, "scalar")
        assert len(made.seconds) == ROUNDS
        assert made.peak_bytes > 50e6
        assert made.checked_by == find_judge().name
    assert all(b.checked == ROWS for b in found.batches)
    assert sorted(path.name for path in files.out.iterdir()) == ["0", "1", "2", "report.json"]


def test_the_public_values_of_a_row_are_those_that_the_solver_finds(files: BatchFiles) -> None:
    system = chain_of(chain_length(6)).compile()
    for row in (0, LOOP - 1):
        expected = system.solve(start=files.starts[row]).public
        assert load_public(files.of_row(row).public) == expected


def test_a_batch_whose_proof_is_refused_ends_the_run(files: BatchFiles) -> None:
    judge = Taking(answer=False)
    with pytest.raises(CrossCheckError, match="another tool refuses a proof that zkpipe made"):
        prove_batches(files, replace(ASKED, threads=()), judge)
    assert judge.asked == 1


def test_a_loop_whose_proof_is_refused_ends_the_run(files: BatchFiles) -> None:
    with pytest.raises(CrossCheckError, match="another tool refuses"):
        prove_batches(files, replace(ASKED, workers=()), Taking(answer=False))


def test_a_row_with_the_public_values_of_another_is_seen(
    files: BatchFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = f"""
out = pathlib.Path(sys.argv[3]).with_name("proofs")
for row in range({ROWS}):
    (out / str(row)).mkdir(parents=True)
    (out / str(row) / "public.json").write_text('["1"]')
print(json.dumps({{"proved_now": {ROWS}}}))"""
    pretend(monkeypatch, files.folder, body)
    with pytest.raises(CrossCheckError, match="other public values"):
        prove_batches(files, replace(ASKED, threads=()), Taking())


def test_a_batch_that_proved_less_than_its_table_does_not_count(
    files: BatchFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, files.folder, "print(json.dumps({'proved_now': 2}))")
    with pytest.raises(MeasurementError, match="3 rows made 2 proofs"):
        prove_batches(files, replace(ASKED, threads=()), Taking())


def test_a_batch_that_fails_ends_the_run_with_its_words(
    files: BatchFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, files.folder, "sys.exit('no such table')")
    with pytest.raises(MeasurementError) as caught:
        prove_batches(files, replace(ASKED, threads=()), Taking())
    assert "no such table" in caught.value.told


def test_each_batch_starts_with_no_proof_of_the_one_before(files: BatchFiles) -> None:
    job = files.job(ROWS, "processes", 2)
    for made in (files.out / "0", files.folder / "proofs.batch"):
        made.mkdir(parents=True)
    assert files.job(2, "local", 1) == job
    assert not files.out.exists()
    assert not (files.folder / "proofs.batch").exists()
    assert (files.folder / "inputs-2.csv").read_text().split() == [
        "start",
        *map(str, files.starts[:2]),
    ]


def test_a_batch_that_is_expected_to_take_too_long_is_left_out(files: BatchFiles) -> None:
    impatient = replace(ASKED, workers=(), sizes=(1, 10**6), patience=1e-9)
    found = prove_batches(files, impatient, Taking())
    assert found.batches == []
    assert len(found.loops) == 1
    small, large = found.skipped
    assert small.what == "batches of 1 rows, chain 2^6"
    assert "a proof in a loop takes" in small.why
    assert "the limit is 0 s" in small.why
    assert "take too long" in large.why


def test_batches_are_planned_for_small_circuits_and_doubling_workers() -> None:
    plan = Plan.whole(10, 20, 2, 1, 60.0, {})
    assert plan.batch_exponents == (10, 12, 14)
    assert Plan.whole(16, 20, 2, 1, 60.0, {}).batch_exponents == ()
    assert doublings(1) == (1,)
    assert doublings(2) == (1, 2)
    assert doublings(12) == (1, 2, 4, 8, 12)
    assert doublings(1024)[-1] == 1024
    assert len(doublings(1024)) == MOST_BATCHES


def test_without_the_chain_no_batch_is_measured() -> None:
    plan = replace(Plan.brief({}), circuits=("bits",), parts=(BATCHES,))
    found = measure(plan)
    assert (found.batches, found.loops, found.circuits) == ((), (), ())
    assert Skipped(BATCHES, "they are of chain, which was not asked for") in found.skipped


def test_what_is_asked_for_twice_is_measured_once() -> None:
    plan = replace(
        Plan.brief({}), exponents=(8, 6, 8), threads=(1, 1), batches=(16, 8, 16), workers=(2, 2)
    )
    assert (plan.exponents, plan.threads) == ((8, 6), (1,))
    assert (plan.batches, plan.workers) == ((16, 8), (2,))
    assert replace(plan, circuits=("chain", "chain")).circuits == ("chain",)
