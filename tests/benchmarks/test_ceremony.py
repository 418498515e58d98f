"""Times of ceremonies: every step is measured, of both tools where snarkjs is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zkpipe.benchmarks import ceremony
from zkpipe.benchmarks.errors import MeasurementError
from zkpipe.benchmarks.processes import Usage
from zkpipe.benchmarks.provers.peers import snarkjs_words
from zkpipe.benchmarks.workloads.workloads import dense_chain

STEPS = [
    *("contribute", "prepare", "verify, prepared"),
    *("initial key", "contribute to a key", "verify a key"),
]


def rows(text: str) -> list[list[str]]:
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return [line for line in lines if line[0] not in ("step", "---")]


def test_each_step_is_measured_at_small_sizes(tmp_path: Path) -> None:
    out = tmp_path / "table.md"
    sizes = ["--beside", "5", "--rounds", "1", "--phase1", "5", "--prepare", "4", "--key", "5"]
    assert ceremony.main([*sizes, "--out", str(out)]) == 0
    beside, large = out.read_text().split("### At the sizes")
    assert [row[0] for row in rows(beside)] == STEPS
    if snarkjs_words() is not None:
        assert all(re.fullmatch(r"[0-9.]+", row[3]) for row in rows(beside))
    assert [row[0] for row in rows(large)] == [
        "contribute to 2^4",
        *("verify 2^4, five contributions", "prepare 2^4", "verify 2^4, prepared"),
        "contribute to 2^5",
        *("prepare 2^5", "initial key of 2^5", "contribute to a key of 2^5"),
        "verify a key of 2^5",
    ]
    assert all(re.fullmatch(r"[0-9.]+ (s|ms)", row[1]) for row in rows(large))


def test_without_snarkjs_its_column_is_empty_and_the_table_says_why(tmp_path: Path) -> None:
    table = ceremony.beside(tmp_path, 4, 1, None)
    assert [row[2:] for row in table.rows] == [("-", "-")] * len(STEPS)
    assert "snarkjs was left out" in table.note


def test_a_step_that_fails_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError):
        ceremony.large(tmp_path, [], 0, 5, tmp_path / "none.ptau")


def test_every_target_is_a_step_of_the_run_without_options(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing(words: ceremony.Words) -> Usage:
        """No command: the files that it would make, empty."""
        for word in words:
            if isinstance(word, Path):
                word.touch()
        return Usage(seconds=1.0, processor_seconds=1.0, peak_bytes=10**6)

    monkeypatch.setattr(ceremony, "zkpipe", nothing)
    monkeypatch.setattr(ceremony, "snarkjs_words", lambda: None)
    monkeypatch.setattr(ceremony, "dense_chain", lambda _: dense_chain(8))
    assert ceremony.main([]) == 0
    _, large = capsys.readouterr().out.split("### At the sizes")
    told = {row[0]: row[2] for row in rows(large) if row[2] != "-"}
    assert told == {step: f"{must} s" for step, (must, _) in ceremony.TARGETS.items()}
