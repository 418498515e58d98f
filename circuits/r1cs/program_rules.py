"""Whether a program belongs to its system: what the kernels of the tape use as an index.

A program comes from the compiler, but the object that holds it may have been put together from
others' parts; a tape that names wires or rows that are not there must end in an error.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.linear.compressed import check_compressed
from zkpipe.circuits.r1cs.program import Program
from zkpipe.circuits.r1cs.r1cs import R1CS
from zkpipe.circuits.r1cs.record import OF_TWO, Operation
from zkpipe.circuits.r1cs.rules import check_words
from zkpipe.ground.errors import RangeError

MAX_BITS = 256  # of a value that the tape takes apart


def check_program(system: R1CS, program: Program) -> None:
    """Raises RangeError or ShapeError if the program is of another system.

    Cost: 10 ns an operation of the tape, where running it takes 100.
    """
    known, pool, tape = len(system.coefficients), program.combinations, program.tape
    check_words("The program's coefficients", program.montgomery, (known, 4))
    check_words("The program's inverses", program.inverses, (known, 4))
    check_compressed(pool.starts, pool.wires, pool.values, system.wire_count, known)
    inputs = program.input_wires
    fits = (inputs >= 0).all() and (inputs < system.wire_count).all()
    if not fits or tape.ndim != 2 or tape.shape[1] != 5 or tape.dtype != np.int32:
        raise _of_another(system)
    operation, source, wire, count, skip = tape.astype(np.int64, copy=False).T
    is_bits, is_hint = operation == Operation.BITS, operation == Operation.HINT
    limits = np.full(len(tape), pool.row_count)
    limits[operation == Operation.SOLVE] = system.constraint_count
    limits[np.isin(operation, OF_TWO)] -= 1
    limits[is_hint] = len(program.hints)
    last = wire + np.where(is_bits, count, 1)
    good = (source >= 0) & (source < limits)
    good &= is_hint | ((wire >= 0) & (last <= system.wire_count))
    good &= ~is_bits | ((count >= 0) & (skip >= 0) & (skip + count <= MAX_BITS))
    if not good.all():
        raise _of_another(system)


def _of_another(system: R1CS) -> RangeError:
    return RangeError(
        f"The program that {system.name} has is of another system.",
        "Compile the circuit, and solve what comes out.",
    )
