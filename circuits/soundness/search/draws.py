"""Numbers that look random and are the same each time: for searches, whose finds are checked.

Nothing here is secret, and compiling must say the same each time; so they are not drawn from the
operating system.
"""

from __future__ import annotations

from hashlib import sha256


class Draws:
    """A stream of numbers: SHA-256 of a counter."""

    def __init__(self) -> None:
        self._count = 0

    def below(self, bound: int) -> int:
        """A number from 0 to bound - 1, all about equally often."""
        self._count += 1
        digest = sha256(self._count.to_bytes(8, "little")).digest()
        return int.from_bytes(digest + digest[::-1], "little") % bound
