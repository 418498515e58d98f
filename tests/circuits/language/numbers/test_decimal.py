"""Decimals and unsigned fixed numbers: exact or refused, in base ten or above zero."""

from __future__ import annotations

import decimal
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.circuits.oracles.runs import outputs_of_many, solved
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    Decimal,
    Field,
    Fixed,
    InputError,
    Int,
    Private,
    Public,
    Rounded,
    UFixed,
    UInt,
    UnsatisfiedError,
    check,
    circuit,
    component,
    hint,
    lookup,
    maximum,
    member,
    narrow,
    select,
)
from zkpipe.circuits.errors import InexactError
from zkpipe.circuits.language.values.inputs import from_json
from zkpipe.circuits.soundness import Verdict, analyse

# Circuits of one operation, whose inputs nothing else uses.
pytestmark = pytest.mark.filterwarnings("ignore::zkpipe.circuits.CircuitWarning")

RUNS = 10_000 if IS_LONG else 200
Money, Rate = Decimal[7, 2], Decimal[5, 4]


@circuit
def arithmetic(
    a: Private[Money], b: Private[Rate], n: Private[UInt[5]]
) -> tuple[Public[Array[Decimal[20, 4], 5]], Public[Array[Bool, 3]], Public[Array[Int[30], 2]]]:
    numbers = [a + b, a - 3 * b, a * b, a * n, a / (n + 1)]
    rest = divmod(a, 7)
    return numbers, [a < b, a == b * 10, a >= decimal.Decimal("0.1")], [rest[0], rest[1].units]


