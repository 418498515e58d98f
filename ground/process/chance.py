"""Random numbers of the operating system, as `secrets` gives them.

`secrets` itself imports hmac, base64 and the generators of `random`: 2 ms at every start.
"""

from __future__ import annotations

import os


def random_below(bound: int) -> int:
    """A whole number from 0 to bound - 1; each is equally likely.

    Raises ValueError if the bound is below 1: no number is drawn.
    Cost: bits are drawn anew until they are below the bound, at most twice on average.
    """
    if bound < 1:
        raise ValueError(f"no number is below {bound}")
    bits = (bound - 1).bit_length()
    size = -(-bits // 8)
    while True:
        drawn = int.from_bytes(os.urandom(size), "little") >> (8 * size - bits)
        if drawn < bound:
            return drawn


def random_name() -> str:
    """16 digits for the name of a file that nobody else has."""
    return os.urandom(8).hex()
