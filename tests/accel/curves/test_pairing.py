"""The pairing and Fp12 against py_ecc, and the laws of a bilinear map."""

from __future__ import annotations

import numpy as np
import pytest
from py_ecc import optimized_bn128 as bn128

from tests.accel.edge_values import generator
from tests.accel.known_points import multiples, pairing_product, scattered
from tests.oracles import curves as oracle
from tests.oracles import pairings
from tests.oracles.curves import G1, G2, Point
from zkpipe.accel.bn254 import FP2, P, R
from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curves import tower
from zkpipe.accel.curves.pairing import (
    CHUNK,
    final_exponentiation,
    miller_functions,
    one_of_fp12,
    pairing_quotient,
)
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import reduce
from zkpipe.accel.fields.limbs import Words, from_montgomery, to_montgomery
from zkpipe.accel.fields.rows import Rows
from zkpipe.accel.machines.machine import Machine
from zkpipe.ground.errors import ShapeError


def product(pairs: list[tuple[Point, Point]]) -> Words:
    points = oracle.to_words([p for p, _ in pairs], 8)
    twisted = oracle.to_words([q for _, q in pairs], 16)
    return pairing_product(points, twisted)


def cancels(pairs: list[tuple[Point, Point]]) -> bool:
    return bool((product(pairs) == one_of_fp12()).all())


def as_py_ecc(words: Words) -> bn128.FQ12:
    return pairings.to_py_ecc12(from_montgomery(words, P))


# --- Fp12


@kernel
def _operate(a, b, products, squares, inverses, frobenius, conjugates, lines, blocks):
    for i in range(blocks):
        a0, a1, a2, a3, a4, a5 = load(a, i)
        b0, b1, b2, b3, b4, b5 = load(b, i)
        x = (
            (reduce(a0), reduce(a1), reduce(a2)),
            (reduce(a3), reduce(a4), reduce(a5)),
        )
        y = (
            (reduce(b0), reduce(b1), reduce(b2)),
            (reduce(b3), reduce(b4), reduce(b5)),
        )
        c, d = tower.multiply12(x, y)
        store(products, i, (c[0], c[1], c[2], d[0], d[1], d[2]))
        c, d = tower.square12(x)
        store(squares, i, (c[0], c[1], c[2], d[0], d[1], d[2]))
        c, d = tower.invert12(x)
        store(inverses, i, (c[0], c[1], c[2], d[0], d[1], d[2]))
        c, d = tower.frobenius12(x)
        store(frobenius, i, (c[0], c[1], c[2], d[0], d[1], d[2]))
        c, d = tower.conjugate12(x)
        store(conjugates, i, (c[0], c[1], c[2], d[0], d[1], d[2]))
        c, d = tower.multiply12_by_line(x, y[0][0], y[1][0], y[1][1])
        store(lines, i, (c[0], c[1], c[2], d[0], d[1], d[2]))


@kernel
def _cyclotomic_squares(a, out, blocks):
    for i in range(blocks):
        a0, a1, a2, a3, a4, a5 = load(a, i)
        x = (
            (reduce(a0), reduce(a1), reduce(a2)),
            (reduce(a3), reduce(a4), reduce(a5)),
        )
        c, d = tower.cyclotomic_square(x)
        store(out, i, (c[0], c[1], c[2], d[0], d[1], d[2]))


