"""Lying provers: advice in a solved witness replaced, and every wire moved. All must fail."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.circuits.oracles import rows
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import ints_from_words, words_from_ints
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    ConstraintSystem,
    Field,
    Int,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    Witness,
    all_of,
    any_of,
    check,
    circuit,
    component,
    hint,
    maximum,
    narrow,
    select,
)
from zkpipe.circuits.gadgets import to_bits

# Circuits of one operation, whose inputs nothing else uses.
pytestmark = pytest.mark.filterwarnings("ignore::zkpipe.circuits.CircuitWarning")


def forged(witness: Witness, changes: Mapping[int, int]) -> Witness:
    values = witness.values.copy()
    for wire, value in changes.items():
        values[wire] = words_from_ints([value % R])[0]
    return Witness(values, witness.public_count)


def assert_refused(system: ConstraintSystem, witness: Witness, changes: Mapping[int, int]) -> None:
    lie = forged(witness, changes)
    assert rows.failing_rows(system, ints_from_words(lie.values))
    with pytest.raises(UnsatisfiedError):
        system.check(lie)


def wires(system: ConstraintSystem, kind: str) -> list[int]:
    """Internal wires of a kind, in order."""
    assert system.symbols is not None
    return [i for i, name in enumerate(system.symbols) if f".{kind}_" in name]


def bit_pattern(value: int, count: int) -> list[int]:
    return [value >> i & 1 for i in range(count)]


# --- bits (SECURITY C2)


@circuit
def bits_of_field(x: Private[Field]) -> Public[Array[Bool, 253]]:
    return to_bits(x, 253)


@pytest.mark.parametrize("x", [0, 1, 2, 2**253 - 1, 2**254 - R - 1])
def test_bits_of_x_plus_r_do_not_pass(x: int) -> None:
    """253 bits hold no x + r; whatever they hold of it is another residue."""
    system = bits_of_field.compile()
    witness = system.solve(x=x)
    assert witness.public == bit_pattern(x, 253)
    pattern = bit_pattern(x + R, 254)
    assert pattern != [*bit_pattern(x, 253), 0]
    assert_refused(system, witness, dict(enumerate(pattern[:253], start=1)))


@pytest.mark.parametrize("count", [0, 254, 255, 300, True, "8"])
def test_widths_that_could_alias_are_refused(count: Any) -> None:
    """254 bits of a Field are kept below r; a type of 254 bits would have two ways to write 0."""

    @circuit
    def too_wide(x: Private[Field]) -> None:
        to_bits(x, count)

    if count != 254:
        with pytest.raises(CompileError, match="bits"):
            too_wide.compile()
    with pytest.raises(CompileError, match="bits"):
        UInt[count]


def test_every_assignment_of_bits_but_one_fails() -> None:
    @circuit
    def five(x: Private[UInt[5]]) -> Public[Bool]:
        return x < 100

    system = five.compile()
    places = wires(system, "bit")
    assert len(places) == 4
    for x in range(32):
        witness = system.solve(x=x)
        for lie in itertools.product((0, 1, 2, R - 1), repeat=4):
            if list(lie) != bit_pattern(x, 5)[1:]:
                assert rows.failing_rows(
                    system,
                    ints_from_words(forged(witness, dict(zip(places, lie, strict=True))).values),
                )


# Order: SECURITY C3.


@circuit
def less(a: Private[UInt[252]], b: Private[UInt[252]]) -> Public[Bool]:
    return a < b


@settings(max_examples=100 if IS_LONG else 20)
@given(st.integers(0, 2**252 - 1), st.integers(0, 2**252 - 1))
def test_a_false_order_cannot_be_proven_with_other_bits(a: int, b: int) -> None:
    system = less.compile()
    witness = system.solve(a=a, b=b)
    (flag,) = witness.public
    assert flag == (a < b)
    # The comparison's bits are the last ones: 253 of b - a - 1 + 2^252, its top bit the output.
    own = wires(system, "bit")[-251:]
    shifted = (b - a - 1 + 2**252) % R
    for lie in (shifted + R, shifted - 2**252, shifted + 2**252, R - shifted):
        pattern = bit_pattern(lie % 2**254, 253)
        if pattern != bit_pattern(shifted, 253):
            changes = {1: pattern[252], **dict(zip(own, pattern[1:252], strict=True))}
            assert_refused(system, witness, changes)
    assert_refused(system, witness, {1: 1 - flag})


@pytest.mark.parametrize(
    ("x", "y"),
    [(UInt[253], UInt[253]), (Int[253], UInt[252]), (UInt[253], UInt[1]), (Int[253], Int[253])],
)
def test_comparisons_whose_difference_needs_254_bits_are_refused(x: Any, y: Any) -> None:
    @circuit
    def order(x: Private[x], y: Private[y]) -> Public[Bool]:
        return x < y

    @circuit
    def demand(x: Private[x], y: Private[y]) -> None:
        check(x >= y)

    for refused in (order, demand):
        with pytest.raises(CompileError, match=r"254 bits|field's size"):
            refused.compile()


# Equality and inverses: SECURITY C4.


@circuit
def equality(a: Private[Field], b: Private[Field]) -> Public[Bool]:
    return a == b


@pytest.mark.parametrize(("a", "b"), [(5, 5), (5, 6), (0, R - 1)])
def test_no_other_answer_or_inverse_makes_equality_false(a: int, b: int) -> None:
    system = equality.compile()
    witness = system.solve(a=a, b=b)
    (inverse,) = wires(system, "inverse")
    assert_refused(system, witness, {1: 1 - witness.public[0]})
    for lie in (0, 1, 2, R - 1, 12345):
        assert_refused(system, witness, {1: 1 - witness.public[0], inverse: lie})
    if a != b:
        right = ints_from_words(witness.values)[inverse]
        for lie in (0, right + 1, R - right):
            assert_refused(system, witness, {inverse: lie})


@pytest.mark.parametrize("wanted", [-1, 0, 1, 2, 3, 4])
def test_small_differences_are_zero_only_at_zero(wanted: int) -> None:
    @circuit
    def counted(a: Private[Bool], b: Private[Bool], c: Private[Bool]) -> Public[Array[Bool, 2]]:
        return [a + b == wanted, a + b + c == wanted]

    system = counted.compile()
    for a, b, c in itertools.product((0, 1), repeat=3):
        values = rows.solve(system, [a, b, c])
        assert not rows.failing_rows(system, values)
        assert values[1:3] == [a + b == wanted, a + b + c == wanted]
        for wire in range(1, system.wire_count):
            if system.output_count < wire <= system.output_count + 3:
                continue
            for lie in (2, 1 - values[wire], values[wire] + 1):
                lying = rows.solve(system, [a, b, c], {wire: lie})
                assert lying == values or rows.failing_rows(system, lying)


@circuit
def different(a: Private[Field], b: Private[Field]) -> None:
    check(a != b, "they are equal")


def test_equal_values_have_no_inverse_that_proves_them_different() -> None:
    system = different.compile()
    witness = system.solve(a=3, b=4)
    (inverse,) = wires(system, "inverse")
    a, b = 1, 2
    for lie in (0, 1, R - 1, 2**100):
        assert_refused(system, witness, {a: 7, b: 7, inverse: lie})
    with pytest.raises(UnsatisfiedError, match="they are equal"):
        system.solve(a=4, b=4)


# --- division


@circuit
def division(a: Private[UInt[16]], d: Private[UInt[8]]) -> Public[Array[UInt[16], 2]]:
    return [a // d, a % d]


@settings(max_examples=100 if IS_LONG else 30)
@given(st.integers(0, 2**16 - 1), st.integers(1, 255))
def test_another_quotient_with_the_remainder_to_match_fails(a: int, d: int) -> None:
    system = division.compile()
    witness = system.solve(a=a, d=d)
    q, r = divmod(a, d)
    assert witness.public == [q, r]
    known = ints_from_words(witness.values)
    bits = wires(system, "bit")
    for lie in (q - 1, q + 1, (a - r + R) * pow(d, -1, R) % R, 0, 2**16):
        other = (a - lie * d) % R
        if lie % R == q:
            continue
        # All advice that hangs on the quotient, as good as a liar can make it.
        changes = {1: lie, 2: other}
        for wire in bits:
            changes[wire] = known[wire]
        q_bits, r_bits, s_bits = bits[22:37], bits[37:44], bits[44:51]
        assert len(bits) == 51
        for group, value in ((q_bits, lie), (r_bits, other), (s_bits, (d - 1 - other) % R)):
            changes |= dict(zip(group, bit_pattern(value >> 1, len(group)), strict=True))
        assert_refused(system, witness, changes)


@circuit
def sevenths(a: Private[UInt[253]]) -> Public[Array[UInt[253], 2]]:
    return [a // 7, a % 7]


@pytest.mark.parametrize("a", [0, 1, 6, 12345])
def test_the_quotient_of_a_plus_r_does_not_pass(a: int) -> None:
    """2^251 quotients of a UInt[253] by 7, times 7, pass r: only the exact bound excludes one."""
    system = sevenths.compile()
    witness = system.solve(a=a)
    q, r = divmod(a + R, 7)
    assert q < 2**251
    quotient = 1  # the first output; all other advice follows from it
    lie = forged(witness, dict(enumerate(rows.solve(system, [a], {quotient: q}))))
    assert ints_from_words(lie.values)[1:3] == [q, r]
    failing = rows.failing_rows(system, ints_from_words(lie.values))
    exact = range(253 + 251, system.constraint_count - 3 - 2)  # before the remainder's rows
    assert failing
    assert all(row in exact for row in failing)  # all else of the lie is consistent
    with pytest.raises(UnsatisfiedError):
        system.check(lie)


def test_quotients_that_could_wrap_around_are_refused() -> None:
    @circuit
    def wraps(a: Private[UInt[200]], b: Private[UInt[100]]) -> Public[UInt[200]]:
        return a // b

    with pytest.raises(CompileError, match="false quotient"):
        wraps.compile()
    with pytest.raises(CompileError, match="false quotient"):
        wraps(5, 2)


# --- hints


@circuit
def root(y: Public[Field]) -> None:
    x = hint(lambda y: 12 if y == 144 else 0, y, returns=UInt[16])
    check(x * x == y, "not a square")


def test_the_other_root_of_a_bounded_hint_is_out_of_bounds() -> None:
    system = root.compile()
    witness = system.solve(y=144)
    (x,) = wires(system, "hint")
    bits = wires(system, "bit")
    lie = R - 12
    for high in (0, 1):
        pattern = bit_pattern(lie >> 1, len(bits))
        changes = dict(zip(bits, [*pattern[:-1], high], strict=True))
        assert_refused(system, witness, {x: lie, **changes})


@pytest.mark.parametrize("answer", [2**16, -1, R, 12.0, "12", None, [12], (12, 12)])
def test_a_hint_that_returns_what_its_type_does_not_hold_is_unsatisfied(answer: object) -> None:
    @circuit
    def lying(y: Public[Field]) -> None:
        x = hint(lambda y: answer, y, returns=UInt[16])
        check(x * x == y)

    with pytest.raises(UnsatisfiedError, match="<lambda>"):
        lying.compile().solve(y=144)
    with pytest.raises(UnsatisfiedError, match="<lambda>"):
        lying(144)


# --- everything: no internal wire may be moved


@component
def mixed(x: UInt[8], y: Field) -> Field:
    return select(x < 100, y * y * y, y + x)


@circuit
def everything(
    a: Private[UInt[8]], b: Private[Int[9]], f: Private[Field], s: Public[Bool]
) -> tuple[Public[Field], Public[Int[20]], Public[Bool]]:
    q, r = divmod(b, 7)
    check(a != 77, "seventy-seven")
    check((a < 200) & (b >= -200), "out of bounds")
    t = mixed(a, f + 1) * mixed(a, select(s, f, q))
    u = maximum(a, b, r) + abs(b) * narrow(f * 0 + 3, UInt[2])
    return t, u, any_of([a == b, all_of([s, a > 3, b != 4]), s ^ (a == 5)])


GIVEN = [
    {"a": 3, "b": -5, "f": 9, "s": 1},
    {"a": 150, "b": 150, "f": R - 1, "s": 0},
    {"a": 5, "b": 4, "f": 1, "s": 0},
]


@pytest.mark.parametrize("inputs", GIVEN)
def test_no_single_wire_of_a_witness_can_be_moved(inputs: dict[str, int]) -> None:
    """Advice that is free by design: an is-zero's inverse where the difference is zero."""
    system = everything.compile()
    witness = system.solve(**inputs)
    values = ints_from_words(witness.values)
    free = {wire for wire in wires(system, "inverse") if values[wire] == 0}
    first_internal = 1 + system.public_count + system.private_input_count
    for wire in range(first_internal, system.wire_count):
        for lie in (values[wire] + 1, -values[wire], values[wire] + 2**252, 0, 1):
            if wire not in free and lie % R != values[wire]:
                assert_refused(system, witness, {wire: lie})
    for wire in range(1, 1 + system.output_count):
        assert_refused(system, witness, {wire: values[wire] + 1})


