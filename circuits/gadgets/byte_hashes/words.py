"""Words of a hash: bits, lowest first, and how they stand in sums and in bytes.

Rotations are an order of the bits, so they cost nothing. A sum modulo 2^n is `sum_word`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.byte_hashes.messages import BYTE, byte_bits, value_of
from zkpipe.circuits.gadgets.gates import sum_bits

Bits = Sequence[Any]
Terms = list[tuple[int, Any]]  # weights and bits

WORD = 32  # bits


def word(bits: Any, weight: int = 1) -> Terms:
    """A word as terms of a sum."""
    return [(weight << i, bit) for i, bit in enumerate(bits)]


def sum_word(terms: Terms, constant: int = 0, size: int = WORD) -> list[Any]:
    """The sum mod 2^size, as a word of so many bits: a row for each bit, and for the carry's."""
    weights, bits = zip(*terms, strict=True)
    return sum_bits(weights, bits, constant, size)


def rotated_right(bits: Bits, places: int) -> list[Any]:
    """The word with its lowest bits moved to its high end."""
    return [*bits[places:], *bits[:places]]


def rotated_left(bits: Bits, places: int) -> list[Any]:
    """The word with its highest bits moved to its low end."""
    return rotated_right(bits, len(bits) - places)


def known_bits(number: int) -> list[int]:
    """The bits of a word that is a constant."""
    return [number >> i & 1 for i in range(WORD)]


def little_words(message: Sequence[Any]) -> list[list[Any]]:
    """The words that bytes make, the lowest byte of a word first."""
    bits = [bit for byte in message for bit in byte_bits(byte)]
    return [bits[begin : begin + WORD] for begin in range(0, len(bits), WORD)]


def little_bytes(words: Sequence[Bits]) -> list[Any]:
    """The bytes that words make, the lowest one of a word first."""
    return [
        value_of(bits[begin : begin + BYTE])
        for bits in words
        for begin in range(0, len(bits), BYTE)
    ]
