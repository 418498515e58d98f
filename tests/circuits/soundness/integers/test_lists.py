"""Hints on lists: sorted copies, greatest entries, places, and what comes near and is not one."""

from __future__ import annotations

from itertools import pairwise, product

import pytest

from tests.circuits.soundness.systems import bit, equal, ranged, system_of
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
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
from zkpipe.circuits.soundness import Verdict, analyse
from zkpipe.circuits.soundness.analysis import determined
from zkpipe.circuits.soundness.integers.case_pairs import CasePairs
from zkpipe.circuits.soundness.integers.sorted_lists import SortedLists
from zkpipe.circuits.soundness.integers.symmetric import are_determined
from zkpipe.circuits.soundness.proof import is_proved
from zkpipe.circuits.soundness.roles import roles_of_every_wire
from zkpipe.circuits.soundness.rules.elimination import Work
from zkpipe.circuits.soundness.rules.orders import Orders


def copy_of(*rules, n=4, size=None, bits=16):
    """A circuit that returns `size` hinted numbers that rules compare with a list of n."""
    size = size or n

    @circuit
    def copy(xs: Private[Array[UInt[16], n]]) -> Public[Array[UInt[bits], size]]:
        ys = hint(lambda xs: sorted(xs)[:size], xs, returns=Array[UInt[bits], size])
        for rule in rules:
            rule(list(xs), list(ys))
        return ys

    return copy


def ascend(xs, ys):
    for x, y in pairwise(ys):
        check(x < y)


def descend(xs, ys):
    for x, y in pairwise(ys):
        check(x > y)


def ascend_or_stay(xs, ys):
    for x, y in pairwise(ys):
        check(x <= y)


def ascend_but_once(xs, ys):
    for k, (x, y) in enumerate(pairwise(ys)):
        check(x < y if k != 1 else x <= y)


def ascend_with_a_gap(xs, ys):
    for k, (x, y) in enumerate(pairwise(ys)):
        if k != 1:
            check(x < y)


def members(xs, ys):
    for y in ys:
        check(member(y, xs))


def members_but_one(xs, ys):
    for y in ys[1:]:
        check(member(y, xs))


def members_or_zero(xs, ys):
    for y in ys:
        check(member(y, [0, *xs]))


def members_of_keys(xs, ys):
    for y in ys:
        check(member(y, [x * len(xs) + i for i, x in enumerate(xs)]))


def nearly_ascend(xs, ys):
    for x, y in pairwise(ys):
        check(x < y + 2)


def products_at(*points):
    def products(xs, ys):
        for point in points:
            left = right = 1
            for x, y in zip(xs, ys, strict=True):
                left, right = left * (x + point), right * (y + point)
            check(left == right)

    return products


def sums_of_powers(*powers):
    def sums(xs, ys):
        for k in powers:
            check(sum(x**k for x in xs) == sum(y**k for y in ys))

    return sums


def by_index(strict, n=4, distinct=False):
    @circuit
    def copy(xs: Private[Array[UInt[16], n]]) -> Public[Array[UInt[16], n]]:
        places = hint(
            lambda xs: sorted(range(n), key=xs.__getitem__),
            xs,
            returns=Array[UInt[(n - 1).bit_length()], n],
        )
        ys = [lookup(xs, place) for place in places]
        for x, y in pairwise(ys):
            check(x < y if strict else x <= y)
        for i in range(n if distinct else 0):
            for j in range(i):
                check(places[i] != places[j])
        return ys

    return copy


def by_index_of_a_list_with_one_twice():
    @circuit
    def copy(xs: Private[Array[UInt[16], 3]]) -> Public[Array[UInt[16], 3]]:
        places = hint(lambda xs: (0, 1, 2), xs, returns=Array[UInt[2], 3])
        ys = [lookup([*xs, xs[2]], place) for place in places]
        ascend(xs, ys)
        return ys

    return copy


