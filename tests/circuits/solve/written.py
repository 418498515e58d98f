"""Systems drawn at random with their tapes: long rows, every sign, every operation but hints."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.accel.edge_values import generator
from tests.circuits.soundness.systems import Form, Row, system_of
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import ints_from_words, to_montgomery
from zkpipe.circuits.r1cs.program import Program, Sides
from zkpipe.circuits.r1cs.record import Operation, Origin, Site
from zkpipe.circuits.system import ConstraintSystem

INPUTS = 5
LENGTHS = [0, 1, 1, 1, 2, 3, 40, 41, 42, 43, 100]


COMPUTED = [kind for kind in Operation if kind not in (Operation.SOLVE, Operation.HINT)]


def drawn_system(seed: int) -> tuple[ConstraintSystem, int]:
    """A system that any inputs satisfy, with the number of its inputs."""
    draw = generator(seed)

    def form(wires: int) -> Form:
        """A combination of wires below one: all with 1, all with -1, or mixed."""
        wanted = min(draw.choice(LENGTHS), wires)
        known = draw.choice([[1], [R - 1], [1, R - 1], [1, R - 1, 2, draw.randrange(R)]])
        return {wire: draw.choice(known) for wire in draw.sample(range(wires), wanted)}

    wire, rows, pool = 1 + INPUTS, [], []
    tape: list[tuple[int, int, int, int, int]] = []
    for _ in range(150):
        kind = draw.choice([Operation.SOLVE] * 6 + COMPUTED)
        if kind is Operation.SOLVE:
            unknown = {wire: draw.choice([1, R - 1, 2, draw.randrange(1, R)])}
            tape.append((kind, len(rows), wire, 1, 0))
            rows.append((form(wire), form(wire), {**form(wire), **unknown}))
            wire += 1
            continue
        skip = draw.randrange(200)
        count = draw.randrange(1, 50) if kind is Operation.BITS else 1
        tape.append((kind, len(pool), wire, count, skip))
        pool += [form(wire), form(wire)]
        wire += count
    read: list[Row] = [({}, {}, used) for used in pool]
    # The combinations are rows at first, so that one dictionary has the coefficients of both: its
    # first are 1 and -1, as a tape takes them.
    units: Row = ({0: 1}, {0: 1}, {0: 1})
    both = system_of([({0: 1, 1: R - 1}, {}, {}), units, *rows, *read], 0, INPUTS, wire)
    count = len(rows)

    def part(matrix: object, first: int, last: int) -> object:
        begin, end = matrix.starts[first], matrix.starts[last]
        return replace(
            matrix,
            starts=matrix.starts[first : last + 1] - begin,
            wires=matrix.wires[begin:end],
            values=matrix.values[begin:end],
        )

    known = ints_from_words(both.coefficients)
    program = Program(
        parameters=(),
        input_wires=np.arange(1, 1 + INPUTS),
        tape=np.array(tape, np.int32),
        combinations=part(both.c, 2 + count, 2 + count + len(pool)),
        montgomery=to_montgomery(known, R),
        inverses=to_montgomery([pow(value, -1, R) if value else 0 for value in known], R),
        hints=(),
        origins=(Origin(Site(None, "check", "holds")),),
        origin_of_row=np.zeros(count, np.uint32),
        sides=Sides(np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint32)),
        calls=(),
    )
    a, b, c = (part(matrix, 2, 2 + count) for matrix in (both.a, both.b, both.c))
    return replace(both, a=a, b=b, c=c, program=program), INPUTS
