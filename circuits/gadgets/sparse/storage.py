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
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from itertools import chain
from types import TracebackType
from typing import Any, Self

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import words_from_ints
from zkpipe.circuits.gadgets.arguments import misuse
from zkpipe.circuits.gadgets.hashes.many import hashes_of_rows, in_turn
from zkpipe.circuits.gadgets.poseidon import poseidon
from zkpipe.circuits.gadgets.sparse.roots import EMPTY
from zkpipe.circuits.gadgets.sparse.tree import Node, SparseMerkleTree
from zkpipe.ground.errors import FormatError
from zkpipe.ground.kinds import require_path

APPLICATION = 0x7A6B534D  # "zkSM", in the file's header
VERSION = 1
PIECE = 1 << 14  # nodes that are verified at a time
WHAT = "Give a file that StoredSparseMerkleTree has made, or the name of a new one."

# As SQLite keeps their text.
_TABLES = {
    "nodes": """CREATE TABLE nodes (
    digest BLOB PRIMARY KEY, first BLOB NOT NULL, second BLOB NOT NULL, leaf INTEGER
) WITHOUT ROWID""",
    "root": "CREATE TABLE root (digest BLOB NOT NULL)",
}


class NodeFile(MutableMapping[int, Node]):
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

    def commit(self, nodes: Iterable[tuple[int, Node]], before: int, root: int) -> None:
        """Write nodes and the root that they are of, all or nothing, and wait for the disk.

        before  the root that was changed: FormatError, if the file has another by now
        """
        with self._told():
            self._file.execute("BEGIN IMMEDIATE")
            try:
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
                if self._file.in_transaction:  # a full disk has ended it
                    self._file.execute("ROLLBACK")
                raise

    def _put(self, nodes: Iterable[tuple[int, Node]]) -> None:
        rows = (
            (_blob(digest), _blob(node[0]), _blob(node[1]), 1 if len(node) == 3 else None)
            for digest, node in nodes
        )
        self._file.executemany("INSERT OR IGNORE INTO nodes VALUES (?, ?, ?, ?)", rows)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def verify(self) -> None:
        """Hash every node of the file again.

        Raises FormatError for one that has another digest. Cost: 5 us a node and a hash.
        """
        with self._told():
            found = self._file.execute("SELECT digest, first, second, leaf FROM nodes")
            while rows := found.fetchmany(PIECE):
                self._verify([row for row in rows if row[3] is None])
                self._verify([row for row in rows if row[3] is not None])

    def __getitem__(self, digest: int) -> Node:
        with self._told():
            row = self._file.execute(
                "SELECT digest, first, second, leaf FROM nodes WHERE digest = ?", (_blob(digest),)
            ).fetchone()
        if row is None:
            raise KeyError(digest)
        self._verify([row])
        node = self._number(row[1]), self._number(row[2])
        return node if row[3] is None else (*node, 1)

    def __setitem__(self, digest: int, node: Node) -> None:
        with self._told():
            self._put([(digest, node)])

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

    def _verify(self, rows: Sequence[Sequence[Any]]) -> None:
        """Check that rows of one kind hash to their digests."""
        if not rows:
            return
        tail = [] if rows[0][3] is None else [1]
        numbers = [x for row in rows for x in (*map(self._number, row[1:3]), *tail)]
        index = in_turn(len(rows), 2 + len(tail))
        made = hashes_of_rows(poseidon, words_from_ints(numbers), index)
        kept = words_from_ints(self._number(row[0]) for row in rows)
        is_wrong = (made != kept).any(axis=1)
        if any(row[3] not in (None, 1) for row in rows) or is_wrong.any():
            place = int(np.argmax(is_wrong))
            raise FormatError(
                f"{self.path} has a node that does not hash to its digest, number {place} of "
                f"{len(rows)} read.",
                "Take the file from a backup: it was damaged or changed by others.",
            )

    def _number(self, blob: object) -> int:
        if not isinstance(blob, bytes) or len(blob) != 32:
            raise FormatError(f"{self.path} has a digest that is not of 32 bytes.", WHAT)
        number = int.from_bytes(blob, "little")
        if number >= R:
            raise FormatError(f"{self.path} has a number of r or more.", WHAT)
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


class StoredSparseMerkleTree(SparseMerkleTree):
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
        self._waiting: list[Iterable[tuple[int, Node]]] = []
        file = NodeFile(path)
        try:
            super().__init__(file, file.root)
        except BaseException:
            file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.nodes.close()

    def _keep(self, digests: Sequence[int], nodes: Iterable[Node]) -> None:
        self._waiting.append(zip(digests, nodes, strict=True))

    def _changed(self, root: int) -> None:
        waiting, self._waiting = self._waiting, []
        self.nodes.commit(chain.from_iterable(waiting), self.root, root)
        super()._changed(root)


def _blob(number: int) -> bytes:
    return number.to_bytes(32, "little")
