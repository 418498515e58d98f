"""Pedersen commitments over Baby Jubjub.

C = v B + b H, B = Point.BASE and H a point of which nobody knows by what number it is B times. Who
gave C to hold v, hiding it by a random b below L, can open it to no other v: two openings are that
number. Commitments add up: C + C' is one to v + v' by b + b'.
"""

from __future__ import annotations

from typing import Any

from zkpipe.accel.curves.baby_jubjub import L
from zkpipe.circuits.gadgets.arguments import whole
from zkpipe.circuits.gadgets.curve.point import Point
from zkpipe.circuits.language.values.signal import Signal

H = Point(
    20666025479109383249375702032009260483795011793732447625460591027279385884332,
    10784913778050376990398274934153723306170733275010055762231005781631263976795,
)
"""8 times the first point with y = SHA-512("zkpipe.v1.H", a counter byte) mod r, and x even."""


def pedersen_commit(value: Any, blinding: Any) -> Point:
    """The commitment to a value: a Point.

    value     a UInt[n], or an integer from 0
    blinding  likewise, random from 0 to L - 1: it hides the value only if nobody else can know it

    Values that are equal mod L have one commitment: declare them UInt[250] or narrower.

    Raises InputError, or in a circuit CompileError, for other things.

    Cost: two rows a bit of each and some 40 more, beside their own: 1,028 for 250 bits each.
    """
    held = Point.BASE.__mul__(_number("value", value))
    return held + H.__mul__(_number("blinding", blinding))


def _number(name: str, value: Any) -> Any:
    if isinstance(value, Signal):
        return value
    return whole("pedersen_commit()", name, value, 0, L - 1, "Give a whole number below L.")
