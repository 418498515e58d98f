"""Constraint systems written row by row, by the names of their wires, as circom compiles them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import words_from_ints
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.circuits.witness import Witness


class Sum(dict[str, int]):
    """A linear combination of wires by name; "one" is the constant."""

    def __add__(self, other: Sum | int) -> Sum:
        out = Sum(self)
        for name, value in _as_sum(other).items():
            out[name] = (out.get(name, 0) + value) % R
        return Sum({name: value for name, value in out.items() if value})

    __radd__ = __add__

    def __mul__(self, factor: int) -> Sum:
        return Sum({name: value * factor % R for name, value in self.items() if factor % R})

    __rmul__ = __mul__

    def __sub__(self, other: Sum | int) -> Sum:
        return self + _as_sum(other) * -1

    def __rsub__(self, other: int) -> Sum:
        return _as_sum(other) - self


def _as_sum(value: Sum | int) -> Sum:
    return value if isinstance(value, Sum) else Sum({"one": value % R} if value % R else {})


class Rows:
    """A system that grows: wires by name, and rows a * b = c.

    outputs, public, private  names of wires, separated by blanks; any other name is internal
    """

    def __init__(self, name: str, outputs: str = "", public: str = "", private: str = "") -> None:
        self.name = name
        self.parts = [part.split() for part in (outputs, public, private)]
        self.names = ["one", *(name for part in self.parts for name in part)]
        self.rows: list[tuple[Sum, Sum, Sum]] = []

    def __getitem__(self, name: str) -> Sum:
        """A wire; an internal one is there from its first use on."""
        if name not in self.names:
            self.names.append(name)
        return Sum({name: 1})

    def row(self, a: Sum | int, b: Sum | int, c: Sum | int) -> None:
        """Constrain a * b to be c."""
        self.rows.append((_as_sum(a), _as_sum(b), _as_sum(c)))

    def equal(self, x: Sum | int, y: Sum | int) -> None:
        """Constrain two sums to be equal, as circom does: 0 * 0 = x - y."""
        self.row(0, 0, _as_sum(x) - _as_sum(y))

    def bit(self, x: Sum) -> None:
        """Constrain a sum to be 0 or 1."""
        self.row(x, x - 1, 0)

    def system(self) -> ConstraintSystem:
        """The rows as a system like one from an .r1cs file with its .sym file."""
        known: dict[int, int] = {}
        sides = [self._matrix([row[side] for row in self.rows], known) for side in range(3)]
        return ConstraintSystem(
            name=self.name,
            a=sides[0],
            b=sides[1],
            c=sides[2],
            coefficients=words_from_ints(known),
            wire_count=len(self.names),
            output_count=len(self.parts[0]),
            public_input_count=len(self.parts[1]),
            private_input_count=len(self.parts[2]),
            labels=np.arange(len(self.names), dtype=np.uint64),
            symbols=self.names,
        )

    def witness(self, values: Mapping[str, int]) -> Witness:
        """A witness by name; every wire must have a value."""
        every = {"one": 1, **values}
        assert set(every) == set(self.names), set(every) ^ set(self.names)
        words = words_from_ints(every[name] % R for name in self.names)
        return Witness(words, len(self.parts[0]) + len(self.parts[1]))

    def _matrix(self, sums: Iterable[Sum], known: dict[int, int]) -> SparseMatrix:
        starts, wires, numbers = [0], [], []
        for entries in sums:
            for name in sorted(entries, key=self.names.index):
                wires.append(self.names.index(name))
                numbers.append(known.setdefault(entries[name], len(known)))
            starts.append(len(wires))
        return SparseMatrix(
            np.array(starts, np.int64), np.array(wires, np.uint32), np.array(numbers, np.uint32)
        )
