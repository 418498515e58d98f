"""Unknowns that brackets, few values or members pin, and what comes near to that and does not."""

from __future__ import annotations

import math
import operator
import random
from collections import defaultdict
from itertools import product

import pytest

from tests.circuits.soundness.systems import bit, equal, system_of
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Int,
    Private,
    Public,
    UInt,
    check,
    circuit,
    hint,
    lookup,
    member,
)
from zkpipe.circuits.soundness import Verdict, analyse
from zkpipe.circuits.soundness.integers.brackets import Brackets
from zkpipe.circuits.soundness.integers.few_values import FewValues
from zkpipe.circuits.soundness.proof import is_proved

SORTED = [3, 8, 20, 21, 50, 77, 90, 200]
POWERS = [2**k for k in range(17)]


def of_one(returns, find, *checks, x=Private[UInt[16]], d=Private[UInt[6]]):
    """A circuit that returns a hint q of x and d, pinned by checks of q, x and d."""

    @circuit
    def one(x: x, d: d) -> Public[Int[20]]:
        q = hint(find, x, d, returns=returns)
        for each in checks:
            check(each(q, x, d))
        return q

    return one


SOUND = {
    "floor of a root": of_one(
        UInt[8], lambda x, d: math.isqrt(x),
        lambda r, x, d: r * r <= x, lambda r, x, d: x < (r + 1) * (r + 1)),
    "floor of a root, in one check": of_one(
        UInt[8], lambda x, d: math.isqrt(x),
        lambda r, x, d: (r * r <= x) & (x < (r + 1) * (r + 1))),
    "floor of a root by its rest": of_one(
        UInt[8], lambda x, d: math.isqrt(x),
        lambda r, x, d: x - r * r >= 0, lambda r, x, d: x - r * r <= 2 * r),
    "nearest root": of_one(
        UInt[9], lambda x, d: (math.isqrt(4 * x) + 1) // 2,
        lambda r, x, d: (2 * r - 1) * (2 * r - 1) <= 4 * x,
        lambda r, x, d: 4 * x < (2 * r + 1) * (2 * r + 1)),
    "floor of a root of a sum of squares": of_one(
        UInt[17], lambda x, d: math.isqrt(x * x + d * d),
        lambda r, x, d: r * r <= x * x + d * d, lambda r, x, d: x * x + d * d < (r + 1) * (r + 1)),
    "floor of a cube root": of_one(
        UInt[6], lambda x, d: int(x ** (1 / 3)),
        lambda r, x, d: r * r * r <= x, lambda r, x, d: x < (r + 1) * (r + 1) * (r + 1)),
    "a cube root": of_one(
        UInt[6], lambda x, d: round(x ** (1 / 3)), lambda r, x, d: r * r * r == x),
    "a root of r r + r": of_one(
        UInt[8], lambda x, d: 0, lambda r, x, d: r * r + r == x),
    "a quotient rounded up": of_one(
        UInt[16], lambda x, d: -(-x // (d or 1)),
        lambda q, x, d: q * d >= x, lambda q, x, d: (q - 1) * d < x),
    "a quotient rounded up, its rest below": of_one(
        UInt[16], lambda x, d: -(-x // (d or 1)),
        lambda q, x, d: q * d >= x, lambda q, x, d: q * d - x < d),
    "a quotient to the nearest": of_one(
        UInt[16], lambda x, d: (2 * x + d) // (2 * d or 1), lambda q, x, d: d > 0,
        lambda q, x, d: (2 * q - 1) * d <= 2 * x, lambda q, x, d: 2 * x < (2 * q + 1) * d),
    "the bucket of a number": of_one(
        UInt[10], lambda x, d: x // 100,
        lambda q, x, d: q * 100 <= x, lambda q, x, d: x < (q + 1) * 100),
    "a triangular root, halved": of_one(
        UInt[9], lambda x, d: (math.isqrt(8 * x + 1) - 1) // 2,
        lambda q, x, d: q * (q + 1) // 2 <= x, lambda q, x, d: x < (q + 1) * (q + 2) // 2),
    "a gap of a sorted list": of_one(
        UInt[3], lambda x, d: 0,
        lambda i, x, d: lookup(SORTED, i) < x, lambda i, x, d: x < lookup([*SORTED[1:], 999], i)),
    "a gap by the next index": of_one(
        UInt[3], lambda x, d: 0,
        lambda i, x, d: lookup(SORTED, i) < x, lambda i, x, d: x < lookup(SORTED, i + 1)),
    "the place in a table": of_one(
        UInt[3], lambda x, d: 0, lambda i, x, d: lookup(SORTED, i) == x),
    "a logarithm": of_one(
        UInt[4], lambda x, d: max(x.bit_length() - 1, 0),
        lambda k, x, d: lookup(POWERS, k) <= x, lambda k, x, d: x < lookup(POWERS, k + 1)),
    "a logarithm by a quotient": of_one(
        UInt[4], lambda x, d: max(x.bit_length() - 1, 0),
        lambda k, x, d: x // lookup(POWERS, k) == 1),
    "a shift that normalises": of_one(
        UInt[4], lambda x, d: 0, lambda k, x, d: x * lookup(POWERS, k) < 1 << 16,
        lambda k, x, d: x * lookup(POWERS, k) >= 1 << 15),
    "the greatest power of two": of_one(
        UInt[16], lambda x, d: 1, lambda p, x, d: member(p, POWERS[:16]),
        lambda p, x, d: p <= x, lambda p, x, d: x < 2 * p),
    "the greatest": of_one(
        UInt[16], lambda x, d: max(x, d, 9), lambda m, x, d: member(m, [x, d, 9]),
        lambda m, x, d: m >= x, lambda m, x, d: m >= d, lambda m, x, d: m >= 9),
    "the least, as a product": of_one(
        UInt[16], lambda x, d: min(x, d), lambda m, x, d: (m - x) * (m - d) == 0,
        lambda m, x, d: m <= x, lambda m, x, d: m <= d),
}  # fmt: skip

LOOSE = {
    "a root whose ends meet": of_one(
        UInt[8], lambda x, d: math.isqrt(x),
        lambda r, x, d: r * r <= x, lambda r, x, d: x <= (r + 1) * (r + 1)),
    "a root that is too wide by one": of_one(
        UInt[8], lambda x, d: math.isqrt(x),
        lambda r, x, d: r * r <= x, lambda r, x, d: x < (r + 1) * (r + 1) + 1),
    "a root without its upper end": of_one(
        UInt[8], lambda x, d: math.isqrt(x), lambda r, x, d: r * r <= x),
    "a root of either sign": of_one(
        Int[9], lambda x, d: math.isqrt(x),
        lambda r, x, d: r * r <= x, lambda r, x, d: x < r * r + 2),
    "a fourth root of either sign": of_one(
        Int[9], lambda x, d: 0, lambda r, x, d: r * r * r * r == x),
    "a root of r (10 - r)": of_one(
        UInt[8], lambda x, d: 0, lambda r, x, d: r * (10 - r) == x),
    "a quotient rounded up whose ends meet": of_one(
        UInt[16], lambda x, d: -(-x // (d or 1)),
        lambda q, x, d: q * d >= x, lambda q, x, d: (q - 1) * d <= x),
    "a quotient of two nearest": of_one(
        UInt[16], lambda x, d: (2 * x + d) // (2 * d or 1),
        lambda q, x, d: (2 * q - 1) * d <= 2 * x, lambda q, x, d: 2 * x <= (2 * q + 1) * d),
    "a gap with its ends": of_one(
        UInt[3], lambda x, d: 0,
        lambda i, x, d: lookup(SORTED, i) <= x, lambda i, x, d: x <= lookup([*SORTED[1:], 999], i)),
    "a gap of a list that is not sorted": of_one(
        UInt[3], lambda x, d: 0, lambda i, x, d: lookup([3, 8, 1, 9, 30, 40, 50, 60], i) < x,
        lambda i, x, d: x < lookup([8, 10, 9, 30, 40, 50, 60, 70], i)),
    "a place in a table that has a value twice": of_one(
        UInt[2], lambda x, d: 0, lambda i, x, d: lookup([5, 7, 5, 9], i) == x),
    "a shift that leaves room for two": of_one(
        UInt[4], lambda x, d: 0, lambda k, x, d: x * lookup(POWERS, k) < 1 << 16,
        lambda k, x, d: x * lookup(POWERS, k) >= 1 << 14),
    "the shift of zero": of_one(
        UInt[4], lambda x, d: 0, lambda k, x, d: x * lookup(POWERS, k) < 1 << 16),
    "a power of two beside a number": of_one(
        UInt[16], lambda x, d: 1, lambda p, x, d: member(p, POWERS[:16]),
        lambda p, x, d: p <= x, lambda p, x, d: x <= 2 * p),
    "one that is not below some": of_one(
        UInt[16], lambda x, d: max(x, d, 9), lambda m, x, d: member(m, [x, d, 9]),
        lambda m, x, d: m >= x, lambda m, x, d: m >= d),
    "a greatest that need not be one of them": of_one(
        UInt[16], lambda x, d: max(x, d), lambda m, x, d: m >= x, lambda m, x, d: m >= d),
}  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_what_leaves_room_for_one_value_is_proved(name):
    assert analyse(SOUND[name].trace()).verdict is Verdict.SAFE


@pytest.mark.parametrize("name", LOOSE)
def test_what_leaves_room_for_two_is_not(name):
    assert not is_proved(LOOSE[name].trace())


# --- the lemmas against trying every value: Python's own integers say what the checks allow

COMPARE = [operator.le, operator.lt, operator.ge, operator.gt, operator.eq]


def drawn(rng):
    """Checks of q, x and d that mean the same for integers and for values of a circuit."""
    table = sorted(rng.sample(range(40), 8)) if rng.random() < 0.7 else rng.choices(range(30), k=8)
    a, b, c, e = rng.randrange(3), rng.randrange(1, 5), rng.randrange(-3, 8), rng.randrange(3)
    looks = rng.random() < 0.3
    shift = rng.choice([0, 1, 1, 1, 2])

    def side(q, d, at):
        return at(table, q) * b + c if looks else a * q * q + b * q + e * q * d + c

    scale, strict = rng.choice([1, 1, 2, 3]), rng.choice([operator.lt, operator.lt, operator.le])
    kind = rng.randrange(4)

    def first(q, x, d, at):
        return side(q, d, at) <= x * scale

    def second(q, x, d, at):
        later = (at([*table[1:], 60], q) * b + c) if looks else side(q + shift, d, at)
        return strict(x * scale, later)

    def other(q, x, d, at):
        return COMPARE[kind](side(q, d, at), x * scale)

    return [first, second] if kind else [other] if rng.random() < 0.5 else [first, other]


def entry(table, index):
    """What a lookup finds; no number where it refuses the index."""
    return table[index] if 0 <= index < len(table) else math.nan


def truly_one(checks, signed):
    """Whether the checks leave one q at the most for each x and d."""
    passing = defaultdict(set)
    values = range(-4, 4) if signed else range(8)
    for q, x, d in product(values, range(32), range(4)):
        if all(each(q, x, d, entry) for each in checks):
            passing[x, d].add(q)
    return all(len(found) <= 1 for found in passing.values())


def of_checks(checks, signed):
    @circuit
    def made(x: Private[UInt[5]], d: Private[UInt[2]]) -> Public[Int[20]]:
        q = hint(lambda x, d: 0, x, d, returns=Int[3] if signed else UInt[3])
        for each in checks:
            check(each(q, x, d, lookup))
        return q

    return made


def test_verdicts_agree_with_trying_every_value():
    rng = random.Random(12)  # noqa: S311 - seeded test data
    counts = {(verdict, one): 0 for verdict in Verdict for one in (True, False)}
    tried = 100 if IS_LONG else 25
    for _ in range(tried):
        checks = drawn(rng)
        signed = rng.random() < 0.25
        one = truly_one(checks, signed)
        counts[analyse(of_checks(checks, signed).trace()).verdict, one] += 1
    assert counts[Verdict.SAFE, False] == 0
    assert counts[Verdict.UNSAFE, True] == 0
    assert counts[Verdict.SAFE, True] > tried // 5
    assert counts[Verdict.UNSAFE, False] > tried // 10


# --- row by row


def root_of(digits, room):
    """Wire 1 of so many digits as the root of wire 2, its rests in `room` bits each."""
    square, first = 3, 4
    wires = [range(first + k, first + k + n) for k, n in
             ((0, digits), (digits, room), (digits + room, room))]  # fmt: skip
    rows = [bit(w) for span in wires for w in span]
    parts = [{w: -(1 << i) for i, w in enumerate(span)} for span in wires]
    rows += [
        equal({1: 1, **parts[0]}),
        ({1: 1}, {1: 1}, {square: 1}),
        equal({2: 1, square: -1, **parts[1]}),
        equal({square: 1, 1: 2, 2: -1, **parts[2]}),
    ]
    return system_of(rows, 1, 1, first + digits + 2 * room)


def test_a_bracket_so_wide_that_it_wraps_around_is_not_proved():
    assert analyse(root_of(100, 202)).verdict is Verdict.SAFE
    assert analyse(root_of(120, 242)).verdict is Verdict.SAFE
    assert not is_proved(root_of(127, 253))
    assert not is_proved(root_of(140, 253))


def of_table(values, offset):
    """Wire 1 of two bits with value times wire 2, less an offset, in four bits."""
    product, total, rows = 3, 4, [bit(w) for w in range(5, 11)]
    a, b, c, d = values  # the value is a + (b - a) s + (c - a) t + (a - b - c + d) s t
    rows += [
        equal({1: 1, 5: -1, 6: -2}),
        ({5: 1}, {6: 1}, {product: 1}),
        ({2: 1}, {0: a, 5: b - a, 6: c - a, product: a - b - c + d}, {total: 1}),
        equal({total: 1, 0: -offset, 7: -1, 8: -2, 9: -4, 10: -8}),
    ]
    return rows


@pytest.mark.parametrize(("values", "one"), [((1, 2, 4, 8), True), ((1, 2, 3, 8), False)])
def test_multiples_of_what_has_no_bound_are_not_compared_as_integers(values, one):
    """k x in [16, 31] mod r for one k only, if x is below r / 8; x of four bits is."""
    rows = of_table(values, 16)
    bounded = [bit(w) for w in range(11, 15)]
    bounded.append(equal({2: 1, **{w: -(1 << i) for i, w in enumerate(range(11, 15))}}))
    with_bound, without = system_of([*rows, *bounded], 1, 1, 15), system_of(rows, 1, 1, 11)
    assert (analyse(with_bound).verdict is Verdict.SAFE) is one
    assert not is_proved(without)


@pytest.mark.parametrize("lemma", [Brackets, FewValues])
def test_many_unknowns_take_work_linear_in_their_number_and_not_beyond_the_budget(
    lemma, monkeypatch
):
    spent = {}
    for n, most in ((4, 10**9), (16, 10**9), (16, 1_000)):
        made = []

        class Counted(lemma):
            def __init__(self, intervals, _, most=most, made=made):
                super().__init__(intervals, most)
                made.append(self)

        monkeypatch.setattr(f"zkpipe.circuits.soundness.apply_lemmas.{lemma.__name__}", Counted)
        assert not is_proved(of_many(n).trace())
        spent[n, most] = most - made[0].work_left
    assert 0 < spent[16, 10**9] <= 4.5 * spent[4, 10**9]
    assert spent[16, 1_000] < spent[4, 10**9]


def of_many(n):
    @circuit
    def many(xs: Private[Array[UInt[16], n]]) -> Public[UInt[5]]:
        for x in xs:
            q = hint(lambda x: 0, x, returns=UInt[5])
            check(q * q <= x)
            check(lookup(list(range(0, 64, 2)), q) <= x)
        return q

    return many


def test_a_residue_is_not_taken_for_a_small_number():
    """x - q 2^200 in 8 bits mod r: more than one q of 60 bits reaches round the field."""

    def steps(digits):
        rows = [bit(w) for w in range(3, 3 + digits + 8)]
        rows.append(equal({1: 1, **{3 + i: -(1 << i) for i in range(digits)}}))
        rows.append(equal({2: 1, 1: -(1 << 200), **{3 + digits + i: -(1 << i) for i in range(8)}}))
        return system_of(rows, 1, 1, 3 + digits + 8)

    assert analyse(steps(53)).verdict is Verdict.SAFE
    assert not is_proved(steps(60))


def test_multiples_that_wrap_around_are_not_compared_as_integers():
    """k x in [16, 31] mod r with k = 1 or 8, x of 252 bits: 8 x may be 16 + r."""
    bounded = [bit(w) for w in range(11, 263)]
    bounded.append(equal({2: 1, **{w: -(1 << i) for i, w in enumerate(range(11, 263))}}))
    rows = [*of_table((1, 8, 1, 8), 8 * 31), *bounded, equal({6: 1})]
    assert not is_proved(system_of(rows, 1, 1, 263))


@pytest.mark.parametrize(
    ("far", "room", "one"), [(R * 45 // 100, 251, False), (R // 10, 240, True)], ids=["far", "near"]
)
def test_intervals_that_reach_round_the_field_meet(far, room, one):
    """x in [t, t + 2^room) mod r for one of four t: the last may reach the first again."""
    a, b, c, d = far, R - far, far // 2, R - far // 2
    bits, product, digits = (5, 6), 3, range(7, 7 + room)
    rows = [bit(w) for w in (*bits, *digits)]
    rows += [
        equal({1: 1, 5: -1, 6: -2}),
        ({5: 1}, {6: 1}, {product: 1}),
        equal({2: -1, 0: a, 5: b - a, 6: c - a, product: a - b - c + d,
               **{w: 1 << i for i, w in enumerate(digits)}}),
    ]  # fmt: skip
    assert (analyse(system_of(rows, 1, 1, 7 + room)).verdict is Verdict.SAFE) is one
