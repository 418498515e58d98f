"""What a loop carries from step to step costs as much in each step, however long the loop is."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from types import FrameType
from typing import Any

import numpy as np
import pytest

from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    Field,
    Fixed,
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
    lookup,
    maximum,
    member,
    narrow,
    select,
)
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.gadgets import to_bits
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.circuits.witness import Witness

# Checks that the values drawn may satisfy, or not.
pytestmark = pytest.mark.filterwarnings("ignore::zkpipe.circuits.CircuitWarning")

Body = Callable[[list[Any]], Any]
LENGTHS = (400, 800) if IS_LONG else (200, 400)


def over(length: int, of: Any, gives: Any, body: Body) -> Circuit:
    """A circuit of one list."""

    def carried(xs: Any) -> Any:
        return body(xs)

    carried.__annotations__ = {"xs": Private[Array[of, length]]}
    carried.__annotations__["return"] = None if gives is None else Public[gives]
    return circuit(carried)


def entries(system: ConstraintSystem) -> int:
    """What the rows have, and what the solver and failed checks read."""
    program = system.program
    assert program is not None
    parts = (system.a, system.b, system.c, program.combinations, program.sides)
    return sum(int(part.starts[-1]) for part in parts)


@dataclass
class State:
    low: Field
    high: Field


@component
def added(x: Field, y: Field) -> Field:
    return x + y * y


@component
def held(x: Field, y: Field) -> Field:
    check(x * y != 3)
    return x + y


@component
def chosen(state: State, x: Field) -> State:
    return select(x == 0, State(state.low + x, state.high), State(state.low, state.high + x))


def each_prefix_sum_in_a_row(xs: list[Any]) -> None:
    total = xs[0]
    for x in xs[1:]:
        total = total + x
        check(total * x != 70_000)


def prefix_sums_from_last_to_first(xs: list[Any]) -> None:
    sums = [xs[0]]
    for x in xs[1:]:
        sums.append(sums[-1] + x)
    for total in sums[::-1]:
        check(total != 70_000)


def prefix_sums_in_any_order(xs: list[Any]) -> None:
    sums = [xs[0]]
    for x in xs[1:]:
        sums.append(sums[-1] + x)
    for i in range(len(sums)):
        check(sums[i] != sums[i * 7 % len(sums)] + 1)


def prefix_sums_as_outputs(xs: list[Any]) -> list[Any]:
    sums = [xs[0]]
    for x in xs[1:]:
        sums.append(sums[-1] + x)
    return sums


def products_added_and_checked(xs: list[Any]) -> Any:
    total = xs[0]
    for x, y in pairwise(xs):
        total = total + x * y
        check(total != 50_000)
    return total


def horner_by_a_constant(xs: list[Any]) -> Any:
    value = xs[0]
    for x in xs[1:]:
        value = value * 3 - x
        check(value != 0)
    return value


def two_sums_that_feed_each_other(xs: list[Any]) -> Any:
    a, b = xs[0], xs[1]
    for x in xs[2:]:
        a, b = b, a + b + x
        check(b != 1)
    return b


def one_sum_in_every_row(xs: list[Any]) -> None:
    total = sum(xs)
    for x in xs:
        check(total * x != 5)


def a_product_beside_a_long_sum(xs: list[Any]) -> None:
    product = xs[0] * xs[1]
    square = (product + sum(xs)) ** 2
    for x in xs:
        check((product + x) * x != 3)  # the product itself is no factor
    check(square != 5)


def maximum_by_select(xs: list[Any]) -> Any:
    best = xs[0]
    for x in xs[1:]:
        best = select(x > best, x, best)
    return best


def minimum_by_select_of_the_old(xs: list[Any]) -> Any:
    best = xs[0]
    for x in xs[1:]:
        best = select(best < x, best, x)
    return best


def last_chosen(xs: list[Any]) -> Any:
    last = xs[0]
    for x in xs[1:]:
        last = select(x == 3, x * 2, last)
    return last


def two_long_sums_to_choose_from(xs: list[Any]) -> Any:
    value = xs[0]
    for x in xs[1:]:
        value = select(x == 0, value + x, value * 2 - x)
    return value


def a_balance_in_range(xs: list[Any]) -> None:
    balance = xs[0]
    for x in xs[1:]:
        balance = select(x > 0, balance + x, balance)
        check(balance >= -9)


def a_table_of_what_is_carried(xs: list[Any]) -> Any:
    state, before = xs[0], xs[1]
    for x in xs[1:]:
        state = lookup([state, before, state + before, 1], x)
        before = x
    return state


def members_of_what_is_carried(xs: list[Any]) -> None:
    total = xs[0]
    for x in xs[1:]:
        total = total + x
        check(~member(total, [x + 900, 5_000, 7_000]))


def hints_of_what_is_carried(xs: list[Any]) -> None:
    total = xs[0]
    for x in xs[1:]:
        total = total + x
        half = hint(_half, total, returns=Field)
        check(half * 2 == total)


def _half(x: int) -> int:
    return x * pow(2, -1, R) % R


def components_of_what_is_carried(xs: list[Any]) -> Any:
    total = xs[0]
    for x in xs[1:]:
        total = held(added(total, x), x)
    return total


def a_component_of_one_value_twice(xs: list[Any]) -> Any:
    total = xs[0]
    for _ in xs[1:]:
        total = added(total, total)
    return total


def records_in_components(xs: list[Any]) -> Any:
    state = State(xs[0], xs[0] * 1)
    for x in xs[1:]:
        state = chosen(state, x)
    return state.low - state.high * 2


def remainders_of_what_is_carried(xs: list[Any]) -> Any:
    state = xs[0]
    for x in xs[1:]:
        state = (state * 2 + x) % 7
    return state


def the_lowest_bit_again_and_again(xs: list[Any]) -> None:
    for x in xs[1:]:
        check(to_bits(narrow(xs[0], UInt[60]), 60)[0] * x != 9)


def exclusive_or(xs: list[Any]) -> Any:
    ok = xs[0]
    for x in xs[1:]:
        ok = ok ^ x
    return ok


def and_then_or(xs: list[Any]) -> Any:
    ok = xs[0]
    for x in xs[1:]:
        ok = (ok & x) | (xs[0] & ~x)
    return ok


def neither_nor(xs: list[Any]) -> None:
    ok = xs[0]
    for x in xs[1:]:
        ok = ~(ok & x)
    check(ok)


def all_so_far_checked_each_time(xs: list[Any]) -> None:
    ok = xs[0]
    for x in xs[1:]:
        ok = ok & x
        check(ok)


def all_so_far_from_last_to_first(xs: list[Any]) -> Any:
    flags = [xs[0]]
    for x in xs[1:]:
        flags.append(flags[-1] & x)
    return sum(flag * (i + 2) for i, flag in enumerate(flags[::-1]))


def any_of_all_of(xs: list[Any]) -> Any:
    ok = xs[0]
    for x, y in pairwise(xs):
        ok = any_of([all_of([ok, x]), y])
    return ok


def chosen_by_a_running_flag(xs: list[Any]) -> Any:
    ok, value = xs[0], xs[0] * 5
    for x in xs[1:]:
        ok = (ok & x) | ~x
        value = select(ok, 3 - value % 8, value % 8)
    return value


Z8 = Int[8]
KINDS: list[tuple[Body, Any, Any]] = [
    (each_prefix_sum_in_a_row, Field, None),
    (prefix_sums_from_last_to_first, Field, None),
    (prefix_sums_in_any_order, Field, None),
    (prefix_sums_as_outputs, Field, "each"),
    (products_added_and_checked, Field, Field),
    (horner_by_a_constant, Field, Field),
    (two_sums_that_feed_each_other, Field, Field),
    (one_sum_in_every_row, Field, None),
    (a_product_beside_a_long_sum, Field, None),
    (maximum_by_select, UInt[8], UInt[8]),
    (maximum_by_select, Fixed[8, 4], Fixed[8, 4]),
    (minimum_by_select_of_the_old, Z8, Z8),
    (last_chosen, Z8, Int[9]),
    (two_long_sums_to_choose_from, Field, Field),
    (a_balance_in_range, Z8, None),
    (a_table_of_what_is_carried, UInt[2], Field),
    (members_of_what_is_carried, Field, None),
    (hints_of_what_is_carried, Field, None),
    (components_of_what_is_carried, Field, Field),
    (a_component_of_one_value_twice, Field, Field),
    (records_in_components, Field, Field),
    (remainders_of_what_is_carried, UInt[3], UInt[3]),
    (the_lowest_bit_again_and_again, Field, None),
    (exclusive_or, Bool, Bool),
    (and_then_or, Bool, Bool),
    (neither_nor, Bool, None),
    (all_so_far_checked_each_time, Bool, None),
    (all_so_far_from_last_to_first, Bool, Field),
    (any_of_all_of, Bool, Bool),
    (chosen_by_a_running_flag, Bool, Int[8]),
]
each_kind = pytest.mark.parametrize(
    ("body", "of", "gives"), KINDS, ids=[f"{body.__name__}-{of}" for body, of, _ in KINDS]
)


def made(body: Body, of: Any, gives: Any, length: int) -> Circuit:
    return over(length, of, Array[of, length] if gives == "each" else gives, body)


def work_of(function: Callable[[], object]) -> int:
    """How many functions are called, of Python and of C."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count


