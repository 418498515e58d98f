"""INPUT.json with objects for records, and numbers or decimal digits for Fixed ones."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.workshop import CIRCUITS, done, refused
from zkpipe.circuits import ConstraintSystem, Witness

MARK = "271828.1828"
LOAN = {"amount": "1000.5", "rate": 0.03125, "payments": ["0.25", 100]}
GOOD: dict[str, Any] = {"loan": LOAN, "month": "1", "ceiling": "0.05"}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(CIRCUITS / "loan.py", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_records_and_numbers_go_from_json_into_a_witness(desk: Path) -> None:
    Path("input.json").write_text(json.dumps(GOOD))
    done("witness", "loan.py", "input.json", "loan.wtns")
    public = Witness.load("loan.wtns").public_for
    done("compile", "loan.py", "--out", "build")
    interest, month, ceiling = public(ConstraintSystem.load("build/loan.r1cs"))
    assert interest == 900.5 * 0.03125 * 4096
    assert (month, ceiling) == (1, round(0.05 * 4096))
    symbols = Path("build/loan.sym").read_text()
    assert "loan.loan.payments[1]" in symbols


CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "a misspelt field": ({"loan": LOAN | {"ratee": 1}}, "`loan` has no field `ratee`"),
    "a missing field": ({"loan": {"amount": 1, "rate": 1}}, "missing the field `payments`"),
    "a list for a record": ({"loan": [1, 2, [3, 4]]}, "takes the record Loan"),
    "a number too large": ({"loan": LOAN | {"rate": MARK}}, "`loan.rate` takes a Fixed"),
    "a text that is not a number": ({"loan": LOAN | {"payments": ["1", "1e2"]}}, "payments[1]"),
    "true for a number": ({"ceiling": True}, "`ceiling` takes a Rounded[Fixed"),
    "a number between units": ({"loan": LOAN | {"rate": 0.1}}, "between two of them"),
    "a number just above a unit": (
        {"loan": LOAN | {"rate": "0.03125000000000000000000001"}},
        "between two of them",
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_what_does_not_fit_is_refused_by_its_path(desk: Path, case: str) -> None:
    changes, says = CHANGES[case]
    Path("bad.json").write_text(json.dumps(GOOD | changes))
    assert MARK not in refused("witness", "loan.py", "bad.json", "out.wtns", says=says)


def test_a_failing_check_on_numbers_names_its_line(desk: Path) -> None:
    Path("dear.json").write_text(json.dumps(GOOD | {"ceiling": 0.03}))
    says = "the rate is above the ceiling"
    refused("witness", "loan.py", "dear.json", "out.wtns", says=says, status=1)


def test_a_number_in_json_is_what_its_text_says(desk: Path) -> None:
    """As a float it would be 0.03125, which passes."""
    text = json.dumps(GOOD).replace("0.03125", "0.03125000000000000000000001")
    Path("near.json").write_text(text)
    refused("witness", "loan.py", "near.json", "out.wtns", says="between two of them")
