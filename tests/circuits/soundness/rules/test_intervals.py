"""Intervals of what products make: beside every value, and what they let the analysis prove."""

from __future__ import annotations

import functools
import itertools
import operator
import random

import pytest

from tests.circuits.soundness.systems import bit, equal, system_of
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    CompileError,
    Int,
    Private,
    Public,
    UInt,
    circuit,
    lookup,
    maximum,
    minimum,
    narrow,
    select,
)
from zkpipe.circuits.soundness import Verdict, analyse
from zkpipe.circuits.soundness.model.bounds import bounds_of
from zkpipe.circuits.soundness.model.cores import with_cores
from zkpipe.circuits.soundness.model.equations import equations
from zkpipe.circuits.soundness.model.incidence import incidence_of
from zkpipe.circuits.soundness.rules.cases import MOST_ENTRIES, Intervals
from zkpipe.circuits.soundness.rules.forms import Forms
from zkpipe.circuits.soundness.rules.propagation import Propagation

BITS = range(1, 6)
NUMBER = 6  # of two bits
WIRES = 12


def intervals_of(rows, wires):
    system = with_cores(equations(system_of(rows, 0, 0, wires)))
    incidence = incidence_of(system)
    state = Propagation.start(system, incidence, bounds_of(system, incidence))
    return Intervals(Forms(state))


def value_of(form, at):
    return sum(k * at[wire] for wire, k in form.items()) % R


def drawn_system(rng):
    """Bits, then wires that rows make of earlier ones: sums, products, and products less a rest."""

    def form(below, size):
        wires = rng.sample(range(below), min(size, below))
        return {w: rng.choice([1, 2, -1, -3, 7, pow(3, -1, R)]) for w in wires}

    rows, made = [bit(w) for w in BITS], []
    made.append((NUMBER, {}, {}, {3: -1, 4: -2}, 1))
    rows.append(equal({NUMBER: 1, 3: -1, 4: -2}))
    for wire in range(NUMBER + 1, WIRES):
        a, b, rest = form(wire, 2), form(wire, 2), form(wire, rng.randrange(3))
        if rng.random() < 0.3:
            a, b = {}, {}
        elif rng.random() < 0.4:
            b = a
        scale = rng.choice([1, 1, -1, 2])
        if rng.random() < 0.4:  # one of two wires, by a bit, or by what an equation says to be one
            chosen, other = form(wire, 2), form(wire, 2)
            a = rng.choice([{1: 1}, {2: -1, 0: 1}, {NUMBER: 1, 4: -2}, {NUMBER: -1, 4: 2, 0: 1}])
            b = {w: chosen.get(w, 0) - other.get(w, 0) for w in {*chosen, *other}}
            rest = {w: -scale * k for w, k in other.items()} if rng.random() < 0.6 else {}
        rows.append((a, b, {**rest, wire: scale}))
        made.append((wire, a, b, rest, scale))
    forms = [*({wire: 1} for wire, *_ in made), *(form(WIRES, 4) for _ in range(6))]
    return rows, made, [{w: k % R for w, k in f.items()} for f in forms]


@pytest.mark.parametrize("seed", range(12))
def test_every_value_of_a_form_lies_in_its_interval(seed):
    rng = random.Random(seed)  # noqa: S311 - seeded test data
    count = 0
    for _ in range(5 if IS_LONG else 2):
        rows, made, forms = drawn_system(rng)
        intervals = intervals_of(rows, WIRES)
        found = [intervals.of(f) for f in forms]
        count += sum(arc is not None for arc in found)
        for values in itertools.product((0, 1), repeat=len(BITS)):
            at = {0: 1, **dict(zip(BITS, values, strict=True))}
            for wire, a, b, rest, scale in made:
                product = value_of(a, at) * value_of(b, at)
                at[wire] = (product - value_of(rest, at)) * pow(scale, -1, R) % R
            for f, arc in zip(forms, found, strict=True):
                if arc is not None:
                    assert (value_of(f, at) - arc[0]) % R <= arc[1] - arc[0], (f, arc, at)
    assert count >= 5


@pytest.mark.parametrize("taken", range(1, 32))
def test_a_number_less_some_of_its_bits_lies_where_the_others_do(taken):
    number, made = 6, 7
    digits = {b: 1 << i for i, b in enumerate(BITS)}
    rows = [*map(bit, BITS), equal({number: -1, **digits})]
    rows.append(({1: 1}, {2: 1, 0: 1}, {made: 1}))
    upper = {b: -k for b, k in digits.items() if taken & k}
    lower = 31 - taken
    intervals = intervals_of(rows, 8)
    for form, ends in [
        ({number: 1, **upper}, (0, lower)),
        ({number: -3, **{b: -3 * k for b, k in upper.items()}, 0: 5}, (5 - 3 * lower, 5)),
        ({number: 1, **upper, made: 1}, (0, lower + 2)),
    ]:
        arc = intervals.of({w: k % R for w, k in form.items()})
        assert arc is not None
        assert ends[0] <= arc[0] <= arc[1] <= ends[1]
        for bits in itertools.product((0, 1), repeat=len(BITS)):
            at = {0: 1, **dict(zip(BITS, bits, strict=True)), made: bits[0] * (bits[1] + 1)}
            at[number] = value_of(digits, at)
            assert (value_of(form, at) - arc[0]) % R <= arc[1] - arc[0]
    for b, k in upper.items():  # another multiple of a bit is not taken off
        form = {number: 1, **upper, b: (1 - k) % R}
        arc = intervals.of(form)
        for bits in itertools.product((0, 1), repeat=len(BITS)):
            at = {0: 1, **dict(zip(BITS, bits, strict=True))}
            at[number] = value_of(digits, at)
            assert arc is None or (value_of(form, at) - arc[0]) % R <= arc[1] - arc[0]


