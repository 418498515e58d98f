"""Raw values worth trying: the edges of a bound, limbs of all ones, and random ones."""

from __future__ import annotations

import random
from collections.abc import Sequence

from zkpipe.accel.curve import Field
from zkpipe.accel.machines.machine import Machine

Value = tuple[int, ...]


def generator(seed: int) -> random.Random:
    """Random numbers that are the same each time."""
    return random.Random(seed)  # noqa: S311 # test data


def single_values(modulus: int, machine: Machine, bound: int) -> list[int]:
    """Raw components from 0 to bound * p.

    The lanes' greatest is bound * p itself, which is the negative of 0; the scalar machine's is
    2p - 1, all it ever makes.
    """
    top = bound * modulus - (machine.width == 1)
    limb = machine.limb_bits
    ones = [(1 << limb * k) - 1 for k in range(1, machine.limbs)]
    gaps = [((1 << limb) - 1) << limb * k for k in range(machine.limbs - 1)]
    powers = [1 << limb * k for k in range(1, machine.limbs)]
    leading = [top >> limb * (machine.limbs - 1) << limb * (machine.limbs - 1)]
    near = [k * modulus + d for k in (1, bound - 1, bound) for d in (-1, 0, 1)]
    found = [0, 1, 2, *near, 2 * modulus - 1, *ones, *gaps, *powers, *leading, leading[0] - 1, top]
    return sorted({value for value in found if 0 <= value <= top})


def edge_values(field: Field, machine: Machine, bound: int, more: int = 0) -> list[Value]:
    """Edge elements below a bound, and `more` random ones."""
    singles = single_values(field.modulus, machine, bound)
    draw = generator(field.modulus % 1000 + bound)
    top = singles[-1]
    if field.degree == 1:
        edges: list[Value] = [(value,) for value in singles]
    else:
        ends = [singles[0], singles[1], singles[-2], singles[-1]]
        edges = [(a, b) for a in ends for b in ends]
        edges += [(value, draw.choice(singles)) for value in singles]
    return edges + [tuple(draw.randint(0, top) for _ in range(field.degree)) for _ in range(more)]


def edge_pairs(
    xs: Sequence[Value], ys: Sequence[Value], machine: Machine
) -> tuple[list[Value], list[Value]]:
    """Every x with every y, shuffled, so that neighbouring lanes differ."""
    pairs = [(x, y) for x in xs for y in ys]
    generator(len(pairs)).shuffle(pairs)
    return [x for x, _ in pairs], [y for _, y in pairs]


def on_every_lane(values: Sequence[Value], machine: Machine) -> list[Value]:
    """The values again and again, one later each time, so that each lane meets each value."""
    padded = [*values, *[values[0]] * (-len(values) % machine.width)]
    return [v for k in range(machine.width) for v in [*padded[k:], *padded[:k]]]
