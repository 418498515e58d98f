"""The rules of growth: right for the greatest operands, and enforced when a kernel is compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit
from numba.core.errors import TypingError

from zkpipe.accel.bn254 import FP, FP2, FR
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.arrays import gather, load, scatter, store
from zkpipe.accel.fields.functions import reduce, square
from zkpipe.accel.fields.rows import Elements, Rows, WorkRows, blank_rows
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.machines.simd import LANES
from zkpipe.ground.errors import RangeError

RADIX = 1 << 260
BOUNDS = range(1, 86)
FIELDS = [pytest.param(field, id=field.name) for field in (FP, FR, FP2)]


def montgomery(product: int, p: int) -> int:
    """The greatest result of reducing a product in columns of 52 bits.

    Four limbs, two at a time, become themselves times 2^-52 or 2^-104 mod p, two places up; for
    the fifth, at most 2^52 - 1 times p is added. What stands below 2^260 is gone then.
    """
    limb = (1 << 52) - 1
    residues = pow(2, -52, p) + pow(2, -104, p)
    added = limb * residues * (1 << 104) + limb * residues * (1 << 208) + limb * p * (1 << 208)
    return (product + added) // RADIX


@pytest.mark.parametrize("field", FIELDS)
def test_every_sum_that_is_allowed_fits_the_limbs(field: Field) -> None:
    p, allowed = field.modulus, 0
    for x in BOUNDS:
        for y in BOUNDS:
            try:
                bound = LANES.sum_bound(x, y)
            except TypingError:
                assert (x + y + 1) * p > RADIX, "a sum that would fit is refused"
                continue
            allowed += 1
            assert x * p + y * p <= bound * p < RADIX
    assert allowed == 83 * 84 // 2


@pytest.mark.parametrize("field", FIELDS)
def test_every_product_that_is_allowed_is_below_its_bound(field: Field) -> None:
    p, allowed = field.modulus, 0
    for x in range(1, 85):
        for y in range(1, 85):
            try:
                bound = LANES.product_bound(field, x, y)
            except TypingError:
                continue
            allowed += 1
            if field.degree == 1:
                assert montgomery(x * p * y * p, p) <= bound * p < RADIX
            else:  # x0 y0 - x1 y1 + x y p^2, x0 y1 + x1 y0, and the factors of Karatsuba's product
                assert montgomery(2 * x * p * y * p, p) <= bound * p < RADIX
                assert 2 * x * p < RADIX
                assert 2 * y * p < RADIX
    assert allowed > (7000 if field.degree == 1 else 1700)


@pytest.mark.parametrize("field", FIELDS)
def test_every_square_that_is_allowed_is_below_its_bound(field: Field) -> None:
    p, allowed = field.modulus, 0
    for x in range(1, 85):
        try:
            bound = LANES.square_bound(field, x)
        except TypingError:
            continue
        allowed += 1
        if field.degree == 1:
            assert montgomery((x * p) ** 2, p) <= bound * p < RADIX
        else:  # (x0 + x1)(x0 - x1 + x p), and 2 x0 x1
            assert montgomery((2 * x * p) ** 2, p) <= bound * p < RADIX
            assert 2 * x * p < RADIX
    assert allowed == (83 if field.degree == 1 else 41)


@pytest.mark.parametrize("field", [FP, FR], ids=["Fp", "Fr"])
def test_every_known_product_is_below_its_bound(field: Field) -> None:
    """A residue below p for every limb, the fifth below the top of x; p once; 2^52 divided out."""
    p, limb = field.modulus, (1 << 52) - 1
    for x in range(1, 85):
        top = x * p >> 208
        assert top <= limb, "the fifth limb of x is not a limb"
        greatest = (4 * limb * (p - 1) + top * (p - 1) + limb * p) >> 52
        assert greatest <= LANES.known_bound(field, x) * p < RADIX
    with pytest.raises(TypingError):
        LANES.known_bound(field, 85)


def test_scalar_bounds_leave_room_for_a_sum_of_two() -> None:
    for p in (FP.modulus, FR.modulus):
        assert 4 * p < 1 << 256  # a product of values below 2p stays below 2p
        assert (2 * p * 2 * p + ((1 << 256) - 1) * p) >> 256 < 2 * p


# --- kernels that must not compile


def refusal(function: Any, *arguments: Any) -> str:
    with pytest.raises(TypingError) as caught:
        njit(nogil=True)(function)(*arguments)
    return str(caught.value)


def array(machine: Machine, bound: int, field: Field = FP) -> Elements:
    return Elements(field, machine, 8, bound)


def _sum(x, y, out):
    out[0] = x[0] + y[0]


def _difference(x, y, out):
    out[0] = x[0] - y[0]


def _product(x, y, out):
    out[0] = x[0] * y[0]


def _square(x, out):
    out[0] = square(x[0])


def _copy(x, out):
    out[0] = x[0]


def _endless_sum(x, out):
    total = x[0]
    for i in range(len(x)):
        total = total + x[i]
    out[0] = reduce(total)


def _sum_with_reduction(x, out):
    total = reduce(x[0])
    for i in range(len(x)):
        total = reduce(total + x[i])
    out[0] = total


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("function", [_sum, _difference])
def test_a_sum_that_may_pass_the_limbs_does_not_compile(
    function: Any, field: Field, lanes: Machine
) -> None:
    message = refusal(function, *(array(lanes, bound, field) for bound in (41, 44, 84)))
    assert "values below 41p and 44p" in message
    assert "reduce one" in message


def test_a_product_that_may_pass_the_limbs_does_not_compile(lanes: Machine) -> None:
    message = refusal(_product, *(array(lanes, 84) for _ in range(3)))
    assert "a product of values below 84p and 84p" in message
    message = refusal(_product, *(array(lanes, bound, FP2) for bound in (43, 2, 84)))
    assert "values below 43p and 43p" in message
    message = refusal(_product, *(array(lanes, bound, FP2) for bound in (2, 44, 84)))
    assert "values below 44p and 44p" in message


def test_a_square_that_may_pass_the_limbs_does_not_compile(lanes: Machine) -> None:
    assert "values below 84p and 84p" in refusal(_square, array(lanes, 84), array(lanes, 84))
    message = refusal(_square, array(lanes, 42, FP2), array(lanes, 84, FP2))
    assert "values below 42p and 42p" in message


def test_a_value_above_an_arrays_bound_is_not_stored(lanes: Machine) -> None:
    message = refusal(_copy, array(lanes, 5), array(lanes, 4))
    assert "a value below 5p does not fit an array of values below 4p" in message
    njit(_copy)(array(lanes, 4), array(lanes, 5))  # the other way is right


def test_an_endless_sum_in_a_loop_does_not_compile(lanes: Machine) -> None:
    message = refusal(_endless_sum, array(lanes, 2), array(lanes, 2))
    assert "their sum or difference may pass 2^260" in message
    assert "p and 2p" in message
    njit(_sum_with_reduction)(array(lanes, 2), array(lanes, 2))


def _into_rows(x, rows):
    store(rows, 0, (x[0],))


def _scatter_into_rows(x, rows, index):
    scatter(rows, index, 0, (x[0],))


def test_working_rows_take_no_value_above_2p(lanes: Machine) -> None:
    rows = blank_rows(FP, lanes, 8, 1)
    fits = "a value below 3p does not fit rows of values below 2p"
    assert fits in refusal(_into_rows, array(lanes, 3), rows)
    index = np.arange(8, dtype=np.uint32)
    assert fits in refusal(_scatter_into_rows, array(lanes, 3), rows, index)
    njit(_into_rows)(array(lanes, 2), rows)


def _load_sum(rows, out):
    (x,) = load(rows, 0)
    out[0] = x + x


def _gather_sum(rows, index, out):
    (x,) = gather(rows, index, 0)
    out[0] = x + x


def test_rows_of_a_file_come_below_16p_and_working_rows_below_2p(lanes: Machine) -> None:
    words = np.zeros((8, 4), np.uint64)
    index = np.arange(8, dtype=np.uint32)
    for rows, bound in ((Rows(FP, lanes, words, 1), 32), (WorkRows(FP, lanes, words, 1), 4)):
        fits = f"a value below {bound}p does not fit an array of values below {bound - 1}p"
        assert fits in refusal(_load_sum, rows, array(lanes, bound - 1))
        assert fits in refusal(_gather_sum, rows, index, array(lanes, bound - 1))
        njit(_load_sum)(rows, array(lanes, bound))


@pytest.mark.parametrize("function", [_sum, _difference, _product])
def test_values_of_two_fields_do_not_meet(function: Any, machine: Machine) -> None:
    for other in (FR, FP2):
        refusal(function, array(machine, 2), array(machine, 2, other), array(machine, 2))
    refusal(_copy, array(machine, 2), array(machine, 2, FR))


def test_an_array_is_viewed_under_a_larger_bound_only(machine: Machine) -> None:
    values = array(machine, 4)
    wider = values.below(64)
    assert wider.words is values.words
    assert wider.bound == 64
    assert values.bound == 4
    with pytest.raises(RangeError, match="below 4p cannot be taken to be below 3p"):
        values.below(3)


# --- loops join bounds


def _larger_of_two(x, y, out, flag):
    value = x[0]
    if flag:
        value = y[0]
    out[0] = value


def test_a_branch_takes_the_larger_of_two_bounds(lanes: Machine) -> None:
    small, large = array(lanes, 2), array(lanes, 9)
    njit(_larger_of_two)(small, large, array(lanes, 9), True)
    message = refusal(_larger_of_two, small, large, array(lanes, 8), True)
    assert "a value below 9p does not fit an array of values below 8p" in message
