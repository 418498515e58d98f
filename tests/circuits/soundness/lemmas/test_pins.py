"""Equations whose sum is at one end of its arcs: what they pin, and what comes near to that.

A comparison with a constant that is checked is often such an equation: digits that must be 0. So a
bracket like 0 <= x - 2 y <= 1 says what y is, however often and wherever it is written.
"""

from __future__ import annotations

import itertools
import random

import pytest

from tests.circuits.soundness.systems import bit, equal, system_of
from tests.long_form import in_turn
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import from_montgomery, ints_from_words
from zkpipe.circuits import (
    Array,
    Bool,
    Field,
    Int,
    Private,
    Public,
    UInt,
    all_of,
    check,
    circuit,
    component,
    hint,
    member,
    narrow,
    select,
)
from zkpipe.circuits.soundness import Verdict, analyse
from zkpipe.circuits.soundness.model.bounds import bounds_of
from zkpipe.circuits.soundness.model.equations import equations
from zkpipe.circuits.soundness.model.incidence import incidence_of
from zkpipe.circuits.soundness.proof import is_proved

BITS = range(3, 9)
THIRD = R // 3


def pinned(rows, wires):
    """Wires whose interval is one value, and the value."""
    system = equations(system_of(rows, 1, 1, wires))
    bounds = bounds_of(system, incidence_of(system))
    lows, spans = from_montgomery(bounds.low, R), ints_from_words(bounds.span)
    return {w: lows[w] for w in range(1, wires) if bounds.has[w] and spans[w] == 0}


def solutions(rows, wires):
    """The values of bits that satisfy equations in them, by trying all."""
    found = []
    for values in itertools.product((0, 1), repeat=len(wires)):
        at = {0: 1, **dict(zip(wires, values, strict=True))}
        if all(sum(k * at[w] for w, k in row[2].items()) % R == 0 for row in rows):
            found.append(at)
    return found


@pytest.mark.parametrize("seed", range(80))
def test_what_is_pinned_has_that_value_in_every_witness(seed):
    """Up to four sums of bits, each 0 at one of its ends or beside one, in any order."""
    rng = random.Random(seed)  # noqa: S311 - seeded test data
    sums = []
    for _ in range(rng.randrange(1, 5)):
        size = rng.randrange(1, 5)
        weights = {w: rng.choice([1, 1, -1, 2, -3, 7]) for w in rng.sample(list(BITS), size)}
        ends = (
            sum(k for k in weights.values() if k < 0),
            sum(k for k in weights.values() if k > 0),
        )
        target = rng.choice(ends) + rng.choice([0, 0, 0, 1, -1])
        constant = {0: -target} if target else {}
        sign = rng.choice([1, -1])
        sums.append(equal({w: sign * k for w, k in {**weights, **constant}.items()}))
    witnesses = solutions(sums, BITS)
    for wire, value in pinned([*map(bit, BITS), *sums], 9).items():
        assert all(at[wire] == value for at in witnesses)


