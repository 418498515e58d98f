"""Points of Baby Jubjub in Montgomery form, v^2 = u^3 + M u^2 + u, where a sum takes three rows.

    u = (1 + y) / (1 - y),  v = u / x        x = u / v,  y = (u - 1) / (u + 1)

Sums here are incomplete. Of two points that are opposite no row is satisfied, so that a proof of a
wrong sum is impossible, and whoever adds shows that no honest one needs such a sum. Of a point and
itself the slope is anything: whoever adds shows also that the two differ, whatever the witness, and
the analysis proves that from the rows (`soundness.lemmas.multiples`). circomlib has the same rows
and leaves this to its reader.

Source: circomlib's montgomery.circom.
"""

from __future__ import annotations

from zkpipe.circuits.gadgets.author import wire
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
    """The sum of two pairs with different u: three rows."""
    (u, v), (s, t) = p, q
    slope = quotient(t - v, s - u)
    w = wire(slope * slope - M - u - s)
    return w, wire(slope * (u - w) - v)


def double_and_total(p: Coordinates, q: Coordinates) -> Coordinates:
    """2 p + q, as (p + q) + p without the second coordinate of p + q: five rows.

    p and q have different u, and p + q and p too.
    """
    (u, v), (s, t) = p, q
    first = quotient(t - v, s - u)
    w = wire(first * first - M - u - s)  # of p + q, whose other coordinate is first (u - w) - v
    second = quotient(2 * v, u - w) - first
    x = wire(second * second - M - u - w)
    return x, wire(second * (u - x) - v)
