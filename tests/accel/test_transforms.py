"""Transforms over Fr against their definition, galois, and the laws that polynomials obey."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np
import pytest

from accel.bn254 import NON_RESIDUE, R
from accel.errors import RangeError, ShapeError
from accel.layers import IN_CACHE
from accel.limbs import (
    Words,
    from_montgomery,
    ints_from_words,
    to_montgomery,
    words_from_ints,
)
from accel.scalar import SCALAR
from accel.transforms import Domain, domain, inverse_ntt, ntt
from accel.twiddles import bit_reversal
from tests.accel.edge_values import generator
from tests.oracles import polynomials as oracle

SMALL = [1 << k for k in range(9)]
ALL = [1 << k for k in range(13)]
CROSSING = 2 * IN_CACHE  # layers outside the cache and inside; at 8 * IN_CACHE, two passes outside


def random_values(n: int, seed: int = 0) -> list[int]:
    """Field elements, the ends of the range among them."""
    draw = generator(seed + n)
    edges = [0, 1, R - 1, R - 2, (R - 1) // 2]
    return [draw.choice(edges) if i % 5 == 4 else draw.randrange(R) for i in range(n)]


def words(values: list[int]) -> Words:
    return to_montgomery(values, R)


def ints(array: Words) -> list[int]:
    return from_montgomery(array, R)


def random_words(n: int, seed: int) -> Words:
    """n elements below 2^253: for sizes where Python integers are slow."""
    draw = np.random.default_rng(seed)
    array = draw.integers(0, 1 << 64, (n, 4), np.uint64)
    array[:, 3] >>= np.uint64(11)
    return array


@cache
def galois_field() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own dependencies
        import galois
    return galois.GF(R, primitive_element=NON_RESIDUE, verify=False)


@pytest.mark.parametrize("n", SMALL)
def test_a_transform_gives_the_values_on_the_domain(n: int) -> None:
    coefficients = random_values(n)
    assert ints(ntt(words(coefficients))) == oracle.values(coefficients, oracle.domain_points(n))


@pytest.mark.parametrize("n", SMALL)
def test_a_coset_transform_gives_the_values_at_odd_powers(n: int) -> None:
    coefficients = random_values(n, 1)
    got = domain(n).values(words(coefficients), coset=True)
    assert ints(got) == oracle.values(coefficients, oracle.coset_points(n))


@pytest.mark.parametrize("n", [8, 64])
def test_galois_finds_the_same_values_and_the_same_polynomial(n: int) -> None:
    import galois

    field = galois_field()
    coefficients = random_values(n, 2)
    points = field(oracle.domain_points(n))
    polynomial = galois.Poly(field(coefficients[::-1]))
    got = ints(ntt(words(coefficients)))
    assert got == [int(value) for value in polynomial(points)]
    interpolated = galois.lagrange_poly(points[:8], field(got[:8])) if n == 8 else polynomial
    assert interpolated == polynomial


@pytest.mark.parametrize("n", ALL)
def test_the_inverse_undoes_the_transform(n: int) -> None:
    values = words(random_values(n, 3))
    assert (inverse_ntt(ntt(values)) == values).all()
    assert (ntt(inverse_ntt(values)) == values).all()
    on_coset = domain(n).values(values, coset=True)
    assert (domain(n).coefficients(on_coset, coset=True) == values).all()


@pytest.mark.parametrize("n", [1 << k for k in range(9, 13)])
def test_values_at_some_points_of_larger_domains(n: int) -> None:
    coefficients = random_values(n, 4)
    got = ints(ntt(words(coefficients)))
    on_coset = ints(domain(n).values(words(coefficients), coset=True))
    w, psi = oracle.root(n), oracle.root(2 * n)
    for i in (0, 1, 2, n // 2, n // 2 + 1, n - 1, 5 * n // 7):
        assert got[i] == oracle.evaluate(coefficients, pow(w, i, R))
        assert on_coset[i] == oracle.evaluate(coefficients, pow(psi, 2 * i + 1, R))


@pytest.mark.parametrize("n", [IN_CACHE, CROSSING, 4 * IN_CACHE, 8 * IN_CACHE])
def test_values_at_some_points_on_both_sides_of_the_cache(n: int) -> None:
    coefficients = random_words(n, n)
    plain = ints(coefficients)
    got, on_coset = ntt(coefficients), domain(n).values(coefficients, coset=True)
    psi = oracle.root(2 * n)
    for i in (0, 1, n // 2 + 3, n - 1):
        assert ints(got[i : i + 1])[0] == oracle.evaluate(plain, pow(psi, 2 * i, R))
        assert ints(on_coset[i : i + 1])[0] == oracle.evaluate(plain, pow(psi, 2 * i + 1, R))
    assert (inverse_ntt(got) == coefficients).all()
    assert (domain(n).coefficients(on_coset, coset=True) == coefficients).all()


@pytest.mark.parametrize("n", [16, CROSSING])
def test_every_result_is_canonical(n: int) -> None:
    edges = to_montgomery([0, R - 1], R)
    for values in (edges[np.arange(n) % 2], np.repeat(edges[1:], n, axis=0)):
        for result in (ntt(values), inverse_ntt(values), domain(n).values(values, coset=True)):
            assert all(value < R for value in ints_from_words(result))


@pytest.mark.parametrize("n", [1 << 6, CROSSING])
def test_a_transform_of_a_sum_is_the_sum_of_the_transforms(n: int) -> None:
    a, b, k = random_words(n, 1), random_words(n, 2), 0xABCDEF << 200
    combined = words([(x + k * y) % R for x, y in zip(ints(a), ints(b), strict=True)])
    left, right, both = ints(ntt(a)), ints(ntt(b)), ints(ntt(combined))
    assert both == [(x + k * y) % R for x, y in zip(left, right, strict=True)]


@pytest.mark.parametrize("n", [1 << 6, CROSSING])
def test_products_of_values_are_cyclic_convolutions(n: int) -> None:
    """a(x) (x^k + 2) mod x^n - 1: a shift and a sum."""
    a, shift = random_words(n, 3), n // 2 + 5
    sparse = [0] * n
    sparse[0], sparse[shift] = 2, 1
    products = [x * y % R for x, y in zip(ints(ntt(a)), ints(ntt(words(sparse))), strict=True)]
    got = ints(inverse_ntt(words(products)))
    plain = ints(a)
    assert got == [(2 * plain[i] + plain[(i - shift) % n]) % R for i in range(n)]


@pytest.mark.parametrize("n", [1 << 6, CROSSING])
def test_products_on_the_odd_coset_are_negacyclic_convolutions(n: int) -> None:
    """The same mod x^n + 1: what wraps around changes sign."""
    a, shift = random_words(n, 4), n // 2 + 5
    sparse = [0] * n
    sparse[0], sparse[shift] = 2, 1
    d = domain(n)
    left, right = (ints(d.values(v, coset=True)) for v in (a, words(sparse)))
    products = words([x * y % R for x, y in zip(left, right, strict=True)])
    got = ints(d.coefficients(products, coset=True))
    plain = ints(a)
    wrapped = [plain[i - shift] if i >= shift else -plain[i - shift + n] for i in range(n)]
    assert got == [(2 * plain[i] + wrapped[i]) % R for i in range(n)]


def test_a_full_product_of_polynomials() -> None:
    n = 64
    a, b = random_values(n // 2, 5), random_values(n // 2, 6)
    full = [0] * n
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            full[i + j] = (full[i + j] + x * y) % R
    padded = [ints(ntt(words(v + [0] * (n // 2)))) for v in (a, b)]
    got = inverse_ntt(words([x * y % R for x, y in zip(*padded, strict=True)]))
    assert ints(got) == full


# --- the quotient


@pytest.mark.parametrize("n", [1, 2, 4, 8, 16, 32, 256])
def test_the_quotient_is_ab_minus_c_on_the_odd_coset(n: int) -> None:
    a, b, c = (random_values(n, seed) for seed in (7, 8, 9))
    got = ints_from_words(domain(n).quotient(words(a), words(b), words(c)))
    on_coset = []
    for values in (a, b, c):
        inverse = pow(n, -1, R)
        backwards = [pow(oracle.root(n), -i, R) for i in range(n)]
        coefficients = [v * inverse % R for v in oracle.values(values, backwards)]
        on_coset.append(oracle.values(coefficients, oracle.coset_points(n)))
    assert got == [(x * y - z) % R for x, y, z in zip(*on_coset, strict=True)]


def test_a_divisible_product_has_a_quotient_of_low_degree() -> None:
    """Where a b = c on the domain, (a b - c) / -2 on the coset is a polynomial of degree n - 2."""
    n = CROSSING
    a, b = random_words(n, 10), random_words(n, 11)
    c = words([x * y % R for x, y in zip(ints(a), ints(b), strict=True)])
    h = domain(n).quotient(a, b, c)
    coefficients = domain(n).coefficients(words(ints_from_words(h)), coset=True)
    assert coefficients[: n - 1].any()
    assert not coefficients[n - 1].any()
    c[5] ^= np.uint64(1)
    h = domain(n).quotient(a, b, c)
    assert domain(n).coefficients(words(ints_from_words(h)), coset=True)[n - 1].any()


def test_any_number_of_threads_gives_the_same_quotient(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b, c = (random_words(256, seed) for seed in (1, 2, 3))
    results = []
    for threads in ("1", "2", "3"):
        monkeypatch.setenv("ZKPIPE_THREADS", threads)
        results.append(domain(256).quotient(a, b, c))
    assert (results[0] == results[1]).all()
    assert (results[0] == results[2]).all()


# --- form


def test_inputs_are_left_as_they_are() -> None:
    values = random_words(64, 12)
    before = values.copy()
    values.setflags(write=False)
    ntt(values), inverse_ntt(values), domain(64).quotient(values, values, values)
    assert (values == before).all()


def test_strided_and_unaligned_values_are_read() -> None:
    values = random_words(64, 13)
    wide = np.zeros((64, 8), np.uint64)
    wide[:, 2:6] = values
    assert (ntt(wide[:, 2:6]) == ntt(values)).all()
    view: Words = np.ndarray((64, 4), np.uint64, buffer=bytes(5) + values.tobytes(), offset=5)
    assert (inverse_ntt(view) == inverse_ntt(values)).all()


@pytest.mark.parametrize("n", [0, 3, 5, 6, 12, 1000, (1 << 12) + 1])
def test_sizes_that_are_no_powers_of_two_are_refused(n: int) -> None:
    for transform in (ntt, inverse_ntt):
        with pytest.raises(RangeError, match="Give a power of two from 1 to 2\\^27"):
            transform(np.zeros((n, 4), np.uint64))


@pytest.mark.parametrize("n", [-1, -4, 1 << 28, 1 << 30])
def test_domains_of_an_impossible_size_are_refused(n: int) -> None:
    with pytest.raises(RangeError, match="cannot be transformed"):
        Domain(n, SCALAR)


@pytest.mark.parametrize(
    "values",
    [np.zeros(4, np.uint64), np.zeros((4, 8), np.uint64), np.zeros((4, 4), np.int64)],
)
def test_values_of_another_form_are_refused(values: Words) -> None:
    for transform in (ntt, inverse_ntt):
        with pytest.raises(ShapeError, match="Values have shape"):
            transform(values)


@pytest.mark.parametrize("n", [1, 2, 8, 64, 1024])
def test_bit_reversal_reverses_bits(n: int) -> None:
    bits = n.bit_length() - 1
    expected = [int(f"{i:0{bits}b}"[::-1], 2) if bits else 0 for i in range(n)]
    assert bit_reversal(n).tolist() == expected


def test_the_last_two_domains_are_kept() -> None:
    assert domain(64) is domain(64)
    assert words_from_ints([1]).shape == (1, 4)
