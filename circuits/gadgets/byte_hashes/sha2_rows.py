"""SHA-2's compression of a block in rows of a circuit: 17,331 of SHA-256, 43,651 of SHA-512.

A word is 32 bits, lowest first, each a wire; of SHA-512 it is 64. Rotations and shifts are free,
and so is every bit that only sums have. Where the rows go, in a round of 196:

    Ch, Maj      32 each    gates of one row (circuits.compile.gates)
    Sigma1       31         a ^ b ^ c likewise; the top bit stands in its sum as a + b + c, which
                            differs from it by 0 or 2, so by a multiple of 2^32
    Sigma0       32
    e            32 + 3     d + h + Sigma1 + Ch + K + W, below 7 * 2^32
    a            32 + 2     e - d + Sigma0 + Maj + 2^32, from 1 to 2^34

The new a is h + Sigma1 + Ch + K + W + Sigma0 + Maj mod 2^32. Its first five terms are e - d mod
2^32, and taken so the sum has four values of the carry, not eight.

A word of the schedule is 97: its two sigmas 31 each, their top bits left in the sum as above, and
the sum of four words 32 + 3. The last two words stand in no sigma, so they are no words but sums in
the two rounds that have them. The last a and e are not taken either: each is added to the state
before the block at once, in one sum of 36 bits, and the other six words in sums of 33.

Every sum is below 2^36, of SHA-512 below 2^68, and its bits are its only digits as an integer. Its
residue mod 2^32 is that of FIPS 180-4, so the words are the standard's.

circomlib has 30,328 rows for a block of SHA-256: 2 for each bit of a ^ b ^ c and of Maj.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zkpipe.circuits.define.component import component
from zkpipe.circuits.gadgets.byte_hashes.words import Bits, Terms, sum_word, word
from zkpipe.circuits.gadgets.gates import choose, exclusive_or, majority
from zkpipe.circuits.language.values.types import Array, Bool

WORDS = 16  # of a block


def _primes(count: int) -> list[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found


def _root_bits(prime: int, power: int, word: int) -> int:
    """The first bits of the fraction of a prime's square or cube root."""
    scaled = prime << word * power
    low, high = 0, 1 << 2 * word
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**power <= scaled else (low, middle)
    return low & (1 << word) - 1


@dataclass(frozen=True, slots=True)
class Sha2:
    """One of the hashes.

    word            bits of a word
    initial         words of the initial state
    constants       a word for each round
    upper0, upper1  distances of the rotations in Sigma0 and Sigma1
    lower0, lower1  of two rotations and the shift in sigma0 and sigma1
    """

    word: int
    initial: tuple[int, ...]
    constants: tuple[int, ...]
    upper0: tuple[int, int, int]
    upper1: tuple[int, int, int]
    lower0: tuple[int, int, int]
    lower1: tuple[int, int, int]

    @property
    def rounds(self) -> int:
        """How many rounds a block has."""
        return len(self.constants)

    def initial_bits(self) -> list[list[int]]:
        """The initial state, each word's lowest bit first."""
        return [[word >> i & 1 for i in range(self.word)] for word in self.initial]


SHA256 = Sha2(
    32,
    tuple(_root_bits(prime, 2, 32) for prime in _primes(8)),
    tuple(_root_bits(prime, 3, 32) for prime in _primes(64)),
    (2, 13, 22),
    (6, 11, 25),
    (7, 18, 3),
    (17, 19, 10),
)
SHA512 = Sha2(
    64,
    tuple(_root_bits(prime, 2, 64) for prime in _primes(8)),
    tuple(_root_bits(prime, 3, 64) for prime in _primes(80)),
    (28, 34, 39),
    (14, 18, 41),
    (1, 8, 7),
    (19, 61, 6),
)


@component
def compress256(state: Array[Bool, 8, 32], block: Array[Bool, 16, 32]) -> Array[Bool, 8, 32]:
    """SHA-256's state after a block."""
    return _compress(SHA256, state, block)


@component
def compress512(state: Array[Bool, 8, 64], block: Array[Bool, 16, 64]) -> Array[Bool, 8, 64]:
    """SHA-512's state after a block."""
    return _compress(SHA512, state, block)


def _compress(of: Sha2, state: Any, block: Any) -> list[list[Any]]:
    schedule, constants = _schedule(of, block), of.constants
    a, b, c, d, e, f, g, h = state
    for t in range(of.rounds - 1):
        new_e = _sum(of, [*word(d), *_chosen(of, e, f, g, h), *schedule[t]], constants[t])
        mixed = [*word(_rotations(a, *of.upper0)), *word(map(majority, a, b, c))]
        new_a = _sum(of, [*word(new_e), *word(d, -1), *mixed])
        a, b, c, d, e, f, g, h = new_a, a, b, c, new_e, e, f, g
    mixed = [*_with_open_top(a, *of.upper0), *word(map(majority, a, b, c))]
    rest = [*_chosen(of, e, f, g, h), *schedule[-1]]
    last_a = _sum(of, [*word(state[0]), *rest, *mixed], constants[-1])
    last_e = _sum(of, [*word(state[4]), *word(d), *rest], constants[-1])
    before = [
        (state[1], a),
        (state[2], b),
        (state[3], c),
        (state[5], e),
        (state[6], f),
        (state[7], g),
    ]
    others = [_sum(of, [*word(x), *word(y)]) for x, y in before]
    return [last_a, *others[:3], last_e, *others[3:]]


def _schedule(of: Sha2, block: Sequence[Bits]) -> list[Terms]:
    """The words of the schedule, as terms of the sums that have them."""
    words: list[Bits] = list(block)
    last: list[Terms] = []
    for t in range(WORDS, of.rounds):
        terms = [
            *_with_open_top(words[t - 2], *of.lower1[:2], shift=of.lower1[2]),
            *word(words[t - 7]),
            *_with_open_top(words[t - 15], *of.lower0[:2], shift=of.lower0[2]),
            *word(words[t - 16]),
        ]
        if t < of.rounds - 2:
            words.append(_sum(of, terms))
        else:
            last.append(terms)
    return [*map(word, words), *last]


def _chosen(of: Sha2, e: Bits, f: Bits, g: Bits, h: Bits) -> Terms:
    """h + Sigma1(e) + Ch(e, f, g)."""
    return [*word(h), *_with_open_top(e, *of.upper1), *word(map(choose, e, f, g))]


def _sum(of: Sha2, terms: Terms, constant: int = 0) -> list[Any]:
    """The sum mod 2^n, with as many bits as a word has."""
    return sum_word(terms, constant, of.word)


def _rotations(x: Bits, *distances: int) -> list[Any]:
    """a ^ b ^ c of three rotations to the right."""
    return [exclusive_or(*(x[(i + k) % len(x)] for k in distances)) for i in range(len(x))]


def _with_open_top(x: Bits, *distances: int, shift: int = 0) -> Terms:
    """The a ^ b ^ c of rotations, one of them perhaps a shift; the top bits are only added."""
    n = len(x)
    rows = [
        [x[(i + k) % n] for k in distances] + ([x[i + shift]] if shift and i + shift < n else [])
        for i in range(n)
    ]
    top = [(1 << n - 1, bit) for bit in rows.pop()]
    return [*word(exclusive_or(*bits) for bits in rows), *top]