def test_rows_that_make_wires_of_one_another_in_a_circle_end():
    rows = [bit(1), bit(2), ({3: 1}, {1: 1}, {4: 1}), ({4: 1}, {2: 1}, {3: 1})]
    rows += [equal({5: 1, 3: -1, 4: -1}), equal({5: 1, 6: -1}), equal({6: 1, 3: -1, 4: -1})]
    assert intervals_of(rows, 7).of({3: 1, 5: 1, 6: 2}) is None


def test_nothing_is_looked_at_without_a_budget():
    rows = [bit(1), bit(2), ({1: 1, 0: 3}, {2: 1, 0: 1}, {3: 1})]
    intervals = intervals_of(rows, 4)
    assert intervals.of({3: 1}) == (3, 8)
    intervals.forget()
    intervals.entries_left = -1
    assert intervals.of({3: 1}) is None


def test_an_interval_that_was_found_is_not_looked_for_again():
    rows = [bit(1), bit(2), ({1: 1, 0: 3}, {2: 1, 0: 1}, {3: 1})]
    rows += [({w: 1}, {1: 1, 0: 1}, {w + 1: 1}) for w in range(3, 7)]
    intervals = intervals_of(rows, 8)
    before = intervals.entries_left
    assert intervals.of({7: 1}) == (3, 8 * 16)
    first = before - intervals.entries_left
    intervals.of({7: 1})
    again = before - first - intervals.entries_left
    assert again < first / 2


A, B = Private[UInt[8]], Private[UInt[8]]


@circuit
def one_product(x: Private[UInt[16]], a: A, b: B) -> Public[UInt[16]]:
    return x // (a * b + 1)


@circuit
def two_products(x: Private[UInt[16]], a: A, b: B, c: A, d: B) -> Public[UInt[16]]:
    return x // (a * b + c * d)


@circuit
def narrowed(x: Private[UInt[16]], a: A, b: B, c: A, d: B) -> Public[UInt[16]]:
    return x // (narrow(a * b, UInt[16]) + narrow(c * d, UInt[16]))


@circuit
def squares(x: Private[UInt[16]], a: A, b: B) -> Public[UInt[16]]:
    return x // (1 + a * a + b * b)


@circuit
def cubes(x: Private[UInt[16]], a: A, b: B) -> Public[UInt[16]]:
    return x // (a * a * a + b * b * b)


