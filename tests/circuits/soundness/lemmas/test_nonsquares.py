"""Denominators that vanish with no numerator: addition on Edwards curves, and what is near it."""

from __future__ import annotations

import random

import pytest

from tests.circuits.soundness.systems import system_of
from zkpipe.accel.bn254 import R
from zkpipe.accel.roots import square_root
from zkpipe.circuits import Field, Private, Public, check, circuit, hint
from zkpipe.circuits.soundness import Verdict, analyse
from zkpipe.circuits.soundness.lemmas.nonsquares import are_never_zero_together

A, D = 168700, 168696  # Baby Jubjub: a square, and none
X, Y = (1,), (2,)


def quotient(a: int, b: int) -> int:
    return a * pow(b, -1, R) % R if b else 0


def addition(a: int, d: int, sign: int = 1):
    """The sum of two points of a x^2 + y^2 = 1 + d x^2 y^2, which no row puts on the curve."""

    @circuit
    def add(
        x: Private[Field], y: Private[Field], u: Private[Field], v: Private[Field]
    ) -> tuple[Public[Field], Public[Field]]:
        beta, gamma = x * v, y * u
        tau = beta * gamma
        first = hint(quotient, beta + gamma, 1 + d * tau, returns=Field)
        check(first * (1 + d * tau) == beta + gamma)
        second = hint(quotient, y * v - a * x * u, 1 - d * tau, returns=Field)
        check(second * (1 - sign * d * tau) == y * v - a * x * u)
        return first, second

    return add


def test_the_constants_are_a_square_and_none():
    assert square_root(A) is not None
    assert square_root(D) is None
    assert square_root(A * D) is None


def test_addition_on_a_complete_curve_is_proved_for_all_inputs():
    assert analyse(addition(A, D).trace()).verdict is Verdict.SAFE


@pytest.mark.parametrize(("a", "d", "sign"), [(A, 4, 1), (D, D, 1), (A, 1, 1), (A, D, 0)])
def test_addition_on_a_curve_that_is_not_complete_is_proved_only_where_it_holds(a, d, sign):
    """With d a square the first vanishes, with a d one the second; 1 - 0 tau does not."""
    holds = square_root(d) is None and (sign == 0 or square_root(a * d) is None)
    assert (analyse(addition(a, d, sign).trace()).verdict is Verdict.SAFE) is holds


@pytest.mark.parametrize("seed", range(4))
def test_the_lemma_says_the_truth_of_quadratic_denominators(seed):
    """N = c x + k y and D = e + f x y: a common zero is a square root, by Tonelli and Shanks."""
    rng = random.Random(seed)  # noqa: S311 - seeded test data
    answers = set()
    for _ in range(20):
        c, k, e, f = (rng.randrange(1, R) for _ in range(4))
        root = square_root(e * k * pow(f * c, -1, R))
        if root is not None:
            other = -c * pow(k, -1, R) * root % R
            assert (c * root + k * other) % R == (e + f * root * other) % R == 0
        found = are_never_zero_together({X: c, Y: k}, {(): e, X + Y: f})
        assert found is (root is None)
        answers.add(found)
    assert answers == {True, False}


NEVER = [
    ({X: 3}, {(): 1, X + Y: 5, X + X: 2}),
    ({X: 3}, {(): 7}),
    ({X: 3, (): 1}, {(): 1, X + X: D}),  # 1 + D x^2, whatever is above
    ({X: 3, (): 1}, {(): 1, X: 2}),  # 1 - 3 / 2 where 1 + 2 x is 0
]
MAYBE = [
    ({X: 3}, {(): 1, Y: 5}),  # x = 0, y = -1 / 5
    ({X: 3}, {X: 1}),  # both at 0
    ({X: 3, (): 1}, {(): 1, X: 3}),  # both at -1 / 3
    ({X: 1, Y: 1}, {(): 1, X + X: D, X + Y: D}),
    ({X: 1, Y: 1}, {(): 1, X + X: R - 1}),  # x = 1, y = -1
    ({}, {(): 1, X + Y: D}),
]


