"""Private inputs on which no check and no output depends: any value of them passes.

The rows of an input's own range check do not count, as it enters or by narrow(), nor does a product
that nothing uses: its row says what the product is, and no more. A public input is another matter:
the proof is bound to it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from zkpipe.circuits.errors import CircuitWarning, Source
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.r1cs.program import Program
from zkpipe.circuits.r1cs.record import Operation
from zkpipe.circuits.system import ConstraintSystem

SHOWN = 3  # names in a sentence
NOBODY = -1


def unused_private_inputs(system: ConstraintSystem, source: Source) -> Iterator[CircuitWarning]:
    """A warning for each parameter with private inputs that nothing depends on.

    source  the line of the circuit's head

    Cost: a pass over the entries of the rows.
    """
    program = system.program
    if program is None or not system.private_input_count:
        return
    first = 1 + system.public_count
    uses = _uses(system, program)
    idle = first + np.flatnonzero(uses[first : 1 + _port_count(system)] == 0)
    if not len(idle):
        return
    idle = idle[~np.isin(idle, _used_by_bits(program, uses))]
    names = dict(zip(range(1, 1 + _port_count(system)), _names(system), strict=True))
    present = np.zeros(system.wire_count, np.bool_)
    for m in (system.a, system.b, system.c):
        present[m.wires] = True
    absent = {names[wire] for wire in idle.tolist() if not present[wire]}
    of_parameter: dict[str, list[str]] = {}
    for wire in idle.tolist():
        parameter = names[wire].partition("[")[0].partition(".")[0]
        of_parameter.setdefault(parameter, []).append(names[wire])
    for found in of_parameter.values():
        many = len(found) > 1
        shown = f"private input{'s' * many} " + ", ".join(f"`{name}`" for name in found[:SHOWN])
        if len(found) > SHOWN:
            shown += f" and {len(found) - SHOWN:,} more"
        if all(name in absent for name in found):
            what = f"The {shown} {'are' if many else 'is'} in no constraint."
        else:
            what = f"No check and no output depends on the {shown}: only the range is checked."
        fix = f"Use {'them' if many else 'it'}, or take {'them' if many else 'it'} away: any value "
        yield CircuitWarning("unused-private-input", what, fix + "passes.", source, found)


def _names(system: ConstraintSystem) -> list[str]:
    symbols = system.symbols or ()
    ports = symbols[1 : 1 + _port_count(system)]
    return [name.removeprefix(f"{system.name}.") for name in ports]


def _uses(system: ConstraintSystem, program: Program) -> NDArray[np.int64]:
    """For each wire its entries in rows that count."""
    matrices = (system.a, system.b, system.c)
    counts = ~_of_ranges(system, program)[program.origin_of_row]
    uses = np.zeros(system.wire_count, np.int64)
    for m in matrices:
        entries = np.repeat(counts, np.diff(m.starts))
        uses += np.bincount(m.wires[entries], minlength=system.wire_count)
    solved = program.tape[program.tape[:, 0] == Operation.SOLVE]
    row_of_wire = np.full(system.wire_count, NOBODY, np.int64)
    row_of_wire[solved[:, 2]] = solved[:, 1]
    row_of_wire[: 1 + system.public_count] = NOBODY  # an output is used whoever else uses it
    _forget_idle_rows(matrices, row_of_wire, uses)
    return uses


def _of_ranges(system: ConstraintSystem, program: Program) -> NDArray[np.bool_]:
    """For each origin whether it is the range check of an input: as it enters, or by narrow()."""
    own = np.zeros(max(1, len(program.origins)), np.bool_)
    sides = program.sides
    for number, origin in enumerate(program.origins):
        purpose = origin.site.purpose
        if purpose == "input":
            own[number] = True
        elif purpose == "narrow" and origin.left >= 0:
            start, end = int(sides.starts[origin.left]), int(sides.starts[origin.left + 1])
            own[number] = end == start + 1 and (
                system.public_count < sides.wires[start] <= _port_count(system)
            )
    return own


def _port_count(system: ConstraintSystem) -> int:
    return system.public_count + system.private_input_count


def _forget_idle_rows(
    matrices: tuple[SparseMatrix, ...], row_of_wire: NDArray[np.int64], uses: NDArray[np.int64]
) -> None:
    """Take away the entries of rows that only say what a wire is which no other row has."""
    waiting = np.flatnonzero((row_of_wire != NOBODY) & (uses == 1)).tolist()
    while waiting:
        row = row_of_wire[waiting.pop()]
        for m in matrices:
            for wire in m.wires[m.starts[row] : m.starts[row + 1]].tolist():
                uses[wire] -= 1
                if uses[wire] == 1 and row_of_wire[wire] not in (NOBODY, row):
                    waiting.append(wire)


def _used_by_bits(program: Program, uses: NDArray[np.int64]) -> NDArray[np.int64]:
    """The wires whose bits are used: of an input its range check makes them."""
    steps = program.tape[program.tape[:, 0] == Operation.BITS].astype(np.int64)
    starts = program.combinations.starts
    last = program.combinations.wires[starts[steps[:, 1] + 1] - 1]
    alone = np.diff(starts)[steps[:, 1]] - (program.combinations.wires[starts[steps[:, 1]]] == 0)
    used = np.concatenate([[0], np.cumsum(uses > 0)])
    of_bits = used[steps[:, 2] + steps[:, 3]] - used[steps[:, 2]]
    used_wires: NDArray[np.int64] = last[(of_bits > 0) & (alone == 1)].astype(np.int64)
    return used_wires
