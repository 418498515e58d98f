"""The rows of a system in the form that the analysis reads: equations, bits and products.

    equation    a linear combination that is 0
    bit         a wire that is 0 or 1
    product     A B = C, as it stands

A row without a product is an equation. A row that is quadratic in one combination L and has
constant coefficients says that L is one of two numbers v and v + s (or one, or none): then L is
itself a bit, or L = v + s t, an equation with a new wire t that is a bit. So `b (b - 1) = 0`, the
row of the lowest bit of a range check, and circom's `x (x - 7) = 0` all say what they mean.

Source: the forms are those of Ecne (0xPARC) and of circom's simplification, made uniform.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import R
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.r1cs.rules import check_matrices
from zkpipe.circuits.soundness.model.coefficients import Dictionary, Numbers
from zkpipe.circuits.soundness.model.gates import find_gates
from zkpipe.circuits.soundness.model.indicators import indicators
from zkpipe.circuits.soundness.model.quadratics import Quadratics
from zkpipe.circuits.soundness.model.replacements import BitForms
from zkpipe.circuits.soundness.model.rows import ONE_WIRE, Shape, SparseRows, starts_of
from zkpipe.circuits.soundness.model.scaling import with_small_coefficients
from zkpipe.circuits.system import ConstraintSystem


@dataclass(frozen=True, slots=True, eq=False)
class Equations:
    """A system as equations, bits and products.

    dictionary   of coefficients
    wire_count   of the system's wires; new ones are numbered behind them
    total_count  of all wires
    linear       rows that are 0
    linear_row   (m,) int64        the system's row that each stands for
    is_bit       (total_count,)    wires that are 0 or 1
    a, b, c      the products' rows
    product_row  (n,) int64        the system's row of each
    output       (n,) int64        the wire that each makes of others, which are bits; 0 for none
    impossible_row  (k,) int64     the system's rows that are quadratic and have no solution
    """

    dictionary: Dictionary
    wire_count: int
    total_count: int
    linear: SparseRows
    linear_row: Numbers
    is_bit: NDArray[np.bool_]
    a: SparseRows
    b: SparseRows
    c: SparseRows
    product_row: Numbers
    output: Numbers
    impossible_row: Numbers


def equations(system: ConstraintSystem) -> Equations:
    """The equations, bits and products of a system.

    Raises ShapeError or RangeError for a system that was changed and is none now.
    Cost: some 0.5 us an entry.
    """
    check_matrices(system)
    dictionary = Dictionary(system.coefficients)
    a, b, c = (_rows(matrix, dictionary) for matrix in (system.a, system.b, system.c))
    size_a, size_b, size_c = (Shape(rows, dictionary) for rows in (a, b, c))
    is_linear = (size_a.wires == 0) | (size_b.wires == 0)
    quadratic = Quadratics(dictionary, a, b, c, size_a, size_b, size_c, ~is_linear)
    linear, linear_row, bits = _equations(
        system, dictionary, (a, b, c), (size_a, size_b), is_linear, quadratic
    )
    products = np.flatnonzero(~is_linear & ~quadratic.is_known)
    total = system.wire_count + quadratic.new_count
    is_bit = np.zeros(total, np.bool_)
    is_bit[bits] = True
    is_bit[system.wire_count :] = True
    bit_forms = _bit_forms(system.wire_count, a, quadratic)
    a, b, c = (rows.chosen(products) for rows in (a, b, c))
    is_bit[indicators(dictionary, a, b, c)] = True
    output = find_gates(dictionary, (a, b, c), linear, bit_forms, is_bit)
    return Equations(
        dictionary=dictionary,
        wire_count=system.wire_count,
        total_count=total,
        linear=linear,
        linear_row=linear_row,
        is_bit=is_bit,
        a=a,
        b=b,
        c=c,
        product_row=products,
        output=output,
        impossible_row=np.flatnonzero(quadratic.is_impossible),
    )


def _bit_forms(wire_count: int, a: SparseRows, quadratic: Quadratics) -> BitForms:
    """The combinations that take one of two values, each with its new bit."""
    found = np.flatnonzero(quadratic.has_new & ~quadratic.is_single)
    rows = a.chosen(quadratic.row[found])
    inner = rows.wires != ONE_WIRE
    counts = np.bincount(rows.row_of_entry()[inner], minlength=len(rows))
    return BitForms(
        SparseRows(starts_of(counts), rows.wires[inner], rows.numbers[inner]),
        quadratic.value[found],
        quadratic.step[found],
        wire_count + quadratic.new_bit[found],
    )


def _rows(matrix: SparseMatrix, dictionary: Dictionary) -> SparseRows:
    """A matrix without the zeros that files may hold."""
    numbers = dictionary.canonical(matrix.values.astype(np.int64))
    rows = SparseRows(matrix.starts, matrix.wires.astype(np.int64), numbers)
    zero = dictionary.numbers.get(0)
    if zero is None:
        return rows
    kept = rows.numbers != zero
    row_of_entry = rows.row_of_entry()[kept]
    starts = starts_of(np.bincount(row_of_entry, minlength=len(rows)))
    return SparseRows(starts, rows.wires[kept], rows.numbers[kept])


def _equations(
    system: ConstraintSystem,
    dictionary: Dictionary,
    matrices: tuple[SparseRows, SparseRows, SparseRows],
    shapes: tuple[Shape, Shape],
    is_linear: NDArray[np.bool_],
    quadratic: Quadratics,
) -> tuple[SparseRows, Numbers, Numbers]:
    """The equations, the row of each, and the wires that are bits."""
    a, b, c = matrices
    size_a, size_b = shapes
    zero, one, minus_one = (dictionary.number(value) for value in (0, 1, R - 1))
    rows: list[Numbers] = []
    wires: list[Numbers] = []
    numbers: list[Numbers] = []

    def put(row: Numbers, wire: Numbers, number: Numbers) -> None:
        rows.append(row)
        wires.append(wire)
        numbers.append(number)

    linear = np.flatnonzero(is_linear)
    position = np.zeros(len(a), np.int64)  # of each linear row
    position[linear] = np.arange(len(linear))
    alone = size_a.wires == 0  # then k B, also if B is a constant too; else A k
    for factor, other, chosen_by in ((a, size_b, ~alone), (b, size_a, alone)):
        chosen = np.flatnonzero(is_linear & chosen_by & (other.constant != zero))
        part = factor.chosen(chosen)
        of_entry = part.row_of_entry()
        times = other.constant[chosen][of_entry]
        product = dictionary.combined(times, part.numbers, lambda x, y: x * y)
        put(position[chosen][of_entry], part.wires, product)
    right = c.chosen(linear)
    mixed = np.zeros(len(linear), np.bool_)
    for row in rows:
        mixed[row] = True
    of_entry = right.row_of_entry()
    sign = np.where(mixed[of_entry], minus_one, one)
    put(of_entry, right.wires, dictionary.combined(sign, right.numbers, lambda x, y: x * y))

    count = len(linear)
    forms = np.flatnonzero(~quadratic.is_bit)  # L - v - s t = 0
    where = count + np.arange(len(forms))
    of_wire = quadratic.wire[forms]
    single = quadratic.is_single[forms]
    put(where[single], of_wire[single], np.full(int(single.sum()), one))
    part = a.chosen(quadratic.row[forms][~single])
    of_entry = part.row_of_entry()
    inner = part.wires != ONE_WIRE
    put(where[~single][of_entry[inner]], part.wires[inner], part.numbers[inner])
    constants = quadratic.value[forms]
    given = constants != zero
    zero_wire = np.zeros(int(given.sum()), np.int64)
    minus = np.full(len(zero_wire), minus_one)
    put(where[given], zero_wire, dictionary.combined(minus, constants[given], lambda x, y: x * y))
    new = quadratic.has_new[forms]
    minus = np.full(int(new.sum()), minus_one)
    put(
        where[new],
        system.wire_count + quadratic.new_bit[forms][new],
        dictionary.combined(minus, quadratic.step[forms][new], lambda x, y: x * y),
    )
    merged = _merged(
        dictionary,
        np.concatenate(rows),
        np.concatenate(wires),
        np.concatenate(numbers),
        count + len(forms),
    )
    row_of = np.concatenate([linear, quadratic.row[forms]])
    linear_rows = with_small_coefficients(dictionary, merged)
    return linear_rows, row_of, quadratic.wire[quadratic.is_bit]


def _merged(
    dictionary: Dictionary, rows: Numbers, wires: Numbers, numbers: Numbers, count: int
) -> SparseRows:
    """SparseRows whose entries may name a wire twice, which are then added."""
    order = np.lexsort((wires, rows))
    rows, wires, numbers = rows[order], wires[order], numbers[order]
    twice = np.zeros(len(rows), np.bool_)
    twice[1:] = (rows[1:] == rows[:-1]) & (wires[1:] == wires[:-1])
    second = np.flatnonzero(twice)  # a wire stands in two factors at the most
    if len(second):
        numbers[second - 1] = dictionary.combined(
            numbers[second - 1], numbers[second], lambda x, y: x + y
        )
        kept = ~twice & (numbers != dictionary.number(0))
        rows, wires, numbers = rows[kept], wires[kept], numbers[kept]
    return SparseRows(starts_of(np.bincount(rows, minlength=count)), wires, numbers)
