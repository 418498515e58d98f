"""Every row of a system against a witness; the first that fails, in the user's own words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import FR, R
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.accel.fields.rows import Elements
from zkpipe.accel.linear.sparse import into_montgomery
from zkpipe.accel.machines.machine import SCALAR
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.r1cs.r1cs import R1CS
from zkpipe.circuits.solve.explain import failure
from zkpipe.circuits.solve.prepared import PreparedRows
from zkpipe.ground.process.threads import in_threads

_kernels = Kernels("zkpipe.circuits.solve.tape_kernels")

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
    return failing_row(PreparedRows(system), values, rows)


def failing_row(prepared: PreparedRows, values: Words, rows: NDArray[np.int64]) -> int | None:
    """As `first_failing_row`, for rows that are prepared on the scalar machine."""

    def search(begin: int) -> int:
        some = rows[begin : begin + CHUNK]
        witness = Elements.over(FR, SCALAR, values)
        return int(
            _kernels.first_failure(*prepared.matrices, some, *prepared.coefficients, witness)
        )

    found = [row for row in in_threads(search, range(0, len(rows), CHUNK)) if row >= 0]
    return found[0] if found else None
