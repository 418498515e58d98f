"""Membership in a Merkle tree over Poseidon, in a circuit and on integers.

A leaf is hashed by `merkle_leaf`, a node is `poseidon([left, right])`, or another hash of the pair,
and a path has one sibling and one bit for each level. The number of levels is the circuit's own, so
nothing of another height passes. `merkle_tree` makes trees and says why a node is never a leaf.
`trees` has nodes of more children, many leaves at once, and roots before and after a change.

Source: Merkle, "A digital signature based on a conventional encryption function", Crypto 1987.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.arguments import bits, element, elements, listed, misuse
from zkpipe.circuits.gadgets.poseidon import poseidon, poseidon_ex
from zkpipe.circuits.gadgets.trees.arity import NOT_IN_TREE, NodeHash, checked_hash
from zkpipe.circuits.language.values.choices import select
from zkpipe.circuits.language.values.functions import check


def merkle_leaf(values: Sequence[Any]) -> Any:
    """The digest of a leaf of 1 to 16 field elements.

    It is Poseidon with the capacity n * 2^64 for n elements, where a node has 0: a leaf of two
    elements is not a node of the tree.

    Cost: as `poseidon`, so 213 constraints for one element.
    Source: eprint 2019/458, section 4.2, constant-input-length hashing with one output.
    """
    leaf = elements("merkle_leaf()", "values", values)
    return poseidon_ex(leaf, len(leaf) << 64, 1)[0]


def merkle_root(
    digest: Any,
    siblings: Sequence[Any],
    index_bits: Sequence[Any],
    node_hash: NodeHash = poseidon,
) -> Any:
    """The root above a leaf's digest in a binary tree, by way of its siblings.

    digest      of the leaf, from `merkle_leaf`
    siblings    the digests beside the way, the leaf's own neighbour first
    index_bits  as many Bools: 1 where the way comes from the right, so the index's lowest bit first
    node_hash   of a pair

    Raises InputError, or in a circuit CompileError, for a bit that is not proven to be one, and for
    lengths that differ.

    Cost: 241 constraints a level; a bit that is an input costs its own.
    """
    digest = element("merkle_root()", "digest", digest)
    beside = elements("merkle_root()", "siblings", siblings)
    turns = bits("merkle_root()", "index_bits", index_bits)
    node = checked_hash("merkle_root()", node_hash)
    _check_levels(len(beside), len(turns))
    for sibling, bit in zip(beside, turns, strict=True):
        left = select(bit, sibling, digest)
        digest = node([left, digest + sibling - left])
    return digest


def merkle_root_of_pairs(digest: Any, pairs: Sequence[Sequence[Any]]) -> Any:
    """The root above a leaf's digest, by way of both digests of each level.

    pairs  for each level left and right, one of which is the digest below: `MerklePath.pairs`

    For circuits that do not need the leaf's place: no bits, and a row a level less.

    Raises InputError or CompileError for a level without two digests; where neither is the digest
    below, the circuit has no solution, and constants are refused.

    Cost: 241 constraints a level.
    """
    gadget = "merkle_root_of_pairs()"
    digest = element(gadget, "digest", digest)
    levels = listed(gadget, "pairs", pairs, "pairs of digests")
    _check_levels(len(levels), len(levels))
    for level, given in enumerate(levels):
        pair = elements(gadget, f"pairs[{level}]", given)
        if len(pair) != 2:
            raise misuse(
                gadget,
                f"has {len(pair)} digests in pairs[{level}], not 2.",
                "Declare them Array[Field, depth, 2].",
                f"pairs[{level}]",
            )
        left, right = pair
        check((left - digest) * (right - digest) == 0, NOT_IN_TREE)
        digest = poseidon([left, right])
    return digest


def check_merkle_membership(
    root: Any, leaf: Sequence[Any], siblings: Sequence[Any], index_bits: Sequence[Any]
) -> None:
    """Constrain a leaf of 1 to 16 field elements to lie in the tree of this root.

    The place is the one that the bits say, the tree's depth the number of siblings. On integers
    alone use `MerklePath.verify`, which answers instead.

    Raises as `merkle_root` does.

    Cost: 241 constraints a level, the leaf's hash, and one.
    """
    wanted = element("check_merkle_membership()", "root", root)
    check(merkle_root(merkle_leaf(leaf), siblings, index_bits) == wanted, NOT_IN_TREE)


def _check_levels(siblings: int, turns: int) -> None:
    if siblings != turns or not siblings:
        raise misuse(
            "merkle_root()",
            f"has {siblings} siblings and {turns} bits of the index, which lead to no root.",
            "Give one sibling and one bit for each level, and at least one level.",
            "siblings",
        )
