"""Random numbers of the operating system."""

from __future__ import annotations

import os
from collections import Counter
from itertools import chain, repeat

import pytest

from zkpipe.ground.process.chance import random_below, random_name

R = 21888242871839275222246405745257275088548364400416034343698204186575808495617


@pytest.mark.parametrize("bound", [1, 2, 3, 5, 8, 255, 256, 257])
def test_each_number_below_a_bound_comes_as_often_as_the_others(bound: int) -> None:
    """By chi squared: mean bound - 1, deviation its double's root; eight of these off is never."""
    draws = 40 * bound
    counts = Counter(random_below(bound) for _ in range(draws))
    assert counts.keys() <= set(range(bound))
    chi = sum((counts[n] - 40) ** 2 / 40 for n in range(bound))
    assert chi <= bound - 1 + 8 * (2 * bound) ** 0.5 + 8


def test_a_draw_past_the_bound_is_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    drawn = chain([R, R + 1, (1 << 254) - 1, R - 1], repeat(0))

    def urandom(size: int) -> bytes:
        asked.append(size)
        return (next(drawn) << 2).to_bytes(size, "little")  # the upper 254 bits count

    monkeypatch.setattr(os, "urandom", urandom)
    assert random_below(R) == R - 1
    assert asked == [32] * 4
    assert random_below(R) == 0


@pytest.mark.parametrize("bound", [0, -1, -R])
def test_below_nothing_there_is_no_number(bound: int) -> None:
    """A fixed fault: it was drawn anew for ever."""
    with pytest.raises(ValueError, match="no number"):
        random_below(bound)


def test_all_bits_of_a_number_vary() -> None:
    low, high = (1 << 254) - 1, 0
    for _ in range(60):
        number = random_below(R)
        low, high = low & number, high | number
    assert low == 0
    assert high == (1 << 254) - 1


def test_names_are_sixteen_digits_of_the_operating_system(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len({random_name() for _ in range(100)}) == 100
    monkeypatch.setattr(os, "urandom", lambda size: bytes(range(1, 1 + size)))
    assert random_name() == "0102030405060708"
