"""Names of wires, made when they are asked for.

`income_proof.incomes[3]`; of an internal wire the component's path, what it holds, and a number:
`income_proof.poseidon[2].product_17`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from circuits.compile.record import Call, WireKind

_KINDS = {kind.value: kind.name.lower() for kind in WireKind}


class WireNames(Sequence[str]):
    """A path for every wire; names[0] is "one".

    circuit  the circuit's name
    named    paths of outputs and inputs in their order, from wire 1 on
    slots    (wire_count,) int64   the slot that each wire was while it was traced
    kinds    a WireKind for each slot
    calls    of components, outer ones before those inside them
    """

    def __init__(
        self,
        circuit: str,
        named: Sequence[str],
        slots: NDArray[np.int64],
        kinds: bytes,
        calls: Sequence[Call],
    ) -> None:
        self.circuit = circuit
        self.named = list(named)
        self.slots = slots
        self.kinds = kinds
        self.calls = sorted(calls, key=lambda call: (call.first_slot, -call.last_slot))

    def __len__(self) -> int:
        return len(self.slots)

    def __iter__(self) -> Iterator[str]:
        yield "one"
        for name in self.named:
            yield f"{self.circuit}.{name}"
        open_calls: list[tuple[Call, str, Counter[str]]] = []
        top: Counter[str] = Counter()
        upcoming = 0
        for slot in self.slots[1 + len(self.named) :].tolist():
            while upcoming < len(self.calls) and self.calls[upcoming].first_slot <= slot:
                call = self.calls[upcoming]
                while open_calls and open_calls[-1][0].last_slot <= call.first_slot:
                    open_calls.pop()
                path, counts = open_calls[-1][1:] if open_calls else (self.circuit, top)
                open_calls.append((call, f"{path}.{call.name}[{counts[call.name]}]", Counter()))
                counts[call.name] += 1
                upcoming += 1
            while open_calls and open_calls[-1][0].last_slot <= slot:
                open_calls.pop()
            path, counts = open_calls[-1][1:] if open_calls else (self.circuit, top)
            kind = _KINDS[self.kinds[slot]]
            yield f"{path}.{kind}_{counts[kind]}"
            counts[kind] += 1

    @overload
    def __getitem__(self, wire: int) -> str: ...

    @overload
    def __getitem__(self, wire: slice) -> list[str]: ...

    def __getitem__(self, wire: int | slice) -> str | list[str]:
        """The name of a wire; of an internal one at the cost of going through all before it."""
        if isinstance(wire, slice):
            return list(self)[wire]
        if wire < 0:
            wire += len(self)
        if not 0 <= wire < len(self):
            raise IndexError(wire)
        if wire <= len(self.named):
            return "one" if wire == 0 else f"{self.circuit}.{self.named[wire - 1]}"
        return next(name for i, name in enumerate(self) if i == wire)


def names_of(symbols: Sequence[str] | None, wires: Sequence[int]) -> tuple[str, ...]:
    """The names of wires; of a system without names, `wire 7`."""
    if not wires:
        return ()
    if symbols is None:
        return tuple(f"wire {wire}" for wire in wires)
    if isinstance(symbols, WireNames) and max(wires) <= len(symbols.named):
        return tuple(symbols[wire] for wire in wires)
    every = list(symbols)  # an internal name costs those before it
    return tuple(every[wire] for wire in wires)
