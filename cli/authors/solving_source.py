"""A circuit as jobs want it: compiled once, loaded in each worker, solved.

One in an author's file, or a program of circom.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zkpipe.circuits.circom.sandbox import Limits
from zkpipe.circuits.errors import CompileError
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.cli.authors.author_module import home_of, neighbours
from zkpipe.cli.authors.circuit_file import load_system, load_traced_system
from zkpipe.cli.authors.circuit_name import CircuitName
from zkpipe.cli.authors.solving import load_calculator
from zkpipe.jobs.proving.solver import ProgramSolver, SystemSolver

LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class SolvingSource:
    """A circuit by its name, whose witnesses are wanted."""

    circuit: CircuitName

    def compile(self) -> ConstraintSystem:
        """The system, proved to be determined by its inputs.

        Raises CompileError, also for an .r1cs, which does not say how to find a witness; FileError.
        """
        if self.circuit.is_compiled:
            raise CompileError(
                f"{self.circuit.path} is a compiled circuit, which does not say how to find a "
                "witness.",
                "Name the circuit's source, FILE.py[:NAME].",
            )
        return load_system(self.circuit)

    def trace(self) -> ConstraintSystem:
        """The same system without that proof: for a worker of whoever has compiled it."""
        return load_traced_system(self.circuit, None)

    def solver(self, digest: str | None = None) -> SystemSolver:
        """What solves it: examined as by `compile`, or traced if its digest is known already."""
        system = self.compile() if digest is None else self.trace()
        return SystemSolver(system, self.around)

    @contextmanager
    def around(self) -> Iterator[None]:
        """What solving needs: hints may import the author's modules, and may print."""
        with neighbours(home_of(self.circuit)), redirect_stdout(sys.stderr):
            yield

    def as_json(self) -> dict[str, Any]:
        """For a worker."""
        circuit = self.circuit
        words = {"name": circuit.name, "module": circuit.module, "own": circuit.own}
        return {"path": str(circuit.path.absolute()), **words}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> SolvingSource:
        """What `as_json` gave."""
        words = (value[key] for key in ("name", "module", "own"))
        return SolvingSource(CircuitName(Path(value["path"]), *words))


@dataclass(frozen=True, slots=True)
class ProgramSource:
    """A program of circom by its file.

    seconds  that it may take for one witness
    """

    circuit: CircuitName
    seconds: float = LIMITS.seconds

    def solver(self, _digest: str | None = None) -> ProgramSolver:
        """What solves it. Raises FileError, FormatError, CalculatorError, MissingError."""
        return ProgramSolver(load_calculator(self.circuit.path, self.seconds))

    def as_json(self) -> dict[str, Any]:
        """For a worker."""
        return {"program": str(self.circuit.path.absolute()), "seconds": self.seconds}


Source = SolvingSource | ProgramSource


def source_of(circuit: CircuitName) -> Source:
    """The source of a circuit that has this name."""
    return ProgramSource(circuit) if circuit.is_program else SolvingSource(circuit)


def source_from_json(value: Mapping[str, Any]) -> Source:
    """What a source's `as_json` gave."""
    if "program" in value:
        return ProgramSource(CircuitName(Path(value["program"])), value["seconds"])
    return SolvingSource.from_json(value)
