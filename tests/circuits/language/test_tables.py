"""lookup by a secret index and member: every index and value, what they cost, and lies."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.circuits.oracles import rows
from tests.circuits.oracles.runs import outcome, solved
from zkpipe.accel.bn254 import R
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
    lookup,
    member,
)
from zkpipe.circuits.compile.tables import constant_rows

# Of checks by the dozen some hold whatever is drawn.
pytestmark = pytest.mark.filterwarnings("ignore::zkpipe.circuits.CircuitWarning")


def refused(system: Any, *inputs: int) -> bool:
    return solved(system, *inputs) == "unsatisfied"


@pytest.mark.parametrize("size", range(1, 18))
@pytest.mark.parametrize("type_", [UInt[5], Int[6], Field])
def test_every_index_finds_its_constant_and_no_other_index_passes(size: int, type_: Any) -> None:
    table = [(7 * i * i - 50) * (-1) ** i for i in range(size)]

    @circuit
    def of_constants(i: Private[type_]) -> Public[Field]:
        return lookup(table, i)

    system = of_constants.compile()
    low, high = (-2, 40) if type_ is Field else (type_.low, type_.high)
    for i in range(low, high + 1):
        if 0 <= i < size:
            assert solved(system, i) == [table[i] % R] == [of_constants(i) % R]
        else:
            assert refused(system, i)
            assert outcome(of_constants, i=i) == "unsatisfied"


@pytest.mark.parametrize("size", range(1, 10))
def test_every_index_finds_its_variable(size: int) -> None:
    @circuit
    def of_variables(
        i: Private[UInt[4]], v: Private[Array[Int[8], size]]
    ) -> Public[Array[Int[8], 2]]:
        mixed = [*v[:-1], 5] if size > 1 else v
        return [lookup(v, i), lookup(mixed, i)]

    system = of_variables.compile()
    v = [(-1) ** i * (i + 1) for i in range(size)]
    for i in range(16):
        if i < size:
            want = [v[i], 5 if size > 1 and i == size - 1 else v[i]]
            assert of_variables(i, v) == want
            assert solved(system, i, *v) == [x % R for x in want]
        else:
            assert refused(system, i, *v)
            with pytest.raises(UnsatisfiedError, match=f"not from 0 to {size - 1}"):
                of_variables(i, v)


@pytest.mark.parametrize(("n", "m"), [(2, 2), (3, 5), (4, 3), (1, 6)])
def test_several_indices_go_into_nested_lists(n: int, m: int) -> None:
    constants = (np.arange(n * m).reshape(n, m) ** 2).tolist()

    @circuit
    def grid(
        i: Private[UInt[3]], j: Private[UInt[3]], v: Private[Array[UInt[8], n, m]]
    ) -> Public[Array[UInt[8], 3]]:
        return [lookup(constants, i, j), lookup(v, i, j), lookup(v, n - 1, j)]

    system = grid.compile()
    v = [[100 + 10 * i + j for j in range(m)] for i in range(n)]
    flat = [x for row in v for x in row]
    for i, j in itertools.product(range(8), repeat=2):
        if i < n and j < m:
            want = [constants[i][j], v[i][j], v[n - 1][j]]
            assert grid(i, j, v) == want
            assert solved(system, i, j, *flat) == want
        else:
            assert refused(system, i, j, *flat)
            assert outcome(grid, i=i, j=j, v=v) == "unsatisfied"


@dataclass(frozen=True)
class Account:
    owner: Field
    limits: Array[UInt[8], 2]


@pytest.mark.parametrize("i", range(4))
def test_an_entry_may_be_a_record_or_a_list(i: int) -> None:
    @circuit
    def choose(
        accounts: Private[Array[Account, 3]], i: Public[UInt[2]]
    ) -> tuple[Public[Account], Public[Array[UInt[8], 2]], Public[UInt[8]]]:
        account = lookup(accounts, i)
        pair = lookup([[1, 2], [3, 4], [5, 6]], i)
        return account, pair, lookup(lookup(accounts, i).limits, i // 2)

    accounts = [Account(R - k - 1, [10 * k, 10 * k + 1]) for k in range(3)]
    run = choose.compile().solve
    if i == 3:
        for failing in (choose, run):
            with pytest.raises(UnsatisfiedError, match="index of a lookup is not from 0 to 2"):
                failing(accounts=accounts, i=i)
        return
    chosen = accounts[i]
    assert choose(accounts, i) == (chosen, [2 * i + 1, 2 * i + 2], chosen.limits[i // 2])
    public = run(accounts=accounts, i=i).public
    assert public[:5] == [chosen.owner, *chosen.limits, 2 * i + 1, 2 * i + 2]


def test_what_the_bounds_exclude_is_never_looked_at() -> None:
    @circuit
    def upper(i: Private[UInt[2]]) -> Public[UInt[3]]:
        return lookup([1, 2, 3, 4, 10**6, 10**6], i)

    @circuit
    def lower(i: Private[UInt[2]]) -> Public[UInt[3]]:
        return lookup([10**6, 10**6, 1, 2, 3, 4], i + 2)

    assert upper.compile().constraint_count == lower.compile().constraint_count
    for i in range(4):
        assert upper(i) == lower(i) == i + 1
        assert solved(upper.compile(), i) == solved(lower.compile(), i) == [i + 1]


def test_a_lookup_in_a_component_is_traced_once() -> None:
    @component
    def square(i: UInt[4]) -> UInt[8]:
        return lookup([k * k for k in range(16)], i)

    @circuit
    def squares(a: Private[UInt[4]], b: Private[UInt[4]]) -> Public[UInt[9]]:
        return square(a) + square(b)

    for a, b in [(0, 15), (3, 4), (15, 15)]:
        assert squares(a, b) == a * a + b * b
        assert solved(squares.compile(), a, b) == [a * a + b * b]
    assert square(5) == 25


@pytest.mark.parametrize("size", [5, 8])
def test_no_lie_about_an_index_passes(size: int) -> None:
    """Every internal wire and output is set to other values, and all else follows from the lie."""
    table = [3, 1, 4, 1, 5, 9, 2, 6][:size]

    @circuit
    def both(
        i: Private[UInt[4]], f: Private[Field], v: Private[Array[UInt[4], size]]
    ) -> Public[Array[UInt[4], 2]]:
        return [lookup(table, f), lookup(v, i)]

    system = both.compile()
    first = 1 + system.public_count + system.private_input_count
    v = list(range(size))
    for i, f in [(0, 0), (size - 1, 1), (2, size - 1), (15, 2), (1, R - 1), (1, size)]:
        honest = rows.solve(system, [i, f, *v])
        assert bool(rows.failing_rows(system, honest)) == (i >= size or f >= size)
        for wire in [1, 2, *range(first, system.wire_count)]:
            for lie in {0, 1, 2, R - 1, honest[wire] + 1, -honest[wire]} - {honest[wire]}:
                values = rows.solve(system, [i, f, *v], {wire: lie})
                assert values == honest or rows.failing_rows(system, values)


# --- member

SETS: list[list[int]] = [
    [3], [3, 5], [3, 5, 5, 3], [0, 1, 2, 3], [7, 8, 9, 10, 11], [-1, 300], list(range(-3, 9)),
    [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31], list(range(0, 32, 2)), list(range(32)),
    [x for x in range(32) if x % 3],
]  # fmt: skip


@pytest.mark.parametrize("values", SETS, ids=str)
@pytest.mark.parametrize("type_", [UInt[5], Int[6], Field])
def test_a_member_of_constants_is_pythons(values: list[int], type_: Any) -> None:
    @circuit
    def found(x: Private[type_]) -> Public[Bool]:
        return member(x, values)

    @circuit
    def required(x: Private[type_]) -> None:
        check(member(x, values), "none of them")

    @circuit
    def excluded(x: Private[type_]) -> None:
        check(~member(x, values))

    low, high = (-4, 40) if type_ is Field else (type_.low, type_.high)
    span = range(low, high + 1)
    if type_ == UInt[5] and not 0 < sum(x in values for x in span) < 32:
        never = required if values[0] < 0 else excluded
        with pytest.raises(CompileError, match="can never hold"):
            never.compile()
        return
    flags, inside, outside = found.compile(), required.compile(), excluded.compile()
    for x in span:
        want = x in values
        assert found(x) == want
        assert solved(flags, x) == [want]
        assert (solved(inside, x) == []) == want
        assert (solved(outside, x) == []) == (not want)


@given(st.lists(st.integers(-4, 3), min_size=1, max_size=4), st.integers(-4, 3))
@settings(max_examples=60)
def test_a_member_of_variables_is_pythons(values: list[int], x: int) -> None:
    @circuit
    def found(x: Private[Int[3]], v: Private[Array[Int[3], len(values)]]) -> Public[Array[Bool, 3]]:
        return [member(x, v), member(x, [*v, 2]), member(1, v)]

    want = [x in values, x in [*values, 2], 1 in values]
    assert found(x, values) == want
    assert solved(found.compile(), x, *values) == want


def test_a_constant_counts_by_its_value_where_its_bounds_are_wider() -> None:
    """Found by random programs: 1, known only as a Bool, once let 0 in."""

    @circuit
    def found(x: Private[Int[3]], y: Private[UInt[3]]) -> Public[Array[Bool, 2]]:
        always = y < 100
        check(member(x, [always, 1, 2, 3]))
        return [member(x, [always, 2, 3]), member(x, [always - 1, always - 2])]

    system = found.compile()
    for x in range(-4, 4):
        want = [1, 0] if x in (1, 2, 3) else "unsatisfied"
        assert solved(system, x, 0) == want
        assert outcome(found, x=x, y=0) == want


def test_no_lie_about_membership_passes() -> None:
    @circuit
    def found(x: Private[UInt[6]], f: Private[Field]) -> Public[Array[Bool, 2]]:
        check(member(f, [x, 7, 9]) | (x >= 0))
        return [member(x, [1, 2, 4, 8, 16, 32, *range(40, 60, 3)]), member(f, [x, 7, 9])]

    system = found.compile()
    first = 1 + system.public_count + system.private_input_count
    names = list(system.symbols or ())
    for x, f in [(1, 7), (3, 3), (43, 44), (63, 5)]:
        honest = rows.solve(system, [x, f])
        assert not rows.failing_rows(system, honest)
        for wire in [1, 2, *range(first, system.wire_count)]:
            for lie in {0, 1, 2, R - 1, honest[wire] + 1, -honest[wire]}:
                values = rows.solve(system, [x, f], {wire: lie})
                if values != honest and not rows.failing_rows(system, values):
                    assert ".inverse_" in names[wire]
                    assert honest[wire] == 0
                    assert values[:first] == honest[:first]


@pytest.mark.parametrize(
    ("value", "values", "want"), [(3, [1, 3], 1), (4, range(4), 0), (0, [], 0), (True, {1, 5}, 1)]
)
def test_of_constants_alone_there_is_an_answer_at_once(value: Any, values: Any, want: int) -> None:
    assert member(value, values) == want
    assert lookup([5, [6, 7]], 1, 0) == 6


def test_what_cannot_be_looked_up_is_refused() -> None:
    def refusing(body: Any) -> str:
        @circuit
        def example(x: Private[UInt[3]], v: Private[Array[UInt[3], 2, 2]]) -> None:
            body(x, v)

        with pytest.raises(CompileError) as caught:
            example.compile()
        return str(caught.value)

    assert "looks up in an empty list" in refusing(lambda x, v: lookup([], x))
    assert "looks up in a Signal" in refusing(lambda x, v: lookup(x, x))
    assert "looks up without an index" in refusing(lambda x, v: lookup(v))
    assert "not from 0 to 1" in refusing(lambda x, v: lookup(v, x, 2))
    assert "not from 0 to 1" in refusing(lambda x, v: lookup(v, -1))
    assert "which is never from 0 to 1" in refusing(lambda x, v: lookup(v, x + 2))
    assert "entries of different shapes" in refusing(lambda x, v: lookup([[1], [1, 2]], x))
    assert "lists of different lengths" in refusing(lambda x, v: lookup([[1], [1, 2]], x, x))
    assert "looks for" in refusing(lambda x, v: member(v, [1, 2]))
    assert "in a single one" in refusing(lambda x, v: member(x, x))
    assert "use member()" in refusing(lambda x, v: x in [1, 2])
    assert "lookup(values, x)" in refusing(lambda x, v: [1, 2][x])


@pytest.mark.parametrize("bits", range(1, 11))
def test_constants_cost_about_three_times_the_root_of_their_number(bits: int) -> None:
    @circuit
    def squares(i: Private[UInt[bits]]) -> None:
        lookup([k * k * k for k in range(1 << bits)], i)

    assert squares.compile().constraint_count <= bits + constant_rows(bits, 1)
    assert constant_rows(bits, 1) <= 3 * 2 ** (bits / 2)
