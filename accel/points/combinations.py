"""The eight combinations of each of many points and its images that a window of digits may be."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import overload
from numpy.typing import NDArray

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curve import Field
from zkpipe.accel.curves.endomorphism import endomorphism
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import reduce
from zkpipe.accel.points.pairs import add_and_subtract

COMBINATIONS = 8
ROWS = COMBINATIONS + 4  # and the points that they are sums and differences of


def _bases(rows: Any, blocks: Any, before: Any, without: Any) -> Any:
    """In kernels: from a point P in place 8, L and M in 8 and 9, their images in 10 and 11.

    The combinations are the sums and differences of L or M and the image of L or M. On G1 L is P
    and M is 3 P; on G2 they are P + psi(P) and P - psi(P), and the image is that by psi^2.
    """
    raise TypeError("_bases is a function of kernels")


@overload(_bases)
def _bases_of(rows, blocks, before, without):
    if rows.field.degree == 1:

        def of_g1(rows, blocks, before, without):
            # (1 - l)^2 = -3 l for a cube root l of 1, so 3 P = -l^2 (1 - l)^2 P
            _map(rows, 8 * blocks, 10 * blocks, blocks)
            add_and_subtract(rows, 8 * blocks, 10 * blocks, 0, 9 * blocks, blocks, before, without)
            _map(rows, 9 * blocks, 11 * blocks, blocks)
            add_and_subtract(rows, 9 * blocks, 11 * blocks, 0, 11 * blocks, blocks, before, without)
            for i in range(blocks):
                x, y = load(rows, 11 * blocks + i)
                y = reduce(-y)
                store(rows, 11 * blocks + i, (x, y))
            _map(rows, 11 * blocks, 9 * blocks, blocks)
            _map(rows, 9 * blocks, 9 * blocks, blocks)

        return of_g1

    def of_g2(rows, blocks, before, without):
        _map(rows, 8 * blocks, 10 * blocks, blocks)
        add_and_subtract(
            rows, 8 * blocks, 10 * blocks, 8 * blocks, 9 * blocks, blocks, before, without
        )
        for k in range(2):
            _map(rows, (8 + k) * blocks, (10 + k) * blocks, blocks)
            _map(rows, (10 + k) * blocks, (10 + k) * blocks, blocks)

    return of_g2


@kernel
def _map(rows, source, target, blocks):
    for i in range(blocks):
        x, y = load(rows, source + i)
        x, y = endomorphism(x, y)
        store(rows, target + i, (reduce(x), reduce(y)))


@kernel
def combine(rows, places, blocks, before, without):
    """Fill the table of combinations; places[k] = where the k-th sum and difference go."""
    _bases(rows, blocks, before, without)
    whole = True
    for k in range(4):
        left, right = (8 + (k >> 1)) * blocks, (10 + (k & 1)) * blocks
        sums, differences = places[k, 0] * blocks, places[k, 1] * blocks
        whole &= add_and_subtract(rows, left, right, sums, differences, blocks, before, without)
    return whole


def combination_places(field: Field) -> NDArray[np.int64]:
    """Where the sum and the difference of L or M and the image of L or M lie in the table.

    A combination's number: the bits of its digits, as `look_up` makes it.
    """
    places = np.zeros((4, 2), np.int64)
    for k in range(4):
        a, b = k >> 1, k & 1
        if field.degree == 1:  # digits 1 + 2 a and +-(1 + 2 b); bits (digit + 3) / 2
            places[k] = a | (2 + b) << 1, a | (1 - b) << 1
        else:  # 1, s, +-1, +-t with s = 1 - 2 a, t = 1 - 2 b
            places[k] = (1 - a) | 2 | (1 - b) << 2, (1 - a) | b << 2
    return places
