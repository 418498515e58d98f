"""The rules of the work list on rows, as kernels: what follows from a wire that is concluded.

The rules and their proofs are in propagation, what the arguments are in work_list.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.circuits.soundness.model.coefficients import Numbers
from zkpipe.circuits.soundness.model.digits import conclude, determined_digits
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.work_list import FEW, TRIALS

PARTNERS = 64  # products of a wire, the nearest, that the rule of two cases looks at


@kernel
def follow(
    linear: Any,
    matrices: Any,
    of_linear: Any,
    of_products: Any,
    output: Numbers,
    coefficients: Any,
    bounds: Any,
    flags: Any,
    counts: Any,
    scratch: Any,
    queue: Numbers,
    tail: int,
) -> None:
    """Follow the wires queue[:tail], which have just been concluded; for the rest see Arguments."""
    linear_starts, linear_rows = of_linear
    product_starts, places = of_products
    unknown, unbounded, products = counts.unknown, counts.unbounded, counts.products
    has, _ = bounds
    is_known = flags.is_known
    head = 0
    while head < tail:
        wire = queue[head]
        head += 1
        is_known[wire] = True
        for i in range(linear_starts[wire], linear_starts[wire + 1]):
            unknown[linear_rows[i]] -= 1
            if not has[wire]:
                unbounded[linear_rows[i]] -= 1
        for i in range(product_starts[wire], product_starts[wire + 1]):
            products[places[i] // 3, places[i] % 3] -= 1
        for i in range(linear_starts[wire], linear_starts[wire + 1]):
            tail = _equation(
                linear_rows[i],
                linear,
                coefficients,
                bounds,
                flags.is_concluded,
                counts,
                scratch,
                queue,
                tail,
            )
        for i in range(product_starts[wire], product_starts[wire + 1]):
            tail = _product(
                places[i] // 3,
                matrices,
                of_products,
                output,
                coefficients,
                bounds,
                flags,
                counts,
                scratch,
                queue,
                tail,
            )


@kernel
def try_rows(
    linear: Any,
    coefficients: Any,
    bounds: Any,
    flags: Any,
    counts: Any,
    scratch: Any,
    queue: Numbers,
    rows: Numbers,
) -> int:
    """Try these equations; the queue's end."""
    tail = 0
    for row in rows:
        tail = _equation(
            row, linear, coefficients, bounds, flags.is_concluded, counts, scratch, queue, tail
        )
    return tail


