"""The rows of a system as equations that people read, with the names of its wires.

    0   (x) * (x) = square.product_0
    1   0 = square.out - square.product_0

A residue in the upper half of the field is shown as a negative number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.circuits.errors import Source
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.r1cs.r1cs import R1CS

Combination = dict[str, int]  # coefficients by the names of wires, "one" for the constant


@dataclass(frozen=True, slots=True)
class Equation:
    """Row `number` of a system, a * b = c.

    source  the line of the user's text that it comes from; None if that is not known
    """

    number: int
    a: Combination
    b: Combination
    c: Combination
    source: Source | None

    def __str__(self) -> str:
        right = _text(self.c)
        if not self.a or not self.b:
            return f"0 = {right}"
        return f"({_text(self.a)}) * ({_text(self.b)}) = {right}"


def equations(system: R1CS, rows: range) -> Iterator[Equation]:
    """The equations of some rows, in order. Wires without names are called by their labels."""
    names = system.symbols
    listed = ["one", *map(str, system.labels.tolist()[1:])] if names is None else list(names)
    known = [value if value <= R // 2 else value - R for value in _coefficients(system)]
    for row in rows:
        a, b, c = (_entries(m, row, known, listed) for m in (system.a, system.b, system.c))
        yield Equation(row, a, b, c, _source(system, row))


def _coefficients(system: R1CS) -> list[int]:
    return ints_from_words(system.coefficients)


def _entries(
    matrix: SparseMatrix, row: int, known: Sequence[int], names: Sequence[str]
) -> Combination:
    entries = slice(int(matrix.starts[row]), int(matrix.starts[row + 1]))
    wires, numbers = matrix.wires[entries].tolist(), matrix.values[entries].tolist()
    return {names[wire]: known[number] for wire, number in zip(wires, numbers, strict=True)}


def _source(system: R1CS, row: int) -> Source | None:
    program = system.program
    if program is None:
        return None
    place = program.origins[program.origin_of_row[row]].site.place
    return None if place is None else place.source()


def _text(combination: Combination) -> str:
    """As in algebra, the constant last."""
    terms = [(name, value) for name, value in combination.items() if name != "one"]
    terms += [(name, value) for name, value in combination.items() if name == "one"]
    text = ""
    for name, value in terms:
        sign = "-" if value < 0 else "+"
        size = abs(value)
        term = f"{size}" if name == "one" else name if size == 1 else f"{size} {name}"
        text += f" {sign} {term}" if text else f"{'-' if value < 0 else ''}{term}"
    return text or "0"
