"""Rows that come back after they were withdrawn, which contracts cannot know: they are salted anew.

Who knows the answers of a segment, and of one that brings its rows back with a few new ones, knows
what the new ones hold. So a cell of a new segment in which a unit comes back must have new units,
too: at least the floor, and for each listed column none with a value, or at least the floor.
A unit is new in a cell if it never left the lineage in that cell.

What left is remembered in the vault, a secret for each root: for each unit and cell the cell and
eight bytes of a digest under a key of the home. So it outlives the rows. It is in backups.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator

import numpy as np

from zkpipe.exchange.clients.catalogue.removal import cell_name, unit_numbers
from zkpipe.exchange.errors import ReturnsTooSoonError
from zkpipe.exchange.home import Home
from zkpipe.exchange.home.vault import LEFT, MOST
from zkpipe.exchange.tables import Commitment
from zkpipe.ground.shown import shown

SIZE = 9  # bytes of a unit in a cell
NONE = bytes(SIZE)
A_SECRET = MOST // SIZE * SIZE


class Returns:
    """The units that left, by the roots that they left with."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._key = home.keys.unit_digests

    def note(self, old: Commitment, new: Commitment | None = None) -> None:
        """Remember, before it is sent, which units leave.

        old  the segment that is withdrawn
        new  the segment that takes its place, if one does
        """
        remain = set() if new is None else self.units_of(new)
        left = sorted(self.units_of(old) - remain) or [NONE]  # no secret is empty
        data = b"".join(left)
        for i, first in enumerate(range(0, len(data), A_SECRET)):
            name = f"{old.root:064x}.{i}"
            if not self._home.vault.has(LEFT, name):
                self._home.vault.put(LEFT, name, data[first : first + A_SECRET])

    def units_of(self, segment: Commitment) -> set[bytes]:
        """The units of a segment by their cells, as they are remembered."""
        return set(self._digests(segment))

    def of(self, roots: Iterable[bytes]) -> set[bytes]:
        """What left with roots. Those of other homes are not known."""
        wanted = {root.hex() for root in roots}
        found: set[bytes] = set()
        for name in self._home.vault.names(LEFT):
            if name.partition(".")[0] in wanted:
                data = self._home.vault.get(LEFT, name)
                found.update(data[i : i + SIZE] for i in range(0, len(data), SIZE))
        return found - {NONE}

    def check(self, new: Commitment, left: set[bytes], floor: int) -> None:
        """Raises ReturnsTooSoonError if a new segment brings units back with too few new ones.

        left  what left its lineage before, or leaves it now
        """
        if not left:
            return
        table = new.table
        cells = table.columns[0][0] >> 1
        listed = [column for column in table.schema.columns if column.listed]
        digests = list(self._digests(new, every=True))
        back = np.array([digest in left for digest in digests], np.bool_)
        for cell in np.unique(cells[back]).tolist():
            fresh = np.flatnonzero((cells == cell) & ~back)
            counts = {"": len({digests[i] for i in fresh})}
            for column in listed:
                values = table.columns[table.schema.place(column.name)][0]
                counts[column.name] = len({digests[i] for i in fresh if values[i]})
            for name, count in counts.items():
                if count < floor and (count > 0 or not name):
                    with_value = f" with a value in {shown(name)}" if name else ""
                    raise ReturnsTooSoonError(
                        "Units that were withdrawn come back in "
                        f"{cell_name(table.schema, cell)}, beside fewer new ones{with_value} than "
                        f"the floor, {floor}: two answers would tell what those hold.",
                        "Wait until as many new units are there, and publish them together.",
                    )

    def _digests(self, commitment: Commitment, *, every: bool = False) -> Iterator[bytes]:
        """Cell and digest of each unit; `every`: of each slot, in order, also without a row."""
        table = commitment.table
        cells = (table.columns[0][0] >> 1).tolist()
        before, digest = None, b""
        for cell, number in zip(cells, unit_numbers(table).tolist(), strict=True):
            if not cell:
                if every:
                    yield NONE
                continue
            if (cell, number) != before:
                before = cell, number
                digest = bytes([cell]) + self._digest(number)
                yield digest
            elif every:
                yield digest

    def _digest(self, number: int | tuple[int, int]) -> bytes:
        halves = number if isinstance(number, tuple) else (number,)
        data = b"".join(half.to_bytes(8, "big") for half in halves)
        return hmac.digest(self._key, data, "sha256")[: SIZE - 1]
