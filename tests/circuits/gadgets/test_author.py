"""What authors of gadgets build on: sums in one piece, wires, and references on integers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple

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
    UnsatisfiedError,
    check,
    circuit,
    component,
)
from zkpipe.circuits.gadgets import author, to_bits
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
        ([R], [1], r"no whole number strictly between -r and r for weights\[0\]"),
        ([0.5], [1], r"for weights\[0\]"),
        ([1], [R], r"no field element for values\[0\]"),
        ([1], ["a"], r"has a text for values\[0\]"),
        (3, [1], "for weights, which is not a list"),
        ([1], {1}, "for values, which is not a list"),
    ],
)
def test_what_is_no_combination_is_refused(weights: Any, values: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        linear_combination(weights, values)


@pytest.mark.parametrize(
    ("values", "fix"),
    [
        ([1], r"The weights come first: linear_combination\(\[1, 2, 3\], \[x, y, z\]\)"),
        (["x"], r"Write x \* y for a product of two values"),
    ],
)
def test_a_weight_that_is_a_value_of_the_circuit_is_refused(values: list[Any], fix: str) -> None:
    @circuit
    def weighted(x: Private[Field]) -> Public[Field]:
        return linear_combination([x], [x if value == "x" else value for value in values])

    with pytest.raises(CompileError, match=f"has a circuit's value for a weight.*\n.*\n{fix}"):
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

    with pytest.raises(
        CompileError, match=r"wrong\(\) returns an integer that UInt\[8\] does not hold"
    ):
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


limited = on_integers(lambda x: x, returns=UInt[8])(within)


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


# --- what an attacker tried: rows that are passed by, values that cannot be seen


@on_integers(lambda a, b: a * b, returns=UInt[16])
def below_ten(a: Any, b: Any) -> Any:
    check(a < 10, "a")
    return a * b


HIDING: dict[str, Callable[[Any], Any]] = {
    "a dict": lambda a: {"a": a},
    "a generator": lambda a: (x for x in [a]),
    "an iterator": lambda a: iter([a]),
    "a reversed list": lambda a: reversed([a]),
    "a set of lists": lambda a: {1: [a]}.values(),
    "an object": lambda a: SimpleNamespace(a=a),
    "a float": lambda a: 0.5,
    "a function": lambda a: lambda: a,
}


@pytest.mark.parametrize("how", HIDING)
def test_an_argument_in_which_values_cannot_be_seen_is_refused(how: str) -> None:
    """Else the reference would be traced, and the checks of the rows be lost."""

    @circuit
    def hiding(a: Private[UInt[8]], b: Private[UInt[8]]) -> Public[UInt[16]]:
        return below_ten(HIDING[how](a), b)

    for run in (hiding.compile, lambda: hiding(1, 2)):
        with pytest.raises(CompileError, match="in which values cannot be seen"):
            run()


class Pair(NamedTuple):
    x: Any
    y: Any


SEEN: dict[str, Callable[[Any, Any], Any]] = {
    "a tuple": lambda a, b: (a, b),
    "a named tuple": Pair,
    "a deque": lambda a, b: deque([a, b]),
    "an array": lambda a, b: np.array([a, b], dtype=object),
    "a list of lists": lambda a, b: [a, b],
}


@pytest.mark.parametrize("how", SEEN)
def test_values_in_lists_of_any_kind_are_seen(how: str) -> None:
    @on_integers(lambda pair: pair[0] * pair[1], returns=UInt[16])
    def product(pair: Any) -> Any:
        check(pair[0] < 10)
        return pair[0] * pair[1]

    @circuit
    def seen(a: Private[UInt[8]], b: Private[UInt[8]]) -> Public[UInt[16]]:
        return product(SEEN[how](a, b))

    system = seen.compile()
    assert system.solve(a=9, b=4).public == [36] == [seen(9, 4)]
    with pytest.raises(UnsatisfiedError):
        system.solve(a=10, b=4)


def test_the_checks_of_rows_hold_for_constants_in_a_trace() -> None:
    @circuit
    def constants(b: Private[UInt[8]]) -> Public[UInt[17]]:
        return below_ten(9, 2) + b

    assert constants.compile().solve(b=1).public == [19]

    @circuit
    def too_large(b: Private[UInt[8]]) -> Public[UInt[17]]:
        return below_ten(10, 2) + b

    with pytest.raises(CompileError, match=r"(Correct the constants|can never hold)"):
        too_large.compile()


@pytest.mark.parametrize(
    "refuses",
    [
        lambda a: check(a < 10, "a") or a,
        lambda a: a if a < 10 else 1 // 0,
        lambda a: a if a < 10 else [][0],
    ],
)
def test_a_reference_refuses_by_raising_and_agrees_with_its_rows(refuses: Any) -> None:
    @on_integers(refuses, returns=UInt[8])
    def limited(a: Any) -> Any:
        check(a < 10)
        return a

    @circuit
    def called(a: Private[UInt[8]]) -> Public[UInt[8]]:
        return limited(a)

    agrees(called, 40)
    with pytest.raises(UnsatisfiedError) as caught:
        called(200)
    assert "limited() has no answer" in str(caught.value)
    assert "200" not in str(caught.value)


def test_a_reference_that_does_not_refuse_is_found() -> None:
    @circuit
    def called(a: Private[UInt[8]], b: Private[UInt[4]]) -> Public[UInt[16]]:
        return below_ten(a, b)

    with pytest.raises(AssertionError):
        agrees(called, 60)


def test_numbers_of_numpy_are_counted_as_pythons() -> None:
    @on_integers(lambda x, y: x + y, returns=UInt[10])
    def add(x: Any, y: Any) -> Any:
        return x + y

    @circuit
    def called(a: Private[UInt[8]]) -> Public[UInt[11]]:
        return add(a, np.uint8(100)) + add(np.uint8(200), np.uint8(100))

    assert add(np.uint8(200), np.uint8(100)) == 300
    assert called(200) == 600
    assert called.compile().solve(a=200).public == [600]


@pytest.mark.parametrize(
    "returns", [Fixed[16, 8], Array[Fixed[16, 8], 2], UInt, "UInt[8]", None, 5, int, Public[Field]]
)
def test_what_is_no_type_of_results_is_refused_at_the_decorator(returns: Any) -> None:
    with pytest.raises(CompileError):
        on_integers(lambda x: x, returns)


@pytest.mark.parametrize(("reference", "rows"), [(None, abs), (abs, None)])
def test_what_is_no_function_is_refused_at_the_decorator(reference: Any, rows: Any) -> None:
    with pytest.raises(CompileError, match=r"Write @on_integers\(reference\) above the rows"):
        on_integers(reference)(rows)


def test_a_decorator_without_its_reference_is_refused_where_it_stands() -> None:
    with pytest.raises(CompileError, match=r"does not have the gadget's plain function") as caught:

        @on_integers
        def bare(x: Any) -> Any:
            return x + 1

    assert "`on_integers`" in caught.value.problem
    with pytest.raises(CompileError, match="plain function"):

        @author.on_integers
        def of_module(x: Any) -> Any:
            return x + 1

    assert on_integers(abs)(abs)(3) == 3  # a plain call is none


def test_rows_have_the_bounds_of_the_type_as_the_plain_run_has() -> None:
    @on_integers(lambda x: x + 1)
    def as_field(x: Any) -> Any:
        return x + 1

    @circuit
    def compared(a: Private[UInt[4]]) -> Public[UInt[5]]:
        return as_field(a)

    for run in (compared.compile, lambda: compared(3)):
        with pytest.raises(CompileError, match="returns a Field"):
            run()

    @on_integers(lambda x: x, returns=UInt[3])
    def narrower(x: Any) -> Any:
        return x

    @circuit
    def called(a: Private[UInt[4]]) -> Public[UInt[4]]:
        return narrower(a)

    with pytest.raises(CompileError, match=r"narrower\(\) returns an integer from 0 to 15 that"):
        called.compile()


@dataclass
class Sized:
    value: Field
    size: UInt[4]


def test_a_result_may_be_a_record_or_an_array_with_a_type_of_its_own() -> None:
    @on_integers(lambda x: Sized(x * x, 3), returns=Sized)
    def sized(x: Any) -> Any:
        return Sized(Field(x * x), 3)

    @on_integers(lambda x: [x, x + 1], returns=Array[UInt[9], 2])
    def both(x: Any) -> Any:
        return [x, x + 1]

    @circuit
    def called(a: Private[UInt[8]]) -> Public[Array[Field, 3]]:
        made = sized(a)
        return [made.value, Field(made.size), Field(sum(both(a)))]

    assert called(5) == [25, 3, 11]
    assert called.compile().solve(a=5).public == [25, 3, 11]
    agrees(called, 20)


def test_a_gadget_is_called_by_name_with_defaults_and_is_named_as_its_rows() -> None:
    @on_integers(lambda x, times: x * times, returns=UInt[12])
    def multiplied(x: Any, times: int = 3) -> Any:
        """x, some times."""
        return x * times

    @circuit
    def called(a: Private[UInt[8]]) -> Public[UInt[14]]:
        return multiplied(a) + multiplied(times=5, x=a)

    assert (multiplied.__name__, multiplied.__doc__) == ("multiplied", "x, some times.")
    assert multiplied(4) == 12
    assert called(10) == 80
    assert called.compile().solve(a=10).public == [80]
    with pytest.raises(InputError, match=r"calls multiplied\(\) with other arguments than it has"):
        multiplied(1, 2, 3)


def test_the_text_of_rows_is_looked_at_as_any_helpers() -> None:
    @on_integers(lambda a: a % 16, returns=UInt[8])
    def low(a: Any) -> Any:
        z: UInt[4] = a  # Python ignores it
        return z

    @circuit
    def called(a: Private[UInt[8]]) -> Public[UInt[8]]:
        return low(a)

    with pytest.raises(CompileError, match="z"):
        called.compile()
