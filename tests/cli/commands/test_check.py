"""check: a witness that satisfies a circuit, and the constraint that one does not satisfy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.workshop import SECRETS, done, invoke, refused
from zkpipe.accel.bn254 import R

VALUE = 32  # bytes; the values are the end of a .wtns


def changed(path: Path, wire: int, value: int) -> Path:
    """A witness with another value of a wire."""
    data = bytearray(path.read_bytes())
    count = int.from_bytes(data[60:64], "little")
    start = len(data) - VALUE * (count - wire)
    data[start : start + VALUE] = value.to_bytes(VALUE, "little")
    other = path.with_name("other.wtns")
    other.write_bytes(data)
    return other


@pytest.mark.usefixtures("shop")
def test_a_right_witness_satisfies_source_and_compiled_circuit() -> None:
    for circuit in ("order.py", "build/order.r1cs"):
        assert "satisfied: all" in done("check", circuit, "order.wtns")
        facts = json.loads(done("check", circuit, "order.wtns", "--json"))
        assert facts["satisfied"]
        assert facts["constraints"] > 10


@pytest.mark.usefixtures("shop")
def test_the_line_that_fails_is_named_and_its_values_only_when_asked_for() -> None:
    other = changed(Path("square.wtns"), 1, 99_999)
    told = refused("check", "square.py", other, says="square.py:", status=1)
    assert "99999" not in told
    asked = invoke("check", "square.py", other, "--show-values")
    assert asked.exit_code == 1
    assert "square.out = 99999" in asked.stderr


@pytest.mark.usefixtures("shop")
def test_a_row_without_a_line_is_named_as_its_equation() -> None:
    other = changed(Path("order.wtns"), 1, 99_999)
    told = refused("check", "order.py", other, says="order.out", status=1)
    assert not any(str(value) in told for value in (99_999, SECRETS["salt"]))
    assert "order.out = 99999" in invoke("check", "order.py", other, "--show-values").stderr


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("wire", [1, 2, 5, -1])
def test_a_row_of_a_compiled_circuit_is_named_as_its_equation(wire: int) -> None:
    names = [line.split(",")[3] for line in Path("build/order.sym").read_text().splitlines()]
    other = changed(Path("order.wtns"), wire % (len(names) + 1), R - 7)
    told = refused("check", "build/order.r1cs", other, says="does not satisfy constraint", status=1)
    number = int(told.split("constraint ")[1].split()[0])
    rows = json.loads(
        done("print", "build/order.r1cs", "--rows", f"{number}:{number + 1}", "--json")
    )
    row = rows["rows"][0]
    concerned = {name for side in "abc" for name in row[side]} - {"one"}
    assert names[wire - 1 if wire > 0 else -1].removeprefix("main.") in concerned
    assert any(name in told for name in concerned)
    assert str(R - 7) not in told
    assert "-7" not in told.split("\n", 2)[2]
    assert " = -7" in invoke("check", "build/order.r1cs", other, "--show-values").stderr


@pytest.mark.usefixtures("shop")
def test_without_a_sym_file_the_message_says_that_names_are_labels() -> None:
    other = changed(Path("order.wtns"), 1, 1)
    Path("build/order.sym").unlink()
    refused("check", "build/order.r1cs", other, says="labels", status=1)


@pytest.mark.usefixtures("shop")
def test_a_witness_of_another_circuit_is_wrong_input() -> None:
    refused("check", "order.py", "square.wtns", says="wires")
    refused("check", "build/order.r1cs", "square.wtns", says="wires")
    refused("check", "square.py", "square.zkey", says="square.zkey")
    refused("check", "square.py", changed(Path("square.wtns"), 1, R), says="below the field")
    refused("check", "square.py", changed(Path("square.wtns"), 0, 2), says="the first value")
