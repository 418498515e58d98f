"""The journal of a batch: what was done, in SQLite, sealed so that a loss or a change shows.

SQLite in its WAL mode survives a kill at any moment and, with `synchronous = FULL`, the loss of
power. It does not notice damage: pages have no checksums, and of a WAL with one flipped byte it
drops the rest without a word (tried: 50 of 100 rows gone, integrity_check content). So entries are
only ever added, each holds a keyed digest over itself and the entry before, and the last one's
number and digest are written beside, after each commit. A journal that is read again must have all
entries up to that mark, with the right digests; it may have more, of a commit before whose mark the
process was killed.

Entries hold digests and public texts, never inputs.

Sources: sqlite.org/wal.html, sqlite.org/atomiccommit.html.
"""

from __future__ import annotations

import os
import sqlite3
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from zkpipe.ground.closing import Closing
from zkpipe.ground.files.reading import FileError, file_failure, read_file
from zkpipe.ground.files.writing import write_file
from zkpipe.ground.process.posix import BYTES
from zkpipe.jobs.batch.identity import BatchSecret
from zkpipe.jobs.errors import JournalError

NO_ROW = -1
FIRST = b"\0" * 32  # before the first entry
FILE, MARK = "journal.sqlite", "journal.last"
WAIT = 30.0  # seconds for another process that reads
GROUP = 1000  # entries that are read at once

_TABLE = """
CREATE TABLE IF NOT EXISTS entries (
    sequence INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    row INTEGER NOT NULL,
    identity BLOB NOT NULL,
    detail TEXT NOT NULL,
    result BLOB NOT NULL,
    seal BLOB NOT NULL
) STRICT
"""
_COLUMNS = "sequence, kind, row, identity, detail, result, seal"


