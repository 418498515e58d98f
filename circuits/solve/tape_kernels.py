"""The solver's tape and the check of all rows, as kernels on Montgomery values.

A matrix is a tuple (starts, wires, values) of compressed rows, values being coefficients' numbers.
`coefficients` is a tuple (rows, one, minus_one) with the numbers of 1 and -1 (or -1 for none):
those cost a sum, others a product.

An operation of the tape is five int32 (operation, source, wire, count, skip), as
circuits.r1cs.record describes them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import any_lane, constant, is_zero, one, out_of_montgomery, zero
from zkpipe.accel.fields.inverse import invert
from zkpipe.accel.fields.limbs import Words

SOLVE, BITS, INVERSE, QUOTIENT = 0, 1, 2, 3
Matrix = tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint32]]
Known = tuple[Any, int, int]  # coefficients
Rows = Any  # of accel.fields.arrays, by their numba types

_INTO_MONTGOMERY = constant(1 << 256)


@kernel
def dot(matrix: Matrix, row: int, coefficients: Known, values: Rows, without: int) -> Any:
    """The row times the witness, but for the entry of one wire (-1 for none)."""
    starts, wires, numbers = matrix
    known, unit, minus_unit = coefficients
    (like,) = load(values, 0)
    total = zero(like)
    for i in range(starts[row], starts[row + 1]):
        wire = np.int64(wires[i])
        if wire != without:
            (value,) = load(values, wire)
            number = np.int64(numbers[i])
            if number == unit:
                total = total + value
            elif number == minus_unit:
                total = total - value
            else:
                (coefficient,) = load(known, number)
                total = total + coefficient * value
    return total


@kernel
def _unknown(
    row: int,
    wire: int,
    a: Matrix,
    b: Matrix,
    c: Matrix,
    coefficients: Known,
    inverses: Rows,
    values: Rows,
) -> Any:
    """The value of the wire for which the row holds."""
    left = dot(a, row, coefficients, values, -1)
    right = dot(b, row, coefficients, values, -1)
    rest = left * right - dot(c, row, coefficients, values, wire)
    starts, wires, numbers = c
    _, unit, minus_unit = coefficients
    for i in range(starts[row], starts[row + 1]):
        if np.int64(wires[i]) == wire:
            number = np.int64(numbers[i])
            if number == minus_unit:
                rest = zero(rest) - rest
            elif number != unit:
                (inverse,) = load(inverses, number)
                rest = rest * inverse
    return rest


@kernel
def _at_least(x: Words, y: Words) -> bool:
    for k in range(3, -1, -1):
        if x[k] != y[k]:
            return bool(x[k] > y[k])
    return True


@kernel
def _quotient(x: Words, y: Words, q: Words, rest: Words) -> None:
    """q = floor(x / y) and rest = x mod y of four words each, bit by bit; 0 if y is 0."""
    for k in range(4):
        q[k] = np.uint64(0)
        rest[k] = np.uint64(0)
    if y[0] | y[1] | y[2] | y[3] == 0:
        return
    for bit in range(255, -1, -1):
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
    coefficients: Known,
    inverses: Rows,
    values: Rows,
    scratch: Rows,
    words: Words,
) -> int:
    """Run operations from `start` on; returns the number of the first hint, or of them all.

    scratch  rows over the memory of words, (4, 4) uint64
    """
    for step in range(start, len(tape)):
        operation = tape[step, 0]
        source = np.int64(tape[step, 1])
        wire = np.int64(tape[step, 2])
        if operation == SOLVE:
            value = _unknown(source, wire, a, b, c, coefficients, inverses, values)
            store(values, wire, (value,))
        elif operation == BITS:
            value = dot(pool, source, coefficients, values, -1)
            store(scratch, 0, (value * out_of_montgomery(value),))
            for i in range(tape[step, 3]):
                bit = tape[step, 4] + i
                if (words[0, bit >> 6] >> np.uint64(bit & 63)) & np.uint64(1):
                    store(values, wire + i, (one(value),))
                else:
                    store(values, wire + i, (zero(value),))
        elif operation == INVERSE:
            value = dot(pool, source, coefficients, values, -1)
            store(values, wire, (invert(value),))
        elif operation == QUOTIENT:
            x = dot(pool, source, coefficients, values, -1)
            y = dot(pool, source + 1, coefficients, values, -1)
            store(scratch, 0, (x * out_of_montgomery(x),))
            store(scratch, 1, (y * out_of_montgomery(y),))
            _quotient(words[0], words[1], words[2], words[3])
            (q,) = load(scratch, 2)
            store(values, wire, (q * _INTO_MONTGOMERY(q),))
        else:
            return step
    return len(tape)


@kernel
def evaluate(
    pool: Matrix, first: int, count: int, coefficients: Known, values: Rows, out: Rows
) -> None:
    """The combinations from `first` on, canonical."""
    for i in range(count):
        value = dot(pool, first + i, coefficients, values, -1)
        store(out, i, (value * out_of_montgomery(value),))


@kernel
def first_failure(
    a: Matrix, b: Matrix, c: Matrix, rows: NDArray[np.int64], coefficients: Known, values: Rows
) -> int:
    """The first of the rows with (a . w) (b . w) != c . w, or -1."""
    for i in range(len(rows)):
        row = rows[i]
        left = dot(a, row, coefficients, values, -1)
        right = dot(b, row, coefficients, values, -1)
        difference = left * right - dot(c, row, coefficients, values, -1)
        if not any_lane(is_zero(difference)):
            return int(row)
    return -1
