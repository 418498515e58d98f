"""`benchmarks/gpu.sh`, over a card that is none: it checks, measures, and needs few packages."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.oracles.ptx.card import NamedCard, ProcessorCard, in_use
from zkpipe.accel.cuda.kernels.all_kernels import all_kernels
from zkpipe.benchmarks.card import __main__ as program
from zkpipe.benchmarks.records.card_run import CardRun
from zkpipe.benchmarks.records.machine import describe, describe_card
from zkpipe.benchmarks.records.reading import read_run
from zkpipe.benchmarks.reports.report import markdown_report
from zkpipe.ground.errors import CardError

ROOT = Path(__file__).resolve().parents[2]
SMALL = ["--check", "5", "--products", "5", "--sums", "4", "4", "--proofs", "6", "6", "--batches"]


@pytest.fixture
def card():
    with in_use(NamedCard()) as found:
        yield found


def test_a_right_card_is_measured(
    card: NamedCard, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "card.json"
    assert program.main([*SMALL, "--out", str(out)]) == 0
    figures = json.loads(out.read_text())
    assert figures["wrong"] == []
    run = read_run(out)
    assert isinstance(run, CardRun)
    assert run.machine == describe({}, describe_card())
    assert datetime.now(UTC) - datetime.fromisoformat(str(run.date)) < timedelta(minutes=10)
    assert "Imagined 4090 beside its processor" in markdown_report([run])
    names = [timing["what"] for timing in figures["timings"]]
    assert names == ["products in Fp", "NTT", "MSM in G1", "MSM in G2", "proof"]
    assert all(timing["card"] > 0 for timing in figures["timings"])
    said = capsys.readouterr().out
    assert said.count("right  ") == 13
    assert "WRONG" not in said
    assert card.compiled == len(list(all_kernels()))
    assert figures["left_out"] == []


def test_what_there_was_no_time_for_is_named(
    card: NamedCard, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "card.json"
    assert program.main([*SMALL, "12", "--minutes", "0", "--out", str(out)]) == 0
    figures = json.loads(out.read_text())
    assert figures["timings"] == []
    assert "64 proofs of 2^12" in figures["left_out"]
    assert "No time was left for: products of 2^5" in capsys.readouterr().out


def test_the_processor_does_not_prove_for_a_card(
    card: NamedCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What only proofs launch fails: `prove` itself would have the processor compute."""
    launch = ProcessorCard.launch

    def fails(self, ptx: str, *rest) -> None:
        if ".entry multiply_rows(" in ptx:
            raise CardError("The card failed at a launch.", "Look at it.")
        launch(self, ptx, *rest)

    monkeypatch.setattr(ProcessorCard, "launch", fails)
    out = tmp_path / "card.json"
    assert program.main([*SMALL, "--out", str(out)]) == 1
    assert json.loads(out.read_text())["wrong"] == ["proofs of 2^5 rows"]


def test_a_file_that_cannot_be_written_is_said_first(
    card: NamedCard, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    for out in (tmp_path, tmp_path / "file" / "card.json"):
        assert program.main([*SMALL, "--out", str(out)]) == 2
        assert "cannot be written" in capsys.readouterr().err
    assert card.launches == []


@pytest.mark.parametrize("kernel", ["scale", "many_products"])
def test_a_card_that_fails_ends_the_run(
    card: NamedCard, tmp_path: Path, kernel: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """A card that fails while it is checked, or timed, ends the run; the figures are written."""
    launch = ProcessorCard.launch

    def fails(self, ptx: str, *rest) -> None:
        if f".entry {kernel}(" in ptx:
            raise CardError("The card failed at a launch.", "Look at it.")
        launch(self, ptx, *rest)

    monkeypatch.setattr(ProcessorCard, "launch", fails)
    out = tmp_path / "card.json"
    assert program.main([*SMALL, "--out", str(out)]) == 1
    assert "failed at a launch" in json.loads(out.read_text())["failed"]
    assert "The card failed, and the run ended: The card failed at a" in markdown_report(
        [read_run(out)]
    )
    assert "failed at a launch" in capsys.readouterr().err


def test_a_wrong_card_is_not_measured(
    card: NamedCard,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    read = ProcessorCard.read

    def wrong(self, memory, offset, array) -> None:
        read(self, memory, offset, array)
        array.reshape(-1).view(np.uint8)[0] ^= 4

    monkeypatch.setattr(ProcessorCard, "read", wrong)
    out = tmp_path / "card.json"
    assert program.main([*SMALL, "--out", str(out)]) == 1
    figures = json.loads(out.read_text())
    assert len(figures["wrong"]) > 8
    assert figures["timings"] == []
    assert "are WRONG: x y \\- z in Fp" in markdown_report([read_run(out)]).replace("y -", "y \\-")
    assert "WRONG  x y - z in Fp" in capsys.readouterr().out


def test_it_needs_numpy_and_numba_alone() -> None:
    script = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"click", "rich", "web3", "py_ecc", "eth_tester", "galois",
                                      "pytest", "matplotlib", "requests", "solcx"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Refuse())
import zkpipe.benchmarks.card.timings, zkpipe.benchmarks.card.__main__
import zkpipe.benchmarks.records.machine
"""
    ran = subprocess.run(  # noqa: S603 # this Python, our own text
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


def test_without_a_card_the_script_says_so(tmp_path: Path) -> None:
    ran = subprocess.run(  # noqa: S603 # our own script
        [ROOT / "benchmarks" / "gpu.sh", "--out", tmp_path / "card.json"],
        capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHON": sys.executable},
    )  # fmt: skip
    assert ran.returncode == 3
    assert "No card can be used" in ran.stderr
    assert not (tmp_path / "card.json").exists()
