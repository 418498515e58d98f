"""The three kinds of keys, by what is known of the secrets behind them."""

from __future__ import annotations

from enum import IntEnum


class Provenance(IntEnum):
    """Where a key comes from. The numbers are those of a verifier's PROVENANCE(), where 0 is none.

    DEVELOPMENT  one party made it alone, and it says so
    UNVERIFIED   anything else that this user has not verified: it may be anybody's
    CEREMONY     this user verified it against its circuit and its powers of tau, and people whom
                 they trust contributed to both phases
    """

    DEVELOPMENT = 1
    UNVERIFIED = 2
    CEREMONY = 3

    @property
    def word(self) -> str:
        """As people read it: "Development", "Unverified", "Ceremony"."""
        return self.name.capitalize()
