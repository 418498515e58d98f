"""Names of wires, made when they are asked for.

`income_proof.incomes[3]`; of an internal wire the component's path, what it holds, and a number:
`income_proof.poseidon[2].product_17`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from zkpipe.circuits.r1cs.record import Call, WireKind

_KINDS = {kind.value: kind.name.lower() for kind in WireKind}


class Numbered(NamedTuple):
    """Names that are a text and a number: texts[which[i]] and numbers[i] in decimal."""

    texts: list[str]
    which: NDArray[np.int64]
    numbers: NDArray[np.int64]


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
        texts, which, numbers = self.numbered
        for text, number in zip(which.tolist(), numbers.tolist(), strict=True):
            yield f"{texts[text]}{number}"

    @cached_property
    def numbered(self) -> Numbered:
        """The names of internal wires, as texts with a number behind them.

        The wire behind the last that is `named` is texts[which[0]] and the number numbers[0]; texts
        are in the order of their first wires.
        """
        slots = self.slots[1 + len(self.named) :]
        paths, starts, calls = self._pieces()
        of_wire = np.array(calls, np.int64)[np.searchsorted(starts, slots, "right") - 1]
        kinds = np.frombuffer(self.kinds, np.uint8)[slots]
        groups = of_wire * len(WireKind) + kinds
        order = np.argsort(groups, kind="stable")  # within a group by wire
        is_first = np.diff(groups[order], prepend=-1) != 0
        firsts = np.flatnonzero(is_first)
        place = np.cumsum(is_first) - 1  # the group of each, groups by call and kind
        numbers = np.empty(len(slots), np.int64)
        numbers[order] = np.arange(len(slots)) - firsts[place]
        by_wire = np.argsort(order[firsts])  # the groups by their first wires
        rank = np.empty(len(firsts), np.int64)
        rank[by_wire] = np.arange(len(firsts))
        which = np.empty(len(slots), np.int64)
        which[order] = rank[place]
        first_wires = order[firsts][by_wire]
        texts = [
            f"{paths[call]}.{_KINDS[kind]}_"
            for call, kind in zip(
                of_wire[first_wires].tolist(), kinds[first_wires].tolist(), strict=True
            )
        ]
        return Numbered(texts, which, numbers)

    def _pieces(self) -> tuple[list[str], list[int], list[int]]:
        """Paths of the circuit and its components; where a piece of the slots begins; its path."""
        paths = [self.circuit]
        counts: Counter[tuple[int, str]] = Counter()
        starts, owners = [0], [0]
        inside = [(0, len(self.kinds))]  # open components, with the ends of their slots
        for call in self.calls:
            _leave(inside, call.first_slot, starts, owners)
            within = inside[-1][0]
            paths.append(f"{paths[within]}.{call.name}[{counts[within, call.name]}]")
            counts[within, call.name] += 1
            inside.append((len(paths) - 1, call.last_slot))
            starts.append(call.first_slot)
            owners.append(len(paths) - 1)
        _leave(inside, len(self.kinds), starts, owners)
        return paths, starts, owners

    @overload
    def __getitem__(self, wire: int) -> str: ...

    @overload
    def __getitem__(self, wire: slice) -> list[str]: ...

    def __getitem__(self, wire: int | slice) -> str | list[str]:
        """The name of a wire; the first of an internal one at the cost of all of them."""
        if isinstance(wire, slice):
            return [self[each] for each in range(*wire.indices(len(self)))]
        if wire < 0:
            wire += len(self)
        if not 0 <= wire < len(self):
            raise IndexError(wire)
        if wire <= len(self.named):
            return "one" if wire == 0 else f"{self.circuit}.{self.named[wire - 1]}"
        texts, which, numbers = self.numbered
        internal = wire - 1 - len(self.named)
        return f"{texts[which[internal]]}{numbers[internal]}"


def _leave(inside: list[tuple[int, int]], slot: int, starts: list[int], owners: list[int]) -> None:
    """Close the components that end before a slot; the slots behind them are the outer one's."""
    while len(inside) > 1 and inside[-1][1] <= slot:
        _, end = inside.pop()
        starts.append(end)
        owners.append(inside[-1][0])


def names_of(symbols: Sequence[str] | None, wires: Sequence[int]) -> tuple[str, ...]:
    """The names of wires; of a system without names, `wire 7`."""
    if not wires:
        return ()
    if symbols is None:
        return tuple(f"wire {wire}" for wire in wires)
    return tuple(symbols[wire] for wire in wires)
