"""Rows, wires and entries of a gadget."""

from __future__ import annotations

from typing import NamedTuple

from zkpipe.circuits import ConstraintSystem
from zkpipe.circuits.define.circuit import Circuit


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


def cost_of(gadget: Circuit, inputs: Circuit | None) -> Counts:
    """The size of a circuit, without the rows that its inputs need for themselves.

    inputs  a circuit of the same inputs that does nothing with them; None if they have no rows
    """
    whole = counts_of(gadget.trace())
    if inputs is None:
        return whole
    bare = counts_of(inputs.trace())
    return Counts(whole.rows - bare.rows, whole.wires, whole.entries - bare.entries)
