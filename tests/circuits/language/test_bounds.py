"""The rules of bounds, against every value of small intervals; and what they must refuse."""

from __future__ import annotations

from itertools import product as pairs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zkpipe.accel.bn254 import R
from zkpipe.circuits import CompileError, Field, Int, Private, Public, UInt, circuit, narrow
from zkpipe.circuits.language.values import bounds

SMALL = st.tuples(st.integers(-9, 9), st.integers(-9, 9)).map(lambda ends: (min(ends), max(ends)))


def values(interval: tuple[int, int]) -> range:
    return range(interval[0], interval[1] + 1)


@given(SMALL, SMALL)
def test_a_product_has_the_interval_of_its_values(a: tuple[int, int], b: tuple[int, int]) -> None:
    found = [x * y for x, y in pairs(values(a), values(b))]
    assert bounds.product(a, b) == (min(found), max(found))


@given(SMALL, st.integers(0, 5))
def test_a_power_has_the_interval_of_its_values(a: tuple[int, int], exponent: int) -> None:
    found = [x**exponent for x in values(a)]
    assert bounds.integer_power(*a, exponent) == (min(found), max(found))


@given(SMALL, st.tuples(st.integers(1, 9), st.integers(0, 9)).map(lambda t: (t[0], sum(t))))
def test_a_quotient_has_the_interval_of_its_values(a: tuple[int, int], b: tuple[int, int]) -> None:
    found = [x // y for x, y in pairs(values(a), values(b))]
    assert bounds.quotient(a, b) == (min(found), max(found))


@given(SMALL)
def test_the_bits_of_a_sign_are_as_few_as_hold_both_ends(a: tuple[int, int]) -> None:
    n = bounds.sign_bits(*a)
    assert all(0 <= x + 2**n < 2 ** (n + 1) for x in values(a))
    assert n == 0 or not all(0 <= x + 2 ** (n - 1) < 2**n for x in values(a))


@pytest.mark.parametrize(
    ("low", "high", "fine"),
    [
        (0, R - 1, True), (0, R, False), (-1, R - 2, True), (-1, R - 1, False),
        (1 - R, 0, True), (-R, 0, False), (-(R // 2), R // 2, True), (-(2**253), 2**253, False),
    ],
)  # fmt: skip
def test_an_interval_fits_if_no_two_of_its_integers_share_a_residue(
    low: int, high: int, fine: bool
) -> None:
    assert bounds.fits(low, high) == fine


def test_a_huge_power_is_refused_without_being_computed() -> None:
    @circuit
    def huge(x: Private[UInt[32]]) -> Public[Field]:
        return x ** (10**12)

    @circuit
    def of_a_bit(x: Private[UInt[1]]) -> Public[UInt[1]]:
        return x ** (10**12)

    with pytest.raises(CompileError, match="may pass the field's size"):
        huge.compile()
    assert of_a_bit.compile().solve(x=1).public == [1]


def test_narrowing_to_an_integer_that_could_be_another_with_the_same_residue_is_refused() -> None:
    @circuit
    def minus(x: Private[UInt[253]]) -> Public[UInt[253]]:
        return narrow(-x, UInt[253])

    @circuit
    def fine(x: Private[UInt[200]]) -> Public[UInt[200]]:
        return narrow(5 - x, UInt[200])

    for run in (minus.compile, lambda: minus(0)):
        with pytest.raises(CompileError, match="may pass the field's size"):
            run()
    assert fine(5) == 0
    assert fine.compile().solve(x=3).public == [2]


def test_signed_products_are_wide_enough_for_their_corners() -> None:
    @circuit
    def corner(a: Private[Int[8]], b: Private[Int[8]]) -> Public[UInt[1]]:
        return a * b >= 16384

    for a, b in ((-128, -128), (127, 127), (-128, 127), (0, 0)):
        assert corner(a, b) == (a * b >= 16384)
        assert corner.compile().solve(a=a, b=b).public == [a * b >= 16384]
