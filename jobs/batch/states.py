"""Where each row of a batch stands, in the order of the rows, whatever their number.

Taken from the journal when it is opened and kept in a file without a name, which SQLite makes and
the system removes: memory stays bounded for millions of rows.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from zkpipe.ground.files.reading import FileError
from zkpipe.jobs.batch.groups.group import KINDS
from zkpipe.jobs.batch.groups.groups import Groups
from zkpipe.jobs.batch.journal import NO_ROW, Entry, Journal, Kind


@dataclass(frozen=True, slots=True)
class RowState:
    """The last entry of a row."""

    row: int
    kind: Kind
    identity: bytes
    detail: str
    result: bytes


class States:
    """The last entries of all rows, and of the batch itself.

    begun   with which circuit and key it began
    last    what was said last of the whole batch
    at      when the last run began, in seconds since 1970
    since   rows that were settled since then
    groups  of rows that went to a contract
    """

    def __init__(self, journal: Journal) -> None:
        self.begun: Entry | None = None
        self.last: Entry | None = None
        self.at = self.since = 0
        self._database = sqlite3.connect("", isolation_level=None)
        self.groups = Groups(self._database)
        try:
            self._fill(journal)
        except sqlite3.Error as error:
            raise FileError(
                f"There is no room for a temporary file of the batch's rows: {error}.",
                "Free some space where temporary files go, or set SQLITE_TMPDIR to another folder.",
            ) from error

    def _fill(self, journal: Journal) -> None:
        self._database.execute(
            "CREATE TABLE states (row INTEGER PRIMARY KEY, kind TEXT, identity BLOB, detail TEXT, "
            "result BLOB)"
        )
        self._database.execute("BEGIN")
        for entry in journal.entries():
            if entry.kind in KINDS:
                self.groups.take(entry)
            elif entry.row == NO_ROW:
                self._say(entry)
            else:
                self.since += 1
                self._put(entry)
        self._database.execute("COMMIT")

    def _say(self, entry: Entry) -> None:
        self.last = entry
        if entry.kind is Kind.BEGUN:
            self.begun = entry
        if entry.kind in (Kind.BEGUN, Kind.RESUMED):
            self.at, self.since = int(json.loads(entry.detail)["at"]), 0

    def _put(self, entry: Entry) -> None:
        if entry.kind is Kind.DROPPED:
            self._database.execute("DELETE FROM states WHERE row = ?", (entry.row,))
            return
        self._database.execute(
            "INSERT OR REPLACE INTO states VALUES (?, ?, ?, ?, ?)",
            (entry.row, entry.kind.value, entry.identity, entry.detail, entry.result),
        )

    def rows(self) -> Iterator[RowState]:
        """In the order of their numbers."""
        found = self._database.execute("SELECT * FROM states ORDER BY row")
        for row, kind, identity, detail, result in found:
            yield RowState(row, Kind(kind), identity, detail, result)

    def count(self, kind: Kind) -> int:
        """How many rows stand so."""
        found = self._database.execute("SELECT COUNT(*) FROM states WHERE kind = ?", (kind.value,))
        (number,) = found.fetchone()
        return int(number)

    def proved_behind(self, rows: int) -> int:
        """How many rows from number `rows` on have a proof."""
        found = self._database.execute(
            "SELECT COUNT(*) FROM states WHERE kind = ? AND row >= ?", (Kind.PROVED.value, rows)
        )
        (number,) = found.fetchone()
        return int(number)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()
