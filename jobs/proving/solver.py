"""What finds witnesses for a statement: a compiled circuit in Python, or a program of circom.

Between processes, and in a batch's identities, inputs are flat lists of numbers below r.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from zkpipe.circuits.circom.calculator import WitnessCalculator
from zkpipe.circuits.language.values.inputs import from_json
from zkpipe.circuits.solve.many import solve_many
from zkpipe.circuits.solve.solver import flat_inputs, program_of
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.circuits.witness import Witness
from zkpipe.ground.errors import ZkpipeError

Around = Callable[[], AbstractContextManager[None]]


class Solver(Protocol):
    """A circuit that can be solved."""

    @property
    def system(self) -> ConstraintSystem | None:
        """Its constraints, where they are here."""
        ...

    @property
    def checks(self) -> bool:
        """Whether its witnesses are known to satisfy the circuit."""
        ...

    @property
    def name(self) -> str:
        """Of the circuit."""
        ...

    @property
    def digest(self) -> str:
        """What it is, in hex: with another digest it may give other witnesses."""
        ...

    @property
    def wire_count(self) -> int:
        """Values of a witness."""
        ...

    @property
    def input_count(self) -> int:
        """Values of all inputs."""
        ...

    @property
    def public_count(self) -> int | None:
        """Public values; None if it does not say."""
        ...

    def from_json(self, values: Mapping[str, object]) -> dict[str, object]:
        """The inputs that a JSON object holds. Raises InputError."""
        ...

    def flat(self, inputs: Mapping[str, object]) -> list[int]:
        """The inputs as numbers below r, for `solve`. Raises InputError."""
        ...

    def solve(self, rows: Sequence[Sequence[int]]) -> list[Witness | ZkpipeError]:
        """The witness for each row of flat inputs, or why there is none."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class SystemSolver:
    """A compiled circuit.

    around  what a solving needs about it: the author's modules on the path, for hints that import
    """

    system: ConstraintSystem
    around: Around

    @property
    def checks(self) -> bool:
        """Every row is."""
        return True

    @property
    def name(self) -> str:
        """Of the circuit."""
        return self.system.name

    @property
    def digest(self) -> str:
        """Of the constraint system."""
        return self.system.identity.digest

    @property
    def wire_count(self) -> int:
        """Values of a witness."""
        return self.system.wire_count

    @property
    def input_count(self) -> int:
        """Values of all inputs."""
        return self.system.public_input_count + self.system.private_input_count

    @property
    def public_count(self) -> int:
        """Public values."""
        return self.system.public_count

    def from_json(self, values: Mapping[str, object]) -> dict[str, object]:
        """With texts of digits as numbers, where the circuit says what it takes."""
        return from_json(program_of(self.system).parameters, values)

    def flat(self, inputs: Mapping[str, object]) -> list[int]:
        """In the order of the circuit's parameters."""
        return flat_inputs(self.system, inputs)

    def solve(self, rows: Sequence[Sequence[int]]) -> list[Witness | ZkpipeError]:
        """In lanes, or on threads: see solve_many."""
        with self.around():
            return solve_many(self.system, rows)


@dataclass(frozen=True, slots=True, eq=False)
class ProgramSolver:
    """A program of circom, which knows its inputs by the hashes of their names alone."""

    calculator: WitnessCalculator

    @property
    def system(self) -> ConstraintSystem | None:
        """None: a program has no constraints."""
        return None

    @property
    def checks(self) -> bool:
        """It has no constraints; `prove` finds out."""
        return False

    @property
    def name(self) -> str:
        """Of the circuit."""
        return self.calculator.name

    @property
    def digest(self) -> str:
        """Of the program: it says nothing of the constraints."""
        return self.calculator.digest

    @property
    def wire_count(self) -> int:
        """Values of a witness."""
        return self.calculator.wire_count

    @property
    def input_count(self) -> int:
        """Values of all inputs."""
        return self.calculator.input_count

    @property
    def public_count(self) -> int | None:
        """It does not say: a key does."""
        return None

    def from_json(self, values: Mapping[str, object]) -> dict[str, object]:
        """As they are: texts of digits are taken."""
        return dict(values)

    def flat(self, inputs: Mapping[str, object]) -> list[int]:
        """For each signal the hash of its name, how many values it has, and these."""
        bound = self.calculator.bound(inputs)
        return [
            number for signal, values in bound.items() for number in (signal, len(values), *values)
        ]

    def solve(self, rows: Sequence[Sequence[int]]) -> list[Witness | ZkpipeError]:
        """One after another, each in a new memory."""
        return [self._one(row) for row in rows]

    def _one(self, row: Sequence[int]) -> Witness | ZkpipeError:
        values: dict[int, Sequence[int]] = {}
        at = 0
        while at < len(row):
            signal, count = row[at : at + 2]
            values[signal] = row[at + 2 : at + 2 + count]
            at += 2 + count
        try:
            return self.calculator.solve_signals(values)
        except ZkpipeError as error:
            return error.with_traceback(None)
