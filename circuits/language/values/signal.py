"""A value of a circuit: what its operators mean, what bounds their results have, what is refused.

`low` and `high` are the bounds of an integer; None for a Field. A value with bounds 0 and 1 is a
flag and serves as a Bool. Python's own protocols that need a plain value (`if`, `[...]`, `range`)
end in a CompileError with the language's way to say it.
"""

from __future__ import annotations

import math
from enum import Enum
from typing import Any, NoReturn

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.circuits.errors import CompileError
from zkpipe.circuits.language.suggestions.needs import Need
from zkpipe.circuits.language.values import bounds
from zkpipe.circuits.language.values.engine import Engine, current_engine, keep_for
from zkpipe.circuits.language.values.refusals import NotPlain, refused
from zkpipe.circuits.language.values.structure import is_record, leaves
from zkpipe.circuits.language.values.words import Words
from zkpipe.ground.kinds import DATES, describe, integer, is_date

OF_A_CIRCUIT = " of a circuit>"  # how the text of a signal ends


class Signal(Words):
    """A value while a circuit is traced or run.

    engine  what executes the circuit; signals of two engines do not mix
    payload the engine's own, which a circuit's author has no use for
    low     least integer it can be; None for a Field
    high    largest integer it can be; None for a Field
    """

    __array_ufunc__ = None  # numpy's integers on the left leave the operation to us
    __slots__ = ("engine", "high", "low", "payload")

    def __init__(self, engine: Engine, value: Any, low: int | None, high: int | None) -> None:
        self.engine = engine
        self.payload = value
        self.low = low
        self.high = high

    @property
    def is_flag(self) -> bool:
        """Whether it is proven to be 0 or 1."""
        return self.low is not None and self.high is not None and 0 <= self.low <= self.high <= 1

    @property
    def interval(self) -> tuple[int, int]:
        """The bounds of an integer; 0 to r - 1 for a Field."""
        if self.low is None or self.high is None:
            return 0, R - 1
        return self.low, self.high

    @property
    def scale(self) -> int | None:
        """Units in one: of a Fixed 2^f, of a Decimal 10^p; None for others."""
        return None

    @property
    def units(self) -> Signal:
        """The integer that stands for it: of a Fixed the number of its units."""
        return self

    def moved(self, engine: Engine, value: Any) -> Signal:
        """Another payload of the same kind and bounds."""
        return Signal(engine, value, self.low, self.high)

    def kind(self) -> str:
        """What it is, for messages: never its value."""
        if self.low is None or self.high is None:
            return "a Field"
        if self.is_flag:
            return "a Bool"
        return f"an integer from {bounds.power(self.low)} to {bounds.power(self.high)}"

    # --- arithmetic

    def __add__(self, other: object) -> Signal:
        y = other if type(other) is Signal else operand(self, other)
        engine = self.engine
        if y.engine is not engine or current_engine.get() is not engine:
            paired(self, y)
        if self.low is None or y.low is None or self.high is None or y.high is None:
            return Signal(engine, engine.add(self.payload, y.payload, True), None, None)
        low, high = self.low + y.low, self.high + y.high
        if not bounds.fits(low, high):
            raise bounds.too_wide(low, high)
        return Signal(engine, engine.add(self.payload, y.payload, False), low, high)

    __radd__ = __add__

    def __sub__(self, other: object) -> Signal:
        y = paired(self, other)
        wraps, low, high = difference_bounds(self, y)
        return Signal(self.engine, self.engine.subtract(self.payload, y.payload, wraps), low, high)

    def __rsub__(self, other: object) -> Signal:
        return paired(self, other) - self

    def __neg__(self) -> Signal:
        return 0 - self

    def __pos__(self) -> Signal:
        return self

    def __mul__(self, other: object) -> Signal:
        if type(other) is not Signal and has_own_product(other):
            return NotImplemented
        y = other if type(other) is Signal else operand(self, other)
        engine = self.engine
        if y.engine is not engine or current_engine.get() is not engine:
            paired(self, y)
        if self.low is None or y.low is None or self.high is None:
            return Signal(engine, engine.multiply(self, y, True), None, None)
        if y is self:
            low, high = bounds.integer_power(self.low, self.high, 2)
        else:
            low, high = bounds.product(self.interval, y.interval)
        if not bounds.fits(low, high):
            raise bounds.too_wide(low, high)
        return Signal(engine, engine.multiply(self, y, False), low, high)

    __rmul__ = __mul__

    def __pow__(self, exponent: object, modulus: object = None) -> Signal:
        if modulus is not None or type(exponent) is not int or exponent < 0:
            raise refused(
                "has an exponent that is not a whole number known at compile time.",
                _exponent_fix(exponent, modulus),
            )
        if self.low is None or self.high is None:
            low = high = None
        else:
            low, high = bounds.integer_power(self.low, self.high, exponent)
            if not bounds.fits(low, high):
                raise bounds.too_wide(low, high)
        engine, wraps = in_reach(self), low is None
        result: Signal | None = None
        square = self
        while exponent:
            if exponent & 1:
                result = square if result is None else product(result, square, wraps)
            exponent >>= 1
            if exponent:
                square = product(square, square, wraps)
        if result is None:
            engine.use(self.payload)
        value = engine.constant(1) if result is None else result.payload
        return Signal(engine, value, low, high)

    def __rpow__(self, base: object) -> NoReturn:
        raise refused(
            "has a signal for an exponent.",
            "Take the exponent's bits and multiply: select(bit, power, 1) for each.",
        )

    def __floordiv__(self, other: object) -> Signal:
        return divide(self, paired(self, other))[0]

    def __rfloordiv__(self, other: object) -> Signal:
        return divide(paired(self, other), self)[0]

    def __mod__(self, other: object) -> Signal:
        return divide(self, paired(self, other))[1]

    def __rmod__(self, other: object) -> Signal:
        return divide(paired(self, other), self)[1]

    def __divmod__(self, other: object) -> tuple[Signal, Signal]:
        return divide(self, paired(self, other))

    def __rdivmod__(self, other: object) -> tuple[Signal, Signal]:
        return divide(paired(self, other), self)

    def __truediv__(self, other: object) -> Signal:
        raise refused(
            "divides with `/`.",
            "Integers have `//` and `%`, Fixed numbers `/`; a Field's quotient is a hint q with "
            "check(q * b == a) and check(b != 0).",
        )

    def __rtruediv__(self, other: object) -> Signal:
        return self.__truediv__(other)

    def __abs__(self) -> Signal:
        if self.low is None or self.high is None:
            raise refused("takes abs() of a Field, which has no sign.", "Use an Int[n].")
        if self.low >= 0:
            return self
        if self.high <= 0:
            return -self
        zero = paired(self, 0)
        _ordered(self, zero)
        negative = self.engine.negation(self.engine.at_least(self, zero))
        value = self.engine.select(negative, (-self).payload, self.payload, False)
        return Signal(self.engine, value, 0, max(-self.low, self.high))

    # --- comparisons

    def _equals(self, other: object) -> Any:
        """The engine's payload for self == other."""
        y = paired(self, other)
        difference_bounds(self, y)
        return self.engine.equal(self, y)

    def _at_least(self, other: object) -> Any:
        """The engine's payload for self >= other."""
        y = paired(self, other)
        _ordered(self, y)
        return self.engine.at_least(self, y)

    def _at_most(self, other: object) -> Any:
        """The engine's payload for self <= other."""
        y = paired(self, other)
        _ordered(y, self)
        return self.engine.at_most(self, y)

    def __eq__(self, other: object) -> Signal:  # type: ignore[override]  # a flag, not a bool
        return stated(self.engine, self._equals(other))

    def __ne__(self, other: object) -> Signal:  # type: ignore[override]  # a flag, not a bool
        return stated(self.engine, self.engine.negation(self._equals(other)))

    def __ge__(self, other: object) -> Signal:
        return stated(self.engine, self._at_least(other))

    def __le__(self, other: object) -> Signal:
        return stated(self.engine, self._at_most(other))

    def __lt__(self, other: object) -> Signal:
        return stated(self.engine, self.engine.negation(self._at_least(other)))

    def __gt__(self, other: object) -> Signal:
        return stated(self.engine, self.engine.negation(self._at_most(other)))

    # --- what Words has the operators `& | ^ ~ << >>` from

    def _paired(self, other: object) -> Signal:
        return paired(self, other)

    def _made(self, value: Any, low: int | None, high: int | None) -> Signal:
        return Signal(in_reach(self), value, low, high)

    __hash__ = NotPlain.__hash__  # a class with __eq__ would lose it

    def __repr__(self) -> str:
        self._require_shown()
        return f"<{self.kind()}{OF_A_CIRCUIT}"

    __str__ = __repr__

    def __format__(self, specification: str) -> str:
        if specification:
            raise self._refused(Need.NUMERAL)
        self._require_shown()
        return f"<{self.kind()}{OF_A_CIRCUIT}"

    def __matmul__(self, other: object) -> NoReturn:
        raise refused(
            "multiplies matrices with `@`.",
            "Multiply values with `*`; of two lists write sum(x * y for x, y in zip(xs, ys)).",
        )

    __rmatmul__ = __matmul__