@circuit
def weighted_mean(
    a: A, b: B, c: Private[UInt[8]], v: Private[UInt[20]], w: Private[UInt[20]]
) -> Public[UInt[24]]:
    return narrow((a * v + b * w) // (a + b + c * a), UInt[24])


@circuit
def of_a_signed_one(x: Private[Int[16]], a: Private[Int[8]], b: B) -> Public[UInt[18]]:
    return x % (3 + a * a + b * b * 2)


PAIRS = Private[Array[UInt[6], 4]]
DIVISORS = {  # of a, b, c, s, t, xs, ys; no value of theirs is 0
    "a square": lambda a, b, c, s, t, xs, ys: (a - b) * (a - b) + 1,
    "three factors": lambda a, b, c, s, t, xs, ys: a * b * c + 1,
    "a power": lambda a, b, c, s, t, xs, ys: (s * s + t * t) ** 2 + 1,
    "a distance": lambda a, b, c, s, t, xs, ys: abs(s * t) + abs(a - b) + 1,
    "distances": lambda a, b, c, s, t, xs, ys: sum(map(abs, map(operator.sub, xs, ys))) + 1,
    "a choice of products": lambda a, b, c, s, t, xs, ys: select(a > b, a * b, c) + 1,
    "a choice of choices": lambda a, b, c, s, t, xs, ys: (
        select(a > b, select(b > c, a * b, b * c), c * a) + 1
    ),
    "choices": lambda a, b, c, s, t, xs, ys: (
        sum(select(x > y, x * x, y) for x, y in zip(xs, ys, strict=True)) + 1
    ),
    "a maximum of products": lambda a, b, c, s, t, xs, ys: (
        maximum(a * b, c) + minimum(a, b * c) + 1
    ),
    "an entry": lambda a, b, c, s, t, xs, ys: lookup([a * b + 1, b + 1, c + 1, c * a + 1], c % 4),
    "entries": lambda a, b, c, s, t, xs, ys: lookup(xs, a % 4) * lookup(ys, b % 4) + 1,
    "a remainder": lambda a, b, c, s, t, xs, ys: a % (b + 1) * c + 1,
    "a remainder by a product": lambda a, b, c, s, t, xs, ys: a % (b * c + 1) + (a * b) % 7 + 1,
    "a quotient": lambda a, b, c, s, t, xs, ys: a * b // (c + 1) + 1,
    "a remainder by a power of two": lambda a, b, c, s, t, xs, ys: (a + b) % 256 + 1,
    "one of the same": lambda a, b, c, s, t, xs, ys: (a + a) % 256 + 1,
    "lower bits that were known": lambda a, b, c, s, t, xs, ys: a % 16 * b + 1,
    "a choice of remainders": lambda a, b, c, s, t, xs, ys: (
        select(a > c, (a + b) % 256, (s + t) % 16) + 1
    ),
    "an entry that is a remainder": lambda a, b, c, s, t, xs, ys: (
        lookup([(a + b) % 256, a, b, c], c % 4) + 1
    ),
    "remainders of the same numbers": lambda a, b, c, s, t, xs, ys: (
        (a + b) % 256 + (a - b) % 64 * 3 + 1
    ),
    "remainders of numbers that cancel": lambda a, b, c, s, t, xs, ys: (
        (a + b) % 256 + (a + 2 * b) % 16 - (a - b) % 64 + (2 * a - b) % 32 + 64
    ),
    "a quotient beside its remainder": lambda a, b, c, s, t, xs, ys: (
        (a + b) % 256 + (a + b) // 256 + (a - b) % 8 + 1
    ),
    "a product of remainders": lambda a, b, c, s, t, xs, ys: (a + b) % 256 * ((b + c) % 256) + 1,
    "a remainder of remainders": lambda a, b, c, s, t, xs, ys: (
        functools.reduce(lambda x, y: (x * 5 + y) % 256, [*xs, *ys, *xs], a) + 1
    ),
    "a remainder of entries": lambda a, b, c, s, t, xs, ys: (
        functools.reduce(lambda x, y: (x * 3 + lookup([a, x, y, b], y % 4)) % 256, xs, a) + 1
    ),
    "a negative number": lambda a, b, c, s, t, xs, ys: -(a * b) - s * s - 1,
    "a narrowed product": lambda a, b, c, s, t, xs, ys: narrow(a * b + c, UInt[15]) * c + 1,
    "flags": lambda a, b, c, s, t, xs, ys: (a > b) * a + (b > c) + 1,
    "a long choice": lambda a, b, c, s, t, xs, ys: functools.reduce(
        lambda best, k: select(a > k, best + k * b, best), range(40), c + 1
    ),
}


def divided_by(divisor, is_remainder):
    @circuit
    def divided(
        x: Private[Int[20]],
        a: A,
        b: B,
        c: A,
        s: Private[Int[8]],
        t: Private[Int[8]],
        xs: PAIRS,
        ys: PAIRS,
    ) -> Public[Int[48]]:
        by = divisor(a, b, c, s, t, xs, ys)
        return x % by if is_remainder else x // by

    return divided


@pytest.mark.parametrize("is_remainder", [False, True], ids=["quotient", "remainder"])
@pytest.mark.parametrize("name", DIVISORS)
def test_a_divisor_whose_bounds_the_language_knows_is_proved(name, is_remainder):
    system = divided_by(DIVISORS[name], is_remainder).trace()
    assert analyse(system).verdict is Verdict.SAFE


@pytest.mark.parametrize(
    "divided",
    [one_product, two_products, narrowed, squares, cubes, weighted_mean, of_a_signed_one],
    ids=lambda c: c.name,
)
def test_a_division_by_sums_of_products_is_proved(divided):
    try:
        divided.compile()
    except CompileError as error:
        pytest.fail(str(error))


STEPS = {
    "a sum": lambda best, v, c: best + v * c,
    "a sum of choices": lambda best, v, c: best + select(v > c, v * c, 0),
    "a choice": lambda best, v, c: select(v > c, best + v, best),
    "a maximum": lambda best, v, c: maximum(best, v * c + 1),
}


@pytest.mark.parametrize("name", STEPS)
def test_what_a_long_loop_carries_is_bounded_in_work_linear_in_its_length(name, monkeypatch):
    step, spent = STEPS[name], {}
    for n in (120, 480):
        made = []

        class Counted(Intervals):
            def __init__(self, forms, _, made=made):
                super().__init__(forms)
                made.append(self)

        monkeypatch.setattr("zkpipe.circuits.soundness.apply_lemmas.Intervals", Counted)
        assert analyse(carried(step, n).trace()).verdict is Verdict.SAFE
        spent[n] = MOST_ENTRIES - made[0].entries_left
    assert 0 < spent[480] <= 4.5 * spent[120]


def carried(step, n):
    @circuit
    def loop(
        x: Private[UInt[20]], vs: Private[Array[UInt[8], n]], c: Private[UInt[8]]
    ) -> Public[UInt[20]]:
        best = c + 1
        for v in vs:
            best = step(best, v, c)
        return x // best

    return loop