@each_kind
def test_rows_entries_and_work_grow_as_the_loop_does(body: Body, of: Any, gives: Any) -> None:
    made(body, of, gives, 10).trace()  # what is made once is made
    small, large = (made(body, of, gives, n) for n in LENGTHS)
    first, second = small.trace(), large.trace()
    assert second.constraint_count <= 2.1 * first.constraint_count
    assert entries(second) <= 2.2 * entries(first)
    assert work_of(large.trace) <= 2.3 * work_of(small.trace)


@each_kind
def test_what_is_carried_is_what_the_plain_run_carries(body: Body, of: Any, gives: Any) -> None:
    length = 90
    compiled = made(body, of, gives, length)
    system = compiled.compile()  # which proves that every value is determined
    drawn = random.Random(7)  # noqa: S311 - values for a test
    agreed = 0
    for k in range(6):
        few = [drawn.choice([0, 1, 1]) if k else 1 for _ in range(length)]
        try:
            plain = compiled(few)
        except UnsatisfiedError:
            with pytest.raises(UnsatisfiedError):
                system.solve(xs=few)
            continue
        witness = system.solve(xs=few)
        found = plain if isinstance(plain, list) else [] if plain is None else [plain]
        assert witness.public == [value % R for value in found]
        agreed += 1
    assert agreed


