"""The index's database: raw blocks and logs, and two copies of the folded tables.

One copy is of the last block, the other of the last final one. What is final is not folded again:
after a reorganisation the copy of the last block begins with the final one.

Every change is one transaction. A process that is killed leaves the state before or after it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

from zkpipe.exchange.errors import IndexingError
from zkpipe.exchange.index.beginnings import REGISTRY, objection
from zkpipe.exchange.index.events import Decoder, Event, Log
from zkpipe.exchange.index.folds.dispatch import fold
from zkpipe.exchange.index.reading import Block, Piece
from zkpipe.exchange.index.rows import Rows
from zkpipe.ground.files.reading import FileError, file_failure
from zkpipe.ground.process.posix import BYTES

WAIT = 30.0  # seconds for another process
FINAL = "final_"  # the prefix of the final copy's tables

_RAW = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS blocks (
    number INTEGER PRIMARY KEY, hash BLOB NOT NULL, parent BLOB NOT NULL, time INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS events (
    block INTEGER NOT NULL, number INTEGER NOT NULL, transaction_hash BLOB NOT NULL,
    address TEXT NOT NULL, topics BLOB NOT NULL, data BLOB NOT NULL, PRIMARY KEY (block, number)
) STRICT, WITHOUT ROWID;
"""