BOUNDED = [
    (UInt[8], [256, R - 1, 2**253]),
    (Int[8], [128, R - 129, 2**200]),
    (Bool, [2, R - 1]),
    (UInt[253], [2**253, R - 1]),
]


@pytest.mark.parametrize(("type_", "outside"), BOUNDED)
@pytest.mark.parametrize("visibility", [Public, Private])
def test_a_bounded_input_is_bounded_by_rows(
    type_: Any, outside: Iterable[int], visibility: Any
) -> None:
    """Also when nothing uses it, and whatever the bits say."""

    @circuit
    def bounded(x: visibility[type_]) -> None:
        pass

    system = bounded.compile()
    witness = system.solve(x=1)
    for value in outside:
        assert_refused(system, witness, {1: value})
        shifted = (value - type_.low) % R
        pattern = bit_pattern(shifted >> 1, len(wires(system, "bit")))
        changes = dict(zip(wires(system, "bit"), pattern, strict=True))
        assert_refused(system, witness, {1: value, **changes})


def test_a_public_input_that_nothing_uses_keeps_its_wire() -> None:
    @circuit
    def unused(x: Public[Field], y: Private[Field], z: Public[Field]) -> Public[Field]:
        return y * y

    system = unused.compile()
    witness = system.solve(x=5, y=3, z=7)
    assert (system.output_count, system.public_input_count, system.private_input_count) == (1, 2, 1)
    assert witness.public == [9, 5, 7]
    assert np.array_equal(system.labels, np.arange(system.wire_count))
