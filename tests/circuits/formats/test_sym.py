from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.circuits.formats.hostile_files import accepted_mutations, assert_refused
from zkpipe.circuits.formats.sym import (
    LONGEST,
    Symbol,
    read_public_names,
    read_sym,
    with_names,
    write_sym,
)
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.ground.errors import FormatError, ShapeError

VECTORS = Path(__file__).parents[2] / "vectors" / "formats"
CIRCOM = (VECTORS / "bits.sym").read_bytes()
NAMES = ["one", "out", "tree.root", "tree.path[0]", "tree.path[1]", "tree.hash.state[2]"]


def named(names: list[str] | None) -> ConstraintSystem:
    """A system without rows, whose public value is its first wire; labels leave some out."""
    count = len(NAMES)
    rows = SparseMatrix(np.zeros(1, np.int64), np.zeros(0, np.uint32), np.zeros(0, np.uint32))
    return ConstraintSystem(
        name="named",
        a=rows,
        b=rows,
        c=rows,
        coefficients=np.zeros((0, 4), np.uint64),
        wire_count=count,
        output_count=1,
        public_input_count=0,
        private_input_count=0,
        labels=np.array([0, 1, *range(4, 2 * count, 2)], np.uint64),
        symbols=names,
    )


def test_reads_the_names_that_circom_wrote() -> None:
    symbols = read_sym(VECTORS / "bits.sym")
    assert symbols[0] == Symbol(1, 1, 0, "main.square")
    assert symbols[3] == Symbol(4, None, 0, "main.unused")
    assert [s.name for s in symbols[4:12]] == [f"main.bits[{i}]" for i in range(8)]
    assert len(symbols) == 13


def test_labels_and_wires_agree_with_the_r1cs() -> None:
    labels = ConstraintSystem.load(VECTORS / "bits.r1cs").labels
    for symbol in read_sym(VECTORS / "bits.sym"):
        if symbol.wire is not None:
            assert labels[symbol.wire] == symbol.label


def test_every_wire_but_the_constant_one_gets_a_line(tmp_path: Path) -> None:
    write_sym(tmp_path / "a.sym", named(NAMES))
    assert (tmp_path / "a.sym").read_text().splitlines() == [
        "1,1,0,main.out",
        "4,2,1,main.tree.root",
        "6,3,1,main.tree.path[0]",
        "8,4,1,main.tree.path[1]",
        "10,5,2,main.tree.hash.state[2]",
    ]
    assert [s.wire for s in read_sym(tmp_path / "a.sym")] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("name", ["a,b", "a\nb", "a\rb", "a\0", "\x1b[31m"])
def test_a_name_that_no_line_holds_is_refused_and_nothing_written(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(ShapeError, match="does not fit"):
        write_sym(tmp_path / "a.sym", named([*NAMES[:-1], name]))
    assert list(tmp_path.iterdir()) == []


def test_a_loaded_system_has_no_names_to_write(tmp_path: Path) -> None:
    with pytest.raises(ShapeError, match="has no names"):
        write_sym(tmp_path / "a.sym", named(None))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n",
        b"1,1,0,main.a",
        b"1,1,0\n",
        b"1,1,0,\n",
        b"1,1,0,main.a,b\n",
        b"1,-2,0,main.a\n",
        b"-1,1,0,main.a\n",
        b"1,1,0,main.a\n\n2,2,0,main.b\n",
        b"1,1,0,main.a\r\n",
        b"1 ,1,0,main.a\n",
        b"1e2,1,0,main.a\n",
        b"0x1,1,0,main.a\n",
        "١,1,0,main.a\n".encode(),
        b"1,1,0,main.\xff\n",
        b"1,1,0,main.\x00\n",
        b"1,1,0,main.\x1b[31m\n",
        b"1" * 5000 + b",1,0,main.a\n",
        b"01,1,0,main.a\n",
        b"1,00,0,main.a\n",
        b"1,1,007,main.a\n",
        b"r1cs\1\0\0\0",
    ],
)
def test_a_line_that_is_not_as_described_is_refused(tmp_path: Path, text: bytes) -> None:
    error = assert_refused(read_sym, tmp_path / "a.sym", repr(text), text)
    assert isinstance(error, FormatError)


