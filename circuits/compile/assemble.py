"""The finished system: slots become wires in circom's order, rows become matrices.

Wires: one, outputs, public inputs, private inputs, then internal slots in the order they were
made. Slots that are gone or only an alias have no wire.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import to_montgomery, words_from_ints
from zkpipe.circuits.compile.combinations.linear import Linear
from zkpipe.circuits.compile.combinations.rows import CopiedRows
from zkpipe.circuits.compile.lowering import TracingEngine
from zkpipe.circuits.compile.sums import wire
from zkpipe.circuits.language.values.inputs import Parameter
from zkpipe.circuits.language.values.types import FieldType, IntegerType
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.r1cs.names import WireNames
from zkpipe.circuits.r1cs.program import Program, Sides, SolvedHint
from zkpipe.circuits.r1cs.record import Operation, Origin, Site
from zkpipe.circuits.system import ConstraintSystem

Leaf = tuple[Parameter, str, FieldType | IntegerType]
NO_WIRE = -1


class Declared(Protocol):
    """What assembling needs of a circuit."""

    @property
    def name(self) -> str:
        """The function's name."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters in their order."""


def assemble(
    circuit: Declared,
    engine: TracingEngine,
    inputs: Sequence[Leaf],
    outputs: Sequence[tuple[str, FieldType | IntegerType, Linear]],
) -> ConstraintSystem:
    """The constraint system of a finished trace."""
    output_slots = _output_slots(engine, [value for _, _, value in outputs])
    engine.freeze(list(engine.pending))
    public = [i for i, (parameter, _, _) in enumerate(inputs, start=1) if parameter.public]
    private = [i for i, (parameter, _, _) in enumerate(inputs, start=1) if not parameter.public]
    wires = _Wires(engine, [0, *output_slots, *public, *private])

    order = np.argsort(np.array(engine.c_rows, np.int64), kind="stable")
    c = wires.matrix(engine.c.arrays().in_order(order))
    a, b = wires.matrix(engine.a.arrays()), wires.matrix(engine.b.arrays())
    combinations = wires.matrix(engine.pool.arrays())
    sides = wires.sides(engine)
    coefficients = engine.coefficients.in_order
    program = Program(
        parameters=circuit.parameters,
        input_wires=wires.wire_of_slot[1 : 1 + len(inputs)],
        tape=wires.tape(engine),
        combinations=combinations,
        montgomery=to_montgomery(coefficients, R),
        inverses=to_montgomery(_inverses(coefficients), R),
        hints=tuple(
            SolvedHint(use.call, use.first, tuple(wires.of(range(use.slot, use.slot + use.count))))
            for use in engine.hints
        ),
        origins=engine.origins,
        origin_of_row=np.array(engine.origin_of_row, np.uint32),
        sides=sides,
        calls=engine.calls,
        warnings=tuple(engine.doubts.warnings()),
        remarks=tuple(engine.doubts.remarks),
    )
    named = [path for path, _, _ in outputs]
    named += [inputs[slot - 1][1] for slot in [*public, *private]]
    return ConstraintSystem(
        name=circuit.name,
        a=a,
        b=b,
        c=c,
        coefficients=words_from_ints(coefficients),
        wire_count=len(wires.slots),
        output_count=len(output_slots),
        public_input_count=len(public),
        private_input_count=len(private),
        labels=np.arange(len(wires.slots), dtype=np.uint64),
        symbols=WireNames(circuit.name, named, wires.slots, bytes(engine.kinds), engine.calls),
        program=program,
    )


def _output_slots(engine: TracingEngine, outputs: Sequence[Linear]) -> list[int]:
    """A slot for each output, its own: not an input's, nor another output's."""
    slots: dict[int, None] = {}
    origin = engine.origin(Origin(Site(None, "sum")))
    for value in outputs:
        slot = wire(engine, value, origin)
        if slot <= engine.argument_count or slot in slots:
            slot = engine.copy({slot: 1}, origin)
        slots[slot] = None
    return list(slots)


def _inverses(values: Sequence[int]) -> list[int]:
    """1 / x for each, by one inversion (Montgomery's trick)."""
    products, running = [], 1
    for value in values:
        products.append(running)
        running = running * value % R
    running = pow(running, -1, R)
    out = []
    for value, before in zip(reversed(values), reversed(products), strict=True):
        out.append(running * before % R)
        running = running * value % R
    return out[::-1]


class _Wires:
    """The numbering of wires, and everything that is written in slots, in wires."""

    def __init__(self, engine: TracingEngine, first: list[int]) -> None:
        self.engine = engine
        self.first = first
        self.aliases = engine.aliases
        slot_count = len(engine.kinds)
        is_wire = np.array(engine.substituted, np.int64) < 0
        is_wire[list(engine.aliases)] = False
        is_wire[first] = False
        self.slots = np.concatenate([np.array(first, np.int64), np.flatnonzero(is_wire)])
        self.wire_of_slot: NDArray[np.int64] = np.full(slot_count, NO_WIRE, np.int64)
        self.wire_of_slot[self.slots] = np.arange(len(self.slots))

    def matrix(self, rows: CopiedRows) -> SparseMatrix:
        """Rows in wires, ascending within a row."""
        rows = rows.expanded(self.aliases, self.engine.coefficients)
        wires = self.wire_of_slot[rows.slots]
        order = np.argsort(rows.row_of_entry() << 32 | wires, kind="stable")
        return SparseMatrix(rows.starts(), wires[order].astype(np.uint32), rows.values[order])

    def sides(self, engine: TracingEngine) -> Sides:
        """Recorded sides; a slot that is gone stands for the product of its row."""
        rows = engine.sides.arrays().expanded(self.aliases, engine.coefficients)
        wires = rows.slots.copy()
        slots = rows.slots >= 0
        wires[slots] = self.wire_of_slot[rows.slots[slots]]
        gone = np.flatnonzero(slots & (wires == NO_WIRE))
        for entry in gone.tolist():
            wires[entry] = -1 - engine.c_rows[engine.substituted[int(rows.slots[entry])]]
        return Sides(rows.starts(), wires, rows.values)

    def of(self, slots: Iterable[int]) -> list[int]:
        """The wires of slots."""
        return [int(self.wire_of_slot[slot]) for slot in slots]

    def tape(self, engine: TracingEngine) -> NDArray[np.int32]:
        """The solver's tape with wires for slots; bits whose wires do not follow each other, apart.

        A bit that is an output has its wire among the outputs.
        """
        tape = np.array(engine.tape, np.int32).reshape(-1, 5)
        starts, counts = tape[:, 2].astype(np.int64), tape[:, 3]
        is_hint = tape[:, 0] == Operation.HINT
        ends = np.where(is_hint, starts, starts + counts - 1)
        tape[:, 2] = self.wire_of_slot[starts]
        outputs = np.zeros(len(self.wire_of_slot) + 1, np.int64)
        outputs[np.array(self.first, np.int64) + 1] = 1
        before_slot = np.cumsum(outputs)
        broken = ~is_hint & (counts > 1) & (before_slot[ends + 1] > before_slot[starts])
        if not broken.any():
            return tape
        pieces: list[NDArray[np.int32]] = []
        before = 0
        for step in np.flatnonzero(broken).tolist():
            operation, source, _, count, skip = tape[step].tolist()
            wires = self.of(range(int(starts[step]), int(starts[step]) + count))
            single = [(operation, source, wire, 1, skip + i) for i, wire in enumerate(wires)]
            pieces += [tape[before:step], np.array(single, np.int32)]
            before = step + 1
        return np.concatenate([*pieces, tape[before:]])
