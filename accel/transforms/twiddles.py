"""The twiddles of a transform over Fr, in the order in which its layers use them.

A layer that splits m blocks by x^(2h) - z^2 = (x^h - z)(x^h + z) finds its twiddles z at m, m + 1,
..., 2m - 1 of one table. On the domain block i has z = psi^(n/m brv(i)), on the odd coset
z = psi^(n/(2m) (2 brv(i) + 1)), with psi of order 2n; the inverse uses 1 / z.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Curve
from zkpipe.accel.fields.limbs import Words, to_montgomery, words_from_ints
from zkpipe.accel.fields.rows import Elements, Rows
from zkpipe.accel.machines.machine import SCALAR, Machine
from zkpipe.ground.process.memory import aligned_empty
from zkpipe.ground.process.threads import in_threads

_kernels = Kernels("zkpipe.accel.transforms.kernels.twiddles")

CHUNK = 1 << 15  # entries of a task


def bit_reversal(n: int) -> NDArray[np.uint32]:
    """The bit-reversed numbers of 0 .. n - 1, n a power of two: (n,) uint32."""
    order = np.zeros(1, np.uint32)
    while len(order) < n:
        order = np.concatenate([2 * order, 2 * order + 1])
    return order


def powers(ratio: int, n: int, first: int = 1, curve: Curve = BN254) -> Words:
    """first * ratio^i in Montgomery form (canonical), i < n: (n, 4) words.

    Cost: 12 ns each; threads share them.
    """
    words, r = aligned_empty(n, 4), curve.r
    factor = Rows(curve.fr, SCALAR, to_montgomery([ratio], r), 1)

    def fill(low: int) -> None:
        some = words[low : low + CHUNK]
        some[0] = to_montgomery([first * pow(ratio, low, r) % r], r)[0]
        _kernels.fill_powers(factor, Rows(curve.fr, SCALAR, some, 1), len(some))

    in_threads(fill, range(0, n, CHUNK))
    return words


def layer_twiddles(n: int, coset: bool, inverse: bool, curve: Curve = BN254) -> Words:
    """The table of all layers for n points: (n, 4) words, canonical, Montgomery R = 2^256.

    Entry 0 is not used. Entries m .. 2m - 1 belong to the layer that splits m blocks.
    """
    psi = curve.root_of_unity(2 * n)
    all_powers = powers(pow(psi, -1, curve.r) if inverse else psi, n, 1, curve)
    table = aligned_empty(n, 4)
    table[0] = 0
    source, target = (Rows(curve.fr, SCALAR, words, 1) for words in (all_powers, table))
    bits = n.bit_length() - 1

    def take(low: int) -> None:
        _kernels.take_layers(source, target, max(low, 1), min(low + CHUNK, n), bits, coset)

    in_threads(take, range(0, n, CHUNK))
    return table


def lane_twiddles(
    table: Words, n: int, machine: Machine, curve: Curve = BN254
) -> tuple[Elements, Elements, Elements]:
    """The twiddles of the three layers inside eight lanes, as `swap_halves` places the values.

    Entry k of each serves entries 2k and 2k + 1 of the data: after the exchange the second of them
    holds the partners, in this order.
    """
    pairs = 16 * np.arange(n // 16, dtype=np.uint32)[:, None]
    rows = Rows(curve.fr, machine, table, 1)

    def layer(width: int) -> Elements:
        partners = [
            half + i
            for start in range(width, 8, 2 * width)
            for half in (0, 8)
            for i in range(start, start + width)
        ]
        order = (pairs + np.array(partners, np.uint32)).reshape(-1)
        order >>= np.uint32(width.bit_length())
        order += np.uint32(n // (2 * width))
        lanes = Elements(curve.fr, machine, n // 2)
        _kernels.into_lanes(rows, order, lanes, n // 16)
        return lanes

    four, two, one = in_threads(layer, (4, 2, 1)) if n > CHUNK else map(layer, (4, 2, 1))
    return four, two, one


def working_constant(value: int, machine: Machine, curve: Curve = BN254) -> Words:
    """A constant as one row of words in the machine's own Montgomery form, canonical."""
    return words_from_ints([value * machine.montgomery % curve.r])