def swapped(strict):
    @circuit
    def pair(x: Private[UInt[16]], y: Private[UInt[16]]) -> Public[UInt[16]]:
        swap = hint(lambda x, y: x > y, x, y, returns=Bool)
        first, second = select(swap, y, x), select(swap, x, y)
        check(first < second if strict else first <= second)
        return first

    return pair


SORTED = {
    "members": copy_of(members, ascend),
    "members, descending": copy_of(members, descend),
    "two members": copy_of(members, ascend, n=2),
    "seven members": copy_of(members, ascend, n=7),
    "members of a list with its places": copy_of(members_of_keys, ascend, bits=18),
    "products at as many points": copy_of(products_at(0, 1, 2, 3), ascend_or_stay),
    "products at other points": copy_of(products_at(9, 5, 77), ascend_or_stay, n=3),
    "sums of powers": copy_of(sums_of_powers(1, 2, 3, 4), ascend_or_stay),
    "a sum and a product": copy_of(products_at(0), sums_of_powers(1), ascend_or_stay, n=2),
    "sums and products": copy_of(products_at(0), sums_of_powers(2, 1), ascend_or_stay, n=3),
    "places": by_index(strict=True),
    "places of three": by_index(strict=True, n=3),
    "a swap": swapped(strict=True),
}
UNSORTED = {
    "members that may be equal": copy_of(members, ascend_or_stay),
    "two members that may be equal": copy_of(members, ascend_but_once),
    "members of a list with one more": copy_of(members_or_zero, ascend),
    "one that is not a member": copy_of(members_but_one, ascend),
    "members in two lists": copy_of(members, ascend_with_a_gap),
    "some of the members": copy_of(members, ascend, size=3),
    "members without order": copy_of(members),
    "members nearly in order": copy_of(members, nearly_ascend),
    "numbers in order": copy_of(ascend),
    "sums of powers nearly in order": copy_of(sums_of_powers(1, 2, 3), nearly_ascend, n=3),
    "products at too few points": copy_of(products_at(0, 1, 2), ascend_or_stay),
    "a product twice": copy_of(products_at(0, 1, 1), ascend_or_stay, n=3),
    "products without order": copy_of(products_at(0, 1, 2), n=3),
    "sums of powers with one left out": copy_of(sums_of_powers(1, 2, 4), ascend_or_stay),
    "a sum and a product of three": copy_of(products_at(0), sums_of_powers(1), ascend_or_stay, n=3),
    "places that may be equal": by_index(strict=False),
    "places of entries that may be equal": by_index(strict=False, distinct=True),
    "places in a list with an entry twice": by_index_of_a_list_with_one_twice(),
    "a swap of numbers that may be equal": swapped(strict=False),
}


@pytest.mark.parametrize("name", SORTED)
def test_a_sorted_copy_is_proved(name):
    assert analyse(SORTED[name].trace()).verdict is Verdict.SAFE


@pytest.mark.parametrize("name", UNSORTED)
def test_what_is_no_sorted_copy_is_not(name):
    assert not is_proved(UNSORTED[name].trace())


# --- an index of a known list

FEW = 5 if IS_LONG else 3  # entries of a list: fewer than an index of its bits could be


def index_of(*rules, n=FEW):
    """A circuit that returns a hinted index that rules compare with a list of n, and a number."""

    @circuit
    def place(xs: Private[Array[UInt[16], n]], x: Private[UInt[16]]) -> Public[UInt[5]]:
        i = hint(lambda xs, x: 0, xs, x, returns=UInt[(n - 1).bit_length()])
        for rule in rules:
            rule(list(xs), i, x)
        return i

    return place


def greatest(xs, i, x):
    for other in xs:
        check(lookup(xs, i) >= other)


def first_greatest(xs, i, x):
    for j, other in enumerate(xs):
        check(other + (j < i) <= lookup(xs, i))


