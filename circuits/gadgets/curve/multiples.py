"""A point times the number that bits stand for.

    of_constant   a constant point of the prime subgroup
    of_point      any point of the prime subgroup but the identity
    by_constant   any point on the curve, by a known number

The sums within are Montgomery's, which two points with the same u do not have: there no row is
satisfied, so that no wrong multiple can be proven. That no honest prover comes there follows from
the numbers that the points are multiples of; L, the order of the subgroup, is an odd prime.

Constant point. Let s_i = 2 b_i - 1 and Q be half the point. Windows of three bits are t 8^j Q with
t odd, 7 at the most either way, and their sum up to j - 1 is m Q with m odd, below 8^j either way.
The two have the same u only if m is t 8^j or -t 8^j mod L, which is not so while 8^(j + 1) < L: for
83 windows. The bits above, and the constant by which the s_i and the b_i differ, are added by
Edwards' law, which is complete.

Any point. A sum that begins with U + P, U a constant point, is doubled for each bit but the lowest,
from the highest, and s_i P added: after n bits it is 2^n U + (k - b_0 + 1) P, from which the rest
is taken by Edwards' law. Two points with the same u would be a number by which P is U times it, or
U is P times it. Nobody knows one, as U is what a hash gives: of all points P but one in 2^120 none
comes there, and whoever finds one finds a logarithm.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import IDENTITY, L, Pair, add, multiply, negative
from zkpipe.circuits.gadgets.curve import montgomery
from zkpipe.circuits.gadgets.curve.edwards import Coordinates, double, opposite, total
from zkpipe.circuits.gadgets.curve.windows import looked_up
from zkpipe.circuits.language.values.as_field import as_field

WINDOWS = 83  # of three bits, whose sums are never of points with the same u
_HALF = (L + 1) // 2
_LAST = 4  # bits that are looked up at once
START: Pair = (
    9518425074414365615815772596527818391682296107096442551995951174737648569238,
    11470772797066271969936892844716469142090643440034217921625290905337119743891,
)  # U, 8 times the first point with y = SHA-512("zkpipe.v1.U", a counter byte) mod r, x even


def of_constant(point: Pair, bits: Sequence[Any]) -> Coordinates:
    """A constant point of the subgroup times a number, its bits lowest first.

    Cost: two rows a bit and a dozen more, 518 for 253 bits. circomlib has 523, with free slopes.
    """
    half = multiply(point, _HALF)
    count = min(len(bits) // 3, WINDOWS)
    below, above = bits[: 3 * count], bits[3 * count :]
    offset = multiply(half, (1 << len(below)) - 1)  # what the signs of the windows lack
    result = _added(above, multiply(point, 1 << len(below)), offset)
    if not count:
        return result
    partial = looked_up(half, below[:3])
    for j in range(1, count):
        window = looked_up(multiply(half, 8**j), below[3 * j : 3 * j + 3])
        partial = montgomery.total(partial, window)
    return total(montgomery.to_edwards(partial), result)


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
    """A point of the subgroup but the identity times a number, its bits lowest first.

    Of the identity, and of points with which a sum is met that Montgomery's law lacks, no row is
    satisfied.

    Cost: eight rows a bit and some 30 more, 2,052 for 253 bits. circomlib has 2,310 for 254, with
    free slopes.
    """
    if not bits:
        return IDENTITY
    lowest, *higher = bits
    u, v = montgomery.from_edwards(point)
    partial = montgomery.from_edwards(total(START, point))
    for bit in reversed(higher):
        sign = 2 * as_field(bit) - 1
        partial = montgomery.double_and_total(partial, (u, sign * v))
    x, y = opposite(point)
    rest = (1 - lowest) * x, lowest + (1 - lowest) * y  # the identity for a 1
    start = negative(multiply(START, 1 << len(higher)))
    return total(montgomery.to_edwards(partial), total(start, rest))


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
