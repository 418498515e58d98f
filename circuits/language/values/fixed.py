"""Numbers with a point, as integers of units: of 2^-f for Fixed and UFixed, of 10^-p for Decimal.

A number remembers its scale, which is how many units are in one.

    sums, differences, comparisons    exact; the finer of two units
    products, quotients               floored to the finer of two units
    // and %                          a whole number, and what is left, as Python's floats have them
    narrow(x, Fixed[n, f])            floored to coarser units, range-checked

The finer one's scale is a multiple of the other's. Where neither goes into the other, as of 2^-8
and 10^-2, there is no common unit, and the two do not mix.

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

    __slots__ = ("_scale",)

    def __init__(self, units: Signal, scale: int) -> None:
        super().__init__(units.engine, units.payload, units.low, units.high)
        self._scale = scale

    @property
    def scale(self) -> int:
        """How many units are in one."""
        return self._scale

    @property
    def units(self) -> Signal:
        """The number of units: what is public, and what a hash may take."""
        return Signal(self.engine, self.payload, self.low, self.high)

    @property
    def is_flag(self) -> bool:
        """A number is no Bool, whatever its bounds."""
        return False

    def kind(self) -> str:
        """What it is, for messages: never its value."""
        low, high = self.interval
        ends = f"{bounds.power(low)} to {bounds.power(high)}"
        name = "Fixed" if _is_power_of_two(self.scale) else "Decimal"
        return f"a {name} from {ends} units of {unit(self.scale)}"

    def moved(self, engine: Engine, value: Any) -> Signal:
        """Another payload of the same kind and bounds."""
        return FixedSignal(Signal(engine, value, self.low, self.high), self.scale)

    def scaled(self, scale: int) -> Signal:
        """The units of which `scale` are in one: finer or the same."""
        return self.units * (scale // self.scale)

    # --- arithmetic

    def __add__(self, other: object) -> Signal:
        x, y, scale = _aligned(self, other)
        return FixedSignal(x + y, scale)

    __radd__ = __add__

    def __sub__(self, other: object) -> Signal:
        x, y, scale = _aligned(self, other)
        return FixedSignal(x - y, scale)

    def __rsub__(self, other: object) -> Signal:
        x, y, scale = _aligned(self, other)
        return FixedSignal(y - x, scale)

    def __neg__(self) -> Signal:
        return FixedSignal(-self.units, self.scale)

    def __abs__(self) -> Signal:
        return FixedSignal(abs(self.units), self.scale)

    def __mul__(self, other: object) -> Signal:
        if has_own_product(other):
            return NotImplemented
        y = _number(self, other, self.scale)
        units = self.units
        product = units * (units if other is self else y.units)
        scale = _common([self.scale, y.scale])
        return FixedSignal(product // min(self.scale, y.scale), scale)

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
        return _quotient(self, _number(self, other, self.scale))

    def __rtruediv__(self, other: object) -> Signal:
        return _quotient(_number(self, other, self.scale), self)

    def __divmod__(self, other: object) -> tuple[Signal, Signal]:
        x, y, scale = _aligned(self, other)
        quotient, remainder = divide(x, y)
        return quotient, FixedSignal(remainder, scale)

    def __rdivmod__(self, other: object) -> tuple[Signal, Signal]:
        x, y, scale = _aligned(self, other)
        quotient, remainder = divide(y, x)
        return quotient, FixedSignal(remainder, scale)

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
    """A value as a number in its own units, a float's in units that `finest` is a multiple of."""
    if isinstance(value, Signal):
        y = paired(beside, value)
        if isinstance(y, FixedSignal):
            return y
        if y.low is None:
            raise refused(
                "mixes a Fixed with a Field, which has no units.",
                "Compute with x.units, or narrow() the Field to an Int[n].",
            )
        return FixedSignal(y, 1)
    exact = exact_units(value)
    if exact is not None and (
        finest % exact[1] == 0 or (isinstance(value, Fraction) and exact[1] % finest == 0)
    ):
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
    y = _number(x, other, x.scale)
    scale = _common([x.scale, y.scale])
    return x.scaled(scale), y.scaled(scale), scale


def _common(scales: Sequence[int]) -> int:
    """The scale of the finest units, into which all others go."""
    finest = max(scales)
    for scale in scales:
        if finest % scale:
            raise refused(
                f"mixes units of {unit(scale)} and of {unit(finest)}, which have none in common.",
                "Use Decimals or Fixed numbers alone, or compute with x.units.",
            )
    return finest


