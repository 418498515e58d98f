"""Many leaves of one tree, and roots before and after a change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.accel.edge_values import generator
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Field,
    InputError,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    Witness,
    circuit,
)
from zkpipe.circuits.gadgets import (
    MerkleBatch,
    MerkleTree,
    merkle_append,
    merkle_leaf,
    merkle_root_of_many,
    merkle_update,
)
from zkpipe.circuits.gadgets.trees.openings import cheapest_cap
from zkpipe.circuits.solve.many import solve_many

DEPTH, LEAVES, CAP = 5, 3, 2
TREE = MerkleTree(DEPTH, [[100 + i] for i in range(27)])
FOURS = MerkleTree(3, [[100 + i] for i in range(41)], arity=4)


@circuit
def three_of_one(
    digests: Private[Array[Field, LEAVES]],
    siblings: Private[Array[Field, LEAVES, DEPTH - CAP]],
    indices: Private[Array[UInt[DEPTH], LEAVES]],
    cap: Private[Array[Field, 1 << CAP]],
) -> Public[Field]:
    return merkle_root_of_many(digests, siblings, indices, cap)


def row(batch: MerkleBatch, digests: list[int]) -> list[int]:
    flat: list[Any] = [x for way in batch.siblings for x in way]
    return [*digests, *flat, *batch.indices, *batch.cap]


def test_the_root_of_many_is_the_trees() -> None:
    draw = generator(1)
    system = three_of_one.compile()
    rows = []
    for _ in range(60):
        indices = [draw.randrange(27) for _ in range(LEAVES)]
        batch = TREE.batch(indices, CAP)
        leaves = [[100 + i] for i in indices]
        assert batch.verify(TREE.root, DEPTH, leaves)
        assert not batch.verify(TREE.root, DEPTH, [*leaves[1:], [1]])
        rows.append(row(batch, [merkle_leaf(leaf) for leaf in leaves]))
    for outcome in solve_many(system, rows):
        assert isinstance(outcome, Witness)
        assert outcome.public == [TREE.root]
    nodes = LEAVES * (DEPTH - CAP) + (1 << CAP) - 1
    rows_beside = LEAVES * (DEPTH - CAP) + LEAVES * ((1 << CAP) - 1)
    assert system.constraint_count == 240 * nodes + rows_beside + LEAVES * DEPTH
    wrong = []
    for place in range(len(rows[0])):
        other = list(rows[0])
        other[place] = other[place] + 1 if place not in range(12, 15) else other[place] ^ 1
        wrong.append(other)
    for place, outcome in enumerate(solve_many(system, wrong)):
        is_refused = isinstance(outcome, UnsatisfiedError)
        assert is_refused or outcome.public != [TREE.root], place


@pytest.mark.parametrize("tree", [TREE, FOURS], ids=["pairs", "fours"])
@pytest.mark.parametrize("cap_levels", [0, 1, 2, None])
def test_a_batch_verifies_and_nothing_changed_does(
    tree: MerkleTree, cap_levels: int | None
) -> None:
    indices = [5, 0, 26, 5]
    leaves = [[100 + i] for i in indices]
    batch = tree.batch(indices, cap_levels)
    assert (batch.depth, batch.arity) == (tree.depth, tree.arity)
    assert batch.verify(tree.root, tree.depth, leaves, tree.arity)
    assert not batch.verify(tree.root + 1, tree.depth, leaves, tree.arity)
    assert not batch.verify(tree.root, tree.depth + 1, leaves, tree.arity)
    assert not batch.verify(tree.root, tree.depth, leaves[:-1], tree.arity)
    assert not batch.verify(tree.root, tree.depth, [*leaves[:-1], [6]], tree.arity)
    moved = replace(batch, indices=(6, *batch.indices[1:]))
    assert not moved.verify(tree.root, tree.depth, leaves, tree.arity)
    capped = replace(batch, cap=((batch.cap[0] + 1) % R, *batch.cap[1:]))
    assert not capped.verify(tree.root, tree.depth, leaves, tree.arity)


def test_the_cheapest_cap_grows_with_the_number_of_leaves() -> None:
    assert cheapest_cap(20, 1, 2) == 0
    found = [cheapest_cap(20, n, 2) for n in (1, 4, 16, 64, 1024)]
    assert found == sorted(found)
    assert found[2] == 4
    assert cheapest_cap(1, 100, 2) == 0


@pytest.mark.parametrize(
    ("indices", "siblings", "cap"),
    [
        ((), (), (1,)),
        ((0,), ((1, 2), (1, 2)), (1,)),
        ((0, 1), ((1, 2), (1,)), (1,)),
        ((0, 1), ((1, 2), ((1, 2), (1, 2))), (1,)),
        ((4,), ((1, 2),), (1,)),
        ((0,), ((1, 2),), (1, 2, 3)),
        ((0,), ((1, 2),), ()),
        ((0,), ((),), (1, 2)),
        ((0,), ((1, R),), (1,)),
        ((0,), ((1, 2),), (R,)),
        (None, ((1, 2),), (1,)),
    ],
)
def test_batches_of_no_shape_are_refused(indices: Any, siblings: Any, cap: Any) -> None:
    with pytest.raises(InputError):
        MerkleBatch(indices, siblings, cap)


def test_what_no_batch_can_be_made_of_is_refused() -> None:
    for indices in ([], [27], None):
        with pytest.raises(InputError):
            TREE.batch(indices)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="cap_levels"):
        TREE.batch([1], DEPTH)
    with pytest.raises(InputError, match="no level of a tree"):
        merkle_root_of_many([1], [[2]], [0], [3, 4, 5])
    with pytest.raises(InputError, match="different shapes"):
        merkle_root_of_many([1, 2], [[2], [2, 3]], [0, 0], [3, 4])
    with pytest.raises(InputError, match="1 digests, 2 lists"):
        merkle_root_of_many([1], [[2], [3]], [0], [3, 4])


# --- before and after


@circuit
def appended(
    digests: Private[Array[Field, 4]],
    siblings: Private[Array[Field, 2]],
    count: Public[UInt[4]],
) -> tuple[Public[Field], Public[Field]]:
    return merkle_append(digests, siblings, count)


def test_an_appended_subtree_takes_one_root_to_the_next() -> None:
    tree = MerkleTree(4)
    system = appended.compile()
    for count in range(0, 16, 4):
        leaves = [[count + i, 7] for i in range(4)]
        digests = [merkle_leaf(leaf) for leaf in leaves]
        siblings, before = tree.next_siblings(2), tree.root
        tree.extend(leaves)
        assert merkle_append(digests, siblings, count) == (before, tree.root)
        outcome = system.solve(digests=digests, siblings=list(siblings), count=count)
        assert outcome.public == [before, tree.root, count]
        other = system.solve(digests=digests, siblings=list(siblings), count=count ^ 4)
        assert other.public[:2] != [before, tree.root]
        for wrong in (count + 1, count + 2):
            with pytest.raises(UnsatisfiedError, match="whole subtree"):
                system.solve(digests=digests, siblings=list(siblings), count=wrong)
    with pytest.raises(InputError, match="too few"):
        tree.next_siblings(2)


@pytest.mark.parametrize("arity", [2, 3])
def test_leaf_by_leaf_the_roots_follow_each_other(arity: int) -> None:
    tree = MerkleTree(3, arity=arity)
    for count in range(arity**3):
        siblings, before = tree.next_siblings(), tree.root
        tree.append([count])
        found = merkle_append([merkle_leaf([count])], siblings, count)
        assert found == (before, tree.root)
    full = tree.path(0).siblings
    with pytest.raises(InputError, match="index"):
        merkle_append([1], full, arity**3)


def test_a_place_that_is_not_empty_is_appended_to_under_another_root_only() -> None:
    path = TREE.path(26)
    before, _ = merkle_append([5], path.siblings, 26)
    assert before != TREE.root


@circuit
def updated(
    old: Private[Field],
    new: Private[Field],
    siblings: Private[Array[Field, 3, 3]],
    index: Private[UInt[6]],
) -> tuple[Public[Field], Public[Field]]:
    return merkle_update(old, new, siblings, index)


def test_a_replaced_leaf_takes_one_root_to_the_next() -> None:
    system = updated.compile()
    tree = MerkleTree(3, [[100 + i] for i in range(41)], arity=4)
    for index in (0, 7, 40):
        path, before = tree.path(index), tree.root
        tree.replace(index, [5])
        old, new = merkle_leaf([100 + index]), merkle_leaf([5])
        assert merkle_update(old, new, path.siblings, index) == (before, tree.root)
        siblings: Any = [list(level) for level in path.siblings]  # type: ignore[arg-type]
        outcome = system.solve(old=old, new=new, siblings=siblings, index=index)
        assert outcome.public == [before, tree.root]
    path, before = tree.path(3), tree.root
    tree.remove(3)
    assert merkle_update(merkle_leaf([103]), 0, path.siblings, 3) == (before, tree.root)


def test_the_cost_of_a_change_is_two_roots_and_one_index() -> None:
    per_level = 3 + 1  # the siblings, the places
    assert updated.compile().constraint_count == 3 * (2 * 297 + per_level + 3) + 6
    assert appended.compile().constraint_count == 3 * 240 + 2 * 2 * 241 + 4 + 1


@pytest.mark.parametrize("count", [0, 3, 6])
def test_digests_that_fill_no_subtree_are_refused(count: int) -> None:
    with pytest.raises(InputError, match="fill no subtree"):
        merkle_append([1] * count, [1, 2], 0)


def test_a_tree_whose_leaves_end_elsewhere_has_no_next_subtree() -> None:
    with pytest.raises(InputError, match="27 leaves"):
        TREE.next_siblings(1)
    with pytest.raises(InputError, match="height"):
        TREE.next_siblings(DEPTH)


def test_a_cap_is_never_larger_than_a_circuit_takes() -> None:
    """A cap of 2^35 digests was gathered before it was refused."""
    tree = MerkleTree(40, [[1]])
    assert len(tree.batch([0], 4).cap) == 16
    for levels in (17, 35, 39):
        with pytest.raises(InputError, match="from 0 to 16 for cap_levels"):
            tree.batch([0], levels)


def test_a_count_within_a_subtree_is_refused_of_integers_too() -> None:
    with pytest.raises(InputError, match="has a count that 4 does not divide"):
        merkle_append([1, 2, 3, 4], [5, 6], 6)
