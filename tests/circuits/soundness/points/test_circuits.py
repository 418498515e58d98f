"""Multiples of points in circuits, whose sums have no row for an inverse, are proved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from zkpipe.circuits import Array, Bool, Point, Private, Public, UInt, circuit, select
from zkpipe.circuits.gadgets import pedersen_hash_of_bits
from zkpipe.circuits.soundness import Verdict, analyse
from zkpipe.circuits.soundness import apply_lemmas as lemmas
from zkpipe.circuits.soundness.lemmas.multiples import Multiples

NUMBERS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "a number": lambda x, y, b: x,
    "a sum": lambda x, y, b: x + y,
    "a sum with a constant": lambda x, y, b: 8 * x + 5,
    "a choice": lambda x, y, b: select(b[0], x, y),
    "a shifted number": lambda x, y, b: x << 9,
    "a quotient": lambda x, y, b: x // 3,
}


@pytest.mark.parametrize("name", NUMBERS)
def test_multiples_by_numbers_of_all_kinds_are_proved(name: str) -> None:
    @circuit
    def scaled(
        p: Private[Point], x: Private[UInt[9]], y: Private[UInt[9]], b: Private[Array[Bool, 2]]
    ) -> tuple[Public[Point], Public[Point]]:
        k = NUMBERS[name](x, y, b)
        return p * k, Point.BASE * k

    assert analyse(scaled.trace()).verdict is Verdict.SAFE


@pytest.mark.parametrize(
    "places", [[0, 0, 0, 0, 0, 0, 1, 0, 0], [-1, 0, -1, -2, -2, -1, -1, -2, -1, 0, 1, 2]]
)
def test_multiples_by_bits_of_which_some_are_equal_or_constants_are_proved(
    places: list[int],
) -> None:
    """Their windows have fewer points than eight."""

    @circuit
    def scaled(
        p: Private[Point], b: Private[Array[Bool, 3]]
    ) -> tuple[Public[Point], Public[Point]]:
        bits = [b[i] if i >= 0 else i + 2 for i in places]
        return p.times(bits), Point.BASE.times(bits)

    assert analyse(scaled.trace()).verdict is Verdict.SAFE


def test_a_hash_of_bits_that_stand_in_several_digits_is_proved() -> None:
    @circuit
    def hashed(b: Private[Array[Bool, 4]]) -> Public[Point]:
        return pedersen_hash_of_bits([b[0], b[3], b[1], 1, b[0] * b[1], b[0], b[3], b[2]])

    assert analyse(hashed.trace()).verdict is Verdict.SAFE


def test_without_a_budget_nothing_is_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    @circuit
    def scaled(k: Private[UInt[9]]) -> Public[Point]:
        return Point.BASE * k

    monkeypatch.setattr(lemmas, "Multiples", lambda _: Multiples(-1))
    assert analyse(scaled.trace()).verdict is Verdict.UNKNOWN
