"""What a compiled circuit keeps to be solved and to explain itself.

Beside the solver's tape stands, for each row, where it comes from in the user's text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.fields.limbs import Words
from zkpipe.circuits.errors import CircuitWarning
from zkpipe.circuits.language.plain.hint_call import HintCall
from zkpipe.circuits.language.values.inputs import Parameter
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.r1cs.record import Call, Origin


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """How to find the witness of a system, wire by wire.

    parameters       the circuit's
    input_wires      (k,) int64       the wire of each scalar input, in the order of parameters
    tape             (n, 5) int32     operations (circuits.r1cs.record.Operation)
    combinations     what the tape reads; rows like those of the system's matrices
    montgomery       (k, 4) uint64    the system's coefficients in Montgomery form
    inverses         (k, 4) uint64    of the coefficients, the same
    hints            calls of Python functions, as the tape numbers them
    origins          of rows
    origin_of_row    (m,) uint32
    sides            for explanations: entries are wires, or -(row + 1) for that row's product
    calls            of components
    warnings         what the trace found doubtful in the user's text
    remarks          the same, for lint alone
    """

    parameters: tuple[Parameter, ...]
    input_wires: NDArray[np.int64]
    tape: NDArray[np.int32]
    combinations: SparseMatrix
    montgomery: Words
    inverses: Words
    hints: tuple[SolvedHint, ...]
    origins: Sequence[Origin]
    origin_of_row: NDArray[np.uint32]
    sides: Sides
    calls: Sequence[Call]
    warnings: tuple[CircuitWarning, ...] = ()
    remarks: tuple[CircuitWarning, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SolvedHint:
    """A call of a Python function: its arguments are combinations from `first` on."""

    call: HintCall
    first: int
    wires: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """Combinations of wires and of rows' products, kept for explanations.

    starts  (m + 1,) int64   wires (nnz,) int64   values (nnz,) uint32
    """

    starts: NDArray[np.int64]
    wires: NDArray[np.int64]
    values: NDArray[np.uint32]
