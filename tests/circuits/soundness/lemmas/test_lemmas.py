"""The lemmas: what they prove, and what they do not once a check is taken away."""

from __future__ import annotations

import pytest

from tests.circuits.soundness.systems import Row, bit, equal, holds, system_of
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    Decimal,
    Field,
    Int,
    Private,
    Public,
    UInt,
    check,
    circuit,
    hint,
    lookup,
    member,
    select,
)
from zkpipe.circuits.gadgets import from_bits, to_bits
from zkpipe.circuits.soundness import Verdict, analyse
from zkpipe.circuits.soundness.lemmas.comparators import _excludes
from zkpipe.circuits.soundness.model.equations import equations
from zkpipe.circuits.soundness.proof import is_proved
from zkpipe.circuits.soundness.roles import roles_of


@circuit
def by_a_secret(x: Private[UInt[100]], y: Private[UInt[150]]) -> Public[UInt[151]]:
    return x // (y + 3) + x % (y + 3)


@circuit
def by_a_signed_secret(x: Private[Int[32]], y: Private[Int[16]]) -> Public[Int[34]]:
    return x // y + x % y


@circuit
def by_a_square(a: Private[Int[4]], b: Public[UInt[4]]) -> Public[UInt[4]]:
    return b // (a * a + 1)


@circuit
def by_constants(x: Private[UInt[64]]) -> Public[UInt[64]]:
    return x // 7 + x // 1000 % 12 + (x - x) % 11


@circuit
def by_a_large_constant(x: Private[UInt[250]]) -> Public[Field]:
    return Field(x % 3**150)


@circuit
def strict_bits_below_a_constant(x: Private[Field]) -> Public[Field]:
    number = from_bits(to_bits(x, 254)[:100])
    check(number <= 255)
    return Field(number)


@circuit
def below_constants(x: Private[UInt[200]]) -> Public[Bool]:
    check(x < 10**40)
    return x >= 10**39


@circuit
def looked_up(xs: Private[Array[Field, 5]], i: Private[UInt[3]]) -> Public[Field]:
    return lookup(xs, i) + lookup([k**3 for k in range(8)], i)


@circuit
def one_of(x: Private[Field]) -> Public[Bool]:
    check(member(x, [3, 5, 7, 2000]))
    return member(x, [3, 5, 9])


@circuit
def chosen(i: Private[Field], xs: Private[Array[Field, 5]]) -> Public[Field]:
    flags = hint(lambda i: [int(i == j) for j in range(5)], i, returns=Array[Field, 5])
    for j, flag in enumerate(flags):
        check(flag * (i - j) == 0)
    check(sum(flags) == 1)
    return sum(flag * x for flag, x in zip(flags, xs, strict=True))


@circuit
def chosen_twice(a: Private[UInt[8]], b: Private[UInt[8]]) -> Public[UInt[8]]:
    return select(a > b, select(a == 3, b, a), b)


@pytest.mark.parametrize(
    "sound",
    [
        by_a_secret,
        by_a_signed_secret,
        by_a_square,
        by_constants,
        by_a_large_constant,
        strict_bits_below_a_constant,
        below_constants,
        looked_up,
        one_of,
        chosen,
        chosen_twice,
    ],
    ids=lambda c: c.name,
)
def test_circuits_of_the_language_are_proved(sound):
    assert analyse(sound.trace()).verdict is Verdict.SAFE


def division(checks_remainder: bool, room: int) -> Verdict:
    @circuit
    def written_out(x: Private[UInt[16]], y: Private[UInt[8]]) -> Public[Field]:
        q, rest = hint(lambda x, y: divmod(x, y or 1), x, y, returns=(UInt[room], UInt[8]))
        check(q * y + rest == x)
        if checks_remainder:
            check(rest < y)
        return q

    return analyse(written_out.trace()).verdict


def test_a_division_written_out_needs_its_remainder_below_the_divisor():
    assert division(True, 16) is Verdict.SAFE
    assert division(False, 16) is Verdict.UNSAFE


