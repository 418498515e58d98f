"""Memory that was given back, kept for the next piece of the same size.

Allocating on a card waits for everything before, and proofs under one key want the same sizes again
and again. All work of a card goes through one stream, in order, so a piece can be handed on while
what used it last is still waiting its turn.
"""

from __future__ import annotations

import weakref
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress

ALIGNMENT = 256


class Piece:
    """A piece of a card's memory, given back when nothing holds this object any more."""

    __slots__ = ("__weakref__", "address")

    def __init__(self, address: int) -> None:
        self.address = address


class Pool:
    """Pieces by size.

    allocate  gives the address of so many bytes; raises CardError if there are not as many
    """

    def __init__(self, allocate: Callable[[int], int]) -> None:
        self._allocate = allocate
        self._kept: dict[int, list[int]] = defaultdict(list)

    def take(self, size: int) -> Piece:
        """So many bytes or a few more, with what was in them. Raises what `allocate` raises."""
        size = max(1, -(-size // ALIGNMENT)) * ALIGNMENT
        kept = self._kept[size]
        try:
            address = kept.pop()
        except IndexError:
            address = self._allocate(size)
        piece = Piece(address)
        # The list alone is touched: this may run in any thread, at any time, and asks no driver.
        weakref.finalize(piece, kept.append, address).atexit = False
        return piece

    def kept(self) -> int:
        """Bytes that are kept and that nobody has."""
        return sum(size * len(pieces) for size, pieces in list(self._kept.items()))

    def forget(self) -> list[int]:
        """The addresses of what was kept, which nobody has from now on."""
        addresses = []
        for pieces in list(self._kept.values()):
            with suppress(IndexError):  # another thread takes some
                while True:
                    addresses.append(pieces.pop())
        return addresses
