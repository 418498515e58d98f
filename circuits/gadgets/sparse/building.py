"""Many keys of a sparse Merkle tree changed at once, and its nodes made level by level.

`spread` walks down from the root along all the keys that change, once, and leaves the tree as a
list of keys with digests: of leaves, new or met on the way, and of subtrees beside it. A subtree is
two keys that have its place's bits and part below it, with the digests of its halves: joined, they
make it again.

`joined` goes up. Sorted by their bits, lowest first, keys that share their first d bits lie side by
side. From the deepest level up, each run of several keys that share d bits becomes one node: its
digest is kept where the run begins, its left half begins there too, and its right half where bit d
turns from 0 to 1. If all keys of a run have the same bit d, the other side is empty. A key that is
alone is in no run, so that its leaf stands as high as it can. All nodes of a level are hashed at
once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.fields.limbs import Words, ints_from_words, words_from_ints
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.gadgets.hashes.many import hashes_of_rows
from zkpipe.circuits.gadgets.poseidon import poseidon
from zkpipe.circuits.gadgets.sparse.roots import EMPTY
from zkpipe.circuits.language.values.bounds import FIELD_BITS

WHOSE = "Give the nodes of a tree with this root, as SparseMerkleTree.nodes has them."
SAME = 256  # bits that a key has in common with itself


Digests = NDArray[np.object_]  # Python's integers: nodes share those of their children


@dataclass(frozen=True, slots=True)
class MadeNodes:
    """The nodes of a level, with the digests of their left and right sides, each (n,) integers."""

    digests: Digests
    left: Digests
    right: Digests


@dataclass(slots=True)
class Spread:
    """What a tree is joined of, by key: digests that are known, and leaves to be hashed."""

    known: dict[int, int] = field(default_factory=dict)
    leaves: dict[int, int] = field(default_factory=dict)


def check_place(key: int, way: int, depth: int) -> None:
    """Check that a leaf's key has the bits of the way to it.

    Raises InputError: no root shows what the tree holds, and the leaf parts from no other.
    """
    if (key ^ way) & ((1 << depth) - 1):
        raise InputError("The nodes have a leaf beside its key's way.", WHOSE, "nodes")


def check_depth(depth: int) -> None:
    """Check that a key has a bit for the two halves below a node. Raises InputError."""
    if depth >= FIELD_BITS:
        raise InputError("The nodes have a way longer than a key has bits.", WHOSE, "nodes")


def spread(
    node_of: Callable[[int], tuple[int, ...]], root: int, entries: Mapping[int, int | None]
) -> Spread:
    """A tree with these keys changed to these values, None to take them out.

    Raises InputError for a key that shall be taken out and is not there, and for a leaf met in
    another place than its key's.

    Cost: 3 us a node on the ways, and reading it.
    """
    found = Spread()
    todo = [(root, 0, 0, list(entries))]
    while todo:
        digest, depth, prefix, keys = todo.pop()
        node = None if digest == EMPTY else node_of(digest)
        if node is not None and len(node) == 2:
            check_depth(depth)
            if not keys:
                found.known[prefix], found.known[prefix | 1 << depth] = node
                continue
            right = [key for key in keys if key >> depth & 1]
            left = [key for key in keys if not key >> depth & 1] if len(right) < len(keys) else []
            todo.append((node[0], depth + 1, prefix, left))
            todo.append((node[1], depth + 1, prefix | 1 << depth, right))
            continue
        there = None if node is None else node[0]
        if there is not None:
            check_place(there, prefix, depth)
        if there is not None and there not in entries:
            found.known[there] = digest
        for key in keys:
            value = entries[key]
            if value is not None:
                found.leaves[key] = value
            elif key != there:
                fix = "Take out keys that are there alone."
                raise InputError(
                    "A key that shall be taken out is not in the tree.", fix, "entries"
                )
    return found


def hashed_leaves(leaves: Mapping[int, int]) -> Words:
    """The digests of leaves, (n, 4), by their keys' order."""
    n = len(leaves)
    parts = words_from_ints(leaves), words_from_ints(leaves.values()), words_from_ints([1])
    i = np.arange(n, dtype=np.uint32)
    index = np.stack([i, i + np.uint32(n), np.full(n, 2 * n, np.uint32)])
    return hashes_of_rows(poseidon, np.concatenate(parts), index)


def joined(keys: Words, digests: Words, numbers: Sequence[int]) -> Iterator[MadeNodes]:
    """The nodes above these digests in the places of their keys, level by level; the root is last.

    keys, digests  (n, 4) uint64   canonical; at least two keys, all different
    numbers        the digests once more, as integers

    Cost: 1.44 hashes of two for each key, if keys are random; 300 bytes a key.
    """
    big = _lowest_bit_first(keys)
    order = np.lexsort(big.T[::-1])
    keys, big, n = keys[order], big[order], len(keys)
    shared = np.full(n, -1)  # bits that key i has in common with key i - 1
    shared[1:] = _common_bits(big)
    of_run = np.zeros((n + 1, 4), np.uint64)  # the digest of the run that begins at i; empty at n
    of_run[:n] = digests[order]
    as_number = np.empty(n + 1, np.object_)
    as_number[:n], as_number[n] = numbers, EMPTY
    as_number[:n] = as_number[order]
    for depth in range(int(shared.max()), -1, -1):
        inside = np.flatnonzero(shared >= depth)  # in one run with the key before
        begins = (inside - 1)[shared[inside - 1] < depth]
        splits = inside[shared[inside] == depth]  # where right halves begin
        bit = (keys[begins, depth // 64] >> np.uint64(depth % 64)) & np.uint64(1)
        left, right = np.where(bit == 0, begins, n), np.where(bit == 1, begins, n)
        right[np.searchsorted(begins, splits, "right") - 1] = splits
        made = hashes_of_rows(poseidon, of_run, np.stack([left, right]).astype(np.uint32))
        made_numbers = np.empty(len(made), np.object_)
        made_numbers[:] = ints_from_words(made)
        yield MadeNodes(made_numbers, as_number[left], as_number[right])
        of_run[begins], as_number[begins] = made, made_numbers


def _lowest_bit_first(words: Words) -> Words:
    """As numbers whose order is that of their bits from the lowest: the highest word first."""
    data = np.ascontiguousarray(words).view(np.uint8).reshape(len(words), 32)
    bits = np.unpackbits(data, axis=1, bitorder="little")
    return np.packbits(bits, axis=1).view(">u8").astype(np.uint64)


def _common_bits(big: Words) -> NDArray[np.int64]:
    """The leading bits that each has in common with the one before it."""
    difference = big[1:] ^ big[:-1]
    first = np.argmax(difference != 0, axis=1)
    word = difference[np.arange(len(difference)), first]
    bits = np.unpackbits(word.astype(">u8").view(np.uint8).reshape(-1, 8), axis=1)
    return np.where(word != 0, 64 * first + np.argmax(bits, axis=1), SAME)
