"""What authors of gadgets build on: sums in one piece, wires, and references on integers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    CompileError,
    Field,
    Fixed,
    InputError,
    Int,
    Private,
    Public,
    UInt,
    check,
    circuit,
    component,
)
from zkpipe.circuits.gadgets import to_bits
from zkpipe.circuits.gadgets.author import linear_combination, on_integers, wire
from zkpipe.circuits.testing import agrees, costs, deletions, lies

# --- linear_combination


def test_a_combination_of_integers_is_their_sum_below_r() -> None:
    assert linear_combination([], []) == 0
    assert linear_combination([2, -3], [5, 1]) == 7
    assert linear_combination([1 - R, R - 1], [1, -1]) == (1 - R + R - R + 1) % R == 2
    weights: Any = np.array([1, 2])
    assert linear_combination(weights, (3, np.int64(4))) == 11


@circuit
def combined(
    x: Private[Field], y: Private[Int[8]], some: Private[Array[UInt[16], 60]]
) -> Public[Array[Field, 3]]:
    """Short, with constants and repeated values, and longer than a sum is copied."""
    return [
        linear_combination([3, -2, 5, -1], [x, y, 7, x]),
        linear_combination([0, 1], [x, y]),
        linear_combination(range(1, 61), some),
    ]


@circuit
def added(
    x: Private[Field], y: Private[Int[8]], some: Private[Array[UInt[16], 60]]
) -> Public[Array[Field, 3]]:
    """The same by operators."""
    return [
        Field(3 * x - 2 * y + 35 - x),
        Field(0 * x + y),
        Field(sum(i * v for i, v in enumerate(some, start=1))),
    ]


def test_a_combination_is_what_operators_give_and_costs_as_much() -> None:
    inputs = {"x": R - 5, "y": -128, "some": [(i * i * 1234567) % 65536 for i in range(60)]}
    assert combined(**inputs) == added(**inputs)
    system = combined.compile()
    assert system.constraint_count == added.compile().constraint_count
    assert system.solve(**inputs).public == combined(**inputs)
    agrees(combined, 30)


def test_a_combination_of_long_sums_is_what_operators_give() -> None:
    @circuit
    def long(xs: Private[Array[Field, 60]]) -> Public[Field]:
        total = Field(sum(xs))
        return linear_combination([7, 1, -2], [total, xs[3], total]) * total

    inputs = {"xs": [i * i + 1 for i in range(60)]}
    total = sum(inputs["xs"])
    assert long(**inputs) == (5 * total + 10) * total
    assert long.compile().solve(**inputs).public == [long(**inputs)]


def test_a_combination_of_constants_alone_costs_nothing_in_a_circuit() -> None:
    @circuit
    def constants(x: Private[Field]) -> Public[Field]:
        return x * linear_combination([2, 3], [4, 5])

    costs(constants, 1)
    assert constants(2) == 46


@pytest.mark.parametrize(
    ("weights", "values", "says"),
    [
        ([1], [1, 2], "has 1 weights for 2 values"),
        ([R], [1], r"no whole number from .* for weights\[0\]"),
        ([0.5], [1], r"for weights\[0\]"),
        ([1], [R], r"no field element for values\[0\]"),
        ([1], ["a"], r"has a text for values\[0\]"),
        (3, [1], "for weights, which is no list"),
        ([1], {1}, "for values, which is no list"),
    ],
)
def test_what_is_no_combination_is_refused(weights: Any, values: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        linear_combination(weights, values)


def test_a_weight_that_is_a_value_of_the_circuit_is_refused() -> None:
    @circuit
    def weighted(x: Private[Field]) -> Public[Field]:
        return linear_combination([x], [x])

    with pytest.raises(CompileError, match=r"no whole number .* for weights\[0\]"):
        weighted.compile()


def test_a_fixed_is_refused() -> None:
    @circuit
    def fixed(x: Private[Fixed[16, 8]]) -> Public[Field]:
        return linear_combination([1], [x])

    with pytest.raises(CompileError, match=r"x\.units"):
        fixed.compile()


def test_values_of_two_circuits_do_not_meet() -> None:
    kept: list[Any] = []

    @circuit
    def first(x: Private[Field]) -> Public[Field]:
        kept.append(x)
        return x * x

    first.compile()

    @circuit
    def second(x: Private[Field]) -> Public[Field]:
        return linear_combination([1, 1], [x, kept[0]])

    with pytest.raises(CompileError, match="from outside this component or circuit"):
        second.compile()


# --- wire


def rows_of(body: Callable[[Any, Any], Any]) -> int:
    """The rows of a circuit that squares what the body gives of two Fields."""

    @circuit
    def squared(x: Private[Field], y: Private[Field]) -> Public[Field]:
        value = body(x, y)
        return value * value

    system = squared.compile()
    for x, y in ((3, 5), (0, R - 1)):
        assert system.solve(x=x, y=y).public == [squared(x, y)]
    return system.constraint_count


def test_a_wire_costs_a_row_for_a_sum_and_none_for_what_has_one() -> None:
    square = rows_of(lambda x, y: x + y)
    assert rows_of(lambda x, y: wire(x + y)) == square + 1
    assert rows_of(lambda x, y: wire(2 * x) + y) == square + 1
    assert rows_of(lambda x, y: wire(x) + wire(y)) == square
    assert rows_of(lambda x, y: wire(x * y)) == square + 1
    assert rows_of(lambda x, y: wire(x * y + 3 * x + 1)) == square + 1, "the product's row serves"
    assert rows_of(lambda x, y: wire(wire(x + y))) == square + 1


def test_a_wire_of_a_number_is_the_number() -> None:
    assert wire(5) == 5
    assert wire(-5) == -5
    assert wire(True) == 1

    square = rows_of(lambda x, y: x + y)
    assert rows_of(lambda x, y: x + y + wire(7)) == square
    with pytest.raises(InputError, match="has a text for value"):
        wire("a")


def test_a_wire_keeps_the_bounds_of_its_value() -> None:
    @circuit
    def bounded(x: Private[UInt[8]], y: Private[UInt[8]]) -> Public[UInt[9]]:
        return wire(x + y)

    assert bounded(255, 255) == 510
    deletions(bounded, [{"x": 3, "y": 200}], [])
    lies(bounded, {"x": 3, "y": 200})


# --- on_integers

LIMIT = 1
calls: list[int] = []


def ones(x: int) -> int:
    calls.append(x)
    return x.bit_count()


@on_integers(ones, returns=UInt[6])
def count_ones(x: Any) -> Any:
    return sum(to_bits(x, 32))


@circuit
def weighed(x: Private[UInt[32]]) -> Public[UInt[6]]:
    return count_ones(x)


def test_a_reference_answers_on_integers_and_in_a_plain_run_and_rows_in_a_trace() -> None:
    calls.clear()
    assert count_ones(255) == 8
    assert weighed(255) == 8
    assert calls == [255, 255]
    system = weighed.compile()
    assert calls == [255, 255]
    assert system.solve(x=0xF0F0F0F0).public == [16]
    agrees(weighed, 30)
    lies(weighed, {"x": 5})


def test_a_reference_gets_residues_and_its_results_are_reduced() -> None:
    seen: list[Any] = []

    def plain(values: Sequence[int]) -> list[int]:
        seen.append(values)
        return [-1, R + 3]

    @on_integers(plain)
    def gadget(values: Any) -> list[Any]:
        x, y = values
        check((x + 2) * (y + 3) == 0)
        return [-1 + x - x, 3 + y - y]

    @circuit
    def called(x: Private[Field], y: Private[Int[8]]) -> Public[Array[Field, 2]]:
        return gadget([x, y])

    assert called(-2, -3) == [R - 1, 3]
    assert seen == [[R - 2, -3]]
    assert called.compile().solve(x=-2, y=-3).public == [R - 1, 3]


def test_a_reference_beside_its_type_is_an_error_of_its_author() -> None:
    @on_integers(lambda x: x + 300, returns=UInt[8])
    def wrong(x: Any) -> Any:
        return x

    @circuit
    def called(x: Private[UInt[8]]) -> Public[UInt[8]]:
        return wrong(x)

    with pytest.raises(CompileError, match=r"returns what UInt\[8\] does not hold"):
        called(1)


def test_rows_that_compute_something_else_are_found() -> None:
    @on_integers(lambda x: x * x)
    def cube(x: Any) -> Any:
        return x * x * x

    @circuit
    def called(x: Private[Field]) -> Public[Field]:
        return cube(x)

    with pytest.raises(AssertionError):
        agrees(called, 10)


def within(x: Any) -> Any:
    check(x < LIMIT)
    return x


limited = on_integers(lambda x: x)(within)


def test_a_component_that_calls_a_gadget_sees_what_its_rows_see(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else a copy would have the limit of the call before."""

    @component
    def both(x: UInt[8]) -> UInt[8]:
        return limited(x)

    @circuit
    def twice(x: Private[UInt[8]], y: Private[UInt[8]]) -> Public[UInt[9]]:
        first = both(x)
        monkeypatch.setitem(globals(), "LIMIT", 100)
        second = both(y)
        monkeypatch.setitem(globals(), "LIMIT", 1)
        return first + second

    system = twice.trace()
    assert system.solve(x=0, y=99).public == [99]
    for x, y in ((1, 0), (0, 100)):
        with pytest.raises(Exception, match="check"):
            system.solve(x=x, y=y)