def last_least(xs, i, x):
    for j, other in enumerate(xs):
        check(lookup(xs, i) + (i < j) <= other)


def first_greatest_of_some(xs, i, x):
    for j, other in enumerate(xs):
        check(other + (j < i if j % 2 else 0) <= lookup(xs, i))


def greatest_but_of_one(xs, i, x):
    for j, other in enumerate(xs[:-1]):
        check(other + (j < i) <= lookup(xs, i))


def greatest_key(step):
    def rule(xs, i, x):
        keys = [other * step + len(xs) - 1 - j for j, other in enumerate(xs)]
        for key in keys:
            check(lookup(keys, i) >= key)

    return rule


def greater_than_others(xs, i, x):
    for j, other in enumerate(xs):
        check((other < lookup(xs, i)) | (i == j))


def ascending(xs, i, x):
    ascend(x, xs)


def never_descending(xs, i, x):
    ascend_or_stay(x, xs)


def ascending_in_two_parts(xs, i, x):
    ascend_with_a_gap(x, xs)


def all_different(xs, i, x):
    for j in range(len(xs)):
        for k in range(j):
            check(xs[j] != xs[k])


def all_different_but_two(xs, i, x):
    for j in range(len(xs)):
        for k in range(j):
            if (j, k) != (FEW - 2, 0):
                check(xs[j] != xs[k])


def all_different_by(step):
    def rule(xs, i, x):
        for j in range(len(xs)):
            for k in range(j):
                check(xs[j] + step != xs[k])

    return rule


def gap(low, high):
    def rule(xs, i, x):
        check(lookup(xs, i) < x if low else lookup(xs, i) <= x)
        check(x < lookup(xs, i + 1) if high else x <= lookup(xs, i + 1))

    return rule


def gap_between_ends(xs, i, x):
    ends = [0, *xs, 65_535]
    check(lookup(ends, i) < x)
    check(x < lookup(ends, i + 1))


def place_of(xs, i, x):
    check(lookup(xs, i) == x)


def place_beside(xs, i, x):
    check(lookup(xs, i) == x)
    check(lookup(xs[1:] + xs[:1], i) == x + 1)


FOUND = {
    "the first of the greatest": index_of(first_greatest),
    "the first of two": index_of(first_greatest, n=2),
    "the first of sixteen": index_of(first_greatest, n=16),
    "the last of the least": index_of(last_least),
    "the greatest, with its place": index_of(greatest_key(FEW)),
    "the greatest, far from the next": index_of(greatest_key(1000)),
    "the only greatest": index_of(greater_than_others),
    "the greatest of different entries": index_of(greatest, all_different),
    "the greatest of ascending entries": index_of(greatest, ascending),
    "a gap of a list": index_of(gap(True, True), ascending),
    "a gap of a list with equal entries": index_of(gap(True, True), never_descending),
    "a gap that holds its lower end": index_of(gap(False, True), never_descending),
    "a gap that holds its upper end": index_of(gap(True, False), never_descending),
    "a gap of a list with ends": index_of(gap_between_ends, ascending),
    "the place of a number": index_of(place_of, ascending),
    "the place of a number among different ones": index_of(place_of, all_different),
    "the place before a jump": index_of(place_beside, ascending),
}
LOST = {
    "one of the greatest": index_of(greatest),
    "one of two": index_of(greatest, n=2),
    "the first of some of the greatest": index_of(first_greatest_of_some),
    "the greatest but of one": index_of(greatest_but_of_one),
    "the greatest, with half of its place": index_of(greatest_key(2)),
    "the greatest of entries of which two may be equal": index_of(greatest, all_different_but_two),
    "the greatest of entries that differ by a step": index_of(greatest, all_different_by(1)),
    "the greatest of entries in two parts": index_of(greatest, ascending_in_two_parts),
    "a gap with both ends": index_of(gap(False, False), ascending),
    "a gap with both ends of different entries": index_of(gap(False, False), all_different),
    "a gap of a list in two parts": index_of(gap(True, True), ascending_in_two_parts, n=4),
    "a gap of any list": index_of(gap(True, True), n=4),  # of 3, one gap at most holds a number
    "a place among equal entries": index_of(place_of, never_descending),
    "a place among entries of which two may be equal": index_of(place_of, all_different_but_two),
    "a place among entries that differ by a step": index_of(place_of, all_different_by(2)),
}


