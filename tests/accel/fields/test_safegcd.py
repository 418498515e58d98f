"""Division steps against Python's own inverses: raw words in, raw words out."""

from __future__ import annotations

import pytest

from tests.accel.edge_values import generator, single_values
from tests.accel.raw import blank, elements, raw_values
from zkpipe.accel.bn254 import FP, FR
from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.safegcd import invert_single
from zkpipe.accel.machines.machine import SCALAR

FIELDS = [pytest.param(field, id=field.name) for field in (FP, FR)]


@kernel
def _invert(x, out):
    for i in range(len(x)):
        out[i] = invert_single(x[i])


def check_inverses(field: Field, values: list[int]) -> None:
    """x R goes to R / x: what Montgomery form asks for."""
    p = field.modulus
    out = blank(field, SCALAR, len(values))
    _invert(elements(field, SCALAR, [(v,) for v in values]), out)
    square = SCALAR.montgomery**2 % p
    for value, (got,) in zip(values, raw_values(out, field, SCALAR, len(values)), strict=True):
        expected = pow(value, -1, p) * square % p if value % p else 0
        assert got < 2 * p
        assert got % p == expected


@pytest.mark.parametrize("field", FIELDS)
def test_inverses_of_3000_random_values(field: Field) -> None:
    draw = generator(62)
    check_inverses(field, [draw.randrange(2 * field.modulus) for _ in range(3000)])


@pytest.mark.parametrize("field", FIELDS)
def test_zero_and_p_have_no_inverse_and_give_zero(field: Field) -> None:
    check_inverses(field, [0, field.modulus])


@pytest.mark.parametrize("field", FIELDS)
def test_inverses_at_the_edges(field: Field) -> None:
    p = field.modulus
    powers = [(1 << k) + d for k in range(255) for d in (-1, 0, 1)]
    inverses = [pow(2, -k, p) for k in range(1, 300)]
    near = [p + d for d in range(-200, 200)] + [p // k + d for k in (2, 3, 4) for d in range(-3, 4)]
    ends = [2 * p - d for d in range(1, 200)]
    values = [*single_values(p, SCALAR, 2), *powers, *inverses, *near, *ends, *range(500)]
    check_inverses(field, [v for v in values if 0 <= v < 2 * p])


@pytest.mark.parametrize("field", FIELDS)
def test_inverses_of_values_with_long_runs_of_equal_bits(field: Field) -> None:
    """Steps of 62 bits meet runs of zeros and ones of every length and at every place."""
    draw, p, values = generator(63), field.modulus, []
    for _ in range(2000):
        value, place = 0, 0
        while place < 255:
            size = draw.choice([1, 2, 5, 30, 61, 62, 63, 64, 100])
            value |= draw.getrandbits(1) * ((1 << size) - 1) << place
            place += size
        values.append(value % (2 * p))
    check_inverses(field, values)


@pytest.mark.parametrize("field", FIELDS)
def test_quotients_of_neighbours_take_the_most_steps(field: Field) -> None:
    """Fibonacci numbers and p over the golden ratio: Euclid's worst case, and its neighbours."""
    p, values, a, b = field.modulus, [], 1, 1
    while a < 2 * p:
        values += [a, 2 * p - 1 - a]
        a, b = b, a + b
    golden = p * 10**40 * 10**40 // (16180339887498948482045868343656381177203 * 10**40)
    check_inverses(field, [*values, *(golden + d for d in range(-100, 100))])
