"""Multiples of points by bits, beside those of integers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accel.edge_values import generator
from tests.circuits.gadgets.curve.some_points import SOME, TORSION, outputs
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.accel.curves import baby_jubjub as plain
from zkpipe.accel.curves.baby_jubjub import BASE, GENERATOR, IDENTITY, L
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    Field,
    Int,
    Point,
    Private,
    Public,
    UInt,
    UnderconstrainedError,
    UnsatisfiedError,
    Witness,
    circuit,
    select,
)
from zkpipe.circuits.gadgets import to_bits
from zkpipe.circuits.gadgets.curve import edwards, multiples
from zkpipe.circuits.solve.many import solve_many


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7, 64, 250, 251, 253])
def test_multiples_by_bits_are_those_of_integers(n: int) -> None:
    @circuit
    def scaled(p: Private[Point], k: Private[UInt[n]]) -> tuple[Public[Point], Public[Point]]:
        return p * k, Point.BASE * k

    draw = generator(n)
    p = plain.multiply(BASE, draw.randrange(1, L))
    numbers = {0, 1, 2, 3, L - 1, L, L + 1, 2 * L - 1, (1 << n) - 1, 1 << n - 1}
    numbers |= {draw.randrange(1 << n) for _ in range(1_200 if IS_LONG else 40)}
    cases = [(p, k) for k in sorted(numbers) if k < 1 << n]
    cases += [(BASE, cases[-1][1]), (plain.negative(BASE), cases[0][1])]
    want = [[*plain.multiply(p, k), *plain.multiply(BASE, k)] for p, k in cases]
    assert outputs(scaled.compile(), [[*p, k] for p, k in cases]) == want


def test_windows_end_where_sums_may_meet() -> None:
    """The sum of all windows but the last meets that only for numbers of L and more."""
    most = multiples.WINDOWS
    assert 8**most < L < 8 ** (most + 1)


def test_slopes_without_an_inverse_are_not_proved() -> None:
    """(t - v) / (s - u) of any two pairs: both may be 0."""

    @circuit
    def slope(
        u: Private[Field], v: Private[Field], s: Private[Field], t: Private[Field]
    ) -> Public[Field]:
        return edwards.quotient(t - v, s - u)

    with pytest.raises(UnderconstrainedError):
        slope.compile()


def test_bits_of_all_kinds_multiply() -> None:
    """Those that are made of others get a wire, and rows that say what they are."""

    @circuit
    def scaled(
        p: Private[Point], x: Private[UInt[20]], y: Private[UInt[20]], z: Private[UInt[20]]
    ) -> tuple[Public[Point], Public[Point], Public[Point]]:
        made, more = x ^ y ^ z, (x & y) | z
        return p * made, Point.BASE * more, p * (x + y) + Point.BASE * (2**20 - 1 - z)

    draw = generator(12)
    p = plain.multiply(BASE, 12345)
    cases = [[draw.randrange(1 << 20) for _ in range(3)] for _ in range(20)]
    cases += [[0, 0, 0], [2**20 - 1] * 3]
    want = []
    for x, y, z in cases:
        total = plain.add(plain.multiply(p, x + y), plain.multiply(BASE, 2**20 - 1 - z))
        points = plain.multiply(p, x ^ y ^ z), plain.multiply(BASE, x & y | z), total
        want.append([c for point in points for c in point])
    assert outputs(scaled.compile(), [[*p, *case] for case in cases]) == want


def test_all_numbers_of_few_bits() -> None:
    @circuit
    def scaled(p: Private[Point], k: Private[UInt[9]]) -> tuple[Public[Point], Public[Point]]:
        return p * k, Point.BASE * k

    p = plain.multiply(BASE, 12345)
    want = [[*plain.multiply(p, k), *plain.multiply(BASE, k)] for k in range(512)]
    assert outputs(scaled.compile(), [[*p, k] for k in range(512)]) == want


def test_strict_bits_of_a_field_multiply() -> None:
    @circuit
    def scaled(p: Private[Point], k: Private[Field]) -> tuple[Public[Point], Public[Point]]:
        bits = to_bits(k, 254)
        return p.times(bits), Point.BASE.times(bits)

    p = plain.multiply(BASE, 99)
    numbers = [0, 1, L, R - 1, 2**254 - R, 2**253, R // 2]
    want = [[*plain.multiply(p, k), *plain.multiply(BASE, k)] for k in numbers]
    assert outputs(scaled.compile(), [[*p, k] for k in numbers]) == want


def test_points_of_any_high_order_are_multiplied() -> None:
    @circuit
    def scaled(p: Private[Point], k: Private[UInt[253]]) -> Public[Point]:
        return p * k

    system = scaled.compile()
    points = [plain.multiply(GENERATOR, k) for k in (1, 2, 4, 8, 8 * L - 1, L + 2, 5)]
    numbers = [0, 1, 2, (L - 1) // 2, L - 1, L, L + 1, 2 * L, 4 * L, (1 << 253) - 1, 1 << 249]
    cases = [(p, k) for p in points for k in numbers]
    want = [[*plain.multiply(p, k)] for p, k in cases]
    assert outputs(system, [[*p, k] for p, k in cases]) == want


def test_sums_and_choices_of_points_are_multiplied() -> None:
    @circuit
    def scaled(
        p: Private[Point], q: Private[Point], takes_p: Private[Bool], k: Private[UInt[5]]
    ) -> Public[Array[Point, 4]]:
        return [(p + q) * k, select(takes_p, p, q) * k, -p * k, (Point.BASE * (k + 1)) * k]

    p, q = plain.multiply(BASE, 5), plain.multiply(GENERATOR, 11)
    want = [
        [
            *plain.multiply(plain.add(p, q), k),
            *plain.multiply(p if takes_p else q, k),
            *plain.multiply(p, -k),
            *plain.multiply(BASE, (k + 1) * k),
        ]
        for takes_p, k in ((0, 19), (1, 31), (1, 0))
    ]
    rows = [[*p, *q, takes_p, k] for takes_p, k in ((0, 19), (1, 31), (1, 0))]
    assert outputs(scaled.compile(), rows) == want


def test_of_points_of_low_order_there_is_no_multiple_by_bits_and_never_a_wrong_one() -> None:
    @circuit
    def scaled(p: Private[Point], k: Private[UInt[6]]) -> Public[Point]:
        return p * k

    system = scaled.compile()
    rows = [[*p, k] for p in TORSION for k in range(64)]
    for outcome, (x, y, k) in zip(solve_many(system, rows), rows, strict=True):
        if isinstance(outcome, Witness):
            assert tuple(outcome.public) == plain.multiply((x, y), k)
        else:
            assert isinstance(outcome, UnsatisfiedError)
    assert isinstance(solve_many(system, [[*IDENTITY, 5]])[0], UnsatisfiedError)


def test_known_numbers_multiply_any_point() -> None:
    @circuit
    def scaled(p: Private[Point]) -> Public[Array[Point, 6]]:
        return [p * 0, p * 1, p * 8, p * 11, p * -3, p * L]

    want = [[c for k in (0, 1, 8, 11, -3, L) for c in plain.multiply(p, k)] for p in SOME]
    assert outputs(scaled.compile(), [list(p) for p in SOME]) == want


@pytest.mark.parametrize("number", [Field, Int[8]])
def test_what_has_no_bits_of_one_number_is_refused(number: Any) -> None:
    @circuit
    def scaled(k: Private[number]) -> Public[Point]:
        return Point.BASE * k

    with pytest.raises(CompileError, match="multiplies a point by"):
        scaled.compile()


def test_a_constant_outside_of_the_subgroup_is_refused() -> None:
    for p in (GENERATOR, IDENTITY):

        @circuit
        def outside(k: Private[UInt[8]]) -> Public[Point]:
            return Point(*p) * k  # noqa: B023 # it is compiled here

        with pytest.raises(CompileError, match="outside the subgroup"):
            outside.compile()


# Commitments.
