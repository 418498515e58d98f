"""Sorting, places of extremes, rounded quotients and absences, beside Python's own."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.circuits.oracles.runs import outputs_of_many
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    Field,
    Fixed,
    InputError,
    Int,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    check,
    circuit,
)
from zkpipe.circuits.gadgets import (
    GapTree,
    argmax,
    argmin,
    check_merkle_absence,
    not_member,
    round_div,
    sort,
)
from zkpipe.circuits.gadgets.lists.sorting import exchanges
from zkpipe.circuits.soundness import Verdict, analyse
from zkpipe.circuits.system import ConstraintSystem

RUNS = 10_000 if IS_LONG else 100
draw = generator(9)


def agreeing(system: ConstraintSystem, given: list[list[int]], wanted: list[list[int]]) -> None:
    assert analyse(system).verdict is Verdict.SAFE
    assert outputs_of_many(system, given) == [[x % R for x in row] for row in wanted]


@pytest.mark.parametrize("count", range(11))
def test_the_exchanges_sort_every_list_of_zeros_and_ones(count: int) -> None:
    """And so every list: Knuth's zero-one principle."""
    pairs = list(exchanges(count))
    for bits in product((0, 1), repeat=count):
        values = list(bits)
        for i, j in pairs:
            values[i], values[j] = min(values[i], values[j]), max(values[i], values[j])
        assert values == sorted(bits)


@pytest.mark.parametrize(("count", "pairs"), [(4, 5), (8, 19), (16, 63), (32, 191), (64, 543)])
def test_a_list_takes_as_many_exchanges_as_is_said(count: int, pairs: int) -> None:
    assert len(list(exchanges(count))) == pairs


def test_lists_are_sorted_as_pythons_are() -> None:
    @circuit
    def ordered(values: Private[Array[Int[9], 6]], x: Private[UInt[4]]) -> Public[Array[Int[9], 8]]:
        result = sort([*values, x, -3])
        assert result[-1].interval[0] == 0  # the greatest is not below x
        return result

    given = [
        [draw.randrange(-256, 256) for _ in range(6)] + [draw.randrange(16)] for _ in range(RUNS)
    ]
    given += [[-256] * 6 + [15], [255, -256] * 3 + [0], [-3] * 6 + [0]]
    agreeing(ordered.compile(), given, [sorted([*row, -3]) for row in given])
    assert sort([3, 1, 2]) == [1, 2, 3]
    assert sort([]) == []


def test_fixed_numbers_are_sorted_in_common_units() -> None:
    @circuit
    def ordered(
        a: Private[Fixed[12, 4]], b: Private[Fixed[12, 2]]
    ) -> tuple[Public[Array[Fixed[16, 4], 4]], Public[UInt[2]]]:
        values = [a, b, 1, 0.5]
        return sort(values), argmax(values)

    for a, b in [(0.25, 0.75), (-3.0625, 7.5), (1, 1)]:
        wanted = [int(x * 16) for x in sorted([a, b, 1, 0.5])]
        place = [a, b, 1, 0.5].index(max(a, b, 1, 0.5))
        units = ordered(a, b)
        assert list(units[0]) == wanted
        assert units[1] == place
        found = ordered.compile().solve(a=a, b=b).public
        assert found == [x % R for x in [*wanted, place]]


def test_the_place_of_an_extreme_is_the_first_as_numpys() -> None:
    @circuit
    def places(values: Private[Array[Int[5], 5]]) -> Public[Array[UInt[3], 3]]:
        return [argmin(values), argmax(values), argmin([*values, -16])]

    given = [[draw.randrange(-3, 3) for _ in range(5)] for _ in range(RUNS)] + [[0] * 5]
    wanted = [[int(np.argmin(x)), int(np.argmax(x)), int(np.argmin([*x, -16]))] for x in given]
    agreeing(places.compile(), given, wanted)
    assert [[argmin(x), argmax(x)] for x in given] == [row[:2] for row in wanted]