def product(x: Signal, y: Signal, wraps: bool) -> Signal:
    """x y inside a power, whose bounds are those of the power."""
    return Signal(x.engine, x.engine.multiply(x, y, wraps), None, None)


def flag(engine: Engine, value: Any) -> Signal:
    """A Bool."""
    return Signal(engine, value, 0, 1)


def stated(engine: Engine, value: Any) -> Signal:
    """A Bool that the author's text makes of others or of a comparison, and that must be used."""
    return Signal(engine, engine.stated(value), 0, 1)


def spare(value: object) -> None:
    """Take what a nest's signals were computed from as used: an operation had it and left it out.

    select(True, a < b, c < d) with a constant for a condition is no forgotten check.
    """
    for leaf in leaves(value):
        if isinstance(leaf, Signal):
            leaf.engine.use(leaf.payload)


def constant(engine: Engine, value: int) -> Signal:
    """A known integer."""
    return Signal(engine, engine.constant(value), value, value)


def in_reach(signal: Signal) -> Engine:
    """The signal's engine, if it is the one that is running: not one of an outer or older trace.

    What it is asked for would else become rows of another circuit, or of none.
    """
    running = current_engine.get()
    engine: Engine = signal.engine
    if running is not engine:
        error = foreign() if running is not None else _elsewhere()
        keep_for(engine, error)
        raise error
    return engine


