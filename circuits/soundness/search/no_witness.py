"""Systems that nothing satisfies: what compiling, lint and a setup warn of.

A contradiction is a proof that there is no witness. Where there is none, lint and a setup look for
a witness, as the search for counterexamples does. That they find none proves nothing: of a system
of a few products it is worth a warning; one that asks for a number with a given hash has witnesses
that no search finds, and is left in peace.
"""

from __future__ import annotations

from collections.abc import Sequence

from zkpipe.circuits.errors import CircuitWarning, Source
from zkpipe.circuits.solve.explain import source_of_row
from zkpipe.circuits.soundness.roles import Roles
from zkpipe.circuits.soundness.rules.forms import Forms
from zkpipe.circuits.soundness.search.contradictions import LONG, contradiction
from zkpipe.circuits.soundness.search.counterexamples import has_witness
from zkpipe.circuits.system import ConstraintSystem

FEW_PRODUCTS = 100  # of a system in which a search should find one
FEW_TERMS = 5_000  # of its rows


def contradictory(system: ConstraintSystem, rows: Sequence[int]) -> CircuitWarning:
    """The warning that these rows of a system, or many together, contradict each other."""
    where = f" Constraint {rows[0]} shows it." if rows and system.program is None else ""
    return CircuitWarning(
        "no-witness",
        f"No witness found for {system.name}, and there is none: its checks contradict each other, "
        f"so no inputs satisfy it and nothing can be proved.{where}",
        "Take back one of the checks that exclude each other.",
        _source(system, rows),
    )


def without_witness(system: ConstraintSystem, roles: Roles, forms: Forms) -> CircuitWarning | None:
    """The warning that there is no witness, or that none was found where one should be.

    forms  what the analysis knows of the system

    Cost: up to a few seconds.
    """
    rows = contradiction(forms, LONG)
    if rows is not None:
        return contradictory(system, rows)
    terms = sum(len(matrix.wires) for matrix in (system.a, system.b, system.c))
    if len(forms.system.a) > FEW_PRODUCTS or terms > FEW_TERMS:
        return None
    if has_witness(system, forms, roles):
        return None
    return CircuitWarning(
        "no-witness",
        f"No witness found for {system.name}: a short search found no inputs that satisfy it.",
        "Solve it once with inputs that it should accept; if there are none, its checks exclude "
        "each other.",
    )


def _source(system: ConstraintSystem, rows: Sequence[int]) -> Source | None:
    if not rows or system.program is None:
        return None
    return source_of_row(system.program, rows[0])[0]
