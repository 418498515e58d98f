"""A sparse Merkle tree in a SQLite file: its nodes of all times, and the root it has now.

    nodes   digest, left, right, and NULL; or digest, key, value, and 1 for a leaf. 32 bytes each,
            the least significant first
    root    one row

A change is one transaction, the nodes and then the root: after a crash the file has the root before
the change or after it, with all nodes of either. It is made of the root that the file has: where
another process has changed it since, the change is refused, and nothing is lost.

What is read is hashed again, so that a node of another digest is refused whatever wrote it. A file
with anything else in it is refused, too: views and triggers would run when it is read or written.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, NoReturn

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, ints_from_words
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.circuits.gadgets.arguments import misuse
from zkpipe.circuits.gadgets.sparse.roots import EMPTY
from zkpipe.circuits.gadgets.sparse.rows import Node, NodeRows, NodeStore
from zkpipe.circuits.gadgets.sparse.tree import SparseMerkleTree
from zkpipe.ground.closing import Closing
from zkpipe.ground.errors import FormatError
from zkpipe.ground.kinds import require_path

APPLICATION = 0x7A6B534D  # "zkSM", in the file's header
VERSION = 1
PIECE = 1 << 14  # nodes that are verified at a time
WHAT = "Give a file that StoredSparseMerkleTree has made, or the name of a new one."

Row = tuple[bytes, bytes, bytes, int | None]

# As SQLite keeps their text.
_TABLES = {
    "nodes": """CREATE TABLE nodes (
    digest BLOB PRIMARY KEY, first BLOB NOT NULL, second BLOB NOT NULL, leaf INTEGER
) WITHOUT ROWID""",
    "root": "CREATE TABLE root (digest BLOB NOT NULL)",
}


class NodeFile(NodeStore):
    """Nodes by their digests in a SQLite file; nothing is ever taken out."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open a file, or make one.

        Raises FormatError for a file of another kind or version.
        """
        self.path = require_path("StoredSparseMerkleTree()", "path", path)
        with self._told():
            # Absolute, since SQLite takes some names for other things than files.
            self._file = sqlite3.connect(self.path.absolute(), isolation_level=None)
            try:
                self._begin()
            except BaseException:
                self._file.close()
                raise

    def _begin(self) -> None:
        self._file.execute("PRAGMA synchronous = FULL")
        self._file.execute("BEGIN IMMEDIATE")  # two that make one file wait for each other
        marks = [self._one(f"PRAGMA {name}") for name in ("application_id", "user_version")]
        there = self._file.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        if not there and marks == [0, 0]:
            self._file.execute(f"PRAGMA application_id = {APPLICATION}")
            self._file.execute(f"PRAGMA user_version = {VERSION}")
            for statement in _TABLES.values():
                self._file.execute(statement)
            self._file.execute("INSERT INTO root VALUES (?)", (_blob(EMPTY),))
        elif marks != [APPLICATION, VERSION]:
            raise FormatError(f"{self.path} is not a sparse Merkle tree of this version.", WHAT)
        elif sorted(there) != [("table", *table) for table in _TABLES.items()]:
            raise FormatError(f"{self.path} has other tables than a sparse Merkle tree.", WHAT)
        self._file.execute("COMMIT")

    @property
    def root(self) -> int:
        """The root after the last change."""
        with self._told():
            found = self._file.execute("SELECT digest FROM root").fetchall()
        if len(found) != 1:
            raise FormatError(f"{self.path} has {len(found)} roots.", WHAT)
        return self._number(found[0][0])

    def commit(self, nodes: Iterable[Row], before: int, root: int) -> None:
        """Write nodes and the root that they are of, all or nothing, and wait for the disk.

        nodes   as `file_rows` makes them
        before  the root that was changed: FormatError, if the file has another by now
        """
        with self._told():
            try:
                self._file.execute("BEGIN IMMEDIATE")
                if self.root != before:
                    raise FormatError(
                        f"{self.path} has been changed by another process, or by another tree of "
                        "this one.",
                        "Open it again, and make the change again.",
                    )
                self._put(nodes)
                self._file.execute("UPDATE root SET digest = ?", (_blob(root),))
                self._file.execute("COMMIT")
            except BaseException:
                if self._file.in_transaction:  # not if it never began, or a full disk has ended it
                    self._file.execute("ROLLBACK")
                raise

    def _put(self, nodes: Iterable[Row]) -> None:
        self._file.executemany("INSERT OR IGNORE INTO nodes VALUES (?, ?, ?, ?)", nodes)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied. Raises InputError."""
        problem = "cannot be pickled or copied: its nodes are in a file that is open."
        fix = "Give the file's name to the other process, and open it there."
        raise misuse("StoredSparseMerkleTree", problem, fix)

    def verify(self) -> None:
        """Hash every node of the file again.

        Raises FormatError for one that has another digest. Cost: 5 us a node and a hash.
        """
        with self._told():
            found = self._file.execute("SELECT digest, first, second, leaf FROM nodes")
            while rows := found.fetchmany(PIECE):
                self._verified(rows)

    def rows_of(self, digests: Words) -> NodeRows:
        """The nodes of these digests, in their order, hashed again.

        Raises KeyError if one is missing, FormatError for one that has another digest.
        """
        return self._verified([self._row(blob) for blob in _blobs(digests)])

    def put_rows(self, rows: NodeRows) -> None:
        """Keep these nodes; they change no root."""
        with self._told():
            self._put(file_rows(rows))

    def __getitem__(self, digest: int) -> Node:
        return self._verified([self._row(_blob(digest))]).node(0)

    def _row(self, digest: bytes) -> Row:
        with self._told():
            row: Row | None = self._file.execute(
                "SELECT digest, first, second, leaf FROM nodes WHERE digest = ?", (digest,)
            ).fetchone()
        if row is None:
            raise KeyError(int.from_bytes(digest, "little"))
        return row

    def __setitem__(self, digest: int, node: Node) -> None:
        with self._told():
            self._put(file_rows(NodeRows.of([digest], [node])))

    def __delitem__(self, digest: int) -> None:
        raise misuse("NodeFile", "keeps its nodes.", "Begin another file.")

    def __iter__(self) -> Iterator[int]:
        with self._told():
            for (digest,) in self._file.execute("SELECT digest FROM nodes"):
                yield self._number(digest)

    def __len__(self) -> int:
        with self._told():
            count: int = self._one("SELECT count(*) FROM nodes")
        return count

    def _verified(self, rows: Sequence[Row]) -> NodeRows:
        """The nodes of rows. Raises FormatError for one that does not hash to its digest."""
        kinds = [row[3] for row in rows]
        is_leaf = np.array([kind is not None for kind in kinds], np.bool_)
        digests, first, second = (self._words([row[i] for row in rows]) for i in range(3))
        found = NodeRows(digests, first, second, is_leaf)
        is_wrong = np.array([kind not in (None, 1) for kind in kinds], np.bool_)
        is_wrong |= (found.hashed() != found.digests).any(axis=1)
        if is_wrong.any():
            place = int(np.argmax(is_wrong))
            raise FormatError(
                f"{self.path} has a node that does not hash to its digest, number {place} of "
                f"{len(rows)} read.",
                "Take the file from a backup: it was damaged or changed by others.",
            )
        return found

    def _words(self, blobs: Sequence[object]) -> Words:
        """Digests or values as words, (n, 4)."""
        numbers = np.frombuffer(b"".join(map(self._checked, blobs)), "<u8").reshape(-1, 4)
        if first_not_below(numbers, R) is not None:
            raise FormatError(f"{self.path} has a number of r or more.", WHAT)
        return numbers

    def _checked(self, blob: object) -> bytes:
        if not isinstance(blob, bytes) or len(blob) != 32:
            raise FormatError(f"{self.path} has a digest that is not of 32 bytes.", WHAT)
        return blob

    def _number(self, blob: object) -> int:
        (number,) = ints_from_words(self._words([blob]))
        return number

    def _one(self, statement: str) -> Any:
        return self._file.execute(statement).fetchone()[0]

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say which file it is that SQLite has trouble with."""
        try:
            yield
        except sqlite3.ProgrammingError as error:
            raise misuse(
                "StoredSparseMerkleTree",
                "is closed, or was opened in another thread.",
                "Open the file again, in each thread for itself.",
            ) from error
        except (sqlite3.OperationalError, ValueError) as error:  # a name of no file
            fix = "See that its folder can be written to and has room, and that nobody locks it."
            raise FormatError(f"{self.path} cannot be read or written: {error}.", fix) from error
        except sqlite3.Error as error:
            raise FormatError(f"{self.path} is no sparse Merkle tree: {error}.", WHAT) from error


class StoredSparseMerkleTree(SparseMerkleTree, Closing):
    """A SparseMerkleTree whose nodes and root are in a SQLite file.

    path  of the file; a new one is made where there is none

    Each change is written when it is made, or not at all. Use it in a `with` block, or close it.
    Several may read a file at a time, and one change it: each sees the root that was there when it
    was opened, and its own changes.

    Raises FormatError for a file of another kind, for nodes that do not hash to their digests, when
    they are read, and for a change of a file that others have changed; InputError once it is
    closed, and in another thread.
    """

    nodes: NodeFile

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._waiting: list[Iterable[Row]] = []
        file = NodeFile(path)
        try:
            super().__init__(file, file.root)
        except BaseException:
            file.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self.nodes.close()

    def _keep(self, rows: NodeRows) -> None:
        self._waiting.append(file_rows(rows))

    def _keep_one(self, digest: int, node: Node) -> None:
        self._keep(NodeRows.of([digest], [node]))

    def _changed(self, root: int) -> None:
        waiting, self._waiting = self._waiting, []
        self.nodes.commit(chain.from_iterable(waiting), self.root, root)
        super()._changed(root)


def file_rows(rows: NodeRows) -> Iterator[Row]:
    """Nodes as the file has them."""
    blobs = (_blobs(words) for words in (rows.digests, rows.first, rows.second))
    return zip(*blobs, (1 if leaf else None for leaf in rows.is_leaf.tolist()), strict=True)


def _blobs(words: Words) -> Iterator[bytes]:
    data = words.tobytes()
    return (data[i : i + 32] for i in range(0, len(data), 32))


def _blob(number: int) -> bytes:
    return number.to_bytes(32, "little")
