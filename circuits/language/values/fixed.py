"""Fixed[n, f]: numbers in units of 2^-f, as integers of units with the point remembered.

    sums, differences, comparisons    exact; the finer of two units
    products, quotients               floored to the finer of two units
    // and %                          a whole number, and what is left, as Python's floats have them
    narrow(x, Fixed[n, f])            floored to coarser units, range-checked

Whole numbers mix with them, as constants and as signals; a float or Decimal only if the units
beside it hold it exactly: a limit of 0.4 that becomes the nearest unit lets 0.40001 pass. Rounding
is for the author to ask for: narrow(0.1, Rounded[Fixed[8, 6]]) is a Fraction, and Fractions mix if
they are exact in binary. The type of an input or a hint's result rounds in the same way; a signal
is exact, whatever type it came by.

A product of two that have fractions costs the bits of the product, some of which the floor takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from zkpipe.circuits.language.values import bounds
from zkpipe.circuits.language.values.engine import Engine
from zkpipe.circuits.language.values.refusals import refused
from zkpipe.circuits.language.values.signal import (
    Signal,
    constant,
    divide,
    has_own_product,
    paired,
    plain_integer,
)
from zkpipe.circuits.language.values.types import FieldType, FixedType, ScalarType
from zkpipe.ground.kinds import describe

_EXPONENT = 100  # decimal digits: far beyond the field, and far below its units
_SHOWN = 40  # digits of a number in a message


class FixedSignal(Signal):
    """A number while a circuit is traced or run: payload and bounds are those of its units."""

    __slots__ = ("_fraction",)

    def __init__(self, units: Signal, fraction: int) -> None:
        super().__init__(units.engine, units.payload, units.low, units.high)
        self._fraction = fraction

    @property
    def fraction(self) -> int:
        """How many binary digits stand behind the point."""
        return self._fraction

    @property
    def units(self) -> Signal:
        """The number of units of 2^-fraction: what is public, and what a hash may take."""
        return Signal(self.engine, self.payload, self.low, self.high)

    @property
    def is_flag(self) -> bool:
        """A number is no Bool, whatever its bounds."""
        return False

    def kind(self) -> str:
        """What it is, for messages: never its value."""
        low, high = self.interval
        ends = f"{bounds.power(low)} to {bounds.power(high)}"
        return f"a Fixed from {ends} units of 2^-{self.fraction}"

    def moved(self, engine: Engine, value: Any) -> Signal:
        """Another payload of the same kind and bounds."""
        return FixedSignal(Signal(engine, value, self.low, self.high), self.fraction)

    def scaled(self, fraction: int) -> Signal:
        """The units of 2^-fraction, which are finer or the same."""
        return self.units * (1 << fraction - self.fraction)

    # --- arithmetic

    def __add__(self, other: object) -> Signal:
        x, y, fraction = _aligned(self, other)
        return FixedSignal(x + y, fraction)

    __radd__ = __add__

    def __sub__(self, other: object) -> Signal:
        x, y, fraction = _aligned(self, other)
        return FixedSignal(x - y, fraction)

    def __rsub__(self, other: object) -> Signal:
        x, y, fraction = _aligned(self, other)
        return FixedSignal(y - x, fraction)

    def __neg__(self) -> Signal:
        return FixedSignal(-self.units, self.fraction)

    def __abs__(self) -> Signal:
        return FixedSignal(abs(self.units), self.fraction)

    def __mul__(self, other: object) -> Signal:
        if has_own_product(other):
            return NotImplemented
        y = _number(self, other, self.fraction)
        units = self.units
        product = units * (units if other is self else y.units)
        extra = min(self.fraction, y.fraction)
        return FixedSignal(product // (1 << extra), max(self.fraction, y.fraction))

    __rmul__ = __mul__

    def __pow__(self, exponent: object, modulus: object = None) -> Signal:
        if modulus is not None or type(exponent) is not int or exponent < 1:
            raise refused(
                "has an exponent that is not a whole number from 1, known at compile time.",
                "Multiply; for a reciprocal write 1 / x.",
            )
        result: Signal = self
        for _ in range(exponent - 1):
            result = result * self
        return result

    def __truediv__(self, other: object) -> Signal:
        return _quotient(self, _number(self, other, self.fraction))

    def __rtruediv__(self, other: object) -> Signal:
        return _quotient(_number(self, other, self.fraction), self)

    def __divmod__(self, other: object) -> tuple[Signal, Signal]:
        x, y, fraction = _aligned(self, other)
        quotient, remainder = divide(x, y)
        return quotient, FixedSignal(remainder, fraction)

    def __rdivmod__(self, other: object) -> tuple[Signal, Signal]:
        x, y, fraction = _aligned(self, other)
        quotient, remainder = divide(y, x)
        return quotient, FixedSignal(remainder, fraction)

    def __floordiv__(self, other: object) -> Signal:
        return divmod(self, other)[0]

    def __rfloordiv__(self, other: object) -> Signal:
        return self.__rdivmod__(other)[0]

    def __mod__(self, other: object) -> Signal:
        return divmod(self, other)[1]

    def __rmod__(self, other: object) -> Signal:
        return self.__rdivmod__(other)[1]

    # --- comparisons

    def _equals(self, other: object) -> Any:
        x, y, _ = _aligned(self, other)
        return x._equals(y)

    def _at_least(self, other: object) -> Any:
        x, y, _ = _aligned(self, other)
        return x._at_least(y)

    def _at_most(self, other: object) -> Any:
        x, y, _ = _aligned(self, other)
        return x._at_most(y)


def _number(beside: Signal, value: object, finest: int) -> FixedSignal:
    """A value as a number in its own units, a float's no finer than 2^-finest."""
    if isinstance(value, Signal):
        y = paired(beside, value)
        if isinstance(y, FixedSignal):
            return y
        if y.low is None:
            raise refused(
                "mixes a Fixed with a Field, which has no units.",
                "Compute with x.units, or narrow() the Field to an Int[n].",
            )
        return FixedSignal(y, 0)
    exact = exact_units(value)
    if exact is not None and (exact[1] <= finest or isinstance(value, Fraction)):
        return FixedSignal(constant(beside.engine, exact[0]), exact[1])
    if is_number(value) and _ratio(value) is None:
        raise refused(
            f"mixes a Fixed with {describe(value)} that is not finite.",
            "Give a finite number, as small or large as the bounds of the other.",
        )
    if is_number(value):
        raise refused(
            f"mixes a Fixed with {describe(value)} that its units do not hold"
            f"{between(value, finest)}.",
            "Write one of these, or round it to the units you mean: "
            "narrow(0.1, Rounded[Fixed[32, 16]]) beside the signal.",
        )
    raise refused(
        f"mixes a Fixed with {describe(value)}.",
        "Numbers mix with numbers; work on a list item by item.",
    )


