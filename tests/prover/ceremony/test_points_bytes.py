"""Points as bytes: by Python's integers, on edge cases too."""

from __future__ import annotations

import numpy as np
import pytest

from tests.accel.known_points import scattered
from tests.oracles.curves import Point, negate, to_words
from zkpipe.accel.bn254 import P
from zkpipe.accel.fields.limbs import to_montgomery
from zkpipe.prover.ceremony.points.as_bytes import compressed, uncompressed


def coordinates(point: Point) -> list[list[int]]:
    """x and y, each with the highest coefficient first."""
    return [[c] if isinstance(c, int) else [c[1], c[0]] for c in point]


def in_full(point: Point) -> bytes:
    return b"".join(c.to_bytes(32, "big") for axis in coordinates(point) for c in axis)


def by_x(point: Point) -> bytes:
    x, y = coordinates(point)
    negative = [-c % P for c in y]
    out = bytearray(b"".join(c.to_bytes(32, "big") for c in x))
    out[0] |= 0x80 * (y > negative)
    return bytes(out)


@pytest.mark.parametrize("words", [8, 16])
def test_points_are_written_with_the_high_byte_first(words: int) -> None:
    points = list(scattered(words, 9))
    points += [negate(point) for point in points]
    array = to_words(points, words)
    assert [row.tobytes() for row in uncompressed(array)] == [in_full(point) for point in points]
    assert [row.tobytes() for row in compressed(array)] == [by_x(point) for point in points]
    assert uncompressed(array[0]).tobytes() == in_full(points[0])


@pytest.mark.parametrize("words", [8, 16])
def test_infinity_is_zeros_or_one_bit(words: int) -> None:
    infinity = np.zeros((1, words), np.uint64)
    assert not uncompressed(infinity).any()
    assert compressed(infinity).tobytes() == b"\x40" + bytes(4 * words - 1)


HALF = P // 2


@pytest.mark.parametrize(
    ("y", "larger"),
    [
        ((HALF,), False),
        ((HALF + 1,), True),
        ((5, HALF), False),
        ((P - 1, HALF), False),
        ((5, HALF + 1), True),
        ((HALF, 0), False),
        ((HALF + 1, 0), True),
    ],
)
def test_which_y_is_larger(y: tuple[int, ...], larger: bool) -> None:
    x = (3,) * len(y)
    words = to_montgomery((*x, *y), P).reshape(1, -1)
    assert bool(compressed(words)[0, 0] & 0x80) == larger