@pytest.mark.parametrize("shift", [0, 5])
def test_a_division_is_proved_whatever_integers_the_divisor_can_be(shift):
    @circuit
    def ratio(x: Private[Int[8]], y: Private[Decimal[2, 0]]) -> Public[Array[Field, 2]]:
        one, two = divmod(x, y.units - shift), divmod(7, y.units - shift)
        return [one[0] + Field(100 * one[1]), Field(two[0] * 3 + two[1])]

    system = ratio.compile()
    for x, y in ((-128, 9), (127, -9), (0, -1), (8, 1), (-7, 99)):
        one, two = divmod(x, y - shift), divmod(7, y - shift)
        wanted = [one[0] + 100 * one[1], two[0] * 3 + two[1]]
        assert system.solve(x=x, y=y).public[:2] == [value % R for value in wanted]


def quotient_of(room: int, most: int = 1, has_bits: bool = True) -> Verdict:
    """q y + rest = x with y and rest of two bits, q of `room` bits, and rest <= y - most.

    has_bits  whether y has two bits, or is any number that is known
    """
    y_bits, rest_bits = range(4, 6), range(6, 8)
    q, p, first = 1, 8, 9
    spare = range(first + room, first + room + 2)
    rows = [bit(w) for w in [*y_bits, *rest_bits, *range(first, first + room), *spare]]
    rows += [
        equal({3: -1, 4: 1, 5: 2} if has_bits else {4: 1, 5: 2}),  # the divisor
        equal({q: -1, **{first + i: 1 << i for i in range(room)}}),
        ({q: 1}, {3: 1}, {p: 1}),
        equal({2: -1, p: 1, 6: 1, 7: 2}),  # the remainder is x - p
        equal({3: 1, 0: -most, 2: -1, p: 1, spare[0]: -1, spare[1]: -2}),
    ]
    return analyse(system_of(rows, 1, 2, spare[-1] + 1)).verdict


def test_a_quotient_so_wide_that_it_wraps_around_is_not_proved():
    """q y + rest = x mod r also for q = (x + r - rest) / y, which 253 bits hold."""
    assert quotient_of(251) is Verdict.SAFE
    assert quotient_of(253) is not Verdict.SAFE


def test_a_remainder_as_large_as_its_divisor_is_not_excluded():
    for has_bits in (True, False):
        assert quotient_of(20, most=1, has_bits=has_bits) is Verdict.SAFE
        assert quotient_of(20, most=0, has_bits=has_bits) is Verdict.UNSAFE


def test_a_divisor_is_as_large_as_the_remainder_and_what_is_left_of_it_allow():
    """Without bits y is from 1 to 7; 7 times 251 bits wraps around."""
    assert quotient_of(250, has_bits=False) is Verdict.SAFE
    assert quotient_of(251, has_bits=False) is not Verdict.SAFE


# --- circomlib's strict bits, row by row

WIDE = 127


def strict_bits(compared_with: int, digits: int = 254) -> list[Row]:
    """Bits of wire 1 in 2 and up, compared with a constant as CompConstant does: out 0."""
    first = 2
    rows = [bit(w) for w in range(first, first + digits)]
    rows.append(equal({1: -1, **{first + i: 1 << i for i in range(digits)}}))
    part, total = first + digits, {}
    b, a, e = (1 << 128) - 1, 1, 1
    for i in range(WIDE):
        low, high = first + 2 * i, first + 2 * i + 1
        c_low, c_high = compared_with >> 2 * i & 1, compared_with >> 2 * i + 1 & 1
        # the polynomial of circomlib's compconstant.circom, as (factor of s t, rest)
        if (c_high, c_low) == (0, 0):
            factor, rest = -b, {high: b, low: b}
        elif (c_high, c_low) == (0, 1):
            factor, rest = a, {low: -a, high: b - a, 0: a}
        elif (c_high, c_low) == (1, 0):
            factor, rest = b, {high: -a, 0: a}
        else:
            factor, rest = -a, {0: a}
        rows.append(({high: factor}, {low: 1}, {part: 1, **{w: -k for w, k in rest.items()}}))
        total[part] = 1
        part += 1
        b, a, e = b - e, a + e, 2 * e
    out = part
    for k in range(135):
        if k != WIDE:
            rows.append(bit(out))
            total[out] = -(1 << k)
            out += 1
    rows.append(equal(total))
    return rows


