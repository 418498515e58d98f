"""A circuit that traces differently each time: its key fits no later witness.

Every command traces a circuit anew, so rows that follow from a draw, a clock, or what an earlier
trace left behind make a key, a contract and a witness of three different circuits. If the body sees
nothing beside its arguments but what can be compared, and that is the same after the trace as
before, another trace would give the same (circuits.language.surroundings). Otherwise the circuit is
traced again, if that is quick, and the rows are compared.

What differs only from one process to the next (the order of a set of strings, a value drawn when
the module is imported) is not seen here.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from time import perf_counter

import numpy as np

from zkpipe.accel.fields.limbs import Words
from zkpipe.circuits.errors import CircuitWarning
from zkpipe.circuits.language.surroundings.keys import Key, Known
from zkpipe.circuits.language.surroundings.surroundings import Surroundings
from zkpipe.circuits.language.surroundings.walk import Unknowable
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.solve.explain import source_of_row
from zkpipe.circuits.system import ConstraintSystem, with_warnings

SECONDS = 0.2  # of a trace; one that takes longer is not made again


def traced_again(root: object, trace: Callable[[], ConstraintSystem]) -> ConstraintSystem:
    """What a circuit's trace gives, with a warning if another gives other rows.

    root   the circuit, with all that it sees
    trace  traces it; called twice at the most
    """
    surroundings = Surroundings(root, Known())
    before = _key(surroundings)
    begun = perf_counter()
    system = trace()
    took = perf_counter() - begun
    if (before is not None and before == _key(surroundings)) or took > SECONDS:
        return system
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):  # it was printed once
        try:
            again = trace()
        except Exception as error:  # noqa: BLE001 # of the user's body, whatever it is
            how = f"a second trace raises {type(error).__name__}"
            return with_warnings(system, [_warning(system, None, how)])
    row = _first_difference(system, again)
    if row is None:
        return system
    return with_warnings(system, [_warning(system, row, f"constraint {row} is another each time")])


def _key(surroundings: Surroundings) -> Key | None:
    try:
        return surroundings.key()
    except Unknowable:
        return None


def _first_difference(one: ConstraintSystem, other: ConstraintSystem) -> int | None:
    """The first row in which two systems differ; None if they are the same, up to names."""
    pairs = ((one.a, other.a), (one.b, other.b), (one.c, other.c))
    rows = [_first_row(x, one.coefficients, y, other.coefficients) for x, y in pairs]
    found = [row for row in rows if row is not None]
    return min(found) if found else None


def _first_row(one: SparseMatrix, ones: Words, other: SparseMatrix, others: Words) -> int | None:
    """The first row in which two matrices differ, each with its dictionary of coefficients."""
    entries = min(len(one.wires), len(other.wires))
    rows = min(one.row_count, other.row_count)
    other_wire = one.wires[:entries] != other.wires[:entries]
    coefficients = ones[one.values[:entries]] != others[other.values[:entries]]
    changed = np.flatnonzero(other_wire | coefficients.any(axis=1))
    longer = np.flatnonzero(one.starts[: rows + 1] != other.starts[: rows + 1])
    found = [int(longer[0]) - 1] if len(longer) else []
    if len(changed):
        found.append(int(np.searchsorted(one.starts, changed[0], "right")) - 1)
    if not found and one.row_count != other.row_count:
        found.append(rows)
    return min(found) if found else None


def _warning(system: ConstraintSystem, row: int | None, how: str) -> CircuitWarning:
    source = None
    if row is not None and system.program is not None and row < system.constraint_count:
        source, _ = source_of_row(system.program, row)
    return CircuitWarning(
        "unrepeatable",
        f"{system.name} traces differently each time: {how}.",
        "Take what is drawn, counted, or kept from run to run out of the body: a key and a witness "
        "need the same rows.",
        source,
    )
