"""Changes of sparse Merkle trees: circuits beside the trees, and changes that must not pass."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from tests.accel.edge_values import generator
from tests.long_form import IS_LONG
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
    SparseChange,
    SparseMerkleTree,
    poseidon,
    smt_delete,
    smt_insert,
    smt_update,
)
from zkpipe.circuits.gadgets.sparse.roots import smt_leaf
from zkpipe.circuits.solve.many import solve_many

TRACE = json.loads(
    (Path(__file__).parents[3] / "vectors" / "circomlib" / "smt_poseidon.json").read_text()
)
LEVELS = 6
MANY = 10_000 if IS_LONG else 60


@circuit
def put_in(
    key: Private[Field],
    value: Private[Field],
    siblings: Private[Array[Field, LEVELS]],
    other: Private[Array[Field, 2]],
    is_empty: Private[Bool],
) -> tuple[Public[Field], Public[Field]]:
    return smt_insert(key, value, siblings, other[0], other[1], is_empty)


@circuit
def taken_out(
    key: Private[Field],
    value: Private[Field],
    siblings: Private[Array[Field, LEVELS]],
    other: Private[Array[Field, 2]],
    is_empty: Private[Bool],
    children: Private[Array[Field, 2]],
) -> tuple[Public[Field], Public[Field]]:
    return smt_delete(key, value, siblings, other[0], other[1], is_empty, children)


@circuit
def updated(
    key: Private[Field],
    old: Private[Field],
    new: Private[Field],
    siblings: Private[Array[Field, LEVELS]],
) -> tuple[Public[Field], Public[Field]]:
    return smt_update(key, old, new, siblings)


def row(change: SparseChange) -> list[int]:
    """Of a key put in or taken out."""
    value = change.new_value if change.old_value is None else change.old_value
    other = change.other or (0, 0)
    return [change.key, value or 0, *change.padded(LEVELS), *other, int(change.other is None)]


def under(tree: SparseMerkleTree, siblings: list[int]) -> tuple[int, int]:
    """The digests under the last sibling, if it is a node's."""
    last = [sibling for sibling in siblings if sibling][-1:]
    node = tree.nodes[last[0]] if last else ()
    return (node[0], node[1]) if len(node) == 2 else (0, 0)


def test_the_leaf_beside_a_key_that_is_taken_out_has_to_rise() -> None:
    """Left where it is, its key would be shown neither to be there nor to be absent."""
    tree = SparseMerkleTree()
    tree.insert(4, 40)
    tree.insert(6, 60)
    siblings = [*tree.path(4).siblings, *[0] * (LEVELS - 2)]
    change = tree.delete(4)
    assert change.other == (6, 60)
    assert change.children is None
    forged = [(6, 60), (60, 6), (0, 0), (tree.root, 0)]
    rows = [[4, 40, *siblings, 0, 0, 1, *children] for children in forged]
    for outcome in solve_many(taken_out.compile(), rows):
        assert isinstance(outcome, UnsatisfiedError)
        assert "below its place" in str(outcome)
    for children in forged:
        with pytest.raises(InputError, match="below its place"):
            smt_delete(4, 40, siblings, 0, 0, 1, children)
    with pytest.raises(InputError, match="1 digests for children"):
        smt_delete(4, 40, siblings, 0, 0, 1, [5])
    with pytest.raises(InputError, match="3 numbers for children"):
        SparseChange(4, 40, None, (), None, (1, 2, 3))  # type: ignore[arg-type]


def test_the_cost_of_a_change() -> None:
    assert taken_out.compile().constraint_count == 1380 + 493 * LEVELS + 1
    assert put_in.compile().constraint_count == 1132 + 492 * LEVELS + 1
    assert updated.compile().constraint_count == 823 + 487 * LEVELS


def test_each_change_of_circomlibjs_trace_is_shown_by_its_roots() -> None:
    tree = SparseMerkleTree()
    for step in TRACE:
        before, key = tree.root, int(step["k"])
        match step["op"]:
            case "insert":
                change = tree.insert(key, int(step["v"]))
            case "update":
                change = tree.update(key, int(step["v"]))
            case "delete":
                change = tree.delete(key)
            case _:
                continue
        assert change.roots() == (before, int(step["root"]))


def test_the_circuits_roots_before_and_after_are_the_trees() -> None:
    """Any two keys that are held at a time differ in their lowest six bits."""
    draw = generator(3)
    tree, rows, roots, values, value_roots = SparseMerkleTree(), [], [], [], []
    held: dict[int, int] = {}
    while len(rows) < MANY:
        before = tree.root
        low = draw.randrange(1 << LEVELS)
        if low in held:
            key = held[low]
            way = tree.path(key)
            change = tree.update(key, draw.randrange(R))
            values.append([key, way.value or 0, change.new_value or 0, *way.padded(LEVELS)])
            value_roots.append([before, tree.root])
            before, change = tree.root, tree.delete(key)
            del held[low]
            rows.append(row(change))  # as if put in again
            roots.append([tree.root, before])
            continue
        held[low] = low + (draw.choice([0, draw.randrange(R >> LEVELS)]) << LEVELS)
        rows.append(row(tree.insert(held[low], draw.randrange(R))))
        roots.append([before, tree.root])
    for given, pair, outcome in zip(rows, roots, solve_many(put_in.compile(), rows), strict=True):
        assert isinstance(outcome, Witness)
        assert outcome.public == pair
        arguments = given[0], given[1], given[2:-3], *given[-3:]
        assert list(smt_insert(*arguments)) == pair
        assert list(smt_delete(*arguments, under(tree, given[2:-3]))) == pair[::-1]
    gone = [[*given, *under(tree, given[2:-3])] for given in rows]
    for pair, outcome in zip(roots, solve_many(taken_out.compile(), gone), strict=True):
        assert isinstance(outcome, Witness)
        assert outcome.public == pair[::-1]
    outcomes = solve_many(updated.compile(), values)
    for outcome, pair in zip(outcomes, value_roots, strict=True):
        assert isinstance(outcome, Witness)
        assert outcome.public == pair


