"""Nodes of a sparse Merkle tree in arrays, as they are made and kept many at once.

A node is (left, right), the digests of its halves, or a leaf's (key, value, 1): a tuple, or here a
row of words.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, ints_from_words, words_from_ints
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.gadgets.hashes.many import hashes_of_rows
from zkpipe.circuits.gadgets.poseidon import poseidon
from zkpipe.ground.kinds import items, whole_number

Node = tuple[int, ...]  # (left, right), or a leaf's (key, value, 1)

WHOSE = "Give the nodes of a tree with this root, as SparseMerkleTree.nodes has them."


@dataclass(frozen=True, slots=True)
class NodeRows:
    """Nodes by their digests.

    digests        (n, 4) uint64  canonical, as all words here
    first, second  (n, 4) uint64  the digests of the halves; of a leaf its key and its value
    is_leaf        (n,) bool
    """

    digests: Words
    first: Words
    second: Words
    is_leaf: NDArray[np.bool_]

    @classmethod
    def of(cls, digests: Sequence[int], nodes: Sequence[Node]) -> NodeRows:
        """Those of nodes that are known to be right."""
        return cls(
            words_from_ints(digests),
            words_from_ints(node[0] for node in nodes),
            words_from_ints(node[1] for node in nodes),
            np.array([len(node) == 3 for node in nodes], np.bool_),
        )

    @classmethod
    def joined(cls, parts: Sequence[NodeRows]) -> NodeRows:
        """All of them, one behind the other."""
        return cls(
            np.concatenate([part.digests for part in parts]),
            np.concatenate([part.first for part in parts]),
            np.concatenate([part.second for part in parts]),
            np.concatenate([part.is_leaf for part in parts]),
        )

    def __len__(self) -> int:
        return len(self.digests)

    def taken(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> NodeRows:
        """The rows that are chosen."""
        return NodeRows(
            self.digests[which], self.first[which], self.second[which], self.is_leaf[which]
        )

    def node(self, row: int) -> Node:
        """The node of a row."""
        first = int.from_bytes(self.first[row].tobytes(), "little")
        second = int.from_bytes(self.second[row].tobytes(), "little")
        return (first, second, 1) if self.is_leaf[row] else (first, second)

    def hashed(self) -> Words:
        """The digests that the nodes hash to, whatever `digests` has."""
        n = len(self)
        made = np.empty((n, 4), np.uint64)
        rows = np.concatenate([self.first, self.second, words_from_ints([1])])
        for tail in (0, 1):
            which = np.flatnonzero(self.is_leaf == tail)
            index = [which, which + n, *[np.full(len(which), 2 * n)] * tail]
            made[which] = hashes_of_rows(poseidon, rows, np.array(index, np.uint32))
        return made

    def items(self) -> Iterator[tuple[int, Node]]:
        """Digests and nodes in Python's integers, which nodes share with their halves.

        Cost: 1.4 us a node.
        """
        digests = ints_from_words(self.digests)
        shared = dict(zip(digests, digests, strict=True))
        first, second = ints_from_words(self.first), ints_from_words(self.second)
        for digest, a, b, leaf in zip(digests, first, second, self.is_leaf.tolist(), strict=True):
            yield digest, (a, b, 1) if leaf else (shared.get(a, a), shared.get(b, b))


class NodeStore(MutableMapping[int, Node]):
    """A mapping of nodes by their digests that takes and gives many at once, in arrays."""

    @abstractmethod
    def rows_of(self, digests: Words) -> NodeRows:
        """The nodes of these digests, in their order. Raises KeyError if one is missing."""

    @abstractmethod
    def put_rows(self, rows: NodeRows) -> None:
        """Keep these nodes, of which each hashes to its digest."""


def checked_node(node: object) -> Node:
    """A node that was given. Raises InputError for what is none."""
    parts = items(node)
    numbers = tuple(map(whole_number, parts if parts is not None and len(parts) < 4 else ()))
    is_node = len(numbers) == 2 or (len(numbers) == 3 and numbers[2] == 1)
    if not is_node or not all(x is not None and 0 <= x < R for x in numbers):
        raise InputError(
            "A node is not (left, right) or (key, value, 1), of integers from 0 to r - 1.",
            WHOSE,
            "nodes",
        )
    return cast(Node, numbers)
