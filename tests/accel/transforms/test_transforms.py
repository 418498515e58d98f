"""Transforms over Fr against their definition, galois, and the laws that polynomials obey."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.accel.transforms.quotients import quotient, rows_of
from tests.oracles import polynomials as oracle
from zkpipe.accel.bn254 import BN254, R
from zkpipe.accel.fields.limbs import Words, from_montgomery, ints_from_words, to_montgomery
from zkpipe.accel.machines.backend import MACHINES, has_ifma
from zkpipe.accel.machines.machine import SCALAR, Machine
from zkpipe.accel.transforms import ntt as module
from zkpipe.accel.transforms.ntt import Domain, domain, inverse_ntt, ntt
from zkpipe.accel.transforms.twiddles import bit_reversal
from zkpipe.ground.errors import RangeError, ShapeError

SMALL = [1 << k for k in range(9)]
ALL = [1 << k for k in range(13)]
CROSSING = 1 << 11  # the least size of several runs, on both machines
LARGE = [1 << k for k in range(10, 16)]
COSETS = [pytest.param(False, id="domain"), pytest.param(True, id="coset")]
BOTH = [name for name in MACHINES if name != "avx512" or has_ifma()]


def random_values(n: int, seed: int = 0) -> list[int]:
    """Field elements, the ends of the range among them."""
    draw = generator(seed + n)
    edges = [0, 1, R - 1, R - 2, (R - 1) // 2]
    return [draw.choice(edges) if i % 5 == 4 else draw.randrange(R) for i in range(n)]


def words(values: Sequence[int]) -> Words:
    return to_montgomery(values, R)


def ints(array: Words) -> list[int]:
    return from_montgomery(array, R)


def random_words(n: int, seed: int) -> Words:
    """n elements below 2^253: for sizes where Python integers are slow."""
    draw = np.random.default_rng(seed)
    array = draw.integers(0, 1 << 64, (n, 4), np.uint64)
    array[:, 3] >>= np.uint64(11)
    return array


def points(n: int, coset: bool) -> list[int]:
    return oracle.coset_points(n) if coset else oracle.domain_points(n)


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """For many small transforms, which threads would not make faster."""
    monkeypatch.setenv("ZKPIPE_THREADS", "1")


@cache
def galois_field() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own dependencies
        import galois
    return galois.GF(R, primitive_element=BN254.non_residue, verify=False)


@pytest.mark.parametrize("n", SMALL)
def test_a_transform_gives_the_values_on_the_domain(n: int) -> None:
    coefficients = random_values(n)
    assert ints(ntt(words(coefficients))) == oracle.values(coefficients, oracle.domain_points(n))


@pytest.mark.parametrize("n", SMALL)
def test_a_coset_transform_gives_the_values_at_odd_powers(n: int) -> None:
    coefficients = random_values(n, 1)
    got = domain(n).evaluate(words(coefficients), coset=True)
    assert ints(got) == oracle.values(coefficients, oracle.coset_points(n))


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("coset", COSETS)
@pytest.mark.parametrize(
    ("n", "cases"), [(1, 50), (2, 200), (4, 300), (8, 300), (16, 300), (32, 200), (64, 50)]
)
def test_many_small_transforms_are_their_definition_both_ways(
    n: int, cases: int, coset: bool
) -> None:
    batch = random_values(n * cases, 100)
    arrays = words(batch).reshape(cases, n, 4)
    at, d = points(n, coset), domain(n)
    wanted = [oracle.values(batch[i : i + n], at) for i in range(0, n * cases, n)]
    expected = words([value for values in wanted for value in values]).reshape(cases, n, 4)
    for coefficients, values in zip(arrays, expected, strict=True):
        assert (d.evaluate(coefficients, coset) == values).all()
        assert (d.interpolate(values, coset) == coefficients).all()


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("coset", COSETS)
@pytest.mark.parametrize("n", [2, 16, 64])
def test_each_single_coefficient_gives_the_powers_of_the_points(n: int, coset: bool) -> None:
    """With x^i for every i, every entry and lane is alone somewhere."""
    at = points(n, coset)
    for i in range(n):
        for value in (1, R - 1):
            single = [0] * n
            single[i] = value
            got = ints(domain(n).evaluate(words(single), coset))
            assert got == [value * pow(x, i, R) % R for x in at]


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
    on_coset = domain(n).evaluate(values, coset=True)
    assert (domain(n).interpolate(on_coset, coset=True) == values).all()


@pytest.mark.parametrize("n", [1 << k for k in range(9, 13)])
def test_values_at_some_points_of_larger_domains(n: int) -> None:
    coefficients = random_values(n, 4)
    got = ints(ntt(words(coefficients)))
    on_coset = ints(domain(n).evaluate(words(coefficients), coset=True))
    w, psi = oracle.root(n), oracle.root(2 * n)
    for i in (0, 1, 2, n // 2, n // 2 + 1, n - 1, 5 * n // 7):
        assert got[i] == oracle.evaluate(coefficients, pow(w, i, R))
        assert on_coset[i] == oracle.evaluate(coefficients, pow(psi, 2 * i + 1, R))


@pytest.mark.parametrize("coset", COSETS)
@pytest.mark.parametrize("n", LARGE)
@pytest.mark.parametrize("name", BOTH)
def test_large_transforms_have_the_right_values_at_some_points_and_an_inverse(
    name: str, n: int, coset: bool
) -> None:
    d = Domain(n, MACHINES[name])
    assert (d.runs > 1) == (n > 1024)
    coefficients = random_words(n, n)
    plain, got = ints(coefficients), d.evaluate(coefficients, coset)
    psi = oracle.root(2 * n)
    for i in (0, 1, n // 2 + 3, n - 1):
        assert ints(got[i : i + 1])[0] == oracle.evaluate(plain, pow(psi, 2 * i + coset, R))
    assert (d.interpolate(got, coset) == coefficients).all()
    assert (d.evaluate(d.interpolate(coefficients, coset), coset) == coefficients).all()


@pytest.mark.parametrize("n", [1, 2, 8, 16, 64, CROSSING])
def test_every_result_is_canonical_on_the_edges_of_the_field(n: int) -> None:
    edges = to_montgomery([0, R - 1], R)
    greatest = np.repeat(words([-pow(1 << 256, -1, R) % R]), n, axis=0)  # the words of r - 1
    assert ints_from_words(greatest) == [R - 1] * n
    ends = [edges[np.arange(n) % 2], np.repeat(edges[1:], n, axis=0), greatest, 0 * greatest]
    d = domain(n)
    for values in ends:
        for coset in (False, True):
            forth, back = d.evaluate(values, coset), d.interpolate(values, coset)
            assert all(value < R for result in (forth, back) for value in ints_from_words(result))
            assert (d.interpolate(forth, coset) == values).all()
            assert (d.evaluate(back, coset) == values).all()


@pytest.mark.parametrize("coset", COSETS)
@pytest.mark.parametrize("n", [1 << 6, CROSSING])
def test_a_transform_of_a_sum_is_the_sum_of_the_transforms(n: int, coset: bool) -> None:
    a, b, k = random_words(n, 1), random_words(n, 2), 0xABCDEF << 200
    combined = words([(x + k * y) % R for x, y in zip(ints(a), ints(b), strict=True)])
    for transform in (domain(n).evaluate, domain(n).interpolate):
        left, right, both = (ints(transform(v, coset)) for v in (a, b, combined))
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
    left, right = (ints(d.evaluate(v, coset=True)) for v in (a, words(sparse)))
    products = words([x * y % R for x, y in zip(left, right, strict=True)])
    got = ints(d.interpolate(products, coset=True))
    plain = ints(a)
    wrapped = [plain[i - shift] if i >= shift else -plain[i - shift + n] for i in range(n)]
    assert got == [(2 * plain[i] + wrapped[i]) % R for i in range(n)]


@pytest.mark.parametrize("coset", COSETS)
@pytest.mark.parametrize("n", [1, 2, 4, 16, 64])
def test_products_of_values_are_products_of_polynomials_modulo_x_n_minus_or_plus_1(
    n: int, coset: bool
) -> None:
    a, b, d = random_values(n, 5), random_values(n, 6), domain(n)
    left, right = (ints(d.evaluate(words(v), coset)) for v in (a, b))
    got = d.interpolate(words([x * y % R for x, y in zip(left, right, strict=True)]), coset)
    assert ints(got) == oracle.product(a, b, R - 1 if coset else 1)


# --- columns, runs, threads, machines


@pytest.fixture(params=[(1, 2), (2, 2), (4, 4), (8, 8), (16, 4)], ids=lambda r: f"run{r[0]}_{r[1]}")
def short_runs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of so few entries, scalar and in lanes, that small transforms have many columns."""
    monkeypatch.setattr(module, "RUN", {1: request.param[0], 8: request.param[1]})


