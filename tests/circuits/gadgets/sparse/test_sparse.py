"""Sparse Merkle trees beside circomlibjs', and their circuits beside the trees."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accel.edge_values import generator
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    Field,
    InputError,
    Private,
    Public,
    UnsatisfiedError,
    Witness,
    circuit,
)
from zkpipe.circuits.gadgets import (
    SparseMerkleTree,
    SparsePath,
    poseidon,
    smt_root,
    smt_root_without,
)
from zkpipe.circuits.gadgets.sparse.roots import smt_leaf
from zkpipe.circuits.solve.many import solve_many
from zkpipe.ground.errors import ZkpipeError

TRACE = json.loads(
    (Path(__file__).parents[3] / "vectors" / "circomlib" / "smt_poseidon.json").read_text()
)
LEVELS = 24


def test_the_trace_of_circomlibjs() -> None:
    tree = SparseMerkleTree()
    for step in TRACE:
        key = int(step["k"])
        match step["op"]:
            case "insert":
                tree.insert(key, int(step["v"]))
            case "update":
                tree.update(key, int(step["v"]))
            case "delete":
                tree.delete(key)
            case _:
                way = tree.path(key)
                assert way.value == tree[key] == int(step["value"])
                assert list(way.siblings) == [int(s) for s in step["siblings"]]
                continue
        assert tree.root == int(step["root"])


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5), st.booleans()), max_size=25),
    st.integers(0, 40),
)
@settings(max_examples=25)
def test_a_tree_is_that_of_its_keys_whatever_came_before(
    steps: list[tuple[int, int, bool]], absent: int
) -> None:
    tree, held = SparseMerkleTree(), dict[int, int]()
    for key, value, out in steps:
        if key in held and out:
            tree.delete(key)
            del held[key]
        elif key in held:
            tree.update(key, value)
            held[key] = value
        else:
            tree.insert(key, value)
            held[key] = value
    anew = SparseMerkleTree()
    for key in sorted(held):
        anew.insert(key, held[key])
    assert anew.root == tree.root
    for key in (*held, absent):
        way = tree.path(key)
        assert way.value == held.get(key)
        assert way.root() == tree.root
        assert (key in tree) is (key in held)


def test_what_is_there_or_is_not_is_told() -> None:
    tree = SparseMerkleTree()
    tree.insert(5, 7)
    with pytest.raises(InputError, match="is in the tree"):
        tree.insert(5, 8)
    for change in (lambda: tree.update(6, 1), lambda: tree.delete(6)):
        with pytest.raises(InputError, match="not in the tree"):
            change()
    with pytest.raises(KeyError, match="the key is not in the tree"):
        tree[6]
    with pytest.raises(TypeError, match="not iterable"):
        list(tree)  # type: ignore[call-overload]
    for wrong in (-1, R, 1.5, "5"):
        with pytest.raises(InputError):
            tree.insert(wrong, 1)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no node"):
        SparseMerkleTree({}, tree.root)
    again = SparseMerkleTree(tree.nodes, tree.root)
    assert again[5] == 7


@pytest.mark.parametrize(
    "nodes",
    [
        {1: 2},
        {1: "ab"},
        {1: (1, 1)},  # a way without end
        {1: (2,)},
        {1: (1, 2, 3)},
        {1: (-1, 2, 1)},
        {1: (1, 2, 1, 1)},
        {1: range(10**9)},
        {1: ("0", "0")},
        {1: (R, 0)},
    ],
)
def test_nodes_that_are_of_no_tree_are_refused(nodes: Any) -> None:
    with pytest.raises(InputError, match="nodes of a tree with this root"):
        SparseMerkleTree(nodes, 1).path(5)
    with pytest.raises(ZkpipeError):
        SparseMerkleTree({1: range(10**30)}, 1).path(5)  # type: ignore[dict-item]


def test_nodes_may_come_back_as_lists() -> None:
    stored = {digest: list(node) for digest, node in TREE.nodes.items()}
    again = SparseMerkleTree(stored, TREE.root)  # type: ignore[arg-type]
    assert [again[key] for key in KEYS] == [TREE[key] for key in KEYS]


@circuit
def there(
    key: Private[Field], value: Private[Field], siblings: Private[Array[Field, LEVELS]]
) -> Public[Field]:
    return smt_root(key, value, siblings)


@circuit
def absent(
    key: Private[Field],
    siblings: Private[Array[Field, LEVELS]],
    other: Private[Array[Field, 2]],
    is_empty: Private[Bool],
) -> Public[Field]:
    return smt_root_without(key, siblings, other[0], other[1], is_empty)


def grown(count: int) -> tuple[SparseMerkleTree, list[int]]:
    draw = generator(7)
    tree = SparseMerkleTree()
    keys = [0, 1, 2, R - 2, 2**11, *(draw.randrange(R) for _ in range(count))]
    for key in keys:
        tree.insert(key, draw.randrange(R))
    return tree, keys


TREE, KEYS = grown(120)


def of_absent(way: SparsePath) -> list[int]:
    return [way.key, *way.padded(LEVELS), *(way.other or (0, 0)), int(way.other is None)]


def test_the_circuits_root_of_a_key_is_the_trees() -> None:
    ways = [TREE.path(key) for key in KEYS]
    rows = [[way.key, way.value or 0, *way.padded(LEVELS)] for way in ways]
    system = there.compile()
    assert system.constraint_count == 564 + 245 * LEVELS
    for outcome, row in zip(solve_many(system, rows), rows, strict=True):
        assert isinstance(outcome, Witness)
        assert outcome.public == [TREE.root]
        assert smt_root(row[0], row[1], row[2:]) == TREE.root
    wrong = [[row[0], (row[1] + 1) % R, *row[2:]] for row in rows]
    wrong += [[(row[0] + 1) % R, *row[1:]] for row in rows]
    for outcome in solve_many(system, wrong):
        assert isinstance(outcome, Witness)
        assert outcome.public != [TREE.root]


def test_the_circuits_root_without_a_key_is_the_trees() -> None:
    draw = generator(8)
    ways = [TREE.path(draw.randrange(R)) for _ in range(60)]
    ways += [SparseMerkleTree().path(5)]
    assert {way.other is None for way in ways} == {True, False}
    roots = [*[TREE.root] * 60, 0]
    assert absent.compile().constraint_count == 567 + 2 + 245 * LEVELS  # the Bool, the output
    outcomes = solve_many(absent.compile(), [of_absent(way) for way in ways])
    for outcome, root, way in zip(outcomes, roots, ways, strict=True):
        assert isinstance(outcome, Witness)
        assert outcome.public == [root]
        assert way.root() == root


def test_a_key_that_is_there_is_not_shown_to_be_absent() -> None:
    system = absent.compile()
    for key in KEYS[:20]:
        way = TREE.path(key)
        row = [key, *way.padded(LEVELS), key, way.value or 0, 0]
        (outcome,) = solve_many(system, [row])
        assert isinstance(outcome, UnsatisfiedError)
        assert "of the key itself" in str(outcome)
        with pytest.raises(InputError, match="of the key itself"):
            smt_root_without(key, way.siblings, key, way.value, 0)
        (outcome,) = solve_many(system, [[*row[:-1], 1]])
        assert isinstance(outcome, Witness)
        assert outcome.public != [TREE.root]


def test_a_node_is_no_leaf() -> None:
    """Three inputs and two are hashed apart, so that no value makes a node of a leaf."""
    assert smt_leaf(3, 4) != poseidon([3, 4])


def test_a_way_longer_than_the_circuit_is_refused() -> None:
    way = SparsePath(1, 2, (3,) * 25)
    with pytest.raises(InputError, match="has 25 levels, and the circuit 24"):
        way.padded(LEVELS)
    with pytest.raises(InputError, match="255 siblings"):
        smt_root(1, 2, [0] * 255)
    bad: Any = ["x"]
    with pytest.raises(InputError):
        smt_root(1, 2, bad)
