"""bench run and bench report: from nothing to a report, and what they refuse."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.benchmarks.reports.card_files import FIRST
from tests.cli.workshop import contents, done, invoke, refused
from tests.long_form import IS_LONG
from zkpipe.benchmarks import Results
from zkpipe.benchmarks.records.machine import cores
from zkpipe.benchmarks.reports.costs import CORE_HOUR
from zkpipe.benchmarks.reports.report import MOST_RUNS
from zkpipe.cli.commands.bench.reporting import MOST, bench_report
from zkpipe.cli.commands.bench.running import bench_run

RUN = ("bench", "run", "--out", "results.json")
PARTS = ("kernels", "proofs", "waits", "batches")
REPORT = ("bench", "report", "results.json", "report.html", "report.md")


def test_a_quick_run_and_its_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second example of `bench run`, which test_commands.py need not run again."""
    monkeypatch.chdir(tmp_path)
    assert bench_run.example.splitlines()[1] == " ".join(("zkpipe", *RUN, "--quick"))  # type: ignore[attr-defined]
    facts = json.loads(done(*RUN, "--quick", "--json"))
    results = Results.load(Path("results.json"))
    assert facts["proofs"] == len(results.proofs) >= 2
    assert facts["exponents"] == [8]
    assert any(line.startswith("rapidsnark: no path given") for line in facts["skipped"])
    ways = {(proof.prover, proof.way) for proof in results.proofs}
    assert {("zkpipe", "library"), ("zkpipe", "command")} <= ways
    assert all(proof.checked_by != proof.prover for proof in results.proofs)
    assert [c.exponent for c in results.circuits] == [8]
    assert results.settings.quick
    assert len(results.kernels) > 10
    assert results.stages
    assert results.waits
    assert facts["batches"] == len(results.batches)
    assert {batch.engine for batch in results.batches} == {"local", "processes"}
    assert {loop.threads for loop in results.loops} == {cores()}
    for part in (*results.batches, *results.loops):
        assert (part.exponent, part.checked, part.checked_by != "zkpipe") == (8, 8, True)
        assert part.peak_bytes > 50e6
    told = done("bench", "report", "results.json", "report.html", "report.md")
    assert f"measured  results.json: chain, 2^8 rows, {results.date}" in told
    assert Path("report.html").read_text().startswith("<!doctype html>")
    assert "Targets" not in Path("report.md").read_text()
    at = f"At {0.05 * cores():.3g} USD for an hour of this machine (no price was given: "
    assert at in Path("report.md").read_text()
    assert set(contents(tmp_path)) == {"results.json", "report.html", "report.md"}
    done(*REPORT, "--core-hour-price", "1.5")
    assert (
        f"At {1.5 * cores():.2f} USD for an hour of this machine. " in Path("report.md").read_text()
    )
    done(*REPORT, "--machine-hour-price", "7")
    assert "At 7.00 USD for an hour" in Path("report.md").read_text()
    for option in ("--core-hour-price", "--machine-hour-price"):
        for price in ("0", "-1", "cheap", "0.4 EUR"):
            refused(*REPORT, option, price, says=f"{price!r} is not a price: a number above 0")
        refused(*REPORT, option, "inf", says="says nothing")
    two = ("--machine-hour-price", "7", "--machine-hour-price", "8")
    refused(*REPORT, *two, says="is given 2 times, for 1 files")
    done(*REPORT[:2], "results.json", *REPORT[2:], *two, "--currency", "EUR")
    assert "At 8.00 EUR for an hour" in Path("report.md").read_text()


