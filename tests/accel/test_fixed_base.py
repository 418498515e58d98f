"""Many multiples of one point, against py_ecc: every digit, every width of table."""

from __future__ import annotations

import numpy as np
import pytest

from accel.bn254 import R
from accel.errors import RangeError, ShapeError
from accel.fixed_base import CHUNK, FixedBase
from accel.limbs import words_from_ints
from tests.accel.edge_values import generator
from tests.accel.points import GENERATORS, multiple_words, scattered
from tests.oracles import curves as oracle


def edge_scalars(base: FixedBase) -> list[int]:
    """Scalars at which digits carry, and the lowering itself, where the lowered scalar is 0."""
    c = base.bits
    ones = sum(1 << c * w for w in range(base.windows))
    tops = sum(((1 << c) - 1) << c * w for w in range(base.windows))
    edges = [0, 1, 2, R - 1, R - 2, R // 2, 1 << c, (1 << c) - 1, (1 << 253) - 1, 1 << 253]
    edges += [(ones + d) % R for d in (-1, 0, 1)] + [(tops + ones + d) % R for d in (-1, 0, 1)]
    return edges + [1 << 64 * k for k in (1, 2, 3)] + [(R - (1 << 64 * k)) % R for k in (1, 2, 3)]


@pytest.mark.parametrize("words", [8, 16], ids=["G1", "G2"])
@pytest.mark.parametrize("expected", [1, 1000])
def test_multiples_of_a_generator(expected: int, words: int) -> None:
    generator_words = oracle.to_words([GENERATORS[words]], words)[0]
    base = FixedBase(generator_words, expected)
    draw = generator(words)
    scalars = edge_scalars(base) + [draw.randrange(R) for _ in range(15)]
    got = oracle.from_words(base.multiples(words_from_ints(scalars)))
    assert got == [oracle.multiply(GENERATORS[words], s) for s in scalars]


def test_small_multiples_one_by_one() -> None:
    base = FixedBase(oracle.to_words([oracle.G1], 8)[0], 100)
    scalars = words_from_ints(range(600))
    assert (base.multiples(scalars) == multiple_words(8, 600)).all()
    negatives = base.multiples(words_from_ints((R - k) % R for k in range(20)))
    wanted = [oracle.negate(p) for p in oracle.from_words(multiple_words(8, 20))]
    assert oracle.from_words(negatives) == wanted


def test_multiples_of_a_point_that_is_no_generator() -> None:
    point = scattered(8, 3)[2]
    base = FixedBase(oracle.to_words([point], 8)[0], 5)
    scalars = [0, 1, 5, R - 1, 0xABCDEF << 200]
    got = oracle.from_words(base.multiples(words_from_ints(scalars)))
    assert got == [oracle.multiply(point, s) for s in scalars]


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9])
def test_any_number_of_scalars(n: int) -> None:
    base = FixedBase(oracle.to_words([oracle.G1], 8)[0], 10)
    scalars = words_from_ints(range(1, n + 1)).reshape(n, 4)
    assert (base.multiples(scalars) == multiple_words(8, 20)[1 : n + 1]).all()


def test_more_scalars_than_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    base = FixedBase(oracle.to_words([oracle.G1], 8)[0], CHUNK)
    n = CHUNK + 5
    scalars = words_from_ints(i * i % 500 for i in range(n))
    expected = multiple_words(8, 500)[np.arange(n) * np.arange(n) % 500]
    for threads in ("1", "3"):
        monkeypatch.setenv("ZKPIPE_THREADS", threads)
        assert (base.multiples(scalars) == expected).all()


@pytest.mark.parametrize("shape", [(1, 8), (4,), (12,), (2, 16)])
def test_a_base_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="Give a point of G1"):
        FixedBase(np.zeros(shape, np.uint64), 10)
    with pytest.raises(ShapeError, match="Give a point of G1"):
        FixedBase(np.zeros(8, np.int64), 10)


def test_a_scalar_of_r_or_more_is_refused() -> None:
    base = FixedBase(oracle.to_words([oracle.G1], 8)[0], 10)
    with pytest.raises(RangeError, match="Scalar 2 of 3"):
        base.multiples(words_from_ints([0, 1, R]))
