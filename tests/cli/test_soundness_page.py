"""docs/soundness.md: its circuits run, and its error is the one that they get."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from circuits import UnderconstrainedError
from circuits.language.circuit import Circuit
from cli.circuit_file import _run

PAGE = Path(__file__).resolve().parents[2] / "docs" / "soundness.md"
BLOCK = re.compile(r"^```([\w ]+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
PROGRAMS = [text for kind, text in BLOCKS if kind.startswith("python")]
UNSOUND = {"copied", "ratio"}  # those whose verdict the page asserts itself


def run(text: str, folder: Path, name: str = "square_side") -> ModuleType:
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    return _run(path)


def circuits(module: ModuleType) -> list[Circuit]:
    return [value for value in vars(module).values() if isinstance(value, Circuit)]


def test_the_first_circuit_gets_the_error_that_stands_below_it(tmp_path: Path) -> None:
    (circuit,) = circuits(run(PROGRAMS[0], tmp_path))
    with pytest.raises(UnderconstrainedError) as caught:
        circuit.compile()
    (shown,) = [text for kind, text in BLOCKS if kind == "text"]
    assert f"UnderconstrainedError: {caught.value}\n" == shown


@pytest.mark.parametrize("number", range(1, len(PROGRAMS)))
def test_every_other_program_runs_and_its_circuits_compile(number: int, tmp_path: Path) -> None:
    found = circuits(run(PROGRAMS[number], tmp_path, f"program_{number}"))
    assert found
    for circuit in found:
        if circuit.name in UNSOUND:
            with pytest.raises(UnderconstrainedError):
                circuit.compile()
        else:
            circuit.compile()


def test_the_circuits_of_the_page_compute(tmp_path: Path) -> None:
    systems = {
        c.name: c.compile()
        for i, text in enumerate(PROGRAMS[1:])
        for c in circuits(run(text, tmp_path, f"run_{i}"))
        if c.name not in UNSOUND
    }
    assert systems["square_side"].solve(area=144).public == [12, 144]
    assert systems["seventh"].solve(x=100).public == [14]
    assert systems["composite"].solve(n=91).public == [91]
    assert set(systems) == {"square_side", "seventh", "composite", "ratio_of_nonzero"}