@pytest.mark.parametrize(("numerator", "denominator"), NEVER)
def test_a_numerator_of_one_term_leaves_the_constant(numerator, denominator):
    assert are_never_zero_together(numerator, denominator)


@pytest.mark.parametrize(("numerator", "denominator"), MAYBE)
def test_other_shapes_are_left_open(numerator, denominator):
    assert not are_never_zero_together(numerator, denominator)


def test_a_quotient_by_what_vanishes_with_its_numerator_is_refuted():
    """Wire 1 times wire 2 is wire 3, which is wire 2 times wire 4."""
    rows = [({2: 1}, {3: 1}, {4: 1}), ({1: 1}, {2: 1}, {4: 1})]
    assert analyse(system_of(rows, 1, 2, 5)).verdict is Verdict.UNSAFE


MONTGOMERY = [  # circomlib's MontgomeryDouble: x, y are wires 3 and 4, its slope 5
    ({3: -1}, {3: 1}, {6: -1}),
    ({4: 2}, {5: 1}, {0: 1, 3: 337396, 6: 3}),
    ({5: -1}, {5: 1}, {0: -168698, 1: -1, 3: -2}),
    ({1: 1, 3: -1}, {5: 1}, {2: -1, 4: -1}),
]


def test_a_slope_that_a_root_leaves_free_is_refuted():
    """At y = 0 the right side must be 0: its root is an input that no draw would come to."""
    report = analyse(system_of(MONTGOMERY, 2, 2, 7))
    assert report.verdict is Verdict.UNSAFE


def test_a_slope_at_which_no_input_is_a_root_is_not_refuted():
    """3 x^2 + 2 A x + 1 = -2 where the discriminant is no square."""
    a = next(k for k in range(2, 99) if square_root(4 * k * k - 12 * 1) is None)
    rows = [MONTGOMERY[0], ({4: 2}, {5: 1}, {0: 1, 3: 2 * a, 6: 3}), *MONTGOMERY[2:]]
    assert analyse(system_of(rows, 2, 2, 7)).verdict is not Verdict.UNSAFE


@pytest.mark.parametrize("twice", [1, 2])
@pytest.mark.parametrize("more", [0, 1])
def test_a_numerator_is_a_combination_of_the_denominators_factors_or_left_open(
    twice: int, more: int
) -> None:
    """x + y + u is one of x + y and u; x + 2 y + u is 0 with 1 + D (x + y) u for some."""

    @circuit
    def beside(
        x: Private[Field], y: Private[Field], u: Private[Field], z: Private[Field]
    ) -> Public[Field]:
        above, below = x + twice * y + u + more * z, 1 + D * (x + y) * u
        found = hint(quotient, above, below, returns=Field)
        check(found * below == above)
        return found

    is_safe = analyse(beside.trace()).verdict is Verdict.SAFE
    assert is_safe is (twice == 1 and not more)


@pytest.mark.parametrize("d", [D, 4])
@pytest.mark.parametrize("alone", [0, 1, 2])
def test_one_of_three_factors_is_beside_the_product_of_two(d: int, alone: int) -> None:
    """As in sums of points with a known y. With d = 4 both can be 0."""

    @circuit
    def beside(x: Private[Field], y: Private[Field], z: Private[Field]) -> Public[Field]:
        single, *two = [(x, y, z)[alone], *(f for i, f in enumerate((x, y, z)) if i != alone)]
        above, below = 3 * single + two[0] * two[1], 3 + d * (x * y) * z
        found = hint(quotient, above, below, returns=Field)
        check(found * below == above)
        return found

    holds = square_root(quotient(1, d)) is None
    assert (analyse(beside.trace()).verdict is Verdict.SAFE) is holds