def test_quotients_are_rounded_as_python_rounds_fractions() -> None:
    @circuit
    def rounded(
        a: Private[Int[9]], b: Private[UInt[6]], c: Private[Int[4]]
    ) -> Public[Array[Int[12], 5]]:
        check(c != 0)
        result = [round_div(a, divisor) for divisor in (b, 10, 7, -4, c)]
        assert [x.interval for x in result] == [
            *((-256, 255), (-26, 26), (-37, 36), (-64, 64), (-256, 256))
        ]
        return result

    given = [
        [a, b, c]
        for a in (-256, -15, -5, -1, 0, 5, 15, 255)
        for b in (1, 2, 10, 63)
        for c in (-8, -2, 5)
    ]
    given += [
        [draw.randrange(-256, 256), draw.randrange(1, 64), draw.choice([-8, -3, -1, 1, 2, 7])]
        for _ in range(RUNS)
    ]
    wanted = [[round(Fraction(a, d)) for d in (b, 10, 7, -4, c)] for a, b, c in given]
    agreeing(rounded.compile(), given, wanted)
    assert [[round_div(a, d) for d in (b, 10, 7, -4, c)] for a, b, c in given] == wanted
    with pytest.raises(UnsatisfiedError):
        rounded.compile().solve(a=1, b=0, c=1)
    with pytest.raises(InputError, match="divides by zero"):
        round_div(1, 0)


TABLES: list[tuple[Any, list[int]]] = [
    (UInt[8], [0, 7, 255, 300]),
    (UInt[8], []),
    (Int[9], [*range(-250, 250, 7), -256, 255]),
    (UInt[32], [draw.getrandbits(32) for _ in range(300)]),
    (UInt[40], [i << 20 for i in range(200)]),
    (UInt[253], [draw.getrandbits(253) for _ in range(40)]),
    (Field, [-1, 0, 5, 2**253]),
    (Field, [draw.randrange(R) for _ in range(900)]),
]


@pytest.mark.parametrize(("type_", "table"), TABLES)
def test_what_is_in_no_table_of_constants_is_told_from_members(
    type_: Any, table: list[int]
) -> None:
    @circuit
    def absent(x: Private[type_]) -> Public[Bool]:
        return not_member(x, table)

    low, high = (0, R - 1) if type_ is Field else (type_.low, type_.high)
    near = [x + d for x in table[:60] for d in (-1, 0, 1)]
    values = [low, high, *near, *(draw.randint(low, high) for _ in range(RUNS))]
    values = [x for x in values if low <= x <= high]
    residues = {x % R for x in table} if type_ is Field else set(table)
    system = absent.trace()
    wanted = [[int(x not in residues)] for x in values]
    agreeing(system, [[x] for x in values], wanted)
    if type_ is not Field:
        assert [not_member(x, table) for x in values] == [bool(row[0]) for row in wanted]


def test_every_number_of_a_type_is_in_a_table_or_not() -> None:
    """Also the least number of a bucket that has no constant."""
    table = [x**5 % 1024 for x in range(12)]  # which leaves one of four buckets empty

    @circuit
    def absent(x: Private[UInt[10]]) -> Public[Bool]:
        return not_member(x, table)

    system = absent.trace()
    assert system.constraint_count < 10 + len(set(table))
    wanted = [[int(x not in table)] for x in range(1024)]
    assert outputs_of_many(system, [[x] for x in range(1024)]) == wanted


def test_constants_that_share_their_lowest_bits_are_spread_by_others() -> None:
    @circuit
    def absent(x: Private[UInt[40]]) -> None:
        check(not_member(x, [i << 20 for i in range(200)]))

    assert absent.trace().constraint_count < 40 + 60


LISTED = [0, 3, 4, 9, 1000, 2**16 - 1]


def test_every_number_lies_in_a_gap_or_is_listed() -> None:
    tree = GapTree(LISTED, 3, 16)
    for x in range(1100):
        if x in LISTED:
            with pytest.raises(InputError, match="the list holds"):
                tree.gap(x)
        else:
            gap = tree.gap(x)
            assert gap.first <= x <= gap.last
            assert not any(gap.first <= y <= gap.last for y in LISTED)
            assert gap.path.verify(tree.root, 3, gap.ends)
    assert GapTree([], 1).gap(5).ends == (0, R - 1)
    assert GapTree([R - 1], 1).gap(5).ends == (0, R - 2)