def _aligned(x: FixedSignal, other: object) -> tuple[Signal, Signal, int]:
    """Both operands in the finer units of the two."""
    y = _number(x, other, x.fraction)
    fraction = max(x.fraction, y.fraction)
    return x.scaled(fraction), y.scaled(fraction), fraction


def _quotient(x: FixedSignal, y: FixedSignal) -> Signal:
    """x / y floored to the finer units of the two."""
    fraction = max(x.fraction, y.fraction)
    return FixedSignal(x.scaled(fraction + y.fraction) // y.units, fraction)


# --- constants


def is_number(value: object) -> bool:
    """Whether it is a float, Decimal, Fraction or the like: a real number of no integer type."""
    return hasattr(value, "as_integer_ratio") and plain_integer(value) is None


def plain_number(value: object) -> int | float | Decimal | Fraction | None:
    """A constant as Python's own number of the same value; None for what is no finite number.

    Numpy's own wrap around or round: 200 + 100 of uint8 is 44.
    """
    number = plain_integer(value)
    if number is not None:
        return number
    ratio = _ratio(value)
    if ratio is None:
        return None
    if isinstance(value, float):
        return float.__float__(value)
    return value if isinstance(value, Decimal | Fraction) else Fraction(*ratio)


def exact_units(value: object) -> tuple[int, int] | None:
    """A constant as units and the fewest binary digits behind the point; None if not exact."""
    number = plain_integer(value)
    if number is not None:
        return number, 0
    ratio = _ratio(value)
    if ratio is None or ratio[1] & ratio[1] - 1:
        return None
    return ratio[0], ratio[1].bit_length() - 1


def nearest_units(value: object, fraction: int) -> int | None:
    """A number in units of 2^-fraction, the nearest, ties to even; None for what is no number."""
    ends = units_around(value, fraction)
    if ends is None:
        return None
    below, above, beyond = ends
    return above if beyond > 0 or (beyond == 0 and below & 1) else below


def units_of(value: object, type_: FixedType) -> int | None:
    """A number in the units of a type, the nearest if it rounds; None for one that it refuses."""
    ends = units_around(value, type_.fraction)
    if ends is None or (ends[0] != ends[1] and not type_.rounds):
        return None
    return nearest_units(value, type_.fraction)


def units_around(value: object, fraction: int) -> tuple[int, int, int] | None:
    """The units of 2^-fraction below and above a number, the same for one that is exact.

    With them the sign of how far it lies beyond their middle. None for what is no number.
    """
    number = plain_integer(value)
    if number is not None:
        return number << fraction, number << fraction, -1
    ratio = _ratio(value)
    if ratio is None:
        return None
    numerator, denominator = ratio
    units, rest = divmod(numerator << fraction, denominator)
    if not rest:
        return units, units, -1
    return units, units + 1, (2 * rest > denominator) - (2 * rest < denominator)


def nearest_two(value: object, fraction: int) -> tuple[str, str] | None:
    """The two numbers of whole units that a number lies between; None if it is one itself."""
    ends = units_around(value, fraction)
    if ends is None or ends[0] == ends[1]:
        return None
    return shown_units(ends[0], fraction), shown_units(ends[1], fraction)


def between(value: object, fraction: int) -> str:
    """For a message on a constant: which two numbers it lies between."""
    two = nearest_two(value, fraction)
    return f": it lies between {two[0]} and {two[1]}" if two else ""


def shown_units(units: int, fraction: int) -> str:
    """The number that units stand for, exactly: in decimal, or if that is long as a quotient."""
    digits = str(abs(units) * 5**fraction).rjust(fraction + 1, "0")
    if len(digits) > _SHOWN:
        return f"{units} / 2^{fraction}"
    whole, behind = digits[: len(digits) - fraction], digits[len(digits) - fraction :].rstrip("0")
    return ("-" if units < 0 else "") + whole + ("." + behind if behind else "")


def _ratio(value: Any) -> tuple[int, int] | None:
    """Numerator and denominator; None for what is no number, not finite or absurdly large.

    What is absurdly small is a number still, between 0 and the least unit.
    """
    if not is_number(value):
        return None
    if isinstance(value, Decimal) and value.is_finite() and value:
        sign = -1 if value < 0 else 1
        if value.adjusted() > _EXPONENT:  # 10^999999999 has no ratio that fits in memory
            return sign * 10**_EXPONENT, 1
        if value.adjusted() < -_EXPONENT:
            return sign, 10**_EXPONENT
    try:
        numerator, denominator = map(plain_integer, value.as_integer_ratio())
    except Exception:  # noqa: BLE001 - infinities, and classes of somebody's
        return None
    if numerator is None or not denominator:
        return None
    return (numerator, denominator) if denominator > 0 else (-numerator, -denominator)


def number_of(units: int, fraction: int) -> Fraction:
    """The number that units stand for: for hints, and for what is computed of constants alone."""
    return Fraction(units, 1 << fraction)


# --- where types meet values


def signal_of(engine: Engine, value: Any, type_: ScalarType) -> Signal:
    """A payload as a signal of a type that it is proven to have."""
    if isinstance(type_, FieldType):
        return Signal(engine, value, None, None)
    signal = Signal(engine, value, type_.low, type_.high)
    return FixedSignal(signal, type_.fraction) if isinstance(type_, FixedType) else signal


def as_fixed(engine: Engine, value: object, fraction: int) -> FixedSignal | None:
    """A number in units of 2^-fraction, if it is exact in them; None for anything else."""
    if isinstance(value, Signal):
        if value.low is None:
            return None
        number = value if isinstance(value, FixedSignal) else FixedSignal(value, 0)
    else:
        exact = exact_units(value)
        if exact is None:
            return None
        number = FixedSignal(constant(engine, exact[0]), exact[1])
    if number.fraction > fraction:
        return None
    return FixedSignal(number.scaled(fraction), fraction)


def rounded(engine: Engine, value: object, type_: FixedType) -> FixedSignal | None:
    """As as_fixed, and the nearest of a constant if the type rounds."""
    if type_.rounds and not isinstance(value, Signal):
        units = nearest_units(value, type_.fraction)
        return None if units is None else FixedSignal(constant(engine, units), type_.fraction)
    return as_fixed(engine, value, type_.fraction)


def in_common_units(beside: Signal, values: Sequence[object]) -> tuple[list[Signal], int | None]:
    """Values as signals of one kind: integers and Fields, or units and their fraction."""
    if not any(isinstance(value, FixedSignal) or is_number(value) for value in values):
        return [paired(beside, value) for value in values], None
    fixed = [value.fraction for value in values if isinstance(value, FixedSignal)]
    numbers = [_number(beside, value, max(fixed, default=0)) for value in values]
    fraction = max(number.fraction for number in numbers)
    return [number.scaled(fraction) for number in numbers], fraction


def of_units(units: Signal, fraction: int | None) -> Signal:
    """The signal that in_common_units took apart: a Fixed if there is a fraction."""
    return units if fraction is None else FixedSignal(units, fraction)
