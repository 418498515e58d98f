"""The page of costs says what gadgets cost now, and what circomlib's templates do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.long_form import IS_LONG
from zkpipe.benchmarks.gadgets.circomlib import TEMPLATES, figures, measured
from zkpipe.benchmarks.gadgets.counting import Counts
from zkpipe.benchmarks.gadgets.page import cost, page
from zkpipe.benchmarks.gadgets.statements import SECTIONS, Statement
from zkpipe.circuits import gadgets

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "gadgets.md").read_text()
STATEMENTS = [statement for section in SECTIONS.values() for statement in section]
SMALL = ["Num2Bits_strict", "BabyDbl", "Poseidon(2)"]
WITHOUT_ROWS = {  # or with those of another one
    "ElGamalCiphertext",
    "Gap",
    "GapTree",
    "MerkleBatch",
    "MerklePath",
    "MerkleTree",
    "Signature",
    "SparseChange",
    "SparseMerkleTree",
    "SparsePath",
    "StoredSparseMerkleTree",
    "argmax",
    "check_merkle_membership",
    "from_bits",
    "from_words",
    "merkle_append",
    "merkle_leaf",
    "merkle_root_of_children",
    "merkle_root_of_many",
    "merkle_root_of_pairs",
    "pack",
    "poseidon2_permutation",
    "poseidon_many",
    "rotate_right",
    "stream_decrypt",
    "to_words",
    "unpack",
}


def figures_of(gadget: str) -> list[int]:
    """Rows, wires and entries of a gadget, as the page has them."""
    (line,) = [
        row for row in PAGE.splitlines() if row.startswith((f"| {gadget} |", f"| {gadget} ("))
    ]
    return [int(cell.replace(",", "")) for cell in line.split(" | ")[1:4]]


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.gadget)
def test_a_gadget_costs_what_the_page_says_and_no_more_than_circomlibs(
    statement: Statement,
) -> None:
    now = cost(statement)
    assert [*now] == figures_of(statement.gadget)
    if statement.circomlib:
        assert now.rows <= figures()[statement.circomlib].rows
    if statement.target and now.rows > int(statement.target.replace(",", "")):
        assert statement.note  # says why


def test_the_page_is_written_by_its_command() -> None:
    known = {s.gadget: Counts(*figures_of(s.gadget)) for s in STATEMENTS}
    assert page(known) == PAGE


def test_every_gadget_is_on_the_page() -> None:
    assert [name for name in gadgets.__all__ if name not in WITHOUT_ROWS and name not in PAGE] == []


@pytest.mark.parametrize("template", list(TEMPLATES) if IS_LONG else SMALL)
def test_circomlibs_figures_are_those_of_its_templates(template: str) -> None:
    modules = ROOT / "node_modules"
    if shutil.which("node") is None or not (modules / "circomlib").is_dir():
        pytest.skip("circomlib is not installed: run `npm ci`")
    assert measured(template, modules) == figures()[template]
