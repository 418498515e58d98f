"""Many multiples of one point, against py_ecc: every digit, every width of table."""

from __future__ import annotations

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.accel.known_points import GENERATORS, multiple_words, scattered
from tests.oracles import curves as oracle
from zkpipe.accel.bn254 import BN254, R
from zkpipe.accel.fields.limbs import words_from_ints
from zkpipe.accel.msm.fixed_base import CHUNK, FixedBase, window_widths
from zkpipe.ground.errors import RangeError, ShapeError

EXPECTED = {5: 10, 8: 1_000, 10: 10_000, 13: 1_000_000}  # multiples, for each width of window


def edge_scalars(base: FixedBase) -> list[int]:
    """Scalars at both ends of the field, and where the bits of their digits are all alike."""
    edges = [0, 1, 2, 3, R - 1, R - 2, R // 2, R // 2 + 1, (1 << 253) - 1, 1 << 253]
    alike = [sum(1 << i for i in range(254) if (i // base.bits) % 2 == k) for k in (0, 1)]
    edges += [(2 * u - (1 << 254) + 1) % R for u in alike]
    edges += [1 << base.bits, (1 << base.bits) - 1, (1 << base.bits) + 1]
    return edges + [1 << 64 * k for k in (1, 2, 3)] + [(R - (1 << 64 * k)) % R for k in (1, 2, 3)]


def meeting_scalars(base: FixedBase) -> list[int]:
    """Scalars whose sum would equal the last window's entry if that were some digit near r.

    With k' = 2 d 2^s - r the windows before would leave d 2^s - r, the same point as d 2^s.
    """
    position = base.bits * (base.windows - 1)
    near = R >> position
    entries = (d * sign << position for d in range(near - 3, near + 4) for sign in (1, -1))
    return [2 * entry % R for entry in entries]


def digits(k: int, c: int) -> list[int]:
    """The odd digits of k or k - r, by plain integers."""
    odd = k if k % 2 else k - R
    bits = (odd + (1 << 254) - 1) // 2
    signs = [1 if bits >> i & 1 else -1 for i in range(254)]
    parts = [signs[i : i + c] for i in range(0, 254, c)]
    return [sum(sign << i for i, sign in enumerate(part)) for part in parts]


@pytest.mark.parametrize("words", [8, 16], ids=["G1", "G2"])
@pytest.mark.parametrize("expected", [1, 1000])
def test_multiples_of_a_generator(expected: int, words: int) -> None:
    generator_words = oracle.to_words([GENERATORS[words]], words)[0]
    base = FixedBase(generator_words, expected)
    draw = generator(words)
    scalars = edge_scalars(base) + [draw.randrange(R) for _ in range(15)]
    got = oracle.from_words(base.multiples(words_from_ints(scalars)))
    assert got == [oracle.multiply(GENERATORS[words], s) for s in scalars]


def test_the_widths_are_those_of_which_no_digit_meets_its_sum() -> None:
    assert window_widths(BN254) == [*EXPECTED]


@pytest.mark.parametrize("c", EXPECTED)
def test_no_sum_meets_itself_its_negative_or_infinity(c: int) -> None:
    """The claim of the module's docstring, on the scalars for which it is closest to false."""
    base = FixedBase(oracle.to_words([oracle.G1], 8)[0], EXPECTED[c])
    assert base.bits == c
    assert (R >> c * (base.windows - 1)) % 2 == 0  # no digit
    for k in [*meeting_scalars(base), *edge_scalars(base)[1:]]:
        total, entries = 0, digits(k, c)
        for w, digit in enumerate(entries):
            entry = digit << c * w
            assert entry % R
            if w:
                assert (total + entry) % R
                assert (total - entry) % R
            total += entry
        assert total % R == k


@pytest.mark.parametrize("words", [8, 16], ids=["G1", "G2"])
@pytest.mark.parametrize("c", EXPECTED)
def test_every_width_gives_the_multiples(c: int, words: int) -> None:
    base = FixedBase(oracle.to_words([GENERATORS[words]], words)[0], EXPECTED[c])
    scalars = edge_scalars(base) + meeting_scalars(base)
    got = oracle.from_words(base.multiples(words_from_ints(scalars)))
    assert got == [oracle.multiply(GENERATORS[words], s) for s in scalars]


def test_zeros_among_scalars_give_infinity() -> None:
    base = FixedBase(oracle.to_words([oracle.G1], 8)[0], 10)
    got = base.multiples(words_from_ints([0, 5, 0, 0, 7, 0]))
    assert (got == multiple_words(8, 10)[[0, 5, 0, 0, 7, 0]]).all()
    assert not base.multiples(np.zeros((9, 4), np.uint64)).any()


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
