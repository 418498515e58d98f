"""Keccak on integers: Ethereum's Keccak-256, and the tables of which its rounds are made.

Python's hashlib has SHA-3, which pads otherwise than Ethereum's Keccak.

Source: Bertoni, Daemen, Peeters, Van Assche, "The Keccak reference", version 3.0, sections 1.2 and
2.3; the names of the steps are those of FIPS 202.
"""

from __future__ import annotations

from functools import cache

ROUNDS = 24
RATE = 136  # bytes of the state that take a block: 200 less twice the digest's 32
KECCAK, SHA3 = 0x01, 0x06  # what follows a message, before zeros and the last bit: 1 and 011
LANE = (1 << 64) - 1


def padding(count: int, first: int) -> bytes:
    """What follows a message of so many bytes up to a block's end: 10*1 after the first bits."""
    padded = bytearray(RATE - count % RATE)
    padded[0] ^= first
    padded[-1] ^= 0x80
    return bytes(padded)


def keccak256(message: bytes) -> bytes:
    """The digest that Ethereum uses: padded with the bits 10*1, not SHA-3's 0110*1."""
    padded = message + padding(len(message), KECCAK)
    lanes = [0] * 25  # the lane (x, y) at x + 5 y
    for start in range(0, len(padded), RATE):
        for i in range(RATE // 8):
            at = start + 8 * i
            lanes[i] ^= int.from_bytes(padded[at : at + 8], "little")
        lanes = _permuted(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _permuted(lanes: list[int]) -> list[int]:
    """Keccak-f[1600]."""
    for constant in round_constants():
        columns = [
            lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20]
            for x in range(5)
        ]
        theta = [columns[x - 1] ^ _rotated(columns[(x + 1) % 5], 1) for x in range(5)]
        moved = [0] * 25
        for source, target, distance in moves():
            moved[target] = _rotated(lanes[source] ^ theta[source % 5], distance)
        lanes = [
            moved[row + x] ^ (~moved[row + (x + 1) % 5] & moved[row + (x + 2) % 5])
            for row in range(0, 25, 5)
            for x in range(5)
        ]
        lanes[0] ^= constant
    return lanes


def _rotated(lane: int, distance: int) -> int:
    return (lane << distance | lane >> (64 - distance)) & LANE


@cache
def moves() -> list[tuple[int, int, int]]:
    """Of each lane where it is, where rho and pi put it, and how far rho rotates it."""
    moves = [(0, 0, 0)]
    x, y = 1, 0
    for t in range(24):
        moves.append((x + 5 * y, y + 5 * ((2 * x + 3 * y) % 5), (t + 1) * (t + 2) // 2 % 64))
        x, y = y, (2 * x + 3 * y) % 5
    return moves


@cache
def round_constants() -> list[int]:
    """iota's: bit 2^j - 1 of round i is bit 7 i + j of an LFSR over x^8 + x^6 + x^5 + x^4 + 1."""
    bits, state = [], 1
    for _ in range(7 * ROUNDS):
        bits.append(state & 1)
        state <<= 1
        if state >> 8:
            state ^= 0x171
    return [sum(bits[7 * i + j] << (1 << j) - 1 for j in range(7)) for i in range(ROUNDS)]