def _elsewhere() -> CompileError:
    """The error for signals where no body runs: their checks and refusals would be lost."""
    return refused(
        "uses a circuit's signal outside of its body: in another thread, or when it has ended.",
        "Call it in the circuit's own body.",
    )


def foreign() -> CompileError:
    """The error for signals of two circuits or components in one expression."""
    return refused(
        "uses a signal from outside this component or circuit.",
        "Pass it as an argument: a component is traced once and used in many places.",
    )


def plain_integer(value: object) -> int | None:
    """The integer that a constant is: a whole number or a Bool (ground.kinds); None for others."""
    return value if type(value) is int else integer(value)


def has_own_product(value: object) -> bool:
    """Whether a value says itself what a number times it is, as a record of a point does."""
    return is_record(value) and hasattr(value, "__rmul__")


def operand(signal: Signal, other: object) -> Signal:
    """A constant beside a signal, as a signal of the same engine."""
    value = plain_integer(other)
    if value is None:
        kind = describe(other)
        if isinstance(other, float) and not math.isfinite(other):
            kind += " that is not finite"
        raise refused(f"mixes a signal with {kind}.", _mixing_fix(other))
    return constant(signal.engine, value)


def _mixing_fix(other: object) -> str:
    if isinstance(other, list | tuple | np.ndarray):
        return (
            "Work on a list item by item: [x + y for x in xs], or of two lists "
            "[x + y for x, y in zip(xs, ys, strict=True)]."
        )
    if isinstance(other, Enum):
        return "Take its value, as in Colour.RED.value."
    if is_date(other):
        return DATES
    if is_record(other):
        return "Take the record's fields one by one."
    if other is None:
        return "Give a signal or a whole number; what has no value yet can begin as 0."
    if hasattr(other, "as_integer_ratio"):
        return "Write a whole number, or declare a Fixed[n, f], which mixes with fractions."
    return "Give a signal or a whole number."


