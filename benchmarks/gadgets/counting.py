"""Rows, wires and entries of a gadget.

Without `from __future__ import annotations`: a type stands in an annotation that is known in the
function around it only.
"""

from typing import Any, NamedTuple

from zkpipe.circuits import ConstraintSystem, Private, circuit
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.language.values.types import RecordType, Type


class Counts(NamedTuple):
    """The size of a constraint system.

    rows     constraints
    wires    the constant one, inputs and outputs included
    entries  non-zero coefficients of A, B and C
    """

    rows: int
    wires: int
    entries: int


def counts_of(system: ConstraintSystem) -> Counts:
    """The size of a whole system."""
    entries = sum(len(matrix.wires) for matrix in (system.a, system.b, system.c))
    return Counts(system.constraint_count, system.wire_count, entries)


def whole(gadget: Circuit) -> Counts:
    """The size of a circuit."""
    return counts_of(gadget.trace())


def without_inputs(gadget: Circuit) -> Counts:
    """The size of a circuit, less the rows and entries that its inputs need for themselves."""
    found = whole(gadget)
    alone = [whole(_of_input(parameter.type)) for parameter in gadget.parameters]
    rows, entries = (sum(getattr(size, name) for size in alone) for name in ("rows", "entries"))
    return Counts(found.rows - rows, found.wires, found.entries - entries)


def _of_input(type_: Type) -> Circuit:
    """A circuit that does nothing with an input."""
    declared: Any = type_.record if isinstance(type_, RecordType) else type_

    @circuit
    def counted(value: Private[declared]) -> None:
        pass

    return counted
