"""Windows are as wide as the points and the bits of the scalars ask for."""

from __future__ import annotations

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.accel.msm.test_digits import edge_scalars
from zkpipe.accel.bn254 import R
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.fields.limbs import words_from_ints
from zkpipe.accel.msm import window_size
from zkpipe.accel.msm.window_size import window_bits, window_bits_for

ORDER = words_from_ints([R])[0]


def test_windows_grow_with_the_number_of_points() -> None:
    widths = [window_bits(1 << k) for k in range(4, 24)]
    assert widths == sorted(widths)
    assert set(widths) <= set(range(4, 18))
    assert widths[0] <= 8
    assert widths[-1] > 14


def test_windows_grow_with_the_share_of_dense_scalars() -> None:
    n = 1 << 17
    widths = [window_bits(n, n * share // 16) for share in range(17)]
    assert widths == sorted(widths)
    assert widths[0] + 2 < widths[-1] == window_bits(n)


def test_the_bits_of_scalars_are_those_of_the_smaller_of_s_and_its_negative() -> None:
    draw = generator(2)
    scalars = [*edge_scalars(5), *(draw.randrange(1 << draw.randrange(254)) for _ in range(400))]
    words = words_from_ints(scalars)
    count_bits = Kernels("zkpipe.accel.msm.kernels.digits").count_bits
    for i, scalar in enumerate(scalars):
        assert count_bits(words, i, i + 1, 1, ORDER) == min(scalar, R - scalar).bit_length()
    lengths = [min(s, R - s).bit_length() for s in scalars]
    for step in (1, 2, 8, 1000):
        assert count_bits(words, 3, len(words), step, ORDER) == sum(lengths[3::step])
    assert count_bits(words, 7, 7, 1, ORDER) == 0


@pytest.mark.parametrize("threads", ["1", "2"])
def test_scalars_that_are_bits_count_for_little(
    threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    monkeypatch.setattr(window_size, "CHUNK", 100)
    draw = generator(3)
    dense = words_from_ints([draw.randrange(R) for _ in range(4000)])
    bits = np.zeros((100_000, 4), np.uint64)
    bits[::2, 0] = 1
    assert window_bits_for(dense) == window_bits(4000)
    assert window_bits_for(bits) < window_bits(100_000)
    assert window_bits_for(dense, bits) == window_bits_for(np.concatenate([dense, bits]))
    assert window_bits_for(dense, bits) < window_bits(104_000)
    assert window_bits_for(bits[:0]) == window_bits(0)


@pytest.mark.parametrize("n", [100, 1 << 12, (1 << 12) + 1, 20_000])
def test_the_bits_of_many_scalars_are_estimated_from_some(n: int) -> None:
    draw = generator(4)
    share = 5  # no divisor of the step between those that are looked at
    mixed = words_from_ints([draw.randrange(R) if i % share == 0 else i % 2 for i in range(n)])
    assert window_bits_for(mixed) == window_bits(n, n // share)
