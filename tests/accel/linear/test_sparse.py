"""Columns of sparse matrices, and vectors over Fr, against sums in plain integers."""

from __future__ import annotations

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.oracles import polynomials as oracle
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import (
    Words,
    from_montgomery,
    ints_from_words,
    to_montgomery,
    words_from_ints,
)
from zkpipe.accel.linear import sparse
from zkpipe.accel.transforms.twiddles import powers
from zkpipe.ground.errors import ShapeError

EDGES = [0, 1, 2, R - 1, R - 2, 1 << 253]


def values(n: int, seed: int) -> list[int]:
    draw = generator(seed)
    return [draw.choice(EDGES) if i % 3 == 0 else draw.randrange(R) for i in range(n)]


def words(numbers: list[int]) -> Words:
    return to_montgomery(numbers, R)


def ints(array: Words) -> list[int]:
    return from_montgomery(array, R)


def test_products_of_a_matrix_by_columns_are_added_to_what_is_there() -> None:
    draw, rows, wires = generator(4), 25, 30
    counts = [draw.randrange(6) for _ in range(rows)]
    starts = np.cumsum([0, *counts]).astype(np.int64)
    n = int(starts[-1])
    wire_numbers = np.array([draw.randrange(wires) for _ in range(n)], np.uint32)
    coefficients = values(7, 5)
    value_numbers = np.array([draw.randrange(7) for _ in range(n)], np.uint32)
    vector, before = values(rows, 6), values(wires, 7)
    out = words(before)
    sparse.add_column_products(
        starts, wire_numbers, value_numbers, words(coefficients), words(vector), out
    )
    expected = list(before)
    for row in range(rows):
        for i in range(starts[row], starts[row + 1]):
            wire = int(wire_numbers[i])
            value = coefficients[value_numbers[i]]
            expected[wire] = (expected[wire] + value * vector[row]) % R
    assert ints(out) == expected


def test_vectors_are_scaled_and_combined() -> None:
    n = 60
    u, v, w = (values(n, seed) for seed in (8, 9, 10))
    for factor in (0, 1, R - 1, 0xABC << 240):
        scaled = words(u)
        sparse.scale(factor, scaled)
        assert ints(scaled) == [factor * a % R for a in u]
    alpha, beta = R - 5, 0x1234 << 200
    combined = sparse.combine(alpha, beta, words(u), words(v), words(w))
    assert ints(combined) == [
        (beta * a + alpha * b + c) % R for a, b, c in zip(u, v, w, strict=True)
    ]
    assert sparse.combine(1, 1, words([]), words([]), words([])).shape == (0, 4)


def test_forms_change_both_ways() -> None:
    numbers = [*EDGES, *values(50, 11)]
    canonical = words_from_ints(numbers)
    assert (sparse.into_montgomery(canonical) == words(numbers)).all()
    assert (sparse.out_of_montgomery(words(numbers)) == canonical).all()
    wide = np.zeros((len(numbers), 8), np.uint64)
    wide[:, 4:] = canonical
    assert (sparse.into_montgomery(wide[:, 4:]) == words(numbers)).all()
    assert all(v < R for v in ints_from_words(sparse.into_montgomery(canonical)))


@pytest.mark.parametrize("n", [1, 2, 16])
def test_powers_of_a_ratio(n: int) -> None:
    got = ints(powers(R - 3, n, first=7))
    assert got == [7 * pow(-3, i, R) % R for i in range(n)]


@pytest.mark.parametrize("n", [1, 2, 8, 32])
@pytest.mark.parametrize("coset", [False, True])
def test_lagrange_fractions_times_their_factor_interpolate(n: int, coset: bool) -> None:
    """sum of value_i L_i(point) is the polynomial's value at the point."""
    point, ratio = 0x1234567 << 220, oracle.root(n)
    first = oracle.root(2 * n) if coset else 1
    fractions = ints(sparse.lagrange_basis(point, first, ratio, n))
    nodes = [first * pow(ratio, i, R) % R for i in range(n)]
    assert fractions == [x * pow(point - x, -1, R) % R for x in nodes]
    factor = (pow(point, n, R) * pow(first, -n, R) - 1) * pow(n, -1, R)
    coefficients = values(n, 12)
    at_nodes = oracle.values(coefficients, nodes)
    total = sum(v * f for v, f in zip(at_nodes, fractions, strict=True)) * factor
    assert total % R == oracle.evaluate(coefficients, point)


def test_vectors_of_another_form_are_refused() -> None:
    for vector in (np.zeros((3, 8), np.uint64), np.zeros((3, 4), np.int64)):
        with pytest.raises(ShapeError):
            sparse.scale(3, vector)
        with pytest.raises(ShapeError):
            sparse.into_montgomery(vector)
        with pytest.raises(ShapeError):
            sparse.out_of_montgomery(vector)
