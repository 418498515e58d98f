"""A point times the number that bits stand for.

    of_constant   a constant point of the prime subgroup
    of_point      any point of no low order
    by_constant   any point on the curve, by a known number

The sums within are Montgomery's, which two points with the same u do not have. So no two that meet
are equal or opposite, by the numbers that they are multiples of. L, the order of the subgroup, is
an odd prime. The analysis proves from the rows that no two are equal.

Constant point. Let s_i = 2 b_i - 1 and Q be half the point. Windows of three bits are t 8^j Q with
t odd, 7 at the most either way, and their sum up to j - 1 is m Q with m odd, below 8^j either way.
The two have the same u only if m is t 8^j or -t 8^j mod L, which is not so while 8^(j + 1) < L: for
83 windows. The bits above, what windows of constant bits make, and the constant by which the s_i
and the b_i differ, are added by Edwards' law, which is complete.

Any point P of no low order, that is of order L, 2 L, 4 L or 8 L. From the highest bit to the one
above the lowest, m <- 2 m + s_i with m = 1 at first: after all of them m is k, or k + 1 if k is
even. A bit that is 0 keeps m = 1 as it is, and m P + s_i P would be the identity. So P has company,
the point T = (0, -1) of order 2. The sum is m P and m P + T in turns, and s_i P + T or s_i P is
added twice over, so that of the two that are added one has T and the other has not. They are
neither equal nor opposite while m + 1 < L, as T is no other multiple of P than L P or 3 L P and so
on. Nor is the result (2 m + s_i) P or (2 m + s_i) P + T the identity while 2 m + 1 < L, m being
odd. After 249 bits, m is below 2^250, and the others are added by Edwards' law.

To add T is to change the signs of both coordinates. T is its own opposite, so that -P + T is the
opposite of P + T.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import IDENTITY, L, Pair, add, multiply
from zkpipe.circuits.gadgets.curve import montgomery
from zkpipe.circuits.gadgets.curve.edwards import ROOT, Coordinates, double, quotient, total
from zkpipe.circuits.gadgets.curve.windows import known, looked_up, on_wires
from zkpipe.circuits.language.values.as_field import as_field

WINDOWS = 83  # of three bits, whose sums are never of points with the same u
_HALF = (L + 1) // 2
_LAST = 4  # bits that are looked up at once
STEPS = 249  # after which the multiple of a point is below 2^250, and below L


def of_constant(point: Pair, bits: Sequence[Any]) -> Coordinates:
    """A constant point of the subgroup times a number, its bits lowest first.

    Cost: five rows for three bits and some ten more, 429 for 253 bits; none for three bits that are
    constants. circomlib has 523.
    """
    half, bits = multiply(point, _HALF), on_wires(bits)
    count = min(len(bits) // 3, WINDOWS)
    below, above = bits[: 3 * count], bits[3 * count :]
    offset = multiply(half, (1 << len(below)) - 1)  # what the signs of the windows lack
    partial: Coordinates | None = None
    for j in range(count):
        of_window = below[3 * j : 3 * j + 3]
        constants = [known(bit) for bit in of_window]
        if None not in constants:
            number = sum((2 * int(bit or 0) - 1) << i for i, bit in enumerate(constants))
            offset = add(offset, multiply(half, number << 3 * j))
            continue
        window = looked_up(multiply(half, 8**j), of_window)
        partial = window if partial is None else montgomery.total(partial, window)
    result = _added(above, multiply(point, 1 << len(below)), offset)
    return result if partial is None else total(montgomery.to_edwards(partial), result)


def _added(bits: Sequence[Any], point: Pair, offset: Pair) -> Coordinates:
    """A constant point times a few bits, and another added."""
    result: Coordinates = offset
    for start in range(0, len(bits), _LAST):
        here = [as_field(bit) for bit in bits[start : start + _LAST]]
        first = offset if start == 0 else IDENTITY
        table = [add(multiply(point, k << start), first) for k in range(1 << len(here))]
        found = _chosen(table, here)
        result = found if start == 0 else total(result, found)
    return result


def _chosen(table: Sequence[Pair], bits: Sequence[Any]) -> Coordinates:
    """The pair of a table of constants at the place that bits say: 0, 1, 3 or 7 rows for 1 to 4."""
    both = bits[0] * bits[1] if len(bits) > 1 else 0

    def chosen(values: Sequence[int], count: int) -> Any:
        if count > 2:
            half = len(values) // 2
            low = chosen(values[:half], count - 1)
            steps = [b - a for a, b in zip(values[:half], values[half:], strict=True)]
            return low + bits[count - 1] * chosen(steps, count - 1)
        value = values[0] + (values[1] - values[0]) % R * bits[0]
        if count == 2:
            a, b, c, d = values
            value += (c - a) % R * bits[1] + (a - b - c + d) % R * both
        return value

    return chosen([x for x, _ in table], len(bits)), chosen([y for _, y in table], len(bits))


def of_point(point: Coordinates, bits: Sequence[Any]) -> Coordinates:
    """A point of no low order times a number, its bits lowest first.

    point  on the curve. The analysis must find the rows that say so

    Of points of low order no row is satisfied, if there are two bits or more.

    Cost: six rows a bit and some 20 more up to 250 bits, then 12 a bit; 1,550 for 253 bits.
    circomlib has 2,310 for 254.
    """
    if not bits:
        return IDENTITY
    lowest, *higher = on_wires(bits)
    x, y = result = point
    within, beyond = higher[::-1][:STEPS], higher[::-1][STEPS:]
    if within:
        result = _doubled_and_added(point, within)
    for bit in beyond:
        result = total(double(result), ((2 * as_field(bit) - 1) * x, y))
    odd = as_field(lowest) - 1
    return total(result, (odd * x, 1 + odd * (1 - y)))  # less the point if the number is even


def _doubled_and_added(point: Coordinates, bits: Sequence[Any]) -> Coordinates:
    """(1 b_1 b_2 ...) point in digits of 1 and -1 for 1 and 0: the highest first, of 1 at least.

    x, y, y - a x and y + a x are not 0, with a^2 = A: so the point has no low order.
    """
    x, y = point
    u, over_x = quotient(1 + y, 1 - y), quotient(1, x)
    opposite_u = quotient(1 - y, 1 + y)
    v, opposite_v = u * over_x, -opposite_u * over_x
    quotient(1, (y - ROOT * x) * (y + ROOT * x) * y)
    partial, is_moved = (u, v), False
    for bit in bits:
        sign = 2 * as_field(bit) - 1
        added = (u, sign * v) if is_moved else (opposite_u, sign * opposite_v)
        partial, is_moved = montgomery.double_and_total(partial, added), not is_moved
    x, y = montgomery.to_edwards(partial)
    return (-x, -y) if is_moved else (x, y)


def by_constant(point: Coordinates, number: int) -> Coordinates:
    """A pair on the curve times a known number: five rows a bit and six a 1, beside its first bit.

    number  0 or more
    """
    result: Coordinates | None = None
    for bit in f"{number:b}":
        if result is not None:
            result = double(result)
        if bit == "1":
            result = point if result is None else total(result, point)
    return IDENTITY if result is None else result
