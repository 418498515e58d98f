"""Points for tests: known multiples of the generators, found by py_ecc one addition at a time.

And the product of pairings, which the layers above make of its two halves.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from tests.oracles import curves as oracle
from tests.oracles.curves import Point
from zkpipe.accel.curves.pairing import final_exponentiation, miller_functions
from zkpipe.accel.fields.limbs import Words

GENERATORS = {8: oracle.G1, 16: oracle.G2}


@cache
def multiples(words: int, n: int) -> tuple[Point, ...]:
    """0, 1, 2, ..., n - 1 times the generator of G1 (8 words) or G2 (16)."""
    points: list[Point] = [None]
    while len(points) < n:
        points.append(oracle.add(points[-1], GENERATORS[words]))
    return tuple(points)


@cache
def scattered(words: int, n: int) -> tuple[Point, ...]:
    """n finite points whose quotients are not small: start, start + step, start + 2 step, ..."""
    step = oracle.multiply(GENERATORS[words], 0x1234567_89ABCDEF_0123456789ABCDEF_FEDCBA98)
    points = [oracle.multiply(GENERATORS[words], 0xDEADBEEF_C0FFEE)]
    while len(points) < n:
        points.append(oracle.add(points[-1], step))
    return tuple(points)


@cache
def multiple_words(words: int, n: int) -> Words:
    """`multiples` as an array of words."""
    array = oracle.to_words(multiples(words, n), words)
    array.setflags(write=False)
    return array


@cache
def signed_multiple(words: int, k: int) -> Point:
    """k times the generator for any integer k; quick where k is small in size."""
    point = oracle.multiply(GENERATORS[words], abs(k))
    return oracle.negate(point) if k < 0 and point is not None else point


def signed_words(words: int, multipliers: Iterable[int]) -> Words:
    """The multiples of the generator by these integers, as an array of words."""
    return oracle.to_words([signed_multiple(words, k) for k in multipliers], words)


def pairing_product(points: Words, twisted: Words) -> Words:
    """The product of e(points[i], twisted[i]); 1 for no pairs."""
    return final_exponentiation(miller_functions(points, twisted))
