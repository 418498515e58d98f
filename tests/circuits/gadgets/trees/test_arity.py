"""Trees of any arity and hash: roots by the definition, and circuits beside the plain trees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.accel.edge_values import generator
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    CompileError,
    Field,
    InputError,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    Witness,
    check,
    circuit,
)
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.gadgets import (
    MerklePath,
    MerkleTree,
    merkle_leaf,
    merkle_root,
    merkle_root_at,
    merkle_root_of_children,
    mimc7,
    poseidon,
    poseidon2,
)
from zkpipe.circuits.solve.many import solve_many

MANY = 10_000 if IS_LONG else 60
NODE_ROWS = {2: 240, 3: 261, 4: 297, 5: 321, 8: 402, 16: 609}


def chained(children: Sequence[Any]) -> Any:
    """A hash of one's own, without a kernel."""
    digest = children[0]
    for child in children[1:]:
        digest = mimc7(digest, child)
    return digest


def root_by_recursion(digests: Sequence[int], depth: int, arity: int, node: Any) -> int:
    if depth == 0:
        return digests[0] if digests else 0
    size = arity ** (depth - 1)
    parts = [digests[i * size : (i + 1) * size] for i in range(arity)]
    return node([root_by_recursion(part, depth - 1, arity, node) for part in parts])


SHAPES = [(2, 4), (3, 3), (4, 2), (5, 2), (16, 1)]
HASHES = [poseidon, chained]


@pytest.mark.parametrize(("arity", "depth"), SHAPES)
@pytest.mark.parametrize("node", HASHES)
def test_the_root_is_the_recursive_one_however_the_tree_grew(
    arity: int, depth: int, node: Any
) -> None:
    draw = generator(arity)
    for count in {0, 1, arity + 1, 2 * arity + 1, arity**depth}:
        if count > arity**depth:
            continue
        leaves = [[draw.randrange(R) for _ in range(draw.choice([1, 1, 3]))] for _ in range(count)]
        tree = MerkleTree(depth, leaves, arity=arity, node_hash=node)
        digests = [merkle_leaf(leaf) for leaf in leaves]
        expected = root_by_recursion(digests, depth, arity, node)
        assert tree.root == expected
        of_digests = MerkleTree.of_digests(depth, digests, arity=arity, node_hash=node)
        assert of_digests.root == expected
        grown = MerkleTree(depth, leaves[:1], arity=arity, node_hash=node)
        grown.extend(leaves[1:3])
        for leaf in leaves[3:]:
            grown.append(leaf)
        assert grown.root == expected
        for i, leaf in enumerate(leaves):
            path = tree.path(i)
            assert (path.arity, path.depth) == (arity, depth)
            assert path.verify(expected, depth, leaf, arity, node)
            assert not path.verify(expected, depth, [*leaf, 1], arity, node)
            children = path.children(leaf, node)
            assert merkle_root_of_children(digests[i], children, node) == expected


def test_a_tree_of_pairs_under_poseidon2_is_that_of_its_definition() -> None:
    leaves = [[i] for i in range(40)]
    tree = MerkleTree(6, leaves, node_hash=poseidon2)
    assert tree.root == root_by_recursion([merkle_leaf(leaf) for leaf in leaves], 6, 2, poseidon2)
    path = tree.path(33)
    assert path.verify(tree.root, 6, [33], node_hash=poseidon2)
    assert not path.verify(tree.root, 6, [33])
    found = merkle_root(merkle_leaf([33]), path.siblings, path.index_bits, poseidon2)
    assert found == tree.root


def test_many_replaced_leaves_give_the_tree_built_with_the_others() -> None:
    leaves = [[i] for i in range(50)]
    tree = MerkleTree(3, leaves, arity=4)
    others = {7: [1, 2], 0: [3], 49: [4], 48: [5]}
    tree.replace_many(others)
    tree.replace_many({})
    assert (
        tree.root == MerkleTree(3, [others.get(i, x) for i, x in enumerate(leaves)], arity=4).root
    )
    with pytest.raises(InputError, match="holds 50"):
        tree.replace_many({50: [1]})


def test_a_path_of_another_arity_or_depth_is_false_not_refused() -> None:
    tree = MerkleTree(2, [[i] for i in range(16)], arity=4)
    path = tree.path(5)
    assert path.verify(tree.root, 2, [5], 4)
    for depth, arity in ((2, 2), (4, 2), (1, 4), (3, 4)):
        assert not path.verify(tree.root, depth, [5], arity)


# --- circuits


