"""Quotients rounded to the nearest whole number; `//` of the language rounds down.

The quotient nearest to a / b is floor(a / b + 1 / 2) = (2 a + b) // (2 b), but for a tie, where the
remainder of that division is 0 and the floor is the upper of two: an odd one is one too many.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.circuits.gadgets.arguments import element, misuse, whole
from zkpipe.circuits.language.values.signal import Signal


def round_div(a: Any, b: Any) -> Any:
    """a / b as the nearest whole number, and of two equally near ones the even one.

    So round(Fraction(a, b)) of Python rounds, and Rounded[...] of this language: 5 / 2 is 2,
    7 / 2 is 4, and -5 / 2 is -2.

    a, b  integers of known bounds, of either sign

    Cost: that of (2 a + b) // (2 b); four rows for ties, none if b is a constant that is odd, and
    the bits of the quotient if it may be negative. A b of 0 has no proof.

    Raises InputError, or in a circuit CompileError, for a b that is 0, for Fields, and for bounds
    that `//` refuses.
    """
    gadget = "round_div()"
    x, y = _integer(gadget, "a", a), _integer(gadget, "b", b)
    if not isinstance(x, Signal) and not isinstance(y, Signal):
        if not y:
            raise misuse(gadget, "divides by zero.", "Divide by another number.", "b", b)
        quotient, rest = divmod(2 * x + y, 2 * y)
        return quotient - (rest == 0 and quotient % 2)
    quotient, rest = divmod(2 * x + y, 2 * y)
    if isinstance(y, Signal) or y % 2 == 0:
        quotient = quotient - (rest == 0) * (quotient % 2)
    low, high = _interval(x, y)
    return Signal(quotient.engine, quotient.payload, low, high)


def _interval(x: Any, y: Any) -> tuple[int, int]:
    """Of the quotient: its extremes are those of the ends of both, but for 0."""
    (low, high), (least, most) = (z.interval if isinstance(z, Signal) else (z, z) for z in (x, y))
    divisors = {least, most, max(least, -1), max(least, 1), min(most, -1), min(most, 1)} - {0}
    divisors = {divisor for divisor in divisors if least <= divisor <= most}
    quotients = [round(Fraction(end, divisor)) for end in (low, high) for divisor in divisors]
    return min(quotients), max(quotients)


def _integer(gadget: str, name: str, value: Any) -> Any:
    if isinstance(value, Signal):
        return element(gadget, name, value)
    return whole(gadget, name, value, 1 - R, R - 1, "Give a whole number.")