@pytest.mark.parametrize("name", FOUND)
def test_an_index_that_is_the_only_one_is_proved(name):
    assert analyse(FOUND[name].trace()).verdict is Verdict.SAFE


@pytest.mark.parametrize("name", LOST)
def test_an_index_beside_another_is_not(name):
    assert not is_proved(LOST[name].trace())


@pytest.mark.parametrize("n", [2, 3])
def test_equal_entries_have_two_greatest_ones(n):
    assert analyse(index_of(greatest, n=n).trace()).verdict is Verdict.UNSAFE


# --- row by row: nearly as wide as the field


def sorted_pair(digits):
    """Wires 1 and 2 are one of the inputs 3 and 4 each, the second up to 2^digits more."""
    rows = [({1: 1, 3: -1}, {1: 1, 4: -1}, {}), ({2: 1, 3: -1}, {2: 1, 4: -1}, {})]
    wires = ranged(rows, {2: 1, 1: -1, 0: -1}, digits, 5)
    return system_of(rows, 2, 2, wires)


def test_an_order_that_reaches_round_the_field_is_none():
    assert analyse(sorted_pair(251)).verdict is Verdict.SAFE
    assert analyse(sorted_pair(252)).verdict is Verdict.SAFE
    assert not is_proved(sorted_pair(253))


def greatest_of_two(digits, wide):
    """Wire 1 is 0 or 1, and inputs 2 and 3 more: wire 4 is theirs, and not below either."""
    rows = [bit(1), ({1: 1}, {3: 1, 2: -1}, {4: 1})]
    wires = ranged(rows, {4: 1, 1: -1}, digits, 5)
    wires = ranged(rows, {2: 1, 4: 1, 3: -1}, wide, wires)
    return system_of(rows, 1, 2, wires)


def test_differences_that_reach_round_the_field_meet():
    assert 2**252 + 2**253 < R < 2**254
    assert analyse(greatest_of_two(251, 251)).verdict is Verdict.SAFE
    assert analyse(greatest_of_two(253, 252)).verdict is Verdict.SAFE
    assert not is_proved(greatest_of_two(253, 253))


def place_in_three(digits):
    """Wire 1 is the place of input 2 in inputs 3 to 5, of two bits, each less than the next."""
    rows, low, high, first, second, number = [bit(6), bit(7)], 6, 7, 8, 9, 10
    rows += [
        equal({1: 1, low: -1, high: -2}),
        ({low: 1}, {4: 1, 3: -1}, {first: 1}),
        ({high: 1}, {5: 1, 3: -1, first: -1}, {second: 1}),
        ({high: 1}, {low: 1}, {}),
        equal({2: 1, 3: -1, first: -1, second: -1}),
        equal({number: 1, 2: -1}),
    ]
    wire = ranged(rows, {4: 1, 3: -1, 0: -1}, digits, 11)
    return system_of(rows, 1, 4, ranged(rows, {5: 1, 4: -1, 0: -1}, digits, wire))


def test_a_path_that_reaches_round_the_field_is_no_order():
    assert analyse(place_in_three(251)).verdict is Verdict.SAFE
    assert analyse(place_in_three(252)).verdict is Verdict.SAFE
    assert not is_proved(place_in_three(253))


# --- the parts


