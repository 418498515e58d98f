"""@component: one trace a shape, copies by arrays, refused arguments; integers anywhere."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.circuits.oracles import rows
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    Field,
    Int,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    check,
    circuit,
    component,
    hint,
    narrow,
    select,
)
from zkpipe.circuits.gadgets import to_bits

FIELD = st.integers(0, R - 1)


@component
def step(x: Field, y: Field, flag: Bool) -> Field:
    square = x * x
    check(square * y == square * y + (flag - flag), "never fails")
    return select(flag, square + y * 3, x * y - 1)


@component
def half(n: Int[20]) -> Int[20]:
    h = hint(lambda n: n // 2, n, returns=Int[20])
    r = hint(lambda n: n % 2, n, returns=Bool)
    check(h * 2 + r == n, "not a half")
    return h


@component
def twice(x: Field, n: Int[20]) -> tuple[Field, Int[20]]:
    return step(step(x, x + 1, n < 5), x, x == 3), half(half(n))


@circuit
def outer(x: Private[Field], n: Private[Int[20]]) -> tuple[Public[Field], Public[Int[20]]]:
    for _ in range(3):
        x, m = twice(x + 2, n)
        n = half(narrow(m + 3, Int[20]))
    return x, n


def reference(x: int, n: int) -> tuple[int, int]:
    def one(x: int, y: int, flag: bool) -> int:
        return (x * x + 3 * y if flag else x * y - 1) % R

    for _ in range(3):
        x = (x + 2) % R
        x, m = one(one(x, x + 1, n < 5), x, x == 3), n // 2 // 2
        n = (m + 3) // 2
    return x, n


@given(FIELD, st.integers(-(2**19), 2**19 - 1))
def test_nested_components_compute_what_their_bodies_say(x: int, n: int) -> None:
    assert outer(x, n) == reference(x, n)
    system = OUTER
    witness = system.solve(x=x, n=n)
    assert witness.public == [value % R for value in reference(x, n)]
    values = ints_from_words(witness.values)
    assert values == rows.solve(system, [x, n])
    assert rows.failing_rows(system, values) == []


OUTER = outer.compile()


def test_a_component_has_the_rows_of_its_body_inlined() -> None:
    body = step.function

    def inlined(function: Any) -> int:
        @circuit
        def around(x: Private[Field], b: Private[Bool]) -> Public[Field]:
            for _ in range(5):
                x = function(x, x + 1, b)
            return x

        return around.compile().constraint_count

    assert inlined(step) == inlined(body)


def test_a_component_is_traced_once_for_each_shape(traces: list[str]) -> None:
    @component
    def counted(x: UInt[8], k: UInt[8]) -> UInt[16]:
        return x * k

    @circuit
    def many(x: Private[UInt[8]], y: Private[UInt[4]]) -> Public[UInt[30]]:
        return sum(counted(x, 3) for _ in range(50)) + counted(x, 4) + counted(y, 3) + counted(y, 3)

    assert many.compile().constraint_count == 13
    assert len(traces) == 3


def test_a_component_on_integers_computes_anywhere() -> None:
    assert step(3, 4, True) == 21
    assert half(-7) == -4
    assert twice(1, 100) == (reference_step(reference_step(1, 2, 0), 1, 0) % R, 25)

    @circuit
    def constant() -> Public[Field]:
        value = step(3, 4, 1)
        assert type(value) is int
        return value

    assert constant() == 21
    assert constant.compile().solve().public == [21]


def reference_step(x: int, y: int, flag: int) -> int:
    return x * x + 3 * y if flag else x * y - 1


def test_arrays_of_any_length_belong_to_the_shape() -> None:
    @component
    def total(values: Array[Field, ...]) -> Field:
        return sum(values) * values[0]

    @circuit
    def sums(x: Private[Array[Field, 3]]) -> Public[Field]:
        return total(x) + total([x[0], 5]) + total([*x, *x])

    assert sums([1, 2, 3]) == 6 + 6 + 12
    assert sums.compile().solve(x=[1, 2, 3]).public == [24]
    assert total([2, 3]) == 10


def test_the_lowest_bit_and_other_sums_are_fine_arguments() -> None:
    @circuit
    def bits(x: Private[UInt[8]]) -> Public[Field]:
        lowest, second, *_ = to_bits(x, 8)
        return step(x + 1, 2 * x, lowest) + step(x * x - x, x, ~second)

    for x in (0, 1, 2, 3, 255):
        want = reference_step(x + 1, 2 * x, x & 1) + reference_step(x * x - x, x, 1 - (x >> 1 & 1))
        assert bits(x) == want % R
        assert bits.compile().solve(x=x).public == [want % R]


def test_a_failing_check_inside_names_its_line_and_the_call() -> None:
    @component
    def positive(x: UInt[8]) -> UInt[8]:
        check(x != 0, "zero inside")
        return x - 0

    @circuit
    def calls(x: Private[UInt[8]], y: Private[UInt[8]]) -> None:
        positive(x)
        positive(y)

    with pytest.raises(UnsatisfiedError, match="zero inside") as caught:
        calls.compile().solve(x=5, y=0)
    text = str(caught.value)
    assert 'check(x != 0, "zero inside")' in text
    assert "called from" in text
    assert "positive(y)" in text
    assert ("y", 0) in caught.value.values
    with pytest.raises(UnsatisfiedError, match="zero inside"):
        calls(5, 0)


def test_a_failing_product_in_a_later_copy_is_explained_with_its_own_values() -> None:
    @component
    def factors(a: Field, b: Field, c: Field) -> Field:
        check(a * b == c, "no factors")
        return a

    @circuit
    def twice_over(x: Private[Field], y: Private[Field]) -> None:
        factors(x, 2, 2 * x)
        factors(x, y, 35)
        factors(x, y, 35)

    with pytest.raises(UnsatisfiedError, match="no factors") as caught:
        twice_over.compile().solve(x=5, y=8)
    assert dict(caught.value.values) == {"left side": 40, "right side": 35, "x": 5, "y": 8}


def test_a_closure_over_a_signal_is_refused() -> None:
    @circuit
    def leaking(x: Private[Field], y: Private[Field]) -> Public[Field]:
        @component
        def inner(a: Field) -> Field:
            return a * y

        return inner(x)

    with pytest.raises(CompileError, match="outside this component"):
        leaking.compile()


def test_returning_or_checking_an_outer_signal_is_refused() -> None:
    @circuit
    def returning(x: Private[Field], y: Private[Field]) -> Public[Field]:
        @component
        def inner(a: Field) -> Field:
            return y

        return inner(x)

    @circuit
    def checking(x: Private[Field], y: Private[Field]) -> None:
        @component
        def inner(a: Field) -> Field:
            check(y == 3)
            return a

        inner(x)

    for c in (returning, checking):
        with pytest.raises(CompileError, match="outside this component"):
            c.compile()


@pytest.mark.parametrize("value", [256, -1, 1.5, "3", None, [1]])
def test_arguments_beyond_the_parameter_are_refused(value: Any) -> None:
    @component
    def narrowly(x: UInt[8]) -> UInt[8]:
        return x

    with pytest.raises(CompileError, match="narrowly"):
        narrowly(value)


def test_wider_signals_are_refused_and_tighter_ones_are_not() -> None:
    @component
    def narrowly(x: UInt[8]) -> UInt[8]:
        return x

    @circuit
    def wide(x: Private[UInt[9]]) -> None:
        narrowly(x)

    @circuit
    def tight(x: Private[UInt[3]]) -> Public[UInt[3]]:
        return narrowly(x)

    with pytest.raises(CompileError, match="narrowly"):
        wide.compile()
    with pytest.raises(CompileError, match="narrowly"):
        wide(5)
    assert tight(5) == tight.compile().solve(x=5).public[0] == 5


def test_a_component_within_itself_is_refused() -> None:
    @component
    def again(x: Field) -> Field:
        return again(x * x)

    @circuit
    def endless(x: Private[Field]) -> Public[Field]:
        return again(x)

    with pytest.raises(CompileError, match="within itself"):
        endless.compile()


def test_names_of_wires_carry_the_path_of_the_component() -> None:
    symbols = list(OUTER.symbols or ())
    assert len(set(symbols)) == len(symbols) == OUTER.wire_count
    assert any(name.startswith("outer.twice[2].step[1].") for name in symbols)
    assert any(name.startswith("outer.half[2].hint_") for name in symbols)
