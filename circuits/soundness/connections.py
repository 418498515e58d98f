"""Inputs and outputs that no constraint ties to anything: forgotten, or bound to nothing.

Wires that stand in one row are connected, but by the constant one. An input in no row is unused. A
public input that is connected to no other input or output is checked by nobody: the statement is
the same for each value that its own range check lets pass, so a proof can be shown with another.
(The prover still binds it: see the rows that a setup adds for public values. What is lost is what
the author meant by it.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from accel.kernels import kernel
from circuits.soundness.coefficients import Numbers
from circuits.soundness.findings import Finding, Severity
from circuits.system import ConstraintSystem


def loose_ends(system: ConstraintSystem, names: Sequence[str]) -> Iterator[Finding]:
    """Findings on inputs and outputs that are unused or tied to nothing.

    names  of the outputs and inputs, by wire
    """
    parts = _parts(system)
    first = 1 + system.output_count
    last = first + system.public_input_count + system.private_input_count
    sizes = np.bincount(parts[1:last], minlength=system.wire_count)
    used = np.zeros(system.wire_count, np.bool_)
    for matrix in (system.a, system.b, system.c):
        used[matrix.wires] = True
    for wire in range(1, last):
        name = names[wire]
        is_output, is_public = wire < first, wire < first + system.public_input_count
        kind = "output" if is_output else "public input" if is_public else "private input"
        if not used[wire]:
            yield Finding(
                f"unused-{kind.replace(' ', '-')}",
                Severity.WARNING,
                f"The {kind} `{name}` is in no constraint.",
                "Constrain it, or take it away."
                if is_public
                else "Use it, or take it away: any value passes.",
                (name,),
            )
        elif is_public and not is_output and sizes[parts[wire]] == 1 and last > 2:
            yield Finding(
                "loose-public-input",
                Severity.WARNING,
                f"The public input `{name}` is tied to no other input or output.",
                "If a proof shall hold for one value of it only, make that value part of what is "
                "hashed or checked.",
                (name,),
            )


def _parts(system: ConstraintSystem) -> Numbers:
    """For each wire the number of its part: wires that rows connect are in one."""
    parent = np.arange(system.wire_count)
    matrices = [
        (m.starts.astype(np.int64), m.wires.astype(np.int64))
        for m in (system.a, system.b, system.c)
    ]
    (a, a_wires), (b, b_wires), (c, c_wires) = matrices
    _connect(a, a_wires, b, b_wires, c, c_wires, parent)
    return parent


@kernel
def _connect(
    a: Numbers,
    a_wires: Numbers,
    b: Numbers,
    b_wires: Numbers,
    c: Numbers,
    c_wires: Numbers,
    parent: Numbers,
) -> None:
    """Union and find (Tarjan), each wire of a row with the first; then each with its root."""
    for row in range(len(a) - 1):
        root = -1
        for k in range(3):
            starts = a if k == 0 else b if k == 1 else c
            wires = a_wires if k == 0 else b_wires if k == 1 else c_wires
            for e in range(starts[row], starts[row + 1]):
                wire = wires[e]
                if wire == 0:
                    continue
                while parent[wire] != wire:
                    parent[wire] = parent[parent[wire]]
                    wire = parent[wire]
                if root < 0:
                    root = wire
                else:
                    parent[wire] = root
    for wire in range(len(parent)):
        root = wire
        while parent[root] != root:
            root = parent[root]
        parent[wire] = root
