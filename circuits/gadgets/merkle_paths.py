"""What shows that leaves are in a Merkle tree, in plain Python: for one leaf, and for many.

`merkle_tree` makes them, and the circuits of `merkle` and `trees` take their parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.gadgets.arguments import listed, misuse, whole
from zkpipe.circuits.gadgets.merkle import merkle_leaf
from zkpipe.circuits.gadgets.poseidon import poseidon
from zkpipe.circuits.gadgets.trees.arity import NodeHash, check_arity, checked_hash, merkle_root_at
from zkpipe.circuits.gadgets.trees.openings import cap_levels, ways
from zkpipe.circuits.gadgets.trees.places import MAX_ARITY, MAX_PLACES, inserted, steps_of
from zkpipe.ground.kinds import describe, integer, whole_number

MAX_DEPTH = 64

Siblings = tuple[int, ...] | tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class MerklePath:
    """The way from a leaf to the root.

    index     the leaf's place, counted from the left, from 0 to arity^depth - 1
    siblings  the digests beside the way, the leaf's level first; canonical. In a binary tree one a
              level, else a tuple of arity - 1 a level, in their order

    Raises InputError if the index does not fit the number of siblings, or one is not canonical.
    """

    index: int
    siblings: Siblings

    def __post_init__(self) -> None:
        where = "MerklePath()"
        siblings = _checked_siblings(where, "siblings", self.siblings)
        checked_depth(where, len(siblings))
        arity = _arity_of(where, siblings)
        _check_places(where, arity, len(siblings))
        index = whole(
            where,
            "index",
            self.index,
            0,
            arity ** len(siblings) - 1,
            f"A path of {len(siblings)} siblings has a place for each of these."
            if arity == 2
            else f"A path of {len(siblings)} levels has a place for each of these.",
        )
        object.__setattr__(self, "index", index)
        object.__setattr__(self, "siblings", siblings)

    @property
    def depth(self) -> int:
        """The number of levels between the leaf and the root."""
        return len(self.siblings)

    @property
    def arity(self) -> int:
        """The number of children of a node."""
        return _arity_of("MerklePath()", self.siblings)

    @property
    def index_bits(self) -> tuple[int, ...]:
        """For each level from the leaf upwards, 1 if the way comes from the right.

        For an arity of 2^k they are k for each level; other trees have none: InputError.
        """
        if self.arity & (self.arity - 1):
            fix = "Give the circuit path.index, and use merkle_root_at()."
            raise InputError(f"An index at arity {self.arity} has no bits for each level.", fix)
        k = self.arity.bit_length() - 1
        return tuple(self.index >> bit & 1 for bit in range(k * self.depth))

    def children(
        self, leaf: Sequence[int], node_hash: NodeHash = poseidon
    ) -> tuple[tuple[int, ...], ...]:
        """For each level all digests below a node: what `merkle_root_of_children` takes."""
        node, digest, found = checked_hash("children()", node_hash), merkle_leaf(leaf), []
        steps = steps_of("children()", self.index, self.arity, self.depth)
        for siblings, level in zip(self.siblings, steps, strict=True):
            beside = siblings if isinstance(siblings, tuple) else (siblings,)
            found.append(tuple(inserted(digest, beside, level)))
            digest = node(found[-1])
        return tuple(found)

    def pairs(self, leaf: Sequence[int]) -> tuple[tuple[int, int], ...]:
        """For each level the left and the right digest: what `merkle_root_of_pairs` takes."""
        if self.arity != 2:
            fix = "Use children() and merkle_root_of_children()."
            raise InputError(f"A path at arity {self.arity} has no pairs.", fix)
        return self.children(leaf)  # type: ignore[return-value] # of arity 2

    def verify(
        self,
        root: int,
        depth: int,
        leaf: Sequence[int],
        arity: int = 2,
        node_hash: NodeHash = poseidon,
    ) -> bool:
        """True if a tree of this depth, arity and root holds the leaf at the path's index.

        Depth and arity are the verifier's own, not the prover's: a path of another is False.
        """
        where = "MerklePath.verify()"
        wanted = _root(where, root)
        node = checked_hash(where, node_hash)
        shape = checked_depth(where, depth), checked_arity(where, arity)
        digest = merkle_leaf(leaf)
        if (self.depth, self.arity) != shape:
            return False
        found: int = merkle_root_at(digest, self.siblings, self.index, node)
        return found == wanted


@dataclass(frozen=True, slots=True)
class MerkleBatch:
    """The ways from many leaves of one tree to its cap, all digests of a level near the root.

    indices   the leaves' places; a place may occur again
    siblings  for each leaf those of a MerklePath, up to the cap
    cap       the digests of that level

    Raises InputError for parts that do not fit each other, and for digests that are not canonical.
    """

    indices: tuple[int, ...]
    siblings: tuple[Siblings, ...]
    cap: tuple[int, ...]

    def __post_init__(self) -> None:
        where = "MerkleBatch()"
        given = listed(where, "siblings", self.siblings, "lists of digests")
        siblings = tuple(
            _checked_siblings(where, f"siblings[{i}]", way) for i, way in enumerate(given)
        )
        cap = _digests(where, "cap", self.cap)
        places = listed(where, "indices", self.indices, "whole numbers")
        if not siblings or len(places) != len(siblings):
            fix = "Give an index and siblings for each leaf, and at least one leaf."
            problem = f"has {len(places)} indices and {len(siblings)} lists of siblings."
            raise misuse(where, problem, fix, "indices")
        shapes = {(len(way), _arity_of(where, way)) for way in siblings if way}
        if len(shapes) != 1 or not all(siblings):
            fix = "Give as many levels for each leaf, at least one."
            raise misuse(where, "has siblings of different shapes.", fix, "siblings")
        ((levels, arity),) = shapes
        depth = checked_depth(where, levels + cap_levels(where, len(cap), arity))
        _check_places(where, arity, depth)
        fix = "A tree of this depth has a place for each of these."
        indices = tuple(
            whole(where, f"indices[{i}]", index, 0, arity**depth - 1, fix)
            for i, index in enumerate(places)
        )
        for name, value in (("indices", indices), ("siblings", siblings), ("cap", cap)):
            object.__setattr__(self, name, value)

    @property
    def arity(self) -> int:
        """The number of children of a node."""
        return _arity_of("MerkleBatch()", self.siblings[0])

    @property
    def depth(self) -> int:
        """The number of levels between a leaf and the root."""
        return len(self.siblings[0]) + cap_levels("MerkleBatch()", len(self.cap), self.arity)

    def verify(
        self,
        root: int,
        depth: int,
        leaves: Sequence[Sequence[int]],
        arity: int = 2,
        node_hash: NodeHash = poseidon,
    ) -> bool:
        """True if a tree of this depth, arity and root holds the leaves at the batch's indices."""
        where = "MerkleBatch.verify()"
        wanted = _root(where, root)
        node = checked_hash(where, node_hash)
        shape = checked_depth(where, depth), checked_arity(where, arity)
        given: list[Any] = listed(where, "leaves", leaves, "leaves")
        digests = [merkle_leaf(leaf) for leaf in given]
        if (self.depth, self.arity) != shape or len(digests) != len(self.indices):
            return False
        ends, found = ways(where, digests, self.siblings, self.indices, self.cap, node)
        return found == wanted and all(reached == entry for reached, entry in ends)


