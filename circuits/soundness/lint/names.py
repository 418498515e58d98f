"""Names of wires for people, without the circuit's own name in front."""

from __future__ import annotations

from zkpipe.circuits.r1cs.names import names_of
from zkpipe.circuits.system import ConstraintSystem


def port_names(system: ConstraintSystem) -> dict[int, str]:
    """The names of outputs and inputs by their wires, ascending."""
    wires = [*range(1, 1 + system.output_count), *system.input_wires.tolist()]
    names = names_of(system.symbols, wires)
    prefix = f"{system.name}."
    return {wire: name.removeprefix(prefix) for wire, name in zip(wires, names, strict=True)}