@pytest.mark.parametrize("count", [30, 100, 1000])
def test_a_sum_that_one_row_reads_costs_that_row_alone(count: int) -> None:
    def inputs_alone(xs: list[Any]) -> None:
        check(sum(xs) == 5)

    system = over(count, Field, None, inputs_alone).trace()
    assert system.constraint_count == 1
    assert int(system.c.starts[-1]) == count + 1

    def of_products(xs: list[Any]) -> None:
        check(sum(x * x for x in xs) == 5)

    system = over(count, Field, None, of_products).trace()
    assert system.constraint_count == count
    assert int(system.c.starts[-1]) == 2 * count - 1


@pytest.mark.parametrize("times", [2, 3, 10])
def test_a_long_sum_that_several_rows_read_costs_one_row_more(times: int) -> None:
    def read(xs: list[Any]) -> None:
        total = sum(xs)
        for i in range(times):
            check(total * xs[i] == i)

    system = over(1000, Field, None, read).trace()
    assert system.constraint_count == times + 1
    assert int(system.a.starts[-1]) + int(system.c.starts[-1]) <= 2001 + 3 * times


def test_what_cancels_out_is_read_by_no_row() -> None:
    def differences(xs: list[Any]) -> None:
        sums = [xs[0]]
        for x in xs[1:]:
            sums.append(sums[-1] + x)
        for i in range(3, len(sums)):
            check((sums[i] - sums[i - 3]) * xs[0] == 1)

    system = over(500, Field, None, differences).trace()
    assert system.constraint_count == 497
    assert int(np.diff(system.a.starts).max()) == 3


@pytest.mark.parametrize("body", [maximum_by_select, minimum_by_select_of_the_old, last_chosen])
def test_a_choice_between_the_old_and_the_new_does_not_grow(body: Body) -> None:
    system = over(300, Z8, Int[9], body).trace()
    longest = [int(np.diff(m.starts).max()) for m in (system.a, system.b, system.c)]
    assert max(longest) <= 12


def test_a_sum_of_what_was_taken_away_again_is_short() -> None:
    def window(xs: list[Any]) -> None:
        total = sum(xs[:30])
        for i in range(30, len(xs)):
            total = total + xs[i] - xs[i - 30]
        check(total * xs[0] == 1)

    system = over(2000, Field, None, window).trace()
    assert system.constraint_count == 1
    assert int(system.a.starts[-1]) == 30


def test_the_wire_of_a_long_sum_is_named_and_its_line_is_told() -> None:
    system = over(200, Field, None, one_sum_in_every_row).trace()
    names = list(system.symbols or ())
    assert names.count("carried.sum_0") == 1
    witness = system.solve(xs=list(range(200)))
    values = witness.values.copy()
    values[names.index("carried.sum_0")] = 0
    with pytest.raises(UnsatisfiedError) as failed:
        system.check(Witness(values, witness.public_count))
    assert failed.value.source is not None
    assert failed.value.source.text == "check(total * x != 5)"