def checked_depth(owner: str, depth: int) -> int:
    """A depth from 1 to 64."""
    number = whole_number(depth)
    if number is None or not 1 <= number <= MAX_DEPTH:
        given = describe(depth) if number is None else "a number out of range"
        raise InputError(
            f"{owner} has {given} for depth.",
            f"Give a whole number of levels from 1 to {MAX_DEPTH}.",
            "depth",
            depth,
        )
    return number


def checked_arity(owner: str, arity: int) -> int:
    """An arity from 2 to 16."""
    fix = f"A node has 2 to {MAX_ARITY} children."
    return whole(owner, "arity", arity, 2, MAX_ARITY, fix)


def _check_places(owner: str, arity: int, depth: int) -> None:
    if arity**depth > MAX_PLACES:
        raise misuse(
            owner,
            f"has {depth} levels of arity {arity}, more than 2^64 places.",
            "Give fewer levels.",
            "siblings",
        )


def _arity_of(owner: str, siblings: Sequence[int | tuple[int, ...]]) -> int:
    first = siblings[0]
    arity = len(first) + 1 if isinstance(first, tuple) else 2
    if any((len(x) + 1 if isinstance(x, tuple) else 2) != arity for x in siblings):
        raise misuse(owner, "has levels of different arity.", "Give arity - 1 siblings for each.")
    check_arity(owner, "siblings", arity)
    return arity


def _checked_siblings(owner: str, name: str, siblings: object) -> Siblings:
    """Canonical; a level of one sibling is that sibling."""
    levels: list[Any] = []
    for level, entry in enumerate(listed(owner, name, siblings, "canonical digests")):
        if integer(entry) is not None or not isinstance(entry, list | tuple):
            levels.append(_canonical(owner, f"{name}[{level}]", entry))
        else:
            digests = _digests(owner, f"{name}[{level}]", entry)
            levels.append(digests[0] if len(digests) == 1 else digests)
    return tuple(levels)


def _digests(owner: str, name: str, values: object) -> tuple[int, ...]:
    entries = listed(owner, name, values, "canonical digests")
    return tuple(_canonical(owner, f"{name}[{i}]", entry) for i, entry in enumerate(entries))


def _canonical(owner: str, name: str, value: object) -> int:
    number = whole_number(value)
    if number is None or not 0 <= number < R:
        raise InputError(
            f"{owner} has no canonical field element for {name}.",
            "Give a whole number from 0 to r - 1.",
            name,
            value,
        )
    return number


def _root(owner: str, root: object) -> int:
    wanted = whole_number(root)
    if wanted is None:
        raise InputError(
            f"{owner} has {describe(root)} for root.",
            "Give the root that the tree has, a whole number.",
            "root",
            root,
        )
    return wanted
