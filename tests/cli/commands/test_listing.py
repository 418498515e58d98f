"""print: the rows of a circuit, from its source and from its files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.workshop import done, invoke, refused


def test_source_and_files_have_the_same_rows_and_names(shop: Path) -> None:
    source = json.loads(done("print", "order.py", "--json"))
    files = json.loads(done("print", "build/order.r1cs", "--json"))
    assert source["constraints"] == len(source["rows"]) > 60
    assert {row["source"] for row in files["rows"]} == {None}
    assert [{**row, "source": None} for row in source["rows"]] == files["rows"]
    assert {row["source"] for row in source["rows"]} >= {"order.py:16"}


def test_chosen_rows_keep_their_numbers(shop: Path) -> None:
    every = json.loads(done("print", "order.py", "--json"))["rows"]
    for rows, chosen in (("3:5", every[3:5]), (":2", every[:2]), ("64:", every[64:]), ("900:", [])):
        assert json.loads(done("print", "order.py", "--rows", rows, "--json"))["rows"] == chosen


def test_a_row_stands_on_its_line_with_the_line_of_the_source(shop: Path) -> None:
    assert done("print", "square.py").splitlines()[1].split() == [
        "0", "(square.root)", "*", "(square.root)", "=", "square.out", "square.py:9"
    ]  # fmt: skip


@pytest.mark.parametrize("rows", ["5", "a:b", "-1:3", "1:2:3", "²:"])
def test_rows_that_are_no_range_are_refused(shop: Path, rows: str) -> None:
    result = invoke("print", "square.py", f"--rows={rows}")
    assert result.exit_code == 2
    assert "not like 0:20" in result.stderr


def test_names_of_another_circuit_are_refused_and_missing_ones_are_labels(shop: Path) -> None:
    shutil.copy("build/square.sym", "build/order.sym")
    for command in ("info", "print"):
        refused(command, "build/order.r1cs", says="belongs to another circuit than order")
    Path("build/order.sym").unlink()
    assert json.loads(done("info", "build/order.r1cs", "--json"))["names"] is None
    assert json.loads(done("print", "build/order.r1cs", "--json"))["rows"][0]["a"] == {"9": "1"}


def test_setup_needs_no_names(shop: Path) -> None:
    shutil.copy("build/square.sym", "build/order.sym")
    done("setup", "build/order.r1cs", "again.zkey", "--dev")
