"""Keccak-f[1600] in rows of a circuit: 3,840 a round, 92,160 in all.

The state is 25 lanes of 64 bits, lowest first, each a wire; lane x + 5 y is that at (x, y). Each
step is a function of three bits, which is one row (circuits.compile.gates):

    theta   C[x]   the sum of a column of five bits: two of a ^ b ^ c      640
            A ^ C[x - 1] ^ C[x + 1]                                      1,600
    rho, pi        places of bits                                            0
    chi            a ^ (~b & c)                                          1,600
    iota           some bits turned over                                     0

What is known stays so. In the first round of a message the lanes that take no byte are constant,
and so are those of the padding. There C[x - 1] ^ C[x + 1] is taken once for all constant lanes of a
column: of 32 bytes that round is 2,048 rows. The last round only has the four lanes of the digest:
five lanes after theta, so 1,216 rows. Together 2,048 + 22 * 3,840 + 1,216 = 87,744; and a row for
each byte of an input, whose lowest bit is no wire but gets one.

circom's keccak256-circom has 150,848 rows for the same, gnark 237,598.

Source: FIPS 202, section 3.2; the rows are this project's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from zkpipe.circuits.define.component import component
from zkpipe.circuits.gadgets.byte_hashes.keccak_plain import ROUNDS, moves, round_constants
from zkpipe.circuits.gadgets.gates import chi, exclusive_or
from zkpipe.circuits.language.values.signal import Signal
from zkpipe.circuits.language.values.types import Array, Bool

LANES = 25
WIDTH = 64
DIGEST = 4  # lanes
MOVES = tuple(sorted(moves(), key=lambda move: move[1]))  # source, target, distance
CONSTANTS = tuple(round_constants())

Lane = Sequence[Any]


def permute(state: Sequence[Lane]) -> list[Lane]:
    """The state after the 24 rounds."""
    for constant in CONSTANTS:
        state = _full_round(state, constant)
    return list(state)


def digest(state: Sequence[Lane]) -> list[Lane]:
    """The four first lanes of the state after the 24 rounds."""
    for constant in CONSTANTS[: ROUNDS - 1]:
        state = _full_round(state, constant)
    return _turned(_steps(state, range(DIGEST)), CONSTANTS[-1])


def _full_round(state: Sequence[Lane], constant: int) -> list[Lane]:
    """A round; with constants it is traced by itself, else copied."""
    known = any(not isinstance(bit, Signal) for lane in state for bit in lane)
    return _turned(_steps(state, range(LANES)) if known else _copied(state), constant)


@component
def _copied(state: Array[Bool, 25, 64]) -> Array[Bool, 25, 64]:
    """All steps but iota."""
    return _steps(state, range(LANES))  # type: ignore[return-value] # bits, to type checkers


def _turned(lanes: Sequence[Lane], constant: int) -> list[Lane]:
    """Iota."""
    first: Lane = [1 - bit if constant >> z & 1 else bit for z, bit in enumerate(lanes[0])]
    return [first, *lanes[1:]]


def _steps(state: Sequence[Lane], lanes: Sequence[int]) -> list[Lane]:
    """Theta, rho, pi and chi, of which some lanes of a plane y = 0, or all, are wanted."""
    sources = [[lane - lane % 5 + (lane + i) % 5 for i in range(3)] for lane in lanes]
    moved = _moved(state, {source for three in sources for source in three})
    return [
        [chi(*bits) for bits in zip(*(moved[source] for source in three), strict=True)]
        for three in sources
    ]


def _moved(state: Sequence[Lane], needed: Iterable[int]) -> dict[int, Lane]:
    """The lanes that are needed, after theta, rho and pi."""
    columns = [
        [_sum(state[x + y][z] for y in range(0, LANES, 5)) for z in range(WIDTH)] for x in range(5)
    ]
    beside: dict[tuple[int, int], Any] = {}  # C[x - 1] ^ C[x + 1], for bits that are known

    def mixed(lane: int, z: int) -> Any:
        x, bit = lane % 5, state[lane][z]
        left, right = columns[x - 1][z], columns[(x + 1) % 5][z - 1]
        if isinstance(bit, Signal):
            return exclusive_or(bit, left, right)
        if (x, z) not in beside:
            beside[x, z] = exclusive_or(left, right)
        return exclusive_or(beside[x, z], bit)

    return {
        target: [mixed(source, (z - distance) % WIDTH) for z in range(WIDTH)]
        for source, target, distance in MOVES
        if target in needed
    }


def _sum(bits: Iterable[Any]) -> Any:
    """Their sum mod 2: a row for each two that are not known after the first."""
    known, unknown = 0, []
    for bit in bits:
        if isinstance(bit, Signal):
            unknown.append(bit)
        else:
            known ^= bit
    total: Any = unknown.pop() if unknown else 0
    while unknown:
        total = exclusive_or(total, *(unknown.pop() for _ in unknown[-2:]))
    return exclusive_or(total, known)