class Kind(Enum):
    """What an entry says."""

    BEGUN = "begun"  # with the digests of circuit and key
    PROVED = "proved"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RESUMED = "resumed"
    FINISHED = "finished"
    DROPPED = "dropped"  # the table no longer has the row
    SUBMITTING = "submitting"  # a group's transaction, before a node sees it (batch.groups)
    SUBMITTED = "submitted"  # the contract has accepted the group
    REVERTED = "reverted"  # the group's transaction was mined and failed
    UNSENT = "unsent"  # the group's transaction was not sent, and never will be mined


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it is added.

    row       NO_ROW for what is said of the whole batch
    identity  of the row, see batch.identity
    detail    JSON
    result    the digest of the row's files, or the row's proof itself
    """

    kind: Kind
    row: int = NO_ROW
    identity: bytes = b""
    detail: str = "{}"
    result: bytes = b""

    def sealed_bytes(self, sequence: int) -> bytes:
        """What its digest covers; lengths stand before the parts, so no two entries share it."""
        parts = (self.kind.value.encode(), self.identity, self.detail.encode(), self.result)
        head = struct.pack("<qq4q", sequence, self.row, *map(len, parts))
        return head + b"".join(parts)


class Journal(Closing):
    """The journal in a batch's folder, open; every entry up to the mark is there and is sealed.

    Raises JournalError if it is not what was written, FileError if it cannot be read or written.
    Cost: some 10 us an entry.
    """

    def __init__(self, folder: Path, secret: BatchSecret, *, for_reading: bool = False) -> None:
        self._file, self._mark = folder / FILE, folder / MARK
        self._secret = secret
        self._reads = for_reading
        mark = self._read_mark()  # before the entries: others may be added meanwhile
        with self._errors():
            self._database = self._open()
        try:
            self._length, self._seal = self._check(mark)
        except BaseException:
            self._database.close()
            raise

    def _open(self) -> sqlite3.Connection:
        if self._reads:
            where = f"{self._file.absolute().as_uri()}?mode=ro"
            return sqlite3.connect(where, uri=True, timeout=WAIT, isolation_level=None)
        try:
            with suppress(FileExistsError):
                os.close(os.open(self._file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | BYTES, 0o600))
        except OSError as error:
            raise file_failure("written", self._file, error) from error
        database = sqlite3.connect(
            self._file, timeout=WAIT, isolation_level=None, check_same_thread=False
        )
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute(_TABLE)
        return database

    def __len__(self) -> int:
        return self._length

    def add(self, entries: Iterable[Entry]) -> None:
        """Add entries and have them on the disk, all or none.

        Raises FileError if the disk is full or fails.
        """
        length, seal, rows = self._length, self._seal, []
        for entry in entries:
            seal = self._secret.seal(seal, entry.sealed_bytes(length))
            rows.append(
                (
                    length,
                    entry.kind.value,
                    entry.row,
                    entry.identity,
                    entry.detail,
                    entry.result,
                    seal,
                )
            )
            length += 1
        with self._errors():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                self._database.executemany(
                    f"INSERT INTO entries ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                    rows,
                )
                self._database.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._database.execute("ROLLBACK")
                raise
        self._length, self._seal = length, seal
        write_file(self._mark, f"{length} {seal.hex()}\n".encode(), secret=True)

    def entries(self) -> Iterator[Entry]:
        """All entries, in order; checked again as they are read."""
        seal = FIRST
        for sequence, entry, kept in self._stored():
            seal = self._secret.seal(seal, entry.sealed_bytes(sequence))
            if seal != kept:
                raise self._damaged(f"entry {sequence} was changed")
            yield entry

    def _stored(self) -> Iterator[tuple[int, Entry, bytes]]:
        """Entries as they lie there, with their digests."""
        with self._errors():
            if self._reads and not self._has_table():  # it is being made, or its maker was killed
                return
            found = self._database.execute(f"SELECT {_COLUMNS} FROM entries ORDER BY sequence")  # noqa: S608
            expected = 0
            while rows := found.fetchmany(GROUP):
                for sequence, kind, row, identity, detail, result, seal in rows:
                    if sequence != expected:
                        raise self._damaged(f"entry {expected} is missing")
                    expected += 1
                    try:
                        entry = Entry(Kind(kind), row, identity, detail, result)
                        entry.sealed_bytes(sequence)
                    except (ValueError, TypeError, AttributeError, struct.error):
                        raise self._damaged(f"entry {sequence} is none of ours") from None
                    yield sequence, entry, seal

    def _has_table(self) -> bool:
        found = self._database.execute("SELECT 1 FROM sqlite_master WHERE name = 'entries'")
        return found.fetchone() is not None

    def _check(self, mark: tuple[int, bytes]) -> tuple[int, bytes]:
        """The number of entries and the last digest."""
        length, seal = 0, FIRST
        at_mark = FIRST if mark[0] == 0 else b""
        for sequence, entry, kept in self._stored():
            seal = self._secret.seal(seal, entry.sealed_bytes(sequence))
            if seal != kept:
                raise self._damaged(f"entry {sequence} was changed")
            length += 1
            if length == mark[0]:
                at_mark = seal
        if mark[0] == 0 and length > 1:  # a kill may leave the first entry without its mark
            raise self._damaged(f"{self._mark.name} is gone")
        if length < mark[0]:
            raise self._damaged(f"it has {length} entries of {mark[0]}")
        if at_mark != mark[1]:
            raise self._damaged(f"{self._mark.name} is of another journal")
        return length, seal

    def _read_mark(self) -> tuple[int, bytes]:
        if not self._mark.exists():
            return 0, FIRST
        text = read_file(self._mark, 200)
        try:
            number, digest = text.decode("ascii").split()
            mark = int(number), bytes.fromhex(digest)
        except ValueError:
            raise self._damaged(f"{self._mark.name} was changed") from None
        return mark

    def _damaged(self, what: str) -> JournalError:
        return JournalError(
            f"The journal {self._file} is damaged: {what}.",
            f"Look at the disk. To begin anew, remove the folder {self._file.parent}: all rows are "
            "then proved again, and the proofs that are there replaced.",
        )

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """What SQLite says, as our errors."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            if _is_of_the_system(error):
                raise FileError(
                    f"The journal {self._file} cannot be written: {error}.",
                    "Free some space on the disk, look at its state, and run the batch again: it "
                    "goes on where it was.",
                ) from error
            raise self._damaged(str(error)) from error
        except UnicodeDecodeError as error:  # from sqlite3, whose message quotes what it found
            raise self._damaged("its text is not UTF-8") from error

    def close(self) -> None:
        """Let go of the files."""
        with suppress(sqlite3.Error):
            self._database.close()


def _is_of_the_system(error: sqlite3.DatabaseError) -> bool:
    """Whether the disk or another process is the reason, not what is in the file."""
    code = getattr(error, "sqlite_errorcode", None)
    reasons = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_BUSY", "SQLITE_READONLY", "SQLITE_CANTOPEN")
    known = {getattr(sqlite3, name, None) for name in reasons}
    return code is not None and code & 0xFF in known