def at(arity: int, depth: int, bits: int, node: Any = poseidon) -> Circuit:
    @circuit
    def root_at(
        digest: Private[Field],
        siblings: Private[Array[Field, depth, arity - 1]],
        index: Public[UInt[bits]],
    ) -> Public[Field]:
        return merkle_root_at(digest, siblings, index, node)

    return root_at


@pytest.mark.parametrize(("arity", "depth", "bits"), [(2, 4, 4), (4, 3, 6), (8, 1, 3), (16, 1, 4)])
def test_a_level_of_two_to_the_k_children_costs_a_node_the_siblings_and_the_places(
    arity: int, depth: int, bits: int
) -> None:
    k = arity.bit_length() - 1
    level = NODE_ROWS[arity] + arity - 1 + arity - k - 1
    outside = bits + 1  # the index's own bits, the output
    assert at(arity, depth, bits).compile().constraint_count == depth * level + outside - 1


@pytest.mark.parametrize(
    ("arity", "depth", "bits"), [(2, 4, 4), (3, 3, 5), (4, 2, 4), (5, 2, 5), (16, 1, 4)]
)
def test_the_circuits_root_at_an_index_is_the_plain_one(arity: int, depth: int, bits: int) -> None:
    draw = generator(arity)
    system, places = at(arity, depth, bits).compile(), arity**depth
    rows = []
    for i in range(max(MANY, places)):
        flat = [draw.choice([0, 1, R - 1, draw.randrange(R)]) for _ in range(depth * (arity - 1))]
        rows.append([draw.randrange(R), *flat, i % places])
    for row, outcome in zip(rows, solve_many(system, rows), strict=True):
        assert isinstance(outcome, Witness)
        flat, n = row[1:-1], arity - 1
        siblings = [tuple(flat[i : i + n]) for i in range(0, len(flat), n)]
        path = MerklePath(row[-1], tuple(s[0] if n == 1 else s for s in siblings))
        digest = row[0]
        for level, beside in enumerate(siblings):
            place = path.index // arity**level % arity
            digest = poseidon([*beside[:place], digest, *beside[place:]])
        assert outcome.public == [digest, row[-1]]
        assert merkle_root_at(row[0], path.siblings, path.index) == digest
    beyond = [[*row[:-1], places] for row in rows[:1] if places < 1 << bits]
    for outcome in solve_many(system, beyond):
        assert isinstance(outcome, UnsatisfiedError)
        assert "place of the tree" in str(outcome)


def test_an_index_known_when_the_circuit_is_compiled_costs_nothing() -> None:
    @circuit
    def fifth(digest: Private[Field], siblings: Private[Array[Field, 2, 2]]) -> Public[Field]:
        return merkle_root_at(digest, siblings, 5)

    assert fifth.compile().constraint_count == 2 * NODE_ROWS[3]
    assert fifth(1, [[2, 3], [4, 5]]) == poseidon([4, poseidon([2, 3, 1]), 5])


@circuit
def anywhere(
    root: Public[Field], leaf: Private[Field], levels: Private[Array[Field, 2, 4]]
) -> None:
    check(merkle_root_of_children(merkle_leaf([leaf]), levels) == root, "another root")


def test_without_the_place_a_level_costs_a_node_and_a_row_a_sibling() -> None:
    assert anywhere.compile().constraint_count == 213 + 2 * (NODE_ROWS[4] + 3)


def test_children_without_the_digest_below_are_refused() -> None:
    tree = MerkleTree(2, [[i] for i in range(16)], arity=4)
    system = anywhere.compile()
    for index in range(16):
        levels = [list(children) for children in tree.path(index).children([index])]
        assert isinstance(system.solve(root=tree.root, leaf=index, levels=levels), Witness)
        for level in range(2):
            for child in range(4):
                wrong = [list(children) for children in levels]
                wrong[level][child] = (wrong[level][child] + 1) % R
                with pytest.raises(UnsatisfiedError):
                    system.solve(root=tree.root, leaf=index, levels=wrong)
        with pytest.raises(UnsatisfiedError, match="not in the tree"):
            system.solve(root=tree.root, leaf=16, levels=levels)


# --- what is refused


@pytest.mark.parametrize(
    "siblings",
    [(), ((),), ((1,) * 16,), ((1, 2), (1,)), (1, (1, 2)), ((R, 1),), ((1,) * 3,) * 40],
)
def test_paths_of_no_shape_are_refused(siblings: Any) -> None:
    with pytest.raises(InputError):
        MerklePath(0, siblings)
    if siblings != ((R, 1),):
        with pytest.raises(InputError):
            merkle_root_at(1, siblings, 0)


