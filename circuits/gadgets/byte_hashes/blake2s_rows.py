"""BLAKE2s in rows of a circuit: 20,680 for a first block, 20,932 for each further one.

A word is 32 bits, lowest first, each a wire; rotations are free. G takes four words of the state
and two of the message. Where its rows go, 260 in all:

    a   32 + 2   a + b + x, and later a + b + y, below 2^34                  twice
    d   32       a row for each bit of d ^ a                                 twice
    c   32 + 1   c + d, below 2^33                                           twice
    b   31       as for d; the top bit of the rotated word stands in the     twice
                 next sum as p + q, which differs from p ^ q by 0 or 2, so
                 by a multiple of 2^32, and in the next XOR as p and q: a
                 row of three bits is as cheap as one of two

That the top bit is open makes no longer sum: a + b + x was three words already, with two bits of a
carry. In c + d it would cost a bit of the carry, and so gain nothing.

The last b of the last round stands in no sum, only in h ^ b ^ d; there it is taken as the b and c
that it is made of. Constants cost nothing, so of the first block, whose h is known:

    the first G of each column   a row less in a, no XOR for d, none for b: 64 rows less
    h ^ b ^ d                    a row for each bit, and two for the open one of b, where an h that
                                 is not known makes it two for each

Every sum is below 2^35, so its bits are its only digits as an integer.

Zcash's circuit has 21,006 for the first block (zcash/zips, pull request 198).

Source: RFC 7693, section 3; the rows are this project's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zkpipe.circuits.define.component import component
from zkpipe.circuits.gadgets.byte_hashes.blake import COLUMNS, DIAGONALS, ORDERS
from zkpipe.circuits.gadgets.byte_hashes.sha2_rows import SHA256
from zkpipe.circuits.gadgets.byte_hashes.words import (
    WORD,
    Bits,
    known_bits,
    little_bytes,
    little_words,
    rotated_right,
    sum_word,
    word,
)
from zkpipe.circuits.gadgets.gates import exclusive_or
from zkpipe.circuits.language.values.types import Array, Bool

BLOCK, DIGEST = 64, 32  # bytes
IV = SHA256.initial
ROTATIONS = (16, 12, 8, 7)  # of d, b, d, b


@dataclass(frozen=True, slots=True)
class Halves:
    """A word that is p ^ q, bit by bit: q is 0 but in bits that are left open."""

    p: Bits
    q: Bits

    def with_word(self, x: Bits) -> list[Any]:
        """The XOR with another word."""
        return [exclusive_or(*bits) for bits in zip(self.p, self.q, x, strict=True)]


def digest(message: Sequence[Any], key: Sequence[Any], person: Sequence[int]) -> list[Any]:
    """The 32 bytes of the hash. A key is a block by itself, also where no message follows."""
    data = [*key, *bytes(-len(key) % BLOCK), *message]
    blocks = max(1, -(-len(data) // BLOCK))
    padded = [*data, *bytes(blocks * BLOCK - len(data))]
    state: Any = _initial_state(len(key), bytes(person))
    for end in range(BLOCK, len(padded) + 1, BLOCK):
        half = _lower_half(min(end, len(data)), is_last=end == len(padded))
        state = compress(state, half, little_words(padded[end - BLOCK : end]))
    return little_bytes(state)


def _initial_state(key: int, person: bytes) -> list[list[int]]:
    """The words before the first block, of a key of so many bytes: depth and fan-out are 1."""
    parameters = bytes([DIGEST, key, 1, 1, *bytes(20), *person]).ljust(DIGEST, b"\0")
    return _mixed([int.from_bytes(parameters[i : i + 4], "little") for i in range(0, DIGEST, 4)])


def _lower_half(count: int, *, is_last: bool) -> list[list[int]]:
    """The constant half of the working state, after so many bytes with those of this block."""
    low, high, last = count % (1 << WORD), count >> WORD, -is_last % (1 << WORD)
    return _mixed([0, 0, 0, 0, low, high, last, 0])


def _mixed(parameters: Sequence[int]) -> list[list[int]]:
    return [known_bits(iv ^ x) for iv, x in zip(IV, parameters, strict=True)]


@component
def compress(
    state: Array[Bool, 8, 32], half: Array[Bool, 8, 32], block: Array[Bool, 16, 32]
) -> Array[Bool, 8, 32]:
    """The state after a block, from the upper and the lower half of the working state."""
    v: list[Any] = [*state[:4], *(closed(bits) for bits in state[4:]), *half]
    steps = [
        (places, block[order[2 * i]], block[order[2 * i + 1]])
        for order in ORDERS
        for i, places in enumerate(COLUMNS + DIAGONALS)
    ]
    made: dict[int, tuple[Halves, Bits]] = {}  # of each last b: what it is the XOR of
    for number, (places, x, y) in enumerate(steps):
        a, b, c, d = (v[place] for place in places)
        a, b, c, d = mixed_half(a, b, c, d, x, ROTATIONS[:2])
        if number < len(steps) - len(DIAGONALS):
            a, b, c, d = mixed_half(a, b, c, d, y, ROTATIONS[2:])
        else:
            a, c, d = _sums(a, b, c, d, y, ROTATIONS[2])
            made[places[1]] = b, c
        for place, found in zip(places, (a, b, c, d), strict=True):
            v[place] = found
    return [
        *(_xor(state[i], v[i], v[8 + i]) for i in range(4)),
        *(_last(state[i], *made[i], v[8 + i]) for i in range(4, 8)),
    ]


def mixed_half(
    a: Bits, b: Halves, c: Bits, d: Bits, x: Bits, rotations: Sequence[int]
) -> tuple[Bits, Halves, Bits, Bits]:
    """Half of G: each of its words is made once, with one word of the message."""
    a, c, d = _sums(a, b, c, d, x, rotations[0])
    return a, _open_top(b, c, rotations[1]), c, d


def _sums(
    a: Bits, b: Halves, c: Bits, d: Bits, x: Bits, rotation: int
) -> tuple[list[Any], list[Any], list[Any]]:
    """The new a, c and d."""
    new_a = sum_word([*word(a), *word(b.p), *word(b.q), *word(x)])
    new_d = rotated_right([exclusive_or(*bits) for bits in zip(d, new_a, strict=True)], rotation)
    return new_a, sum_word([*word(c), *word(new_d)]), new_d


def closed(bits: Bits) -> Halves:
    """A word as it is."""
    return Halves(bits, [0] * WORD)


def _open_top(b: Halves, c: Bits, rotation: int) -> Halves:
    """(b ^ c) >>> rotation, of which the top bit is two. They are closed in b itself."""
    top = rotation - 1
    made = [
        bits[0] if i == top else exclusive_or(*bits)
        for i, bits in enumerate(zip(b.p, b.q, c, strict=True))
    ]
    return Halves(rotated_right(made, rotation), [0] * (WORD - 1) + [c[top]])


def _xor(*words: Bits) -> list[Any]:
    return [exclusive_or(*bits) for bits in zip(*words, strict=True)]


def _last(h: Bits, b: Halves, c: Bits, d: Bits) -> list[Any]:
    """h ^ ((b ^ c) >>> 7) ^ d."""
    p, q, c = (rotated_right(bits, ROTATIONS[3]) for bits in (b.p, b.q, c))
    return _xor(_xor(p, c, d), q, h)
