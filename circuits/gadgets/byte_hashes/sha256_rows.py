"""SHA-256's compression of a block in rows of a circuit: 17,331 of them.

A word is 32 bits, lowest first, each a wire. Rotations and shifts are free, and so is every bit
that only sums have. Where the rows go, in a round of 196:

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

Every sum is below 2^36, and its bits are its only digits as an integer. The residue mod 2^32 of
each differs from that of FIPS 180-4 by nothing, so the words are the standard's.

circomlib has 30,328 rows for the same: 2 for each bit of a ^ b ^ c and of Maj.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.define.component import component
from zkpipe.circuits.gadgets.gates import choose, exclusive_or, majority, sum_bits
from zkpipe.circuits.language.values.types import Array, Bool

WORD = 32
WORDS = 16  # of a block
ROUNDS = 64

Bits = Sequence[Any]
Terms = list[tuple[int, Any]]  # weights and bits


def _primes(count: int) -> list[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found


def _root_bits(prime: int, power: int) -> int:
    """The first 32 bits of the fraction of a prime's square or cube root."""
    scaled = prime << WORD * power
    low, high = 0, 1 << 2 * WORD
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**power <= scaled else (low, middle)
    return low & (1 << WORD) - 1


INITIAL = [_root_bits(prime, 2) for prime in _primes(8)]
CONSTANTS = [_root_bits(prime, 3) for prime in _primes(ROUNDS)]


def constant_bits(word: int) -> list[int]:
    """The bits of a word, lowest first."""
    return [word >> i & 1 for i in range(WORD)]


@component
def compress(state: Array[Bool, 8, 32], block: Array[Bool, 16, 32]) -> Array[Bool, 8, 32]:
    """The state after a block."""
    schedule = _schedule(block)
    a, b, c, d, e, f, g, h = state
    for t in range(ROUNDS - 1):
        new_e = _sum([*_word(d), *_chosen(e, f, g, h), *schedule[t]], CONSTANTS[t])
        mixed = [*_word(_rotations(a, 2, 13, 22)), *_word(map(majority, a, b, c))]
        new_a = _sum([*_word(new_e), *_word(d, -1), *mixed])
        a, b, c, d, e, f, g, h = new_a, a, b, c, new_e, e, f, g
    mixed = [*_with_open_top(a, 2, 13, 22), *_word(map(majority, a, b, c))]
    rest = [*_chosen(e, f, g, h), *schedule[-1]]
    last_a = _sum([*_word(state[0]), *rest, *mixed], CONSTANTS[-1])
    last_e = _sum([*_word(state[4]), *_word(d), *rest], CONSTANTS[-1])
    before = [
        (state[1], a),
        (state[2], b),
        (state[3], c),
        (state[5], e),
        (state[6], f),
        (state[7], g),
    ]
    others = [_sum([*_word(x), *_word(y)]) for x, y in before]
    return [last_a, *others[:3], last_e, *others[3:]]


def _schedule(block: Sequence[Bits]) -> list[Terms]:
    """The words of the schedule, as terms of the sums that have them."""
    words: list[Bits] = list(block)
    last: list[Terms] = []
    for t in range(WORDS, ROUNDS):
        terms = [
            *_with_open_top(words[t - 2], 17, 19, shift=10),
            *_word(words[t - 7]),
            *_with_open_top(words[t - 15], 7, 18, shift=3),
            *_word(words[t - 16]),
        ]
        if t < ROUNDS - 2:
            words.append(_sum(terms))
        else:
            last.append(terms)
    return [*map(_word, words), *last]


def _chosen(e: Bits, f: Bits, g: Bits, h: Bits) -> Terms:
    """h + Sigma1(e) + Ch(e, f, g)."""
    return [*_word(h), *_with_open_top(e, 6, 11, 25), *_word(map(choose, e, f, g))]


def _word(bits: Any, weight: int = 1) -> Terms:
    return [(weight << i, bit) for i, bit in enumerate(bits)]


def _sum(terms: Terms, constant: int = 0) -> list[Any]:
    """The sum mod 2^32."""
    weights, bits = zip(*terms, strict=True)
    return sum_bits(weights, bits, constant, WORD)


def _rotations(x: Bits, *distances: int) -> list[Any]:
    """a ^ b ^ c of three rotations to the right."""
    return [exclusive_or(*(x[(i + k) % WORD] for k in distances)) for i in range(WORD)]


def _with_open_top(x: Bits, *distances: int, shift: int = WORD) -> Terms:
    """The a ^ b ^ c of rotations, one of them perhaps a shift; the top bits are only added."""
    rows = [
        [x[(i + k) % WORD] for k in distances] + ([x[i + shift]] if i + shift < WORD else [])
        for i in range(WORD)
    ]
    top = [(1 << WORD - 1, bit) for bit in rows.pop()]
    return [*_word(exclusive_or(*bits) for bits in rows), *top]
