"""Integers bit by bit: `& | ^` as Python has them, with a row for each pair of unknown bits.

Of two bits a and b the product p is `a & b`, `a + b - p` is `a | b` and `a + b - 2 p` is `a ^ b`:
all three of two numbers share their products. A bit beside a constant costs nothing, nor does one
beside itself. An integer that may be negative has its sign in all places above its bits, as in
two's complement: n bits of x + 2^n, from 0 to 2^(n + 1) - 1, and bit n says that it is not below 0.

What is made of bits keeps them: no number is decomposed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from zkpipe.accel.bn254 import R
from zkpipe.circuits.compile.bits import decompose
from zkpipe.circuits.compile.combinations.combination import (
    ONE,
    Combination,
    complement,
    constant,
    is_constant,
    shift,
    total,
)
from zkpipe.circuits.compile.combinations.linear import SHORT, Linear, Sum
from zkpipe.circuits.compile.tracer import Tracer
from zkpipe.circuits.language.values.bounds import sign_bits

_TIMES = {"&": (0, 1), "|": (1, -1), "^": (1, -2)}  # of a + b, and of a b


@dataclass(frozen=True, slots=True)
class Word:
    """An integer as its lowest bits, lowest first, and the bit of all places above."""

    bits: Sequence[Combination]
    sign: Combination


def word_of(tracer: Tracer, x: Combination, low: int, high: int, origin: int) -> Word:
    """The bits of an integer from low to high."""
    x = tracer.resolve(x)
    if low == high:
        return _of_constant(low)
    if is_constant(x):
        residue = x.get(ONE, 0)
        return _of_constant(residue if residue <= high else residue - R)
    n = sign_bits(low, high)
    if low >= 0:
        return Word(decompose(tracer, x, n, origin), {})
    bits = decompose(tracer, shift(x, 1 << n), n + 1, origin)
    return Word(bits[:n], complement(bits[n]))


def bitwise(tracer: Tracer, operation: str, x: Word, y: Word) -> Linear:
    """x & y, x | y or x ^ y."""
    of_sum, of_product = _TIMES[operation]

    def join(a: Combination, b: Combination) -> Combination:
        both = _both(tracer, a, b)
        found = total([(a, of_sum), (b, of_sum), (both, of_product)])
        if len(found) > SHORT and not tracer.pending.keys().isdisjoint(found):  # a row it has
            found = {tracer.wire(found, tracer.product_origin()): 1}
        return found

    sign = join(x.sign, y.sign)
    pairs = [
        (x.sign if a is None else a, y.sign if b is None else b)
        for a, b in zip_longest(x.bits, y.bits)
    ]
    bits = [join(a, b) for a, b in pairs]
    return _number(bits, sign)


def number(bits: Sequence[Combination]) -> Linear:
    """The number of flags, lowest first, which it remembers."""
    return _number(bits, {})


def _number(bits: Sequence[Combination], sign: Combination) -> Linear:
    top = 1 << len(bits)
    made = total([*((bit, 1 << i) for i, bit in enumerate(bits)), (sign, -top)])
    if is_constant(made):
        return made
    out = Sum((), made)
    if not sign:
        out.bits = 0, bits
    else:
        out.bits = top, [*bits, complement(sign)]
    return out


def _of_constant(value: int) -> Word:
    n = sign_bits(value, value)
    return Word([constant(value >> i & 1) for i in range(n)], constant(value < 0))


def _both(tracer: Tracer, a: Combination, b: Combination) -> Combination:
    """The product of two flags, made once."""
    a, b = tracer.resolve(a), tracer.resolve(b)
    if a == b:
        return a
    if a == complement(b):
        return {}
    if is_constant(a) or is_constant(b):
        return tracer.product(a, b)
    first, second = sorted((tuple(sorted(a.items())), tuple(sorted(b.items()))))
    known = tracer.conjunctions.get((first, second))
    if known is None:
        known = tracer.conjunctions[first, second] = tracer.product(a, b)
    return known
