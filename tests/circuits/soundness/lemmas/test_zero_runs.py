"""A number in 254 bits that rows keep below r run by run, and rows that only look like those."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from zkpipe.accel.bn254 import R
from zkpipe.circuits import Array, Bool, Field, Private, Public, check, circuit, hint
from zkpipe.circuits.gadgets import to_bits
from zkpipe.circuits.soundness import Verdict, analyse

BITS = 254
ZEROS = [i for i in range(BITS) if not R - 1 >> i & 1]
ONES = [i for i in range(BITS) if R - 1 >> i & 1]
Bits = Sequence[Any]


def bits_of(x: int) -> list[int]:
    return [x >> i & 1 for i in range(BITS)]


def ratio(x: int, y: int) -> int:
    return x * pow(y, -1, R) % R if y else 0


def row(ones: Any, zeros: Any) -> None:
    """If `ones` is 0, so is `zeros`."""
    w = hint(ratio, zeros, ones, returns=Field, waive="free where both are 0")
    check(ones * w == zeros)


def is_safe(rows: Callable[[Bits], None]) -> bool:
    """The verdict on bits written by hand, with rows of one's own."""

    @circuit
    def decomposed(x: Private[Field]) -> Public[Array[Bool, BITS]]:
        bits = hint(bits_of, x, returns=Array[Bool, BITS])
        check(sum(Field(bit) * 2**i for i, bit in enumerate(bits)) == x)
        rows(bits)
        return bits

    return analyse(decomposed.trace()).verdict is Verdict.SAFE


def missing(bits: Bits, places: Sequence[int]) -> Any:
    return sum(1 - bits[i] for i in places)


def above(j: int) -> list[int]:
    return [i for i in ONES if i > j]


def alone(bits: Bits) -> None:
    for j in ZEROS:
        row(missing(bits, above(j)), bits[j])


def multiples(bits: Bits) -> None:
    for j in ZEROS:
        row(-5 * Field(missing(bits, above(j))), 3 * bits[j])


def by_the_highest(bits: Bits) -> None:
    for j in ZEROS:
        row(missing(bits, ONES[-1:]), bits[j])


def twice_the_highest(bits: Bits) -> None:
    for j in ZEROS:
        row(missing(bits, above(j)) + missing(bits, ONES[-1:]), bits[j])


@pytest.mark.parametrize("rows", [alone, multiples, by_the_highest, twice_the_highest])
def test_a_row_for_each_zero_is_a_bound(rows: Callable[[Bits], None]) -> None:
    assert is_safe(rows)


@pytest.mark.parametrize("left_out", [ZEROS[0], ZEROS[60], ZEROS[-1]])
def test_one_zero_less_is_no_bound(left_out: int) -> None:
    def rows(bits: Bits) -> None:
        for j in ZEROS:
            if j != left_out:
                row(missing(bits, above(j)), bits[j])

    assert not is_safe(rows)


def test_ones_below_the_zeros_say_nothing() -> None:
    def rows(bits: Bits) -> None:
        for j in ZEROS:
            row(missing(bits, sorted({*above(j), ONES[0]})), bits[j])

    assert not is_safe(rows)


def test_zeros_among_the_ones_say_nothing() -> None:
    def rows(bits: Bits) -> None:
        for j in ZEROS:
            row(missing(bits, [*above(j), *(ZEROS[-1:] if j < ZEROS[-1] else [])]), bits[j])

    assert not is_safe(rows)


def test_differences_of_bits_that_are_zero_say_nothing() -> None:
    def rows(bits: Bits) -> None:
        for j, k in zip(ZEROS, [*ZEROS[1:], ZEROS[0]], strict=True):
            row(missing(bits, above(j)), Field(bits[j]) - bits[k])

    assert not is_safe(rows)


def test_a_sum_with_another_constant_says_nothing() -> None:
    def rows(bits: Bits) -> None:
        for j in ZEROS:
            row(missing(bits, above(j)) + 1, bits[j])

    assert not is_safe(rows)


def test_the_lowest_bit_of_the_next_number_is_the_opposite_one() -> None:
    """Of x + 1 the rows have 1 less the bit of x."""

    @circuit
    def neighbours(
        x: Private[Field],
    ) -> tuple[Public[Array[Bool, BITS]], Public[Array[Bool, BITS]]]:
        return to_bits(x, BITS), to_bits(x + 1, BITS)

    assert analyse(neighbours.trace()).verdict is Verdict.SAFE