@pytest.mark.parametrize("n", range(1, 5))
def test_symmetric_functions_are_determined_by_as_many_independent_ones(n):
    wires = list(range(1, n + 1))
    powers = [{(w,) * k: 1 for w in wires} for k in range(1, n + 1)]
    conditions = [({**power, (9,): 5}, (3, 3)) for power in powers]
    assert are_determined(conditions, wires, Work())
    for left_out in range(n):
        rest = conditions[:left_out] + conditions[left_out + 1 :]
        assert not are_determined(rest, wires, Work())
        in_a_range = [*rest, (powers[left_out], (0, 1))]
        assert not are_determined(in_a_range, wires, Work())
        scaled = [*rest, ({(*m, 9): k for m, k in powers[left_out].items()}, (0, 0))]
        assert not are_determined(scaled, wires, Work())
    if n > 1:
        uneven = [({**powers[0], (1,): 2}, (0, 0)), *conditions[1:]]
        assert not are_determined(uneven, wires, Work())
        partly = [
            ({m: k for m, k in powers[-1].items() if m != (1,) * n}, (0, 0)),
            *conditions[:-1],
        ]
        assert not are_determined(partly, wires, Work())


def test_power_sums_of_small_numbers_tell_multisets_apart():
    """What the lemma says of sums of powers, for all multisets of three small numbers."""
    seen = {}
    for numbers in product(range(5), repeat=3):
        sums = tuple(sum(x**k for x in numbers) for k in (1, 2, 3))
        assert seen.setdefault(sums, sorted(numbers)) == sorted(numbers)
    assert len({(sum(x), sum(y**2 for y in x)) for x in product(range(9), repeat=3)}) < 165


class Spent:
    """Makes lemmas of a class, and remembers them."""

    def __init__(self, monkeypatch, lemma, most):
        self.made = made = []
        self.most = most

        class Counted(lemma):
            def __init__(self, *arguments):
                super().__init__(*arguments, most)
                made.append(self)

        monkeypatch.setattr(f"zkpipe.circuits.soundness.apply_lemmas.{lemma.__name__}", Counted)

    def work(self):
        return self.most - self.made[-1].work_left


@pytest.mark.parametrize("lemma", [CasePairs, SortedLists])
def test_lists_take_work_within_the_budget(lemma, monkeypatch):
    systems = {n: many(n).trace() for n in (2, 8)}
    spent = Spent(monkeypatch, lemma, 10**9)
    work = {}
    for n, system in systems.items():
        analyse(system)
        work[n] = spent.work()
    assert 0 < work[8] <= 6 * work[2]
    spent = Spent(monkeypatch, lemma, 1_000)
    assert not is_proved(systems[8])
    assert spent.work() < work[2] + 1_000


def many(n):
    @circuit
    def lists(xs: Private[Array[UInt[16], n, 4]]) -> Public[UInt[3]]:
        for row in xs:
            i, j = hint(lambda row: (0, 0), row, returns=(UInt[2], UInt[2]))
            check(lookup(row, i) <= lookup(row, j))
        return i + j

    return lists


def test_paths_end_in_a_circle_of_steps_upwards():
    """Rows that nothing satisfies: each of three numbers is below the next."""
    rows, wire = [], 4
    for first, second in ((1, 2), (2, 3), (3, 1)):
        wire = ranged(rows, {second: 1, first: -1, 0: -1}, 4, wire)
    system = system_of(rows, 0, 3, wire)
    orders = Orders(determined(system, roles_of_every_wire(system)))
    low, high = orders.between(1, 2)
    assert 1 <= low <= high
    assert orders.work_left > -1_000


def test_paths_add_what_their_steps_say():
    rows = []
    wire = ranged(rows, {2: 1, 1: -1, 0: -1}, 4, 4)
    wire = ranged(rows, {3: 1, 2: -1, 0: -5}, 2, wire)
    system = system_of(rows, 0, 3, wire)
    orders = Orders(determined(system, roles_of_every_wire(system)))
    assert orders.between(1, 2) == (1, 16)
    assert orders.between(1, 3) == (6, 24)
    assert orders.between(3, 1) == (-24, -6)
