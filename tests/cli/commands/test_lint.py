"""zkpipe lint: verdict, names, findings and exit statuses, of Python and of .r1cs files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.circuits.soundness.systems import Row, equal, system_of
from tests.cli.workshop import CIRCUITS, done, invoke, refused

LOOSE = """
from zkpipe.circuits import Field, Private, Public, UInt, check, circuit, hint

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
    assert "\\n" not in result.stdout  # what goes below it has lines of its own
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


def test_a_circuit_without_public_values_is_safe_and_told_so(loose: Path) -> None:
    loose.write_text(
        "from zkpipe import Private, UInt, check, circuit\n\n@circuit\n"
        "def ordered(x: Private[UInt[8]], y: Private[UInt[8]]) -> None:\n    check(x < y)\n"
    )
    told = done("lint", loose)
    assert "SAFE" in told
    assert "no public values: a proof says only that some inputs pass all checks" in told


def test_the_verdict_says_that_waived_hints_are_taken_as_given(loose: Path) -> None:
    loose.write_text(LOOSE.replace("returns=Field)", "returns=Field, waive='a test')"))
    told = invoke("lint", loose).stdout
    assert "SAFE: the inputs determine every value, given what waived hints return." in told
    assert "The output `out` is not proved to follow from the inputs without" in told


def test_compile_refuses_what_lint_tells(loose: Path) -> None:
    refused("compile", loose, "--out", "build", says="`y` is not determined by the inputs")


def test_an_r1cs_has_the_names_of_the_sym_beside_it_or_given(loose: Path) -> None:
    from zkpipe.circuits.formats.sym import write_sym
    from zkpipe.cli.authors.circuit_file import load_traced_system
    from zkpipe.cli.authors.circuit_name import CircuitName

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


def test_a_file_that_only_checks_is_asked_about_its_wires(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An is-zero without its second row: whoever proves makes it one, whatever the inputs are."""
    monkeypatch.chdir(tmp_path)
    difference: dict[int, int] = {1: 1, 2: -1}
    broken: Row = (difference, {3: 1}, {0: 1, 4: -1})
    asserted, second = equal({4: 1, 0: -1}), (difference, {4: 1}, {})
    system_of([broken, asserted], 0, 2, 5).save("broken.r1cs")
    system_of([broken, second, asserted], 0, 2, 5).save("right.r1cs")
    told = invoke("lint", "broken.r1cs")
    assert told.exit_code == 1
    assert "UNSAFE" in told.stdout
    assert "Not determined: wire 3" in told.stdout
    assert (
        "SAFE: the inputs determine every wire but the inverses that is-zero leaves free"
        in done("lint", "right.r1cs")
    )
    asked = invoke("lint", "right.r1cs", "--every-wire", "--json")
    assert asked.exit_code == 1
    facts = json.loads(asked.stdout)
    assert (facts["verdict"], facts["question"]) == ("unsafe", "every wire")
    assert facts["undetermined"] == ["wire 3"]


def test_every_wire_of_a_circuit_in_python_is_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("same.py").write_text(
        "from zkpipe.circuits import Bool, Field, Private, Public, circuit\n\n\n@circuit\n"
        "def same(x: Private[Field], y: Private[Field]) -> Public[Bool]:\n    return x == y\n"
    )
    assert "SAFE: the inputs determine every value." in done("lint", "same.py")
    asked = invoke("lint", "same.py", "--every-wire")
    assert asked.exit_code == 1
    assert "UNSAFE: two witnesses agree on the inputs and differ" in asked.stdout
    assert "Not determined: same.inverse_0" in asked.stdout


def test_inputs_that_a_compiler_took_away_are_no_wires(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """circom's own file of a root of either sign beside an input that nothing uses."""
    monkeypatch.chdir(tmp_path)
    rows = [({3: 1}, {3: 1}, {2: 1}), ({2: -1}, {2: 1}, {1: -1, 3: 1})]
    written = system_of(rows, 1, 2, 4)
    replace(written, labels=np.array([0, 1, 2, 4], np.uint64), label_count=5).save("shift.r1cs")
    lines = ["1,1,0,main.side", "2,2,0,main.area", "3,-1,0,main.unused", "4,3,0,main.s"]
    Path("shift.sym").write_text("\n".join([*lines, ""]))
    told = invoke("lint", "shift.r1cs")
    assert told.exit_code == 1
    assert "UNSAFE" in told.stdout
    assert "Not determined: side" in told.stdout
    assert "The private input `unused` has no wire" in told.stdout
    assert "compile with --O0" in told.stdout
    counts = json.loads(done("info", "shift.r1cs", "--json"))
    assert counts["private_inputs"] == 2
    assert counts["names"]["private_inputs"] == ["area", "unused"]


def test_a_circuit_whose_wires_are_all_inputs_says_that_there_is_nothing_to_determine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    system_of([({1: 1}, {2: 1}, {3: 1})], 0, 3, 4).save("inputs.r1cs")
    told = invoke("lint", "inputs.r1cs").stdout
    assert "SAFE: the inputs determine all there is: every wire is an input, or free" in told
