"""Every row of a system against a witness; the first that fails, in the user's own words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import FR, R
from zkpipe.accel.fields.arrays import WorkRows
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.accel.linear.sparse import into_montgomery
from zkpipe.accel.machines.scalar import SCALAR
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.r1cs.r1cs import R1CS
from zkpipe.circuits.r1cs.rules import check_matrices
from zkpipe.circuits.solve.explain import failure
from zkpipe.circuits.solve.tape_kernels import first_failure
from zkpipe.ground.process.threads import in_threads

CHUNK = 1 << 16  # rows for one thread: some milliseconds


def check_witness(system: R1CS, values: Words) -> None:
    """Raise UnsatisfiedError for the first row that fails.

    Raises InputError if the witness has another length, a value not below r, or its first value is
    not 1.
    """
    if not isinstance(values, np.ndarray) or values.dtype != np.uint64 or not values.ndim:
        raise InputError(
            "The values of this witness are not an array of 64-bit words (uint64).",
            "Give a witness of this circuit, made since it was last changed.",
        )
    values = np.ascontiguousarray(values)
    if values.shape != (system.wire_count, 4):
        raise InputError(
            f"This witness has {len(values)} values, and {system.name} has "
            f"{system.wire_count} wires.",
            "Give a witness of this circuit, made since it was last changed.",
        )
    if first_not_below(values, R) is not None:
        raise InputError("This witness has a value that is not below r.", "Give canonical values.")
    if list(values[0]) != [1, 0, 0, 0]:
        raise InputError("The first value of this witness is not 1.", "Wire 0 is the constant one.")
    check_values(system, into_montgomery(values))


def check_values(system: R1CS, values: Words) -> None:
    """Raise UnsatisfiedError for the first row that values in Montgomery form do not satisfy."""
    row = first_failing_row(system, values, np.arange(system.constraint_count))
    if row is not None:
        raise failure(system, values, row)


def first_failing_row(system: R1CS, values: Words, rows: NDArray[np.int64]) -> int | None:
    """The first of these rows that values in Montgomery form do not satisfy."""
    check_matrices(system)
    if system.program is None or len(system.program.montgomery) != len(system.coefficients):
        montgomery = into_montgomery(system.coefficients)
    else:
        montgomery = system.program.montgomery
    a, b, c = [(m.starts, m.wires, m.values) for m in (system.a, system.b, system.c)]
    units = [_number(system.coefficients, value) for value in (1, R - 1)]

    def search(begin: int) -> int:
        coefficients = (WorkRows(FR, SCALAR, montgomery, 1), *units)
        witness = WorkRows(FR, SCALAR, values, 1)
        return int(first_failure(a, b, c, rows[begin : begin + CHUNK], coefficients, witness))

    found = [row for row in in_threads(search, range(0, len(rows), CHUNK)) if row >= 0]
    return found[0] if found else None


def _number(coefficients: Words, value: int) -> int:
    """The number of a coefficient in the dictionary, -1 if it is not there."""
    found = np.flatnonzero((coefficients == words_from_ints([value])).all(axis=1))
    return int(found[0]) if len(found) else -1
