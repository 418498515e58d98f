"""What the sender needs of a home."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from eth_account.signers.local import LocalAccount


class Home(Protocol):
    """Where a participant's account and files are; exchange.home has one."""

    @property
    def account(self) -> LocalAccount:
        """The account that signs."""

    @property
    def restored(self) -> object | None:
        """The mark of a home that came out of a backup; None without one."""

    def reconciled(self) -> None:
        """Take the mark away: what was sent since the backup is known from the chain."""

    def place(self, name: str) -> Path:
        """Where a file of this name is kept; for the owner alone."""
