"""zkpipe lint: verdict, names, findings and exit statuses, of Python and of .r1cs files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.workshop import CIRCUITS, done, invoke, refused

LOOSE = """
from circuits import Field, Private, Public, UInt, check, circuit, hint

@circuit
def loose(x: Private[Field], unused: Private[Field]) -> Public[Field]:
    y = hint(lambda x: x, x, returns=Field)
    check(y * y == x * x)
    return y
"""


@pytest.fixture
def loose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "loose.py"
    path.write_text(LOOSE)
    return path


def test_a_sound_circuit_is_safe() -> None:
    assert "SAFE: the inputs determine every value" in done("lint", CIRCUITS / "square.py")


def test_an_unsound_circuit_is_told_with_its_line_and_findings(loose: Path) -> None:
    result = invoke("lint", loose)
    assert result.exit_code == 1
    assert "UNSAFE: `y` is not determined by the inputs" in result.stdout
    assert "loose.py:6     y = hint(" in result.stdout
    assert "The private input `unused` is in no constraint" in result.stdout


def test_json_has_the_counterexample(loose: Path) -> None:
    result = invoke("lint", loose, "--json")
    assert result.exit_code == 1
    facts = json.loads(result.stdout)
    assert facts["verdict"] == "unsafe"
    assert facts["undetermined"] == ["loose.out"]
    assert list(facts["counterexample"]["inputs"]) == ["x", "unused"]
    ((name, (first, second)),) = facts["counterexample"]["values"].items()
    assert name == "loose.out"
    assert first != second
    assert [finding["kind"] for finding in facts["findings"]] == ["unused-private-input"]


def test_a_warning_alone_is_found_too(loose: Path) -> None:
    loose.write_text(LOOSE.replace("returns=Field)", "returns=Field, waive='a test')"))
    result = invoke("lint", loose, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["verdict"] == "safe"


def test_compile_refuses_what_lint_tells(loose: Path) -> None:
    refused("compile", loose, "--out", "build", says="`y` is not determined by the inputs")


def test_an_r1cs_has_the_names_of_the_sym_beside_it_or_given(loose: Path) -> None:
    from circuits.formats.sym import write_sym
    from cli.circuit_file import load_traced_system
    from cli.circuit_name import CircuitName

    system = load_traced_system(CircuitName(loose), None)
    system.save("c.r1cs")
    bare = invoke("lint", "c.r1cs", "--json")
    assert json.loads(bare.stdout)["undetermined"] == ["wire 1"]
    write_sym(Path("names.sym"), system)
    given = invoke("lint", "c.r1cs", "--sym", "names.sym", "--json")
    assert json.loads(given.stdout)["undetermined"] == ["loose.out"]
    Path("names.sym").rename("c.sym")
    beside = invoke("lint", "c.r1cs")
    assert "Not determined: loose.out" in beside.stdout
    assert beside.exit_code == 1


def test_names_for_a_circuit_that_has_some_are_refused(loose: Path) -> None:
    refused("lint", loose, "--sym", "c.sym", says="has names of its own")
