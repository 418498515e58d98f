"""How far a long piece of work has come, told to whoever asks."""

from __future__ import annotations

from collections.abc import Callable

Told = Callable[[int, int], None]  # (done, total)
HASHES = 1 << 10  # of a beacon that count for one part: no beacon has fewer


class Progress:
    """Counts what is done of a total, and tells it."""

    def __init__(self, total: int, told: Told | None = None) -> None:
        self._total, self._told, self._done = total, told, 0

    def add(self, count: int) -> None:
        """So much more is done."""
        self._done += count
        if self._told is not None:
            self._told(min(self._done, self._total), self._total)

    def hashing(self) -> Callable[[int], None]:
        """What is told how often one beacon's value has been hashed, and adds that."""
        before = 0

        def hashed(done: int) -> None:
            nonlocal before
            parts = done // HASHES
            self.add(parts - before)
            before = parts

        return hashed
