"""Sparse trees: circomlibjs and zkpipe make the same roots and proofs of the same changes."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.accel.edge_values import generator
from tests.interop.conftest import HERE, MODULES, tool_of_npm
from zkpipe.accel.bn254 import R
from zkpipe.circuits.gadgets import SparseMerkleTree


def some_changes() -> list[tuple[str, int, int]]:
    draw = generator(11)
    held: list[int] = []
    changes = []
    for _ in range(60):
        key = draw.choice([draw.randrange(R), draw.randrange(64), draw.randrange(4) << 60])
        if key in held or (held and draw.random() < 0.3):
            key = key if key in held else draw.choice(held)
            what = draw.choice(["update", "delete"])
        else:
            what = "insert"
        changes.append((what, key, draw.randrange(R)))
        if what == "insert":
            held.append(key)
        elif what == "delete":
            held.remove(key)
    return changes


def test_each_change_has_the_roots_siblings_and_leaf_of_circomlibjs() -> None:
    if not (MODULES / "circomlibjs").is_dir():
        pytest.skip("not installed: run `npm install --no-save circomlibjs@0.1.7`")
    node, changes = tool_of_npm("circomlibjs"), some_changes()
    command = [node, HERE / "circomlibjs_trees.cjs", MODULES / "circomlibjs"]
    asked = json.dumps([[what, str(key), str(value)] for what, key, value in changes])
    ended = subprocess.run(  # noqa: S603 # npm's
        command, input=asked, capture_output=True, text=True, check=True, timeout=120
    )
    tree = SparseMerkleTree()
    for (what, key, value), answer in zip(changes, json.loads(ended.stdout), strict=True):
        before = tree.root
        made = tree.delete(key) if what == "delete" else getattr(tree, what)(key, value)
        assert [before, tree.root] == [int(root) for root in answer["roots"]]
        assert list(made.siblings) == [int(sibling) for sibling in answer["siblings"]]
        other = answer["other"]
        assert made.other == (None if other is None else tuple(map(int, other)))
        assert list(made.roots()) == [before, tree.root]
