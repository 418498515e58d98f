"""Fixed numbers: rounding on entry, exact sums, floored products and quotients, what mixes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.circuits.oracles import rows
from tests.circuits.oracles.runs import outcome, solved
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    Field,
    Fixed,
    InputError,
    Int,
    Private,
    Public,
    Rounded,
    UInt,
    UnsatisfiedError,
    check,
    circuit,
    component,
    hint,
    lookup,
    maximum,
    member,
    minimum,
    narrow,
    select,
)
from zkpipe.circuits.errors import InexactError
from zkpipe.circuits.gadgets import poseidon, to_bits
from zkpipe.circuits.language.values.inputs import from_json

# Circuits of one operation, whose inputs nothing else uses.
pytestmark = pytest.mark.filterwarnings("ignore::zkpipe.circuits.CircuitWarning")

SIXTEENTH = Fraction(1, 16)


def edges(low: int, high: int) -> st.SearchStrategy[int]:
    near = [low, low + 1, -1, 0, 1, 15, 16, 17, high - 1, high]
    return st.sampled_from([x for x in near if low <= x <= high]) | st.integers(low, high)


A, B, N = edges(-2048, 2047), edges(-128, 127), edges(-32, 31)


# --- entering


@circuit
def echo(x: Private[Rounded[Fixed[12, 4]]]) -> Public[Fixed[12, 4]]:
    return x


@circuit
def exact(x: Private[Fixed[12, 4]]) -> Public[Fixed[12, 4]]:
    return x


ECHO, EXACT = echo.compile(), exact.compile()
ROUNDED: list[tuple[Any, int]] = [
    (0, 0), (3, 48), (-128, -2048), (0.5, 8), (0.1, 2), (-0.1, -2), (1 / 32, 0), (3 / 32, 2),
    (-1 / 32, 0), (-3 / 32, -2), (5 / 32, 2), (127.9375, 2047), (127.96, 2047), (-128.03, -2048),
    (Decimal("0.1"), 2), (Decimal("0.03125"), 0), (Decimal("0.09375"), 2), (Decimal("1e-999"), 0),
    (Decimal("-0"), 0), (Fraction(1, 3), 5), (Fraction(-1, 3), -5), (np.float32(0.5), 8),
    (np.float64(-7.25), -116), (np.int8(-5), -80), (5e-324, 0), (Decimal("0.03125000001"), 1),
]  # fmt: skip


@pytest.mark.parametrize(("value", "units"), ROUNDED)
def test_a_rounded_input_is_the_nearest_unit_ties_to_even(value: Any, units: int) -> None:
    assert echo(value) == units
    assert ECHO.solve(x=value).public == [units % R]


@pytest.mark.parametrize(("value", "units"), ROUNDED)
def test_another_input_is_exact_or_refused(value: Any, units: int) -> None:
    if not hasattr(value, "as_integer_ratio") or value == Fraction(units, 16):
        assert exact(value) == units
        assert EXACT.solve(x=value).public == [units % R]
        return
    for run in (EXACT.solve, exact):
        with pytest.raises(InputError, match=r"`x` takes a.*Fixed\[12, 4\]") as caught:
            run(x=value)
        assert str(value) not in str(caught.value)


def test_an_inexact_input_is_told_with_the_nearest_two_to_its_owner() -> None:
    @circuit
    def limits(
        secret: Private[Array[Fixed[32, 16], 2]], limit: Public[Fixed[32, 16]]
    ) -> Public[Bool]:
        return secret[0] + secret[1] < limit

    two = ("40.0007934570312", "40.0008087158203")
    fine = {"secret": [1, 2], "limit": 40}
    for inputs, is_public in (
        (fine | {"secret": [1, 40.0008]}, False),
        (fine | {"secret": [1, Decimal("40.0008")]}, False),
        (fine | {"limit": np.float64(40.0008)}, True),
        (fine | from_json(limits.parameters, {"limit": "40.0008"}), True),
    ):
        for run in (limits.trace().solve, limits):
            with pytest.raises(InexactError) as caught:
                run(**inputs)
            error = caught.value
            assert error.nearest[0].startswith(two[0])
            assert error.nearest[1].startswith(two[1])
            assert all(number in error.explain() for number in error.nearest)
            assert any(number in str(error) for number in error.nearest) == is_public
            assert "40.0008," not in str(error)


def test_the_nearest_two_are_numbers_that_pass() -> None:
    for value in (0.1, -0.1, Decimal("1e-30"), Decimal("-1e-200"), Fraction(1, 3), 5e-324):
        with pytest.raises(InexactError) as caught:
            exact(value)
        below, above = map(Decimal, caught.value.nearest)
        assert below < Fraction(value) < above
        assert exact(above) == exact(below) + 1


@given(st.decimals(-127, 127, allow_nan=False) | st.floats(-127, 127))
def test_an_exact_input_is_never_another_number(value: Any) -> None:
    try:
        units = exact(value)
    except InexactError:
        assert Fraction(value) * 16 != round(Fraction(value) * 16)
    else:
        assert Fraction(value) * 16 == units


@pytest.mark.parametrize("ratio", [(1.5, 3), (1, 0), None, (1,), ("1", 2)])
def test_what_has_no_ratio_of_integers_is_no_number(ratio: Any) -> None:
    class Ratio:
        def as_integer_ratio(self) -> Any:
            return ratio

    for run in (echo, exact):
        with pytest.raises(InputError, match="was given a Ratio"):
            run(Ratio())


def test_rounded_stands_around_a_fixed_alone() -> None:
    assert str(Rounded[Fixed[8, 4]]) == "Rounded[Fixed[8, 4]]" == str(Rounded[Rounded[Fixed[8, 4]]])
    for wrong in (UInt[8], Field, Array[Fixed[8, 4], 2], Fixed):
        with pytest.raises(CompileError, match="Rounded"):
            _ = Rounded[wrong]


@dataclass
class Rates:
    """Numbers that round, and one that does not."""

    rough: Array[Rounded[Fixed[16, 8]], 2]
    fine: Fixed[16, 8]


@component
def doubled(x: Fixed[16, 8]) -> Fixed[17, 8]:
    return x * 2


@component
def rounding(x: Rounded[Fixed[16, 8]]) -> Fixed[17, 8]:
    return x * 2


def test_arrays_and_records_round_where_their_types_say_so() -> None:
    @circuit
    def example(rates: Private[Rates]) -> Public[Fixed[20, 8]]:
        return rates.rough[0] + rates.rough[1] + rates.fine

    assert example({"rough": [0.1, 0.2], "fine": 0.5}) == 26 + 51 + 128
    with pytest.raises(InexactError, match=r"`rates\.fine`"):
        example({"rough": [0.1, 0.2], "fine": 0.1})


CONSTANTS: list[Any] = [
    lambda x: x + 0.1,
    lambda x: 0.1 - x,
    lambda x: x * Decimal("0.1"),
    lambda x: x / 0.1,
    lambda x: select(x < 0.4, x, 1),
    lambda x: select(x >= Decimal("40.0008"), x, 1),
    lambda x: select(x == np.float32(0.1), x, 1),
    lambda x: select(x > Decimal("1e-200"), x, 1),
    lambda x: select(x > 0, 0.1, x),
    lambda x: lookup([0.1, 0.5], narrow(x // 1, Bool)),
    lambda x: select(member(x, [0.5, 0.1]), x, 1),
    lambda x: minimum(x, 0.1),
    lambda x: narrow(0.1, Fixed[16, 8]) + x,
    lambda x: doubled(0.1) + x,
    lambda x: doubled(x) + doubled(Decimal("0.3")),
]


@pytest.mark.parametrize("body", CONSTANTS)
@pytest.mark.parametrize("type_", [Fixed[16, 8], Rounded[Fixed[16, 8]]])
def test_no_constant_is_rounded_unless_its_own_type_says_so(body: Any, type_: Any) -> None:
    @circuit
    def example(x: Private[type_]) -> Public[Fixed[60, 8]]:
        return body(x)

    for run in (example.compile, lambda: example(1)):
        with pytest.raises(CompileError):
            run()


def test_a_constant_s_error_names_the_nearest_two() -> None:
    @circuit
    def example(x: Private[Fixed[16, 8]]) -> Public[Bool]:
        return x < 0.4

    with pytest.raises(CompileError, match=r"lies between 0\.3984375 and 0\.40234375"):
        example.compile()


def test_a_constant_is_rounded_by_a_rounded_type() -> None:
    @circuit
    def example(x: Private[Fixed[16, 8]]) -> Public[Array[Fixed[40, 8], 3]]:
        return [x + narrow(0.1, Rounded[Fixed[16, 8]]), rounding(0.1), rounding(0.1) + x]

    assert example(1) == [256 + 26, 52, 52 + 256] == example.compile().solve(x=1).public


def test_what_returns_a_constant_is_exact_or_rounded_by_its_type() -> None:
    @circuit
    def third(x: Public[Field]) -> Public[Fixed[16, 8]]:
        return Fraction(1, 3)

    @circuit
    def near(x: Public[Field]) -> Public[Rounded[Fixed[16, 8]]]:
        return Fraction(1, 3)

    @component
    def inner(x: Field) -> Fixed[16, 8]:
        return 0.1

    @circuit
    def outer(x: Public[Field]) -> Public[Fixed[16, 8]]:
        return inner(x)

    assert near(1) == 85
    for wrong in (third, outer):
        with pytest.raises(CompileError, match="Fixed"):
            wrong.compile()


def test_a_signal_is_not_rounded_by_a_type() -> None:
    @circuit
    def example(x: Private[Fixed[16, 8]]) -> Public[Fixed[16, 4]]:
        return narrow(x, Rounded[Fixed[16, 4]])

    with pytest.raises(CompileError, match="a signal is floored"):
        example.compile()


@given(st.floats(-127, 127) | st.decimals(-127, 127, allow_nan=False) | st.fractions(-127, 127))
def test_rounding_is_pythons(value: Any) -> None:
    assert echo(value) == round(Fraction(value) * 16)  # of a Fraction: ties to even


SECRET = 31415926.5
REFUSED: list[tuple[Any, str]] = [
    (127.97, "above"), (-128.04, "below"), (128, "above"), (SECRET, "above"), (-SECRET, "below"),
    (Decimal("1e999999999"), "above"), (Decimal("-1e999999999"), "below"), (10**400, "above"),
    (float("nan"), "a float"), (float("inf"), "a float"), (Decimal("nan"), "a decimal number"),
    (Decimal("-Infinity"), "a decimal number"), (True, "a bool"), (None, "None"), ("0.5", "a text"),
    ([0.5], "a list"), (1j, "a complex"), (np.bool_(True), "a bool"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "words"), REFUSED)
def test_what_is_no_number_or_does_not_fit_when_rounded_is_refused(value: Any, words: str) -> None:
    for run in (ECHO.solve, echo):
        with pytest.raises(
            InputError, match=rf"`x` takes a Rounded\[Fixed\[12, 4\]\].*{words}"
        ) as caught:
            run(x=value)
        assert "31415926" not in str(caught.value)
        assert "from -128 to 128 - 2^-4" in str(caught.value)


def test_json_takes_numbers_and_decimal_texts() -> None:
    @dataclass
    class Loan:
        rate: Rounded[Fixed[20, 16]]
        years: UInt[6]

    @circuit
    def loans(loan: Private[Loan], rates: Private[Array[Fixed[20, 16], 2]]) -> Public[Field]:
        return loan.rate.units + rates[0].units * 2**20 + rates[1].units * 2**40

    text = '{"loan": {"rate": "0.035", "years": "30"}, "rates": ["-1.25", 0.5]}'
    given_values = from_json(loans.parameters, json.loads(text))
    units = [round(Fraction("0.035") * 65536), -5 * 2**14, 2**15]
    want = (units[0] + units[1] * 2**20 + units[2] * 2**40) % R
    assert loans.compile().solve(**given_values).public == [want]
    in_hex = {"loan": {"rate": 0.035, "years": "0x1e"}, "rates": ["-1.25", "0x2"]}
    want = (units[0] + units[1] * 2**20 + 2 * 2**16 * 2**40) % R  # the integer 2, no units
    assert loans.compile().solve(**from_json(loans.parameters, in_hex)).public == [want]
    for bad in ["", ".5", "5.", "1e3", "+1", "01", "1,5", " 1", "nan", "inf", "0x1.8", "١", "--1"]:
        with pytest.raises(InputError, match=r"`rates\[1\]` is a text that is not a number"):
            from_json(loans.parameters, {"rates": ["1", bad]})
    with pytest.raises(InputError, match=r"`loan\.years` is a text"):
        from_json(loans.parameters, {"loan": {"rate": "1.5", "years": "1.5"}})


def test_an_input_beyond_its_bounds_is_refused_by_rows() -> None:
    for units in (2048, -2049, R // 2):
        values = rows.solve(ECHO, [units])
        assert rows.failing_rows(ECHO, values)


# --- arithmetic, against Fractions


def number(units: int, fraction: int = 4) -> Fraction:
    return Fraction(units, 1 << fraction)


def floored(value: Fraction, fraction: int = 4) -> int:
    return floor(value * (1 << fraction))


@circuit
def arithmetic(
    a: Private[Fixed[12, 4]], b: Private[Fixed[8, 2]], n: Private[Int[6]]
) -> Public[Array[Fixed[40, 4], 18]]:
    return [
        a + b, a - b, b - a, -a, abs(a), a * b, b * a, a * a, b**3, a * n, n * a, a + n, n - a,
        sum([a, b, n]), a * 0.75, 0.5 - b, select(a < b, a, n), a + Decimal("1.25"),
    ]  # fmt: skip


@given(A, B, N)
@settings(max_examples=60)
@example(-2048, -128, -32)
@example(2047, 127, 31)
@example(-1, 1, 0)
def test_arithmetic_is_exact_and_products_are_floored(a: int, b: int, n: int) -> None:
    x, y = number(a), number(b, 2)
    square = number(floored(y * y, 2), 2)
    want = [
        x + y, x - y, y - x, -x, abs(x), x * y, y * x, x * x, number(floored(square * y, 2), 2),
        x * n, n * x, x + n, n - x, x + y + n, x * Fraction(3, 4), Fraction(1, 2) - y,
        x if x < y else Fraction(n), x + Fraction(5, 4),
    ]  # fmt: skip
    units = [floored(value) for value in want]
    assert arithmetic(x, y, n) == units
    assert solved(ARITHMETIC, a, b, n) == [value % R for value in units]


ARITHMETIC = arithmetic.compile()


@circuit
def divisions(
    a: Private[Fixed[12, 4]], b: Private[Fixed[8, 2]], n: Private[Int[6]]
) -> tuple[Public[Array[Fixed[40, 4], 8]], Public[Array[Int[24], 6]]]:
    q, r = divmod(a, b)
    p, s = divmod(n, b)
    exact = [a / b, b / a, a / n, n / b, a / 3, a / 0.25, r, s]
    return exact, [q, p, a // 1, a // 0.5, b // n, 5 // b]


@given(A.filter(bool), B.filter(bool), N.filter(bool))
@settings(max_examples=60)
@example(-2048, -1, -32)
@example(1, -128, 31)
def test_quotients_are_floored(a: int, b: int, n: int) -> None:
    x, y = number(a), number(b, 2)
    exact = [x / y, y / x, x / n, n / y, x / 3, x * 4, x % y, n % y]
    units = [floored(value) for value in exact]
    units[3] = floored(Fraction(n) / y, 2) * 4  # both have two binary digits at most
    whole = [x // y, n // y, x // 1, x // Fraction(1, 2), y // n, 5 // y]
    assert divisions(x, y, n) == (units, whole)
    assert solved(DIVISIONS, a, b, n) == [value % R for value in [*units, *whole]]


DIVISIONS = divisions.compile()


@pytest.mark.parametrize(("a", "b", "n"), [(5, 0, 3), (0, 4, 3), (5, 4, 0)])
def test_a_divisor_of_zero_is_unsatisfied(a: int, b: int, n: int) -> None:
    x, y = number(a), number(b, 2)
    for run in (divisions, DIVISIONS.solve):
        with pytest.raises(UnsatisfiedError, match="divisor of a division is zero"):
            run(a=x, b=y, n=n)


@circuit
def comparisons(
    a: Private[Fixed[12, 4]], b: Private[Fixed[8, 2]], n: Private[Int[6]]
) -> Public[Array[Bool, 12]]:
    order = [a < b, a <= b, a > b, a >= b, a == b, a != b, a < n, n >= a, n == b, a >= 0.25]
    return [*order, member(a, [b, n, 1.5, 3]), b < 0.5]


@given(A, B, N)
@settings(max_examples=60)
@example(8, 2, 0)
@example(24, 6, 1)
@example(-16, -4, -1)
def test_comparisons_are_those_of_the_numbers(a: int, b: int, n: int) -> None:
    x, y = number(a), number(b, 2)
    want = [x < y, x <= y, x > y, x >= y, x == y, x != y, x < n, n >= x, n == y, x >= 0.25]
    want += [x in (y, n, 1.5, 3), y < 0.5]
    assert comparisons(x, y, n) == want
    assert solved(COMPARISONS, a, b, n) == want


COMPARISONS = comparisons.compile()


@component
def interest(amount: Fixed[24, 8], rate: Fixed[16, 12]) -> Fixed[40, 12]:
    return amount * rate


@circuit
def choices(
    a: Private[Fixed[12, 4]], b: Private[Fixed[8, 2]], i: Private[UInt[2]]
) -> Public[Array[Fixed[60, 12], 6]]:
    return [
        minimum(a, b, 2), maximum([a, b, 0.5]), lookup([a, b, 1, 2.75], i),
        lookup([Fraction(1, 2), 1, 2, 3], i), interest(a, narrow(0.1, Rounded[Fixed[16, 12]])),
        interest(b, 1),
    ]  # fmt: skip


@given(A, B, st.integers(0, 3))
@settings(max_examples=40)
def test_numbers_are_chosen_and_passed_to_components(a: int, b: int, i: int) -> None:
    x, y = number(a), number(b, 2)
    rate = Fraction(round(Fraction(4096, 10)), 4096)
    want = [min(x, y, 2), max(x, y, Fraction(1, 2)), [x, y, 1, Fraction(11, 4)][i],
            [Fraction(1, 2), 1, 2, 3][i], x * rate, y]  # fmt: skip
    units = [floored(Fraction(value), 12) for value in want]
    assert choices(x, y, i) == units
    assert solved(CHOICES, a, b, i) == [value % R for value in units]


CHOICES = choices.compile()


def test_of_constants_alone_a_component_and_narrow_give_fractions() -> None:
    assert interest(2.5, Fraction(1, 4)) == Fraction(5, 8)
    assert narrow(0.1, Rounded[Fixed[32, 16]]) == Fraction(6554, 65536)
    assert narrow(7, Fixed[8, 4]) == 7


@circuit
def narrowing(
    a: Private[Fixed[12, 4]], n: Private[Int[12]]
) -> tuple[Public[Fixed[6, 2]], Public[Fixed[12, 8]], Public[Fixed[3, 3]]]:
    return narrow(a, Fixed[6, 2]), narrow(n, Fixed[12, 8]), narrow(a / 16, Fixed[3, 3])


@given(A | st.integers(-160, 150), edges(-2048, 2047) | st.integers(-9, 9))
@example(-128, 7)
@example(127, -8)
@example(-129, 0)
@example(128, 0)
@example(0, 8)
def test_narrowing_floors_to_coarser_units_and_checks_the_range(a: int, n: int) -> None:
    coarse, fine, eighths = floored(number(a), 2), n * 256, a // 16 // 2
    fits = -32 <= coarse <= 31 and -8 <= n <= 7 and -4 <= eighths <= 3
    want = (coarse, fine, eighths) if fits else "unsatisfied"
    assert outcome(narrowing, a=number(a), n=n) == want
    found = solved(NARROWING, a, n)
    assert found == ([value % R for value in want] if isinstance(want, tuple) else want)


NARROWING = narrowing.compile()


def test_a_hint_takes_fractions_and_returns_numbers() -> None:
    def root(x: Fraction) -> float:
        assert isinstance(x, Fraction)
        return float(x) ** 0.5

    @circuit
    def rooted(x: Private[Fixed[20, 8]]) -> Public[Fixed[20, 8]]:
        y = hint(root, x, returns=Rounded[Fixed[20, 8]], waive="the root may be rounded up or down")
        check((y.units - 1) ** 2 < x.units * 256)
        check(x.units * 256 < (y.units + 1) ** 2)
        return y

    for x in (2, 0.25, 9, Fraction(5, 256)):
        units = round(float(Fraction(x)) ** 0.5 * 256)
        assert rooted(x) == units
        assert rooted.compile().solve(x=x).public == [units]

    @circuit
    def wrong(x: Private[Fixed[20, 8]]) -> Public[Fixed[20, 8]]:
        waive = "what the hint returns is looked at here, not what pins it"
        return hint(lambda x: x * 10**6, x, returns=Fixed[20, 8], waive=waive)

    for run in (wrong, wrong.compile().solve):
        with pytest.raises(UnsatisfiedError, match=r"returns a value that Fixed\[20, 8\] does not"):
            run(x=3)
    with pytest.raises(UnsatisfiedError, match="a text, which is not a number for Fixed"):
        wrong_kind(3)

    @circuit
    def inexact(x: Private[Fixed[20, 8]]) -> Public[Fixed[20, 8]]:
        return hint(lambda x: x / 3, x, returns=Fixed[20, 8], waive=waive)

    waive = "what the hint returns is looked at here, not what pins it"
    for run in (inexact, inexact.compile().solve):
        assert run(x=3) is not None
        with pytest.raises(UnsatisfiedError, match="between two units") as caught:
            run(x=1)
        assert "0.33" not in str(caught.value)


@circuit
def wrong_kind(x: Private[Fixed[20, 8]]) -> Public[Fixed[20, 8]]:
    return hint(lambda x: "one", x, returns=Fixed[20, 8])


def test_no_lie_about_a_product_or_quotient_passes() -> None:
    @circuit
    def computed(
        a: Private[Fixed[6, 3]], b: Private[Fixed[6, 2]]
    ) -> Public[Array[Fixed[24, 3], 2]]:
        return [a * b, a / b]

    system = computed.compile()
    names = list(system.symbols or ())
    first = 1 + system.public_count + system.private_input_count
    for a, b in [(-32, 5), (31, -3), (1, 1), (-1, 31), (0, -32)]:
        honest = rows.solve(system, [a, b])
        assert not rows.failing_rows(system, honest)
        for wire in [1, 2, *range(first, system.wire_count)]:
            for lie in {0, 1, 2, R - 1, honest[wire] + 1, honest[wire] - 1, -honest[wire]}:
                values = rows.solve(system, [a, b], {wire: lie})
                if values != honest and not rows.failing_rows(system, values):
                    assert ".inverse_" in names[wire]
                    assert honest[wire] == 0
                    assert values[:first] == honest[:first]


# --- what is refused


def refusing(body: Any, x: Any = Fixed[16, 8]) -> str:
    @circuit
    def example(x: Private[x], f: Private[Field], b: Private[Bool], n: Private[Int[8]]) -> None:
        body(x, f, b, n)

    with pytest.raises(CompileError) as caught:
        example.compile()
    return str(caught.value)


def test_what_would_lose_or_mistake_a_point_is_refused_with_advice() -> None:
    for body, words in [
        (lambda x, f, b, n: x * 0.1, "a float that its units do not hold"),
        (lambda x, f, b, n: x + 2**-9, "a float that its units do not hold"),
        (lambda x, f, b, n: select(b, 0.5, 1), "a float that its units do not hold"),
        (lambda x, f, b, n: x + Fraction(1, 3), "narrow(0.1, Rounded[Fixed[32, 16]])"),
        (lambda x, f, b, n: x + f, "mixes a Fixed with a Field"),
        (lambda x, f, b, n: f * x, "mixes a Fixed with a Field"),
        (lambda x, f, b, n: x + "1", "mixes a Fixed with a text"),
        (lambda x, f, b, n: x & b, "applies `&` to a Fixed"),
        (lambda x, f, b, n: ~x, "applies `~` to a Fixed"),
        (lambda x, f, b, n: check(x), "checks a Fixed"),
        (lambda x, f, b, n: select(x, 1, 2), "chooses by a Fixed"),
        (lambda x, f, b, n: select(b, x, f), "mixes a Fixed with a Field"),
        (lambda x, f, b, n: narrow(x, UInt[8]), "x // 1"),
        (lambda x, f, b, n: narrow(f, Fixed[16, 8]), "Int[n] first"),
        (lambda x, f, b, n: narrow(0.5, UInt[8]), "narrows a float"),
        (lambda x, f, b, n: narrow(300, Fixed[8, 4]), "does not hold"),
        (lambda x, f, b, n: to_bits(x, 16), "x.units"),
        (lambda x, f, b, n: poseidon([x]), "x.units"),
        (lambda x, f, b, n: lookup([1, 2], x), "Fixed"),
        (lambda x, f, b, n: x**0, "exponent"),
        (lambda x, f, b, n: x**-1, "1 / x"),
        (lambda x, f, b, n: n * 0.5, "Fixed ones with fractions"),
        (lambda x, f, b, n: n / 2, "Fixed numbers `/`"),
        (lambda x, f, b, n: float(x), "x // 1"),
        (lambda x, f, b, n: interest(x, x * x * x), "which takes Fixed[16, 12]"),
        (lambda x, f, b, n: interest(x, 0.1), "gives a float"),
    ]:  # fmt: skip
        assert words in refusing(body), words
    assert "may pass the field's size" in refusing(lambda x, f, b, n: x * x, Fixed[130, 64])


@pytest.mark.parametrize(
    "parameters", [32, (32,), (32, 33), (0, 0), (254, 3), (32, -1), (32, True)]
)
def test_a_type_without_its_two_sizes_is_refused(parameters: Any) -> None:
    with pytest.raises(CompileError, match=r"Fixed\[\.\.\.\] takes"):
        Fixed[parameters]


def test_outputs_must_be_in_the_declared_units() -> None:
    @circuit
    def finer(x: Private[Fixed[16, 8]]) -> Public[Fixed[16, 4]]:
        return x

    @circuit
    def whole(x: Private[Fixed[16, 8]]) -> Public[Int[16]]:
        return x

    @circuit
    def wider(x: Private[Fixed[16, 8]]) -> Public[Fixed[16, 8]]:
        return x + 1

    @circuit
    def integer(n: Private[Int[8]]) -> Public[Array[Fixed[16, 8], 3]]:
        return [n, 0.5, -3]

    with pytest.raises(CompileError, match="not in the units of Fixed"):
        finer.compile()
    with pytest.raises(CompileError, match="its whole part, x // 1"):
        whole.compile()
    with pytest.raises(CompileError, match="wider than Fixed"):
        wider.compile()
    assert integer(-5) == [-5 * 256, 128, -3 * 256]
    assert integer.compile().solve(n=-5).public == [(-5 * 256) % R, 128, (-3 * 256) % R]
