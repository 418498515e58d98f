"""What a tree's root becomes: a leaf replaced, or leaves appended.

Both give the root before and the root after, by way of the same siblings, so that nothing else has
changed. The circuit compares the first with the root that it knows, and publishes the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.arguments import element, elements, misuse
from zkpipe.circuits.gadgets.hashes.many import digest_of
from zkpipe.circuits.gadgets.poseidon import poseidon
from zkpipe.circuits.gadgets.trees.arity import NodeHash, checked_hash, checked_levels, climb
from zkpipe.circuits.gadgets.trees.places import steps_of
from zkpipe.circuits.language.values.engine import outside
from zkpipe.circuits.language.values.functions import check
from zkpipe.circuits.language.values.signal import Signal

EMPTY = 0
WHOLE = "the leaves begin at a whole subtree"


def merkle_update(
    old: Any, new: Any, siblings: Sequence[Any], index: Any, node_hash: NodeHash = poseidon
) -> tuple[Any, Any]:
    """The roots of a tree with the digest `old`, and with `new`, at an index.

    siblings, index, node_hash  as in `merkle_root_at`

    A place without a leaf has the digest 0.

    Raises as `merkle_root_at` does.

    Cost: as two roots, less the bits of the index and the places of the second.
    """
    gadget = "merkle_update()"
    node = checked_hash(gadget, node_hash)
    levels = checked_levels(gadget, siblings)
    steps = steps_of(gadget, index, len(levels[0]) + 1, len(levels))
    before, after = (element(gadget, *given) for given in (("old", old), ("new", new)))
    return climb(before, levels, steps, node), climb(after, levels, steps, node)


def merkle_append(
    digests: Sequence[Any], siblings: Sequence[Any], count: Any, node_hash: NodeHash = poseidon
) -> tuple[Any, Any]:
    """The roots of a tree of `count` leaves before and after these leaves are appended.

    digests   of the leaves, arity^j of them: they fill a whole subtree of height j, so `count` is
              divisible by their number; the places are proved to have been empty
    siblings  from that subtree's root up, as in `merkle_root_at`: `MerkleTree.next_siblings`
    count     the number of leaves that the tree has, an integer or a UInt. The root does not bind
              it: a larger one leaves a gap. Keep it beside the root, and make it public

    A tree that is full has no place: such a count has no solution.

    Raises as `merkle_root_at` does, and for another number of digests.

    Cost: two roots of the levels above, a node for each pair of digests, and a row.
    """
    gadget = "merkle_append()"
    node = checked_hash(gadget, node_hash)
    levels = checked_levels(gadget, siblings)
    leaves = elements(gadget, "digests", digests)
    arity = len(levels[0]) + 1
    height = next(j for j in range(64) if arity**j >= len(leaves))
    if arity**height != len(leaves):
        raise misuse(
            gadget,
            f"has {len(leaves)} digests, which fill no subtree of arity {arity}.",
            f"Give 1, {arity}, {arity**2} or another power of {arity}.",
            "digests",
        )
    steps = steps_of(gadget, count, arity, height + len(levels))
    low = [step for level in steps[:height] for step in level]
    is_whole = sum(low) == 0
    if isinstance(is_whole, Signal):
        check(is_whole, WHOLE)
    elif not is_whole:
        fix = f"Append one leaf at a time up to a multiple of {len(leaves)}."
        raise misuse(gadget, f"has a count that {len(leaves)} does not divide.", fix, "count")
    while len(leaves) > 1:
        leaves = [node(leaves[i : i + arity]) for i in range(0, len(leaves), arity)]
    empty = empty_digests(arity, height, node_hash)[height]
    above = steps[height:]
    return climb(empty, levels, above, node), climb(leaves[0], levels, above, node)


def empty_digests(arity: int, depth: int, node_hash: NodeHash) -> tuple[int, ...]:
    """The digests of trees without leaves, of depth 0 to `depth`."""
    found = [EMPTY]
    with outside():
        for _ in range(depth):
            found.append(digest_of(node_hash, [found[-1]] * arity))
    return tuple(found)
