"""What is tested: a circuit with its system, traced for one call of a test's function.

A test's inputs and the values that follow from them stand in the messages of these tests: whoever
writes a test knows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, from_montgomery, ints_from_words
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.errors import Source, UnsatisfiedError
from zkpipe.circuits.language.values.structure import leaves
from zkpipe.circuits.language.values.types import ScalarType, leaf_paths
from zkpipe.circuits.solve.checker import failing_row
from zkpipe.circuits.solve.explain import source_of_row
from zkpipe.circuits.solve.prepared import PreparedTape
from zkpipe.circuits.solve.solver import program_of, tape_of
from zkpipe.circuits.solve.tape_run import TapeRun
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.ground.errors import KindError
from zkpipe.ground.kinds import describe

Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Subject:
    """A circuit and its compiled system."""

    circuit: Circuit
    system: ConstraintSystem

    @cached_property
    def tape(self) -> PreparedTape:
        """The system as the solver runs it, prepared once: a test asks for thousands of runs."""
        return tape_of(self.system)

    def outputs(self, values: Words) -> list[int]:
        """The outputs among the values of all wires, which are in Montgomery form."""
        return from_montgomery(values[1 : 1 + self.system.output_count], R)

    def is_refused_near(self, values: Words, wire: int) -> bool:
        """Whether a row that the wire stands in fails for values in Montgomery form."""
        rows = self.rows_of_wire(wire)
        return bool(len(rows)) and failing_row(self.tape.rows, values, rows) is not None

    def residual(self, values: Words, row: int) -> int:
        """(A w)(B w) - C w of a row, for values in Montgomery form; 0 if it holds."""
        sides: list[int] = []
        for matrix in (self.system.a, self.system.b, self.system.c):
            entries = slice(int(matrix.starts[row]), int(matrix.starts[row + 1]))
            known = [self._coefficients[number] for number in matrix.values[entries].tolist()]
            found = from_montgomery(values[matrix.wires[entries]], R)
            sides.append(sum(k * value for k, value in zip(known, found, strict=True)))
        return (sides[0] * sides[1] - sides[2]) % R

    @cached_property
    def _coefficients(self) -> list[int]:
        return ints_from_words(self.system.coefficients)

    def failing_rows(self, values: Words, most: int = 1) -> list[int]:
        """The first rows, up to `most`, that values in Montgomery form do not satisfy."""
        found: list[int] = []
        begin = 0
        while len(found) < most:
            row = failing_row(self.tape.rows, values, self.tape.rows.every[begin:])
            if row is None:
                break
            found.append(row)
            begin = row + 1
        return found

    def names(self, wires: list[int]) -> list[str]:
        """The names of wires, without the circuit's own."""
        every = list(self.system.symbols or ())
        return [every[wire].removeprefix(f"{self.system.name}.") for wire in wires]

    def outputs_declared(self) -> list[tuple[str, ScalarType]]:
        """The public outputs: names and types."""
        declared = self.circuit.returns
        parts = declared if isinstance(declared, tuple) else (declared,)
        types = [type_ for part in parts if part for _, type_ in leaf_paths(part, "out")]
        return list(zip(self.names(list(range(1, 1 + len(types)))), types, strict=True))

    def has_answers(self, residues: Sequence[int]) -> bool:
        """Whether an honest prover has a witness for the scalars of inputs."""
        run = TapeRun(self.tape, list(residues))
        try:
            run.until(len(self.tape.program.tape))
        except UnsatisfiedError:
            return False
        return not self.failing_rows(run.values)

    def rows_of_wire(self, wire: int) -> Numbers:
        """The rows that a wire stands in, ascending."""
        starts, rows = self._incidence
        return np.unique(rows[starts[wire] : starts[wire + 1]])

    def wires_of_row(self, row: int) -> list[int]:
        """The wires that stand in a row, ascending."""
        matrices = (self.system.a, self.system.b, self.system.c)
        entries = [m.wires[m.starts[row] : m.starts[row + 1]] for m in matrices]
        found: list[int] = np.unique(np.concatenate(entries)).tolist()
        return found

    @cached_property
    def _incidence(self) -> tuple[Numbers, Numbers]:
        """The rows of each wire, compressed: starts by wire, rows."""
        matrices = (self.system.a, self.system.b, self.system.c)
        wires = np.concatenate([m.wires for m in matrices])
        numbers = np.arange(self.system.constraint_count)
        rows = np.concatenate([np.repeat(numbers, np.diff(m.starts)) for m in matrices])
        order = np.argsort(wires, kind="stable")
        starts = np.searchsorted(wires[order], np.arange(self.system.wire_count + 1))
        return starts, rows[order]

    def source(self, row: int) -> Source | None:
        """The line that a row comes from."""
        return source_of_row(program_of(self.system), row)[0]


def subject(circuit: Circuit) -> Subject:
    """The circuit and its system, traced anew: what its body reads may have changed since.

    Whether the inputs determine every value, as `compile` requires, is for tests to find out.

    Raises KindError for what is no circuit, CompileError.
    """
    if not isinstance(circuit, Circuit):
        raise KindError(
            f"A circuit is tested, and the test gives {describe(circuit)}.",
            "Give the function under @circuit itself.",
        )
    return Subject(circuit, circuit.trace())


def output_values(result: object) -> list[int]:
    """The scalars of a plain run's result, as their residues."""
    return [] if result is None else [int(x) % R for x in leaves(result)]  # type: ignore[call-overload]
