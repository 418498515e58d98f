"""Times of ceremonies: every step is measured, of both tools where snarkjs is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zkpipe.benchmarks import ceremony
from zkpipe.benchmarks.errors import MeasurementError
from zkpipe.benchmarks.provers.peers import snarkjs_words

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


def test_every_target_is_a_step_of_the_run_without_options() -> None:
    steps = {
        *(f"contribute to 2^{power}" for power in (16, 20)),
        *("prepare 2^16", "verify 2^16, five contributions", "verify 2^16, prepared"),
        *("initial key of 2^20", "contribute to a key of 2^20", "verify a key of 2^20"),
    }
    assert set(ceremony.TARGETS) == steps
