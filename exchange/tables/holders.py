"""Holders of keyed sets: the number by which a row is found from its holder's public key.

It is the low 124 bits of P[HOLD](A.x, A.y): bits 0 to 61 are the unit, bits 62 to 123 its second
half.
"""

from __future__ import annotations

from zkpipe.circuits import Point
from zkpipe.exchange.words import tagged

BITS = 124


def holder_of(key: Point) -> str:
    """What the unit's column of a keyed set holds for a public key: 31 hex digits after 0x."""
    number: int = tagged("HOLD", [key.x, key.y])
    return f"0x{number & ((1 << BITS) - 1):031x}"
