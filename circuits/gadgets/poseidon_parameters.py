"""Poseidon's round constants and matrices over BN254's scalar field, as circomlib has them.

Nothing here is a table: every number comes out of the Grain LFSR, seeded with the field, the width
and the numbers of rounds, as the paper's authors lay down. A width's parameters are made when they
are first asked for, in a few milliseconds, and kept.

Source: Grassi, Khovratovich, Rechberger, Roy, Schofnegger, "Poseidon", eprint 2019/458, appendices
E (round constants) and F (Cauchy matrix) and the authors' script generate_parameters_grain. The
rounds are the paper's table 2 (alpha = 5, 128 bits) with R_P not rounded up, circomlib's choice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

import numpy as np

from zkpipe.accel.bn254 import R

FULL_ROUNDS = 8
PARTIAL_ROUNDS = dict(  # by width
    enumerate((56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68), start=2)
)

FIELD_BITS = 254  # of r
STATE_BITS = 80  # of the Grain LFSR
TAPS = (0, 13, 23, 38, 51, 62)  # b[i + 80] is the sum of b[i + tap]
WARM_UP = 160  # clocks whose bits are thrown away

Matrix = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class PoseidonParameters:
    """One permutation of Poseidon or Poseidon2. Two of them are equal if they are the same object.

    name             of its rows in a circuit
    full_rounds      rounds with an S-box for each element, half of them before the partial ones
    partial_rounds   rounds with one S-box
    round_constants  a row of t elements for each round, added before the S-boxes
    matrix           the linear layer of full rounds: new[i] is the sum of matrix[i][j] * old[j]
    partial_matrix   that of partial rounds
    """

    name: str
    full_rounds: int
    partial_rounds: int
    round_constants: Matrix
    matrix: Matrix
    partial_matrix: Matrix


@cache
def poseidon_parameters(width: int) -> PoseidonParameters:
    """The parameters of a state of `width` elements, from 2 to 17.

    Raises KeyError for another width; `poseidon` has checked its inputs before.

    Cost: 2 ms for width 3, 20 ms for width 17, once.
    """
    partial_rounds = PARTIAL_ROUNDS[width]
    rounds = FULL_ROUNDS + partial_rounds
    numbers = grain_numbers(width, partial_rounds)
    constants = list(islice((x for x in numbers if x < R), rounds * width))
    # The script reduces the matrix's numbers instead of rejecting them, and tries again when they
    # repeat or the matrix fails its tests; for all these widths the first matrix is the one.
    xs = [x % R for x in islice(numbers, width)]
    ys = [y % R for y in islice(numbers, width)]
    round_constants = tuple(
        tuple(constants[i : i + width]) for i in range(0, len(constants), width)
    )
    matrix = tuple(tuple(pow(x + y, -1, R) for y in ys) for x in xs)
    return PoseidonParameters(
        "poseidon", FULL_ROUNDS, partial_rounds, round_constants, matrix, matrix
    )


def grain_numbers(width: int, partial_rounds: int) -> Iterator[int]:
    """The generator's numbers of FIELD_BITS bits, without end, for FULL_ROUNDS full rounds."""
    fields = [(1, 2), (0, 4), (FIELD_BITS, 12), (width, 12), (FULL_ROUNDS, 10)]  # prime field, x^a
    seed = "".join(f"{value:0{bits}b}" for value, bits in [*fields, (partial_rounds, 10)])
    state = int(seed.ljust(STATE_BITS, "1")[::-1], 2)
    given = 0
    clocks = 6 * FIELD_BITS * width * (FULL_ROUNDS + partial_rounds)  # 4 / 0.76 a bit, and spare
    while True:
        numbers = _self_shrunk_numbers(_lfsr_bits(state, clocks), clocks)
        yield from numbers[given:]
        given = len(numbers)
        clocks *= 2


def _lfsr_bits(state: int, count: int) -> int:
    """At least `count` bits of the LFSR's sequence, b[i] at bit i, from its first 80.

    The square of a polynomial over GF(2) is the polynomial in the square, so the sequence also
    obeys its recurrence with all distances doubled, and each doubling makes twice as many bits in
    one step: a few dozen operations on long integers instead of one for every bit.
    """
    bits, known, stride = state, STATE_BITS, 1
    while known < count:
        if known >= 2 * STATE_BITS * stride:
            stride *= 2
        fresh = (STATE_BITS - TAPS[-1]) * stride
        window = bits >> (known - STATE_BITS * stride)
        total = 0
        for tap in TAPS:
            total ^= window >> (tap * stride)
        bits |= (total & ((1 << fresh) - 1)) << known
        known += fresh
    return bits


def _self_shrunk_numbers(bits: int, count: int) -> list[int]:
    """Of each pair of bits after the warm-up the second, where the first is 1; cut into numbers."""
    data = np.frombuffer((bits & ((1 << count) - 1)).to_bytes((count + 7) // 8, "little"), np.uint8)
    stream = np.unpackbits(data, count=count, bitorder="little")[STATE_BITS + WARM_UP :]
    pairs = stream[: stream.size & ~1].reshape(-1, 2)
    kept = pairs[pairs[:, 0] == 1, 1]
    rows = kept[: kept.size // FIELD_BITS * FIELD_BITS].reshape(-1, FIELD_BITS)
    padded = np.zeros((len(rows), 256), np.uint8)  # most significant bit first
    padded[:, 256 - FIELD_BITS :] = rows
    return [int.from_bytes(row.tobytes(), "big") for row in np.packbits(padded, axis=1)]