def test_no_other_value_sibling_or_leaf_gives_both_roots() -> None:
    tree = SparseMerkleTree()
    for key in (5, 9, 12, 36, 1 << 20):
        tree.insert(key, key + 1)
    before, change = tree.root, tree.insert(37, 7)  # beside 5
    given, system = row(change), put_in.compile()
    wrong = []
    for place in range(len(given) - 1):
        other = list(given)
        other[place] = (other[place] + 1) % R
        wrong.append(other)
    wrong.append([*given[:-1], 1 - given[-1]])
    for place, outcome in enumerate(solve_many(system, wrong)):
        is_refused = isinstance(outcome, UnsatisfiedError)
        assert is_refused or outcome.public != [before, tree.root], place


def test_a_leaf_is_never_lost() -> None:
    """Keys that part below the circuit's levels, and a key put in the place of itself."""
    system = put_in.compile()
    for other in (5 + (1 << LEVELS), 5):
        (outcome,) = solve_many(system, [[5, 1, *[0] * LEVELS, other, 2, 0]])
        assert isinstance(outcome, UnsatisfiedError)
        assert "part within" in str(outcome)
        with pytest.raises(InputError, match="part within"):
            smt_insert(5, 1, [0] * LEVELS, other, 2, 0)
    (outcome,) = solve_many(system, [[5, 1, *[0] * LEVELS, 5 + (1 << LEVELS - 1), 2, 0]])
    assert isinstance(outcome, Witness)


def test_a_change_is_of_a_key_with_a_value() -> None:
    with pytest.raises(InputError, match="no value of the key"):
        SparseChange(5, None, None, ())
    with pytest.raises(InputError, match="value"):
        SparseChange(5, None, R, ())


@pytest.mark.parametrize("steps", [0, 1, 5])
def test_many_changes_at_once_are_the_same_as_one_by_one(steps: int) -> None:
    draw = generator(steps)
    for _ in range(3):
        one, many, held = SparseMerkleTree(), SparseMerkleTree(), dict[int, int]()
        for _ in range(steps + 1):
            entries: dict[int, int | None] = {}
            for _ in range(draw.randrange(16)):
                wide = draw.randrange(R)
                key = draw.choice([wide, draw.randrange(40), draw.randrange(8) << 250])
                entries[key % R] = draw.choice([None, draw.randrange(R)])
            entries = {k: v for k, v in entries.items() if v is not None or k in held}
            many.change_many(entries)
            for key, value in entries.items():
                if value is None:
                    one.delete(key)
                    del held[key]
                elif key in held:
                    one.update(key, value)
                    held[key] = value
                else:
                    one.insert(key, value)
                    held[key] = value
            assert many.root == one.root
            assert all(many[key] == value for key, value in held.items())


def test_a_leaf_beside_its_keys_way_is_refused() -> None:
    """Two leaves of which one stands beside its way never part: their place was sought for ever."""
    leaf = smt_leaf(1, 5)  # an odd key goes right
    low, high = poseidon([leaf, 0]), poseidon([leaf, smt_leaf(4, 7)])
    nodes = {leaf: (1, 5, 1), smt_leaf(4, 7): (4, 7, 1), low: (leaf, 0)}
    nodes[high] = (leaf, smt_leaf(4, 7))
    for root in (low, high):
        tree = SparseMerkleTree(dict(nodes), root)
        for use in (tree.path, tree.__contains__, partial(tree.insert, value=3)):
            with pytest.raises(InputError, match="beside its key's way"):
                use(0)
        for entries in ({0: 3}, {1: 3}):
            with pytest.raises(InputError, match="beside its key's way"):
                tree.change_many(entries)
        assert tree.root == root


def test_a_leaf_beside_its_keys_way_does_not_rise() -> None:
    wrong, right = smt_leaf(2, 5), smt_leaf(4, 7)
    root = poseidon([right, wrong])
    tree = SparseMerkleTree({right: (4, 7, 1), wrong: (2, 5, 1), root: (right, wrong)}, root)
    with pytest.raises(InputError, match="beside its key's way"):
        tree.delete(4)


def test_a_way_longer_than_a_key_has_bits_is_refused() -> None:
    nodes, root = {}, smt_leaf(0, 7)
    nodes[root] = (0, 7, 1)
    for _ in range(255):
        below, root = root, root + 1  # digests of a dict are not hashed again
        nodes[root] = (below, 0)
    tree = SparseMerkleTree(nodes, root)
    for use in (lambda: tree.path(0), lambda: tree.change_many({0: 1})):
        with pytest.raises(InputError, match="longer than a key has bits"):
            use()


def test_a_wrong_change_among_many_changes_nothing() -> None:
    tree = SparseMerkleTree()
    tree.change_many({5: 6, 7: 8})
    root, count = tree.root, len(tree.nodes)
    for wrong in ({5: 1, 6: None}, {5: 1, R: 2}, {5: 1, 6: -1}, {5: 1, 6: "7"}, [(5, 1)], None):
        with pytest.raises(InputError):
            tree.change_many(wrong)  # type: ignore[arg-type]
        assert (tree.root, len(tree.nodes)) == (root, count)
    tree.change_many({5: None, 7: None})
    assert tree.root == 0
