"""Sums of digits: coefficients each larger than all the smaller ones together can make.

Kernels for the rule of digits (`propagation`), and for which bits of an equation are digits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.limbs import Words
from zkpipe.circuits.soundness.model import naturals
from zkpipe.circuits.soundness.model.coefficients import Numbers


@kernel
def conclude(wire: int, is_concluded: NDArray[np.bool_], queue: Numbers, tail: int) -> int:
    """Queue a wire that is determined, unless it was before; returns the queue's end."""
    if not is_concluded[wire]:
        is_concluded[wire] = True
        queue[tail] = wire
        return tail + 1
    return tail


@kernel
def determined_digits(
    start: int,
    stop: int,
    rows: Any,
    coefficients: Any,
    bounds: Any,
    is_concluded: NDArray[np.bool_],
    scratch: Any,
    queue: Numbers,
    tail: int,
) -> int:
    """The entries of a row whose sum is determined that are not yet: all concluded or none."""
    _, wires, numbers = rows
    sizes, ranks, _ = coefficients
    has, spans = bounds
    order, room = scratch
    count = 0
    for e in range(start, stop):
        if not is_concluded[wires[e]]:
            order[count] = e
            count += 1
    if count == 1:
        return int(conclude(wires[order[0]], is_concluded, queue, tail))
    for i in range(count):
        if not has[wires[order[i]]]:
            return tail
    _sort(order, count, numbers, ranks)
    for k in range(4):
        room[1, k] = np.uint64(0)
    for i in range(count):
        wire, number = wires[order[i]], numbers[order[i]]
        if not naturals.is_less(room, 1, sizes, number):
            return tail
        if not naturals.multiply(sizes, number, spans, wire, room, 2):
            return tail
        if not naturals.add(room, 1, room, 2, room, 1):
            return tail
        if not naturals.is_less(room, 1, room, 0):
            return tail
    for i in range(count):
        tail = conclude(wires[order[i]], is_concluded, queue, tail)
    return tail


@kernel
def _sort(order: Numbers, count: int, numbers: Numbers, ranks: Numbers) -> None:
    """Sort entries by the size of their coefficients (Williams's heapsort)."""
    for last in range(1, count):
        if ranks[numbers[order[last]]] < ranks[numbers[order[last - 1]]]:
            break
    else:
        return
    for begin in range(count // 2 - 1, -1, -1):
        _sift(order, begin, count, numbers, ranks)
    for end in range(count - 1, 0, -1):
        order[0], order[end] = order[end], order[0]
        _sift(order, 0, end, numbers, ranks)


@kernel
def _sift(order: Numbers, at: int, end: int, numbers: Numbers, ranks: Numbers) -> None:
    while 2 * at + 1 < end:
        child = 2 * at + 1
        if child + 1 < end and ranks[numbers[order[child]]] < ranks[numbers[order[child + 1]]]:
            child += 1
        if ranks[numbers[order[at]]] >= ranks[numbers[order[child]]]:
            return
        order[at], order[child] = order[child], order[at]
        at = child


@kernel
def mark_digits(
    rows: Any,
    is_bit: NDArray[np.bool_],
    sizes: Words,
    ranks: Numbers,
    scratch: Any,
    is_digit: NDArray[np.bool_],
) -> None:
    """Mark bits of each row whose coefficients are digits: each more than all smaller ones.

    Of bits with coefficients of one size the last is taken: digits are made after their value.

    scratch  places for one row's bits; a natural
    """
    starts, wires, numbers = rows
    order, total = scratch
    for row in range(len(starts) - 1):
        count = 0
        for e in range(starts[row], starts[row + 1]):
            if is_bit[wires[e]]:
                order[count] = e
                count += 1
        _sort(order, count, numbers, ranks)
        for k in range(4):
            total[0, k] = np.uint64(0)
        i = 0
        while i < count:
            best = order[i]
            rank = ranks[numbers[best]]
            while i < count and ranks[numbers[order[i]]] == rank:
                best = max(best, order[i])
                i += 1
            if naturals.is_less(total, 0, sizes, numbers[best]):
                is_digit[best] = True
                naturals.add(total, 0, sizes, numbers[best], total, 0)
