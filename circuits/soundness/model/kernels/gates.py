"""The texts of circuits.soundness.model.gates."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import any_lane, is_zero, reduce
from zkpipe.circuits.soundness.model.coefficients import Numbers
from zkpipe.circuits.soundness.model.kernels.replacements import clear, place, with_bits
from zkpipe.circuits.soundness.model.replacements import MOST_WIRES, NONE
from zkpipe.circuits.soundness.model.rows import NOT_A_GATE, ONE_WIRE

SHORT = 8  # entries of a matrix that may be a gate as they are
MOST_BITS = 3  # points of the cube: 8
MOST_PASSES = 16  # over all rows; those of a compiled circuit are in order and take two


@kernel
def find(
    a: Any,
    b: Any,
    c: Any,
    forms: Any,
    of_forms: Any,
    values: Any,
    table: Any,
    wires: Numbers,
    is_inside: NDArray[np.bool_],
    is_bit: NDArray[np.bool_],
    outputs: Numbers,
) -> None:
    """find_gates, row by row.

    wires      those of the row at hand, the constant one first
    is_inside  whether each of them stands in a combination that a bit replaced
    table      three coefficients of each: in A, B and C
    """
    form_of = of_forms[0]
    for _ in range(MOST_PASSES):
        is_new = False
        for row in range(len(outputs)):
            if outputs[row] != NOT_A_GATE:
                continue
            if _is_long(row, (a, b, c)) and not _has_form(row, (a, b, c), form_of):
                continue
            wires[0] = ONE_WIRE
            count = _gathered(row, a, wires, 1)
            count = _gathered(row, b, wires, count)
            count = _gathered(row, c, wires, count)
            if count == 0:
                continue
            has_form, others = False, 0
            for i in range(1, count):
                has_form |= form_of[wires[i]] != NONE
                others += not is_bit[wires[i]]
            if not has_form and (others > 1 or count > 2 + MOST_BITS):
                continue
            for i in range(count):
                clear(i, values, table)
                is_inside[i] = False
            _fill(row, a, 0, values, wires, count, table)
            _fill(row, b, 1, values, wires, count, table)
            _fill(row, c, 2, values, wires, count, table)
            if has_form:
                count = with_bits(forms, of_forms, values, wires, is_bit, is_inside, count, table)
            first, last = _candidates(wires, count, is_bit)
            for i in range(first, last):
                if not is_inside[i] and _is_gate(i, count, values, table):
                    outputs[row] = wires[i]
                    is_new |= not is_bit[wires[i]]
                    is_bit[wires[i]] = True
                    break
        if not is_new:
            break


@kernel
def _is_long(row: int, matrices: Any) -> bool:
    """Whether a row has more wires in one matrix than a gate has in all."""
    for k in range(3):
        starts = (matrices[0] if k == 0 else matrices[1] if k == 1 else matrices[2])[0]
        if starts[row + 1] - starts[row] > SHORT:
            return True
    return False


@kernel
def _has_form(row: int, matrices: Any, form_of: Numbers) -> bool:
    """Whether one of a row's wires is the chosen one of a combination with a bit."""
    for k in range(3):
        matrix = matrices[0] if k == 0 else matrices[1] if k == 1 else matrices[2]
        for e in range(matrix[0][row], matrix[0][row + 1]):
            if form_of[matrix[1][e]] != NONE:
                return True
    return False


@kernel
def _gathered(row: int, matrix: Any, wires: Numbers, count: int) -> int:
    """The number of wires with those of a row's matrix; 0 if there are too many."""
    starts, of_entry, _ = matrix
    if count == 0 or starts[row + 1] - starts[row] > MOST_WIRES:
        return 0
    for e in range(starts[row], starts[row + 1]):
        if place(of_entry[e], wires, count) < 0:
            if count > MOST_WIRES:
                return 0
            wires[count] = of_entry[e]
            count += 1
    return count


@kernel
def _fill(
    row: int, matrix: Any, k: int, values: Any, wires: Numbers, count: int, table: Any
) -> None:
    """Write the coefficients of a row's matrix."""
    starts, of_entry, numbers = matrix
    for e in range(starts[row], starts[row + 1]):
        (value,) = load(values, numbers[e])
        store(table, 3 * place(of_entry[e], wires, count) + k, (reduce(value),))


@kernel
def _candidates(wires: Numbers, count: int, is_bit: NDArray[np.bool_]) -> Any:
    """The range of wires that may be the output: the one that is no bit, or if all are any."""
    if not 3 <= count <= 2 + MOST_BITS:  # of no bit at all nothing is made
        return 0, 0
    first, last = 1, count
    for i in range(1, count):
        if not is_bit[wires[i]]:
            if last < count:
                return 0, 0
            first, last = i, i + 1
    return first, last


@kernel
def _is_gate(output: int, count: int, values: Any, table: Any) -> bool:
    """Whether the row makes its output 0 or 1 at every point of the others."""
    (a1,) = load(table, 3 * output)
    (b1,) = load(table, 3 * output + 1)
    (c1,) = load(table, 3 * output + 2)
    if not any_lane(is_zero(a1)) and not any_lane(is_zero(b1)):
        return False
    for point in range(1 << count - 2):
        a0 = _at(point, 0, output, count, values, table)
        b0 = _at(point, 1, output, count, values, table)
        c0 = _at(point, 2, output, count, values, table)
        k = reduce(a1 * b0 + b1 * a0 - c1)
        d = reduce(c0 - a0 * b0)
        if any_lane(is_zero(k)):
            return False
        if not any_lane(is_zero(d)) and not any_lane(is_zero(reduce(k - d))):
            return False
    return True


@kernel
def _at(point: int, k: int, output: int, count: int, values: Any, table: Any) -> Any:
    """The value of A, B or C at a point of the bits, without the output."""
    (total,) = load(table, k)
    bit = 0
    for i in range(1, count):
        if i != output:
            if point >> bit & 1:
                (x,) = load(table, 3 * i + k)
                total = reduce(total + x)
            bit += 1
    return total
