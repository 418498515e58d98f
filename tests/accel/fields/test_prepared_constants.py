"""Products by known factors, against Python integers: all edges of all bounds, in every lane."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit
from numba.core.errors import TypingError

from tests.accel.edge_values import edge_values, generator, on_every_lane
from tests.accel.raw import blank, elements, raw_values
from zkpipe.accel.bn254 import FP, FR
from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.factors import PreparedConstants
from zkpipe.accel.fields.limbs import ints_from_words, to_montgomery, words_from_ints
from zkpipe.accel.fields.prepared_constants import dot, times
from zkpipe.accel.fields.rows import Elements
from zkpipe.accel.machines.lowerings import lowering
from zkpipe.accel.machines.machine import SCALAR, Machine
from zkpipe.accel.machines.simd import LANES
from zkpipe.ground.process.memory import LINE

FIELDS = [pytest.param(field, id=field.name) for field in (FP, FR)]
RADIX = 1 << 260


@kernel
def _times_all(x, factors, count, out):
    """out[i * count + k] = x[i] times factor k."""
    for i in range(len(x)):
        for k in range(count):
            out[i * count + k] = times(x[i], factors, k)


def some_factors(p: int) -> list[int]:
    draw = generator(p % 1000)
    limbs = [1 << 52, (1 << 52) - 1, (1 << 208) - 1, 1 << 208, pow(2, -260, p), pow(2, -52, p)]
    return [0, 1, 2, p - 1, p - 2, p // 2, *limbs, *(draw.randrange(p) for _ in range(8))]


def check_products(
    field: Field, machine: Machine, bound: int, factors: PreparedConstants, known: list[int]
) -> None:
    """Every value that the bound allows times every factor: the residue, and below the bound."""
    p, width, count = field.modulus, machine.width, len(known)
    values = on_every_lane(edge_values(field, machine, bound, more=16), machine)
    result_bound = lowering(machine).known_bound(field, bound)
    out = blank(field, machine, len(values) * count, result_bound)
    _times_all(elements(field, machine, values, bound), factors, count, out)
    raw = raw_values(out, field, machine, len(values) * count)
    for i, (value,) in enumerate(values):
        block, lane = divmod(i, width)
        for k, factor in enumerate(known):
            (got,) = raw[(block * count + k) * width + lane]
            assert got < result_bound * p
            assert got % p == value * factor % p


@pytest.mark.parametrize("field", FIELDS)
def test_products_by_a_factor_are_right_and_below_their_bound(
    field: Field, machine: Machine
) -> None:
    known = some_factors(field.modulus)
    factors = PreparedConstants(field, machine, to_montgomery(known, field.modulus))
    for bound in (2,) if machine.width == 1 else (1, 2, 6, 20, 83, 84):
        check_products(field, machine, bound, factors, known)


@pytest.mark.parametrize("field", FIELDS)
def test_factors_of_p_and_more_are_taken_for_their_residues(field: Field, machine: Machine) -> None:
    p = field.modulus
    known = some_factors(p)
    above = words_from_ints(w + p for w in ints_from_words(to_montgomery(known, p)))
    factors = PreparedConstants(field, machine, above)
    check_products(field, machine, 2, factors, known)
    assert (factors.words == PreparedConstants(field, machine, to_montgomery(known, p)).words).all()


@pytest.mark.parametrize("field", FIELDS)
def test_a_factor_is_kept_as_its_residues_below_p(field: Field, machine: Machine) -> None:
    p, bits, n = field.modulus, machine.limb_bits, machine.limbs
    known = some_factors(p)
    factors = PreparedConstants(field, machine, to_montgomery(known, p))
    assert factors.length == len(known)
    assert factors.address == factors.words.ctypes.data
    assert factors.address % LINE == 0
    for factor, row in zip(known, factors.words.tolist(), strict=True):
        assert all(limb < 1 << bits for limb in row)
        residues = [row[k : k + n] for k in range(0, len(row), n)]
        values = [sum(limb << bits * j for j, limb in enumerate(part)) for part in residues]
        assert values == [(factor << shift) % p for shift in machine.residue_bits]


def test_no_factors_are_no_words(machine: Machine) -> None:
    assert PreparedConstants(FR, machine, words_from_ints([])).words.size == 0


def test_strided_factors_are_read(machine: Machine) -> None:
    known = to_montgomery(some_factors(FR.modulus), FR.modulus)
    wide = np.zeros((len(known), 8), np.uint64)
    wide[:, 2:6] = known
    assert (
        PreparedConstants(FR, machine, wide[:, 2:6]).words
        == PreparedConstants(FR, machine, known).words
    ).all()


# --- sums of products


@kernel
def _dots(x, factors, n, out):
    """out[i] = the sum of n products from x[i] and factor i on."""
    for i in range(len(out)):
        out[i] = dot(x, i, factors, i, n)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("n", [1, 2, 8, 9, 10, 16, 17])
def test_sums_of_products_are_right_and_below_2p(field: Field, machine: Machine, n: int) -> None:
    """Among them the greatest there can be: all values 2p, all factors p - 1."""
    p, width = field.modulus, machine.width
    top = 2 * p - (width == 1)
    known = [*[pow(machine.montgomery, -1, p) * -1 % p] * n, *some_factors(p)]
    if width == 1:
        known[:n] = [-pow(1 << 256, -1, p) % p] * n  # in Montgomery form p - 1
    factors = PreparedConstants(field, machine, to_montgomery(known, p))
    values = [(top,)] * n * width + on_every_lane(edge_values(field, machine, 2, more=16), machine)
    sums = min(len(values) // width, len(known)) - n + 1
    out = blank(field, machine, sums * width)
    _dots(elements(field, machine, values), factors, n, out)
    raw = raw_values(out, field, machine, sums * width)
    for i in range(sums):
        for lane in range(width):
            terms = [(values[(i + j) * width + lane][0], known[i + j]) for j in range(n)]
            (got,) = raw[i * width + lane]
            assert got < 2 * p
            assert got % p == sum(x * w for x, w in terms) % p


def test_sums_of_products_are_of_reduced_values_of_the_factors_field(machine: Machine) -> None:
    factors: Any = PreparedConstants(FR, machine, words_from_ints([1]))
    for x in (Elements(FP, machine, 8), Elements(FR, machine, 8, 3)):
        with pytest.raises(TypingError, match="values of their field below 2p"):
            njit(_dots.py_func)(x, factors, 1, Elements(FR, machine, 8))


@pytest.mark.parametrize("field", FIELDS)
def test_seventeen_products_fit_the_columns_and_nine_the_words(field: Field) -> None:
    p, most = field.modulus, (1 << 52) - 1
    term = (4 * most + (2 * p >> 208)) * (p - 1)  # value of the columns that a product adds
    assert (17 * term + most * p) >> 52 < 72 * p < 84 * p < RADIX
    assert 17 * 10 * most + 10 * most < 1 << 63
    nine = 9 * (2 * p - 1) * (p - 1)
    assert nine < 1 << 512
    assert (nine >> 256) + p < 5 * p  # less 4p where it reaches that, less 2p: below 2p
    assert 5 * p < 1 << 256


# --- bounds


@pytest.mark.parametrize("field", FIELDS)
def test_every_allowed_product_by_a_factor_is_below_its_bound(field: Field) -> None:
    """Limbs below 2^52 times residues below p, plus p times a multiplier below 2^52, over 2^52."""
    p, most = field.modulus, (1 << 52) - 1
    for x in range(1, 85):
        bound = LANES.known_bound(field, x)
        assert x * p >> 208 <= most
        assert (5 * most * (p - 1) + most * p) >> 52 < bound * p < RADIX
    with pytest.raises(TypingError, match="values below 85p"):
        LANES.known_bound(field, 85)


def _times_once(x, factors, out):
    out[0] = times(x[0], factors, 0)


def refusal(x: Elements, factors: PreparedConstants, out: Elements) -> str:
    with pytest.raises(TypingError) as caught:
        njit(_times_once)(x, factors, out)
    return str(caught.value)


def test_a_product_by_a_factor_is_stored_under_its_bound_only(lanes: Machine) -> None:
    factors = PreparedConstants(FR, lanes, words_from_ints([1]))
    x = Elements(FR, lanes, 8, 84)
    message = refusal(x, factors, Elements(FR, lanes, 8, 5))
    assert "a value below 6p does not fit an array of values below 5p" in message
    njit(_times_once)(x, factors, Elements(FR, lanes, 8, 6))
    assert "85p" in refusal(Elements(FR, lanes, 8, 85), factors, Elements(FR, lanes, 8, 84))


def test_values_and_factors_of_two_fields_do_not_meet(machine: Machine) -> None:
    factors: Any = PreparedConstants(FR, machine, words_from_ints([1]))
    refusal(Elements(FP, machine, 8), factors, Elements(FP, machine, 8, 6))


def test_values_and_factors_of_two_machines_do_not_meet(lanes: Machine) -> None:

    refusal(
        Elements(FR, SCALAR, 8),
        PreparedConstants(FR, lanes, words_from_ints([1])),
        Elements(FR, SCALAR, 8),
    )
