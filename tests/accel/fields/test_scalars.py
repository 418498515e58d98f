"""Powers, products and inverses of scalars, against Python's integers."""

from __future__ import annotations

import numpy as np
import pytest

from tests.accel.edge_values import generator
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, ints_from_words, words_from_ints
from zkpipe.accel.fields.scalars import inverses, overwrite, powers, products
from zkpipe.ground.errors import RangeError, ShapeError

draw = generator(18)
VALUES = [
    0,
    1,
    2,
    R - 1,
    R - 2,
    R // 2,
    1 << 64,
    (1 << 253) - 1,
    *(draw.randrange(R) for _ in range(9)),
]


def row(value: int) -> Words:
    words: Words = words_from_ints([value])[0]
    return words


@pytest.mark.parametrize("first", [0, 1, 5, 2**20 - 3, 2**64 - 1])
@pytest.mark.parametrize("base", [0, 1, 2, R - 1, draw.randrange(R)])
def test_powers(base: int, first: int) -> None:
    wanted = [pow(base, first + i, R) for i in range(6)]
    assert ints_from_words(powers(row(base), first, 6)) == wanted
    for factor in (0, 1, R - 1, VALUES[-1]):
        found = powers(row(base), first, 6, row(factor))
        assert ints_from_words(found) == [factor * power % R for power in wanted]


def test_runs_of_powers_join() -> None:
    base, factor = row(VALUES[-1]), row(VALUES[-2])
    whole = powers(base, 3, 50, factor)
    parts = [powers(base, 3 + low, 10, factor) for low in range(0, 50, 10)]
    assert (np.concatenate(parts) == whole).all()
    assert powers(base, 7, 0).shape == (0, 4)


def test_products() -> None:
    pairs = [(a, b) for a in VALUES for b in VALUES]
    a, b = (words_from_ints(side) for side in zip(*pairs, strict=True))
    assert ints_from_words(products(a, b)) == [x * y % R for x, y in pairs]
    some = words_from_ints(VALUES)
    for factor in VALUES:
        wanted = [value * factor % R for value in VALUES]
        assert ints_from_words(products(some, row(factor))) == wanted
        assert ints_from_words(products(some, words_from_ints([factor]))) == wanted
    assert products(some[:0], some[:0]).shape == (0, 4)


def test_inverses() -> None:
    wanted = [pow(value, -1, R) if value else 0 for value in VALUES]
    assert ints_from_words(inverses(words_from_ints(VALUES))) == wanted
    assert ints_from_words(inverses(row(5))) == [pow(5, -1, R)]


def test_overwritten_arrays_are_zero() -> None:
    arrays = words_from_ints(VALUES).copy(), np.full((3, 2), 7, np.uint32), np.ones(4)[::2]
    overwrite(*arrays)
    assert not any(array.any() for array in arrays)
    with pytest.raises(ValueError, match="read-only"):
        overwrite(np.frombuffer(b"secret", np.uint8))


def test_what_is_no_array_of_scalars_is_refused() -> None:
    some = words_from_ints([1, 2, 3])
    for wrong in (some[:, :3], some.astype(np.int64), some.tolist(), some[0, :2]):
        for call in (lambda w: products(w, some), lambda w: inverses(w), lambda w: powers(w, 0, 1)):
            with pytest.raises(ShapeError):
                call(wrong)
    with pytest.raises(ShapeError, match="3 scalars are multiplied by 2"):
        products(some, some[:2])
    with pytest.raises(ShapeError, match="one scalar each"):
        powers(some, 0, 1)
    for call in (lambda w: products(w, some), lambda w: products(some, w), inverses):
        with pytest.raises(RangeError, match="Scalar 2 of 3"):
            call(words_from_ints([0, R - 1, R]))
    for first, count in ((-1, 1), (0, -1)):
        with pytest.raises(RangeError, match="from 0 on"):
            powers(some[0], first, count)


def test_what_is_wrong_with_a_scalar_is_told_without_it() -> None:
    with pytest.raises(RangeError) as raised:
        inverses(words_from_ints([R + 12345]))
    assert "12345" not in str(raised.value)
    assert f"{R + 12345:x}" not in str(raised.value)
