"""Pedersen commitments over Baby Jubjub.

C = v B + b H commits to v with a random b below L, the order of the subgroup. B is Point.BASE, and
H a point whose logarithm to the base B nobody knows. Two openings of C to different v would give
it.
Commitments add up: C + C' is one to v + v', with b + b'.
"""

from __future__ import annotations

from typing import Any

from zkpipe.accel.curves.baby_jubjub import L
from zkpipe.circuits.gadgets.arguments import misuse, whole
from zkpipe.circuits.gadgets.curve.point import Point
from zkpipe.circuits.language.values.signal import Signal

H = Point(
    20666025479109383249375702032009260483795011793732447625460591027279385884332,
    10784913778050376990398274934153723306170733275010055762231005781631263976795,
)
"""8 times the first point with y = SHA-512("zkpipe.v1.H", a counter byte) mod r, and x even."""


def pedersen_commit(value: Any, blinding: Any) -> Point:
    """The commitment to a value: a Point.

    value     a UInt[n], or an integer from 0 to L - 1; L is about 2^251
    blinding  likewise, and random: secrets.randbits(250). It hides the value while it is secret

    Values that are equal modulo L have the same commitment: declare them UInt[250] or narrower.

    Raises InputError, or in a circuit CompileError, for anything else.

    Cost: five rows for three bits of each and some 20 more, beside their own: 850 for 250 bits
    each.
    """
    held = Point.BASE.__mul__(_number("value", value))
    return held + H.__mul__(_number("blinding", blinding))


def _number(name: str, value: Any) -> Any:
    if not isinstance(value, Signal):
        fix = "Give a whole number below the order of the subgroup, as secrets.randbits(250) is."
        return whole("pedersen_commit()", name, value, 0, L - 1, fix)
    if value.scale is not None or value.low is None or value.low < 0:
        raise misuse(
            "pedersen_commit()",
            f"has {value.kind()} for {name}, not a whole number from 0 with known bounds.",
            "Declare it UInt[250] or narrower.",
            name,
        )
    return value
