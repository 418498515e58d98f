"""Sums, differences, products, squares, reductions, inverses: on the edges of all bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.accel.edge_values import edge_pairs, edge_values, generator, on_every_lane
from tests.accel.raw import blank, elements, in_form, out_of_form, raw_values
from tests.oracles import fields as oracle
from zkpipe.accel.bn254 import FP, FP2, FR
from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.functions import reduce, square
from zkpipe.accel.fields.inverse import invert
from zkpipe.accel.fields.rows import Elements
from zkpipe.accel.machines.lowerings import lowering
from zkpipe.accel.machines.machine import Machine

FIELDS = [pytest.param(field, id=field.name) for field in (FP, FR, FP2)]
Value = tuple[int, ...]


@kernel
def _add(x, y, out):
    for i in range(len(x)):
        out[i] = x[i] + y[i]


@kernel
def _subtract(x, y, out):
    for i in range(len(x)):
        out[i] = x[i] - y[i]


@kernel
def _multiply(x, y, out):
    for i in range(len(x)):
        out[i] = x[i] * y[i]


@kernel
def _negate(x, out):
    for i in range(len(x)):
        out[i] = -x[i]


@kernel
def _square(x, out):
    for i in range(len(x)):
        out[i] = square(x[i])


@kernel
def _reduce(x, out):
    for i in range(len(x)):
        out[i] = reduce(x[i])


@kernel
def _invert(x, out):
    for i in range(len(x)):
        out[i] = invert(x[i])


def sums_of(machine: Machine) -> list[tuple[int, int]]:
    """Bounds whose sum fits, the largest among them."""
    return [(2, 2)] if machine.width == 1 else [(1, 1), (2, 2), (16, 3), (1, 83), (83, 1), (42, 42)]


def products_of(machine: Machine, field: Field) -> list[tuple[int, int]]:
    if machine.width == 1:
        return [(2, 2)]
    most = [(84, 83), (83, 84), (84, 1)] if field.degree == 1 else [(42, 41), (41, 42), (1, 42)]
    return [(1, 1), (2, 2), (16, 16), *most]


def squares_of(machine: Machine, field: Field) -> list[int]:
    if machine.width == 1:
        return [2]
    return [1, 2, 16, 83 if field.degree == 1 else 41]


def check_binary(
    apply: Any,
    field: Field,
    machine: Machine,
    bounds: tuple[int, int],
    out_bound: int,
    expected: Callable[[Value, Value], Value],
) -> None:
    """Every edge with every edge, and random values: the right residue, and below the bound."""
    few = 12 if field.degree == 1 else 4
    xs, ys = (edge_values(field, machine, bound, more=few) for bound in bounds)
    x, y = edge_pairs(xs, ys, machine)
    out = blank(field, machine, len(x), out_bound)
    apply(elements(field, machine, x, bounds[0]), elements(field, machine, y, bounds[1]), out)
    check_operator(
        field, machine, raw_values(out, field, machine, len(x)), out_bound, map(expected, x, y)
    )


def check_operator(
    field: Field, machine: Machine, raw: Sequence[Value], bound: int, expected: Any
) -> None:
    p = field.modulus
    for got, want in zip(raw, expected, strict=True):
        assert tuple(c % p for c in got) == tuple(c % p for c in want)
        assert all(c < bound * p or (machine.width > 1 and c == bound * p) for c in got)


@pytest.mark.parametrize("field", FIELDS)
def test_sums_are_right_and_below_the_sum_of_the_bounds(field: Field, machine: Machine) -> None:
    for bounds in sums_of(machine):
        out_bound = lowering(machine).sum_bound(*bounds)
        check_binary(_add, field, machine, bounds, out_bound, lambda x, y: oracle.add(field, x, y))


@pytest.mark.parametrize("field", FIELDS)
def test_differences_are_right_and_never_negative(field: Field, machine: Machine) -> None:
    for bounds in sums_of(machine):
        out_bound = lowering(machine).sum_bound(*bounds)
        check_binary(
            _subtract, field, machine, bounds, out_bound, lambda x, y: oracle.subtract(field, x, y)
        )


@pytest.mark.parametrize("field", FIELDS)
def test_products_are_right_and_below_their_bound(field: Field, machine: Machine) -> None:
    inverse = pow(machine.montgomery, -1, field.modulus)
    over_r = (inverse, 0)[: field.degree]
    for bounds in products_of(machine, field):
        check_binary(
            _multiply,
            field,
            machine,
            bounds,
            lowering(machine).product_bound(field, *bounds),
            lambda x, y: oracle.multiply(field, oracle.multiply(field, x, y), over_r),
        )


@pytest.mark.parametrize("field", FIELDS)
def test_squares_are_products_with_themselves(field: Field, machine: Machine) -> None:
    for bound in squares_of(machine, field):
        x = on_every_lane(edge_values(field, machine, bound, more=100), machine)
        array = elements(field, machine, x, bound)
        out_bound = lowering(machine).square_bound(field, bound)
        squares = blank(field, machine, len(x), out_bound)
        _square(array, squares)
        products = blank(
            field, machine, len(x), lowering(machine).product_bound(field, bound, bound)
        )
        _multiply(array, array, products)
        got = raw_values(squares, field, machine, len(x))
        check_operator(field, machine, got, out_bound, raw_values(products, field, machine, len(x)))


@pytest.mark.parametrize("field", FIELDS)
def test_a_negative_and_its_value_sum_to_zero(field: Field, machine: Machine) -> None:
    for bound in (2,) if machine.width == 1 else (1, 2, 16, 83):
        x = on_every_lane(edge_values(field, machine, bound, more=30), machine)
        out_bound = lowering(machine).sum_bound(bound, 1)  # the negative of 0 may be bound * p
        out = blank(field, machine, len(x), out_bound)
        _negate(elements(field, machine, x, bound), out)
        expected = [tuple(-c for c in value) for value in x]
        check_operator(field, machine, raw_values(out, field, machine, len(x)), out_bound, expected)


@pytest.mark.parametrize("field", FIELDS)
def test_reduce_brings_values_of_every_bound_below_2p(field: Field, machine: Machine) -> None:
    for bound in (2,) if machine.width == 1 else (1, 2, 3, 84):
        x = on_every_lane(edge_values(field, machine, bound, more=100), machine)
        out = blank(field, machine, len(x), 2)
        _reduce(elements(field, machine, x, bound), out)
        got = raw_values(out, field, machine, len(x))
        check_operator(field, machine, got, 2, x)
        assert all(c < 2 * field.modulus for value in got for c in value)


@pytest.mark.parametrize("field", FIELDS)
def test_reduce_takes_any_260_bits(field: Field, lanes: Machine) -> None:
    draw = generator(260)
    multiples = [k * field.modulus + d for k in range(1, 85) for d in (-1, 0, 1)]
    whole = [(1 << 260) - 1, (1 << 260) - 2, *multiples]
    whole += [draw.getrandbits(260) for _ in range(500)]
    x = [(value, draw.choice(whole))[: field.degree] for value in whole]
    array = Elements(field, lanes, len(x), 84)
    filled = elements(field, lanes, x, 85)  # 85p is past 2^260: every value that limbs can hold
    array.words[:] = filled.words
    out = blank(field, lanes, len(x), 2)
    _reduce(array, out)
    got = raw_values(out, field, lanes, len(x))
    check_operator(field, lanes, got, 2, x)
    assert all(c < 2 * field.modulus for value in got for c in value)


@pytest.mark.parametrize("field", FIELDS)
def test_an_inverse_times_its_value_is_one(field: Field, machine: Machine) -> None:
    for bound in (2,) if machine.width == 1 else (2, 16):
        edges = edge_values(field, machine, bound, more=20)
        x = on_every_lane(edges, machine) if field.degree == 1 else edges
        out = blank(field, machine, len(x), 2)
        _invert(elements(field, machine, x, bound), out)
        expected = [
            in_form(field, machine, oracle.invert(field, out_of_form(field, machine, value)))
            for value in x
        ]
        check_operator(field, machine, raw_values(out, field, machine, len(x)), 2, expected)


@pytest.mark.parametrize("field", FIELDS)
def test_zeros_in_some_lanes_leave_the_other_inverses_right(field: Field, machine: Machine) -> None:
    draw = generator(9)
    x = []
    for zeros in range(256):  # every set of lanes
        for lane in range(8):
            value = tuple(draw.randrange(1, field.modulus) for _ in range(field.degree))
            none = (draw.choice([0, field.modulus]),) * field.degree
            x.append(none if zeros >> lane & 1 else value)
    x = x if field.degree == 1 else x[-800:]
    out = blank(field, machine, len(x), 2)
    _invert(elements(field, machine, x, 2), out)
    expected = [
        in_form(field, machine, oracle.invert(field, out_of_form(field, machine, value)))
        for value in x
    ]
    check_operator(field, machine, raw_values(out, field, machine, len(x)), 2, expected)


@kernel
def _formula(x, y, out):
    """Growth through several operators, as curve formulas have it."""
    for i in range(len(x)):
        a, b = x[i], y[i]
        slope = (a - b) * (a + b)
        out[i] = reduce((slope - a - b) * (a - slope) - b)


@pytest.mark.parametrize("field", FIELDS)
def test_a_formula_over_1000_random_values_is_right(field: Field, machine: Machine) -> None:
    draw = generator(77)

    def values() -> list[Value]:
        return [
            tuple(draw.randrange(2 * field.modulus) for _ in range(field.degree))
            for _ in range(1000)
        ]

    x, y = values(), values()
    out = blank(field, machine, 1000, 2)
    _formula(elements(field, machine, x), elements(field, machine, y), out)
    for got, a, b in zip(raw_values(out, field, machine, 1000), x, y, strict=True):
        a, b = out_of_form(field, machine, a), out_of_form(field, machine, b)
        slope = oracle.multiply(field, oracle.subtract(field, a, b), oracle.add(field, a, b))
        left = oracle.subtract(field, oracle.subtract(field, slope, a), b)
        product = oracle.multiply(field, left, oracle.subtract(field, a, slope))
        assert out_of_form(field, machine, got) == oracle.subtract(field, product, b)
