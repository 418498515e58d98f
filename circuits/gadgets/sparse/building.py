"""Many keys of a sparse Merkle tree changed at once, and its nodes made level by level.

`spread` walks down from the root along all the keys that change, level by level, and leaves the
tree as a list of keys with digests: of leaves, new or met on the way, and of subtrees beside it,
which have the lowest key of their place.

`joined` goes up. Sorted by their bits, lowest first, keys that share their first d bits lie side by
side. From the deepest level up, each run of several keys that share d bits becomes one node, and
the run's first key stands for it: its left half begins there too, and its right half where bit d
turns from 0 to 1. If all keys of a run have the same bit d, the other side is empty. A key that is
alone is in no run, so that its leaf stands as high as it can; a subtree stays at its depth, and is
a run above it. All nodes of a level are hashed at once.

Everything is in arrays of words. Keys are (n, 4), canonical and all different.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.fields.limbs import Words, ints_from_words, words_from_ints
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.gadgets.hashes.many import hashes_of_rows
from zkpipe.circuits.gadgets.poseidon import poseidon
from zkpipe.circuits.gadgets.sparse.order import bit_order, common_bits, common_rows
from zkpipe.circuits.gadgets.sparse.roots import EMPTY
from zkpipe.circuits.gadgets.sparse.rows import WHOSE, NodeRows
from zkpipe.circuits.language.values.bounds import FIELD_BITS

Depths = NDArray[np.int16]
_NONE = np.zeros((0, 4), np.uint64)
RISES = -1  # a leaf stands as high as it is alone


@dataclass(frozen=True, slots=True)
class Changes:
    """What keys become: by the order of their bits.

    is_put  (n,) bool: whether a key has a value from now on, or is taken out
    """

    keys: Words
    values: Words
    is_put: NDArray[np.bool_]

    @classmethod
    def of(cls, keys: Words, values: Words, is_put: NDArray[np.bool_]) -> Changes:
        """Those of keys in any order; of a key that comes again the last counts."""
        order = bit_order(keys)
        keys = np.take(keys, order, axis=0)
        is_last = np.append((keys[1:] != keys[:-1]).any(axis=1), True)[: len(keys)]
        if not is_last.all():
            order, keys = order[is_last], keys[is_last]
        return cls(keys, np.take(values, order, axis=0), is_put[order])


@dataclass(frozen=True, slots=True)
class Spread:
    """What a tree is joined of.

    keys, values  (n, 4)  of the leaves that are to be hashed
    places        (m, 4)  the keys of leaves that stay, and the lowest of subtrees
    digests       (m, 4)  theirs
    stands        (m,)    the depths of the subtrees; RISES for a leaf
    """

    keys: Words
    values: Words
    places: Words
    digests: Words
    stands: Depths


def check_place(key: int, way: int, depth: int) -> None:
    """Check that a leaf's key has the bits of the way to it.

    Raises InputError: no root shows what the tree holds, and the leaf parts from no other.
    """
    if (key ^ way) & ((1 << depth) - 1):
        raise _beside()


def _check_places(keys: Words, ways: Words, depth: int) -> None:
    """The same for many leaves of one depth."""
    if ((keys ^ ways) & words_from_ints([(1 << depth) - 1])).any():
        raise _beside()


def _beside() -> InputError:
    return InputError("The nodes have a leaf beside its key's way.", WHOSE, "nodes")


def check_depth(depth: int) -> None:
    """Check that a key has a bit for the two halves below a node. Raises InputError."""
    if depth >= FIELD_BITS:
        raise InputError("The nodes have a way longer than a key has bits.", WHOSE, "nodes")


def spread(rows_of: Callable[[Words], NodeRows], root: int, changes: Changes) -> Spread:
    """A tree with these changes.

    rows_of  gives the nodes of digests

    Raises InputError for a key that shall be taken out and is not there, and for a leaf met in
    another place than its key's.

    Cost: finding the nodes on the ways, and a pass over the changes a level.
    """
    known: list[tuple[Words, Words, int]] = []
    met: list[tuple[Words, Words]] = []
    digests, ways = words_from_ints([root]), words_from_ints([0])
    n = len(changes.keys)
    first, end = np.array([0]), np.array([n])  # the keys below each place
    zeros = np.zeros(n + 1, np.int64)  # of the keys before each, at a level's bit
    depth = 0
    while (held := np.flatnonzero(digests.any(axis=1))).size:
        rows, ways, first, end = rows_of(digests[held]), ways[held], first[held], end[held]
        leaf, node = np.flatnonzero(rows.is_leaf), np.flatnonzero(~rows.is_leaf)
        _check_places(rows.first[leaf], ways[leaf], depth)
        met.append((rows.first[leaf], rows.digests[leaf]))
        if not len(node):
            break
        check_depth(depth)
        rows, ways, first, end = rows.taken(node), ways[node], first[node], end[node]
        beside = first == end
        if beside.any():
            known.append((ways[beside], rows.digests[beside], depth))
            on = ~beside
            rows, ways, first, end = rows.taken(on), ways[on], first[on], end[on]
        right = ways.copy()
        right[:, depth // 64] |= np.uint64(1 << depth % 64)
        zeros[1:] = np.cumsum(bits_at(changes.keys, depth) == 0)
        middle = first + zeros[end] - zeros[first]
        digests, ways = np.concatenate([rows.first, rows.second]), np.concatenate([ways, right])
        first, end = np.concatenate([first, middle]), np.concatenate([middle, end])
        depth += 1
    known.append(_staying(changes, met))
    put = changes.is_put
    all_put = bool(put.all())  # nearly always: spare the copy
    return Spread(
        changes.keys if all_put else changes.keys[put],
        changes.values if all_put else changes.values[put],
        np.concatenate([places for places, _, _ in known]),
        np.concatenate([digests for _, digests, _ in known]),
        np.concatenate([np.full(len(places), depth, np.int16) for places, _, depth in known]),
    )


def _staying(changes: Changes, met: list[tuple[Words, Words]]) -> tuple[Words, Words, int]:
    """Of the leaves that were met, those of other keys. Raises as `spread` does."""
    keys = np.concatenate([_NONE, *(keys for keys, _ in met)])
    digests = np.concatenate([_NONE, *(digests for _, digests in met)])
    changed, again = common_rows(changes.keys, keys)
    is_missing = ~changes.is_put
    is_missing[changed] = False
    if is_missing.any():
        fix = "Take out keys that are there alone."
        raise InputError("A key that shall be taken out is not in the tree.", fix, "entries")
    stays = np.ones(len(keys), np.bool_)
    stays[again] = False
    return keys[stays], digests[stays], RISES


def joined(found: Spread) -> tuple[NodeRows, int]:
    """The leaves and the nodes of a tree that are to be kept, and its root.

    Cost: a hash a leaf, and 1.44 hashes of two for each key, if keys are random; 350 bytes a key.
    """
    leaves = len(found.keys)
    n = leaves + len(found.places)
    keys = np.concatenate([found.keys, found.places])
    order = bit_order(keys)
    shared = np.full(n + 1, -1, np.int16)  # bits that a key has in common with the one before
    shared[1:n] = common_bits(np.take(keys, order, axis=0))
    stands = np.concatenate([np.full(leaves, RISES, np.int16), found.stands])[order]
    made = _blank(leaves + _count(shared, stands))
    shared = shared[:n]
    made.first[:leaves], made.second[:leaves] = found.keys, found.values
    made.digests[:leaves] = _hashed_leaves(found.keys, found.values)
    made.is_leaf[:leaves] = True
    of_run = np.zeros((n + 1, 4), np.uint64)  # the digest of what each key stands for; empty at n
    of_run[:leaves], of_run[leaves:n] = made.digests[:leaves], found.digests
    is_run = np.zeros(n, np.bool_)
    done, deepest = leaves, max(int(shared.max(initial=-1)), int(stands.max(initial=-1)) - 1)
    for depth in range(deepest, -1, -1):
        right = np.flatnonzero(shared == depth)  # where right halves begin
        is_run |= stands > depth
        is_run[right - 1], is_run[right] = True, False
        runs = np.flatnonzero(is_run)
        begins = order[runs]
        bit = bits_at(keys[begins], depth)
        sides = np.where([bit == 0, bit == 1], begins, n)
        sides[1, np.searchsorted(runs, right - 1)] = order[right]
        now = slice(done, done + len(runs))
        done += len(runs)
        made.digests[now] = hashes_of_rows(poseidon, of_run, sides.astype(np.uint32))
        made.first[now], made.second[now] = (np.take(of_run, side, axis=0) for side in sides)
        of_run[begins] = made.digests[now]
        if len(right):
            rest = shared != depth
            order, shared, stands, is_run = order[rest], shared[rest], stands[rest], is_run[rest]
    return made, ints_from_words(of_run[order[:1]])[0] if n else EMPTY


def _count(shared: Depths, stands: Depths) -> int:
    """The nodes above n keys: one for each run at each level.

    shared  (n + 1,) int16  as in `joined`, and -1
    """
    begun = np.maximum(np.diff(shared[:-1], prepend=np.int16(-1)), 0)
    alone = np.maximum(stands - 1 - np.maximum(shared[:-1], shared[1:]), 0)
    return int(begun.sum(dtype=np.int64) + alone.sum(dtype=np.int64))


def bits_at(keys: Words, place: int) -> NDArray[np.uint64]:
    """A bit of each key, the lowest at place 0."""
    return (keys[:, place // 64] >> np.uint64(place % 64)) & np.uint64(1)


def _hashed_leaves(keys: Words, values: Words) -> Words:
    n = len(keys)
    rows = np.concatenate([keys, values, words_from_ints([1])])
    i = np.arange(n, dtype=np.uint32)
    return hashes_of_rows(
        poseidon, rows, np.stack([i, i + np.uint32(n), np.full(n, 2 * n, np.uint32)])
    )


def _blank(n: int) -> NodeRows:
    first, second, third = (np.empty((n, 4), np.uint64) for _ in range(3))
    return NodeRows(first, second, third, np.zeros(n, np.bool_))
