"""Signals where they do not belong, and what a component's shape must hold."""

from __future__ import annotations

import secrets
from typing import Any

import numpy as np
import pytest

from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    ConstraintSystem,
    Field,
    InputError,
    Int,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    all_of,
    any_of,
    check,
    circuit,
    component,
    hint,
)
from zkpipe.circuits.gadgets import to_bits


@pytest.mark.parametrize(
    "use",
    [
        lambda s: to_bits(s, 8),
        lambda s: s // 3,
        lambda s: s % 3,
        lambda s: 7 // s,
        lambda s: abs(s - 9),
        lambda s: s**3,
        lambda s: s + 1,
        lambda s: s * s,
        lambda s: -s,
        lambda s: ~(s == 1),
        lambda s: s < 4,
    ],
)
def test_a_component_uses_no_signal_from_around_it(use: Any) -> None:
    @circuit
    def outer(xs: Private[Array[UInt[8], 2]]) -> None:
        current: Any = None

        @component
        def inner(a: UInt[8]) -> UInt[8]:
            if current is not None:
                use(current)
            return a

        for current in xs:
            inner(current)

    with pytest.raises(CompileError, match="from outside this component"):
        outer.compile()


def test_a_component_returns_no_signal_from_around_it() -> None:
    @circuit
    def outer(x: Private[UInt[8]], y: Private[UInt[8]]) -> None:
        @component
        def first() -> UInt[8]:
            return x

        @component
        def second() -> UInt[8]:
            return y

        check(first() != second(), "they differ")

    with pytest.raises(CompileError, match="from outside this component"):
        outer.compile()


def test_a_signal_of_an_older_circuit_serves_in_no_other() -> None:
    kept: list[Any] = []

    @circuit
    def first(x: Private[UInt[8]]) -> None:
        kept.append(x)

    @circuit
    def second(x: Private[UInt[8]]) -> None:
        to_bits(kept[0], 3)
        check(x == 1)

    first.trace()
    with pytest.raises(CompileError, match="from outside"):
        second.compile()


def test_one_signal_for_two_arguments_names_no_wire_twice(tmp_path: Any) -> None:
    @component
    def below(a: UInt[8], b: UInt[8]) -> Bool:
        return a < b

    @circuit
    def same(x: Private[UInt[8]], y: Private[UInt[8]]) -> Public[Array[Bool, 3]]:
        return [below(x, x), below(x, y), below(y, x)]

    system = same.compile()
    for matrix in (system.a, system.b, system.c):
        for i in range(system.constraint_count):
            row = matrix.wires[matrix.starts[i] : matrix.starts[i + 1]]
            assert (np.diff(row.astype(np.int64)) > 0).all()
    system.save(tmp_path / "same.r1cs")
    loaded = ConstraintSystem.load(tmp_path / "same.r1cs")
    for x, y in ((3, 5), (5, 3), (7, 7)):
        witness = system.solve(x=x, y=y)
        assert witness.public == [0, int(x < y), int(y < x)]
        loaded.check(witness)


def test_what_a_component_sees_around_it_belongs_to_its_shape() -> None:
    @circuit
    def scaled(x: Private[Field]) -> Public[Array[Field, 2]]:
        k = 1

        @component
        def times_k(a: Field) -> Field:
            return a * k

        first = times_k(x)
        k = 2
        return [first, times_k(x)]

    assert scaled.compile().solve(x=5).public == list(scaled(5)) == [5, 10]


def test_a_component_on_constants_has_no_hints_while_a_circuit_is_compiled() -> None:
    @component
    def drawn() -> Field:
        return hint(lambda: secrets.randbelow(100), returns=Field)

    @circuit
    def fixed(x: Private[Field]) -> Public[Field]:
        return x + drawn()

    with pytest.raises(CompileError, match="fixed in the circuit"):
        fixed.compile()


def test_a_check_that_fails_on_constants_is_a_compile_error() -> None:
    @component
    def three_bits(a: UInt[8]) -> UInt[8]:
        to_bits(a, 3)
        return a

    @circuit
    def wrong(x: Private[UInt[8]]) -> Public[UInt[10]]:
        return x + three_bits(8)

    with pytest.raises(CompileError):
        wrong.compile()


@pytest.mark.parametrize("combine", ["and", "or"])
def test_chains_of_a_thousand_flags_compile(combine: str) -> None:
    @circuit
    def chained(xs: Private[Array[UInt[8], 1500]]) -> Public[Bool]:
        ok = xs[0] < 200
        for x in xs[1:]:
            ok = ok & (x < 200) if combine == "and" else ok | (x < 200)
        return ok

    @circuit
    def at_once(xs: Private[Array[UInt[8], 1500]]) -> Public[Bool]:
        flags = [x < 200 for x in xs]
        return all_of(flags) if combine == "and" else any_of(flags)

    system = chained.compile()
    assert system.constraint_count == at_once.compile().constraint_count
    for given in ([5] * 1500, [5] * 1499 + [250], [250] * 1500):
        expected = (all if combine == "and" else any)(x < 200 for x in given)
        assert system.solve(xs=given).public == [int(expected)]


WIDE: list[Any] = [
    lambda a, b: abs(a + b),
    lambda a, b: abs(a + 1),
    lambda a, b: 5 // (a - 1),
    lambda a, b: a % (a - 1),
    lambda a, b: (a <= 0) * 1,
    lambda a, b: (a > 0) * 1,
]


@pytest.mark.parametrize("expression", WIDE)
def test_a_sign_of_254_bits_is_refused_with_a_reason(expression: Any) -> None:
    """Nothing but an assertion stood there once, and none under python -O."""

    @circuit
    def wide(a: Private[Int[253]], b: Private[Int[252]]) -> Public[Field]:
        return expression(a, b)

    with pytest.raises(CompileError):
        wide.compile()


class _Sly:
    """An integer whose conversion tells what it is."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        raise ValueError(f"private {self.value}")


def _leave(value: int) -> int:
    raise SystemExit(f"private {value}")


def _named(value: int) -> int:
    raise type(f"private{value}", (Exception,), {})


@pytest.mark.parametrize("function", [_Sly, _leave, _named, lambda v: np.array([v, v])])
def test_a_hint_that_fails_in_odd_ways_tells_nothing(function: Any) -> None:
    @circuit
    def hinted(x: Private[Field]) -> None:
        check(hint(function, x, returns=Field) == x)

    with pytest.raises(UnsatisfiedError) as caught:
        hinted.compile().solve(x=424242)
    assert "424242" not in str(caught.value)  # the line of the source may be told, no value


def test_arrays_of_numpy_are_no_numbers() -> None:
    @circuit
    def single(x: Private[UInt[8]]) -> None:
        check(x == 1)

    with pytest.raises(InputError):
        single.compile().solve(x=np.array([1, 2]))

    @circuit
    def mixed(x: Private[UInt[8]]) -> Public[Field]:
        return x * np.array([1, 2])

    with pytest.raises(CompileError):
        mixed.compile()


def test_an_input_may_be_called_self() -> None:
    @circuit
    def odd(self: Private[UInt[8]]) -> Public[UInt[9]]:
        return self + 1

    assert odd(self=2) == odd.compile().solve(self=2).public[0] == 3
