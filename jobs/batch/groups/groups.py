"""All groups of a batch, and which rows are in them, from the journal's entries."""

from __future__ import annotations

import sqlite3

from zkpipe.jobs.batch.groups.group import Group, group_of, members_of, number_of
from zkpipe.jobs.batch.journal import Entry, Kind

_TABLE = """
CREATE TABLE submitted (
    row INTEGER, identity BLOB, number INTEGER, PRIMARY KEY (row, identity)
) WITHOUT ROWID
"""
_WAITING = """
FROM states LEFT JOIN submitted
    ON submitted.row = states.row AND submitted.identity = states.identity
WHERE states.kind = ? AND submitted.number IS NULL
"""
_SENT = """
SELECT COUNT(*) FROM states JOIN submitted
    ON submitted.row = states.row AND submitted.identity = states.identity
WHERE states.kind = ? AND states.row < ?
"""


class Groups:
    """The groups, in the database of a batch's states.

    A row is in a group with its identity: with other inputs it is another statement, not sent yet.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._groups: list[Group] = []
        database.execute(_TABLE)

    def __len__(self) -> int:
        return len(self._groups)

    @property
    def all(self) -> tuple[Group, ...]:
        """In the order of their numbers."""
        return tuple(self._groups)

    @property
    def open(self) -> Group | None:
        """The group whose end is not known; there is one at most, the last."""
        return self._groups[-1] if self._groups and self._groups[-1].is_open else None

    def take(self, entry: Entry) -> None:
        """Take an entry of the journal that is about a group."""
        number = number_of(entry)
        if number == len(self._groups):
            self._groups.append(group_of(entry, None))
            self._database.executemany(
                "INSERT INTO submitted VALUES (?, ?, ?)",
                [(row, identity, number) for row, identity in members_of(entry)],
            )
            return
        self._groups[number] = group_of(entry, self._groups[number])
        if entry.kind in (Kind.REVERTED, Kind.UNSENT):  # its rows wait again
            self._database.execute("DELETE FROM submitted WHERE number = ?", (number,))

    def waiting(self, most: int) -> list[tuple[int, bytes, bytes]]:
        """The first proven rows that are in no group: row, identity, result."""
        columns = "SELECT states.row, states.identity, states.result"
        query = f"{columns} {_WAITING} ORDER BY states.row LIMIT ?"  # our own words
        return self._database.execute(query, (Kind.PROVED.value, most)).fetchall()

    def waiting_count(self) -> int:
        """How many proven rows are in no group."""
        found = self._database.execute(f"SELECT COUNT(*) {_WAITING}", (Kind.PROVED.value,))
        (number,) = found.fetchone()
        return int(number)

    def sent_count(self, rows: int) -> int:
        """How many of the first `rows` rows are in a group with the inputs that they have now."""
        (number,) = self._database.execute(_SENT, (Kind.PROVED.value, rows)).fetchone()
        return int(number)