@kernel
def _equation(
    row: int,
    linear: Any,
    coefficients: Any,
    bounds: Any,
    is_concluded: NDArray[np.bool_],
    counts: Any,
    scratch: Any,
    queue: Numbers,
    tail: int,
) -> int:
    """The rules of one unknown and of digits on an equation; returns the queue's end."""
    unknown, unbounded, trials = counts.unknown, counts.unbounded, counts.trials
    if unknown[row] == 0:
        return tail
    if unknown[row] > 1:
        if unbounded[row] > 0:
            return tail
        if unknown[row] > FEW and trials[row] >= TRIALS and unknown[row] > trials[row] >> 4:
            return tail
    starts, _, _ = linear
    first = tail
    tail = determined_digits(
        starts[row],
        starts[row + 1],
        linear,
        coefficients,
        bounds,
        is_concluded,
        scratch,
        queue,
        tail,
    )
    if tail == first:
        tried = trials[row]
        if tried < TRIALS:
            trials[row] = tried + 1
        if tried + 1 >= TRIALS:  # from now on when half of the unknowns are left
            trials[row] = max(TRIALS, (unknown[row] // 2) << 4)
    return tail


@kernel
def _product(
    row: int,
    matrices: Any,
    of_products: Any,
    output: Numbers,
    coefficients: Any,
    bounds: Any,
    flags: Any,
    counts: Any,
    scratch: Any,
    queue: Numbers,
    tail: int,
) -> int:
    """The rules on a product; returns the queue's end."""
    products, is_known, is_concluded = counts.products, flags.is_known, flags.is_concluded
    in_a, in_b, in_c = products[row, 0], products[row, 1], products[row, 2]
    if output[row] > 0 and _is_only_unknown(row, output[row], matrices, products, is_known):
        return int(conclude(output[row], is_concluded, queue, tail))
    if in_a + in_b + in_c == 0 or (in_a > 0 and in_b > 0):
        return tail
    c = matrices[2]
    starts, wires, _ = c
    if in_a == 0 and in_b == 0:
        return int(
            determined_digits(
                starts[row],
                starts[row + 1],
                c,
                coefficients,
                bounds,
                is_concluded,
                scratch,
                queue,
                tail,
            )
        )
    known = 0 if in_a == 0 else 1
    if in_c == 0 and in_a + in_b == 1:
        target = _unknown_of(row, matrices[1] if known == 0 else matrices[0], is_known)
        if starts[row + 1] == starts[row] + 1 and wires[starts[row]] == 0:
            return int(conclude(target, is_concluded, queue, tail))
        if _has_partner(row, known, target, False, matrices, of_products, coefficients, products):
            return int(conclude(target, is_concluded, queue, tail))
    elif in_c == 1:
        target = _unknown_of(row, c, is_known)
        if _has_partner(row, known, target, True, matrices, of_products, coefficients, products):
            return int(conclude(target, is_concluded, queue, tail))
    return tail


@kernel
def _is_only_unknown(
    row: int, wire: int, matrices: Any, products: Numbers, is_known: NDArray[np.bool_]
) -> bool:
    """Whether a wire, and no other one of a product, is unknown."""
    if is_known[wire] or max(products[row, 0], products[row, 1], products[row, 2]) > 1:
        return False
    for k in range(3):
        matrix = matrices[0] if k == 0 else matrices[1] if k == 1 else matrices[2]
        if products[row, k] > 0 and _unknown_of(row, matrix, is_known) != wire:
            return False
    return True


@kernel
def _unknown_of(row: int, matrix: Any, is_known: NDArray[np.bool_]) -> int:
    """The first wire of a row that is not known; the constant one, which is, if there is none."""
    starts, wires, _ = matrix
    for e in range(starts[row], starts[row + 1]):
        if not is_known[wires[e]]:
            return int(wires[e])
    return ONE_WIRE


@kernel
def _has_partner(
    row: int,
    factor: int,
    target: int,
    wants_product: bool,
    matrices: Any,
    of_products: Any,
    coefficients: Any,
    products: Numbers,
) -> bool:
    """Whether another product completes the rule of two cases for `target`.

    factor         0 or 1: the known factor D of this row, A or B
    wants_product  whether the other must be D Z = known, or D M = C, with target alone in Z or C
    """
    product_starts, places = of_products
    first, end = product_starts[target], product_starts[target + 1]
    before, after = first, end
    while before < after:  # places ascend: whoever writes one of the two rows writes the other next
        middle = (before + after) // 2
        if places[middle] < 3 * row:
            before = middle + 1
        else:
            after = middle
    begin = max(first, min(before - PARTNERS // 2, end - PARTNERS))
    for i in range(begin, min(end, begin + PARTNERS)):
        other, matrix = places[i] // 3, places[i] % 3
        if other == row:
            continue
        if wants_product:
            if matrix == 2 or products[other, 2] != 0 or products[other, matrix] != 1:
                continue
            if products[other, 1 - matrix] == 0 and _are_alike(
                row, factor, other, 1 - matrix, matrices, coefficients
            ):
                return True
        elif matrix == 2 and products[other, 2] == 1:
            for which in range(2):
                if products[other, which] == 0 and _are_alike(
                    row, factor, other, which, matrices, coefficients
                ):
                    return True
    return False


@kernel
def _are_alike(
    row: int, factor: int, other: int, which: int, matrices: Any, coefficients: Any
) -> bool:
    """Whether a factor of one row equals a factor of another, or its negative."""
    _, _, negatives = coefficients
    left = matrices[0] if factor == 0 else matrices[1]
    right = matrices[0] if which == 0 else matrices[1]
    i, stop = left[0][row], left[0][row + 1]
    j, other_stop = right[0][other], right[0][other + 1]
    if stop - i != other_stop - j:
        return False
    same, opposite = True, True
    while i < stop and (same or opposite):
        if left[1][i] != right[1][j]:
            return False
        same = same and left[2][i] == right[2][j]
        opposite = opposite and negatives[left[2][i]] == right[2][j]
        i += 1
        j += 1
    return same or opposite