def _quotient(x: FixedSignal, y: FixedSignal) -> Signal:
    """x / y floored to the finer units of the two."""
    scale = _common([x.scale, y.scale])
    return FixedSignal(x.scaled(scale) * y.scale // y.units, scale)


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
    """A constant as units and their scale, of which there are the fewest; None for no number."""
    number = plain_integer(value)
    return (number, 1) if number is not None else _ratio(value)


def nearest_units(value: object, scale: int) -> int | None:
    """A number in units, `scale` to one, the nearest, ties to even; None for what is no number."""
    ends = units_around(value, scale)
    if ends is None:
        return None
    below, above, beyond = ends
    return above if beyond > 0 or (beyond == 0 and below & 1) else below


def units_of(value: object, type_: FixedType) -> int | None:
    """A number in the units of a type, the nearest if it rounds; None for one that it refuses."""
    ends = units_around(value, type_.scale)
    if ends is None or (ends[0] != ends[1] and not type_.rounds):
        return None
    return nearest_units(value, type_.scale)


def units_around(value: object, scale: int) -> tuple[int, int, int] | None:
    """The units, `scale` to one, below and above a number, the same for one that is exact.

    With them the sign of how far it lies beyond their middle. None for what is no number.
    """
    number = plain_integer(value)
    if number is not None:
        return number * scale, number * scale, -1
    ratio = _ratio(value)
    if ratio is None:
        return None
    numerator, denominator = ratio
    units, rest = divmod(numerator * scale, denominator)
    if not rest:
        return units, units, -1
    return units, units + 1, (2 * rest > denominator) - (2 * rest < denominator)


def nearest_two(value: object, scale: int) -> tuple[str, str] | None:
    """The two numbers of whole units that a number lies between; None if it is one itself."""
    ends = units_around(value, scale)
    if ends is None or ends[0] == ends[1]:
        return None
    return shown_units(ends[0], scale), shown_units(ends[1], scale)


def between(value: object, scale: int) -> str:
    """For a message on a constant: which two numbers it lies between."""
    two = nearest_two(value, scale)
    return f": it lies between {two[0]} and {two[1]}" if two else ""


def unit(scale: int) -> str:
    """A unit for a message: 2^-16, 10^-2."""
    if scale == 1:
        return "1"
    if _is_power_of_two(scale):
        return f"2^-{scale.bit_length() - 1}"
    places = len(str(scale)) - 1
    return f"10^-{places}" if scale == 10**places else f"1 / {scale}"


def _is_power_of_two(scale: int) -> bool:
    return scale & scale - 1 == 0


def shown_units(units: int, scale: int) -> str:
    """The number that units stand for, exactly: in decimal, or if that is long as a quotient."""
    places = scale.bit_length() - 1 if _is_power_of_two(scale) else len(str(scale)) - 1
    shifted, rest = divmod(abs(units) * 10**places, scale)
    digits = str(shifted).rjust(places + 1, "0")
    if rest or len(digits) > _SHOWN:
        quotient = f"2^{places}" if _is_power_of_two(scale) else str(scale)
        return f"{units} / {quotient}"
    whole, behind = digits[: len(digits) - places], digits[len(digits) - places :].rstrip("0")
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


def number_of(units: int, scale: int) -> Fraction:
    """The number that units stand for: for hints, and for what is computed of constants alone."""
    return Fraction(units, scale)


# --- where types meet values


def signal_of(engine: Engine, value: Any, type_: ScalarType) -> Signal:
    """A payload as a signal of a type that it is proven to have."""
    if isinstance(type_, FieldType):
        return Signal(engine, value, None, None)
    signal = Signal(engine, value, type_.low, type_.high)
    return FixedSignal(signal, type_.scale) if isinstance(type_, FixedType) else signal


def as_fixed(engine: Engine, value: object, scale: int) -> FixedSignal | None:
    """A number in units, `scale` to one, if it is exact in them; None for anything else."""
    if isinstance(value, Signal):
        if value.low is None:
            return None
        number = value if isinstance(value, FixedSignal) else FixedSignal(value, 1)
    else:
        exact = exact_units(value)
        if exact is None:
            return None
        number = FixedSignal(constant(engine, exact[0]), exact[1])
    if scale % number.scale:
        return None
    return FixedSignal(number.scaled(scale), scale)


def rounded(engine: Engine, value: object, type_: FixedType) -> FixedSignal | None:
    """As as_fixed, and the nearest of a constant if the type rounds."""
    if type_.rounds and not isinstance(value, Signal):
        units = nearest_units(value, type_.scale)
        return None if units is None else FixedSignal(constant(engine, units), type_.scale)
    return as_fixed(engine, value, type_.scale)


def in_common_units(beside: Signal, values: Sequence[object]) -> tuple[list[Signal], int | None]:
    """Values as signals of one kind: integers and Fields, or units and their scale."""
    if not any(isinstance(value, FixedSignal) or is_number(value) for value in values):
        return [paired(beside, value) for value in values], None
    fixed = [value.scale for value in values if isinstance(value, FixedSignal)]
    numbers = [_number(beside, value, max(fixed, default=1)) for value in values]
    scale = _common([number.scale for number in numbers])
    return [number.scaled(scale) for number in numbers], scale


def of_units(units: Signal, scale: int | None) -> Signal:
    """The signal that in_common_units took apart: a Fixed if there is a scale."""
    return units if scale is None else FixedSignal(units, scale)