@pytest.mark.parametrize("part", PARTS if IS_LONG else PARTS[:1])  # batches take 10 s
def test_one_part_is_measured_and_the_others_are_told_as_left_out(
    part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    facts = json.loads(done(*RUN, "--quick", "--part", part, "--json"))
    results = Results.load(Path("results.json"))
    made = {
        "kernels": results.kernels,
        "proofs": (*results.stages, *results.proofs),
        "waits": results.waits,
        "batches": (*results.batches, *results.loops),
    }
    assert [name for name in PARTS if made[name]] == [part]
    assert len(results.batches) == facts["batches"] == 2 * (part == "batches")
    others = [f"{other}: not asked for" for other in PARTS if other != part]
    assert [line for line in facts["skipped"] if line in others] == others
    done(*REPORT)


def test_the_price_of_the_command_is_the_librarys() -> None:
    (option,) = [p for p in bench_report.params if p.name == "core_hour_price"]
    assert option.default == CORE_HOUR


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
        (["--part", "all"], "is not one of 'kernels', 'proofs', 'waits', 'batches'"),
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


PAGE, TABLES = "REPORT.html (the page to write)", "REPORT.md (the tables to write)"
FILE = "RESULTS.json (the results of a run, to read)"
WORDS: dict[str, tuple[str, str]] = {
    "nothing": ("", f"{FILE} and {PAGE} and {TABLES} are missing."),
    "results alone": ("a.json", f"{PAGE} and {TABLES} are missing."),
    "results and a page": ("a.json r.html", f"{TABLES} is missing."),
    "two results and a page": ("a.json b.json r.htm", f"{TABLES} is missing."),
    "two results and tables": ("a.json b.json r.md", f"{PAGE} is missing."),
    "several results": ("a.json b.json a.json", f"{PAGE} and {TABLES} are missing."),
    "outputs alone": ("r.html r.md", f"{FILE} is missing."),
    "results at the end": ("r.html r.md a.json", "stands where REPORT.md is to be written"),
    "results in the middle": ("r.md a.json r.html", "stands where REPORT.html is to be written"),
    "tables before the page": ("a.json r.md r.html", "the page comes first."),
    "a currency alone": ("a.json r.html r.md --currency EUR", "and none is given"),
    "a currency of nothing": (
        "a.json r.html r.md --machine-hour-price 2 --currency=",
        "not the name of a currency",
    ),
    "many results": (f"{'a.json ' * 17}r.html r.md", "at most 16 files of results, and 17 are"),
    "results edited by hand": (
        "edited.json r.html r.md",
        "edited.json: machine.cores is a text, where a whole number is expected.",
    ),
    "a newer schema": ("newer.json r.html r.md", "A newer zkpipe wrote it"),
    "a misspelt schema": ("misspelt.json r.html r.md", "Did you mean zkpipe-card/1?"),
}


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with results, right ones and others."""
    monkeypatch.chdir(tmp_path)
    right = json.dumps(FIRST)
    for name, before, after in (
        ("a.json", "", ""),
        ("b.json", "", ""),
        ("edited.json", '"processors": 16', '"processors": "16"'),
        ("newer.json", "zkpipe-card/1", "zkpipe-card/9"),
        ("misspelt.json", "zkpipe-card/1", "zkpip-card/1"),
    ):
        Path(name).write_text(right.replace(before, after) if before else right)


@pytest.mark.usefixtures("cards")
@pytest.mark.parametrize("case", WORDS)
def test_words_that_make_no_report_are_told_with_what_is_wrong(case: str) -> None:
    words, says = WORDS[case]
    refused(*REPORT[:2], *words.split(), says=says)


@pytest.mark.usefixtures("cards")
def test_each_file_of_results_is_told_with_what_it_is_about() -> None:
    told = done(*REPORT[:2], "a.json", "b.json", "r.html", "r.md").splitlines()
    about = "NVIDIA H200, checked, and measured beside its processor"
    assert told[2:] == [f"measured  {name}.json: {about}, of no date" for name in "ab"]
    facts = json.loads(done(*REPORT[:2], "a.json", "r.html", "r.md", "--json"))
    assert facts["runs"] == [{"file": "a.json", "subject": about, "date": None}]
    assert "zkpipe cuda" in Path("r.md").read_text()
    assert about in done("info", "a.json")


def test_a_report_takes_as_many_files_as_the_library() -> None:
    assert MOST == MOST_RUNS


def test_a_report_on_what_is_no_run_is_refused(shop: Path) -> None:
    refused("bench", "report", "vkey.json", "report.html", "report.md", says="a verifying key")
    refused("bench", "report", "nothing.json", "report.html", "report.md", says="cannot be read")
    refused("bench", "report", "vkey.json", "vkey.json", "report.md", says="a verifying key")
