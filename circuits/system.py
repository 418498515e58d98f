"""A compiled circuit: its rank-1 constraint system, what is needed to solve it, and its witnesses.

Row i of a system says (A_i . w) * (B_i . w) = C_i . w over Fr, w the witness. Wires are ordered as
circom orders them: 0 is the constant one, then outputs, public inputs, private inputs, internals.

A label numbers a signal of the source: 0 is the constant one, then outputs, public inputs, private
inputs, all others. The constant and the public values have a wire each, whose number is the label.
A private input that no constraint uses may have none: circom takes it away, and counts it still. So
which wires are inputs is said by labels, never by counting wires (`input_wires`).

    SparseMatrix       rows of A, B or C; coefficients by number in the system's dictionary
    ConstraintSystem   the three matrices, the counts, the names of wires, the solver's program
    Witness            one value for each wire, canonical

Source: iden3's r1cs and wtns binary formats, for the order of wires and the meaning of labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.fields.limbs import Words, ints_from_words
from zkpipe.circuits.errors import CircuitWarning, InputError
from zkpipe.circuits.system_rules import check_system
from zkpipe.ground.errors import ShapeError
from zkpipe.ground.kinds import describe, require_path, shown_number
from zkpipe.ground.remade import Remade

if TYPE_CHECKING:
    from zkpipe.circuits.solve.program import Program


_SOLVE = "Take the witness as solve() or Witness.load gave it."


class HasPublicCount(Protocol):
    """Anything that knows how many public values it has: a constraint system, a key."""

    @property
    def public_count(self) -> int:
        """The number of public values, outputs and public inputs."""
        ...


class HasPublicNames(HasPublicCount, Protocol):
    """Anything that may know the names of its public values: a constraint system, a key."""

    @property
    def public_names(self) -> tuple[str, ...] | None:
        """A name for each public value, or None."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class SparseMatrix(Remade):
    """Rows of a matrix over Fr, compressed: row i has the entries starts[i] to starts[i + 1].

    starts  (m + 1,) int64   begins with 0, never falls
    wires   (nnz,) uint32    column of each entry; within a row ascending, no wire twice
    values  (nnz,) uint32    number of its coefficient in the system's dictionary
    """

    starts: NDArray[np.int64]
    wires: NDArray[np.uint32]
    values: NDArray[np.uint32]

    @property
    def row_count(self) -> int:
        """The number of rows."""
        return len(self.starts) - 1


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Witness(Remade):
    """A value for every wire of a system.

    values        (n, 4) uint64   canonical, below r; values[0] is one
    public_count  outputs and public inputs; None if read from a .wtns, which does not say

    What these are is checked where they are used.
    """

    values: Words
    public_count: int | None

    def __repr__(self) -> str:
        return f"<witness of {self._count()} values>"  # which are private

    @property
    def public(self) -> list[int]:
        """The public values: outputs, then public inputs.

        Raises InputError for a witness that was read from a file: use `public_for`.
        """
        if self.public_count is None:
            raise InputError(
                "This witness comes from a .wtns file, which does not say how many values are "
                "public.",
                "Ask with the system or the key it belongs to: witness.public_for(system).",
            )
        return self._first(self.public_count)

    def public_for(self, owner: HasPublicCount) -> list[int]:
        """The public values, as many as `owner` (a system or a key) has.

        Raises InputError if the witness is too short for it.
        """
        count = getattr(owner, "public_count", None)
        if count is None:
            raise InputError(
                f"public_for() takes a system or a key, and was given {describe(owner)}.",
                "Give the system or the key that belongs to this witness.",
            )
        return self._first(count)

    def named_public_for(self, owner: HasPublicNames) -> dict[str, int]:
        """The public values by the names that `owner` (a system or a key) has for them.

        Raises InputError if it has none, or the witness is too short for it.
        """
        names = getattr(owner, "public_names", None)
        if names is None:
            raise InputError(
                "The names of the public values are not known here.",
                "Ask with the system that the circuit was compiled to, or with a key that was set "
                "up from it.",
            )
        return dict(zip(names, self.public_for(owner), strict=True))

    def _count(self) -> int:
        """The number of values; 0 if there is no array of them."""
        return len(self.values) if isinstance(self.values, np.ndarray) and self.values.ndim else 0

    def _first(self, count: int) -> list[int]:
        """The values behind the constant one."""
        if type(count) is not int or count < 0:
            raise InputError("A witness cannot have that number of public values.", _SOLVE)
        if self._count() < 1 + count:
            raise InputError(
                f"This witness has {self._count()} values, too few for "
                f"{shown_number(count)} public ones.",
                "Give the system or the key that belongs to this witness.",
            )
        return ints_from_words(self.values[1 : 1 + count])

    def save(self, path: str | Path) -> None:
        """Write a .wtns file."""
        from zkpipe.circuits.formats.wtns import write_wtns

        write_wtns(require_path("Witness.save", "path", path), self.values)

    @staticmethod
    def load(path: str | Path) -> Witness:
        """Read a .wtns file; its public count is not known. Raises FormatError."""
        from zkpipe.circuits.formats.wtns import read_wtns

        return read_wtns(require_path("Witness.load", "path", path))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ConstraintSystem(Remade):
    """A rank-1 constraint system over Fr.

    name          of the circuit
    a, b, c       matrices with as many rows
    coefficients  (k, 4) uint64        distinct coefficients, canonical
    output_count, public_input_count, private_input_count
                  as the source declares them; private inputs may have no wire
    labels        (wire_count,) uint64 the label of each wire in the .r1cs and .sym files: distinct,
                                       up to the public count the wire's own number
    label_count   of the source's signals and the constant; 0 stands for the least that fits
    symbols       a path for each wire (symbols[0] is "one"); None if loaded
    program       the solver's tape with its sources; None if loaded
    dropped_inputs  names of private inputs that have no wire, by label, as far as they are known

    Raises ShapeError or RangeError for parts that do not belong together (circuits.system_rules).
    """

    name: str
    a: SparseMatrix
    b: SparseMatrix
    c: SparseMatrix
    coefficients: Words
    wire_count: int
    output_count: int
    public_input_count: int
    private_input_count: int
    labels: NDArray[np.uint64]
    symbols: Sequence[str] | None = None
    program: Program | None = None
    label_count: int = 0
    dropped_inputs: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for matrix in (self.a, self.b, self.c):
            if not isinstance(matrix, SparseMatrix):
                raise ShapeError(
                    f"A matrix of {self.name} is a {type(matrix).__name__}, no SparseMatrix.",
                    "Take the system as compile() or ConstraintSystem.load gave it.",
                )
        check_system(self)

    def __repr__(self) -> str:
        counts = f"{self.constraint_count} constraints, {self.wire_count} wires"
        return f"<constraint system {self.name}: {counts}>"

    @property
    def constraint_count(self) -> int:
        """The number of rows, linear ones too."""
        return self.a.row_count

    @property
    def public_count(self) -> int:
        """The number of public values: outputs and public inputs."""
        return self.output_count + self.public_input_count

    @property
    def public_names(self) -> tuple[str, ...] | None:
        """Names of the public values, in their order (circuits.public_names); None if unknown."""
        from zkpipe.circuits.public_names import public_names

        return public_names(self)

    @property
    def warnings(self) -> tuple[CircuitWarning, ...]:
        """What the compiler found doubtful in the circuit; nothing of a system from a file."""
        return () if self.program is None else self.program.warnings

    @property
    def input_wires(self) -> NDArray[np.int64]:
        """The wires of public inputs, then of private ones, ascending: those with their labels."""
        first, count = np.uint64(self.output_count), np.uint64(self.declared_count)
        return np.flatnonzero((self.labels > first) & (self.labels <= count))

    @property
    def private_input_wires(self) -> NDArray[np.int64]:
        """The wires of private inputs, ascending. Inputs that no constraint uses may have none."""
        first, count = np.uint64(self.public_count), np.uint64(self.declared_count)
        return np.flatnonzero((self.labels > first) & (self.labels <= count))

    @property
    def declared_count(self) -> int:
        """The number of outputs and inputs: the label of the last of them."""
        return self.public_count + self.private_input_count

    def save(self, path: str | Path) -> None:
        """Write an .r1cs file."""
        from zkpipe.circuits.formats.r1cs import write_r1cs

        write_r1cs(require_path("ConstraintSystem.save", "path", path), self)

    @staticmethod
    def load(path: str | Path) -> ConstraintSystem:
        """Read an .r1cs file; the system has no names and cannot be solved. Raises FormatError."""
        from zkpipe.circuits.formats.r1cs import read_r1cs

        return read_r1cs(require_path("ConstraintSystem.load", "path", path))

    def solve(self, /, *positional: object, **inputs: object) -> Witness:
        """The witness for these inputs, given by name.

        Raises InputError (a name or a value that does not fit, one without a name),
        UnsatisfiedError (a check fails).
        """
        from zkpipe.circuits.language.tracebacks import short
        from zkpipe.circuits.solve.solver import refuse_positional, solve

        with short:
            if positional:
                refuse_positional(self, positional)
            return solve(self, inputs)

    def check(self, witness: Witness) -> None:
        """Check every row; raises UnsatisfiedError for the first that fails.

        Raises InputError if the witness is not of this system's length.
        """
        from zkpipe.circuits.language.tracebacks import short
        from zkpipe.circuits.solve.checker import check_witness

        with short:
            check_witness(self, witness)


def with_warnings(system: ConstraintSystem, more: Iterable[CircuitWarning]) -> ConstraintSystem:
    """A compiled system with these warnings beside those that it has."""
    assert system.program is not None  # noqa: S101 - for the type checker: it is compiled
    warnings = (*system.program.warnings, *more)
    return replace(system, program=replace(system.program, warnings=warnings))