@pytest.mark.usefixtures("short_runs", "one_thread")
@pytest.mark.parametrize("coset", COSETS)
@pytest.mark.parametrize("n", [1 << k for k in range(1, 10)])
@pytest.mark.parametrize("name", BOTH)
def test_columns_and_runs_of_every_shape_give_the_values_of_the_definition(
    name: str, n: int, coset: bool
) -> None:
    """Odd and even numbers of layers in columns and in runs, forwards and back."""
    d, coefficients = Domain(n, MACHINES[name]), random_values(n, 20)
    got = d.evaluate(words(coefficients), coset)
    at = points(n, coset)
    some = range(n) if n <= 64 else generator(n).sample(range(n), 8)
    for i in some:
        assert ints(got[i : i + 1])[0] == oracle.evaluate(coefficients, at[i])
    assert ints(d.interpolate(got, coset)) == coefficients
    assert (got == Domain(n, SCALAR).evaluate(words(coefficients), coset)).all()


@pytest.mark.usefixtures("short_runs", "one_thread")
@pytest.mark.parametrize("n", [1 << k for k in range(7)])
@pytest.mark.parametrize("name", BOTH)
def test_quotients_by_columns_and_runs_of_every_shape(name: str, n: int) -> None:
    a, b, c = (random_values(n, seed) for seed in (7, 8, 9))
    got = quotient(Domain(n, MACHINES[name]), words(a), words(b), words(c))
    assert ints_from_words(got) == oracle.quotient(a, b, c)


