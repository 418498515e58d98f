"""Sparse Merkle trees in files: what is kept, and files that are refused."""

from __future__ import annotations

import copy
import pickle
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.accel.edge_values import generator
from zkpipe.accel.bn254 import R
from zkpipe.circuits import InputError
from zkpipe.circuits.gadgets import SparseMerkleTree, StoredSparseMerkleTree
from zkpipe.ground.errors import FormatError, KindError

ENTRIES = {generator(i).randrange(R): i for i in range(40)}


def changed(path: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(path) as file:
        file.execute(statement, values)
    file.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with StoredSparseMerkleTree(tmp_path / "tree") as tree:
        tree.change_many(ENTRIES)
    return tmp_path / "tree"


def test_a_tree_is_there_again_with_all_its_roots(path: Path) -> None:
    plain = SparseMerkleTree()
    plain.change_many(ENTRIES)
    with StoredSparseMerkleTree(path) as tree:
        assert tree.root == plain.root
        tree.nodes.verify()
        key = next(iter(ENTRIES))
        for each in (tree, plain):
            each.update(key, 99)
            each.insert(5, 6)
            each.delete(key)
            each.change_many({7: 8, 5: None})
        assert tree.root == plain.root
        assert {digest: tree.nodes[digest] for digest in tree.nodes} == plain.nodes
    with StoredSparseMerkleTree(path) as again:
        assert again.root == plain.root
        assert all(again[key] == plain[key] for key in (7, *[*ENTRIES][1:]))
        assert SparseMerkleTree(again.nodes, root_of(ENTRIES))[key] == ENTRIES[key]
        again.nodes.verify()


def root_of(entries: dict[int, int]) -> int:
    tree = SparseMerkleTree()
    tree.change_many(entries)
    return tree.root


def test_a_change_that_fails_leaves_the_file_as_it_was(path: Path) -> None:
    with StoredSparseMerkleTree(path) as tree:
        root, count = tree.root, len(tree.nodes)
        with pytest.raises(InputError):
            tree.change_many({1: 2, 3: None})
        assert (tree.root, tree.nodes.root, len(tree.nodes)) == (root, root, count)


def test_a_process_killed_in_a_change_leaves_the_root_before(path: Path) -> None:
    """It is killed when nodes are written, and the root not yet."""
    program = """
import os, sys
from zkpipe.circuits.gadgets import StoredSparseMerkleTree
tree = StoredSparseMerkleTree(sys.argv[1])
def killed(nodes):
    for i, node in enumerate(nodes):
        if i == 3:
            os.kill(os.getpid(), 9)
        yield node
commit = tree.nodes.commit
tree.nodes.commit = lambda nodes, before, root: commit(killed(nodes), before, root)
tree.insert(5, 6)
"""
    before = root_of(ENTRIES)
    done = subprocess.run([sys.executable, "-c", program, str(path)], check=False)  # noqa: S603
    assert done.returncode == -9
    with StoredSparseMerkleTree(path) as tree:
        assert tree.root == before
        tree.nodes.verify()
        assert 5 not in tree
        tree.insert(5, 6)


def test_a_change_of_a_root_that_is_not_the_files_is_refused(path: Path) -> None:
    """Else the second of two writers would undo what the first has put in."""
    with StoredSparseMerkleTree(path) as one, StoredSparseMerkleTree(path) as two:
        one.insert(5, 6)
        for change in (lambda: two.insert(7, 8), lambda: two.change_many({7: 8})):
            with pytest.raises(FormatError, match="has been changed by another"):
                change()
        assert two.root == root_of(ENTRIES)
        two.nodes[one.root] = one.nodes[one.root]  # a node alone changes no root
        one.insert(9, 10)
    with StoredSparseMerkleTree(path) as tree:
        assert (tree[5], tree[9], 7 in tree) == (6, 10, False)


def test_a_disk_that_is_full_leaves_the_tree_as_it_was(path: Path) -> None:
    with StoredSparseMerkleTree(path) as tree:
        pages = tree.nodes._one("PRAGMA page_count")
        tree.nodes._one(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(FormatError, match="is full"):
            tree.change_many({i: i for i in range(100)})
        assert tree.root == tree.nodes.root == root_of(ENTRIES)
        tree.nodes._one("PRAGMA max_page_count = 1000000")
        tree.insert(5, 6)


class _Interrupted:
    """A connection that is interrupted when a statement that begins with a text has been run."""

    def __init__(self, file: sqlite3.Connection, statement: str) -> None:
        self.file, self.statement = file, statement

    def __getattr__(self, name: str) -> object:
        return getattr(self.file, name)

    def execute(self, statement: str, *values: object) -> sqlite3.Cursor:
        done = self.file.execute(statement, *values)
        if statement.startswith(self.statement):
            raise KeyboardInterrupt
        return done


@pytest.mark.parametrize("statement", ["BEGIN", "SELECT", "UPDATE"])
def test_an_interrupted_change_leaves_no_transaction_behind(path: Path, statement: str) -> None:
    """Such as the wait for another process that is writing."""
    with StoredSparseMerkleTree(path) as tree:
        file = tree.nodes._file
        tree.nodes._file = _Interrupted(file, statement)  # type: ignore[assignment]
        with pytest.raises(KeyboardInterrupt):
            tree.change_many({5: 6})
        tree.nodes._file = file
        assert not file.in_transaction
        with StoredSparseMerkleTree(path) as other:
            assert other.root == tree.root == root_of(ENTRIES)
        tree.insert(7, 8)
    with StoredSparseMerkleTree(path) as tree:
        assert tree[7] == 8
        assert 5 not in tree


def test_a_tree_in_a_file_is_not_sent_to_another_process(path: Path) -> None:
    with StoredSparseMerkleTree(path) as tree:
        for copied in (pickle.dumps, copy.deepcopy):
            with pytest.raises(InputError, match="cannot be pickled or copied"):
                copied(tree)


def test_a_tree_that_is_closed_says_so(path: Path) -> None:
    with StoredSparseMerkleTree(path) as tree:
        pass
    for use in (lambda: tree.insert(5, 6), lambda: tree[5], lambda: tree.nodes.verify()):
        with pytest.raises(InputError, match="is closed, or was opened in another thread"):
            use()


def test_a_node_that_does_not_hash_to_its_digest_is_refused(path: Path) -> None:
    with StoredSparseMerkleTree(path) as tree:
        root = tree.root.to_bytes(32, "little")
    other = (7).to_bytes(32, "little")
    for column in ("first", "second"):
        copy = path.with_name(f"{column}-copy")
        shutil.copy(path, copy)
        changed(copy, f"UPDATE nodes SET {column} = ? WHERE digest = ?", other, root)  # noqa: S608
        with pytest.raises(FormatError, match="does not hash"):
            StoredSparseMerkleTree(copy)
    shutil.copy(path, copy)
    changed(copy, "UPDATE nodes SET leaf = 1 WHERE digest = ?", root)
    with pytest.raises(FormatError, match="does not hash"):
        StoredSparseMerkleTree(copy)
    shutil.copy(path, copy)
    changed(copy, "UPDATE nodes SET second = ? WHERE leaf = 1", other)
    with StoredSparseMerkleTree(copy) as tree, pytest.raises(FormatError, match="does not hash"):
        tree.nodes.verify()


@pytest.mark.parametrize(
    "statement",
    [
        "PRAGMA user_version = 2",
        "PRAGMA application_id = 1",
        "DELETE FROM root",
        "DROP TABLE root",
        "UPDATE root SET digest = 'text'",
        "UPDATE root SET digest = x'00'",
        "UPDATE root SET digest = zeroblob(31) || x'ff'",
        "UPDATE nodes SET first = x'00'",
        "CREATE TABLE more (x)",
        "CREATE INDEX more ON nodes (first)",
        "CREATE VIEW more AS SELECT 1",
        "CREATE TRIGGER more AFTER UPDATE ON root BEGIN UPDATE root SET digest = ''; END",
        "ALTER TABLE root ADD COLUMN more GENERATED ALWAYS AS (digest)",
    ],
)
def test_a_file_of_another_format_is_refused(path: Path, statement: str) -> None:
    changed(path, statement)
    with pytest.raises(FormatError):
        StoredSparseMerkleTree(path)


def test_what_is_no_file_of_a_tree_is_refused(tmp_path: Path) -> None:
    text, folder, empty = tmp_path / "text", tmp_path, tmp_path / "empty"
    text.write_text("not a database, and long enough for a header" * 100)
    for wrong in (text, folder, tmp_path / "missing" / "tree"):
        with pytest.raises(FormatError):
            StoredSparseMerkleTree(wrong)
    with pytest.raises(KindError, match="path"):
        StoredSparseMerkleTree(5)  # type: ignore[arg-type]
    empty.write_bytes(b"")
    with StoredSparseMerkleTree(empty) as tree:
        assert tree.root == 0


def test_a_table_that_is_a_view_is_not_read(path: Path) -> None:
    """This one never ends."""
    changed(path, "DROP TABLE root")
    rows = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT x FROM c"
    changed(path, f"CREATE VIEW root (digest) AS {rows}")
    with pytest.raises(FormatError, match="other tables"):
        StoredSparseMerkleTree(path)


def test_a_root_whose_nodes_are_gone_is_refused(path: Path) -> None:
    changed(path, "DELETE FROM nodes")
    with pytest.raises(InputError, match="no node"):
        StoredSparseMerkleTree(path)
