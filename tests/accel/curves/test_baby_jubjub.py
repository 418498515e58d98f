"""Baby Jubjub's arithmetic: circomlibjs' numbers, the laws of a group, the orders of points."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import (
    BASE,
    COFACTOR,
    GENERATOR,
    IDENTITY,
    A,
    D,
    L,
    add,
    is_in_subgroup,
    is_on_curve,
    multiply,
    negative,
)
from zkpipe.accel.roots import square_root

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "circomlib" / "babyjub.json").read_text()
)
LOW_ORDER = [multiply(GENERATOR, L * i) for i in range(COFACTOR)]
EDGES = [0, 1, 2, 15, 16, 17, L - 1, L, L + 1, COFACTOR * L - 1, COFACTOR * L, R]

scalars = st.integers(0, COFACTOR * L) | st.sampled_from(EDGES)
points = st.builds(multiply, st.just(GENERATOR), scalars) | st.sampled_from(LOW_ORDER)


def pair(texts: list[str]) -> tuple[int, int]:
    x, y = map(int, texts)
    return x, y


def by_adding(p: tuple[int, int], scalar: int) -> tuple[int, int]:
    """The multiple by the definition, a bit at a time with the affine law."""
    total = IDENTITY
    for bit in f"{scalar:b}":
        total = add(total, total)
        if bit == "1":
            total = add(total, p)
    return total


def test_sums_are_those_of_circomlibjs() -> None:
    for case in VECTORS["add"]:
        assert add(pair(case["a"]), pair(case["b"])) == pair(case["sum"])


def test_multiples_are_those_of_circomlibjs() -> None:
    for case in VECTORS["mul"]:
        assert multiply(BASE, int(case["k"])) == pair(case["base8"])
        assert multiply(GENERATOR, int(case["k"])) == pair(case["gen"])


def test_the_law_is_complete_and_the_constants_are_circomlibjs_own() -> None:
    assert square_root(A) is not None
    assert square_root(D) is None
    assert int(VECTORS["subOrder"]) == L
    assert int(VECTORS["order"]) == COFACTOR * L
    assert pair(VECTORS["generator"]) == GENERATOR
    assert pair(VECTORS["base8"]) == BASE == multiply(GENERATOR, COFACTOR)


def test_the_generator_has_the_order_of_the_whole_curve() -> None:
    assert multiply(GENERATOR, COFACTOR * L) == by_adding(GENERATOR, COFACTOR * L) == IDENTITY
    assert by_adding(GENERATOR, 4 * L) != IDENTITY
    assert by_adding(GENERATOR, COFACTOR) != IDENTITY
    assert all(pow(a, L - 1, L) == 1 for a in (2, 3, 5, 7))  # a prime, as far as these tell


@settings(max_examples=25)
@given(points, points, points)
def test_points_are_a_group(p, q, s) -> None:
    assert is_on_curve(*add(p, q))
    assert add(p, q) == add(q, p)
    assert add(add(p, q), s) == add(p, add(q, s))
    assert add(p, IDENTITY) == p
    assert add(p, negative(p)) == IDENTITY


@settings(max_examples=25)
@given(points, scalars, scalars)
@example(GENERATOR, 4 * L, 4 * L)
def test_multiples_add_up(p, a: int, b: int) -> None:
    assert multiply(p, a + b) == add(multiply(p, a), multiply(p, b))
    assert multiply(p, -a) == negative(multiply(p, a))


@settings(max_examples=10)
@given(points, scalars)
def test_a_multiple_is_that_of_the_definition(p, scalar: int) -> None:
    assert multiply(p, scalar) == by_adding(p, scalar)


@pytest.mark.parametrize("scalar", EDGES)
def test_multiples_by_edges_are_those_of_the_definition(scalar: int) -> None:
    for p in (BASE, GENERATOR, IDENTITY, LOW_ORDER[1]):
        assert multiply(p, scalar) == by_adding(p, scalar)


def test_eight_points_have_low_order_and_one_of_them_is_in_the_subgroup() -> None:
    assert len(set(LOW_ORDER)) == COFACTOR
    assert all(multiply(p, COFACTOR) == IDENTITY for p in LOW_ORDER)
    assert [p for p in LOW_ORDER if is_in_subgroup(p)] == [IDENTITY]
    for p in LOW_ORDER[1:]:
        assert not is_in_subgroup(add(BASE, p))
    assert is_in_subgroup(BASE)
