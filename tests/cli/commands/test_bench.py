"""bench run and bench report: from nothing to a report, and what they refuse."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.cli.workshop import contents, done, invoke, refused
from zkpipe.benchmarks import Results

RUN = ("bench", "run", "--out", "results.json")


def test_a_quick_run_and_its_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    facts = json.loads(done(*RUN, "--quick", "--json"))
    results = Results.load(Path("results.json"))
    assert facts["proofs"] == len(results.proofs) >= 2
    assert facts["exponents"] == [8]
    assert any(line.startswith("rapidsnark: no path given") for line in facts["skipped"])
    ways = {(proof.prover, proof.way) for proof in results.proofs}
    assert {("zkpipe", "library"), ("zkpipe", "command")} <= ways
    assert all(proof.checked_by != proof.prover for proof in results.proofs)
    assert results.settings.quick
    assert len(results.kernels) > 10
    assert results.stages
    assert results.waits
    assert "measured" in done("bench", "report", "results.json", "report.html", "report.md")
    assert Path("report.html").read_text().startswith("<!doctype html>")
    assert "## Targets" in Path("report.md").read_text()
    assert set(contents(tmp_path)) == {"results.json", "report.html", "report.md"}


def test_a_run_with_a_wrong_proof_answers_no_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    peer = tmp_path / "liar"
    peer.write_text(f"#!{sys.executable}\nimport sys\nopen(sys.argv[4], 'w').write('[\"1\"]')\n")
    peer.chmod(0o700)
    says = "liar wrote other public values than the witness has"
    refused(*RUN, "--quick", "--peer", f"liar={peer}", says=says, status=1)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--peer", "rapidsnark"], "--peer takes NAME=PATH"),
        (["--peer", "=x"], "--peer takes NAME=PATH"),
        (["--peer", "snarkjs=/bin/sh"], "cannot be the name of a peer"),
        (["--peer", "rapidsnark=nothing"], "not a program that can be run"),
        (["--to", "40"], "2^26 rows are not measured"),
        (["--from", "1"], "2^1 rows are not measured"),
        (["--from", "15", "--to", "14"], "No size is left"),
        (["--rounds", "0"], "measure nothing"),
        (["--patience", "0"], "not a number of seconds above 0"),
        (["--step", "0"], "step"),
        (["--quick", "--circuit", "bits"], "takes no --circuit"),
        (["--quick", "--from", "12", "--rounds", "5"], "takes no --from, --rounds"),
        (["--peer", "aa=/bin/sh", "--peer", "aa=/bin/true"], "--peer names aa twice"),
    ],
)
def test_what_cannot_be_measured_is_refused_before_anything_is(
    options: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refused(*RUN, *options, says=says)


def test_a_run_without_a_place_for_its_results_is_wrong_usage() -> None:
    result = invoke("bench", "run")
    assert result.exit_code == 2
    assert "--out" in result.stderr


def test_a_report_on_what_is_no_run_is_refused(shop: Path) -> None:
    refused("bench", "report", "vkey.json", "report.html", "report.md", says="a verifying key")
    refused("bench", "report", "nothing.json", "report.html", "report.md", says="cannot be read")
    refused("bench", "report", "vkey.json", "vkey.json", "report.md", says="a verifying key")
