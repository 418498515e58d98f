"""Systems written row by row, and the search that decides small ones without our code."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import words_from_ints
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.system import ConstraintSystem

Form = Mapping[int, int]
Row = tuple[Form, Form, Form]


def system_of(
    rows: Sequence[Row], outputs: int, inputs: int, wires: int, name: str = "written"
) -> ConstraintSystem:
    """A system as if from a file: wire 0 is one, then outputs, private inputs, internals."""
    coefficients: dict[int, int] = {}

    def matrix(k: int) -> SparseMatrix:
        starts, columns, values = [0], [], []
        for row in rows:
            for wire, value in sorted(row[k].items()):
                columns.append(wire)
                values.append(coefficients.setdefault(value % R, len(coefficients)))
            starts.append(len(columns))
        return SparseMatrix(
            np.array(starts, np.int64), np.array(columns, np.uint32), np.array(values, np.uint32)
        )

    a, b, c = matrix(0), matrix(1), matrix(2)
    return ConstraintSystem(
        name=name,
        a=a,
        b=b,
        c=c,
        coefficients=words_from_ints(coefficients or [1]),
        wire_count=wires,
        output_count=outputs,
        public_input_count=0,
        private_input_count=inputs,
        labels=np.arange(wires, dtype=np.uint64),
    )


def holds(rows: Iterable[Row], values: Sequence[int]) -> bool:
    def dot(form: Form) -> int:
        return sum(k * values[wire] for wire, k in form.items()) % R

    return all(dot(a) * dot(b) % R == dot(c) for a, b, c in rows)


def differing(
    rows: Sequence[Row], inputs: Sequence[int], domains: Mapping[int, Sequence[int]]
) -> set[int]:
    """Wires that differ between two witnesses of one input, by trying every value of every domain.

    The domains must hold every value that the rows allow.
    """
    seen: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    wires = sorted(domains)
    for chosen in itertools.product(*(domains[wire] for wire in wires)):
        values = [1] + [0] * max(wires)
        for wire, value in zip(wires, chosen, strict=True):
            values[wire] = value % R
        if holds(rows, values):
            seen.setdefault(tuple(values[wire] for wire in inputs), []).append(tuple(values))
    return {
        wire
        for group in seen.values()
        for wire in wires
        if len({values[wire] for values in group}) > 1
    }


def bit(wire: int) -> Row:
    return {wire: 1}, {0: -1, wire: 1}, {}


def equal(form: Form) -> Row:
    return {}, {}, form


def ranged(rows: list[Row], form: Form, digits: int, wire: int) -> int:
    """Add rows that keep a form from 0 to 2^digits - 1, by bits from a wire on; the next wire."""
    span = range(wire, wire + digits)
    rows += [bit(w) for w in span]
    rows.append(equal({**form, **{w: -(1 << i) for i, w in enumerate(span)}}))
    return wire + digits
