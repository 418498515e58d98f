"""Openings of many leaves of one tree, whose upper levels are hashed once.

A prover gives all digests of one level near the root, the cap. Each leaf's way ends in the cap, at
the entry that the index's upper places say; the cap itself is hashed to the root once. For k leaves
of a tree of depth d and a cap t levels below the root,

    k (d - t) nodes and the cap's, (a^t - 1) / (a - 1), with k (a^t - 1) rows to pick the entries

instead of k d nodes. Indices may be hidden: nothing of the circuit's shape depends on them.

Source: the caps of Plonky2 (Polygon Zero, 2022), there for FRI.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.arguments import elements, listed, misuse
from zkpipe.circuits.gadgets.poseidon import poseidon
from zkpipe.circuits.gadgets.trees.arity import (
    NOT_IN_TREE,
    NodeHash,
    check_arity,
    checked_hash,
    checked_levels,
    climb,
)
from zkpipe.circuits.gadgets.trees.places import picked, steps_of
from zkpipe.circuits.language.values.functions import check

MAX_LEAVES = 1 << 16
NODE_ROWS = 240  # of Poseidon of two; that of more children is not far away


def merkle_root_of_many(
    digests: Sequence[Any],
    siblings: Sequence[Any],
    indices: Sequence[Any],
    cap: Sequence[Any],
    node_hash: NodeHash = poseidon,
) -> Any:
    """The root of the tree that holds these digests at these indices; it constrains that it does.

    digests    of the leaves; two may be of one place
    siblings   for each leaf as in `merkle_root_at`, up to the cap: `MerkleBatch.siblings`
    indices    the leaves' places, each an integer or a UInt
    cap        all digests of a level, arity^t of them: `MerkleBatch.cap`

    Raises InputError, or in a circuit CompileError, as `merkle_root_at` does, for lengths that
    differ, and for a cap of another size; UnsatisfiedError where a way ends beside the cap.

    Cost: see the module. 16 leaves of a binary tree of depth 20 take 65,536 rows with a cap of 16,
    and their indices' bits; 16 roots take 77,120, and 16 to compare them.
    """
    gadget = "merkle_root_of_many()"
    ends, root = ways(gadget, digests, siblings, indices, cap, node_hash)
    for reached, entry in ends:
        is_same = reached == entry
        if is_same is False:
            fix = "Give leaves of one tree, with the siblings and the cap of its batch()."
            raise misuse(gadget, f"has a way that ends beside the cap: {NOT_IN_TREE}.", fix)
        check(is_same, NOT_IN_TREE)
    return root


def ways(
    gadget: str,
    digests: Sequence[Any],
    siblings: Sequence[Any],
    indices: Sequence[Any],
    cap: Sequence[Any],
    node_hash: NodeHash,
) -> tuple[list[tuple[Any, Any]], Any]:
    """For each leaf the digest that its way leads to and the cap's there; and the cap's root."""
    node = checked_hash(gadget, node_hash)
    leaves = elements(gadget, "digests", digests)
    places = listed(gadget, "indices", indices, "whole numbers")
    given = listed(gadget, "siblings", siblings, "lists of digests")
    if not len(leaves) == len(places) == len(given) or not 1 <= len(leaves) <= MAX_LEAVES:
        raise misuse(
            gadget,
            f"has {len(leaves)} digests, {len(given)} lists of siblings and {len(places)} indices.",
            f"Give one of each for each leaf, and 1 to {MAX_LEAVES} leaves.",
            "digests",
        )
    top = elements(gadget, "cap", cap)
    levels = [checked_levels(gadget, way, f"siblings[{i}]") for i, way in enumerate(given)]
    arity, depth = len(levels[0][0]) + 1, len(levels[0])
    if any(len(way) != depth or len(way[0]) + 1 != arity for way in levels):
        fix = "Give as many levels and digests for each leaf."
        raise misuse(gadget, "has siblings of different shapes.", fix, "siblings")
    capped = cap_levels(gadget, len(top), arity)
    ends = []
    for leaf, way, index in zip(leaves, levels, places, strict=True):
        steps = steps_of(gadget, index, arity, depth + capped)
        reached = climb(leaf, way, steps[:depth], node)
        ends.append((reached, picked(top, steps[depth:])))
    while len(top) > 1:
        top = [node(top[i : i + arity]) for i in range(0, len(top), arity)]
    return ends, top[0]


def cheapest_cap(depth: int, leaves: int, arity: int) -> int:
    """How many levels below the root the cap of so many leaves costs the fewest rows."""

    def rows(t: int) -> int:
        size: int = arity**t
        nodes = leaves * (depth - t) + (size - 1) // (arity - 1)
        return nodes * NODE_ROWS + leaves * (size - 1)

    return min(range(most_cap_levels(depth, arity) + 1), key=rows)


def most_cap_levels(depth: int, arity: int) -> int:
    """How many levels below the root a cap lies at the most."""
    return max(t for t in range(depth) if arity**t <= MAX_LEAVES)


def cap_levels(gadget: str, size: int, arity: int) -> int:
    """How many levels below the root a level of so many digests lies."""
    check_arity(gadget, "siblings", arity)
    levels = next(t for t in range(64) if arity**t >= size)
    if arity**levels != size or size > MAX_LEAVES:
        raise misuse(
            gadget,
            f"has a cap of {size} digests, which no level of a tree of arity {arity} has.",
            "Give all digests of one level: MerkleTree.batch() does.",
            "cap",
        )
    return levels