def all_results(d: Domain, seed: int) -> list[Words]:
    a, b, c = (random_words(d.n, seed + k) for k in range(3))
    both = (False, True)
    forth, back = ([t(a, coset) for coset in both] for t in (d.evaluate, d.interpolate))
    return [*forth, *back, quotient(d, a, b, c)]


@pytest.mark.skipif(len(BOTH) < 2, reason="this processor has no lanes")
@pytest.mark.parametrize("n", [1, 2, 8, 16, 32, 256, 1 << 11, 1 << 13, 1 << 14])
def test_lanes_and_scalars_give_the_same_words(n: int) -> None:
    scalar, lanes = (all_results(Domain(n, MACHINES[name]), n) for name in ("scalar", "avx512"))
    for one, other in zip(scalar, lanes, strict=True):
        assert (one == other).all()


@pytest.mark.parametrize("n", [1, 16, 256, CROSSING, 1 << 13])
def test_any_number_of_threads_gives_the_same_words(
    n: int, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = []
    for threads in ("1", "2", "3", "64"):
        monkeypatch.setenv("ZKPIPE_THREADS", threads)
        results.append(all_results(Domain(n, machine), 1))
    for other in results[1:]:
        assert all((x == y).all() for x, y in zip(results[0], other, strict=True))


def test_several_threads_may_use_a_domain_at_once(machine: Machine) -> None:
    """Its twiddles are made by whoever comes first, or twice."""
    expected = all_results(Domain(1 << 12, machine), 5)
    shared = Domain(1 << 12, machine)
    with ThreadPoolExecutor(4) as pool:
        for got in pool.map(lambda _: all_results(shared, 5), range(8)):
            assert all((x == y).all() for x, y in zip(got, expected, strict=True))


# --- the quotient


@pytest.mark.parametrize("n", [1, 2, 4, 8, 16, 32, 256])
def test_the_quotient_is_ab_minus_c_on_the_odd_coset(n: int) -> None:
    a, b, c = (random_values(n, seed) for seed in (7, 8, 9))
    got = quotient(domain(n), words(a), words(b), words(c))
    assert ints_from_words(got) == oracle.quotient(a, b, c)


@pytest.mark.parametrize("n", [16, 64])
def test_the_quotient_of_the_edges_of_the_field(n: int) -> None:
    """All combinations of 0, r - 1, and the value whose words are r - 1."""
    ends = [[0] * n, [R - 1] * n, [-pow(1 << 256, -1, R) % R] * n, [0, R - 1] * (n // 2)]
    for a in ends:
        for b, c in zip(ends, ends[1:] + ends[:1], strict=True):
            got = quotient(domain(n), words(a), words(b), words(c))
            assert ints_from_words(got) == oracle.quotient(a, b, c)


Terms = dict[int, int]  # of a polynomial with few of them: exponent to coefficient


def values_of(terms: Terms, at: Sequence[int]) -> list[int]:
    return [sum(v * pow(x, k, R) for k, v in terms.items()) % R for x in at]


@pytest.mark.parametrize("n", [1 << 10, 1 << 11, 1 << 12])
def test_quotients_of_rows_that_are_laid_out_with_gaps(n: int) -> None:
    """Polynomials of few terms are known on domain and coset alike, at any size."""
    a: Terms = {0: 5, 1: R - 1, n - 1: 3}
    b: Terms = {0: R - 2, n // 2 + 3: 1 << 200}
    c: Terms = {2: 1, n - 2: 1 << 250, n // 4: 7}
    on_domain = [words(values_of(terms, oracle.domain_points(n))) for terms in (a, b, c)]
    on_coset = [values_of(terms, oracle.coset_points(n)) for terms in (a, b, c)]
    expected = [(x * y - z) % R for x, y, z in zip(*on_coset, strict=True)]
    d = domain(n)
    assert ints_from_words(quotient(d, *on_domain)) == expected
    backwards = [expected[i] for i in bit_reversal(n)]
    rows = rows_of(d, *on_domain)
    assert ints_from_words(d.quotient(rows)) == backwards


@pytest.mark.parametrize(
    ("n", "m"), [(1, 1), (1024, 1024), (2048, 2050), (1 << 14, (1 << 14) + 30)]
)
def test_rows_of_a_quotient_have_two_more_after_every_1024(n: int, m: int) -> None:
    d = domain(n)
    assert d.row_positions.tolist() == [i + 2 * (i // 1024) for i in range(n)]
    assert d.rows(3).shape == (3, m, 4)


def test_a_divisible_product_has_a_quotient_of_low_degree() -> None:
    """Where a b = c on the domain, (a b - c) / -2 on the coset is a polynomial of degree n - 2."""
    n = CROSSING
    a, b = random_words(n, 10), random_words(n, 11)
    c = words([x * y % R for x, y in zip(ints(a), ints(b), strict=True)])
    h = quotient(domain(n), a, b, c)
    coefficients = domain(n).interpolate(words(ints_from_words(h)), coset=True)
    assert coefficients[: n - 1].any()
    assert not coefficients[n - 1].any()
    c[5] ^= np.uint64(1)
    h = quotient(domain(n), a, b, c)
    assert domain(n).interpolate(words(ints_from_words(h)), coset=True)[n - 1].any()


# --- form


def test_rows_of_a_quotient_are_left_as_they_are() -> None:
    d = domain(64)
    rows = random_words(3 * 64, 14).reshape(3, 64, 4)
    before = rows.copy()
    rows.setflags(write=False)
    d.quotient(rows)
    assert (rows == before).all()


def test_inputs_are_left_as_they_are() -> None:
    values = random_words(64, 12)
    before = values.copy()
    values.setflags(write=False)
    ntt(values), inverse_ntt(values), quotient(domain(64), values, values, values)
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
    first = domain(64)
    assert domain(32) is domain(32)
    assert domain(64) is first
    domain(16), domain(8)
    assert domain(64) is not first
