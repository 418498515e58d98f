"""Laws that hold for all values, tried on those that hypothesis finds: the same ones each time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from accel.arrays import Rows, load, store
from accel.backend import machine as chosen_machine
from accel.bn254 import P, R
from accel.kernels import kernel
from accel.limbs import (
    Words,
    from_montgomery,
    ints_from_words,
    to_montgomery,
    words_from_ints,
)
from accel.machine import FP, FP2, FR, Field
from accel.msm import msm_g1, msm_g2
from accel.pairing import pairing_product
from accel.transforms import inverse_ntt, ntt
from tests.accel.points import multiple_words
from tests.oracles import curves as oracle

LAW = settings(max_examples=150, derandomize=True, deadline=None, database=None)
FEWER = settings(LAW, max_examples=60)
FIELDS = [pytest.param(field, id=field.name) for field in (FP, FR, FP2)]

special = st.sampled_from([0, 1, 2, R - 1, R - 2, (R - 1) // 2, (R + 1) // 2, 1 << 253, 1 << 64])
scalars = st.one_of(special, st.integers(0, R - 1), st.integers(0, 255))


def residues(field: Field) -> st.SearchStrategy[list[int]]:
    p = field.modulus
    edges = st.sampled_from([0, 1, p - 1, (p - 1) // 2, (1 << 252) - 1, 1 << 208, 1 << 192])
    return st.lists(st.one_of(edges, st.integers(0, p - 1)), min_size=24, max_size=24)


@kernel
def _both_sides(x, y, z, out, blocks):
    """Two sides of each law, one beside the other."""
    for i in range(blocks):
        (a,), (b,), (c,) = load(x, i), load(y, i), load(z, i)
        store(
            out, i, (a * (b + c), a * b + a * c, (a * b) * c, a * (b * c), a - (b - c), a - b + c)
        )


@pytest.mark.parametrize("field", FIELDS)
def test_fields_are_distributive_and_associative(field: Field) -> None:
    machine = chosen_machine()
    n = 24 // field.degree // 8 * 8

    @LAW
    @given(residues(field), residues(field), residues(field))
    def law(a: list[int], b: list[int], c: list[int]) -> None:
        size = n * field.degree
        words = [words_from_ints(v[:size]).reshape(n, -1) for v in (a, b, c)]
        out = np.zeros((n, 24 * field.degree), np.uint64)
        rows = (Rows(field, machine, array, 1) for array in words)
        _both_sides(*rows, Rows(field, machine, out, 6), n // machine.width)
        sides = out.reshape(n, 3, 2, 4 * field.degree)
        assert (sides[:, :, 0] == sides[:, :, 1]).all()
        assert all(value < field.modulus for value in ints_from_words(out))

    law()


Msm = Callable[[Words, Words], Words]


@pytest.mark.parametrize(("msm", "words"), [(msm_g1, 8), (msm_g2, 16)], ids=["G1", "G2"])
@pytest.mark.parametrize("n", [3, 20])
def test_msm_is_linear_in_its_scalars(msm: Msm, words: int, n: int) -> None:
    points = multiple_words(words, 21)[1 : n + 1]
    vectors = st.lists(scalars, min_size=n, max_size=n)

    @settings(FEWER, max_examples=25 if words == 16 else 60)
    @given(vectors, vectors)
    @example([R - 1] * n, [1] * n)
    @example([0] * n, [0] * n)
    def law(a: list[int], b: list[int]) -> None:
        both = [(x + y) % R for x, y in zip(a, b, strict=True)]
        sums = [oracle.from_words(msm(points, words_from_ints(v))[None])[0] for v in (a, b, both)]
        assert oracle.add(sums[0], sums[1]) == sums[2]

    law()


@settings(LAW, max_examples=300)
@given(st.lists(st.tuples(st.integers(0, 20), scalars), min_size=0, max_size=40))
@example([(5, 1), (5, R - 1)])
@example([(1, 2), (2, R - 1)])
@example([(3, 1)] * 40)
@example([(0, 7)] * 40)
def test_msm_of_known_multiples_is_one_multiple(terms: list[tuple[int, int]]) -> None:
    points = multiple_words(8, 21)[np.array([k for k, _ in terms], np.int64)].reshape(-1, 8)
    weights = words_from_ints(s for _, s in terms).reshape(-1, 4)
    total = sum(k * s for k, s in terms) % R
    (got,) = oracle.from_words(msm_g1(points, weights)[None])
    assert got == oracle.multiply(oracle.G1, total)


@FEWER
@given(st.permutations(range(24)), st.lists(scalars, min_size=24, max_size=24))
def test_msm_does_not_depend_on_the_order_of_its_terms(order: list[int], s: list[int]) -> None:
    points, weights = multiple_words(8, 24), words_from_ints(s)
    assert (msm_g1(points, weights) == msm_g1(points[order], weights[order])).all()


@LAW
@given(st.integers(0, 7), st.data())
def test_transforms_are_linear_and_undone(k: int, data: st.DataObject) -> None:
    n = 1 << k
    vectors = st.lists(scalars, min_size=n, max_size=n)
    a, b = data.draw(vectors), data.draw(vectors)
    both = to_montgomery([(x + y) % R for x, y in zip(a, b, strict=True)], R)
    values = [from_montgomery(ntt(to_montgomery(v, R)), R) for v in (a, b)]
    got = ntt(both)
    assert from_montgomery(got, R) == [(x + y) % R for x, y in zip(*values, strict=True)]
    assert (inverse_ntt(got) == both).all()
    assert sum(values[0]) * pow(n, -1, R) % R == a[0]


@FEWER
@given(scalars, scalars)
@example(0, 5)
@example(R - 1, R - 1)
def test_the_pairing_moves_factors_from_side_to_side(a: int, b: int) -> None:
    def pair(x: int, y: int) -> Words:
        p = msm_g1(multiple_words(8, 2)[1:], words_from_ints([x]))
        q = msm_g2(multiple_words(16, 2)[1:], words_from_ints([y]))
        return pairing_product(p[None], q[None])

    assert (pair(a, b) == pair(b, a)).all()
    assert (pair(a, b) == pair(a * b % R, 1)).all()


@settings(LAW, max_examples=300)
@given(st.lists(st.integers(0, (1 << 256) - 1), max_size=20))
def test_integers_survive_the_way_through_words(numbers: list[int]) -> None:
    assert ints_from_words(words_from_ints(numbers)) == numbers
    reduced = [v % P for v in numbers]
    assert from_montgomery(to_montgomery(reduced, P), P) == reduced
