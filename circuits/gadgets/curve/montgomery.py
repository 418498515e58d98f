"""Points of Baby Jubjub in Montgomery form, v^2 = u^3 + M u^2 + u, where a sum takes four rows.

    u = (1 + y) / (1 - y),  v = u / x        x = u / v,  y = (u - 1) / (u + 1)

Sums here are incomplete: of two points with the same u no row is satisfied. One of the rows is the
inverse of the difference, which there is not. So a proof of a wrong sum is impossible, and whoever
adds shows that no honest one needs such a sum. circomlib has three rows and leaves the slope free
there.

Source: circomlib's montgomery.circom, with the inverse.
"""

from __future__ import annotations

from zkpipe.circuits.gadgets.curve.edwards import Coordinates, quotient

M = 168698


def from_edwards(p: Coordinates) -> Coordinates:
    """A pair other than (0, 1) and (0, -1), of which no row is satisfied: three rows."""
    x, y = p
    u = quotient(1 + y, 1 - y)
    return u, u * quotient(1, x)


def to_edwards(p: Coordinates) -> Coordinates:
    """A pair other than (0, 0), of which no row is satisfied: three rows."""
    u, v = p
    return u * quotient(1, v), quotient(u - 1, u + 1)


def total(p: Coordinates, q: Coordinates) -> Coordinates:
    """The sum of two pairs with different u; of others no row is satisfied. Four rows."""
    (u, v), (s, t) = p, q
    slope = (t - v) * quotient(1, s - u)
    w = slope * slope - M - u - s
    return w, slope * (u - w) - v


def double_and_total(p: Coordinates, q: Coordinates) -> Coordinates:
    """2 p + q, as (p + q) + p without the second coordinate of p + q: seven rows.

    p and q have different u, and p + q and p too; of others no row is satisfied.
    """
    (u, v), (s, t) = p, q
    first = (t - v) * quotient(1, s - u)
    w = first * first - M - u - s  # of p + q, whose other coordinate is first (u - w) - v
    second = 2 * v * quotient(1, u - w) - first
    x = second * second - M - u - w
    return x, second * (u - x) - v
