"""A component's trace, kept as arrays, and copies of it in a circuit.

A copy moves row and slot numbers by numpy, so its cost does not grow with Python's work per row.
An argument that is no slot of its own (x + 1, the lowest bit of a decomposition) becomes an alias:
rows name it as if it were a slot, and the end of the trace puts the combination in its place.
Products that only the result uses stay pending in every copy, so that the caller's sums and checks
can still take their rows.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zkpipe.circuits.compile.combinations.combination import ONE, Combination
from zkpipe.circuits.compile.combinations.linear import Linear, kept, plus, times
from zkpipe.circuits.compile.combinations.rows import CopiedRows
from zkpipe.circuits.compile.lowering import TracingEngine
from zkpipe.circuits.compile.payloads import TracedPayload, derived
from zkpipe.circuits.compile.sums import read, replace, shortened
from zkpipe.circuits.language.text.source import Place
from zkpipe.circuits.language.values.fixed import of_units
from zkpipe.circuits.language.values.signal import Signal, foreign
from zkpipe.circuits.language.values.structure import (
    fields_of,
    is_record,
    leaves,
    make_record,
    map_structure,
)
from zkpipe.circuits.r1cs.record import OF_TWO, Call, HintUse, Operation, Origin

COMPUTES = ("product", "sum")  # purposes of rows that only say what a value is
_SOURCE_IS_ROW = (Operation.SOLVE,)
_SOURCE_IS_COMBINATION = (Operation.BITS, Operation.INVERSE, *OF_TWO)


class Leaf:
    """A signal in a component's result: its number among them, its bounds, a Fixed's units in one.

    No dataclass: in a nest those are records.
    """

    __slots__ = ("high", "is_flag", "low", "number", "scale")

    def __init__(self, number: int, signal: Signal) -> None:
        self.number = number
        self.low = signal.low
        self.high = signal.high
        self.scale = signal.scale
        self.is_flag = signal.is_flag


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Template:
    """A component of one shape. Slots are numbered: one, the arguments, then its own.

    result    the function's result with Leaf for signals; what else it holds stays what it is
    outputs   the combination of each leaf
    waiting   (slot, row) of products that are still pending
    entries   how many entries of rows each argument has
    needed    whether anything but outputs has it: rows, the solver, the sides of a check
    reads     whether rows or outputs have it
    states    whether it constrains its arguments, instead of only computing with them
    """

    arguments: int
    kinds: bytes
    a: CopiedRows
    b: CopiedRows
    c: CopiedRows
    c_rows: NDArray[np.int64]
    origin_of_row: NDArray[np.uint32]
    origins: list[Origin]
    sides: CopiedRows
    pool: CopiedRows
    tape: NDArray[np.int32]
    hints: list[HintUse]
    calls: list[Call]
    waiting: list[tuple[int, int]]
    outputs: list[Combination]
    result: object
    entries: list[int]
    needed: list[bool]
    reads: list[bool]
    states: bool

    @property
    def is_constant(self) -> bool:
        """Whether its result holds signals and constants alone: nothing that copies would share."""
        return all(isinstance(leaf, Leaf | int | str | None) for leaf in leaves(self.result))

    @staticmethod
    def of(engine: TracingEngine, result: object) -> Template:
        """The template of a finished trace."""
        values: list[Linear] = []

        def leaf(value: object) -> object:
            if not isinstance(value, Signal):
                return value
            if value.engine is not engine:
                raise foreign()
            values.append(engine.output(value.payload))
            return Leaf(len(values) - 1, value)

        shape = map_structure(leaf, result)
        outputs = [engine.resolve(read(engine, value)) for value in values]
        used = {slot for value in outputs for slot in value}
        engine.freeze([slot for slot in engine.pending if slot not in used])
        renumbering = _Renumbering(engine)
        a, b, c = (renumbering.rows(rows.arrays()) for rows in (engine.a, engine.b, engine.c))
        sides, pool = renumbering.sides(), renumbering.rows(engine.pool.arrays())
        entries = _entries(engine.argument_count, (a, b, c))
        return Template(
            arguments=engine.argument_count,
            kinds=renumbering.kinds(),
            a=a,
            b=b,
            c=c,
            c_rows=np.array(engine.c_rows, np.int64),
            origin_of_row=np.array(engine.origin_of_row, np.uint32),
            origins=engine.origins,
            sides=sides,
            pool=pool,
            tape=renumbering.tape(),
            hints=[
                HintUse(h.call, h.first, renumbering.number(h.slot), h.count) for h in engine.hints
            ],
            calls=[renumbering.call(call) for call in engine.calls],
            waiting=[(renumbering.number(s), row) for s, row in sorted(engine.pending.items())],
            outputs=[renumbering.combination(value) for value in outputs],
            result=shape,
            entries=entries,
            needed=[n > 0 for n in _entries(engine.argument_count, (a, b, c, sides, pool))],
            reads=_read(entries, outputs),
            states=any(origin.site.purpose not in COMPUTES for origin in engine.origins),
        )

    def instance(
        self, engine: TracingEngine, operands: list[TracedPayload], name: str, place: Place | None
    ) -> object:
        """The result of a copy in a trace; what it reads of the operands is used or in the result.

        A Bool of the result is brought; of a list's, one that is used speaks for all.
        """
        arguments = [engine.linear(operand) for operand in operands]
        payloads = self.copy_into(engine, arguments, name, place)
        read = [operand for operand, reads in zip(operands, self.reads, strict=True) if reads]
        if self.states:
            for operand in read:
                engine.use(operand)
            read = []

        def made(value: object) -> object:
            if isinstance(value, list | tuple):
                flags = [item for item in value if isinstance(item, Leaf) and item.is_flag]
                found = engine.brought(
                    [payloads[flag.number] for flag in flags], read, f"the component {name}", place
                )
                shared = dict(zip(flags, found, strict=True))
                items = [
                    signal(i, shared[i]) if isinstance(i, Leaf) and i in shared else made(i)
                    for i in value
                ]
                return tuple(items) if isinstance(value, tuple) else items
            if is_record(value):
                return make_record(type(value), {n: made(part) for n, part in fields_of(value)})
            if not isinstance(value, Leaf):
                return value
            payload = payloads[value.number]
            if value.is_flag:
                return signal(
                    value, engine.brought([payload], read, f"the component {name}", place)[0]
                )
            return signal(value, derived(payload, read))

        def signal(leaf: Leaf, payload: TracedPayload) -> Signal:
            return of_units(Signal(engine, payload, leaf.low, leaf.high), leaf.scale)

        return made(self.result)

    def copy_into(
        self, engine: TracingEngine, arguments: list[Linear], name: str, place: Place | None
    ) -> list[Linear]:
        """Copy the rows into a trace; returns the result's combinations there."""
        own: dict[int, None] = {}
        for i, argument in enumerate(arguments):
            if self.needed[i]:
                own[_argument(engine, argument, self.entries[i], own)] = None
            else:
                own[engine.alias({})] = None
        first_slot, first_row = len(engine.kinds), len(engine.origin_of_row)
        count = len(self.kinds)
        slot_of = np.empty(1 + self.arguments + count, np.int64)
        slot_of[0] = ONE
        slot_of[1 : 1 + self.arguments] = list(own)
        slot_of[1 + self.arguments :] = np.arange(first_slot, first_slot + count)
        engine.kinds.extend(self.kinds)
        engine.substituted.frombytes(np.full(count, -1, np.int64).tobytes())
        base = self._copy_rows(engine, slot_of, first_row)
        self._copy_tape(engine, slot_of, first_row)
        last = (first_slot + count, first_row + len(self.origin_of_row))
        origins = (base, base + len(self.origins))
        engine.calls.append(Call(name, place, first_slot, last[0], first_row, last[1], origins))
        slots = first_slot - 1 - self.arguments
        engine.calls += [call.moved(slots, first_row, base) for call in self.calls]
        for slot, row in self.waiting:
            engine.pending[int(slot_of[slot])] = first_row + row
        return [self._output(value, arguments, slot_of) for value in self.outputs]

    def _output(
        self, value: Combination, arguments: list[Linear], slot_of: NDArray[np.int64]
    ) -> Linear:
        own: Combination = {}
        out: Linear = {}
        for slot, coefficient in value.items():
            if 0 < slot <= self.arguments:
                out = plus(out, times(arguments[slot - 1], coefficient))
            else:
                own[int(slot_of[slot])] = coefficient
        return plus(out, kept(own)) if own else out

    def _copy_rows(self, engine: TracingEngine, slot_of: NDArray[np.int64], row: int) -> int:
        engine.a.extend(self.a, slot_of)
        engine.b.extend(self.b, slot_of)
        starts = len(engine.c.slots) + self.c.starts()[:-1]
        engine.c.extend(self.c, slot_of)
        engine.c_starts.frombytes(starts.tobytes())
        engine.c_rows.frombytes((self.c_rows + row).tobytes())
        base = self._copy_origins(engine, slot_of, row)
        engine.origin_of_row.frombytes((self.origin_of_row + np.uint32(base)).tobytes())
        return base

    def _copy_origins(self, engine: TracingEngine, slot_of: NDArray[np.int64], row: int) -> int:
        """Origins of this copy; copies of a template that checks nothing share theirs."""
        if not len(self.sides.counts):
            known = engine.shared_origins.get(self)
            if known is None:
                known = engine.shared_origins[self] = len(engine.origins)
                engine.origins += self.origins
            return known
        side = len(engine.sides)
        moved = self.sides.slots.copy()
        products = moved < 0
        moved[products] -= row
        moved[~products] = slot_of[moved[~products]]
        sides = CopiedRows(self.sides.counts, np.arange(len(moved)), self.sides.values)
        engine.sides.extend(sides, moved)
        base = len(engine.origins)
        engine.origins += [
            o if o.left < 0 else Origin(o.site, o.left + side, o.right + side) for o in self.origins
        ]
        return base

    def _copy_tape(self, engine: TracingEngine, slot_of: NDArray[np.int64], row: int) -> None:
        tape = self.tape.copy()
        tape[np.isin(tape[:, 0], _SOURCE_IS_ROW), 1] += row
        tape[np.isin(tape[:, 0], _SOURCE_IS_COMBINATION), 1] += len(engine.pool)
        tape[tape[:, 0] == Operation.HINT, 1] += len(engine.hints)
        tape[:, 2] = slot_of[tape[:, 2]]
        engine.hints += [
            HintUse(h.call, h.first + len(engine.pool), int(slot_of[h.slot]), h.count)
            for h in self.hints
        ]
        engine.pool.extend(self.pool, slot_of)
        engine.tape.frombytes(tape.tobytes())


