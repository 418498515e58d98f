"""Interval arithmetic on integers, and the rule that nothing passes the field's size silently.

A bounded value stands for one integer of its interval. That holds as long as the interval is
narrower than r, and its ends lie between -r and r.
"""

from __future__ import annotations

from zkpipe.accel.bn254 import R
from zkpipe.circuits.errors import CompileError
from zkpipe.circuits.language.text.syntax import expression_here

MAX_BITS = 253  # of the widest integer type: 2^253 < r < 2^254
FIELD_BITS = 254  # of an element of the field


def fits(low: int, high: int) -> bool:
    """Whether every integer of the interval has its own residue and lies between -r and r."""
    return low > -R and high < R and high - low < R


def too_wide(low: int, high: int) -> CompileError:
    """The error for an expression whose value may pass the field's size."""
    expression, source = expression_here()
    return CompileError(
        f"{expression} may pass the field's size: its bounds are {power(low)} to {power(high)}.",
        "Give the inputs narrower types, narrow() a value on the way, or make it a Field, which "
        "wraps around: Field(x).",
        source,
    )


def power(n: int) -> str:
    """An integer for a message: short, by powers of two where it is long."""
    if abs(n) < 10**12:
        return str(n)
    sign, size = ("-", -n) if n < 0 else ("", n)
    bits = (size - 1).bit_length()
    if size == 1 << bits:
        return f"{sign}2^{bits}"
    if size == (1 << bits) - 1:
        return f"{sign}(2^{bits} - 1)" if sign else f"2^{bits} - 1"
    return f"about {sign}2^{bits}"


def product(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """The interval of x y for x in a and y in b."""
    corners = [x * y for x in a for y in b]
    return min(corners), max(corners)


def integer_power(low: int, high: int, exponent: int) -> tuple[int, int]:
    """The interval of x^exponent for x from low to high, or one as hopelessly wide."""
    if exponent > 2 * MAX_BITS:
        exponent = 2 * MAX_BITS + exponent % 2  # only -1, 0 and 1 have such powers in the field
    ends = (low**exponent, high**exponent)
    if exponent and exponent % 2 == 0 and low < 0 < high:
        return 0, max(ends)
    return min(ends), max(ends)


def quotient(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """The interval of floor(x / y) for x in a and y in b, b above zero."""
    corners = [x // y for x in a for y in b]
    return min(corners), max(corners)


def comparable(low: int, high: int) -> bool:
    """Whether a difference from low to high can be compared with 0: shifted, it fits 253 bits."""
    return sign_bits(low, high) + 1 <= MAX_BITS


def sign_bits(low: int, high: int) -> int:
    """The least n with -2^n <= low and high < 2^n."""
    return max((-low - 1).bit_length() if low < 0 else 0, high.bit_length() if high > 0 else 0)


def divisible(dividend: tuple[int, int], divisor: tuple[int, int]) -> bool:
    """Whether only the true quotient and remainder satisfy q y + rem = x mod r.

    Shifted so that q begins at 0: q y + rem and x - q_low y must be one integer if they are one
    residue, whatever is allowed for q, y and rem.
    """
    low, high = quotient(dividend, divisor)
    shifted = [x - low * y for x in dividend for y in divisor]
    largest = (high - low) * divisor[1] + divisor[1] - 1
    return max(largest, *shifted) - min(0, *shifted) < R and divisor[1] < 1 << MAX_BITS - 1


def bitwise(operation: str, x: tuple[int, int], y: tuple[int, int]) -> tuple[int, int]:
    """The interval of x & y, x | y or x ^ y, as Python has them."""
    if operation == "|":  # De Morgan
        low, high = bitwise("&", (~x[1], ~x[0]), (~y[1], ~y[0]))
        low, high = ~high, ~low
        return (low, min(high, _ones(x) | _ones(y))) if min(x[0], y[0]) >= 0 else (low, high)
    size = 1 << max(sign_bits(*x), sign_bits(*y))
    if operation == "^":
        if min(x[0], y[0]) >= 0:
            return 0, _ones(x) | _ones(y)
        differ = (x[0] >= 0 and y[1] < 0) or (y[0] >= 0 and x[1] < 0)
        return -size, -1 if differ else size - 1
    highs = [z[1] for z in (x, y) if z[0] >= 0]
    if len(highs) == 2:
        return 0, min(*highs, _ones(x) & _ones(y))
    if highs:
        return 0, highs[0]
    return -size, (max if max(x[1], y[1]) >= 0 else min)(x[1], y[1])


def _ones(x: tuple[int, int]) -> int:
    """Ones in every place where a number from x, not negative, may have one."""
    return x[1] if x[0] == x[1] else (1 << x[1].bit_length()) - 1
