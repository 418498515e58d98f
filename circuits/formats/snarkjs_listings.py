"""Witnesses and constraint systems as the JSON that snarkjs exports, byte for byte.

    snarkjs wtns export json    a list of the values, as texts of decimal digits
    snarkjs r1cs export json    the header's numbers; the constraints, each of three objects whose
                                names are wires; `map`, the label of each wire; no custom gates

Source: iden3/snarkjs 0.7.6, wtns_export_json and r1cs_export_json, and the files it writes: each
value on a line of its own, one space a level, nothing between the brackets of what is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, ints_from_words
from zkpipe.circuits.formats.r1cs import GATE_LIST, GATE_USES, MAGIC, VERSION
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.r1cs.r1cs import R1CS
from zkpipe.ground.files.binfile import read_binfile
from zkpipe.ground.files.writing import atomic_write

CHUNK = 1 << 14  # values or constraints that are written at a time


def write_wtns_json(path: Path, values: Words) -> None:
    """Write the values of a witness; only its owner may read the file.

    values  (n, 4) uint64, canonical

    Raises FileError if it cannot be written.
    """
    with atomic_write(path, secret=True) as file:
        for piece in _list(_values(values), 0):
            file.write(piece.encode("ascii"))


def write_r1cs_json(path: Path, system: R1CS, source: Path) -> None:
    """Write a constraint system as it was read from the .r1cs `source`.

    Whether that has sections for custom gates, which are empty, is told too.

    Raises FileError if it cannot be written, or `source` not be read again.
    """
    file = read_binfile(source, MAGIC, VERSION)
    has_gates = GATE_LIST in file and GATE_USES in file
    with atomic_write(path) as out:
        for piece in _system(system, has_gates):
            out.write(piece.encode("ascii"))


def _system(system: R1CS, has_gates: bool) -> Iterator[str]:
    members = {
        "n8": "32",
        "prime": f'"{R}"',
        "nVars": str(system.wire_count),
        "nOutputs": str(system.output_count),
        "nPubInputs": str(system.public_input_count),
        "nPrvInputs": str(system.private_input_count),
        "nLabels": str(system.label_count),
        "nConstraints": str(system.constraint_count),
        "useCustomGates": str(has_gates).lower(),
    }
    yield "{\n" + "".join(f' "{name}": {value},\n' for name, value in members.items())
    yield ' "constraints": '
    yield from _list(_constraints(system), 1)
    yield ',\n "map": '
    yield from _list(map(str, system.labels.tolist()), 1)
    yield ',\n "customGates": [\n ],\n "customGatesUses": [\n ]\n}'


def _values(values: Words) -> Iterator[str]:
    for first in range(0, len(values), CHUNK):
        yield from (f'"{value}"' for value in ints_from_words(values[first : first + CHUNK]))


def _constraints(system: R1CS) -> Iterator[str]:
    """Each with its lines, as they stand in the list of constraints."""
    texts = [f'"{value}"' for value in ints_from_words(system.coefficients)]
    rows = [_rows(matrix, texts) for matrix in (system.a, system.b, system.c)]
    for a, b, c in zip(*rows, strict=True):
        yield f"[\n   {a},\n   {b},\n   {c}\n  ]"


def _rows(matrix: SparseMatrix, texts: list[str]) -> Iterator[str]:
    """The rows of a matrix as objects; wires ascend, as the names of an object do in JavaScript."""
    for first in range(0, matrix.row_count, CHUNK):
        starts = matrix.starts[first : first + CHUNK + 1].tolist()
        wires = matrix.wires[starts[0] : starts[-1]].tolist()
        values = matrix.values[starts[0] : starts[-1]].tolist()
        entries = [f'\n    "{w}": {texts[v]}' for w, v in zip(wires, values, strict=True)]
        for begin, end in pairwise(starts):
            yield "{" + ",".join(entries[begin - starts[0] : end - starts[0]]) + "\n   }"


def _list(items: Iterable[str], depth: int) -> Iterator[str]:
    """A list at some depth of the whole, CHUNK of its items in one text."""
    indent = " " * depth
    yield "["
    before = "\n "
    held: list[str] = []
    for item in items:
        held.append(f"{before}{indent}{item}")
        before = ",\n "
        if len(held) == CHUNK:
            yield "".join(held)
            held.clear()
    yield "".join(held) + f"\n{indent}]"
