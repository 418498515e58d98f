"""The twiddles of a transform over Fr, in the order in which its layers use them.

A layer that splits m blocks by x^(2h) - z^2 = (x^h - z)(x^h + z) finds its twiddles z at m, m + 1,
..., 2m - 1 of one table. On the domain block i has z = psi^(n/m brv(i)), on the odd coset
z = psi^(n/(2m) (2 brv(i) + 1)), with psi of order 2n; the inverse uses 1 / z.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from accel.arrays import Elements, Rows, load, store
from accel.bn254 import R, root_of_unity
from accel.functions import reduce
from accel.kernels import kernel
from accel.limbs import Words, to_montgomery, words_from_ints
from accel.machine import FR, Machine
from accel.scalar import SCALAR


def bit_reversal(n: int) -> NDArray[np.uint32]:
    """The bit-reversed numbers of 0 .. n - 1, n a power of two: (n,) uint32."""
    order = np.zeros(1, np.uint32)
    while len(order) < n:
        order = np.concatenate([2 * order, 2 * order + 1])
    return order


@kernel
def _powers(ratio, out, n):
    """Fill rows 1 .. n - 1 from row 0: each is the one before times the ratio."""
    (factor,) = load(ratio, 0)
    (value,) = load(out, 0)
    for i in range(1, n):
        value = value * factor
        store(out, i, (value,))


@kernel
def _into_lanes(rows, out, blocks):
    for i in range(blocks):
        (value,) = load(rows, i)
        out[i] = reduce(value)


def powers(ratio: int, n: int, first: int = 1) -> Words:
    """first * ratio^i in Montgomery form (canonical), i < n: (n, 4) words. 12 ns each."""
    words = np.empty((n, 4), np.uint64)
    words[0] = to_montgomery([first], R)[0]
    _powers(Rows(FR, SCALAR, to_montgomery([ratio], R), 1), Rows(FR, SCALAR, words, 1), n)
    return words


def layer_twiddles(n: int, coset: bool, inverse: bool) -> Words:
    """The table of all layers for n points: (n, 4) words, canonical, Montgomery R = 2^256.

    Entry 0 is not used. Entries m .. 2m - 1 belong to the layer that splits m blocks.
    """
    psi = root_of_unity(2 * n)
    table = powers(pow(psi, -1, R) if inverse else psi, n)
    exponents = np.zeros(n, np.int64)
    m = 1
    while m < n:
        order = bit_reversal(m).astype(np.int64)
        exponents[m : 2 * m] = (2 * order + 1) * (n // (2 * m)) if coset else order * (n // m)
        m *= 2
    return table[exponents]


def lane_twiddles(table: Words, n: int, machine: Machine) -> tuple[Elements, Elements, Elements]:
    """The twiddles of the three layers inside eight lanes, as `swap_halves` places the values.

    Entry k of each serves entries 2k and 2k + 1 of the data: after the exchange the second of them
    holds the partners, in this order.
    """
    tables = []
    pairs = 16 * np.arange(n // 16)[:, None]
    for width in (4, 2, 1):
        partners = [
            half + i
            for start in range(width, 8, 2 * width)
            for half in (0, 8)
            for i in range(start, start + width)
        ]
        blocks = (pairs + np.array(partners)) // (2 * width)
        rows = np.ascontiguousarray(table[n // (2 * width) + blocks].reshape(-1, 4))
        lanes = Elements(FR, machine, n // 2)
        _into_lanes(Rows(FR, machine, rows, 1), lanes, n // 16)
        tables.append(lanes)
    return tables[0], tables[1], tables[2]


def working_constant(value: int, machine: Machine) -> Words:
    """A constant as one row of words in the machine's own Montgomery form, canonical."""
    return words_from_ints([value * machine.montgomery % R])