@pytest.fixture
def stack() -> Iterator[None]:
    """Python's own; py-evm and py_ecc, where they are loaded, make it 10 and 100 times as deep."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)
    yield
    sys.setrecursionlimit(limit)


@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize("check_it", [False, True])
@pytest.mark.parametrize(
    "step",
    [
        lambda ok, x, y: (ok & x) | y,
        lambda ok, x, y: (ok | x) & y,
        lambda ok, x, y: ~(ok & x),
        lambda ok, x, y: ~(~ok & y) & x,
        lambda ok, x, y: any_of([ok, all_of([x, ~ok])]),
        lambda ok, x, y: ok & x,
        lambda ok, x, y: ok | y,
        lambda ok, x, y: ok ^ (ok & x),
        lambda ok, x, y: select(ok & x, y, ~ok | x),
    ],
)
def test_flags_may_be_nested_deeper_than_the_stack(
    step: Callable[[Any, Any, Any], Any], check_it: bool
) -> None:
    steps = 3 * sys.getrecursionlimit()

    def flags(xs: list[Any]) -> Any:
        ok = xs[0]
        for i in range(steps):
            ok = step(ok, xs[i % 5], xs[i % 3])
        if check_it:
            check(ok)
            return xs[0]
        return ok

    compiled = over(5, Bool, Bool, flags)
    system = compiled.trace()
    for values in ([1, 1, 1, 1, 1], [1, 0, 1, 1, 0], [0, 0, 0, 0, 0]):
        try:
            plain = compiled(values)
        except UnsatisfiedError:
            with pytest.raises(UnsatisfiedError):
                system.solve(xs=values)
        else:
            assert system.solve(xs=values).public == [plain]


def test_a_check_that_is_part_of_the_next_one_is_made_once() -> None:
    system = over(50, Bool, None, all_so_far_checked_each_time).trace()
    assert system.constraint_count == 50 + 50


def test_a_sum_may_have_a_hundred_thousand_steps() -> None:
    def many(xs: list[Any]) -> Any:
        total = xs[0]
        for i in range(100_000):
            total = total * 1 + xs[i % 50] * i
        return total

    compiled = over(50, Field, Field, many)
    system = compiled.trace()
    assert system.constraint_count == 1
    values = list(range(50))
    assert system.solve(xs=values).public == [compiled(values)]


@pytest.mark.parametrize("used_as", ["condition", "factor", "other factor", "flag", "number"])
def test_a_flag_may_be_used_hundreds_of_times(used_as: str) -> None:
    def uses(xs: list[Any]) -> Any:
        flag = xs[0] == xs[1]
        total = xs[2]
        for x in xs[3:]:
            if used_as == "condition":
                total = select(flag, total * x, total + x)
            elif used_as == "factor":
                total = total + flag * x
            elif used_as == "other factor":
                total = total + (x + 1) * flag
            elif used_as == "flag":
                total = total + (flag & (x == 7))
            else:
                total = total + (flag + x) * (x - flag)
        return total

    compiled = over(300, Field, Field, uses)
    system = compiled.compile()  # which proves that the flag is determined
    for values in ([4] * 300, list(range(300))):
        assert system.solve(xs=values).public == [compiled(values)]


def test_flags_from_last_to_first_are_determined_however_many() -> None:
    over(400, Bool, Field, all_so_far_from_last_to_first).compile()


def nested(value: Any, depth: int) -> Any:
    for _ in range(depth):
        value = [value]
    return value


DEEP = 5000
REFUSED = "a list that holds itself|of a list and of values"
ITSELF: list[Any] = []
ITSELF.append(ITSELF)


@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize(
    "body",
    [
        lambda xs: select(xs[0], nested(xs[1], DEEP), nested(xs[2], DEEP)),
        lambda xs: lookup([nested(xs[1], DEEP), nested(xs[2], DEEP)], xs[0] * 1),
        lambda xs: all_of(nested(xs[1], DEEP)),
        lambda xs: any_of([xs[0], ITSELF]),
        lambda xs: hint(lambda v: 1, nested(xs[1], DEEP), returns=Bool),
        lambda xs: maximum([xs[0], nested(xs[1], DEEP)]),
    ],
)
def test_nests_deeper_than_the_stack_are_refused_in_a_sentence(body: Body) -> None:
    def runs(xs: list[Any]) -> None:
        body(xs)

    for run in (over(3, Bool, None, runs).trace, lambda: over(3, Bool, None, runs)([1, 0, 1])):
        with pytest.raises(CompileError, match=REFUSED) as refused:
            run()
        assert refused.value.source is not None


@pytest.mark.usefixtures("stack")
def test_types_and_components_deeper_than_the_stack_are_refused_in_a_sentence() -> None:
    type_: Any = Bool
    for _ in range(DEEP):
        type_ = Array[type_, 1]
    with pytest.raises(CompileError, match="nests deeper"):
        over(1, type_, None, lambda xs: None)
    with pytest.raises(CompileError, match="a list that holds itself"):
        over(1, Bool, None, lambda xs: None)(ITSELF)


@pytest.mark.usefixtures("stack")
def test_functions_of_the_author_that_never_end_are_the_authors() -> None:
    def endless(xs: list[Any]) -> Any:
        return endless([xs[0] + 1])

    with pytest.raises(RecursionError):
        over(1, Field, Field, endless).trace()
