"""Gates of one row: at every point, with constants and equal inputs, and sums of many bits."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    Field,
    InputError,
    Private,
    Public,
    UInt,
    circuit,
)
from zkpipe.circuits.gadgets import to_bits
from zkpipe.circuits.gadgets.gates import chi, choose, exclusive_or, majority, sum_bits
from zkpipe.circuits.language.values.signal import spare
from zkpipe.circuits.soundness import Verdict, analyse

GATES: dict[str, tuple[Callable[..., Any], Callable[[int, int, int], int]]] = {
    "exclusive_or": (exclusive_or, lambda a, b, c: a ^ b ^ c),
    "majority": (majority, lambda a, b, c: int(a + b + c > 1)),
    "choose": (choose, lambda a, b, c: b if a else c),
    "chi": (chi, lambda a, b, c: a ^ (1 - b & c)),
}


def rows_of(body: Callable[..., object], count: int) -> int:
    """The rows of what is made of so many Bools, beside their own."""

    @circuit
    def measured(some: Private[Array[Bool, count]]) -> None:
        spare(body(*some))

    return measured.trace().constraint_count - count


POINTS = list(itertools.product((0, 1), repeat=3))


@pytest.mark.parametrize("name", GATES)
def test_a_gate_is_its_function_of_three_bits_in_one_row(name: str) -> None:
    gate, function = GATES[name]

    @circuit
    def one(a: Private[Bool], b: Private[Bool], c: Private[Bool]) -> Public[Bool]:
        return gate(a, b, c)

    assert rows_of(gate, 3) == 1
    system = one.compile()
    for a, b, c in POINTS:
        wanted = function(a, b, c)
        assert gate(a, b, c) == wanted
        assert one(a, b, c) == wanted
        witness = system.solve(a=a, b=b, c=c)
        assert witness.public == [wanted]
        system.check(witness)


@pytest.mark.parametrize("name", GATES)
def test_constants_equal_and_opposite_inputs_leave_what_they_must(name: str) -> None:
    """Each input is one of two bits, their opposites and constants: at most a row, if any."""
    gate, function = GATES[name]
    kinds = list(itertools.product(range(6), repeat=3))

    @circuit
    def folded(x: Private[Bool], y: Private[Bool]) -> Public[Array[Bool, len(kinds)]]:
        of = [x, y, 1 - x, 1 - y, 0, 1]
        return [gate(*(of[kind] for kind in three)) for three in kinds]

    system = folded.compile()
    for x, y in itertools.product((0, 1), repeat=2):
        of = [x, y, 1 - x, 1 - y, 0, 1]
        wanted = [function(*(of[kind] for kind in three)) for three in kinds]
        assert system.solve(x=x, y=y).public == wanted
        assert list(folded(x, y)) == wanted
    for three in kinds:
        used = rows_of(
            lambda x, y, three=three: gate(*([x, y, 1 - x, 1 - y, 0, 1][k] for k in three)), 2
        )
        assert used == _needs_a_row(function, three), three


def _needs_a_row(function: Callable[[int, int, int], int], three: tuple[int, ...]) -> bool:
    """Whether a function of two bits has a term x y."""

    def at(x: int, y: int) -> int:
        of = [x, y, 1 - x, 1 - y, 0, 1]
        return function(*(of[kind] for kind in three))

    return at(0, 0) + at(1, 1) != at(0, 1) + at(1, 0)


def test_of_three_constants_a_circuit_has_no_row() -> None:
    @circuit
    def known(x: Private[Field]) -> Public[Array[Bool, 4]]:
        return [majority(1, 0, 1), chi(0, 0, 1), exclusive_or(1, 1, 1), choose(1, 0, 1)]

    system = known.trace()
    assert system.solve(x=1).public == [1, 1, 1, 0]


def test_a_lowest_bit_and_a_comparison_go_into_gates() -> None:
    @circuit
    def mixed(x: Private[UInt[8]], y: Private[UInt[8]]) -> Public[Array[Bool, 3]]:
        a, b = to_bits(x, 8), to_bits(y, 8)
        return [exclusive_or(a[0], b[0], a[7]), majority(a[0], x < y, b[0]), chi(b[0], a[0], b[1])]

    system = mixed.compile()
    for x, y in itertools.product((0, 1, 2, 128, 255), repeat=2):
        wanted = [
            (x ^ y ^ x >> 7) & 1,
            int((x & 1) + (y & 1) + (x < y) > 1),
            y & 1 ^ (1 - (x & 1) & y >> 1 & 1),
        ]
        assert system.solve(x=x, y=y).public == wanted == list(mixed(x, y))


@pytest.mark.parametrize(
    ("weights", "constant", "count", "rows"),
    [
        ([1, 2, 4, 8, 1, 2, 4, 8], 0, 4, 5),
        ([1, 2, 4, 8, 1, 2, 4, 8], 1, 4, 5),
        ([1, 2, 4, 8, 1, 2, 4, 8], 2, 4, 6),
        ([1, 2, 4, 8, -1, -2, -4, -8], 0, 4, 5),
        ([1, 2, 4, 8, -1, -2, -4, -8], 1000, 4, 6),
        ([1, 2, 4, 8, 16, 32, 64, 128], 0, 8, 8),
        ([5, 3, 3, 5, 3, 3, 5, 7], -11, 2, 6),
        ([1, 1, 1, 1, 1, 1, 1, 1], 0, 1, 4),
        ([1, 1, 1, 1, 1, 1, 1, 1], 0, 6, 4),
        ([1 << 200, 0, 0, 0, 0, 0, 0, 1], 0, 3, 201),
    ],
)
def test_bits_of_a_sum_are_those_of_the_integer(
    weights: list[int], constant: int, count: int, rows: int
) -> None:
    @circuit
    def summed(some: Private[Array[Bool, 8]]) -> Public[Array[Bool, count]]:
        return sum_bits(weights, some, constant, count)

    assert rows_of(lambda *some: sum_bits(weights, some, constant, count), 8) == rows
    system = summed.trace()
    assert analyse(system).verdict is Verdict.SAFE
    for point in itertools.product((0, 1), repeat=8):
        total = constant + sum(w * x for w, x in zip(weights, point, strict=True))
        wanted = [total >> i & 1 for i in range(count)]
        assert system.solve(some=point).public == wanted
        assert sum_bits(weights, point, constant, count) == wanted
    assert list(summed(point)) == wanted


def test_a_sum_with_constants_has_no_carry_that_they_cannot_make() -> None:
    def body(*some: Any) -> Any:
        nothing = exclusive_or(some[0], some[0], 0)
        return sum_bits([1, 2, 4, 8, 8], [*some, nothing], 0, 4)

    assert rows_of(body, 4) == 4


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: exclusive_or(x, 1, 0), "not a bit"),
        (lambda x: majority(x, 1, 0), "not a bit"),
        (lambda x: choose(x, 1, 0), "not a bit"),
        (lambda x: chi(x, 1, 0), "not a bit"),
        (lambda x: sum_bits([1], [x], 0, 1), "not a bit"),
    ],
)
def test_what_is_no_bit_is_refused(call: Callable[[Any], Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        call(2)

    @circuit
    def wide(x: Private[UInt[2]]) -> None:
        call(x)

    with pytest.raises(CompileError, match=words):
        wide.trace()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([1, 2], [1], 0, 1), "2 weights for 1 value"),
        (([1.5], [1], 0, 1), "no whole number"),
        (([1], [1], 0, 0), "no whole number"),
        (([1], [1], 0, 254), "no whole number"),
        (([1 << 252] * 2, [1, 1], 0, 8), "more than 253 bits"),
    ],
)
def test_a_sum_that_has_no_meaning_is_refused(arguments: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        sum_bits(*arguments)
