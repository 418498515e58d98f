"""The plain tree: roots by the definition, paths, and what must not pass for a leaf."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zkpipe.accel.bn254 import R
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.gadgets.merkle import merkle_leaf, merkle_root
from zkpipe.circuits.gadgets.merkle_tree import MerklePath, MerkleTree
from zkpipe.circuits.gadgets.poseidon import poseidon, poseidon_ex

LEAVES = [[11], [22, 23], [33], [44, 45, 46], [0]]
TREE = MerkleTree(3, LEAVES)

leaves = st.lists(st.lists(st.integers(0, R - 1), min_size=1, max_size=3), max_size=8)


def root_by_recursion(digests: Sequence[int], depth: int) -> int:
    if depth == 0:
        return digests[0] if digests else 0
    half = 1 << depth - 1
    halves = digests[:half], digests[half:]
    return poseidon([root_by_recursion(part, depth - 1) for part in halves])


@settings(max_examples=30)
@given(leaves)
def test_the_root_is_the_recursive_one_and_each_path_leads_to_it(given_leaves) -> None:
    tree = MerkleTree(3, given_leaves)
    assert tree.root == root_by_recursion([merkle_leaf(leaf) for leaf in given_leaves], 3)
    for i, leaf in enumerate(given_leaves):
        assert tree.path(i).verify(tree.root, 3, leaf)


@settings(max_examples=20)
@given(leaves)
def test_a_tree_grown_leaf_by_leaf_is_the_tree_built_at_once(given_leaves) -> None:
    tree = MerkleTree(3)
    assert [tree.append(leaf) for leaf in given_leaves] == list(range(len(given_leaves)))
    assert tree.root == MerkleTree(3, given_leaves).root


def test_replacing_a_leaf_gives_the_tree_built_with_the_other_one() -> None:
    tree = MerkleTree(3, LEAVES)
    tree.replace(2, [7])
    assert tree.root == MerkleTree(3, [*LEAVES[:2], [7], *LEAVES[3:]]).root


def test_a_removed_leaf_passes_no_more_and_can_be_put_back() -> None:
    tree = MerkleTree(3, LEAVES)
    tree.remove(2)
    assert not tree.path(2).verify(tree.root, 3, LEAVES[2])
    assert not tree.path(2).verify(tree.root, 3, [0])
    assert tree.path(1).verify(tree.root, 3, LEAVES[1])
    tree.replace(2, LEAVES[2])
    assert tree.root == TREE.root


@pytest.mark.parametrize("index", range(len(LEAVES)))
def test_a_wrong_leaf_sibling_index_or_root_does_not_pass(index: int) -> None:
    path, leaf = TREE.path(index), LEAVES[index]
    assert path.verify(TREE.root, 3, leaf)
    assert not path.verify(TREE.root, 3, [*leaf, 0])
    assert not path.verify(TREE.root, 3, [leaf[0] + 1, *leaf[1:]])
    assert not path.verify(TREE.root + R, 3, leaf)
    assert not path.verify(TREE.root - 1, 3, leaf)
    for level in range(3):
        siblings = list(path.siblings)
        siblings[level] = (siblings[level] + 1) % R
        assert not MerklePath(index, tuple(siblings)).verify(TREE.root, 3, leaf)
        assert not MerklePath(index ^ 1 << level, path.siblings).verify(TREE.root, 3, leaf)


def test_a_node_does_not_pass_as_a_leaf_one_level_up() -> None:
    path = TREE.path(0)
    left, right = path.pairs(LEAVES[0])[0]
    shorter = MerklePath(0, path.siblings[1:])
    # the way from that node is a right one, but it is no leaf, and the depth is another
    assert merkle_root(poseidon([left, right]), shorter.siblings, shorter.index_bits) == TREE.root
    for depth in (2, 3):
        assert not shorter.verify(TREE.root, depth, [left, right])
        assert not shorter.verify(TREE.root, depth, [poseidon([left, right])])


def test_a_leaf_of_a_shallower_tree_does_not_pass_in_the_deeper_one_made_of_it() -> None:
    other = MerkleTree(3, [[99]])
    joined = poseidon([TREE.root, other.root])
    longer = MerklePath(1, (*TREE.path(1).siblings, other.root))
    assert not longer.verify(joined, 3, LEAVES[1])
    assert longer.verify(joined, 4, LEAVES[1])


def test_an_empty_place_holds_no_leaf_not_even_one_of_zeros() -> None:
    tree = MerkleTree(3, [[5]])
    path = MerklePath(1, (merkle_leaf([5]), *tree.path(0).siblings[1:]))
    assert merkle_root(0, path.siblings, path.index_bits) == tree.root
    for zeros in ([0], [0, 0], [0, 0, 0]):
        assert not path.verify(tree.root, 3, zeros)
    with pytest.raises(InputError, match="holds 1"):
        tree.path(1)


def test_leaves_of_different_lengths_have_different_digests() -> None:
    digests = [merkle_leaf([0] * n) for n in range(1, 17)] + [poseidon([0] * n) for n in (1, 2)]
    assert len(set(digests)) == len(digests)
    assert merkle_leaf([1, 2]) == poseidon_ex([1, 2], 2 << 64, 1)[0] != poseidon([1, 2])


def test_pairs_hold_the_way_and_end_in_the_root() -> None:
    digest = merkle_leaf(LEAVES[3])
    for pair in TREE.path(3).pairs(LEAVES[3]):
        assert digest in pair
        digest = poseidon(pair)
    assert digest == TREE.root


@pytest.mark.parametrize(
    ("index", "siblings"),
    [
        (8, (1, 2, 3)),
        (-1, (1, 2, 3)),
        (True, (1, 2, 3)),
        (1.0, (1, 2, 3)),
        (0, (1, R, 3)),
        (0, (1, -1, 3)),
        (0, (1, True, 3)),
        (0, ()),
        (0, (0,) * 65),
    ],
)
def test_a_path_that_is_not_canonical_is_refused(index: int, siblings: tuple[int, ...]) -> None:
    with pytest.raises(InputError):
        MerklePath(index, siblings)
    with pytest.raises(InputError):
        dataclasses.replace(TREE.path(0), index=index, siblings=siblings)


@pytest.mark.parametrize(
    "bits", [[0, 2, 0], [0, -1, 0], [0, R, 0], [0, 0], [0, 0, 0, 0], [0, "1", 0], [0, 1.0, 0]]
)
def test_index_bits_that_are_no_bits_or_too_few_or_many_are_refused(bits: list[int]) -> None:
    with pytest.raises(InputError):
        merkle_root(1, TREE.path(0).siblings, bits)


def test_a_tree_refuses_more_leaves_than_it_has_places() -> None:
    with pytest.raises(InputError, match="2 places"):
        MerkleTree(1, [[1], [2], [3]])
    tree = MerkleTree(1, [[1], [2]])
    with pytest.raises(InputError, match="2 places"):
        tree.append([3])
    assert len(tree) == 2
    assert tree.path(1).verify(tree.root, 1, [2])


@pytest.mark.parametrize("index", [-1, 5, 2.0, True])
def test_a_tree_refuses_an_index_without_leaf(index: int) -> None:
    for method in (TREE.path, TREE.remove, lambda i: TREE.replace(i, [1])):
        with pytest.raises(InputError):
            method(index)


@pytest.mark.parametrize("depth", [0, -1, 65, 2.0, True])
def test_a_tree_refuses_a_depth_that_is_none(depth: int) -> None:
    with pytest.raises(InputError):
        MerkleTree(depth)


def test_leaves_given_for_the_depth_are_named() -> None:
    with pytest.raises(InputError, match="a list for depth"):
        MerkleTree([[1], [2]], 4)  # type: ignore[arg-type]
