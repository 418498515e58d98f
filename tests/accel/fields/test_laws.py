"""Laws that hold for all values, each on many cases, the same ones each time.

The long form takes 1,000 cases or more of each; the suite takes fewer of those that cost the most.

Random values and edges go through a kernel as one array; hypothesis seeks where cases are lists.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.accel.edge_values import generator
from tests.accel.known_points import multiple_words, pairing_product, signed_multiple, signed_words
from tests.long_form import IS_LONG
from tests.oracles import curves as oracle
from tests.oracles import fields as oracle_fields
from zkpipe.accel.bn254 import FP, FP2, FR, P, R
from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curve import Field
from zkpipe.accel.curves import jacobian
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import reduce, square
from zkpipe.accel.fields.inverse import invert
from zkpipe.accel.fields.limbs import (
    Words,
    from_montgomery,
    ints_from_words,
    to_montgomery,
    words_from_ints,
)
from zkpipe.accel.fields.rows import Rows
from zkpipe.accel.machines.backend import machine as chosen_machine
from zkpipe.accel.machines.machine import SCALAR
from zkpipe.accel.msm import multi_scalar as msm_module
from zkpipe.accel.msm.multi_scalar import msm_g1, msm_g2
from zkpipe.accel.transforms.ntt import inverse_ntt, ntt

Value = tuple[int, ...]
SUMS = 1000 if IS_LONG else 250  # of products, of each kind
LAW = settings(max_examples=150 if IS_LONG else 60, derandomize=True, deadline=None, database=None)
FEWER = settings(LAW, max_examples=60 if IS_LONG else 30)
FIELDS = [pytest.param(field, id=field.name) for field in (FP, FR, FP2)]

special = st.sampled_from([0, 1, 2, R - 1, R - 2, (R - 1) // 2, (R + 1) // 2, 1 << 253, 1 << 64])
scalars = st.one_of(special, st.integers(0, R - 1), st.integers(0, 255))


@kernel
def _sums(x, y, z, out, blocks):
    """Two sides of each law, one beside the other."""
    for i in range(blocks):
        (a,), (b,), (c,) = load(x, i), load(y, i), load(z, i)
        left = a + b, a + (b + c), a - (b - c), a - b
        store(out, i, (left[0], b + a, left[1], (a + b) + c, left[2], a - b + c, left[3], -(b - a)))


@kernel
def _products(x, y, z, out, blocks):
    for i in range(blocks):
        (a,), (b,), (c,) = load(x, i), load(y, i), load(z, i)
        ab, bc = a * b, b * c
        store(out, i, (ab, b * a, ab * c, a * bc, a * (b + c), ab + a * c, square(a), a * a))


@kernel
def _inverses(x, y, out, blocks):
    for i in range(blocks):
        (a,), (b,) = load(x, i), load(y, i)
        back, other = invert(a), invert(b)
        product = reduce(a) * reduce(b)
        store(out, i, (back, invert(back), a * back, b * other, invert(product), back * other))


def residues(field: Field, n: int, seed: int) -> list[Value]:
    """Canonical elements: edges with edges in all ways, the rest random."""
    p, draw = field.modulus, generator(seed)
    edges = [0, 1, 2, p - 1, p - 2, (p - 1) // 2, (p + 1) // 2, 1 << 253, 1 << 208, (1 << 252) - 1]
    edges += [(1 << 52 * k) - 1 for k in range(1, 5)] + [1 << 64 * k for k in range(1, 4)]
    edges += [v * pow(1 << bits, -1, p) % p for v in (1, p - 1) for bits in (256, 260)]
    return [
        tuple(draw.choice(edges) if draw.getrandbits(1) else draw.randrange(p) for _ in range(d))
        for d in [field.degree] * n
    ]


def formed(field: Field, words: Words, count: int) -> list[list[Value]]:
    """What rows of `count` elements hold, canonical and out of Montgomery form."""
    flat, d, size = from_montgomery(words, field.modulus), field.degree, count * field.degree
    return [
        [tuple(flat[i + d * k : i + d * k + d]) for k in range(count)]
        for i in range(0, len(flat), size)
    ]


CASES = 2000


@pytest.mark.parametrize("field", FIELDS)
def test_sums_and_products_are_those_of_a_commutative_ring(field: Field) -> None:
    """2,000 cases of each law, both sides against Python's integers, too."""
    machine = chosen_machine()
    x, y, z = (residues(field, CASES, seed) for seed in (1, 2, 3))
    arrays = [to_montgomery([c for v in side for c in v], field.modulus) for side in (x, y, z)]
    rows = [Rows(field, machine, a.reshape(CASES, -1), 1) for a in arrays]
    out = [np.zeros((CASES, 32 * field.degree), np.uint64) for _ in range(2)]
    for kernel_of, words in zip((_sums, _products), out, strict=True):
        kernel_of(*rows, Rows(field, machine, words, 8), CASES // machine.width)
        sides = words.reshape(CASES, 4, 2, -1)
        assert (sides[:, :, 0] == sides[:, :, 1]).all()
    add, subtract, multiply = (
        partial(f, field)
        for f in (oracle_fields.add, oracle_fields.subtract, oracle_fields.multiply)
    )
    sums, products = (formed(field, words, 8) for words in out)
    for a, b, c, s, t in zip(x, y, z, sums, products, strict=True):
        assert s[::2] == [add(a, b), add(a, add(b, c)), add(subtract(a, b), c), subtract(a, b)]
        ab = multiply(a, b)
        assert t[::2] == [ab, multiply(ab, c), multiply(a, add(b, c)), multiply(a, a)]


@pytest.mark.parametrize("field", FIELDS)
def test_every_value_but_zero_has_one_inverse(field: Field) -> None:
    machine = chosen_machine()
    x, y = (residues(field, CASES, seed) for seed in (4, 5))
    arrays = [to_montgomery([c for v in side for c in v], field.modulus) for side in (x, y)]
    rows = [Rows(field, machine, a.reshape(CASES, -1), 1) for a in arrays]
    out = np.zeros((CASES, 24 * field.degree), np.uint64)
    _inverses(*rows, Rows(field, machine, out, 6), CASES // machine.width)
    unit, nothing = (1, 0)[: field.degree], (0, 0)[: field.degree]
    for a, b, found in zip(x, y, formed(field, out, 6), strict=True):
        assert found[0] == oracle_fields.invert(field, a)
        assert found[1] == a
        assert found[2] == (unit if any(a) else nothing)
        assert found[3] == (unit if any(b) else nothing)
        assert found[4] == found[5]


@kernel
def _add_points(left, right, out, blocks):
    """Left plus right by Jacobian sums, complete ones."""
    for i in range(blocks):
        (x1, y1), (x2, y2) = load(left, i), load(right, i)
        p, q = jacobian.from_affine(x1, y1), jacobian.from_affine(x2, y2)
        store(out, i, jacobian.to_affine(jacobian.add(p, q)))


def added(field: Field, left: Words, right: Words) -> Words:
    out = np.zeros_like(left)
    rows = [Rows(field, SCALAR, words, 2) for words in (left, right, out)]
    _add_points(*rows, len(left))
    return out


@pytest.mark.parametrize(("field", "words"), [(FP, 8), (FP2, 16)], ids=["G1", "G2"])
def test_points_are_a_commutative_group(field: Field, words: int) -> None:
    """1,600 cases: multiples from -12 to 12 and far ones, so that a third of them are special."""
    draw, n = generator(words), 1600
    far = [draw.randrange(R) for _ in range(12)]
    pool = [*range(-12, 13), *far, *(-k for k in far)]
    table = signed_words(words, pool)
    p, q, r = ([draw.randrange(len(pool)) for _ in range(n)] for _ in range(3))
    q[::5] = [len(pool) - 1 - i if i > 24 else 24 - i for i in p[::5]]  # many opposites
    a, b, c = (table[side] for side in (p, q, r))
    ab = added(field, a, b)
    assert (added(field, b, a) == ab).all()
    assert (added(field, ab, c) == added(field, a, added(field, b, c))).all()
    nothing = np.zeros_like(a)
    assert (added(field, a, nothing) == a).all()
    assert (added(field, nothing, a) == a).all()
    negative = signed_words(words, [-pool[i] for i in p])
    assert not added(field, a, negative).any()
    assert (added(field, ab, negative) == b).all()
    known = {
        pair: oracle.add(*(signed_multiple(words, pool[i]) for i in pair))
        for pair in set(zip(p, q, strict=True))
    }
    expected = [known[pair] for pair in zip(p, q, strict=True)]
    assert oracle.from_words(ab) == expected


Msm = Callable[[Words, Words], Words]


MSMS = [pytest.param(msm_g1, 8, id="G1"), pytest.param(msm_g2, 16, id="G2")]
# Edges of scalars, and of the digits of windows of 4 and 5 bits: halves, all ones, carries.
EDGES = [0, 1, 2, R - 1, R - 2, (R - 1) // 2, (R + 1) // 2, 1 << 253, 1 << 64, (1 << 64) - 1]
EDGES += [(1 << k) % R for k in (3, 4, 5, 127, 128, 192, 252)]
EDGES += [d * ((1 << 252) - 1) // ((1 << c) - 1) for c in (4, 6) for d in (7, 8, 9, 15)]


# From 0 to 60, and from the end: index -k is -k times the generator.
SMALL = {words: signed_words(words, [*range(61), *range(-60, 0)]) for words in (8, 16)}


def edge_or_random(draw: Random) -> int:
    return draw.choice(EDGES) if draw.random() < 0.4 else draw.randrange(R)


@pytest.mark.parametrize("few", [0, 32], ids=["buckets", "as the size says"])
@pytest.mark.parametrize(("msm", "words"), MSMS)
def test_sums_of_products_are_the_naive_ones(
    msm: Msm, words: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Points are known multiples m of the generator: the naive sum is that of s m, mod r.

    One scalar is chosen so that it is small and py_ecc knows the point; a third of all sums cancel.
    Without `few`, sums of every size go through buckets.
    """
    monkeypatch.setattr(msm_module, "FEW", few)
    monkeypatch.setenv("ZKPIPE_THREADS", "1")  # starting threads would take the most time
    draw = generator(few + words)
    for _ in range(SUMS // 2 if few else SUMS):
        bits = draw.randrange(5, 10)
        monkeypatch.setattr(msm_module, "window_bits_for", lambda *scalars, curve, bits=bits: bits)
        n = draw.randrange(1, 41) if not few else draw.choice([1, 2, 3, 5, 8, 32, 33])
        multiples = [draw.choice([1, 2, 3, -1, -2, draw.randrange(-60, 61)]) for _ in range(n)]
        scalars = [edge_or_random(draw) for _ in range(n)]
        total = draw.choice([0, draw.randrange(-60, 61), 1])
        last = draw.randrange(n)
        multiples[last] = multiples[last] or 1
        rest = sum(s * m for s, m in zip(scalars, multiples, strict=True))
        rest -= scalars[last] * multiples[last]
        scalars[last] = (total - rest) * pow(multiples[last], -1, R) % R
        got = msm(SMALL[words][multiples], words_from_ints(scalars))
        assert (got == SMALL[words][total]).all()


@pytest.mark.parametrize(("msm", "words"), MSMS)
def test_msm_is_linear_in_its_scalars(
    msm: Msm, words: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """msm(P, a) + msm(P, b) = msm(P, a + b), a tenth of the cases by buckets."""
    draw = generator(words + 1)
    monkeypatch.setenv("ZKPIPE_THREADS", "1")
    monkeypatch.setattr(msm_module, "window_bits_for", lambda *scalars, curve: 7)
    for case in range(SUMS):
        monkeypatch.setattr(msm_module, "FEW", 32 * (case % 10 > 0))
        n = draw.choice([1, 2, 3])
        points = SMALL[words][[draw.randrange(-60, 61) for _ in range(n)]]
        a, b = ([edge_or_random(draw) for _ in range(n)] for _ in range(2))
        if case % 7 == 0:
            b = [R - s if s else 0 for s in a]
        both = [(s + t) % R for s, t in zip(a, b, strict=True)]
        sums = oracle.from_words(np.stack([msm(points, words_from_ints(v)) for v in (a, b, both)]))
        assert oracle.add(sums[0], sums[1]) == sums[2]


@pytest.mark.parametrize(("msm", "words"), MSMS)
@pytest.mark.parametrize("n", [100, 3000])
def test_large_sums_of_products_are_the_naive_ones(msm: Msm, words: int, n: int) -> None:
    draw = generator(n)
    multiples = [draw.randrange(-60, 61) for _ in range(n)]
    scalars = [edge_or_random(draw) for _ in range(n)]
    total = sum(s * m for s, m in zip(scalars, multiples, strict=True)) % R
    got = msm(SMALL[words][multiples], words_from_ints(scalars))
    assert oracle.from_words(got[None]) == [signed_multiple(words, total)]


@settings(LAW, max_examples=300 if IS_LONG else 100)
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