def test_the_list_of_a_gap_tree_may_be_anything_without_an_order() -> None:
    root = GapTree(LISTED, 3).root
    for values in (set(LISTED), frozenset(LISTED), dict.fromkeys(LISTED).keys(), iter(LISTED)):
        assert GapTree(values, 3).root == root
    for wrong in (dict.fromkeys(LISTED), "12", b"12", 5, None):
        with pytest.raises(InputError, match="Give a list or a set"):
            GapTree(wrong, 3)  # type: ignore[arg-type]


@pytest.mark.parametrize(("type_", "bits"), [(UInt[16], 16), (Field, 254)])
def test_an_absence_is_proved_by_its_gap_alone(type_: Any, bits: int) -> None:
    @circuit
    def unlisted(
        root: Public[Field],
        x: Private[type_],
        gap: Private[Array[type_, 2]],
        siblings: Private[Array[Field, 3]],
        index: Private[Array[Bool, 3]],
    ) -> None:
        check_merkle_absence(root, x, gap, siblings, index)

    tree = GapTree(LISTED, 3, bits)
    system = unlisted.compile()

    def accepts(x: int, gap: Any) -> bool:
        try:
            system.solve(
                root=tree.root,
                x=x,
                gap=gap.ends,
                siblings=gap.path.siblings,
                index=gap.path.index_bits,
            )
        except UnsatisfiedError:
            return False
        return True

    for x in (1, 2, 5, 8, 10, 999, 1001):
        assert accepts(x, tree.gap(x))
    for x, near in [(0, 1), (3, 2), (4, 5), (9, 8), (1000, 999), (1000, 1001), (5, 1)]:
        assert not accepts(x, tree.gap(near))
    other = GapTree([0], 3, bits).gap(5)
    assert not accepts(9, other)


def test_an_absence_of_integers_alone_holds_or_not() -> None:
    tree = GapTree(LISTED, 3)
    gap = tree.gap(5)
    path = gap.path.siblings, gap.path.index_bits
    check_merkle_absence(tree.root, 5, gap.ends, *path)
    for outside in (gap.first - 1, gap.last + 1):
        with pytest.raises(CompileError, match="can never hold"):
            check_merkle_absence(tree.root, outside, gap.ends, *path)


def test_a_gap_may_begin_at_a_constant_0() -> None:
    tree = GapTree([3], 1)
    gap = tree.gap(1)
    ((sibling,), (turn,)) = gap.path.siblings, gap.path.index_bits

    @circuit
    def lowest(root: Public[Field], x: Private[Field], last: Private[Field]) -> None:
        check_merkle_absence(root, x, [0, last], [sibling], [turn])

    system = lowest.trace()
    system.solve(root=tree.root, x=1, last=gap.last)
    with pytest.raises(UnsatisfiedError):
        system.solve(root=tree.root, x=3, last=gap.last)


REFUSED: list[tuple[str, Callable[[Any, Any], Any]]] = [
    ("compares a Field", lambda x, y: sort([x, y])),
    ("compares a Field", lambda x, y: argmin([y, x])),
    ("divides a Field", lambda x, y: round_div(y, 2)),
    ("has an empty list", lambda x, y: argmax([])),
    ("for table", lambda x, y: not_member(x, y)),
    ("no whole number|must be known", lambda x, y: not_member(x, [x])),
    ("2 values|not 2", lambda x, y: check_merkle_absence(1, x, [y], [y], [1])),
]


@pytest.mark.parametrize(("because", "body"), REFUSED)
def test_what_has_no_order_or_is_no_table_is_refused(because: str, body: Any) -> None:
    @circuit
    def refused(x: Private[UInt[8]], y: Private[Field]) -> None:
        body(x, y)

    with pytest.raises(CompileError, match=because):
        refused.compile()
