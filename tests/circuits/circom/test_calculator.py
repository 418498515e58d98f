"""Programs of circom give the witness that circom's own calculator gives, and their errors."""

from __future__ import annotations

import copy
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.vectors.circom.make import INPUTS
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.circuits import ConstraintSystem, Witness
from zkpipe.circuits.circom import WitnessCalculator
from zkpipe.circuits.errors import InputError, UnsatisfiedError
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.reading import FileError

VECTORS = Path(__file__).parents[2] / "vectors" / "circom"
SHAPES: dict[str, Any] = INPUTS["shapes"]


@pytest.fixture(scope="module")
def shapes() -> WitnessCalculator:
    return WitnessCalculator.load(VECTORS / "shapes.wasm")


@pytest.fixture(scope="module")
def unnamed() -> WitnessCalculator:
    """The same without names for its inputs."""
    return WitnessCalculator((VECTORS / "shapes.wasm").read_bytes(), "shapes")


@pytest.mark.parametrize("name", INPUTS)
def test_the_witness_is_circom_s_and_satisfies_its_constraints(name: str, tmp_path: Path) -> None:
    calculator = WitnessCalculator.load(VECTORS / f"{name}.wasm")
    for _ in range(2):  # nothing of one run is there in the next
        witness = calculator.solve(**INPUTS[name])
        witness.save(tmp_path / "ours.wtns")
        assert (tmp_path / "ours.wtns").read_bytes() == (VECTORS / f"{name}.wtns").read_bytes()
    system = ConstraintSystem.load(VECTORS / f"{name}.r1cs")
    system.check(witness)
    assert len(witness.values) == calculator.wire_count == system.wire_count
    assert calculator.version == "2.2.3"


def test_the_numbers_of_a_program(shapes: WitnessCalculator) -> None:
    assert (shapes.name, shapes.input_count) == ("shapes", 11)
    assert shapes.sizes(["grid", "list", "a", "sum", "no", "ä"]) == {
        "grid": 6,
        "list": 3,
        "a": 1,
        "sum": None,
        "no": None,
        "ä": None,
    }
    assert shapes.input_names() == ["a", "list", "grid", "one"]


def public(witness: Witness) -> list[int]:
    return ints_from_words(witness.values[1:4])


def test_public_values_are_what_the_circuit_computes(shapes: WitnessCalculator) -> None:
    total = 2 + (1 * 1 + 2 * 2 + 3 * 3)
    total += sum(10 ** (1 + 3 * j + i) * (4 + 3 * j + i) for j in range(2) for i in range(3))
    assert public(shapes.solve(**SHAPES)) == [total, 25, 5]
    assert public(shapes.solve(**{**SHAPES, "a": "-5"})) == [total, 25, R - 5]
    assert public(shapes.solve(**{**SHAPES, "a": "0x05", "one": True})) == [total - 1, 25, 5]


def test_arrays_are_flat_or_nested_in_any_way(shapes: WitnessCalculator) -> None:
    want = public(shapes.solve(**SHAPES))
    for grid in ([4, 5, 6, 7, 8, 9], [[4, 5], [6, 7], [8, 9]], [[[4], 5, [6, 7]], (8, 9)]):
        assert public(shapes.solve(**{**SHAPES, "grid": grid, "one": 2, "a": [5]})) == want


@pytest.mark.parametrize(
    ("change", "says", "fix"),
    [
        ({"list": [1, 2]}, "`list` takes 3 values, and was given 2.", "as many values"),
        ({"list": [1, 2, 3, 4]}, "`list` takes 3 values, and was given 4.", "as many values"),
        ({"grid": []}, "`grid` takes 6 values, and was given 0.", "as many values"),
        ({"a": [1, 2]}, "`a` takes 1 value, and was given 2.", "as many values"),
        ({"lst": 1}, "shapes has no input `lst`.", "Did you mean `list`?"),
        ({"sum": 1}, "shapes has no input `sum`.", "Its inputs are `a`, `list`, `grid`, `one`."),
        ({"checked.value": 1}, "shapes has no input `checked.value`.", "Its inputs are"),
        ({"list": [1, "x", 3]}, "`list[1]` is a text that is not a number.", "hex digits"),
        ({"list": [1, "007", 3]}, "`list[1]` is a text that is not a number.", "leading zeros"),
        ({"list": [1, 2.0, 3]}, "`list[1]` is a float, not an integer.", "Give an integer"),
        ({"list": [1, None, 3]}, "`list[1]` is None, not an integer.", "Give an integer"),
        ({"grid": [[1, 2, 3], [4, 5, R]]}, "`grid[1][2]` is an integer of r or more", "x % r"),
        ({"grid": [[1, 2, 3], [4, 5, str(-R)]]}, "`grid[1][2]` is an integer of r", "x % r"),
        ({"a": "9" * 79}, "`a` has more digits", "77"),
        ({"a": {"x": 1}}, "shapes has no input `a.x`.", "Its inputs are"),
    ],
)
def test_inputs_that_do_not_fit_are_named(
    shapes: WitnessCalculator, change: dict[str, object], says: str, fix: str
) -> None:
    with pytest.raises(InputError) as caught:
        shapes.solve(**{**SHAPES, **change})
    assert caught.value.problem.startswith(says)
    assert fix in caught.value.fix


@pytest.mark.parametrize("value", ["31415926535897932384626x", 2**254 + 271828182845904523536])
def test_no_message_shows_a_value(shapes: WitnessCalculator, value: object) -> None:
    with pytest.raises(InputError) as caught:
        shapes.solve(**{**SHAPES, "a": value})
    assert str(value) not in str(caught.value)
    assert str(value) in caught.value.explain()