@pytest.mark.parametrize("index", [9, -1, 1.5, None, "1"])
def test_an_index_of_no_place_is_refused(index: Any) -> None:
    with pytest.raises(InputError, match="index"):
        merkle_root_at(1, [[2, 3], [4, 5]], index)


def test_an_index_without_a_range_is_a_compile_error_where_it_is_divided() -> None:
    @circuit
    def loose(index: Private[Field], siblings: Private[Array[Field, 2, 2]]) -> Public[Field]:
        return merkle_root_at(1, siblings, index)

    with pytest.raises(CompileError, match="Declare it a UInt"):
        loose.compile()


@pytest.mark.parametrize("node", [None, 3, "poseidon", int, [poseidon]])
def test_what_is_no_function_is_no_hash_of_nodes(node: Any) -> None:
    for attempt in (
        lambda: merkle_root_at(1, [2], 0, node),
        lambda: merkle_root(1, [2], [0], node),
        lambda: MerkleTree(2, node_hash=node),
        lambda: MerkleTree(2, [[1]]).path(0).verify(1, 2, [1], node_hash=node),
    ):
        with pytest.raises(InputError, match="node_hash"):
            attempt()


@pytest.mark.parametrize("arity", [0, 1, 17, 2.0, True])
def test_an_arity_that_no_node_has_is_refused(arity: Any) -> None:
    with pytest.raises(InputError, match="arity"):
        MerkleTree(2, arity=arity)


def test_more_than_two_to_the_64_places_are_refused() -> None:
    assert MerkleTree(16, [[1]], arity=16).depth == 16
    with pytest.raises(InputError, match="2\\^64 places"):
        MerkleTree(17, arity=16)


def test_paths_of_other_arities_have_no_pairs_and_no_bits() -> None:
    path = MerkleTree(2, [[1]], arity=3).path(0)
    with pytest.raises(InputError, match="no pairs"):
        path.pairs([1])
    with pytest.raises(InputError, match="no bits"):
        _ = path.index_bits
    assert MerklePath(11, ((1, 2, 3), (4, 5, 6))).index_bits == (1, 1, 0, 1)


@pytest.mark.parametrize("digests", [[R], [-1], [1.5], None, [[1]], "12"])
def test_digests_that_are_not_canonical_are_refused(digests: Any) -> None:
    with pytest.raises(InputError, match="digests"):
        MerkleTree.of_digests(2, digests)


@pytest.mark.parametrize("leaf", [[], [1] * 17, 5, [R], None])
def test_leaves_of_no_elements_or_too_many_are_refused_by_their_place(leaf: Any) -> None:
    with pytest.raises(InputError, match=r"leaves\[1\]"):
        MerkleTree(2, [[1], leaf])


@pytest.mark.parametrize("result", [None, "5", -1, R, 1 << 300, 0.5, True])
def test_a_hash_that_gives_no_field_element_is_refused(result: Any) -> None:
    with pytest.raises(InputError, match="from 0 to r - 1 for its result"):
        MerkleTree(3, node_hash=lambda children: result)
    with pytest.raises(InputError, match="from 0 to r - 1 for its result"):
        MerkleTree(3, [[1]], node_hash=lambda children: result if any(children) else 0)


def test_a_hash_may_be_an_object_that_has_no_hash() -> None:
    @dataclass
    class Tagged:
        tag: int

        def __call__(self, children: Any) -> Any:
            return poseidon([self.tag, *children])

    tree = MerkleTree(3, [[1], [2]], node_hash=Tagged(7))
    assert tree.path(1).verify(tree.root, 3, [2], node_hash=Tagged(7))
    assert not tree.path(1).verify(tree.root, 3, [2], node_hash=Tagged(8))


@pytest.mark.parametrize("calls", range(5))
def test_a_hash_that_fails_leaves_the_tree_as_it_was(calls: int) -> None:
    left: list[int] = []

    def failing(children: Any) -> Any:
        if left and not left[0]:
            raise ZeroDivisionError
        left[:] = [left[0] - 1] if left else []
        return poseidon(children)

    tree = MerkleTree(4, [[i] for i in range(5)], node_hash=failing)
    same = MerkleTree(4, [[i] for i in range(5)])
    for change in (
        lambda tree: tree.extend([[7], [8], [9]]),
        lambda tree: tree.replace_many({0: [7], 4: [8]}),
    ):
        left[:] = [calls]
        with pytest.raises(ZeroDivisionError):
            change(tree)
        left.clear()
        assert (len(tree), tree.root) == (len(same), same.root)
        assert [tree.path(i) for i in range(5)] == [same.path(i) for i in range(5)]
        change(tree)
        change(same)
        assert tree.root == same.root