def _exponent_fix(exponent: object, modulus: object) -> str:
    if modulus is not None:
        return "Write (x ** n) % m."
    if isinstance(exponent, int):
        return "Of a Field take the inverse from a hint, and check(inverse * x == 1)."
    if isinstance(exponent, float):
        return "Take the root from a hint, and check what makes it right, as r * r == x."
    return "Raise to a constant, 0 or more; for other powers multiply by flags with select()."


def paired(signal: Signal, other: object) -> Signal:
    """The second operand of an operator, checked to be of the same engine."""
    y = other if isinstance(other, Signal) else operand(signal, other)
    if y.engine is not in_reach(signal):
        raise foreign()
    return y


def difference_bounds(x: Signal, y: Signal) -> tuple[bool, int | None, int | None]:
    """Whether x - y wraps around, and its bounds. Raises CompileError for too wide ones."""
    if x.low is None or y.low is None or x.high is None or y.high is None:
        return True, None, None
    low, high = x.low - y.high, x.high - y.low
    if not bounds.fits(low, high):
        raise bounds.too_wide(low, high)
    return False, low, high


def _ordered(x: Signal, y: Signal) -> None:
    """Refuse x >= y if it has no order, or if its shifted difference passes 253 bits."""
    if x.low is None or y.low is None or x.high is None or y.high is None:
        raise refused(
            "compares a Field, which has no order.",
            "Declare the values UInt[n] or Int[n], or narrow() them to one; gadgets.less_than() "
            "compares integers from 0 to r - 1.",
        )
    if not bounds.comparable(x.low - y.high, x.high - y.low):
        raise refused(
            "compares values too far apart: with a shifted difference of 254 bits or more a false "
            "order could be proven.",
            "Give both narrower types, of 252 bits at the most.",
        )


def divide(x: Signal, y: Signal) -> tuple[Signal, Signal]:
    """Quotient and remainder as Python's // and % have them: the remainder has y's sign."""
    if x.low is None or y.low is None or x.high is None or y.high is None:
        raise refused(
            "divides a Field, which has no quotient and remainder.",
            "Declare the values UInt[n] or Int[n], or narrow() them to one.",
        )
    if y.low == y.high == 0:
        raise refused("divides by zero.", "Divide by another number.")
    if y.low >= 0:
        return _divide_by_positive(x, y)
    if y.high <= 0:
        q, remainder = _divide_by_positive(-x, -y)
        return q, -remainder
    engine, zero = x.engine, paired(y, 0)
    _ordered(y, zero)
    negative = engine.negation(engine.at_least(y, zero))
    low, high = min(x.low, -x.high), max(x.high, -x.low)
    dividend = Signal(engine, engine.select(negative, (-x).payload, x.payload, False), low, high)
    q, remainder = _divide_by_positive(dividend, abs(y))
    assert remainder.high is not None  # noqa: S101 - for the type checker: an integer
    signed = engine.select(negative, (-remainder).payload, remainder.payload, False)
    return q, Signal(engine, signed, -remainder.high, remainder.high)


def _divide_by_positive(x: Signal, y: Signal) -> tuple[Signal, Signal]:
    divisor = (max(1, y.interval[0]), y.interval[1])
    low, high = bounds.quotient(x.interval, divisor)
    if not bounds.divisible(x.interval, divisor):
        raise refused(
            "may have a false quotient: the largest quotient times the largest divisor, plus the "
            "largest remainder, pass the field's size.",
            "Give dividend and divisor narrower types.",
        )
    q, remainder = x.engine.divide(x, y)
    return Signal(x.engine, q, low, high), Signal(x.engine, remainder, 0, divisor[1] - 1)