def test_truncations_are_refused_unless_they_end_a_line(tmp_path: Path) -> None:
    for size in range(len(CIRCOM)):
        if not CIRCOM[:size].endswith(b"\n"):
            assert_refused(read_sym, tmp_path / "a.sym", f"{size} bytes", CIRCOM[:size])


def test_mutations_are_refused_or_read_as_symbols(tmp_path: Path) -> None:
    for what, symbols in accepted_mutations(read_sym, tmp_path / "a", CIRCOM, seed=3, count=400):
        assert isinstance(symbols, list)
        assert all(s.name.isprintable() and s.label >= 0 for s in symbols), what


def test_a_systems_wires_get_the_names_of_their_labels() -> None:
    system = with_names(ConstraintSystem.load(VECTORS / "bits.r1cs"), VECTORS / "bits.sym")
    assert system.symbols is not None
    assert system.symbols[:4] == ["one", "square", "y", "x"]
    assert len(system.symbols) == system.wire_count


def test_names_written_and_read_are_the_same(tmp_path: Path) -> None:
    write_sym(tmp_path / "a.sym", named(NAMES))
    assert with_names(named(None), tmp_path / "a.sym").symbols == NAMES


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("1,1,0,main.square\n", "", "no name for wire 1 with the label 1"),
        ("1,1,0,main.square\n", "1,2,0,main.square\n", "no name for wire 1"),
        ("1,1,0,main.square\n", "1,-1,0,main.square\n", "no name for wire 1"),
        ("1,1,0,main.square\n", "1,1,0,main.square\n1,1,0,main.other\n", "label 1 twice"),
    ],
)
def test_a_sym_file_of_another_circuit_is_refused(
    tmp_path: Path, before: str, after: str, says: str
) -> None:
    text = CIRCOM.decode()
    assert before in text
    (tmp_path / "a.sym").write_text(text.replace(before, after))
    with pytest.raises(FormatError, match=says):
        with_names(ConstraintSystem.load(VECTORS / "bits.r1cs"), tmp_path / "a.sym")


LARGE = {
    "a label of 2^64": f"{2**64},1,0,main.a",
    "a label of 20 digits": "99999999999999999999,1,0,main.a",
    "a wire of 2^32": f"1,{2**32},0,main.a",
    "a component of 2^32": f"1,1,{2**32},main.a",
}


def test_a_line_of_any_length_is_one_line(tmp_path: Path) -> None:
    """One of 65,536 bytes was two: what stood behind them was read as a signal of its own."""
    head = b"1,1,0,main."
    data = head + b"a" * (LONGEST - len(head)) + b"2,2,0,main.b\n"
    error = assert_refused(read_sym, tmp_path / "a.sym", "long", data)
    assert error.problem.endswith("line 1 has more than 65536 bytes.")
    (tmp_path / "a.sym").write_bytes(data[: LONGEST - 1] + b"\n")
    assert len(read_sym(tmp_path / "a.sym")) == 1


def test_a_public_value_with_two_names_has_none(tmp_path: Path) -> None:
    (tmp_path / "a.sym").write_text("1,1,0,main.a\n1,1,0,main.b\n2,2,0,main.c\n")
    with pytest.raises(FormatError, match="names the label 1 twice"):
        read_public_names(tmp_path / "a.sym", 2)


@pytest.mark.parametrize("name", LARGE)
def test_numbers_that_no_r1cs_has_are_refused(tmp_path: Path, name: str) -> None:
    assert_refused(read_sym, tmp_path / "a.sym", name, (LARGE[name] + "\n").encode())


def test_the_largest_numbers_are_read(tmp_path: Path) -> None:
    line = f"{2**64 - 1},{2**32 - 1},{2**32 - 1},main.a\n"
    (tmp_path / "a.sym").write_text(line)
    assert read_sym(tmp_path / "a.sym") == [Symbol(2**64 - 1, 2**32 - 1, 2**32 - 1, "main.a")]
