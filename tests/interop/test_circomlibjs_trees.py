"""Sparse trees: circomlibjs and zkpipe make the same roots and proofs of the same changes."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from typing import Any

import pytest

from tests.accel.edge_values import generator
from tests.interop.conftest import HERE, MODULES, tool_of_npm
from zkpipe.accel.bn254 import R
from zkpipe.accel.machines.backend import has_ifma
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


@cache
def answers_of(changes: tuple[tuple[str, int, int], ...]) -> Any:
    if not (MODULES / "circomlibjs").is_dir():
        pytest.skip("not installed: run `npm install --no-save circomlibjs@0.1.7`")
    command = [tool_of_npm("circomlibjs"), HERE / "circomlibjs_trees.cjs", MODULES / "circomlibjs"]
    asked = json.dumps([[what, str(key), str(value)] for what, key, value in changes])
    ended = subprocess.run(  # noqa: S603 # npm's
        command, input=asked, capture_output=True, text=True, check=True, timeout=120
    )
    return json.loads(ended.stdout)


@pytest.mark.parametrize("backend", ["scalar", "avx512"])
def test_many_changes_at_once_have_the_root_of_circomlibjs(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Levels wide enough for kernels; keys that share many low bits; then half of all again."""
    if backend == "avx512" and not has_ifma():
        pytest.skip("this processor has no AVX-512 IFMA")
    monkeypatch.setenv("ZKPIPE_BACKEND", backend)
    draw = generator(12)
    keys = [draw.randrange(R) for _ in range(150)]
    keys += {draw.randrange(R >> 70) << 70 for _ in range(20)} | {*range(20)}
    first = [("insert", key, draw.randrange(R)) for key in keys]
    then = [(draw.choice(["update", "delete"]), key, draw.randrange(R)) for key in keys[::2]]
    then += [("insert", draw.randrange(R), 5) for _ in range(40)]
    roots = [int(answer["roots"][1]) for answer in answers_of((*first, *then))]
    for nodes in (None, dict[int, Any]()):
        tree = SparseMerkleTree(nodes)
        tree.change_many({key: value for _, key, value in first})
        assert tree.root == roots[len(first) - 1]
        tree.change_many({key: None if what == "delete" else value for what, key, value in then})
        assert tree.root == roots[-1]
        tree.change_many(dict.fromkeys([*keys[1::2], *(key for _, key, _ in then[-40:])]))
        left = {key: value for what, key, value in then if what == "update"}
        anew = SparseMerkleTree()
        anew.change_many(left)
        assert tree.root == anew.root


def test_each_change_has_the_roots_siblings_and_leaf_of_circomlibjs() -> None:
    changes, tree = some_changes(), SparseMerkleTree()
    for (what, key, value), answer in zip(changes, answers_of(tuple(changes)), strict=True):
        before = tree.root
        made = tree.delete(key) if what == "delete" else getattr(tree, what)(key, value)
        assert [before, tree.root] == [int(root) for root in answer["roots"]]
        assert list(made.siblings) == [int(sibling) for sibling in answer["siblings"]]
        other = answer["other"]
        assert made.other == (None if other is None else tuple(map(int, other)))
        assert list(made.roots()) == [before, tree.root]