def verdict_on_bits(rows: list[Row]) -> Verdict:
    """Whether wire 1 as the given one determines its lowest bit."""
    from zkpipe.circuits.soundness.analysis import analyse_roles
    from zkpipe.circuits.soundness.roles import Roles

    wires = 1 + max(w for row in rows for form in row for w in form)
    system = system_of(rows, 0, 1, wires)
    roles = roles_of(system)
    return analyse_roles(system, Roles(roles.given, roles.given + 1)).verdict


def test_bits_kept_at_most_r_less_one_are_proved():
    assert verdict_on_bits(strict_bits(R - 1)) is Verdict.SAFE


@pytest.mark.parametrize("bound", [R, R + 1, (1 << 254) - 1, R + (1 << 200)])
def test_bits_that_may_make_r_are_not(bound):
    assert verdict_on_bits(strict_bits(bound)) is not Verdict.SAFE


def test_bits_kept_below_something_smaller_are_proved():
    assert verdict_on_bits(strict_bits(R - 12345)) is Verdict.SAFE


def test_bits_whose_comparison_is_not_asserted_are_not():
    rows = strict_bits(R - 1)
    last = 1 + max(w for row in rows for form in row for w in form)
    total = {**rows[-1][2], last: -(1 << WIDE)}
    assert verdict_on_bits([*rows[:-1], bit(last), equal(total)]) is not Verdict.SAFE


def test_254_bits_without_a_comparison_are_refuted():
    rows = [bit(w) for w in range(2, 256)] + [equal({1: -1, **{2 + i: 1 << i for i in range(254)}})]
    assert verdict_on_bits(rows) is Verdict.UNSAFE


def test_253_bits_are_proved():
    rows = [bit(w) for w in range(2, 255)] + [equal({1: -1, **{2 + i: 1 << i for i in range(253)}})]
    assert verdict_on_bits(rows) is Verdict.SAFE


def test_the_comparator_wants_all_digits():
    assert not _excludes([(2, 2), (1, 1)], {(1,): 1}, {9: 1})


def test_an_equation_scaled_by_a_power_of_two_has_digits_still():
    scale = pow(1 << 40, -1, R)
    rows = [bit(w) for w in (1, 4, 5)] + [equal({1: scale, 4: 2 * scale, 5: 4 * scale, 2: -scale})]
    assert analyse(system_of(rows, 1, 2, 6)).verdict is Verdict.SAFE
    system = equations(system_of(rows, 1, 2, 6))
    assert {system.dictionary.values[n] for n in system.linear.numbers} == {1, 2, 4, R - 1}


def square_of_bits(place):
    """Rows that say what the square of wire 1 is, of bits 3 to 255: the first and one are not both.

    So wire 1 is less than 3 2^251, not 2^253, if the second is the other one.
    """
    rows = [bit(w) for w in range(3, 256)]
    rows.append(equal({1: -1, **{3 + i: 1 << i for i in range(253)}}))
    return [*rows, ({1: 1}, {1: 1}, {2: 1}), ({255: 1}, {256 - place: 1}, {})]


def test_bounds_that_a_lemma_narrows_are_read_by_those_that_were_asked_before():
    """Thresholds say that wire 1 is less than r / 2; the lemma of squares goes on with that."""
    assert analyse(system_of(square_of_bits(2), 1, 1, 256)).verdict is Verdict.SAFE


def test_bounds_that_a_lemma_narrows_too_little_do_not_say_a_root():
    for x in (6 << 250, R - (6 << 250)):
        values = [1, x, x * x % R, *(x >> i & 1 for i in range(253))]
        assert holds(square_of_bits(3), values)
    assert not is_proved(system_of(square_of_bits(3), 1, 1, 256))
