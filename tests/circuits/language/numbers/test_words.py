"""Operators on bits, beside Python's own on integers."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.accel.edge_values import generator
from tests.circuits.oracles.runs import outputs_of_many
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.circuits import Array, Bool, Int, Private, Public, UInt, check, circuit
from zkpipe.circuits.errors import CompileError
from zkpipe.circuits.gadgets import from_bits, to_bits
from zkpipe.circuits.language.values import bounds
from zkpipe.circuits.soundness import Verdict, analyse

RUNS = 10_000 if IS_LONG else 300


def answers(x: Any, y: Any, z: Any, by: Any) -> list[Any]:
    """Of two unsigned integers, a signed one and a number of places."""
    return [
        *(x & y, x | y, x ^ y, x & z, x | z, x ^ z, z & z >> 3, ~x, ~z),
        *(x & 0xF0, x | 0x1234, x ^ -5, z & 0xFF, z | 6, -2 & z, 9 ^ x, 1 | y),
        *(x << 3, z << 1, x >> 2, z >> 5, x >> 40, z >> 40, (x << 4 | y) >> 2),
        *(x << by, z << by, x >> by, z >> by, 3 << by, -77 >> by, by >> by, (x ^ y ^ z) & ~x),
    ]


COUNT = len(answers(1, 1, 1, 1))


@circuit
def words(
    x: Private[UInt[12]], y: Private[UInt[7]], z: Private[Int[10]], by: Private[UInt[5]]
) -> Public[Array[Int[48], COUNT]]:
    return answers(x, y, z, by)


def test_integers_go_bit_by_bit_as_pythons_do() -> None:
    draw = generator(16)
    given: list[list[int]] = [
        list(ends)
        for ends in product((0, 1, 4095), (0, 127), (-512, -1, 0, 511), (0, 1, 12, 13, 31))
    ]
    for _ in range(RUNS):
        given.append([draw.getrandbits(12), draw.getrandbits(7), draw.getrandbits(10) - 512, 0])
        given[-1][3] = draw.getrandbits(5)
    system = words.compile()
    assert analyse(system).verdict is Verdict.SAFE
    wanted = [answers(*row) for row in given]
    found = outputs_of_many(system, given)
    assert found == [[value % R for value in row] for row in wanted]
    assert [words(*row) for row in given[:200]] == wanted[:200]


@pytest.mark.parametrize("operation", "&|^")
def test_bounds_hold_every_result_and_no_narrower_power_of_two_would(operation: str) -> None:
    ends = range(-5, 10)
    for x, y in product(product(ends, ends), repeat=2):
        if x[0] > x[1] or y[0] > y[1]:
            continue
        low, high = bounds.bitwise(operation, x, y)
        made = [
            {"&": a & b, "|": a | b, "^": a ^ b}[operation]
            for a in range(x[0], x[1] + 1)
            for b in range(y[0], y[1] + 1)
        ]
        assert low <= min(made)
        assert max(made) <= high


def test_a_mask_narrows_and_a_shift_widens() -> None:
    @circuit
    def typed(x: Private[UInt[32]], by: Private[UInt[3]]) -> Public[Array[UInt[39], 4]]:
        bounded = [x & 0xFF, x << 2, x >> 28, x << by]
        assert [value.interval[1] for value in bounded] == [
            *(255, (2**32 - 1) << 2, 15, (2**32 - 1) << 7)
        ]
        return bounded

    typed.compile()


def test_zero_is_shifted_by_any_number_of_places() -> None:
    @circuit
    def zeros(x: Private[UInt[8]], by: Private[UInt[200]]) -> Public[Array[UInt[8], 5]]:
        zero = x & 0
        return [zero << 10**30, zero << by, 0 << by, x >> 10**30, x >> by]

    system = zeros.compile()
    for x, by in [(0, 0), (255, 8), (255, 2**200 - 1)]:
        assert zeros(x, by) == [0, 0, 0, 0, x >> by]
        assert system.solve(x=x, by=by).public == [0, 0, 0, 0, x >> by]


def test_the_lowest_bit_of_a_number_is_a_bool() -> None:
    @circuit
    def odd(x: Private[UInt[8]]) -> Public[Bool]:
        check(x & 1, "even")
        return ~(x >> 7 & 1)

    assert odd(3) == 1
    assert odd.compile().solve(x=129).public == [0]


def test_a_number_of_bits_keeps_them_whatever_is_done_to_it() -> None:
    @circuit
    def kept(x: Private[UInt[16]]) -> Public[Array[Bool, 16]]:
        y = from_bits(to_bits(x, 16)[::-1])
        check(y * y != 7)
        return to_bits(y, 16)

    system = kept.trace()
    assert outputs_of_many(system, [[0x8001]]) == [[0x8001 >> 15 - i & 1 for i in range(16)]]


@pytest.mark.parametrize(
    "body",
    [
        lambda x, flag: flag & x,
        lambda x, flag: x & flag,
        lambda x, flag: True & x,
        lambda x, flag: flag & 6,
        lambda x, flag: (x == 1) & x,
    ],
)
def test_a_bool_is_no_mask(body: Any) -> None:
    @circuit
    def mixed(x: Private[UInt[8]], flag: Private[Bool]) -> Public[UInt[8]]:
        return body(x, flag)

    with pytest.raises(CompileError, match="applies `&` to a Bool"):
        mixed.compile()
    with pytest.raises(CompileError, match="applies `&` to a Bool"):
        mixed(1, 1)


def test_254_bits_that_have_two_meanings_are_not_taken() -> None:
    @circuit
    def wide(x: Private[UInt[253]], z: Private[Int[253]]) -> Public[UInt[253]]:
        check((z & 1) == 0)
        check((x | 1) != 3)
        return (x // 2 * 3) & 1

    with pytest.raises(CompileError, match="253 bits are the most"):
        wide.compile()