@pytest.mark.parametrize(
    ("equation", "values"),
    [
        (equal({3: 1, 4: 1, 5: 1}), {3: 0, 4: 0, 5: 0}),
        (equal({3: 1, 4: 1, 5: 1, 0: -3}), {3: 1, 4: 1, 5: 1}),
        (equal({3: 2, 4: -1, 5: -1, 0: 2}), {3: 0, 4: 1, 5: 1}),
        (equal({3: 2, 4: -1, 5: -1, 0: -2}), {3: 1, 4: 0, 5: 0}),
        (equal({3: 1, 4: 1, 5: 1, 0: -1}), {}),  # beside an end
        (equal({3: 1, 4: 1, 5: 1, 0: -2}), {}),
        (equal({3: 1, 4: -1}), {}),
        (equal({3: R // 2, 4: R // 2}), {3: 0, 4: 0}),
        (equal({3: R // 2, 4: R // 2, 5: 1}), {}),
        (equal({3: THIRD, 4: THIRD - 1, 5: R - 2 * THIRD + 1}), {}),  # all 0, or all 1: r
        (equal({3: -THIRD, 4: 1 - THIRD, 5: 2 * THIRD - 1}), {}),
        (equal({3: THIRD, 4: THIRD - 1, 5: R - 2 * THIRD}), {3: 0, 4: 0, 5: 0}),
        (equal({3: R // 2, 4: -(R // 2), 0: R // 2}), {3: 0, 4: 1}),
        (equal({1: 1, 3: 1, 4: 1}), {}),  # a wire of which nothing is known
    ],
)
def test_a_sum_pins_its_bits_at_its_ends_and_nowhere_else(equation, values):
    found = pinned([*map(bit, BITS), equation], 9)
    assert found == values
    for wire, value in found.items():
        assert {at[wire] for at in solutions([equation], BITS)} == {value}


SCALES = [1, -1, 2, -3, R // 2, -(R // 2), THIRD, -THIRD, 1 - THIRD, R - 2 * THIRD]
LOWS = [0, 1, -1, -2, R // 2 - 1]


def sums_of_two():
    """k a + m y + c for a bit a and y from a low number to 3 more: 0 for some, or beside it."""
    for k, m, low in itertools.product(SCALES, SCALES, LOWS):
        made = {k * a + m * (low + t) for a in (0, 1) for t in range(4)}
        for c in sorted({(beside - value) % R for value in made for beside in (0, 1)}):
            yield k, m, low, c


def test_sums_with_large_coefficients_pin_what_trying_all_values_pins():
    """All of these sums in one system, each with bits of its own: y = low + b + 2 d."""
    sums, rows, pins = list(sums_of_two()), [], 0
    for i, (k, m, low, c) in enumerate(sums):
        a, b, d, y = range(3 + 4 * i, 7 + 4 * i)
        number = {y: -1, b: 1, d: 2, 0: low}
        total = {a: k, y: m, 0: c}
        rows += [bit(a), bit(b), bit(d)]
        rows += [equal({w: v for w, v in form.items() if v}) for form in (number, total)]
    found = pinned(rows, 3 + 4 * len(sums))
    for i, (k, m, low, c) in enumerate(sums):
        a, b, d, y = wires = range(3 + 4 * i, 7 + 4 * i)
        values = {w: found[w] for w in wires if w in found}
        witnesses = [
            {a: p, b: t & 1, d: t >> 1, y: (low + t) % R}
            for p, t in itertools.product((0, 1), range(4))
            if (k * p + m * (low + t) + c) % R == 0
        ]
        assert all(at.items() >= values.items() for at in witnesses), sums[i]
        ends = min(0, k) + min(0, 3 * m), max(0, k) + max(0, 3 * m)
        is_scaled = abs(k) == R // 2  # by 2, after which the ends are others
        at_end = any((m * low + end + c) % R == 0 for end in ends)
        if at_end and ends[1] - ends[0] < R and not is_scaled:
            assert witnesses == [values], sums[i]
            pins += 1
    assert pins > 300


def test_numbers_are_pinned_as_bits_are_and_pin_others():
    """z of 0 to 7 is not 0 at once: y - z = -7 pins both, and what z is made of."""
    rows = [*map(bit, BITS), equal({1: -1, 3: 1, 4: 2, 5: 4}), equal({2: -1, 6: 1, 7: 2, 8: 4})]
    rows.append(equal({2: 1, 1: -1, 0: 7}))
    assert pinned(rows, 9) == {1: 7, 2: 0, 3: 1, 4: 1, 5: 1, 6: 0, 7: 0, 8: 0}
    rows[-1] = equal({2: 1, 1: -1, 0: 6})
    assert pinned(rows, 9) == {}


def floor_half(x):
    return x // 2


HALVES = {
    "a conjunction": [lambda x, y: (x - 2 * y >= 0) & (x - 2 * y <= 1)],
    "the other way round": [lambda x, y: (x - 2 * y < 2) & (x - 2 * y > -1)],
    "two checks": [lambda x, y: x - 2 * y >= 0, lambda x, y: x - 2 * y <= 1],
    "on both sides": [lambda x, y: (2 * y <= x) & (x < 2 * y + 2)],
    "negated": [lambda x, y: (2 * y - x <= 0) & (2 * y - x >= -1)],
    "no disjunction": [lambda x, y: ~((x - 2 * y < 0) | (x - 2 * y > 1))],
    "all of a list": [lambda x, y: all_of([x - 2 * y >= 0, x - 2 * y <= 1, y <= 1 << 20])],
    "both or neither": [lambda x, y: (x - 2 * y >= 0) == (x - 2 * y <= 1)],  # neither cannot be
}

LOOSE = {
    "one too many": [lambda x, y: (x - 2 * y >= 0) & (x - 2 * y <= 2)],
    "one too few": [lambda x, y: (x - 2 * y >= -1) & (x - 2 * y <= 1)],
    "a disjunction": [lambda x, y: (x - 2 * y >= 0) | (x - 2 * y <= 1)],
    "a conjunction that is not checked": [
        lambda x, y: (x - 2 * y >= 0) | ((x - 2 * y >= 0) & (x - 2 * y <= 1))],
    "a conjunction that is false": [lambda x, y: ~((x - 2 * y >= 0) & (x - 2 * y <= 1))],
    "the lower end": [lambda x, y: x - 2 * y >= 0],
    "the upper end": [lambda x, y: x - 2 * y <= 1],
    "a condition": [lambda x, y: select(x > 7, (x - 2 * y >= 0) & (x - 2 * y <= 1), True)],
    "a square": [lambda x, y: ((x - 2 * y) * (x - 2 * y) <= 1)],
}  # fmt: skip

TYPES = [(UInt[8], UInt[16]), (UInt[70], UInt[80]), (Int[9], Int[20])]


def once(checks, number, returns):
    @circuit
    def one(x: Private[number]) -> Public[returns]:
        y = hint(floor_half, x, returns=returns)
        for each in checks:
            check(each(x, y))
        return y

    return one


def of_three(checks, number, returns):
    @component
    def step(x: number) -> returns:
        y = hint(floor_half, x, returns=returns)
        for each in checks:
            check(each(x, y))
        return y

    @circuit
    def three(xs: Private[Array[number, 3]], a: Private[number]) -> Public[Int[90]]:
        return sum(step(x) for x in xs) + a

    return three


def in_a_loop(checks, number, returns):
    @circuit
    def loop(x: Private[number], vs: Private[Array[number, 9]]) -> Public[number]:
        m = x
        for v in vs:
            y = hint(floor_half, m, returns=returns)
            for each in checks:
                check(each(m, y))
            m = narrow(select(v > y, v, narrow(y, number)), number)
        return m

    return loop


@pytest.mark.parametrize("types", TYPES, ids=str)
@pytest.mark.parametrize("written", [once, of_three, in_a_loop])
@pytest.mark.parametrize("name", HALVES)
def test_a_half_between_two_ends_is_determined(name, written, types):
    assert analyse(written(HALVES[name], *types).trace()).verdict is Verdict.SAFE


@pytest.mark.parametrize("written", [once, of_three, in_a_loop])
@pytest.mark.parametrize(("name", "types"), in_turn(list(LOOSE), TYPES), ids=str)
def test_a_half_with_room_for_two_is_not(name, written, types):
    assert not is_proved(written(LOOSE[name], *types).trace())


@pytest.mark.parametrize("wide", [22, 30, 60])
def test_digits_that_waited_while_others_were_pinned_are_read(wide):
    """Each of the upper digits of y is known before y is, and more than FEW are left then."""

    @circuit
    def third(x: Private[UInt[20]]) -> Public[UInt[20]]:
        y = hint(lambda x: x // 3, x, returns=UInt[wide])
        check((x - 3 * y >= 0) & (x - 3 * y < 3))
        return narrow(y, UInt[20])

    assert analyse(third.trace()).verdict is Verdict.SAFE


def test_a_flag_that_is_returned_says_nothing():
    @circuit
    def one(x: Private[UInt[8]]) -> Public[Bool]:
        y = hint(floor_half, x, returns=UInt[16])
        return (x - 2 * y >= 0) & (x - 2 * y <= 1)

    assert analyse(one.trace()).verdict is Verdict.UNSAFE


def both(flag, _narrowed):
    check(flag)


@pytest.mark.parametrize(
    ("holds", "one"),
    [
        (lambda x, y: narrow(x - 2 * y, UInt[1]), False),
        (lambda x, y: check(narrow(x - 2 * y, UInt[8]) <= 1), False),
        (lambda x, y: check(member(x - 2 * y, [0, 1])), False),
        (lambda x, y: both(narrow(x - 2 * y, UInt[8]) <= 1, narrow(y, UInt[253])), False),
        (lambda x, y: both(narrow(x - 2 * y, UInt[8]) <= 1, narrow(y, UInt[252])), True),
    ],
)  # fmt: skip
def test_half_an_odd_number_is_an_element_of_the_field(holds, one):
    """2 y + 1 = x has a y for even x too: (x - 1 + r) / 2, which has 253 bits."""

    @circuit
    def half(x: Private[UInt[8]]) -> Public[Field]:
        y = hint(floor_half, x, returns=Field)
        holds(x, y)
        return y

    assert (analyse(half.trace()).verdict is Verdict.SAFE) is one
