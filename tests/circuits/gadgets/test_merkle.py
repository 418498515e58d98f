"""Membership in a circuit: what it costs, that it agrees with the tree, and forged paths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, ints_from_words, words_from_ints
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    ConstraintSystem,
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
from zkpipe.circuits.gadgets.merkle import (
    check_merkle_membership,
    merkle_leaf,
    merkle_root,
    merkle_root_of_pairs,
)
from zkpipe.circuits.gadgets.merkle_tree import MerklePath, MerkleTree
from zkpipe.circuits.gadgets.poseidon import poseidon
from zkpipe.circuits.r1cs.matrix import SparseMatrix

DEPTH = 4
LEAF_ROWS, NODE_ROWS = 213, 240
LEAVES = [[1000 + i] for i in range(11)]
TREE = MerkleTree(DEPTH, LEAVES)


@circuit
def membership(
    root: Public[Field],
    leaf: Private[Field],
    siblings: Private[Array[Field, DEPTH]],
    index_bits: Private[Array[Bool, DEPTH]],
) -> None:
    check_merkle_membership(root, [leaf], siblings, index_bits)


@circuit
def membership_anywhere(
    root: Public[Field], leaf: Private[Field], pairs: Private[Array[Field, DEPTH, 2]]
) -> None:
    check(merkle_root_of_pairs(merkle_leaf([leaf]), pairs) == root, "another root")


@circuit
def root_of_two(
    leaf: Private[Array[Field, 2]],
    siblings: Private[Array[Field, DEPTH]],
    index_bits: Private[Array[Bool, DEPTH]],
) -> Public[Field]:
    return merkle_root(merkle_leaf(leaf), siblings, index_bits)


SYSTEM = membership.compile()
ANYWHERE = membership_anywhere.compile()
ROOT_OF_TWO = root_of_two.compile()


def inputs(root: int, leaf: int, path: MerklePath) -> dict[str, object]:
    return {
        "root": root,
        "leaf": leaf,
        "siblings": list(path.siblings),
        "index_bits": list(path.index_bits),
    }


def refused(root: int, leaf: int, siblings: Sequence[int], index_bits: Sequence[int]) -> bool:
    """Both the compiled circuit and its plain run say that a check fails."""
    with pytest.raises(UnsatisfiedError, match="the leaf is not in the tree"):
        SYSTEM.solve(root=root, leaf=leaf, siblings=list(siblings), index_bits=list(index_bits))
    with pytest.raises(UnsatisfiedError, match="the leaf is not in the tree"):
        membership(root, leaf, list(siblings), list(index_bits))
    return True


def failing_rows(system: ConstraintSystem, values: Words) -> list[int]:
    """The rows that a witness does not satisfy, in plain integers."""
    w, coefficients = ints_from_words(values), ints_from_words(system.coefficients)

    def side(matrix: SparseMatrix, row: int) -> int:
        entries = range(matrix.starts[row], matrix.starts[row + 1])
        return sum(coefficients[matrix.values[e]] * w[matrix.wires[e]] for e in entries)

    rows = range(system.constraint_count)
    a, b, c = ([side(matrix, row) for row in rows] for matrix in (system.a, system.b, system.c))
    return [row for row in rows if (a[row] * b[row] - c[row]) % R]


def test_a_level_costs_a_node_and_a_row_and_an_input_bit_its_own() -> None:
    assert SYSTEM.constraint_count == LEAF_ROWS + DEPTH * (NODE_ROWS + 1) + DEPTH
    assert ROOT_OF_TWO.constraint_count == NODE_ROWS + DEPTH * (NODE_ROWS + 1) + DEPTH


def test_without_the_place_a_level_costs_a_node_and_a_row() -> None:
    assert ANYWHERE.constraint_count == LEAF_ROWS + DEPTH * (NODE_ROWS + 1)


@pytest.mark.parametrize("index", range(len(LEAVES)))
def test_each_leaf_of_the_tree_has_a_witness(index: int) -> None:
    path, (leaf,) = TREE.path(index), LEAVES[index]
    SYSTEM.check(SYSTEM.solve(**inputs(TREE.root, leaf, path)))
    membership(**inputs(TREE.root, leaf, path))
    pairs = [list(pair) for pair in path.pairs([leaf])]
    ANYWHERE.check(ANYWHERE.solve(root=TREE.root, leaf=leaf, pairs=pairs))
    membership_anywhere(TREE.root, leaf, pairs)


field = st.sampled_from([0, 1, R - 1]) | st.integers(0, R - 1)
fields = st.lists(field, min_size=DEPTH, max_size=DEPTH)


@settings(max_examples=100, deadline=None)
@given(st.lists(field, min_size=2, max_size=2), fields, st.integers(0, (1 << DEPTH) - 1))
def test_the_solved_root_is_the_plain_one(leaf: list[int], siblings: list[int], index: int) -> None:
    path = MerklePath(index, tuple(siblings))
    arguments = {"leaf": leaf, "siblings": siblings, "index_bits": list(path.index_bits)}
    root = merkle_root(merkle_leaf(leaf), siblings, path.index_bits)
    assert path.verify(root, DEPTH, leaf)
    witness = ROOT_OF_TWO.solve(**arguments)
    ROOT_OF_TWO.check(witness)
    assert witness.public == [root] == [root_of_two(**arguments)]


def test_a_wrong_leaf_root_sibling_or_side_is_refused() -> None:
    path, (leaf,) = TREE.path(5), LEAVES[5]
    siblings, bits = path.siblings, path.index_bits
    assert refused(TREE.root, leaf + 1, siblings, bits)
    assert refused(TREE.root + 1, leaf, siblings, bits)
    for level in range(DEPTH):
        wrong = list(siblings)
        wrong[level] = (wrong[level] + 1) % R
        assert refused(TREE.root, leaf, wrong, bits)
        other_side = [bit ^ (i == level) for i, bit in enumerate(bits)]
        assert refused(TREE.root, leaf, siblings, other_side)


def test_a_node_presented_as_a_leaf_is_refused_at_any_height() -> None:
    path, leaf = TREE.path(6), LEAVES[6]
    pairs = path.pairs(leaf)
    for level in range(DEPTH):
        node = poseidon(pairs[level])
        above = path.siblings[level + 1 :], path.index_bits[level + 1 :]
        if above[0]:
            assert merkle_root(node, *above) == TREE.root  # a right way, but no leaf's
        missing = DEPTH - len(above[0])
        for filler in (0, node, pairs[level][0]):
            for bit in (0, 1):
                siblings = [*[filler] * missing, *above[0]]
                assert refused(TREE.root, node, siblings, [*[bit] * missing, *above[1]])


def test_a_leaf_of_a_tree_below_or_above_is_refused() -> None:
    shallow = MerkleTree(DEPTH - 1, LEAVES[:8])
    path = shallow.path(3)
    for filler in (0, shallow.root, path.siblings[0]):
        for bit in (0, 1):
            siblings, bits = [*path.siblings, filler], [*path.index_bits, bit]
            assert refused(shallow.root, LEAVES[3][0], siblings, bits)
            siblings, bits = [filler, *path.siblings], [bit, *path.index_bits]
            assert refused(shallow.root, LEAVES[3][0], siblings, bits)
    deep = MerkleTree(DEPTH + 1, LEAVES).path(3)
    root = MerkleTree(DEPTH + 1, LEAVES).root
    assert refused(root, LEAVES[3][0], deep.siblings[:-1], deep.index_bits[:-1])
    assert refused(root, LEAVES[3][0], deep.siblings[1:], deep.index_bits[1:])


def test_an_empty_place_is_refused_for_a_leaf_of_zero() -> None:
    empty = len(LEAVES)
    siblings = [TREE.path(empty - 1 - empty % 2).siblings[0], *TREE.path(empty - 1).siblings[1:]]
    siblings[0] = merkle_leaf(LEAVES[empty - 1])
    path = MerklePath(empty, tuple(siblings))
    assert merkle_root(0, path.siblings, path.index_bits) == TREE.root  # the place is there
    assert refused(TREE.root, 0, path.siblings, path.index_bits)


@pytest.mark.parametrize("bit", [2, -1, R - 1, R + 1, 0.5, "x", None])
def test_an_index_bit_that_is_no_bit_is_no_input(bit: object) -> None:
    arguments = inputs(TREE.root, LEAVES[5][0], TREE.path(5))
    arguments["index_bits"] = [1, bit, 1, 0]
    for attempt in (SYSTEM.solve, membership):
        with pytest.raises(InputError, match=r"index_bits"):
            attempt(**arguments)


@pytest.mark.parametrize("bit", [2, R - 1, (R + 1) // 2])
def test_a_bit_of_another_value_is_refused_even_if_the_path_fits_it(bit: int) -> None:
    """A prover who writes the witness himself: each wire is what the rows after the bit's ask.

    With a bit that is none, left = d + bit (s - d) and right = s + d - left can be any pair of the
    sum s + d: the root of another pair would follow. So only the bit's own row is left to refuse.
    """

    @circuit
    def one_level(
        digest: Private[Field], sibling: Private[Field], bit: Private[Array[Bool, 1]]
    ) -> Public[Field]:
        return merkle_root(digest, [sibling], bit)

    digest, sibling = 12, 34
    left = (digest + bit * (sibling - digest)) % R
    right = (digest + sibling - left) % R
    system = one_level.compile()
    honest = system.solve(digest=left, sibling=right, bit=[0])  # the hash of that pair
    values = honest.values.copy()
    # wires: one, the root, digest, sibling, bit, ...
    values[2:5] = words_from_ints([digest, sibling, bit])
    assert len(failing_rows(system, values)) == 1
    with pytest.raises(UnsatisfiedError, match="bit"):
        system.check(Witness(values, 1))


@pytest.mark.parametrize("type_", [Field, UInt[2]])
def test_index_bits_of_a_wider_type_are_a_compile_error(type_: object) -> None:
    @circuit
    def loose(
        leaf: Private[Field], siblings: Private[Array[Field, 2]], bits: Private[Array[type_, 2]]
    ) -> Public[Field]:
        return merkle_root(leaf, siblings, bits)

    for attempt in (loose.compile, lambda: loose(1, [2, 3], [0, 1])):
        with pytest.raises(CompileError, match=r"not a bit for index_bits\[0\]"):
            attempt()


@pytest.mark.parametrize(("siblings", "bits"), [(2, 3), (3, 2), (0, 0)])
def test_lengths_that_differ_are_a_compile_error(siblings: int, bits: int) -> None:
    @circuit
    def uneven(
        leaf: Private[Field],
        path: Private[Array[Field, siblings]],
        index: Private[Array[Bool, bits]],
    ) -> Public[Field]:
        return merkle_root(leaf, path, index)

    with pytest.raises(CompileError, match="lead to no root"):
        uneven.compile()


def test_a_path_of_another_length_is_no_input() -> None:
    arguments = inputs(TREE.root, LEAVES[5][0], TREE.path(5))
    for siblings in ([1] * (DEPTH - 1), [1] * (DEPTH + 1), []):
        with pytest.raises(InputError, match="siblings"):
            SYSTEM.solve(**{**arguments, "siblings": siblings})


def test_a_pair_without_the_digest_below_is_refused() -> None:
    pairs = [list(pair) for pair in TREE.path(5).pairs(LEAVES[5])]
    for level in range(DEPTH):
        for side in (0, 1):
            wrong = [list(pair) for pair in pairs]
            wrong[level][side] = (wrong[level][side] + 1) % R
            with pytest.raises(UnsatisfiedError):
                ANYWHERE.solve(root=TREE.root, leaf=LEAVES[5][0], pairs=wrong)
            with pytest.raises(UnsatisfiedError):
                membership_anywhere(TREE.root, LEAVES[5][0], wrong)
    other = [list(pair) for pair in TREE.path(7).pairs(LEAVES[7])]
    with pytest.raises(UnsatisfiedError, match="the leaf is not in the tree"):
        ANYWHERE.solve(root=TREE.root, leaf=LEAVES[5][0], pairs=other)


def test_pairs_of_three_are_a_compile_error() -> None:
    @circuit
    def triple(leaf: Private[Field], pairs: Private[Array[Field, 2, 3]]) -> Public[Field]:
        return merkle_root_of_pairs(leaf, pairs)

    with pytest.raises(CompileError, match="3 digests"):
        triple.compile()


def test_no_wire_of_a_membership_can_be_changed_alone() -> None:
    witness = SYSTEM.solve(**inputs(TREE.root, LEAVES[5][0], TREE.path(5)))
    for wire in range(1, SYSTEM.wire_count):
        values = witness.values.copy()
        values[wire, 0] ^= np.uint64(1)
        with pytest.raises(UnsatisfiedError):
            SYSTEM.check(Witness(values, witness.public_count))
