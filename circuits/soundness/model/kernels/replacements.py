"""The texts of circuits.soundness.model.replacements."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import any_lane, is_zero, reduce
from zkpipe.accel.fields.functions import zero as zero_of
from zkpipe.circuits.soundness.model.coefficients import Numbers
from zkpipe.circuits.soundness.model.replacements import MOST_WIRES, NONE

MOST_REPLACED = 4  # bits of a gate, with its output: a row with more of them is none
NO_BIT = 2 * MOST_WIRES + 1  # the weight of a wire that is none, beside all that are


@kernel
def choose_pivots(
    starts: Numbers,
    wires: Numbers,
    is_bit: NDArray[np.bool_],
    pivot: Numbers,
    form_of: Numbers,
    next_of: Numbers,
) -> None:
    """Choose an entry of each form, the last that is no bit if there is one.

    form_of  of each wire the first form that has it chosen; next_of each form the next one
    """
    for form in range(len(starts) - 2, -1, -1):
        chosen = starts[form + 1] - 1
        for e in range(starts[form], starts[form + 1]):
            if not is_bit[wires[e]]:
                chosen = e
        pivot[form] = chosen
        next_of[form] = form_of[wires[chosen]]
        form_of[wires[chosen]] = form


@kernel
def with_bits(
    forms: Any,
    of_forms: Any,
    values: Any,
    wires: Numbers,
    is_bit: NDArray[np.bool_],
    is_inside: NDArray[np.bool_],
    count: int,
    table: Any,
) -> int:
    """Replace combinations by bits, and leave out wires that are gone; returns how many are left.

    wires      those of the row, `count` with the constant one, and room for as many bits
    is_inside  whether each of them stands in a combination that a bit replaced
    table      three coefficients of each: in A, B and C
    """
    form_of, next_of = of_forms[0], of_forms[1]
    first = count
    for _ in range(MOST_REPLACED):
        best, chosen, least = NONE, NONE, 0
        for i in range(1, first):
            form = form_of[wires[i]]
            while form != NONE:
                change = _change(i, form, forms, of_forms, values, wires, is_bit, first, table)
                if change < least:
                    best, chosen, least = form, i, change
                form = next_of[form]
        if best == NONE:
            break
        _replace(chosen, best, forms, of_forms, values, wires, is_inside, first, count, table)
        count += 1
    left = 1
    for i in range(1, count):
        if not _is_gone(i, table):
            for k in range(3):
                (x,) = load(table, 3 * i + k)
                store(table, 3 * left + k, (x,))
            wires[left] = wires[i]
            is_inside[left] = is_inside[i]
            left += 1
    return left


@kernel
def _change(
    i: int,
    form: int,
    forms: Any,
    of_forms: Any,
    values: Any,
    wires: Numbers,
    is_bit: NDArray[np.bool_],
    first: int,
    table: Any,
) -> int:
    """By how much more the wires of a row weigh with a combination replaced; 0 if it is not there.

    i  where its chosen wire stands
    """
    starts, of_entry, numbers = forms
    if _is_gone(i, table) or not _has_all(form, forms, wires, first):
        return 0
    (inverse,) = load(values, of_forms[5][form])
    (a,) = load(table, 3 * i)
    (b,) = load(table, 3 * i + 1)
    (c,) = load(table, 3 * i + 2)
    a, b, c = reduce(a * inverse), reduce(b * inverse), reduce(c * inverse)
    change = 1  # its bit
    for e in range(starts[form], starts[form + 1]):
        at = place(of_entry[e], wires, first)
        weight = 1 if is_bit[of_entry[e]] else NO_BIT
        (number,) = load(values, numbers[e])
        (x,) = load(table, 3 * at)
        (y,) = load(table, 3 * at + 1)
        (z,) = load(table, 3 * at + 2)
        if not _is_gone(at, table):
            change -= weight
        if (
            not any_lane(is_zero(reduce(x - a * number)))
            or not any_lane(is_zero(reduce(y - b * number)))
            or not any_lane(is_zero(reduce(z - c * number)))
        ):
            change += weight
    return change


@kernel
def _replace(
    i: int,
    form: int,
    forms: Any,
    of_forms: Any,
    values: Any,
    wires: Numbers,
    is_inside: NDArray[np.bool_],
    first: int,
    count: int,
    table: Any,
) -> None:
    """Replace a combination by its bit, which becomes wire `count` of the row.

    k (the chosen wire) + ... = k/p L + ... = k/p (value + step t) + ..., p its coefficient in L
    """
    starts, of_entry, numbers = forms
    _, _, value_of, step_of, bit_of, inverse_of = of_forms
    for e in range(starts[form], starts[form + 1]):
        is_inside[place(of_entry[e], wires, first)] = True
    wires[count] = bit_of[form]
    is_inside[count] = False
    clear(count, values, table)
    for k in range(3):
        (coefficient,) = load(table, 3 * i + k)
        (inverse,) = load(values, inverse_of[form])
        factor = coefficient * inverse
        for e in range(starts[form], starts[form + 1]):
            at = 3 * place(of_entry[e], wires, first) + k
            (before,) = load(table, at)
            (number,) = load(values, numbers[e])
            store(table, at, (reduce(before - factor * number),))
        (value,) = load(values, value_of[form])
        (step,) = load(values, step_of[form])
        (constant,) = load(table, k)
        store(table, k, (reduce(constant + factor * value),))
        store(table, 3 * count + k, (reduce(factor * step),))


@kernel
def _is_gone(i: int, table: Any) -> bool:
    """Whether a wire has no coefficient in the row."""
    (x,) = load(table, 3 * i)
    (y,) = load(table, 3 * i + 1)
    (z,) = load(table, 3 * i + 2)
    return bool(any_lane(is_zero(x)) and any_lane(is_zero(y)) and any_lane(is_zero(z)))


@kernel
def _has_all(form: int, forms: Any, wires: Numbers, count: int) -> bool:
    """Whether all wires of a form are among a row's."""
    starts, of_entry, _ = forms
    for e in range(starts[form], starts[form + 1]):  # noqa: SIM110 - kernels have no generators
        if place(of_entry[e], wires, count) < 0:
            return False
    return True


@kernel
def place(wire: int, wires: Numbers, count: int) -> int:
    """Where a wire stands in a list; -1 if it does not."""
    for i in range(count):
        if wires[i] == wire:
            return i
    return -1


@kernel
def clear(i: int, values: Any, table: Any) -> None:
    """Write zeros for the coefficients of a wire."""
    (like,) = load(values, 0)
    for k in range(3):
        store(table, 3 * i + k, (zero_of(like),))
