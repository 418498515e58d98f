"""The solver's tape and the check of all rows, as kernels: one witness, or eight in lanes.

A witness is an array of elements, one for each wire: on the scalar machine a value, in lanes the
values of eight witnesses. The machine is part of its type, and one text serves both.

A matrix is a tuple (starts, wires, values) of compressed rows, values being coefficients' numbers.
`coefficients` is a tuple (rows, one, minus_one) with the numbers of 1 and -1 (or -1 for none):
those cost a sum, others a product. The rows are of single values whatever the machine, their words
in its Montgomery form. Python gives them as two arguments, `known` and `units`: numba finds the
type of a tuple that holds rows anew at each call, which takes 30 us.

An operation of the tape is five int32 (operation, source, wire, count, skip), as
circuits.r1cs.record describes them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.kernels import inlined, kernel
from zkpipe.accel.fields.arrays import load, scatter, store
from zkpipe.accel.fields.functions import (
    any_lane,
    every_lane,
    from_integer,
    integer,
    is_zero,
    lanes,
    mask_bits,
    mask_of,
    one,
    reduce,
    select,
    zero,
)
from zkpipe.accel.fields.inverse import invert
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.fields.sums import MOST_TERMS, lone, minus, no_terms, plus, settled
from zkpipe.circuits.r1cs.matrix import Arrays as Matrix

SOLVE, BITS, INVERSE, QUOTIENT, RATIO = 0, 1, 2, 3, 5
Known = tuple[Any, int, int]  # coefficients
Units = tuple[int, int]  # the numbers of 1 and -1
Rows = Any  # WorkRows of accel.fields.arrays
Values = Any  # Elements of accel.fields.arrays, below 2p


@inlined
def dot(matrix: Matrix, row: int, coefficients: Known, values: Values, without: int) -> Any:
    """The row times the witness, below 2p, but for the entry of one wire (-1 for none)."""
    starts, wires, numbers = matrix
    known, unit, minus_unit = coefficients
    total = no_terms(values)
    terms, is_plain = 0, True
    for i in range(starts[row], starts[row + 1]):
        wire = np.int64(wires[i])
        if wire != without:
            if terms == MOST_TERMS:
                total = plus(no_terms(values), settled(total))
                terms = 1
            value = values[wire]
            number = np.int64(numbers[i])
            if number == unit:
                total = plus(total, value)
            elif number == minus_unit:
                total = minus(total, value)
                is_plain = False
            else:
                (coefficient,) = load(known, number)
                total = plus(total, every_lane(coefficient, value) * value)
            terms += 1
    return lone(total) if is_plain and terms < 2 else settled(total)


@inlined
def _unknown(
    row: int,
    wire: int,
    a: Matrix,
    b: Matrix,
    c: Matrix,
    coefficients: Known,
    inverses: Rows,
    values: Values,
) -> Any:
    """The value of the wire for which the row holds, below 2p."""
    left = dot(a, row, coefficients, values, -1)
    right = dot(b, row, coefficients, values, -1)
    rest = reduce(left * right - dot(c, row, coefficients, values, wire))
    starts, wires, numbers = c
    _, unit, minus_unit = coefficients
    for i in range(starts[row], starts[row + 1]):
        if np.int64(wires[i]) == wire:
            number = np.int64(numbers[i])
            if number == minus_unit:
                rest = reduce(zero(rest) - rest)
            elif number != unit:
                (inverse,) = load(inverses, number)
                rest = reduce(rest * every_lane(inverse, rest))
    return rest


@kernel
def _combination(pool: Matrix, row: int, coefficients: Known, values: Values) -> Any:
    """What the tape reads: `dot`, in a call, for kernels compile the quicker."""
    return dot(pool, row, coefficients, values, -1)


@kernel
def _at_least(x: Words, y: Words) -> bool:
    for k in range(3, -1, -1):
        if x[k] != y[k]:
            return bool(x[k] > y[k])
    return True


@kernel
def _quotient(x: Words, y: Words, q: Words, rest: Words) -> None:
    """q = floor(x / y) and rest = x mod y of four words each, bit by bit; 0 if y is 0.

    The bits above the highest word of x that is not 0 would change nothing.
    """
    for k in range(4):
        q[k] = np.uint64(0)
        rest[k] = np.uint64(0)
    if y[0] | y[1] | y[2] | y[3] == 0:
        return
    highest = 3
    while highest and x[highest] == 0:
        highest -= 1
    for bit in range(64 * highest + 63, -1, -1):
        word, place = bit >> 6, np.uint64(bit & 63)
        carry = (x[word] >> place) & np.uint64(1)
        for k in range(4):  # values are below 2^255: the shift loses nothing
            top = rest[k] >> np.uint64(63)
            rest[k] = rest[k] << np.uint64(1) | carry
            carry = top
        if _at_least(rest, y):
            borrow = np.uint64(0)
            for k in range(4):
                before = rest[k]
                difference = before - y[k]
                rest[k] = difference - borrow
                borrow = np.uint64((before < y[k]) | (difference < borrow))
            q[word] |= np.uint64(1) << place


@kernel
def run_tape(
    tape: NDArray[np.int32],
    start: int,
    a: Matrix,
    b: Matrix,
    c: Matrix,
    pool: Matrix,
    known: Rows,
    units: Units,
    inverses: Rows,
    values: Values,
    scratch: Rows,
    words: Words,
) -> int:
    """Run operations from `start` on; returns the number of the first hint, or of them all.

    scratch  working rows over the memory of words, (4 * width, 4) uint64
    """
    coefficients = (known, units[0], units[1])
    width = lanes(values)
    for step in range(start, len(tape)):
        operation = tape[step, 0]
        source = np.int64(tape[step, 1])
        wire = np.int64(tape[step, 2])
        if operation == SOLVE:
            values[wire] = _unknown(source, wire, a, b, c, coefficients, inverses, values)
        elif operation == BITS:
            value = _combination(pool, source, coefficients, values)
            store(scratch, 0, (integer(value),))
            for i in range(tape[step, 3]):
                bit = tape[step, 4] + i
                set_ = np.int64(0)
                for lane in range(width):
                    word = words[lane, bit >> 6] >> np.uint64(bit & 63)
                    set_ |= np.int64(word & np.uint64(1)) << lane
                values[wire + i] = select(mask_of(value, set_), one(value), zero(value))
        elif operation == INVERSE:
            value = _combination(pool, source, coefficients, values)
            values[wire] = reduce(invert(value))
        elif operation == RATIO:
            x = _combination(pool, source, coefficients, values)
            y = _combination(pool, source + 1, coefficients, values)
            values[wire] = reduce(x * reduce(invert(y)))
        elif operation == QUOTIENT:
            x = _combination(pool, source, coefficients, values)
            y = _combination(pool, source + 1, coefficients, values)
            store(scratch, 0, (integer(x),))
            store(scratch, 1, (integer(y),))
            for lane in range(width):
                k = width + lane
                _quotient(words[lane], words[k], words[k + width], words[k + 2 * width])
            (q,) = load(scratch, 2)
            values[wire] = from_integer(q)
        else:
            return step
    return len(tape)


@kernel
def evaluate(
    pool: Matrix, first: int, count: int, known: Rows, units: Units, values: Values, out: Rows
) -> None:
    """The combinations from `first` on, canonical."""
    coefficients = (known, units[0], units[1])
    for i in range(count):
        value = _combination(pool, first + i, coefficients, values)
        store(out, i, (integer(value),))


@inlined
def _holds(a: Matrix, b: Matrix, c: Matrix, row: int, coefficients: Known, values: Values) -> Any:
    """Whether (a . w) (b . w) = c . w, as a mask."""
    left = dot(a, row, coefficients, values, -1)
    right = dot(b, row, coefficients, values, -1)
    return is_zero(left * right - dot(c, row, coefficients, values, -1))


@kernel
def first_failure(
    a: Matrix,
    b: Matrix,
    c: Matrix,
    rows: NDArray[np.int64],
    known: Rows,
    units: Units,
    values: Values,
) -> int:
    """The first of the rows that fails, or -1."""
    coefficients = (known, units[0], units[1])
    for i in range(len(rows)):
        if not any_lane(_holds(a, b, c, rows[i], coefficients, values)):
            return int(rows[i])
    return -1


@kernel
def failing_lanes(
    a: Matrix,
    b: Matrix,
    c: Matrix,
    rows: NDArray[np.int64],
    known: Rows,
    units: Units,
    values: Values,
) -> int:
    """The lanes in which one of the rows fails, a bit each."""
    coefficients = (known, units[0], units[1])
    failing = np.int64(0)
    for i in range(len(rows)):
        failing |= mask_bits(~_holds(a, b, c, rows[i], coefficients, values))
    return int(failing)


@kernel
def into_lanes(rows: Rows, values: Values) -> None:
    """The canonical rows width * i, width * i + 1, ... as the value i."""
    for i in range(len(values)):
        (x,) = load(rows, i)
        values[i] = from_integer(x)


@kernel
def out_of_lanes(values: Values, index: NDArray[np.uint32], out: Rows) -> None:
    """Value i as the canonical rows index[0] + i, index[1] + i, ...; moves the index."""
    for i in range(len(values)):
        value = values[i]
        scatter(out, index, 0, (integer(value),))
        for lane in range(lanes(value)):
            index[lane] += np.uint32(1)
