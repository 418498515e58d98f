"""Inputs and outputs that no constraint ties to anything: forgotten, or bound to nothing.

Wires that stand in one row are connected, but by the constant one. An input in no row is unused. A
public input that is connected to no other input or output is checked by nobody: the statement is
the same for each value that its own range check lets pass, so a proof can be shown with another.
(The prover still binds it: see the rows that a setup adds for public values. What is lost is what
the author meant by it.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.entries import Kernels
from zkpipe.circuits.soundness.lint.findings import Finding, Severity
from zkpipe.circuits.soundness.model.coefficients import Numbers
from zkpipe.circuits.soundness.model.equations import Equations
from zkpipe.circuits.system import ConstraintSystem

_kernels = Kernels("zkpipe.circuits.soundness.lint.kernels.connections")

SHOWN = 8  # inputs without a wire that are named, of each system


def loose_ends(
    system: ConstraintSystem, rows: Equations, names: Mapping[int, str]
) -> Iterator[Finding]:
    """Findings on inputs and outputs that are unused or tied to nothing, or that nobody is shown.

    rows   of the system
    names  of the outputs and inputs, by wire
    """
    if not system.public_count:
        yield Finding(
            "no-public-values",
            Severity.NOTE,
            "The circuit has no public values: a proof says only that some inputs pass all checks, "
            "and one proof serves everybody.",
            "Declare Public[...] what the verifier knows, or return it. If the verifier knows the "
            "constants in the circuit and nothing else, nothing is missing.",
        )
    yield from _unused(system, rows, names)
    parts, used = _parts(rows), used_wires(rows)
    sizes = np.bincount(parts[np.fromiter(names, np.int64)], minlength=rows.total_count)
    for wire, name in names.items():
        is_public_input = system.output_count < wire <= system.public_count
        if is_public_input and used[wire] and sizes[parts[wire]] == 1 and len(names) > 1:
            yield Finding(
                "loose-public-input",
                Severity.WARNING,
                f"The public input `{name}` is tied to no other input or output.",
                "If a proof is to hold for one value of it only, make that value part of what is "
                "hashed or checked.",
                (name,),
            )


def _unused(
    system: ConstraintSystem, rows: Equations, names: Mapping[int, str]
) -> Iterator[Finding]:
    used = used_wires(rows)
    for wire, name in names.items():
        if used[wire]:
            continue
        if wire <= system.output_count:
            yield _in_no_constraint("output", name)
        elif wire <= system.public_count:
            yield _in_no_constraint("public input", name)
        elif system.program is None:  # else the compiler has told
            yield _in_no_constraint("private input", name)
    for name in islice(_dropped_names(system), SHOWN):
        yield _without_a_wire(f"The private input `{name}` has no wire", (name,))
    more = system.private_input_count - len(system.private_input_wires) - SHOWN
    if more > 0:
        yield _without_a_wire(f"{more:,} more private inputs have no wires", ())


def _in_no_constraint(kind: str, name: str) -> Finding:
    fix = (
        "Use it, or take it away: any value passes."
        if kind == "private input"
        else "Constrain it, or take it away."
    )
    text = f"The {kind} `{name}` is in no constraint."
    return Finding(f"unused-{kind.replace(' ', '-')}", Severity.WARNING, text, fix, (name,))


def _without_a_wire(what: str, names: tuple[str, ...]) -> Finding:
    return Finding(
        "unused-private-input",
        Severity.WARNING,
        f"{what}: in no constraint, or circom put an equal signal or a sum in its place.",
        "Use what is unused, or take it away; compile with --O0, and every input has its wire.",
        names,
    )


def used_wires(rows: Equations) -> NDArray[np.bool_]:
    """Whether the rows say anything of each wire."""
    used = rows.is_bit.copy()
    for part in (rows.linear, rows.a, rows.b, rows.c):
        used[part.wires] = True
    return used


def _dropped_names(system: ConstraintSystem) -> Iterator[str]:
    """The private inputs that have no wire."""
    present = set(system.labels[system.private_input_wires].tolist())
    for label in range(1 + system.public_count, 1 + system.declared_count):
        if label not in present:
            yield system.dropped_inputs.get(label, f"label {label}")


def _parts(rows: Equations) -> Numbers:
    """For each wire the number of its part: wires that rows connect are in one."""
    parent = np.arange(rows.total_count)
    a, b, c, linear = rows.a, rows.b, rows.c, rows.linear
    none, nowhere = np.zeros_like(linear.starts), np.zeros(0, np.int64)
    _kernels.connect(linear.starts, linear.wires, none, nowhere, none, nowhere, parent)
    _kernels.connect(a.starts, a.wires, b.starts, b.wires, c.starts, c.wires, parent)
    return parent
