"""Sparse Merkle trees in files: what is kept, and files that are refused."""

from __future__ import annotations

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
tree.nodes.commit = lambda nodes, root: commit(killed(nodes), root)
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


def test_a_root_whose_nodes_are_gone_is_refused(path: Path) -> None:
    changed(path, "DELETE FROM nodes")
    with pytest.raises(InputError, match="no node"):
        StoredSparseMerkleTree(path)
