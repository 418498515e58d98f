"""Constraint systems with their witnesses, made by hand from rows: what proofs in tests are about.

A row is three sums, each a dict from wire to coefficient: (a . w) (b . w) = c . w. Nothing of the
circuit language is needed, so these tests stand on files, keys and proofs alone.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import words_from_ints
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.circuits.witness import Witness

Sum = dict[int, int]
Row = tuple[Sum, Sum, Sum]


@dataclass(frozen=True)
class Statement:
    """Rows, the values of their wires, and how many wires are outputs and inputs.

    Wires: 0 is the constant one, then outputs, public inputs, private inputs, internals.
    """

    name: str
    rows: tuple[Row, ...]
    values: tuple[int, ...]
    outputs: int = 0
    public_inputs: int = 0
    private_inputs: int = 0

    def __post_init__(self) -> None:
        for a, b, c in self.rows:
            left, right, product = (
                sum(v * self.values[w] for w, v in s.items()) for s in (a, b, c)
            )
            assert (left * right - product) % R == 0, "the statement is false"

    @property
    def public_count(self) -> int:
        return self.outputs + self.public_inputs

    @property
    def public(self) -> list[int]:
        return [value % R for value in self.values[1 : 1 + self.public_count]]

    @property
    def witness(self) -> Witness:
        return self.witness_of(self.values)

    def witness_of(self, values: Sequence[int]) -> Witness:
        """Values, reduced, as a witness: right or wrong."""
        return Witness(words_from_ints(value % R for value in values), self.public_count)

    @property
    def system(self) -> ConstraintSystem:
        coefficients: dict[int, int] = {}
        matrices = []
        for part in range(3):
            starts, wires, values = [0], [], []
            for row in self.rows:
                for wire, value in sorted(row[part].items()):
                    wires.append(wire)
                    values.append(coefficients.setdefault(value % R, len(coefficients)))
                starts.append(len(wires))
            matrices.append(
                SparseMatrix(
                    np.array(starts, np.int64),
                    np.array(wires, np.uint32),
                    np.array(values, np.uint32),
                )
            )
        count = len(self.values)
        return ConstraintSystem(
            self.name,
            *matrices,
            words_from_ints(coefficients),
            count,
            self.outputs,
            self.public_inputs,
            self.private_inputs,
            np.arange(count, dtype=np.uint64),
        )


def chain(length: int, start: int = 3) -> Statement:
    """The output is x after `length` steps x = x * x + x from a private start."""
    steps = [start % R]
    for _ in range(length):
        steps.append((steps[-1] * steps[-1] + steps[-1]) % R)
    wires = [*range(2, 2 + length), 1]  # of steps[0], steps[1], ...; the last is the output
    rows = [({x: 1}, {x: 1}, {y: 1, x: -1}) for x, y in pairwise(wires)]
    return Statement(
        f"chain{length}",
        tuple(rows),
        (1, steps[-1], *steps[:-1]),
        outputs=1,
        private_inputs=1,
    )


def sum_of_powers(x: int = 1234, y: int = 2**200) -> Statement:
    """out = 3 x^3 + 5 y^2 - 7 k, x and y private, k public: five constraints."""
    k = 99
    xx, xxx, yy = x * x % R, x * x * x % R, y * y % R
    out = (3 * xxx + 5 * yy - 7 * k) % R
    # wires: 0 one, 1 out, 2 k, 3 x, 4 y, 5 xx, 6 xxx, 7 yy, 8 t = out (out + 2)
    rows = (
        ({3: 1}, {3: 1}, {5: 1}),
        ({5: 2, 0: 3}, {3: 1}, {6: 2, 3: 3}),
        ({4: -1}, {4: 1}, {7: -1}),
        ({6: 3, 7: 5, 2: -7}, {0: 1}, {1: 1}),
        ({1: 1}, {1: 1, 0: 2}, {8: 1}),
    )
    values = (1, out, k, x, y, xx, xxx, yy, out * (out + 2) % R)
    return Statement("powers", rows, values, outputs=1, public_inputs=1, private_inputs=2)


def no_public_values() -> Statement:
    """A private x with x^2 = 1, and y = x + 5 with y (y - 6) = 0: nothing is public."""
    rows = (({1: 1}, {1: 1}, {0: 1}), ({2: 1}, {2: 1, 0: -6}, {}), ({0: 1}, {2: 1}, {1: 1, 0: 5}))
    return Statement("private", rows, (1, 1, 6), private_inputs=1)


def outputs_only() -> Statement:
    """Three outputs, nothing else: 1 * 1 = o1, o1 + o1 = o2, o2 * o2 = o3."""
    rows = (({0: 1}, {0: 1}, {1: 1}), ({1: 2}, {0: 1}, {2: 1}), ({2: 1}, {2: 1}, {3: 1}))
    return Statement("outputs", rows, (1, 1, 2, 4), outputs=3)


def one_constraint() -> Statement:
    """A private square root of a public input."""
    return Statement(
        "square", (({2: 1}, {2: 1}, {1: 1}),), (1, 49, 7), public_inputs=1, private_inputs=1
    )


def untouched_public_input(value: int = 42) -> Statement:
    """One output x^2 and a public input that is in no constraint."""
    return Statement(
        "untouched",
        (({3: 1}, {3: 1}, {1: 1}),),
        (1, 81, value, 9),
        outputs=1,
        public_inputs=1,
        private_inputs=1,
    )


def many_infinities() -> Statement:
    """Columns that are zero, equal or opposite, and rows that say nothing: points at infinity.

    Private 3 is in no row, 4 only in A, 5 only in B, 6 only in C; 7 and 8 have equal columns, 9
    opposite ones; 10 cancels itself over two rows of no use.
    """
    values = (1, 6, 2, 555, 3, 2, 6, 4, 4, 8, 0)
    rows = (
        ({4: 1}, {5: 1}, {6: 1}),
        ({0: 1}, {0: 1, 2: 1}, {0: 3}),
        ({7: 1, 8: 1, 9: -1}, {7: 1, 8: 1, 9: -1}, {7: 1, 8: 1, 9: -1}),
        ({}, {7: 1, 8: 1}, {10: 1}),
        ({10: 5}, {}, {}),
        ({}, {}, {}),
        ({0: 1}, {6: 1}, {1: 1}),
    )
    return Statement("infinities", rows, values, outputs=1, public_inputs=1, private_inputs=8)


def random_statement(seed: int, constraints: int, outputs: int, public: int) -> Statement:
    """Rows with a few random coefficients over wires so far; every row makes a wire."""
    draw = random.Random(seed)  # noqa: S311 # test data, the same each time
    private = 3
    first = 1 + outputs + public + private
    values = [1] + [0] * outputs + [draw.randrange(R) for _ in range(public + private)]
    values += [0] * (constraints - outputs)
    made = [*range(first, first + constraints - outputs), *range(1, 1 + outputs)]
    known = [0, *range(1 + outputs, first)]
    rows = []
    for wire in made:
        a, b, c = (
            {draw.choice(known): draw.choice([1, R - 1, draw.randrange(1, R)]) for _ in range(size)}
            for size in (3, 2, 1)
        )
        left, right, rest = (sum(v * values[w] for w, v in s.items()) for s in (a, b, c))
        values[wire] = (left * right - rest) % R
        rows.append((a, b, c | {wire: 1}))
        known.append(wire)
    return Statement(f"random{seed}", tuple(rows), tuple(values), outputs, public, private)


def edge_statements() -> dict[str, Statement]:
    """Shapes that have broken provers: by name."""
    shapes = {
        "one constraint": one_constraint(),
        "no public value": no_public_values(),
        "outputs only": outputs_only(),
        "untouched public input": untouched_public_input(),
        "points at infinity": many_infinities(),
        "many public values": random_statement(7, 20, 9, 8),
    }
    for length in (
        5,
        6,
        7,
        13,
        14,
        15,
        29,
        30,
        31,
    ):  # 2 rows more than steps: 2^k - 1, 2^k, 2^k + 1
        shapes[f"{length + 2} rows"] = chain(length)
    return shapes
