"""The digests of a Merkle tree in arrays, level by level, each hashed in one go.

A level is an array of words with room to spare, whose rows beyond the last digest hold that of an
empty subtree: so the children of any node lie side by side.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.circuits.gadgets.hashes.many import hashes_of_rows, in_turn
from zkpipe.circuits.gadgets.trees.appending import empty_digests
from zkpipe.circuits.gadgets.trees.arity import NodeHash


class Levels:
    """The digests of a tree of fixed depth and arity, filled from the left.

    count  of leaves' digests; level i has ceil(count / arity^i) digests that are kept

    Cost: 32 bytes a digest, up to twice that while the tree grows.
    """

    def __init__(self, depth: int, arity: int, node_hash: NodeHash) -> None:
        self.depth, self.arity, self.node_hash = depth, arity, node_hash
        self.count = 0
        self._empty = words_from_ints(empty_digests(arity, depth, node_hash))
        self._levels = [self._blank(level, arity) for level in range(depth)] + [
            self._blank(depth, 1)
        ]

    def __len__(self) -> int:
        return self.count

    def digest(self, level: int, i: int) -> int:
        """The digest of node i of a level, whether a leaf lies below it or not."""
        words = self._levels[level]
        row = words[i] if i < len(words) else self._empty[level]
        return int.from_bytes(row.tobytes(), "little")

    def row(self, level: int, first: int, n: int) -> list[int]:
        """The digests of n nodes from one on."""
        return [self.digest(level, i) for i in range(first, first + n)]

    def append(self, digests: Words) -> None:
        """Put leaves' digests into the next places. Cost: a hash for each node above them."""
        first, count = self.count, len(digests)
        if not count:
            return
        self._make_room(first + count)
        last, made = first + count - 1, [(first, digests)]
        for level in range(self.depth):
            below, first, last = first, first // self.arity, last // self.arity
            begin, end = first * self.arity, (last + 1) * self.arity
            children = self._levels[level][begin:end].copy()
            children[below - begin : below - begin + len(digests)] = digests
            digests = self._hashed(children, in_turn(last - first + 1, self.arity))
            made.append((first, digests))
        # Only now, so that the tree is as it was if a hash fails or is interrupted.
        for words, (first, digests) in zip(self._levels, made, strict=True):
            words[first : first + len(digests)] = digests
        self.count += count

    def put(self, places: NDArray[np.int64], digests: Words) -> None:
        """Put digests into places below `count`, which are different and ascend."""
        made = [(places, digests)]
        for level in range(self.depth):
            below, places = places, np.unique(places // self.arity)
            index = places * self.arity + np.arange(self.arity)[:, None]
            numbers = index.T.reshape(-1)
            rows = self._levels[level][numbers]
            rows[np.searchsorted(numbers, below)] = digests
            digests = self._hashed(rows, in_turn(len(places), self.arity))
            made.append((places, digests))
        for words, (places, digests) in zip(self._levels, made, strict=True):
            words[places] = digests

    def _hashed(self, rows: Words, index: NDArray[np.uint32]) -> Words:
        return hashes_of_rows(self.node_hash, rows, index)

    def _blank(self, level: int, rows: int) -> Words:
        return np.repeat(self._empty[level : level + 1], rows, axis=0)

    def _make_room(self, count: int) -> None:
        """At least twice the room there was, where there is too little: a whole number of nodes."""
        for level in range(self.depth):
            words = self._levels[level]
            if count > len(words):
                room = min(max(count, 2 * len(words)), self.arity ** (self.depth - level))
                room += -room % self.arity
                added = self._blank(level, room - len(words))
                self._levels[level] = np.concatenate([words, added])
            count = -(-count // self.arity)
