"""Values as a machine's working arrays hold them: raw integers, written and read limb by limb.

`accel` never shows them; tests write every value that a bound allows and read what comes back.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zkpipe.accel.curve import Field
from zkpipe.accel.fields.rows import Elements
from zkpipe.accel.machines.machine import Machine

Value = tuple[int, ...]


def _limb_bits(machine: Machine) -> int:
    return 64 if machine.width == 1 else 52


def elements(field: Field, machine: Machine, values: Sequence[Value], bound: int = 2) -> Elements:
    """An array with these raw values, one or eight an entry; the last one fills its block."""
    array = Elements(field, machine, len(values), bound)
    bits, width = _limb_bits(machine), machine.width
    filled = [*values, *[values[-1]] * (array.length * width - len(values))]
    limbs = array.words.reshape(array.length, field.degree, machine.limbs, width)
    for i, value in enumerate(filled):
        for component, number in enumerate(value):
            assert 0 <= number <= bound * field.modulus or bound * field.modulus >= 1 << 260
            for j in range(machine.limbs):
                limbs[i // width, component, j, i % width] = number >> bits * j & ((1 << bits) - 1)
    return array


def blank(field: Field, machine: Machine, n: int, bound: int = 2) -> Elements:
    """An array for results, full of ones that a kernel must overwrite."""
    array = Elements(field, machine, n, bound)
    array.words[:] = (1 << _limb_bits(machine)) - 1
    return array


def raw_values(array: Elements, field: Field, machine: Machine, n: int) -> list[Value]:
    """The first n raw values of an array; every limb must be within its bits."""
    bits, width = _limb_bits(machine), machine.width
    limbs = array.words.reshape(array.length, field.degree, machine.limbs, width)
    assert bits == 64 or int(limbs.max(initial=np.uint64(0))) < 1 << bits, "a limb was not carried"
    return [
        tuple(
            sum(int(limbs[i // width, c, j, i % width]) << bits * j for j in range(machine.limbs))
            for c in range(field.degree)
        )
        for i in range(n)
    ]


def in_form(field: Field, machine: Machine, value: Sequence[int]) -> Value:
    """A canonical value in the machine's Montgomery form."""
    return tuple(c * machine.montgomery % field.modulus for c in value)


def out_of_form(field: Field, machine: Machine, value: Sequence[int]) -> Value:
    """The canonical value of a raw one."""
    inverse = pow(machine.montgomery, -1, field.modulus)
    return tuple(c * inverse % field.modulus for c in value)