def test_missing_inputs_are_named_as_far_as_names_are_known(
    shapes: WitnessCalculator, unnamed: WitnessCalculator
) -> None:
    given = {"a": 5, "list": [1, 2, 3]}
    with pytest.raises(InputError, match=r"shapes is missing the inputs `grid`, `one`\."):
        shapes.solve(**given)
    with pytest.raises(InputError, match="takes 11 values, and was given 4: inputs are missing"):
        unnamed.solve(**given)
    with pytest.raises(InputError, match="has no input `b`") as caught:
        unnamed.solve(**given, b=1)
    assert "input signals of the main component" in caught.value.fix


def test_a_sym_file_that_lies_names_no_input_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "shapes.wasm").write_bytes((VECTORS / "shapes.wasm").read_bytes())
    (tmp_path / "shapes.sym").write_text("1,1,0,main.password\n2,2,0,main.grid[0][0]\n")
    found = WitnessCalculator.load(tmp_path / "shapes.wasm")
    assert found.input_names() == ["grid"]
    (tmp_path / "shapes.sym").write_bytes(b"\xff no line of a .sym")
    assert WitnessCalculator.load(tmp_path / "shapes.wasm").input_names() == []


def test_names_come_from_where_circom_writes_them(tmp_path: Path) -> None:
    folder = tmp_path / "shapes_js"
    folder.mkdir()
    (folder / "shapes.wasm").write_bytes((VECTORS / "shapes.wasm").read_bytes())
    (tmp_path / "shapes.sym").write_bytes((VECTORS / "shapes.sym").read_bytes())
    assert WitnessCalculator.load(folder / "shapes.wasm").input_names()[0] == "a"


def test_an_assertion_that_fails_is_told_in_circom_s_words(shapes: WitnessCalculator) -> None:
    with pytest.raises(UnsatisfiedError) as caught:
        shapes.solve(**{**SHAPES, "a": 13})
    line = next(
        number
        for number, text in enumerate((VECTORS / "shapes.circom").read_text().splitlines(), 1)
        if "assert(" in text
    )
    inner, outer = caught.value.evidence
    assert inner == f"Error in template Checked_0 line: {line}"
    assert outer.startswith("Error in template Shapes_1 line: ")
    assert caught.value.exit_status == 1
    assert public(shapes.solve(**SHAPES))[1] == 25  # the next run is not troubled by it


def test_what_a_circuit_logs_is_dropped_or_given_line_by_line(
    shapes: WitnessCalculator, capfd: pytest.CaptureFixture[str]
) -> None:
    lines: list[str] = []
    shapes.solve_signals(shapes.bound({**SHAPES, "a": 271828}), lines.append)
    assert lines == ["a is 271828"]
    shapes.solve(**SHAPES)
    assert capfd.readouterr() == ("", "")


def test_buses_are_objects() -> None:
    calculator = WitnessCalculator.load(VECTORS / "bus.wasm")
    inputs = copy.deepcopy(INPUTS["bus"])
    assert calculator.input_names() == ["one.x", "one.y", "many[0].x", "many[0].y", "many[1].x",
                                        "many[1].y"]  # fmt: skip
    witness = calculator.solve(**inputs)
    assert ints_from_words(witness.values[1:2]) == [3 * 4 + 50 + 600 + 7000 + 80000]
    del inputs["many"][1]["y"]
    with pytest.raises(InputError, match=r"missing the input `many\[1\].y`"):
        calculator.solve(**inputs)
    inputs["many"][1]["z"] = 1
    with pytest.raises(InputError, match=r"no input `many\[1\].z`"):
        calculator.solve(**inputs)
    with pytest.raises(InputError, match=r"`one\.x` is given twice"):
        calculator.solve(**INPUTS["bus"], **{"one.x": 3})


def test_lists_too_deep_to_be_inputs_are_refused(shapes: WitnessCalculator) -> None:
    deep: object = 1
    for _ in range(1000):
        deep = [deep]
    bus: object = 1
    for _ in range(1000):
        bus = {"x": bus}
    endless: list[object] = []
    endless += [endless, endless]
    wide: object = [1]
    for _ in range(30):
        wide = [wide, wide]
    for value in (deep, bus, [deep], [bus], endless, wide):
        with pytest.raises(InputError, match="more than 32 lists within each other"):
            shapes.solve(a=value)


def test_a_circuit_without_inputs_takes_none() -> None:
    calculator = WitnessCalculator.load(VECTORS / "none.wasm")
    assert calculator.input_count == 0
    with pytest.raises(InputError, match="has no input `x`"):
        calculator.solve(x=1)
    # circom takes `signal input x[0]` as [], and such a program does not say whether it has it
    assert (calculator.solve(x=[]).values == calculator.solve().values).all()


def test_another_field_is_refused() -> None:
    with pytest.raises(FormatError, match="another field than BN254's"):
        WitnessCalculator.load(VECTORS / "bls12381.wasm")


def test_threads_get_the_witness_of_their_own_inputs(shapes: WitnessCalculator) -> None:
    found: dict[int, int] = {}

    def work(a: int) -> None:
        for _ in range(5):
            found[a] = public(shapes.solve(**{**SHAPES, "a": a}))[1]

    threads = [threading.Thread(target=work, args=(a,)) for a in range(20, 26)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {a: a * a for a in range(20, 26)}


def test_files_that_are_no_program_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError):
        WitnessCalculator.load(tmp_path / "missing.wasm")
    (tmp_path / "a.wasm").write_text(json.dumps(SHAPES))
    with pytest.raises(FormatError, match="is not a WebAssembly program"):
        WitnessCalculator.load(tmp_path / "a.wasm")
