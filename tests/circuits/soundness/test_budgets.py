"""Searches of the analysis end: what they do is counted, and kept results are not found again."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from tests.circuits.soundness.systems import bit, system_of
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    Field,
    Private,
    Public,
    UInt,
    check,
    circuit,
    hint,
    narrow,
    select,
)
from zkpipe.circuits.soundness.analysis import determined
from zkpipe.circuits.soundness.lemmas import linear_systems
from zkpipe.circuits.soundness.lemmas.bit_sums import BitSums
from zkpipe.circuits.soundness.proof import is_proved
from zkpipe.circuits.soundness.roles import roles_of
from zkpipe.circuits.soundness.rules import cases, elimination
from zkpipe.circuits.soundness.rules.assumptions import Assumptions
from zkpipe.circuits.soundness.rules.cases import Intervals
from zkpipe.circuits.soundness.rules.elimination import Work, reduced_rows
from zkpipe.circuits.soundness.rules.forms import Forms


def layers_of_squares(n):
    @circuit
    def normalised(xs: Private[Array[UInt[4], n]], total: Private[UInt[100]]) -> Public[UInt[100]]:
        layer = list(xs)
        for k in range(3):
            sums = [sum((1 + (i * j + k) % 3) * v for j, v in enumerate(layer)) for i in range(n)]
            layer = [s * s for s in sums]
        return narrow(total // (1 + sum(layer)), UInt[100])

    return normalised


@pytest.mark.parametrize("n", [8, 32])
def test_intervals_of_layers_of_squares_take_work_that_grows_with_the_rows(n, monkeypatch):
    made = []

    class Counted(Intervals):
        def __init__(self, forms, _):
            super().__init__(forms)
            made.append(self)

    monkeypatch.setattr("zkpipe.circuits.soundness.apply_lemmas.Intervals", Counted)
    system = layers_of_squares(n).trace()
    is_proved(system)
    (intervals,) = made
    entries = sum(int(m.starts[-1]) for m in (system.a, system.b, system.c))
    assert 0 < cases.MOST_ENTRIES - intervals.entries_left < 100 * entries


def of_unknowns(parts):
    """A circuit with a hint that solves a linear system, pinned row by row."""

    @circuit
    def linear(b: Private[Array[Field, len(parts)]]) -> Public[Field]:
        x = hint(lambda b: [0] * len(b), b, returns=Array[Field, len(parts)])
        for row, value in zip(parts, b, strict=True):
            check(sum(k * x[j] for j, k in row.items()) == value)
        return x[0]

    return linear


def drawn(n, seed=1):
    rng = random.Random(seed)  # noqa: S311 - seeded test data
    return [{j: rng.randrange(1, 9) for j in {i, *rng.sample(range(n), 2)}} for i in range(n)]


def grid(n):
    rows = []
    for i in range(n):
        for j in range(n):
            near = [(i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)]
            inside = [(p, q) for p, q in near if 0 <= p < n and 0 <= q < n]
            rows.append({i * n + j: 4, **{p * n + q: R - 1 for p, q in inside}})
    return rows


@pytest.mark.parametrize(
    ("rows", "share"), [(drawn(600), 8), (grid(24), 4), (grid(2), 10_000)], ids=["3", "24", "2"]
)
def test_sparse_linear_systems_are_solved_with_little_fill_in(rows, share):
    assert is_proved(of_unknowns(rows).trace())
    work = Work()
    found = reduced_rows(rows, work)
    assert found is not None
    assert all(list(row) == [pivot] for pivot, row in found.items())
    assert elimination.MOST_WORK - work.left < elimination.MOST_WORK // share


def test_an_elimination_beyond_its_budget_is_given_up():
    assert reduced_rows(grid(12), Work(1_000)) is None
    assert reduced_rows(grid(12), Work(100_000)) is not None


def test_a_linear_system_beyond_the_budget_is_left_open_once(monkeypatch):
    monkeypatch.setattr(elimination, "MOST_WORK", 500)
    calls = []

    def counted(rows, work):
        calls.append(work)
        return reduced_rows(rows, work)

    monkeypatch.setattr(linear_systems, "Work", lambda: Work(500))
    monkeypatch.setattr(linear_systems, "reduced_rows", counted)
    assert not is_proved(of_unknowns(grid(12)).trace())
    assert len(calls) == 1


def decompositions(n):
    @circuit
    def bits(xs: Private[Array[Field, n]]) -> Public[Field]:
        out = xs[0] * 0
        for x in xs:
            b = hint(lambda v: [v >> i & 1 for i in range(254)], x, returns=Array[Bool, 254])
            zero = x * 0
            check(sum(((zero + bit) * pow(2, i, R) for i, bit in enumerate(b)), zero) == x)
            out = out + sum(((zero + select(p, q, 0)) * 3 for p, q in pairwise(b)), zero)
        return out

    return bits


def test_open_bits_take_work_linear_in_their_number_and_not_beyond_the_budget(monkeypatch):
    spent = {}
    for n, most in ((1, 10**7), (2, 10**7), (2, 10_000)):
        made = []

        class Counted(BitSums):
            def __init__(self, forms, _, most=most, made=made):
                super().__init__(forms, most)
                made.append(self)

        monkeypatch.setattr("zkpipe.circuits.soundness.apply_lemmas.BitSums", Counted)
        assert not is_proved(decompositions(n).trace())
        spent[n, most] = most - made[0].entries_left
    assert 0 < spent[2, 10**7] <= 2.2 * spent[1, 10**7]
    assert spent[2, 10_000] < 30_000


def test_the_ends_of_a_sum_of_bits_are_found_once():
    system = decompositions(1).trace()
    forms = determined(system, roles_of(system))
    sums = BitSums(Forms(forms.state))
    equation = max((forms.equation(row) for row in range(len(forms.system.linear))), key=len)
    digits = {w: k for w, k in equation.items() if forms.system.is_bit[w]}
    assert len(digits) == 254
    first = sums.range_of(digits)
    assert first is not None
    left = sums.entries_left
    assert sums.range_of(dict(reversed(digits.items()))) == first
    assert sums.entries_left == left


def test_what_assumptions_read_of_a_product_is_counted():
    """All of it at first, then its factor up to the first wire without a value."""
    n, free = 40, 42
    product = (dict.fromkeys(range(2, n + 2), 1), {free: 1}, {free + 1: 1})
    system = system_of([*(bit(wire) for wire in range(2, n + 2)), product], 1, n, free + 2)
    assumed = Assumptions(Forms(determined(system, roles_of(system)).state), 1000)
    spent = []
    for wire in range(2, n + 2):
        before = assumed.entries_left
        assumed.assume(wire, 0)
        spent.append(before - assumed.entries_left)
    assert spent[0] > n
    assert spent[1:-1] == [*range(4, n + 2)]  # the free factor, those with values, and the next
    assert spent[-1] > n
