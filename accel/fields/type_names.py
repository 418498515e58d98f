"""The names of the types of what hosts give to kernels: machine code is chosen by them.

numba's types have the same names (field, arrays, prepared_constants), and are the same type where
the name is. A name holds all that a kernel is compiled for: also the curve, whose constants are in
the code. It is short, because it becomes part of every symbol.
"""

from __future__ import annotations

from zkpipe.accel.curve import Field
from zkpipe.accel.machines.machine import Machine


def element_name(field: Field, machine: Machine, bound: int) -> str:
    """A value, or one a lane, below bound * p."""
    return f"{field.label}.{machine.name}<{bound}"


def elements_name(field: Field, machine: Machine, bound: int, among: int) -> str:
    """An array of them, one of so many that lie interleaved."""
    name = f"[{element_name(field, machine, bound)}]"
    return name if among == 1 else f"{name}/{among}"


def rows_name(field: Field, machine: Machine, count: int, working: bool) -> str:
    """Rows of `count` elements, of a file or working rows."""
    return f"{'work' if working else 'file'}{count}[{field.label}.{machine.name}]"


def factors_name(field: Field, machine: Machine) -> str:
    """Known factors."""
    return f"factors[{field.label}.{machine.name}]"
