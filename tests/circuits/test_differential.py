"""Random programs: Python's own answer, the plain run, the solved system and the oracle agree."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.circuits.oracles import rows
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.circuits import (
    Array,
    Bool,
    Field,
    Int,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    all_of,
    any_of,
    check,
    circuit,
    hint,
    lookup,
    maximum,
    member,
    minimum,
    narrow,
    select,
)
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.gadgets import from_bits, to_bits
from zkpipe.circuits.language.values.signal import spare
from zkpipe.circuits.system import ConstraintSystem

# Of checks by the dozen some hold whatever is drawn.
pytestmark = pytest.mark.filterwarnings("ignore::zkpipe.circuits.CircuitWarning")

COMPILED: dict[str, ConstraintSystem] = {}


def compiled(c: Circuit) -> ConstraintSystem:
    return COMPILED.setdefault(c.name, c.compile())


def agree(c: Circuit, want: list[int], *arguments: int) -> None:
    """Plain run, kernel and integer oracle give `want`, negative ones as residues."""
    plain = c(*arguments)
    assert list(plain if isinstance(plain, list | tuple) else [plain]) == want
    system = compiled(c)
    names = [parameter.name for parameter in c.parameters]
    witness = system.solve(**dict(zip(names, arguments, strict=True)))
    assert witness.public[: system.output_count] == [value % R for value in want]
    values = ints_from_words(witness.values)
    assert values == rows.solve(system, list(arguments))
    assert rows.failing_rows(system, values) == []
    system.check(witness)


def edges(low: int, high: int) -> st.SearchStrategy[int]:
    near = [low, low + 1, -1, 0, 1, high - 1, high]
    return st.sampled_from([x for x in near if low <= x <= high]) | st.integers(low, high)


I12, U7, U32 = edges(-2048, 2047), edges(0, 127), edges(0, 2**32 - 1)
FIELD = st.sampled_from([0, 1, 2, R - 1, R - 2, 2**253, R // 2]) | st.integers(0, R - 1)


@circuit
def comparisons(a: Private[Int[12]], b: Private[UInt[7]]) -> Public[Array[Bool, 12]]:
    flags = [a == b, a != b, a < b, a <= b, a > b, a >= b]
    return [*flags, a == 5, a < -3, b >= 64, a < 7, a <= 2047, a != -2048]


@given(I12, U7)
@example(127, 127)
@example(-2048, 0)
def test_comparisons_are_pythons(a: int, b: int) -> None:
    want = [a == b, a != b, a < b, a <= b, a > b, a >= b]
    agree(comparisons, [*want, a == 5, a < -3, b >= 64, a < 7, True, a != -2048], a, b)


@circuit
def wide(a: Private[UInt[252]], b: Private[UInt[252]]) -> Public[Array[Bool, 4]]:
    return [a < b, a == b, a >= b, a > b]


WIDE = edges(0, 2**252 - 1)


@given(WIDE, WIDE)
@settings(max_examples=25)
@example(2**252 - 1, 0)
@example(0, 2**252 - 1)
@example(2**252 - 1, 2**252 - 1)
def test_the_widest_comparisons_are_right(a: int, b: int) -> None:
    agree(wide, [a < b, a == b, a >= b, a > b], a, b)


@circuit
def arithmetic(
    a: Private[Int[12]], b: Private[Int[12]], c: Private[UInt[7]]
) -> Public[Array[Int[60], 10]]:
    return [
        a + b, a - b, a * b, -a, a**3, (a - b) ** 2, abs(a), sum([a, b, c]),
        minimum(a, b, c, 17), maximum([a, b, -c]),
    ]  # fmt: skip


@given(I12, I12, U7)
def test_arithmetic_is_pythons(a: int, b: int, c: int) -> None:
    want = [a + b, a - b, a * b, -a, a**3, (a - b) ** 2, abs(a), a + b + c]
    agree(arithmetic, [*want, min(a, b, c, 17), max(a, b, -c)], a, b, c)


@circuit
def divisions(
    a: Private[Int[12]], b: Private[Int[7]], c: Private[UInt[7]]
) -> Public[Array[Int[20], 16]]:
    q, r = divmod(a, b)
    return [
        q, r, a // c, a % c, c // b, c % b, a // 7, a % 7, a // -8, a % -8, a // 64, a % 64,
        1000 // c, 1000 % c, a // 1, a % 4096,
    ]  # fmt: skip


@given(I12, edges(-64, 63).filter(bool), edges(1, 127))
@example(-2048, -1, 1)
@example(-2048, -64, 127)
@example(2047, 63, 127)
@example(0, -64, 1)
def test_quotients_and_remainders_floor_as_pythons_do(a: int, b: int, c: int) -> None:
    want = [a // b, a % b, a // c, a % c, c // b, c % b, a // 7, a % 7, a // -8, a % -8]
    agree(divisions, [*want, a // 64, a % 64, 1000 // c, 1000 % c, a, a % 4096], a, b, c)


@given(I12, st.sampled_from([(0, 1), (1, 0), (0, 0)]))
def test_a_divisor_of_zero_is_unsatisfied_in_both_runs(a: int, divisors: tuple[int, int]) -> None:
    b, c = divisors
    with pytest.raises(UnsatisfiedError, match="divisor of a division is zero"):
        divisions(a, b, c)
    with pytest.raises(UnsatisfiedError, match="divisor of a division is zero"):
        compiled(divisions).solve(a=a, b=b, c=c)


@circuit
def wide_division(a: Private[UInt[253]]) -> Public[Array[UInt[253], 6]]:
    return [a // 7, a % 7, a // 3, a // 2**200, a % 2**200, a % 1000003]


@given(edges(0, 2**253 - 1))
@settings(max_examples=20)
def test_the_widest_divisions_are_right(a: int) -> None:
    want = [a // 7, a % 7, a // 3, a >> 200, a % 2**200, a % 1000003]
    agree(wide_division, want, a)


@circuit
def logic(a: Private[Bool], b: Private[Bool], c: Private[Bool]) -> Public[Array[Bool, 14]]:
    flags = [a, b, c]
    return [
        a & b, a | b, a ^ b, ~a, a == b, a != b, (a & b) | ~c, all_of(flags), any_of(flags),
        all_of([]), any_of([a]), a & True, any_of([*flags, 0]), all_of([*flags, a < b]),
    ]  # fmt: skip


@pytest.mark.parametrize("n", range(8))
def test_logic_is_pythons(n: int) -> None:
    a, b, c = (bool(n >> i & 1) for i in range(3))
    every, some = a and b and c, a or b or c
    want = [a and b, a or b, a ^ b, not a, a == b, a != b, (a and b) or not c, every, some]
    agree(logic, [*want, True, a, a, some, every and a < b], a, b, c)


@circuit
def fields(x: Private[Field], y: Private[Field], s: Private[Int[12]]) -> Public[Array[Field, 9]]:
    square = x * x
    return [
        x + y, x - y, square * y + x, -x, x**7, select(x == y, x, 3), x * s - s, (x - 1) * (x + 1),
        (square + y) * (square + x) - square * square,
    ]  # fmt: skip


@given(FIELD, FIELD, I12)
@example(R - 1, R - 1, -1)
def test_fields_are_integers_mod_r(x: int, y: int, s: int) -> None:
    want = [x + y, x - y, x * x * y + x, -x, x**7, x if x == y else 3, x * s - s, x * x - 1]
    want.append((x * x + y) * (x * x + x) - x**4)
    agree(fields, [value % R for value in want], x, y, s)


@circuit
def bits_and_bounds(x: Private[UInt[32]], f: Private[Field]) -> Public[Array[UInt[40], 4]]:
    bits = to_bits(x, 32)
    low = from_bits(bits[:8])
    return [low, from_bits(bits[8:]), narrow(f, UInt[40]), sum(bits)]


@given(U32, edges(0, 2**40 - 1))
def test_bits_are_those_of_the_integer(x: int, f: int) -> None:
    agree(bits_and_bounds, [x & 255, x >> 8, f, x.bit_count()], x, f)


@circuit
def signed_field(f: Private[Field]) -> Public[Int[16]]:
    return narrow(f, Int[16])


@given(edges(-(2**15), 2**15 - 1))
def test_a_field_narrows_to_a_negative_integer(x: int) -> None:
    agree(signed_field, [x], x)


@given(st.sampled_from([2**15, -(2**15) - 1, R // 2]) | st.integers(2**15, R - 2**15 - 1))
def test_a_field_out_of_range_is_unsatisfied_in_both_runs(x: int) -> None:
    for run in (signed_field, compiled(signed_field).solve):
        with pytest.raises(UnsatisfiedError, match=r"`f` does not fit Int\[16\]"):
            run(f=x)  # type: ignore[operator]


@circuit
def hinted(n: Private[Int[12]], xs: Private[Array[UInt[7], 3]]) -> Public[Array[Int[40], 5]]:
    def facts(n: int, xs: list[int], k: int) -> tuple[int, list[int]]:
        return n * k, sorted(xs)

    scaled, ordered = hint(facts, n, xs, 3, returns=(Int[20], Array[UInt[7], 3]), waive="any")
    check(scaled == n * 3)
    return [scaled, *ordered, scaled % 5]


@given(I12, st.lists(U7, min_size=3, max_size=3))
def test_hints_see_signed_integers_and_lists(n: int, xs: list[int]) -> None:
    assert hinted(n, xs) == [3 * n, *sorted(xs), 3 * n % 5]
    witness = compiled(hinted).solve(n=n, xs=xs)
    assert witness.public == [3 * n % R, *sorted(xs), 3 * n % 5]
    assert ints_from_words(witness.values) == rows.solve(compiled(hinted), [n, *xs])


# --- programs drawn at random

BINARY: list[Callable[[Any, Any], Any]] = [
    operator.add, operator.sub, operator.mul,
    lambda x, y: select(x < y, x, y) if not isinstance(x, int) or not isinstance(y, int)
    else min(x, y),
    lambda x, y: x + (x >= y), lambda x, y: x - (x == y) * 5,
    lambda x, y: (x + y) // 3, lambda x, y: (x - y) % 11,
    lambda x, y: lookup([x, y, 3, x + y, -7], (x + 2 * y) % 5), lambda x, y: (x - y) // 4 + x % 8,
    lambda x, y: lookup([3, -1, 4, 1, -5, 9, 2, 6], x % 8), lambda x, y: abs(x - y),
    lambda x, y: x + member(x, [y, 3, y + 1]) * 2 + member(y, [1, 2, 3, 5, 8]),
]  # fmt: skip


def evaluate(program: list[tuple[int, int, int]], values: list[Any]) -> Any:
    for which, i, j in program:
        values.append(BINARY[which](values[i % len(values)], values[j % len(values)]))
    spare(values)  # what was drawn for nothing is no mistake here
    return values[-1]


@given(
    st.lists(
        st.tuples(st.integers(0, len(BINARY) - 1), st.integers(0, 9), st.integers(0, 9)),
        min_size=1,
        max_size=7,
    ),
    edges(-8, 7),
    edges(0, 15),
)
@settings(max_examples=150 if IS_LONG else 50, deadline=None)
def test_random_programs_agree(program: list[tuple[int, int, int]], a: int, b: int) -> None:
    doublings = sum(which in (2, 8) for which, _, _ in program)
    if doublings > 4:
        return

    @circuit
    def drawn(a: Private[Int[4]], b: Private[UInt[4]]) -> Public[Int[250]]:
        return evaluate(program, [a, b])

    want = evaluate(program, [a, b])
    assert drawn(a, b) == want
    system = drawn.compile()
    witness = system.solve(a=a, b=b)
    assert witness.public == [want % R]
    assert ints_from_words(witness.values) == rows.solve(system, [a, b])
    assert rows.failing_rows(system, ints_from_words(witness.values)) == []
