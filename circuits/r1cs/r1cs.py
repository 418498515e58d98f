"""A rank-1 constraint system and what is known of it beside its rows, as data.

Row i of a system says (A_i . w) * (B_i . w) = C_i . w over Fr, w the witness. Wires are ordered as
circom orders them: 0 is the constant one, then outputs, public inputs, private inputs, internals.

A label numbers a signal of the source: 0 is the constant one, then outputs, public inputs, private
inputs, all others. The constant and the public values have a wire each, whose number is the label.
A private input that no constraint uses may have none: circom takes it away, and counts it still. So
which wires are inputs is said by labels, never by counting wires (`input_wires`).

Source: iden3's r1cs and wtns binary formats, for the order of wires and the meaning of labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.fields.limbs import Words
from zkpipe.circuits.errors import CircuitWarning
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.ground.quick_dataclass import dataclass
from zkpipe.ground.remade import Remade

if TYPE_CHECKING:  # to prove takes nothing of the language
    from zkpipe.circuits.r1cs.program import Program


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class R1CS(Remade):
    """A rank-1 constraint system over Fr.

    name          of the circuit
    a, b, c       matrices with as many rows
    coefficients  (k, 4) uint64        distinct coefficients, canonical
    output_count, public_input_count, private_input_count
                  as the source declares them; private inputs may have no wire
    labels        (wire_count,) uint64 the label of each wire in the .r1cs and .sym files: distinct,
                                       up to the public count the wire's own number
    label_count   of the source's signals and the constant; 0 stands for the least that fits
    symbols       a path for each wire (symbols[0] is "one"); None if loaded
    program       the solver's tape with its sources; None if loaded
    dropped_inputs  names of private inputs that have no wire, by label, as far as they are known
    """

    name: str
    a: SparseMatrix
    b: SparseMatrix
    c: SparseMatrix
    coefficients: Words
    wire_count: int
    output_count: int
    public_input_count: int
    private_input_count: int
    labels: NDArray[np.uint64]
    symbols: Sequence[str] | None = None
    program: Program | None = None
    label_count: int = 0
    dropped_inputs: Mapping[int, str] = field(default_factory=dict)

    @property
    def constraint_count(self) -> int:
        """The number of rows, linear ones too."""
        return self.a.row_count

    @property
    def public_count(self) -> int:
        """The number of public values: outputs and public inputs."""
        return self.output_count + self.public_input_count

    @property
    def input_wires(self) -> NDArray[np.int64]:
        """The wires of public inputs, then of private ones, ascending: those with their labels."""
        first, count = np.uint64(self.output_count), np.uint64(self.declared_count)
        return np.flatnonzero((self.labels > first) & (self.labels <= count))

    @property
    def private_input_wires(self) -> NDArray[np.int64]:
        """The wires of private inputs, ascending. Inputs that no constraint uses may have none."""
        first, count = np.uint64(self.public_count), np.uint64(self.declared_count)
        return np.flatnonzero((self.labels > first) & (self.labels <= count))

    @property
    def declared_count(self) -> int:
        """The number of outputs and inputs: the label of the last of them."""
        return self.public_count + self.private_input_count

    @property
    def warnings(self) -> tuple[CircuitWarning, ...]:
        """What the compiler found doubtful in the circuit; nothing of a system from a file."""
        return () if self.program is None else self.program.warnings
