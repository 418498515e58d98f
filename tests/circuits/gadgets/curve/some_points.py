"""Points for tests of the curve, and what a circuit makes of rows of inputs."""

from __future__ import annotations

import numpy as np

from tests.accel.edge_values import generator
from zkpipe.accel.curves import baby_jubjub as plain
from zkpipe.accel.curves.baby_jubjub import BASE, GENERATOR, L, Pair
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.circuits import (
    Witness,
)
from zkpipe.circuits.solve.many import solve_many
from zkpipe.circuits.system import ConstraintSystem

TORSION = [plain.multiply(GENERATOR, L * k) for k in range(8)]  # all points of low order
SOME = [*TORSION, BASE, plain.negative(BASE), GENERATOR, plain.multiply(BASE, 77)]


def walk(count: int, seed: int) -> list[Pair]:
    """Points of the whole group, each the last and a step."""
    draw = generator(seed)
    point = plain.multiply(GENERATOR, draw.randrange(8 * L))
    step = plain.multiply(GENERATOR, draw.randrange(8 * L))
    found = [point]
    while len(found) < count:
        found.append(plain.add(found[-1], step))
    return found


def outputs(system: ConstraintSystem, rows: list[list[int]]) -> list[list[int]]:
    found: list[list[int]] = []
    for start in range(0, len(rows), 1000):
        for witness in solve_many(system, rows[start : start + 1000]):
            assert isinstance(witness, Witness)
            words = witness.values[1 : 1 + system.output_count]
            found.append(ints_from_words(np.ascontiguousarray(words)))
    return found
