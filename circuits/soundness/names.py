"""Names of wires for people, without the circuit's own name in front."""

from __future__ import annotations

from collections.abc import Sequence

from circuits.compile.names import WireNames
from circuits.system import ConstraintSystem


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


def port_names(system: ConstraintSystem) -> list[str]:
    """The names of the outputs and inputs, by wire; `one` for wire 0."""
    count = 1 + system.public_count + system.private_input_count
    names = names_of(system.symbols, range(count))
    return [name.removeprefix(f"{system.name}.") for name in names]
