"""A Merkle tree in plain Python: for applications, beside the circuits of `merkle` and `trees`.

A tree has a fixed depth d and arity a, and a^d places, filled from the left. A leaf is one to
sixteen field elements under `merkle_leaf`, a node the hash of its children, `poseidon` unless told.
What keeps proofs honest:

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

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Self, cast

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, check_rows, words_from_ints
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.gadgets.arguments import elements, listed, misuse, whole
from zkpipe.circuits.gadgets.hashes.many import hashes_of_rows, in_turn, poseidon_many
from zkpipe.circuits.gadgets.merkle_paths import (
    MerkleBatch,
    MerklePath,
    Siblings,
    checked_arity,
    checked_depth,
)
from zkpipe.circuits.gadgets.poseidon import poseidon
from zkpipe.circuits.gadgets.trees.appending import EMPTY
from zkpipe.circuits.gadgets.trees.arity import NodeHash, checked_hash
from zkpipe.circuits.gadgets.trees.levels import Levels
from zkpipe.circuits.gadgets.trees.openings import MAX_LEAVES, cheapest_cap, most_cap_levels
from zkpipe.circuits.gadgets.trees.places import MAX_PLACES
from zkpipe.ground.kinds import describe, is_of, items, whole_number

Leaves = Iterable[Sequence[int]] | Words

__all__ = ["MerkleBatch", "MerklePath", "MerkleTree"]


class MerkleTree:
    """A tree of fixed depth, from 1 to 64, and arity, from 2 to 16, that leaves are added to.

    leaves     each a sequence of 1 to 16 field elements; or an (n, k, 4) array of uint64 words, of
               n leaves of k canonical elements
    node_hash  of a list of children's digests: poseidon, poseidon2 for an arity of 2, or another

    Raises InputError if there are more leaves than places, or an element is not one of the field;
    for more than 2^64 places.

    Cost: a hash for each leaf and each node above one; `poseidon` and `poseidon2` by a kernel,
    level by level, on all threads: 2 us each with AVX-512, 13 us without. Python's own numbers take
    4 us more for each leaf. Other functions are called for each node. 32 to 64 bytes a node.
    """

    def __init__(
        self,
        depth: int,
        leaves: Leaves = (),
        *,
        arity: int = 2,
        node_hash: NodeHash = poseidon,
    ) -> None:
        self._start(depth, arity, node_hash)
        self._append(_leaf_digests(leaves))

    @classmethod
    def of_digests(
        cls,
        depth: int,
        digests: Sequence[int] | Words,
        *,
        arity: int = 2,
        node_hash: NodeHash = poseidon,
    ) -> Self:
        """The tree over leaves' digests that are known: of another hash than `merkle_leaf`.

        digests  canonical integers, or an (n, 4) array of uint64 words
        """
        tree = cls.__new__(cls)
        tree._start(depth, arity, node_hash)
        tree._append(_digest_words(digests))
        return tree

    def _start(self, depth: int, arity: int, node_hash: NodeHash) -> None:
        where = "MerkleTree()"
        depth, arity = checked_depth(where, depth), checked_arity(where, arity)
        if arity**depth > MAX_PLACES:
            problem = f"has {depth} levels of arity {arity}, more than 2^64 places."
            raise misuse(where, problem, "Give fewer levels.", "depth")
        self._levels = Levels(depth, arity, checked_hash(where, node_hash))

    def __len__(self) -> int:
        return len(self._levels)

    @property
    def depth(self) -> int:
        """The number of levels below the root."""
        return self._levels.depth

    @property
    def arity(self) -> int:
        """The number of children of a node."""
        return self._levels.arity

    @property
    def root(self) -> int:
        """The digest at the top, which binds all leaves and their places."""
        return self._levels.digest(self.depth, 0)

    def append(self, leaf: Sequence[int]) -> int:
        """Puts a leaf into the next free place and returns its index. Cost: depth + 1 hashes."""
        index = len(self)
        self._append(_leaf_digests([leaf], "MerkleTree.append()"))
        return index

    def extend(self, leaves: Leaves) -> None:
        """Puts leaves into the next free places. Cost: each node above them is hashed once."""
        self._append(_leaf_digests(leaves, "MerkleTree.extend()"))

    def replace(self, index: int, leaf: Sequence[int]) -> None:
        """Puts another leaf in the place of one that is there. Cost: depth + 1 hashes."""
        index = self._checked_index(index)
        self._put([index], _leaf_digests([leaf], "MerkleTree.replace()"))

    def replace_many(self, leaves: Mapping[int, Sequence[int]]) -> None:
        """Puts other leaves in places by index. Cost: each node above them is hashed once."""
        where = "MerkleTree.replace_many()"
        if not is_of(leaves, Mapping):  # type: ignore[type-abstract]
            fix = "Give a dict of leaves by their indices."
            raise misuse(where, f"has {describe(leaves)} for leaves.", fix, "leaves")
        new = {self._checked_index(index): leaf for index, leaf in leaves.items()}
        if new:
            places = sorted(new)
            self._put(places, _leaf_digests([new[place] for place in places], where))

    def remove(self, index: int) -> None:
        """Empties the place of a leaf; it stays empty until `replace`. Cost: depth hashes."""
        self._put([self._checked_index(index)], words_from_ints([EMPTY]))

    def path(self, index: int) -> MerklePath:
        """The path of the leaf at an index below len(tree)."""
        index = self._checked_index(index)
        return MerklePath(index, self._siblings(index, 0, self.depth))

    def batch(self, indices: Sequence[int], cap_levels: int | None = None) -> MerkleBatch:
        """The paths of many leaves, for `merkle_root_of_many`.

        cap_levels  how far below the root the cap lies, from 0 to depth - 1, where it has at most
                    2^16 digests; unless told, where a circuit for so many leaves has the fewest
                    rows
        """
        where = "MerkleTree.batch()"
        given = listed(where, "indices", indices, "whole numbers")
        if not given:
            raise misuse(where, "has no indices.", "Give those of the leaves.", "indices")
        places = [self._checked_index(cast(int, index)) for index in given]
        most = most_cap_levels(self.depth, self.arity)
        fix = f"The cap lies above the leaves, and has at most {MAX_LEAVES} digests."
        top = (
            cheapest_cap(self.depth, len(places), self.arity)
            if cap_levels is None
            else whole(where, "cap_levels", cap_levels, 0, most, fix)
        )
        ways = tuple(self._siblings(place, 0, self.depth - top) for place in places)
        cap = tuple(self._levels.row(self.depth - top, 0, self.arity**top))
        return MerkleBatch(tuple(places), ways, cap)

    def next_siblings(self, height: int = 0) -> Siblings:
        """The siblings of the next free subtree of this height: what `merkle_append` takes.

        Raises InputError if the leaves do not end at such a subtree, or the tree is full.
        """
        where = "MerkleTree.next_siblings()"
        fix = "A subtree is lower than the tree."
        height = whole(where, "height", height, 0, self.depth - 1, fix)
        if len(self) % self.arity**height:
            raise misuse(
                where,
                f"has {len(self)} leaves, which do not end at a subtree of height {height}.",
                "Append fewer leaves at a time, or fill the subtree first.",
                "height",
            )
        self._check_room(len(self) + 1)
        return self._siblings(len(self), height, self.depth)

    def _siblings(self, index: int, first: int, last: int) -> Siblings:
        arity, found = self.arity, []
        for level in range(first, last):
            place = index // arity**level
            begin = place - place % arity
            digests = self._levels.row(level, begin, arity)
            del digests[place - begin]
            found.append(digests[0] if arity == 2 else tuple(digests))
        return cast(Siblings, tuple(found))

    def _append(self, digests: Words) -> None:
        self._check_room(len(self) + len(digests))
        self._levels.append(digests)

    def _put(self, places: Sequence[int], digests: Words) -> None:
        self._levels.put(np.array(places, np.int64), digests)

    def _check_room(self, count: int) -> None:
        if count > self.arity**self.depth:
            raise InputError(
                f"A tree of depth {self.depth} has {self.arity**self.depth} places, too few for "
                f"{count} leaves.",
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


def _leaf_digests(leaves: Leaves, owner: str = "MerkleTree()") -> Words:
    """`merkle_leaf` of each, those of one length at once."""
    if is_of(leaves, np.ndarray) and leaves.ndim == 3:
        return poseidon_many(leaves, leaves.shape[1] << 64)
    lists = list(_in_order(leaves, owner))
    lengths = np.array([len(leaf) for leaf in lists], np.int64)
    digests = np.empty((len(lists), 4), np.uint64)
    for length in sorted(set(lengths.tolist())):
        places = np.flatnonzero(lengths == length)
        rows = words_from_ints(x for place in places for x in lists[place])
        index = in_turn(len(places), length)
        digests[places] = hashes_of_rows(poseidon, rows, index, length << 64)
    return digests


def _in_order(leaves: object, owner: str) -> Iterator[list[int]]:
    """The leaves of a list, an array or an iterator, of which a tree may be too large a copy."""
    ordered = iter(leaves) if isinstance(leaves, Iterator) else items(leaves)
    if ordered is None:
        raise InputError(
            f"{owner} has {describe(leaves)} for leaves, which is not a list.",
            "Give a list of leaves in their order, each a list of field elements.",
            "leaves",
            leaves,
        )
    for place, leaf in enumerate(ordered):
        found = cast(list[int], elements(owner, f"leaves[{place}]", leaf))
        if not 1 <= len(found) <= 16:
            raise misuse(
                owner,
                f"has {len(found)} elements in leaves[{place}].",
                "A leaf has 1 to 16: hash more of them with poseidon_sponge().",
                f"leaves[{place}]",
            )
        yield found


def _digest_words(digests: object) -> Words:
    """Canonical digests as words."""
    owner = "MerkleTree.of_digests()"
    if is_of(digests, np.ndarray) and digests.dtype == np.uint64 and digests.ndim == 2:
        check_rows("Digests", digests, 4)
        found = first_not_below(digests, R)
        if found is not None:
            fix = "Give whole numbers from 0 to r - 1."
            raise misuse(owner, f"has r or more for digests[{found}].", fix, "digests")
        return digests
    given = listed(owner, "digests", digests, "canonical digests")
    fix = "Give a canonical digest."
    return words_from_ints(
        whole(owner, f"digests[{i}]", digest, 0, R - 1, fix) for i, digest in enumerate(given)
    )