class Store:
    """The database in a file.

    Raises IndexingError if it is damaged, FileError if it cannot be read or written.
    """

    def __init__(self, file: Path, decoder: Decoder) -> None:
        self._file, self._decoder = file, decoder
        with self._errors():
            self._database = self._open()
            self.tip_rows, self.final_rows = Rows(self._database), Rows(self._database, FINAL)
            with self.transaction():
                self.tip_rows.make()
                self.final_rows.make()

    def _open(self) -> sqlite3.Connection:
        try:
            with suppress(FileExistsError):
                flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | BYTES
                os.close(os.open(self._file, flags, 0o600))
        except OSError as error:
            raise file_failure("written", self._file, error) from error
        database = sqlite3.connect(self._file, timeout=WAIT, isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")  # what a loss of power takes is read again
        database.executescript(_RAW)
        return database

    def close(self) -> None:
        """Let go of the file."""
        with suppress(sqlite3.Error):
            self._database.close()

    def reading(self) -> AbstractContextManager[None]:
        """All that is read in the block is of one moment."""
        return self._within("BEGIN")

    def transaction(self) -> AbstractContextManager[None]:
        """All that is changed in the block, or nothing."""
        return self._within("BEGIN IMMEDIATE")

    @contextmanager
    def _within(self, begin: str) -> Iterator[None]:
        with self._errors():
            self._database.execute(begin)
            try:
                yield
                self._database.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._database.execute("ROLLBACK")
                raise

    # Facts.

    def fact(self, name: str) -> str | None:
        """A text that was kept; None if it was not."""
        with self._errors():
            found = self._database.execute(
                "SELECT value FROM facts WHERE name = ?", (name,)
            ).fetchone()
        return None if found is None else str(found[0])

    def keep(self, name: str, value: str) -> None:
        """Keep a text."""
        with self._errors():
            self._database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    @property
    def final(self) -> int:
        """The last block that the final copy has; -1 if it has none."""
        return int(self.fact("final") or -1)

    # Raw blocks.

    def tip(self) -> Block | None:
        """The last block that was read."""
        return self.below(1 << 62)

    def below(self, number: int) -> Block | None:
        """The last block that was read and kept, of those up to a number."""
        with self._errors():
            found = self._database.execute(
                "SELECT number, hash, parent, time FROM blocks WHERE number <= ? "
                "ORDER BY number DESC LIMIT 1",
                (number,),
            ).fetchone()
        return None if found is None else Block(*found)

    def mark(self) -> tuple[int, bytes]:
        """How many logs there are, and the hash of the last one's block."""
        with self._errors():
            count, last = self._database.execute(
                "SELECT count(*), max(block) FROM events"
            ).fetchone()
            found = self._database.execute(
                "SELECT hash FROM blocks WHERE number = ?", (last,)
            ).fetchone()
        return int(count), b"" if found is None else bytes(found[0])

    def logs(self, begin: int, end: int) -> Iterator[tuple[Log, int]]:
        """The logs of the blocks from `begin` to `end`, the last included, with the blocks' times.

        In the chain's order.
        """
        found = self._database.execute(
            "SELECT block, events.number, transaction_hash, address, topics, data, time "
            "FROM events JOIN blocks ON blocks.number = block WHERE block BETWEEN ? AND ? "
            "ORDER BY block, events.number",
            (begin, end),
        )
        yield from map(_log, found.fetchall())

    def logs_of(self, address: str, first: bytes | None, end: int) -> list[tuple[Log, int]]:
        """The logs of a contract up to a block, each with its block's time, in the chain's order.

        first  what the first indexed argument is; None for any
        """
        where = "" if first is None else "AND substr(topics, 33, 32) = ? "
        with self._errors():
            found = self._database.execute(
                "SELECT block, events.number, transaction_hash, address, topics, data, time "  # noqa: S608 # ours
                "FROM events JOIN blocks ON blocks.number = block WHERE block <= ? AND address = ? "
                f"{where}ORDER BY block, events.number",
                (end, address) if first is None else (end, address, first),
            )
            return [_log(row) for row in found.fetchall()]

    def events(self) -> list[tuple[Log, Event]]:
        """All logs that the contracts' ABIs have as events, decoded, in the chain's order."""
        with self.reading():
            logs = list(self.logs(0, 1 << 62))
        decoded = ((log, self._decoder.event(log, time)) for log, time in logs)
        return [(log, event) for log, event in decoded if event is not None]

    # Changes, each within a transaction.

    def add(self, piece: Piece) -> None:
        """Add blocks and logs at the end, and fold them."""
        self._database.executemany(
            "INSERT INTO blocks VALUES (?, ?, ?, ?)",
            [(one.number, one.hash, one.parent, one.time) for one in piece.blocks],
        )
        self._database.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    one.block,
                    one.number,
                    one.transaction,
                    one.address,
                    b"".join(one.topics),
                    one.data,
                )
                for one in piece.logs
            ],
        )
        times = {block.number: block.time for block in piece.blocks}
        for log in piece.logs:
            self._fold(self.tip_rows, log, times[log.block])

    def settle(self, final: int) -> None:
        """Bring the final copy up to a block; older blocks without events go."""
        before = self.final
        if final <= before:
            return
        self.fold_range(self.final_rows, before + 1, final)
        self.keep("final", str(final))
        self._database.execute(
            "DELETE FROM blocks WHERE number < ? AND number NOT IN (SELECT block FROM events)",
            (final,),
        )

    def go_back(self, number: int) -> None:
        """Forget the blocks above a number, and what they changed."""
        self._database.execute("DELETE FROM blocks WHERE number > ?", (number,))
        self._database.execute("DELETE FROM events WHERE block > ?", (number,))
        if number < self.final:  # deeper than is expected: all anew
            self.final_rows.clear()
            self.fold_range(self.final_rows, 0, number)
            self.keep("final", str(number))
        self.tip_rows.copy(FINAL)
        self.fold_range(self.tip_rows, self.final + 1, number)

    def fold_anew(self) -> None:
        """Fold all that was read, from the first block on."""
        tip = self.tip()
        end = -1 if tip is None else tip.number
        self.tip_rows.clear()
        self.final_rows.clear()
        self.fold_range(self.final_rows, 0, self.final)
        self.fold_range(self.tip_rows, 0, end)

    def fold_range(self, rows: Rows, begin: int, end: int) -> None:
        """Fold the logs of some blocks into a copy."""
        for log, time in self.logs(begin, end):
            self._fold(rows, log, time)

    def copy_into(self, rows: Rows, number: int) -> None:
        """Fill empty tables with the state after a block."""
        begin = 0
        if number >= self.final:
            begin = self.final + 1
            rows.fill(self.final_rows)
        self.fold_range(rows, begin, number)

    def _fold(self, rows: Rows, log: Log, time: int) -> None:
        event = self._decoder.event(log, time)
        if event is None:
            return
        before = self._before(log) if event.contract == REGISTRY else None
        wrong = objection(rows, (log, event), before)
        if wrong is not None:
            raise IndexingError(
                f"{event.contract} tells {event.name} in block {log.block} {wrong}.",
                "Other contracts lay at the addresses before, or the node left events out. Compare "
                "the manifest with the one that its deployer gives to others, remove the index, "
                "and ask another node.",
            )
        try:
            fold(rows, event)
        except LookupError as error:
            raise IndexingError(
                f"{event.contract} tells {event.name} in block {log.block} of what was never "
                f"there: {error}.",
                "The node left events out. Remove the index, and read it anew from another node.",
            ) from error

    def _before(self, log: Log) -> tuple[Log, Event] | None:
        """The last event of the same contract before a log."""
        found = self._database.execute(
            "SELECT block, events.number, transaction_hash, address, topics, data, time "
            "FROM events JOIN blocks ON blocks.number = block WHERE address = ? "
            "AND (block, events.number) < (?, ?) ORDER BY block DESC, events.number DESC",
            (log.address, log.block, log.number),
        )
        for row in found:
            before, time = _log(row)
            event = self._decoder.event(before, time)
            if event is not None:
                return before, event
        return None

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """What SQLite says, as our errors."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise FileError(
                f"The index {self._file} cannot be written: {error}.",
                "Free some space on the disk, or mount it so that it can be written to, and go on.",
            ) from error
        except sqlite3.IntegrityError:
            raise
        except sqlite3.DatabaseError as error:
            raise IndexingError(
                f"The index {self._file} is damaged: {error}.",
                "Remove it: it is read anew from the chain.",
            ) from error


def _log(row: tuple[Any, ...]) -> tuple[Log, int]:
    """A log of a row of `events`, and its block's time."""
    block, number, transaction, address, topics, data, time = row
    parts = tuple(topics[i : i + 32] for i in range(0, len(topics), 32))
    return Log(block, number, transaction, address, parts, data), time
