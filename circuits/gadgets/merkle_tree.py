"""A Merkle tree over Poseidon, in plain Python: for applications, beside the circuits of `merkle`.

A tree has a fixed depth d and 2^d places, filled from the left. A leaf is one to sixteen field
elements under `merkle_leaf`, a node `poseidon([left, right])`. What keeps proofs honest:

- A leaf is hashed with the number of its elements in Poseidon's capacity, a node with 0 there. So
  no node is a leaf, and no leaf of two elements is a node.
- The depth is part of what is verified, here an argument and in a circuit its shape: what lies
  higher or lower in the tree, or in a tree of another depth, does not pass.
- A place without a leaf holds the digest 0. No one knows elements with that digest, so no one can
  show a leaf there: a leaf of zeros is a leaf like others, and it must have been put in.
- Siblings are canonical, so a leaf has one path.

Source: Merkle, "A digital signature based on a conventional encryption function", Crypto 1987; the
capacity as in eprint 2019/458, section 4.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from zkpipe.accel.bn254 import R
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.gadgets.arguments import elements, listed, whole
from zkpipe.circuits.gadgets.merkle import merkle_leaf, merkle_root
from zkpipe.circuits.gadgets.poseidon import poseidon
from zkpipe.ground.kinds import describe, items, whole_number

MAX_DEPTH = 64
EMPTY = 0


@dataclass(frozen=True, slots=True)
class MerklePath:
    """The way from a leaf to the root.

    index     the leaf's place, counted from the left, from 0 to 2^depth - 1
    siblings  the digests beside the way, the leaf's own neighbour first; canonical

    Raises InputError if the index does not fit the number of siblings, or one is not canonical.
    """

    index: int
    siblings: tuple[int, ...]

    def __post_init__(self) -> None:
        siblings = listed("MerklePath()", "siblings", self.siblings, "canonical digests")
        _checked_depth("MerklePath()", len(siblings))
        index = whole(
            "MerklePath()",
            "index",
            self.index,
            0,
            (1 << len(siblings)) - 1,
            f"A path of {len(siblings)} siblings has a place for each of these.",
        )
        canonical = tuple(
            _canonical("MerklePath()", f"siblings[{level}]", sibling)
            for level, sibling in enumerate(siblings)
        )
        object.__setattr__(self, "index", index)
        object.__setattr__(self, "siblings", canonical)

    @property
    def depth(self) -> int:
        """The number of levels between the leaf and the root."""
        return len(self.siblings)

    @property
    def index_bits(self) -> tuple[int, ...]:
        """For each level from the leaf upwards, 1 if the way comes from the right."""
        return tuple(self.index >> level & 1 for level in range(self.depth))

    def pairs(self, leaf: Sequence[int]) -> tuple[tuple[int, int], ...]:
        """For each level the left and the right digest: what `merkle_root_of_pairs` takes."""
        digest, pairs = merkle_leaf(leaf), []
        for sibling, bit in zip(self.siblings, self.index_bits, strict=True):
            pairs.append((sibling, digest) if bit else (digest, sibling))
            digest = poseidon(pairs[-1])
        return tuple(pairs)

    def verify(self, root: int, depth: int, leaf: Sequence[int]) -> bool:
        """True if a tree of this depth and root holds the leaf at the path's index.

        The depth is the verifier's own, not the prover's: a path of another length is False.
        """
        wanted = whole_number(root)
        if wanted is None:
            raise InputError(
                f"MerklePath.verify() has {describe(root)} for root.",
                "Give the root that the tree has, a whole number.",
                "root",
                root,
            )
        if self.depth != _checked_depth("MerklePath.verify()", depth):
            return False
        found: int = merkle_root(merkle_leaf(leaf), self.siblings, self.index_bits)
        return found == wanted


class MerkleTree:
    """A tree of fixed depth, from 1 to 64, that leaves are added to.

    Each leaf is a sequence of 1 to 16 field elements. Raises InputError if there are more leaves
    than places, or an element is not one of the field.

    Cost: a hash for each leaf and each node above one, 0.15 ms each; 36 bytes and more for each.
    """

    def __init__(self, depth: int, leaves: Iterable[Sequence[int]] = ()) -> None:
        depth = _checked_depth("MerkleTree()", depth)
        self._empty = [EMPTY]  # the digest of an empty tree, by its depth
        for _ in range(depth):
            self._empty.append(poseidon([self._empty[-1], self._empty[-1]]))
        self._levels = [[merkle_leaf(leaf) for leaf in _in_order(leaves)]]
        self._check_room(len(self))
        for level in range(depth):
            parents = (len(self._levels[level]) + 1) // 2
            self._levels.append([self._node(level, i) for i in range(parents)])

    def __len__(self) -> int:
        return len(self._levels[0])

    @property
    def depth(self) -> int:
        """The number of levels below the root."""
        return len(self._empty) - 1

    @property
    def root(self) -> int:
        """The digest at the top, which binds all leaves and their places."""
        return self._digest(self.depth, 0)

    def append(self, leaf: Sequence[int]) -> int:
        """Puts a leaf into the next free place and returns its index. Cost: depth + 1 hashes."""
        index = len(self)
        self._check_room(index + 1)
        self._put(index, merkle_leaf(leaf))
        return index

    def replace(self, index: int, leaf: Sequence[int]) -> None:
        """Puts another leaf in the place of one that is there. Cost: depth + 1 hashes."""
        index = self._checked_index(index)
        self._put(index, merkle_leaf(leaf))

    def remove(self, index: int) -> None:
        """Empties the place of a leaf; it stays empty until `replace`. Cost: depth hashes."""
        self._put(self._checked_index(index), EMPTY)

    def path(self, index: int) -> MerklePath:
        """The path of the leaf at an index below len(tree)."""
        index = self._checked_index(index)
        siblings = [self._digest(level, index >> level ^ 1) for level in range(self.depth)]
        return MerklePath(index, tuple(siblings))

    def _digest(self, level: int, i: int) -> int:
        nodes = self._levels[level]
        return nodes[i] if i < len(nodes) else self._empty[level]

    def _node(self, level: int, i: int) -> int:
        """The digest of node i on the level above `level`."""
        digest: int = poseidon([self._digest(level, 2 * i), self._digest(level, 2 * i + 1)])
        return digest

    def _put(self, index: int, digest: int) -> None:
        for level in range(self.depth + 1):
            if level:
                digest = self._node(level - 1, index)
            nodes = self._levels[level]
            nodes[index : index + 1] = [digest]
            index >>= 1

    def _check_room(self, count: int) -> None:
        if count > 1 << self.depth:
            raise InputError(
                f"A tree of depth {self.depth} has {1 << self.depth} places, too few for {count} "
                "leaves.",
                "Make a deeper tree.",
                "leaves",
            )

    def _checked_index(self, index: int) -> int:
        number = whole_number(index)
        if number is None or not 0 <= number < len(self):
            raise InputError(
                f"No leaf has that index: the tree holds {len(self)}.",
                "Give a whole number from 0 to the number of leaves less one.",
                "index",
                index,
            )
        return number


def _in_order(leaves: object) -> Iterator[Sequence[int]]:
    """The leaves of a list, an array or an iterator, of which a tree may be too large a copy."""
    ordered = iter(leaves) if isinstance(leaves, Iterator) else items(leaves)
    if ordered is None:
        raise InputError(
            f"MerkleTree() has {describe(leaves)} for leaves, which is not a list.",
            "Give a list of leaves in their order, each a list of field elements.",
            "leaves",
            leaves,
        )
    for place, leaf in enumerate(ordered):
        elements("MerkleTree()", f"leaves[{place}]", leaf)
        yield cast("Sequence[int]", leaf)


def _checked_depth(owner: str, depth: int) -> int:
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
