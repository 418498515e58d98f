"""Intervals and exact numbers of the kernels, beside every value and Python's integers."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from tests.circuits.soundness.systems import bit, equal, system_of
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import from_montgomery, ints_from_words, words_from_ints
from zkpipe.circuits.soundness.model import naturals
from zkpipe.circuits.soundness.model.bounds import bounds_of
from zkpipe.circuits.soundness.model.equations import equations
from zkpipe.circuits.soundness.model.incidence import incidence_of

WORDS = [0, 1, 2**32 - 1, 2**64, 2**64 - 1, R - 1, R // 2, 2**253, 2**256 - 1, 3**150, 12345 << 100]


@pytest.mark.parametrize(("x", "y"), list(itertools.product(WORDS, WORDS)))
def test_naturals_are_pythons_integers(x, y):
    words = words_from_ints([x, y, 0, 0, 0])
    assert naturals.is_less(words, 0, words, 1) == (x < y)
    assert naturals.is_one(words, 0) == (x == 1)
    assert naturals.is_zero(words, 0) == (x == 0)
    assert naturals.add(words, 0, words, 1, words, 2) == (x + y < 2**256)
    assert ints_from_words(words)[2] == (x + y) % 2**256
    fits = naturals.multiply(words, 0, words, 1, words, 3)
    assert fits == (x * y < 2**256)
    if fits:
        assert ints_from_words(words)[3] == x * y
    if x >= y:
        naturals.subtract(words, 0, words, 1, words, 4)
        assert ints_from_words(words)[4] == x - y


@pytest.mark.parametrize("seed", range(40))
def test_every_value_lies_in_its_interval(seed):
    """Two numbers of few bits, each held by two equations; and what they add up to."""
    rng = random.Random(seed)  # noqa: S311 - seeded test data
    bits = range(4, 10)
    rows = [bit(w) for w in bits]
    sums = []
    for number in (1, 2, 2, 3):
        weights = {w: rng.choice([1, 2, 4, -1, -3]) for w in rng.sample(list(bits), 3)}
        constant, sign = rng.randrange(-9, 9), rng.choice([1, -1])
        sums.append((number, weights, constant))
        rows.append(equal({k: sign * v for k, v in
                           {number: -1, 0: constant or 10, **weights}.items()}))  # fmt: skip
    rows.append(equal({10: 1, 1: 1, 2: -2, 3: 1}))
    system = equations(system_of(rows, 1, 2, 11))
    bounds = bounds_of(system, incidence_of(system))
    lows, spans = from_montgomery(bounds.low, R), ints_from_words(bounds.span)
    assert bounds.has[[1, 2, 3, 10]].all()
    found = {}
    for values in itertools.product((0, 1), repeat=len(bits)):
        at = dict(zip(bits, values, strict=True))
        totals = [
            (number, (constant or 10) + sum(k * at[w] for w, k in weights.items()))
            for number, weights, constant in sums
        ]
        numbers = dict(totals)
        if any(numbers[number] != total for number, total in totals):
            continue  # the two equations of wire 2 disagree
        numbers[10] = 2 * numbers[2] - numbers[1] - numbers[3]
        for wire, value in numbers.items():
            assert (value - lows[wire]) % R <= spans[wire]
            found.setdefault(wire, set()).add(value)
    for wire in (1, 3):  # nothing else holds them: the interval is no wider than their bits say
        weights = next(w for number, w, _ in sums if number == wire)
        assert spans[wire] <= sum(map(abs, weights.values()))


def test_an_interval_is_what_two_equations_have_in_common():
    rows = [bit(w) for w in range(4, 10)]
    rows.append(equal({2: -1, 4: 1, 5: 2, 6: 4}))  # 0 to 7
    rows.append(equal({2: 1, 0: -5, 7: -1, 8: -2, 9: -4}))  # 5 to 12
    system = equations(system_of(rows, 1, 2, 10))
    bounds = bounds_of(system, incidence_of(system))
    assert from_montgomery(bounds.low, R)[2] == 5
    assert ints_from_words(bounds.span)[2] == 2
    assert np.flatnonzero(bounds.has).tolist() == [0, 2, *range(4, 10)]


@pytest.mark.parametrize(
    ("equation", "first", "second"),
    [
        (equal({1: 1, 2: 1, 0: -12}), (5, 7), (5, 7)),
        (equal({1: -1, 2: -1, 0: 12}), (5, 7), (5, 7)),
        (equal({1: 1, 2: 1, 0: -3}), (0, 3), (0, 3)),
        (equal({1: 1, 2: -1, 0: 5}), (0, 2), (5, 7)),
        (equal({1: -1, 2: 1, 0: 5}), (5, 7), (0, 2)),
        (equal({1: 1, 2: -1}), (0, 7), (0, 7)),
    ],
)
def test_two_numbers_of_one_sum_are_held_by_each_other(equation, first, second):
    """Of 0 to 7 each; the one is held by what the other is after it was held itself."""
    rows = [bit(w) for w in range(3, 9)]
    rows += [equal({1: -1, 3: 1, 4: 2, 5: 4}), equal({2: -1, 6: 1, 7: 2, 8: 4}), equation]
    system = equations(system_of(rows, 1, 1, 9))
    bounds = bounds_of(system, incidence_of(system))
    lows, spans = from_montgomery(bounds.low, R), ints_from_words(bounds.span)
    assert [(lows[w], lows[w] + spans[w]) for w in (1, 2)] == [first, second]
    assert not bounds.is_impossible.any()


@pytest.mark.parametrize(
    ("extra", "impossible"),
    [
        (equal({4: 1, 5: 1, 0: -2}), False),
        (equal({4: 1, 5: 1, 0: -3}), True),  # the sum of two bits is not 3
        (equal({4: 3, 5: -2, 0: -2}), False),  # an interval holds 2, whatever bits make
        (equal({4: 3, 5: -2, 0: 3}), True),
        (equal({2: 1, 0: -7}), False),
        (equal({2: 1, 0: -8}), True),  # three bits make less than 8
        (equal({2: -1, 4: -1, 0: -1}), True),
        (equal({2: R // 2, 4: R // 2, 0: 1}), False),  # too wide to say anything
    ],
)
def test_an_equation_that_no_values_in_the_intervals_satisfy_is_impossible(extra, impossible):
    rows = [*(bit(w) for w in range(4, 7)), equal({2: -1, 4: 1, 5: 2, 6: 4}), extra]
    system = equations(system_of(rows, 1, 2, 7))
    assert bounds_of(system, incidence_of(system)).is_impossible.any() == impossible


def equal_flags(n):
    """Flags that are each the one before, the first 0, told last; and their sum."""
    rows = [bit(w) for w in range(2, n + 2)]
    rows.append(equal({1: -1, **dict.fromkeys(range(2, n + 2), 1)}))
    return [*rows, *(equal({w: 1, w - 1: -1}) for w in range(n + 1, 2, -1)), equal({2: 1})], n + 2


def numbers_below_two(n):
    """Numbers of two bits, whose sum is a bit."""
    rows, wire = [bit(1)], n + 2
    for number in range(2, n + 2):
        rows += [bit(wire), bit(wire + 1), equal({number: -1, wire: 1, wire + 1: 2})]
        wire += 2
    return [*rows, equal({1: -1, **dict.fromkeys(range(2, n + 2), 1)})], wire


@pytest.mark.parametrize("made", [equal_flags, numbers_below_two])
@pytest.mark.parametrize("n", [500, 4000])
def test_intervals_of_long_sums_cost_as_much_for_each_entry(made, n):
    rows, wires = made(n)
    system = equations(system_of(rows, 1, 0, wires))
    bounds = bounds_of(system, incidence_of(system))
    span = int(made is numbers_below_two)
    assert ints_from_words(bounds.span[2 : n + 2]) == [span] * n
    assert 0 < bounds.work < 8 * len(system.linear.wires)
