"""A constraint system as its users have it: saved, loaded, solved and checked.

The data are circuits.r1cs.r1cs, the rules that they follow circuits.r1cs.rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from zkpipe.circuits.errors import CircuitWarning, InputError
from zkpipe.circuits.r1cs.identity import CircuitId
from zkpipe.circuits.r1cs.public_names import is_name
from zkpipe.circuits.r1cs.r1cs import R1CS
from zkpipe.circuits.r1cs.rules import check_system
from zkpipe.circuits.witness import Witness
from zkpipe.ground.kinds import require_path
from zkpipe.ground.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ConstraintSystem(R1CS):
    """A rank-1 constraint system over Fr, whose parts belong together.

    Raises ShapeError or RangeError for parts that do not (circuits.r1cs.rules).
    """

    _identity: list[CircuitId] = field(default_factory=list, init=False)  # once it was asked for

    def __post_init__(self) -> None:
        check_system(self)

    def __repr__(self) -> str:
        counts = f"{self.constraint_count} constraints, {self.wire_count} wires"
        return f"<constraint system {self.name}: {counts}>"

    if not TYPE_CHECKING:  # to type checkers a missing attribute is an error

        def __getattr__(self, name: str) -> NoReturn:
            """Refuse what a system does not have. Raises AttributeError."""
            from zkpipe.circuits.missing import of_system

            raise of_system(self, name)

    @property
    def public_names(self) -> tuple[str, ...] | None:
        """Names of the public values, in their order; None if unknown."""
        from zkpipe.circuits.r1cs.public_names import public_names

        return public_names(self)

    @property
    def digest(self) -> str:
        """SHA-256 of the .r1cs file as `save` writes it, in hexadecimal digits.

        It is the same for a system that was compiled, and for one that was saved and loaded.

        Cost: 5 ns a byte of that file, each time; 40 bytes an entry.
        """
        from zkpipe.circuits.formats.r1cs import r1cs_digest

        return r1cs_digest(self)

    @property
    def identity(self) -> CircuitId:
        """The digest with the circuit's name, if that can be carried: what keys and witnesses have.

        Cost: that of the digest, the first time.
        """
        if not self._identity:
            name = self.name if is_name(self.name) else None
            self._identity.append(CircuitId(self.digest, name))
        return self._identity[0]

    def save(self, path: str | Path) -> None:
        """Write an .r1cs file."""
        from zkpipe.circuits.formats.r1cs import write_r1cs

        write_r1cs(require_path("ConstraintSystem.save", "path", path), self)

    @staticmethod
    def load(path: str | Path) -> ConstraintSystem:
        """Read an .r1cs file; the system has no names and cannot be solved. Raises FormatError."""
        from zkpipe.circuits.formats.r1cs import read_r1cs

        r1cs = read_r1cs(require_path("ConstraintSystem.load", "path", path))
        return ConstraintSystem(*(getattr(r1cs, part.name) for part in fields(r1cs)))

    def solve(self, /, *positional: object, **inputs: object) -> Witness:
        """The witness for these inputs, given by name.

        Raises InputError (a name or a value that does not fit, one without a name),
        UnsatisfiedError (a check fails).
        """
        from zkpipe.circuits.language.text.tracebacks import short
        from zkpipe.circuits.solve.solver import refuse_positional, solve

        with short:
            if positional:
                refuse_positional(self, positional)
            return Witness(solve(self, inputs), self.public_count, self)

    def check(self, witness: Witness) -> None:
        """Check every row; raises UnsatisfiedError for the first that fails.

        Raises InputError if the witness is not of this system's length.
        """
        from zkpipe.circuits.language.text.tracebacks import short
        from zkpipe.circuits.solve.checker import check_witness

        with short:
            if not isinstance(witness, Witness):
                raise InputError(
                    f"check was given a {type(witness).__name__}, not a witness.",
                    "Solve the system first: system.check(system.solve(...)).",
                )
            check_witness(self, witness.values)


def with_warnings(system: ConstraintSystem, more: Iterable[CircuitWarning]) -> ConstraintSystem:
    """A compiled system with these warnings beside those that it has."""
    assert system.program is not None  # noqa: S101 - for the type checker: it is compiled
    warnings = (*system.program.warnings, *more)
    return replace(system, program=replace(system.program, warnings=warnings))
