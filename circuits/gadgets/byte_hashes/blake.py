"""BLAKE-256 and BLAKE-512: of the SHA-3 candidate, which is not BLAKE2.

circomlibjs derives keys and nonces with the longer one, and Pedersen's generators with the shorter.

Constants are computed from their definitions: the digits of pi, and SHA-2's initial values.

Source: Aumasson, Henzen, Meier, Phan, "SHA-3 proposal BLAKE", version 1.3, chapter 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import isqrt

ORDERS = tuple(  # of the message's words in round i mod 10: table 2.4, and BLAKE2's
    tuple(int(word, 16) for word in order)
    for order in (
        "0123456789abcdef",
        "ea489fd61c02b753",
        "b8c052fdae367194",
        "7931dcbe265a40f8",
        "905724afe1bc683d",
        "2c6a0b834d75fe19",
        "c51fed4a0763928b",
        "db7ec13950f4862a",
        "6fe9b308c2d714a5",
        "a2847615fb9e3cd0",
    )
)
COLUMNS = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15))
DIAGONALS = ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19)
_GUARD = 32  # bits, more than enough for the rounding of a few hundred terms


@dataclass(frozen=True, slots=True)
class _Blake:
    """One of the functions: bits of a word, rounds, and by how much a step rotates."""

    word: int
    rounds: int
    rotations: tuple[int, int, int, int]

    def digest(self, data: bytes) -> bytes:
        """The hash of bytes: eight words, the highest byte of each first."""
        size, block = self.word // 8, 2 * self.word  # bytes
        padding = bytearray(-(len(data) + 2 * size) % block or block)
        padding[0] |= 0x80
        padding[-1] |= 0x01
        padded = data + padding + (8 * len(data)).to_bytes(2 * size, "big")
        state = [isqrt(prime << 2 * self.word) % (1 << self.word) for prime in _PRIMES]
        for start in range(0, len(padded), block):
            # bits of the data so far, 0 in a block that has none of it
            counter = 8 * min(start + block, len(data)) if start < len(data) else 0
            state = self._compress(state, _words(padded[start : start + block], size), counter)
        return b"".join(word.to_bytes(size, "big") for word in state)

    def _compress(self, state: list[int], message: list[int], counter: int) -> list[int]:
        mask, constants = (1 << self.word) - 1, _pi_words(self.word)
        low, high = counter & mask, counter >> self.word
        counts = (0, 0, 0, 0, low, low, high, high)
        mixed = [c ^ t for c, t in zip(constants[:8], counts, strict=True)]
        v = [*state, *mixed]
        for i in range(self.rounds):
            order = ORDERS[i % len(ORDERS)]
            for step, (a, b, c, d) in enumerate(COLUMNS + DIAGONALS):
                j, k = order[2 * step], order[2 * step + 1]
                added = message[j] ^ constants[k], message[k] ^ constants[j]
                for half in (0, 1):
                    v[a] = (v[a] + v[b] + added[half]) & mask
                    v[d] = self._rotate(v[d] ^ v[a], self.rotations[2 * half])
                    v[c] = (v[c] + v[d]) & mask
                    v[b] = self._rotate(v[b] ^ v[c], self.rotations[2 * half + 1])
        return [h ^ x ^ y for h, x, y in zip(state, v[:8], v[8:], strict=True)]

    def _rotate(self, x: int, count: int) -> int:
        """To the right."""
        return (x >> count) | (x << self.word - count) & ((1 << self.word) - 1)


_BLAKE_256 = _Blake(word=32, rounds=14, rotations=(16, 12, 8, 7))
_BLAKE_512 = _Blake(word=64, rounds=16, rotations=(32, 25, 16, 11))


def blake256(data: bytes) -> bytes:
    """The hash, of 32 bytes. Cost: 0.3 ms for each 64 bytes."""
    return _BLAKE_256.digest(data)


def blake512(data: bytes) -> bytes:
    """The hash, of 64 bytes. Cost: 0.4 ms for each 128 bytes."""
    return _BLAKE_512.digest(data)


def _words(data: Sequence[int], size: int) -> list[int]:
    """Of so many bytes each, the highest first."""
    return [int.from_bytes(data[i : i + size], "big") for i in range(0, len(data), size)]


@cache
def _pi_words(word: int) -> list[int]:
    """The first sixteen words after the point of pi, which is 16 atan(1/5) - 4 atan(1/239)."""
    bits = 16 * word
    pi = 16 * _arctangent(5, bits + _GUARD) - 4 * _arctangent(239, bits + _GUARD)
    fraction = (pi >> _GUARD) % (1 << bits)
    return _words(fraction.to_bytes(bits // 8, "big"), word // 8)


def _arctangent(n: int, bits: int) -> int:
    """Of 1/n, in units of 2^-bits, by its series."""
    total, power, k = 0, (1 << bits) // n, 1
    while power:
        total += power // k if k % 4 == 1 else -(power // k)
        power, k = power // (n * n), k + 2
    return total