def wanted(a: int, b: int, n: int) -> list[int]:
    x, y = Fraction(a, 100), Fraction(b, 10_000)
    numbers = [
        *(x + y, x - 3 * y, Fraction(floor(x * y * 10_000), 10_000), x * n),
        Fraction(floor(x / (n + 1) * 100), 100),
    ]
    units = [int(value * 10_000) for value in numbers]
    flags = [x < y, x == y * 10, x >= Fraction(1, 10)]
    return [*units, *map(int, flags), int(x // 7), int(x % 7 * 100)]


def test_decimals_are_exact_and_floored_to_the_finer_unit() -> None:
    draw = generator(5)
    ends = (1 - 10**7, -1, 0, 1, 10, 10**7 - 1)
    given = [[a, b, n] for a in ends for b in (1 - 10**5, -1, 0, 7, 10**5 - 1) for n in (0, 31)]
    given += [
        [draw.randrange(1 - 10**7, 10**7), draw.randrange(1 - 10**5, 10**5), draw.randrange(32)]
        for _ in range(RUNS)
    ]
    system = arithmetic.compile()
    assert analyse(system).verdict is Verdict.SAFE
    want = [wanted(*row) for row in given]
    assert outputs_of_many(system, given) == [[x % R for x in row] for row in want]
    for (a, b, n), row in zip(given[:80], want, strict=False):
        numbers, flags, rest = arithmetic(Fraction(a, 100), Fraction(b, 10_000), n)
        assert [*numbers, *flags, *rest] == row


@pytest.mark.parametrize(
    ("type_", "low", "high"),
    [(Decimal[2, 1], -99, 99), (Decimal[1, 0], -9, 9), (UFixed[5, 2], 0, 31)],
)
def test_an_input_is_proved_to_lie_in_its_type(type_: Any, low: int, high: int) -> None:
    @circuit
    def taken(x: Private[type_]) -> Public[Field]:
        return Field(x.units)

    system = taken.compile()
    for units in range(-300, 300):
        assert (solved(system, units % R) == [units % R]) == (low <= units <= high)


@circuit
def money(x: Private[Money]) -> Public[Money]:
    return x


@pytest.mark.parametrize(
    ("given", "units"),
    [
        ("12.34", 1234),
        ("-0.5", -50),
        (decimal.Decimal("12.34"), 1234),
        (7, 700),
        (np.int64(-7), -700),
        (Fraction(1, 4), 25),
        (0.5, 50),
        ("99999.99", 10**7 - 1),
        (decimal.Decimal("1E+2"), 10_000),
    ],
)
def test_a_decimal_enters_exactly(given: Any, units: int) -> None:
    assert money(given) == units
    assert money.compile().solve(x=given).public == [units % R]


def test_a_decimal_without_places_takes_texts_as_others_do() -> None:
    @circuit
    def yen(x: Private[Decimal[4, 0]], y: Private[Rounded[Decimal[4, 0]]]) -> Public[Field]:
        return Field(x.units * 10_000 + y.units)

    assert yen("250", "-7.5") == 2_499_992
    assert yen.compile().solve(x="-0", y="0.5").public == [0]
    for given in ("10000", "1e2"):
        with pytest.raises(InputError, match=r"takes a Decimal\[4, 0\], from -9999 to 9999"):
            yen(given, 0)
    with pytest.raises(InexactError, match="units of 1, and"):
        yen("1.5", 0)


@pytest.mark.parametrize("given", [12.34, "0.001", decimal.Decimal("0.125"), Fraction(1, 3)])
def test_a_number_between_two_units_is_refused(given: Any) -> None:
    with pytest.raises(InexactError, match="units of 10\\^-2"):
        money(given)


@pytest.mark.parametrize("given", [100_000, "-100000", "1e2", "1,50", "", "01", True, None, [1]])
def test_what_is_no_number_of_the_type_is_refused(given: Any) -> None:
    with pytest.raises(InputError, match=r"takes a Decimal\[7, 2\]"):
        money(given)


def test_rounded_takes_the_nearest_of_two_units_and_of_ties_the_even_one() -> None:
    @circuit
    def rounded(x: Private[Rounded[Money]]) -> Public[Decimal[8, 2]]:
        return x + narrow(0.035, Rounded[Money])

    for text in ("0.125", "0.135", "-0.125", "12.3449", "7"):
        even = decimal.Decimal(text).quantize(decimal.Decimal("0.01"), decimal.ROUND_HALF_EVEN)
        assert rounded(text) == int(even * 100) + 4


def test_json_has_decimals_as_texts_and_numbers() -> None:
    parameters = money.parameters
    assert from_json(parameters, {"x": "12.34"}) == {"x": decimal.Decimal("12.34")}
    assert money(**from_json(parameters, {"x": decimal.Decimal("12.34")})) == 1234


def test_decimals_are_narrowed_by_the_floor_and_checked() -> None:
    @circuit
    def narrowed(
        x: Private[Decimal[6, 3]], n: Private[UInt[10]]
    ) -> Public[Array[Decimal[3, 1], 2]]:
        return [narrow(x, Decimal[3, 1]), narrow(n, Decimal[3, 1])]

    system = narrowed.compile()
    assert analyse(system).verdict is Verdict.SAFE
    for x, n in [("12.345", 99), ("-12.345", 0), ("99.999", 7), ("-99.9", 1)]:
        units = [floor(decimal.Decimal(x) * 10), n * 10]
        assert narrowed(x, n) == units
        assert system.solve(x=x, n=n).public == [unit % R for unit in units]
    for x, n in [("100", 0), ("-99.901", 0), ("0", 100)]:
        with pytest.raises(UnsatisfiedError):
            narrowed(x, n)
        with pytest.raises(UnsatisfiedError):
            system.solve(x=x, n=n)


@pytest.mark.parametrize("side", [1, -1])
def test_a_bound_beyond_the_field_s_half_does_not_narrow_by_wrapping_around(side: int) -> None:
    """One side of the type is proven, and what lies far beyond the other is close to it mod r."""
    rest = R - 1 - (2**253 - 1) - (2**252 - 1)

    @circuit
    def far(a: Private[UInt[253]], b: Private[UInt[252]], c: Private[UInt[1]]) -> Public[Field]:
        x = (a + b + c * rest - 999) * side  # from -999 to r - 1000, or from there to 999
        return Field(narrow(x, Decimal[3, 0]).units)

    system = far.compile()
    assert outputs_of_many(system, [[0, 0, 0], [1998, 0, 0]]) == [
        [-999 * side % R],
        [999 * side % R],
    ]
    for a, b, c in ([1999, 0, 0], [2**253 - 1, 2**252 - 1, 1], [2**253 - 1, 2**252 - 25, 1]):
        assert solved(system, a, b, c) == "unsatisfied"
        with pytest.raises(UnsatisfiedError):
            far(a, b, c)


@component
def with_tax(net: Money) -> Decimal[10, 2]:
    return narrow(net * decimal.Decimal("1.19"), Decimal[10, 2])


def test_decimals_go_wherever_numbers_go() -> None:
    @circuit
    def everywhere(x: Private[Money], i: Private[UInt[1]]) -> Public[Array[Decimal[10, 2], 5]]:
        half = hint(lambda value: value / 2, x * 2, returns=Money)
        check(half == x)
        check(member(i, [0, 1]))
        return [
            with_tax(x),
            maximum(x, 3, decimal.Decimal("0.5")),
            select(x > 1, half, 0),
            lookup([x, decimal.Decimal("0.25")], i),
            abs(x),
        ]

    system = everywhere.compile()
    for text, i in [("12.34", 0), ("-0.01", 1), ("0", 1)]:
        x = decimal.Decimal(text)
        values = [
            *(floor(x * 119), int(max(x, 3) * 100), int(x * 100) if x > 1 else 0),
            *((int(x * 100), 25)[i], int(abs(x) * 100)),
        ]
        assert everywhere(text, i) == values
        assert system.solve(x=text, i=i).public == [value % R for value in values]


MIXED: list[tuple[str, Any]] = [
    ("none in common", lambda x, y: x + y),
    ("none in common", lambda x, y: check(x < y)),
    ("none in common", lambda x, y: select(x > 0, x, y)),
    ("do not go into one another", lambda x, y: narrow(y, Money)),
    ("units do not hold", lambda x, y: x * 0.1),
    ("units do not hold", lambda x, y: x + decimal.Decimal("0.001")),
    ("between two units", lambda x, y: narrow(0.001, Money)),
    ("wider than", lambda x, y: x * 100),
]


@pytest.mark.parametrize(("because", "body"), MIXED)
def test_what_has_no_exact_meaning_is_refused(because: str, body: Any) -> None:
    @circuit
    def refused(x: Private[Money], y: Private[Fixed[16, 8]]) -> Public[Money]:
        result = body(x, y)
        return x if result is None else result

    with pytest.raises(CompileError, match=because):
        refused.compile()


def test_halves_mix_with_hundredths_which_hold_them() -> None:
    @circuit
    def mixed(x: Private[Money], y: Private[Fixed[16, 1]]) -> Public[Decimal[10, 2]]:
        return x + y

    assert mixed("0.25", 1.5) == 175


def test_unsigned_fixed_numbers_are_fixed_numbers_from_zero() -> None:
    @circuit
    def area(a: Private[UFixed[8, 4]], b: Private[Rounded[UFixed[8, 4]]]) -> Public[UFixed[16, 4]]:
        return a * b

    assert area(1.5, 2.3) == floor(Fraction(3, 2) * 37)
    assert area.compile().solve(a=15.9375, b=0).public == [0]
    with pytest.raises(InputError, match=r"UFixed\[8, 4\], from 0 to 16 - 2\^-4"):
        area(-1, 0)


def test_types_say_what_they_take() -> None:
    assert str(Decimal[12, 2]) == "Decimal[12, 2]"
    assert str(Rounded[UFixed[12, 2]]) == "Rounded[UFixed[12, 2]]"
    for wrong in [(76, 2), (0, 0), (4, 5), (4, -1), 4, ("4", 2)]:
        with pytest.raises(CompileError, match="decimal digits from 1 to 75"):
            Decimal[wrong]
    with pytest.raises(CompileError, match="its bits from 1 to 253"):
        UFixed[8]
    with pytest.raises(CompileError, match="is a type, written with brackets"):
        Decimal("0.1")
    with pytest.raises(CompileError, match="no number of digits"):
        Private[Decimal]
    with pytest.raises(CompileError, match="zkpipe's Decimal"):
        Private[decimal.Decimal]