def elements_of_fp12(n: int, seed: int) -> list[list[int]]:
    draw, edges = generator(seed), [0, 1, P - 1, (P - 1) // 2]
    out = [[draw.choice(edges) for _ in range(12)] for _ in range(n // 2)]
    return [*out, *([draw.randrange(P) for _ in range(12)] for _ in range(n - n // 2))]


def test_operations_in_fp12_are_py_eccs(machine: Machine) -> None:
    n = 48
    a, b = elements_of_fp12(n, 1), elements_of_fp12(n, 2)
    a[0], a[1], b[2] = [0] * 12, [1, *[0] * 11], [0] * 12
    words = [to_montgomery([c for x in side for c in x], P).reshape(n, 48) for side in (a, b)]
    results = [np.zeros_like(words[0]) for _ in range(6)]
    rows = (Rows(FP2, machine, array, 6) for array in (*words, *results))
    _operate(*rows, n // machine.width)
    for i in range(n):
        x, y = pairings.to_py_ecc12(a[i]), pairings.to_py_ecc12(b[i])
        even = [c if k % 2 == 0 else -c for k, c in enumerate(x.coeffs)]  # w -> -w
        line = pairings.to_py_ecc12([*b[i][:2], 0, 0, 0, 0, *b[i][6:10], 0, 0])
        expected = [x * y, x * x, None, None, bn128.FQ12(even), x * line]
        if i < 6:
            expected[3] = x**P
        for got, want in zip(results, expected, strict=True):
            if want is not None:
                assert as_py_ecc(got[i]) == want
        inverse = as_py_ecc(results[2][i])
        assert x * inverse == (bn128.FQ12.one() if any(a[i]) else bn128.FQ12.zero())


def test_cyclotomic_squares_are_squares(machine: Machine) -> None:
    values = [as_py_ecc(product([(multiples(8, 10)[k], G2)])) for k in range(1, 9)]
    flat = [c for value in values for c in pairings.from_py_ecc12(value)]
    words = to_montgomery(flat, P).reshape(8, 48)
    out = np.zeros_like(words)
    _cyclotomic_squares(
        Rows(FP2, machine, words, 6), Rows(FP2, machine, out, 6), 8 // machine.width
    )
    assert [as_py_ecc(row) for row in out] == [value * value for value in values]


# --- the pairing


def test_the_pairing_is_py_eccs() -> None:
    draw = generator(3)
    for a, b in ((1, 1), (draw.randrange(R), draw.randrange(R)), (R - 1, 2)):
        p, q = oracle.multiply(G1, a), oracle.multiply(G2, b)
        assert as_py_ecc(product([(p, q)])) == pairings.pairing(p, q)


def test_products_of_pairings_are_products() -> None:
    pairs = list(zip(scattered(8, 3), scattered(16, 3), strict=True))
    assert as_py_ecc(product(pairs)) == pairings.pairing_product(pairs)
    pairs = list(zip(scattered(8, 11), scattered(16, 11), strict=True))  # more than eight lanes
    singles = bn128.FQ12.one()
    for pair in pairs:
        singles *= as_py_ecc(product([pair]))
    assert as_py_ecc(product(pairs)) == singles


def test_the_pairing_is_bilinear() -> None:
    base = as_py_ecc(product([(G1, G2)]))
    assert base != bn128.FQ12.one()
    assert base**R == bn128.FQ12.one()
    draw = generator(4)
    for _ in range(4):
        a, b = draw.randrange(R), draw.randrange(R)
        left = product([(oracle.multiply(G1, a), oracle.multiply(G2, b))])
        right = product([(oracle.multiply(G1, a * b % R), G2)])
        other = product([(G1, oracle.multiply(G2, a * b % R))])
        assert (left == right).all()
        assert (left == other).all()
        assert as_py_ecc(left) == base ** (a * b % R)


def test_the_pairing_is_additive_in_each_argument() -> None:
    p1, p2 = scattered(8, 2)
    q1, q2 = scattered(16, 2)
    both = product([(oracle.add(p1, p2), q1)])
    assert (both == product([(p1, q1), (p2, q1)])).all()
    both = product([(p1, oracle.add(q1, q2))])
    assert (both == product([(p1, q1), (p1, q2)])).all()


@pytest.mark.parametrize("place", range(8))
def test_infinity_pairs_to_one_at_every_place(place: int) -> None:
    ones = [(None, G2), (G1, None), (None, None)]
    for one in ones:
        assert (product([one]) == one_of_fp12()).all()
    pairs = list(zip(scattered(8, 8), scattered(16, 8), strict=True))
    rest = pairs[:place] + pairs[place + 1 :]
    for one in ones:
        assert (product([*pairs[:place], one, *pairs[place + 1 :]]) == product(rest)).all()


def test_no_pairs_multiply_to_one() -> None:
    assert (product([]) == one_of_fp12()).all()
    assert cancels([])


@pytest.mark.parametrize("n", [2, 3, 8, 9, 17])
def test_pairings_that_cancel_do_and_others_do_not(n: int) -> None:
    """e(k G, Q_k) over all k, and the opposite of their sum: (sum of k * q_k) G with G2."""
    draw = generator(n)
    ks = [draw.randrange(1, 30) for _ in range(n - 1)]
    qs = [draw.randrange(1, 30) for _ in range(n - 1)]
    g1, g2 = multiples(8, 30), multiples(16, 30)
    pairs = [(g1[k], g2[q]) for k, q in zip(ks, qs, strict=True)]
    total = sum(k * q for k, q in zip(ks, qs, strict=True))
    last = (oracle.multiply(G1, R - total), G2)
    assert cancels([*pairs, last])
    assert cancels([last, *pairs])
    assert not cancels(pairs)
    assert not cancels([*pairs, (oracle.multiply(G1, R - total - 1), G2)])
    assert not cancels([*pairs, (oracle.negate(last[0]), G2)])
    if n > 2:
        assert not cancels([*pairs[1:], last])


def test_parts_of_a_product_multiply_to_it_and_divide_out_of_it() -> None:
    pairs = list(zip(scattered(8, 5), scattered(16, 5), strict=True))
    points = oracle.to_words([p for p, _ in pairs], 8)
    twisted = oracle.to_words([q for _, q in pairs], 16)
    loops = miller_functions(points, twisted)
    whole, left, right = (final_exponentiation(part) for part in (loops, loops[:2], loops[2:]))
    assert (whole == product(pairs)).all()
    assert (left == product(pairs[:2])).all()
    assert (pairing_quotient(whole, left) == right).all()
    assert (pairing_quotient(whole, right) == left).all()
    assert (pairing_quotient(whole, whole) == one_of_fp12()).all()
    assert as_py_ecc(left) * as_py_ecc(right) == as_py_ecc(whole)


@pytest.mark.parametrize("threads", ["1", "3"])
def test_miller_functions_do_not_depend_on_tasks(
    monkeypatch: pytest.MonkeyPatch, threads: str
) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    few = list(zip(scattered(8, 7), scattered(16, 7), strict=True))
    few[3] = (None, few[3][1])
    n = 2 * CHUNK + 5
    points = oracle.to_words([p for p, _ in few], 8)
    twisted = oracle.to_words([q for _, q in few], 16)
    singles = np.concatenate(
        [miller_functions(points[i : i + 1], twisted[i : i + 1]) for i in range(7)]
    )
    at = np.arange(n) % 7
    assert (miller_functions(points[at], twisted[at]) == singles[at]).all()


def test_swapped_components_of_a_point_do_not_cancel() -> None:
    x, y = scattered(16, 1)[0]
    pairs = [(G1, (x, y)), (oracle.negate(G1), (x, y))]
    assert cancels(pairs)
    assert not cancels([pairs[0], (oracle.negate(G1), (x[::-1], y[::-1]))])


@pytest.mark.parametrize(
    ("points", "twisted"),
    [
        (np.zeros((2, 8), np.uint64), np.zeros((3, 16), np.uint64)),
        (np.zeros((2, 16), np.uint64), np.zeros((2, 8), np.uint64)),
        (np.zeros(8, np.uint64), np.zeros(16, np.uint64)),
        (np.zeros((0, 8), np.uint64), np.zeros((1, 16), np.uint64)),
    ],
)
def test_arrays_that_are_no_pairs_are_refused(points: Words, twisted: Words) -> None:
    with pytest.raises(ShapeError, match="not pairs of points"):
        pairing_product(points, twisted)
