"""Roots of Merkle trees of any arity from 2 to 16, by any hash of a list.

The hash of a node is a parameter: `poseidon`, `poseidon2` for two children, or a function of one's
own that takes the list of the children's digests and gives a digest, on circuits' values and on
integers. It must be collision-resistant, and no node's hash may be a leaf's digest: `merkle_leaf`
sees to that beside `poseidon` and `poseidon2`.

Source: Merkle, "A digital signature based on a conventional encryption function", Crypto 1987.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from zkpipe.circuits.gadgets.arguments import element, elements, listed, misuse
from zkpipe.circuits.gadgets.poseidon import poseidon
from zkpipe.circuits.gadgets.trees.places import MAX_ARITY, Steps, inserted, steps_of
from zkpipe.circuits.language.values.functions import check
from zkpipe.circuits.language.values.signal import Signal
from zkpipe.ground.kinds import describe

NOT_IN_TREE = "the leaf is not in the tree"

NodeHash = Callable[[Sequence[Any]], Any]


def merkle_root_at(
    digest: Any, siblings: Sequence[Any], index: Any, node_hash: NodeHash = poseidon
) -> Any:
    """The root above a leaf's digest at an index, by way of its siblings.

    digest     of the leaf, from `merkle_leaf`
    siblings   for each level the digests beside the way, the leaf's level first: a list of them,
               arity - 1 in their order, or for a binary tree the digest alone
    index      the leaf's place from the left, which also binds it: an integer or a UInt, public or
               private; where the arity is a power of two a Field too
    node_hash  of the children of a node

    Raises InputError, or in a circuit CompileError, for levels that differ, for more than 2^64
    places, and for what is no element or index; UnsatisfiedError for an index of no place.

    Cost for arity 2^k: a node and 2^k - 1 + 2^k - k - 1 rows a level, and the index's own bits; 241
    rows for two children, 300 for four. Other arities: the divisions of the index by the arity, and
    3 (arity - 1) rows a level.
    """
    gadget = "merkle_root_at()"
    node = checked_hash(gadget, node_hash)
    levels = checked_levels(gadget, siblings)
    steps = steps_of(gadget, index, len(levels[0]) + 1, len(levels))
    return climb(element(gadget, "digest", digest), levels, steps, node)


def merkle_root_of_children(
    digest: Any, levels: Sequence[Sequence[Any]], node_hash: NodeHash = poseidon
) -> Any:
    """The root above a leaf's digest, by way of all children of each node; the place stays free.

    levels  for each level the children's digests, one of which is the digest below: what
            `MerklePath.children` gives

    For circuits that do not need the leaf's place: no bits, and arity - 1 rows a level.

    Raises InputError or CompileError as `merkle_root_at` does; where no child is the digest below,
    the circuit has no solution, and constants are refused.
    """
    gadget = "merkle_root_of_children()"
    node = checked_hash(gadget, node_hash)
    below = element(gadget, "digest", digest)
    given = listed(gadget, "levels", levels, "lists of digests")
    _check_count(gadget, "levels", len(given))
    for level, children in enumerate(given):
        digests = elements(gadget, f"levels[{level}]", children)
        check_arity(gadget, f"levels[{level}]", len(digests))
        product: Any = 1
        for child in digests:
            product = product * (child - below)
        is_there = product == 0
        if is_there is False:
            fix = "Give the children of each node on the leaf's way: MerklePath.children() does."
            raise misuse(gadget, f"has no child that is the digest below: {NOT_IN_TREE}.", fix)
        check(is_there, NOT_IN_TREE)
        below = node(digests)
    return below


def climb(
    digest: Any, siblings: Sequence[Sequence[Any]], steps: list[Steps], node: NodeHash
) -> Any:
    """The digest that so many levels of siblings and places lead to."""
    for beside, level in zip(siblings, steps, strict=True):
        digest = node(inserted(digest, beside, level))
    return digest


def checked_hash(gadget: str, node_hash: object) -> NodeHash:
    """A function for nodes."""
    if not callable(node_hash) or isinstance(node_hash, type | Signal):
        fix = "Give a function of a list of digests: poseidon, poseidon2, or your own."
        raise misuse(gadget, f"has {describe(node_hash)} for node_hash.", fix, "node_hash")
    return node_hash


def checked_levels(gadget: str, siblings: object, name: str = "siblings") -> list[list[Any]]:
    """For each level a list of siblings; all of one length."""
    entries = listed(gadget, name, siblings, "digests")
    _check_count(gadget, name, len(entries))
    levels: list[list[Any]] = []
    for level, entry in enumerate(entries):
        is_alone = isinstance(entry, Signal | int)
        of_level = [entry] if is_alone else listed(gadget, f"{name}[{level}]", entry, "digests")
        place = name if is_alone else f"{name}[{level}]"
        levels.append(elements(gadget, place, of_level))
    for level, beside in enumerate(levels):
        check_arity(gadget, f"{name}[{level}]", len(beside) + 1)
        if len(beside) != len(levels[0]):
            problem = (
                f"has {len(beside)} digests in {name}[{level}] and {len(levels[0])} in others."
            )
            raise misuse(gadget, problem, "Give arity - 1 for each level.", f"{name}[{level}]")
    return levels


def check_arity(gadget: str, name: str, arity: int) -> None:
    """Check a number of children."""
    if not 2 <= arity <= MAX_ARITY:
        raise misuse(
            gadget,
            f"has a node of {arity} children in {name}.",
            f"A node has 2 to {MAX_ARITY}.",
            name,
        )


def _check_count(gadget: str, name: str, count: int) -> None:
    if not 1 <= count <= 64:
        fix = "A tree has 1 to 64 levels here."
        raise misuse(gadget, f"has {count} levels of {name}.", fix, name)
