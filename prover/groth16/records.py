"""Section 4 of a .zkey from a constraint system: its coefficients, row by row.

A row's entries of A come before those of B, each with its row and its wire, the coefficient times
2^512; then, in rows of their own, a 1 in A for the constant wire and each public one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Curve
from zkpipe.accel.fields.limbs import to_montgomery
from zkpipe.accel.linear.sparse import into_montgomery
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.ground.process.threads import stream_in_threads
from zkpipe.prover.key_shapes import COEFFICIENT, Coefficients

_kernels = Kernels("zkpipe.prover.groth16.kernels.records")

ROWS = 1 << 14  # of a chunk: a few megabytes of records


def record_count(system: ConstraintSystem) -> int:
    """The number of records of a system."""
    return len(system.a.wires) + len(system.b.wires) + system.public_count + 1


def coefficient_records(system: ConstraintSystem, curve: Curve) -> Iterator[Coefficients]:
    """All records of a system, in chunks. Cost: 10 ns each."""
    return _records(system, (system.a, system.b), curve)


def records_in_file_order(system: ConstraintSystem, curve: Curve) -> Iterator[Coefficients]:
    """The same, each row's entries in the order of the file that the system was read from."""
    return _records(system, (system.a.as_in_file(), system.b.as_in_file()), curve)


def _records(
    system: ConstraintSystem, rows: tuple[SparseMatrix, SparseMatrix], curve: Curve
) -> Iterator[Coefficients]:
    once = into_montgomery(system.coefficients, curve)
    twice = into_montgomery(once, curve).view(np.uint32)  # v R^2
    matrices = [(m.starts, m.wires, m.values) for m in rows]

    def chunk(begin: int) -> Coefficients:
        end = min(begin + ROWS, system.constraint_count)
        count = sum(int(starts[end] - starts[begin]) for starts, _, _ in matrices)
        words = np.empty((count, COEFFICIENT.itemsize // 4), np.uint32)
        _kernels.fill_records(begin, end, *matrices, twice, words)
        return words.view(COEFFICIENT).reshape(-1)

    yield from stream_in_threads(chunk, range(0, system.constraint_count, ROWS))
    yield _public_rows(system, curve)


def _public_rows(system: ConstraintSystem, curve: Curve) -> Coefficients:
    wires = np.arange(system.public_count + 1, dtype=np.uint32)
    records = np.zeros(len(wires), COEFFICIENT)
    records["constraint"] = system.constraint_count + wires
    records["wire"] = wires
    records["value"] = into_montgomery(to_montgomery([1], curve.r), curve)[0]
    return records