def _argument(engine: TracingEngine, argument: Linear, entries: int, taken: Container[int]) -> int:
    """The slot of an argument, or an alias: rows would name a slot of two arguments twice.

    A long sum that stands in several entries of the rows gets a wire.
    """
    several = shortened if entries > 1 else read
    x = engine.factor(several(engine, argument))
    replace(argument, x)
    if len(x) == 1:
        ((slot, coefficient),) = x.items()
        if coefficient == 1 and slot != ONE and slot not in taken:
            return slot
    return engine.alias(x)


def _entries(count: int, matrices: Sequence[CopiedRows]) -> list[int]:
    """How many entries each of `count` arguments has."""
    slots = np.concatenate([rows.slots for rows in matrices])
    ours = slots[(slots > 0) & (slots <= count)]
    found: list[int] = np.bincount(ours, minlength=1 + count).tolist()
    return found[1:]


def _read(entries: list[int], outputs: list[Combination]) -> list[bool]:
    """Whether each argument stands in a row or an output."""
    found = {slot for value in outputs for slot in value}
    return [bool(n) or slot in found for slot, n in enumerate(entries, start=1)]


class _Renumbering:
    """A trace's slots without those that are gone or aliases."""

    def __init__(self, engine: TracingEngine) -> None:
        self.engine = engine
        kept = np.array(engine.substituted, np.int64) < 0
        kept[list(engine.aliases)] = False
        self.slots = np.flatnonzero(kept)
        self.new = np.full(len(kept), -1, np.int64)
        self.new[self.slots] = np.arange(len(self.slots))
        self.position = np.concatenate([[0], np.cumsum(kept)])  # also of slots that are not kept

    def number(self, slot: int) -> int:
        return int(self.new[slot])

    def combination(self, value: Combination) -> Combination:
        return {self.number(slot): coefficient for slot, coefficient in value.items()}

    def kinds(self) -> bytes:
        own = self.slots[1 + self.engine.argument_count :]
        return bytes(self.engine.kinds[slot] for slot in own.tolist())

    def rows(self, rows: CopiedRows) -> CopiedRows:
        rows = rows.expanded(self.engine.aliases, self.engine.coefficients)
        return CopiedRows(rows.counts, self.new[rows.slots], rows.values)

    def sides(self) -> CopiedRows:
        """Sides with products of rows, -(row + 1), for slots that are substituted."""
        engine = self.engine
        rows = engine.sides.arrays().expanded(engine.aliases, engine.coefficients)
        slots = rows.slots.copy()
        for entry, slot in enumerate(rows.slots.tolist()):
            if slot >= 0:
                gone = engine.substituted[slot]
                slots[entry] = self.new[slot] if gone < 0 else -1 - engine.c_rows[gone]
        return CopiedRows(rows.counts, slots, rows.values)

    def tape(self) -> NDArray[np.int32]:
        tape = np.array(self.engine.tape, np.int32).reshape(-1, 5)
        tape[:, 2] = self.new[tape[:, 2]]
        return tape

    def call(self, call: Call) -> Call:
        first, last = int(self.position[call.first_slot]), int(self.position[call.last_slot])
        return call._replace(first_slot=first, last_slot=last)
