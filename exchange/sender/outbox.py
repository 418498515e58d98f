"""The outbox: every attempt, in SQLite, on the disk before a node sees it.

SQLite in its WAL mode with `synchronous = FULL` survives a kill at any moment and the loss of
power. What must never happen is refused by the database itself: signed bytes never change and are
never deleted, an account signs a nonce once, and of a task one attempt at most is open.

A database that lost rows could send twice. After each signing the number of signed attempts is
written to a file beside it; a database with fewer `is_behind`.

Sources: sqlite.org/wal.html, sqlite.org/atomiccommit.html.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from zkpipe.exchange.errors import OutboxError
from zkpipe.exchange.sender.attempts import Attempt, AttemptState, Task
from zkpipe.exchange.sender.rows import COLUMNS, attempt_of, row_of
from zkpipe.ground.files.reading import FileError, file_failure, read_file
from zkpipe.ground.files.writing import write_file
from zkpipe.ground.process.posix import BYTES, NO_LINK, fcntl

FILE, LOCK, MARK = "outbox.sqlite", "outbox.lock", "outbox.mark"
WAIT, CLOSED = 30.0, -1  # seconds for another process that reads; no descriptor
LONGEST_MARK = 32

_TABLES = """
CREATE TABLE IF NOT EXISTS outbox (
    key BLOB PRIMARY KEY,
    task BLOB NOT NULL,
    attempt INTEGER NOT NULL,
    chain_id INTEGER NOT NULL,
    contract TEXT NOT NULL,
    function TEXT NOT NULL,
    subject BLOB NOT NULL,
    i INTEGER NOT NULL,
    account TEXT NOT NULL,
    data BLOB NOT NULL,
    asked_gas INTEGER,
    deadline INTEGER,
    nonce INTEGER,
    gas INTEGER,
    most_fee TEXT,
    priority_fee TEXT,
    begun_block INTEGER,
    raw BLOB NOT NULL,
    hash TEXT,
    empty BLOB NOT NULL,
    state TEXT NOT NULL,
    block INTEGER,
    block_hash TEXT,
    mined_hash TEXT,
    outcome TEXT,
    note TEXT NOT NULL,
    UNIQUE (task, attempt),
    UNIQUE (chain_id, account, nonce)
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS one_open_attempt ON outbox (task) WHERE state != 'final';
CREATE TRIGGER IF NOT EXISTS signed_bytes_stay BEFORE UPDATE ON outbox
    WHEN OLD.nonce IS NOT NULL AND (
        NEW.raw IS NOT OLD.raw OR NEW.nonce IS NOT OLD.nonce OR NEW.account IS NOT OLD.account
        OR NEW.task IS NOT OLD.task OR NEW.attempt IS NOT OLD.attempt
        OR NEW.state = 'planned' OR (OLD.empty != x'' AND NEW.empty IS NOT OLD.empty)
    ) BEGIN SELECT RAISE(ABORT, 'signed bytes were to be changed'); END;
CREATE TRIGGER IF NOT EXISTS final_stays BEFORE UPDATE ON outbox
    WHEN OLD.state = 'final' AND (OLD.nonce IS NOT NULL OR OLD.outcome = 'found')
    BEGIN SELECT RAISE(ABORT, 'a final attempt was to be changed'); END;
CREATE TRIGGER IF NOT EXISTS rows_stay BEFORE DELETE ON outbox
    BEGIN SELECT RAISE(ABORT, 'an attempt was to be deleted'); END;
CREATE TABLE IF NOT EXISTS chains (chain_id INTEGER PRIMARY KEY, genesis TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS fences (
    chain_id INTEGER NOT NULL, account TEXT NOT NULL, until INTEGER, PRIMARY KEY (chain_id, account)
) STRICT;
"""
_NAMES = ", ".join(COLUMNS)
_PLACES = ", ".join(f":{name}" for name in COLUMNS)
_CHANGES = ", ".join(f"{name} = :{name}" for name in COLUMNS if name != "key")


class Outbox:
    """The outbox in a home, open and locked; one process at a time has it.

    place  where the home keeps a file of a name

    Raises OutboxError if another process has it or it is damaged, FileError if it cannot be read
    or written.
    """

    def __init__(self, place: Callable[[str], Path]) -> None:
        self._file, self._mark = place(FILE), place(MARK)
        self._handle = self._locked(place(LOCK))
        try:
            with self._errors():
                self._database = self._open()
        except BaseException:
            os.close(self._handle)
            raise

    def _locked(self, path: Path) -> int:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | NO_LINK | BYTES, 0o600)
            if fcntl is not None:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(handle)
                    raise OutboxError(
                        f"Another program sends with the outbox {self._file}.",
                        "Wait until it is done, or stop it.",
                    ) from None
        except OSError as error:
            raise file_failure("written", path, error) from error
        return handle

    def _open(self) -> sqlite3.Connection:
        try:
            with suppress(FileExistsError):
                flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | BYTES
                os.close(os.open(self._file, flags, 0o600))
        except OSError as error:
            raise file_failure("written", self._file, error) from error
        database = sqlite3.connect(self._file, timeout=WAIT, isolation_level=None)
        database.row_factory = sqlite3.Row
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.executescript(_TABLES)
        return database

    def close(self) -> None:
        """Let another process have it."""
        with suppress(sqlite3.Error):
            self._database.close()
        handle, self._handle = self._handle, CLOSED
        if handle != CLOSED:
            with suppress(OSError):
                os.close(handle)

    # The chain that it is of.

    def pin(self, chain_id: int, genesis: str) -> None:
        """Remember a chain's first block. Raises OutboxError if it was another before."""
        with self._errors():
            known = self._database.execute(
                "SELECT genesis FROM chains WHERE chain_id = ?", (chain_id,)
            ).fetchone()
            if known is None:
                self._database.execute("INSERT INTO chains VALUES (?, ?)", (chain_id, genesis))
            elif known["genesis"] != genesis:
                raise OutboxError(
                    f"The outbox {self._file} is of another chain with the number {chain_id}: that "
                    "one began with another block.",
                    "Give a node of the chain that the home was made for, or make a new home.",
                )

    # What was lost.

    @property
    def is_behind(self) -> bool:
        """Whether attempts were signed that are not here."""
        with self._errors():
            return self._signed() < self._last_mark()

    def fence(self, chain_id: int, account: str, until: int | None) -> None:
        """Keep that nothing new is signed yet, whatever the mark says.

        until  the nonce from which on nothing can have been signed; None while it is not known
        """
        with self._errors():
            self._database.execute(
                "INSERT INTO fences VALUES (?, ?, ?) "
                "ON CONFLICT DO UPDATE SET until = excluded.until",
                (chain_id, account, until),
            )
        self._write_mark()

    def fenced(self, chain_id: int, account: str) -> tuple[int | None] | None:
        """The nonce that a fence goes up to, in a tuple; None without a fence."""
        with self._errors():
            found = self._database.execute(
                "SELECT until FROM fences WHERE chain_id = ? AND account = ?", (chain_id, account)
            ).fetchone()
        return None if found is None else (found["until"],)

    def lift(self, chain_id: int, account: str) -> None:
        """Take a fence away."""
        with self._errors():
            self._database.execute(
                "DELETE FROM fences WHERE chain_id = ? AND account = ?", (chain_id, account)
            )

    def _signed(self) -> int:
        found = self._database.execute("SELECT COUNT(*) FROM outbox WHERE nonce IS NOT NULL")
        return int(found.fetchone()[0])

    def _last_mark(self) -> int:
        try:
            return int(read_file(self._mark, LONGEST_MARK).decode("ascii"))
        except ValueError:
            return 1 << 62  # it was changed: what it said is not known
        except FileError:
            if self._mark.exists():
                raise
            return 0

    def _write_mark(self) -> None:
        write_file(self._mark, f"{self._signed()}\n".encode(), secret=True)

    # Attempts.

    def add(self, attempt: Attempt) -> None:
        """Keep a new attempt."""
        with self._errors():
            self._database.execute(
                f"INSERT INTO outbox ({_NAMES}) VALUES ({_PLACES})",  # noqa: S608 # our own names
                row_of(attempt),
            )
        if attempt.begun is not None:
            self._write_mark()

    def change(self, attempt: Attempt) -> None:
        """Keep an attempt as it is now, on the disk when this returns."""
        with self._errors():
            self._database.execute(
                f"UPDATE outbox SET {_CHANGES} WHERE key = :key",  # noqa: S608 # our own names
                row_of(attempt),
            )
        if attempt.state is AttemptState.SIGNED:
            self._write_mark()

    def last(self, task: Task) -> Attempt | None:
        """The latest attempt at a task."""
        found = self._found("task = :task ORDER BY attempt DESC LIMIT 1", {"task": task.id})
        return next(found, None)

    def attempt(self, key: bytes) -> Attempt | None:
        """The attempt with a key."""
        return next(self._found("key = :key", {"key": key}), None)

    def open(self, chain_id: int) -> list[Attempt]:
        """Those of a chain that are not final: signed ones by their nonce, then the planned."""
        clause = "chain_id = :chain_id AND state != 'final' ORDER BY nonce IS NULL, nonce, rowid"
        return list(self._found(clause, {"chain_id": chain_id}))

    def next_nonce(self, chain_id: int, account: str) -> int:
        """One more than the highest that was signed; 0 if none was."""
        with self._errors():
            found = self._database.execute(
                "SELECT MAX(nonce) FROM outbox WHERE chain_id = ? AND account = ?",
                (chain_id, account),
            ).fetchone()[0]
        return 0 if found is None else int(found) + 1

    def has_nonce(self, chain_id: int, account: str, nonce: int) -> bool:
        """Whether something was signed with a nonce."""
        with self._errors():
            return (
                self._database.execute(
                    "SELECT 1 FROM outbox WHERE chain_id = ? AND account = ? AND nonce = ?",
                    (chain_id, account, nonce),
                ).fetchone()
                is not None
            )

    def _found(self, clause: str, values: Mapping[str, Any]) -> Iterator[Attempt]:
        with self._errors():
            rows = self._database.execute(
                f"SELECT {_NAMES} FROM outbox WHERE {clause}",  # noqa: S608 # our own clauses
                values,
            ).fetchall()
            try:
                yield from [attempt_of(row) for row in rows]
            except (ValueError, TypeError) as error:
                raise self._damaged(f"a row is none of ours ({type(error).__name__})") from error

    def _damaged(self, what: str) -> OutboxError:
        return OutboxError(
            f"The outbox {self._file} is damaged: {what}.",
            "Restore the home from a backup. What was sent since is read from the chain.",
        )

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """What SQLite says, as our errors."""
        try:
            yield
        except sqlite3.IntegrityError:
            raise  # a rule above was broken: a fault of ours
        except sqlite3.OperationalError as error:
            raise FileError(
                f"The outbox {self._file} cannot be written: {error}.",
                "Free some space on the disk, or mount it so that it can be written to, and go on.",
            ) from error
        except sqlite3.DatabaseError as error:
            raise self._damaged(str(error)) from error
