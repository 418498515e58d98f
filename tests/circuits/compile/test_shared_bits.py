"""A value decomposed once is not decomposed again, whatever is asked later, and no lie passes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.circuits.oracles import rows
from tests.circuits.oracles.runs import outcome, solved
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
    narrow,
)
from zkpipe.circuits.compile.thresholds import at_most_rows, is_at_most_rows
from zkpipe.circuits.gadgets import from_bits, to_bits
from zkpipe.circuits.language.values.signal import spare

# Of checks by the dozen some hold whatever is drawn.
pytestmark = pytest.mark.filterwarnings("ignore::zkpipe.circuits.CircuitWarning")

# A constant beside known bits.


@pytest.mark.parametrize(("bits", "bound"), [(n, k) for n in range(1, 6) for k in range(1 << n)])
def test_a_value_with_known_bits_beside_every_constant(bits: int, bound: int) -> None:
    @circuit
    def beside(x: Private[UInt[bits]]) -> Public[Array[Bool, 4]]:
        return [x <= bound, x > bound, x >= bound, bound > x]

    @circuit
    def most(x: Private[UInt[bits]]) -> None:
        check(x <= bound)

    @circuit
    def least(x: Private[UInt[bits]]) -> None:
        check(x >= bound)

    system, upper, lower = beside.compile(), most.compile(), least.compile()
    for x in range(1 << bits):
        assert solved(system, x) == [x <= bound, x > bound, x >= bound, bound > x]
        assert (solved(upper, x) == []) == (x <= bound)
        assert (solved(lower, x) == []) == (x >= bound)


@pytest.mark.parametrize(
    "bits", [["a", 1, "b", 0, 1], [1, "a", 0, "b", 1], ["a", "a", "b", "c"], ["a", 0, "b", 0, "c"]]
)
def test_bits_that_are_constant_or_the_same_beside_every_constant(bits: list[Any]) -> None:
    names = sorted({bit for bit in bits if isinstance(bit, str)})

    def number(values: Sequence[Any]) -> list[Any]:
        known = dict(zip(names, values, strict=True))
        return [known.get(bit, bit) for bit in bits]

    for bound in range(1 << len(bits)):

        @circuit
        def most(values: Private[Array[Bool, len(names)]]) -> None:
            check(from_bits(number(values)) <= bound)  # noqa: B023 # it is compiled here

        numbers = {v: from_bits(number(v)) for v in product((0, 1), repeat=len(names))}
        if min(numbers.values()) > bound:
            with pytest.raises(CompileError):
                most.trace()
            continue
        system = most.trace()
        for values, y in numbers.items():
            assert (solved(system, *values) == []) == (y <= bound)


@given(st.integers(1, 40), st.data())
def test_rows_beside_a_constant_are_as_many_as_foretold(bits: int, data: st.DataObject) -> None:
    bound = data.draw(st.integers(0, 2**bits - 2))

    @circuit
    def most(x: Private[UInt[bits]]) -> None:
        check(x <= bound)

    @circuit
    def flag(x: Private[UInt[bits]]) -> None:
        spare((x <= bound) * 1)

    fresh = bound.bit_length()  # of bound - x
    assert most.compile().constraint_count == bits + min(fresh or 1, at_most_rows(bound, bits))
    assert flag.compile().constraint_count <= bits + is_at_most_rows(bound, bits)


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 2))
@settings(max_examples=40)
@example(1900, 1900)
@example(1899, 1900)
def test_a_constant_beside_32_bits_is_compared_as_python_does(x: int, bound: int) -> None:
    @circuit
    def beside(x: Private[UInt[32]]) -> Public[Array[Bool, 2]]:
        return [x <= bound, x >= bound]

    @circuit
    def most(x: Private[UInt[32]]) -> None:
        check(x <= bound)

    system = beside.compile()
    for value in {x, bound, bound + 1, max(0, bound - 1)}:
        assert solved(system, value) == [value <= bound, value >= bound]
        assert (solved(most.compile(), value) == []) == (value <= bound)


# Anything after anything: each step asks for bits of x in its own way.

STEPS: list[Callable[[Any, int], Any]] = [
    lambda x, k: from_bits(to_bits(x, max(k, 1))),
    lambda x, k: narrow(x, UInt[max(k, 1)]),
    lambda x, k: narrow(x, Int[k + 1]),
    lambda x, k: x >= k,
    lambda x, k: x < (k << 1) + 1,
    lambda x, k: x // (1 << k % 5),
    lambda x, k: x % (1 << k % 5),
    lambda x, k: (x // 4) // 2 + (x % 8) // 2,
    lambda x, k: (x + 8) // 4,
    lambda x, k: x // 2 % 2 + x // 4 % 4 * 2,
    lambda x, k: from_bits(to_bits((x + 8) // 2, 4)[::-1]),
    lambda x, k: from_bits(to_bits((x + 8) % 8, 3)[::-1]) * 8 + (x // 2 <= k),
    lambda x, k: from_bits(to_bits(x + 2 * k, 6)),
    lambda x, k: from_bits(to_bits(15 - x, 5)),
    lambda x, k: from_bits(to_bits(23 - x, 5)),
    lambda x, k: abs(x - k),
    lambda x, k: x // 3 + x % 3,
    lambda x, k: x & k | x >> 1,
    lambda x, k: (x ^ k) & ~x | k,
    lambda x, k: (x << 2 | k) >> 1 & 31,
    lambda x, k: abs(x ^ -k - 1) >> (x & 3),
    lambda x, k: narrow(x & 7, UInt[3]) << (x & 1),
    lambda x, k: check(x <= k + 4) or 0,
    lambda x, k: check(k + 10 >= x) or 0,
    lambda x, k: check(x > k - 4) or 0,
]


@given(
    st.lists(st.tuples(st.integers(0, len(STEPS) - 1), st.integers(0, 6)), min_size=1, max_size=6),
    st.sampled_from([UInt[4], Int[4], UInt[5]]),
)
@settings(max_examples=120)
@example([(14, 0)], Int[4])
@example([(9, 0), (10, 0), (11, 1)], UInt[4])
@example([(10, 0), (11, 2)], Int[4])
def test_whatever_was_asked_before_every_value_has_its_own_answer(
    program: list[tuple[int, int]], type_: Any
) -> None:
    @circuit
    def drawn(x: Private[type_]) -> Public[Array[Int[12], len(program)]]:
        return [STEPS[which](x, k) for which, k in program]

    try:
        system = drawn.compile()
    except CompileError:  # negative bits, or what can never hold
        return
    for x in range(type_.low, type_.high + 1):
        plain = outcome(drawn, x=x)
        want = plain if plain == "unsatisfied" else [int(value) % R for value in plain]
        assert solved(system, x) == want


@pytest.mark.parametrize("bits", [3, 4])
def test_no_lie_about_any_advice_passes(bits: int) -> None:
    """Every wire that is not an input is set to other values, and all else follows from the lie."""

    @circuit
    def asked(x: Private[UInt[bits]], y: Private[Int[bits]]) -> Public[Array[Int[9], 7]]:
        flags = [x >= 5, x <= 2, y < -1, y >= 2]
        return [*flags, abs(y), x // 4 + (y // 2) * 2, from_bits(to_bits(x, 6))]

    system = asked.compile()
    names = list(system.symbols or ())
    first = 1 + system.public_count + system.private_input_count
    for x, y in [(0, 0), (5, -1), (6, 2), (7, -4), (2, -2)]:
        honest = rows.solve(system, [x, y])
        assert not rows.failing_rows(system, honest)
        for wire in [*range(1, 1 + system.output_count), *range(first, system.wire_count)]:
            for lie in {0, 1, 2, R - 1, honest[wire] + 1, -honest[wire]}:
                values = rows.solve(system, [x, y], {wire: lie})
                if values != honest and not rows.failing_rows(system, values):
                    assert ".inverse_" in names[wire]  # of what is zero: any serves
                    assert honest[wire] == 0
                    assert values[:first] == honest[:first]


# Where a residue could be two integers.


@circuit
def wide(x: Private[UInt[252]]) -> Public[Array[Bool, 4]]:
    top = 2**252 - 1
    return [x >= top, x <= 2**251, x - top >= -1, x + 1 > 2**251 + 5]


@pytest.mark.parametrize("x", [0, 1, 2**251, 2**251 + 4, 2**251 + 5, 2**252 - 2, 2**252 - 1])
def test_the_widest_values_beside_constants(x: int) -> None:
    top = 2**252 - 1
    want = [x >= top, x <= 2**251, x - top >= -1, x + 1 > 2**251 + 5]
    assert wide(x) == want
    assert solved(wide.compile(), x) == want


@pytest.mark.parametrize("offset", [5, -5, 2**253 - 2**200, 2**200 - 2**253, R - 2**252, 2**252])
def test_a_residue_is_not_taken_for_another_integer_than_it_is(offset: int) -> None:
    """Known bits of f say of f + offset what holds of its residue, not of an integer around it."""

    @circuit
    def around(f: Private[Field]) -> Public[UInt[253]]:
        to_bits(f, 253)
        return narrow(f + offset, UInt[253])

    system = around.compile()
    for f in [0, 4, 5, 6, 2**199, 2**252, 2**253 - 6, 2**253 - 2**200, 2**253 - 5, 2**253 - 1]:
        residue = (f + offset) % R
        want = residue if residue < 2**253 else "unsatisfied"
        assert outcome(around, f=f) == want
        assert solved(system, f) == ([want] if isinstance(want, int) else want)


def test_a_value_that_fails_a_tighter_check_is_named_by_that_check() -> None:
    @circuit
    def tighter(x: Private[UInt[16]]) -> Public[UInt[8]]:
        return narrow(x, UInt[8])

    system = tighter.compile()
    assert system.constraint_count == 16 + 1 + 1  # and the output's own wire
    assert ints_from_words(system.solve(x=255).values)[1] == 255
    with pytest.raises(UnsatisfiedError, match=r"`x` does not fit UInt\[8\]"):
        system.solve(x=256)
