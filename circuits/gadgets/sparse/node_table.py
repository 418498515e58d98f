"""The nodes of a sparse Merkle tree in memory: a mapping whose nodes lie in arrays.

Nodes that come many at once are a batch: its rows, and their order by the digests' lowest words,
in which they are found. A batch that is not twice as large as the one after it is joined with it,
so that n nodes lie in log2 n batches at the most, and each was moved as often. Single nodes wait in
a dict until they are enough for a batch.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import ItemsView, Iterator, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, ints_from_words
from zkpipe.circuits.gadgets.arguments import misuse
from zkpipe.circuits.gadgets.sparse.rows import Node, NodeRows, NodeStore, checked_node
from zkpipe.ground.kinds import whole_number

BATCH = 1 << 12  # nodes: a batch of fewer is searched no faster than a dict
LOWEST = (1 << 64) - 1


class NodeTable(NodeStore):
    """Nodes by their digests, of which each is kept once.

    It takes and gives what a dict of tuples does. Deleting a node that came with many takes time
    for all of them. Who goes through it while nodes are added meets those that were there before.
    Of several threads one may change it, while others read.

    Cost: 110 bytes a node; 5 us to find one, 0.5 us of many at once.
    """

    def __init__(self) -> None:
        self._few: dict[int, Node] = {}
        self._batches: list[_Batch] = []

    def copy(self) -> Self:
        """Another table of the same nodes; batches are shared, since they never change."""
        other = type(self)()
        other._few, other._batches = dict(self._few), list(self._batches)
        return other

    __copy__ = copy

    def rows_of(self, digests: Words) -> NodeRows:
        """The nodes of these digests, in their order. Raises KeyError if one is missing."""
        n = len(digests)
        found = NodeRows(
            digests, np.zeros_like(digests), np.zeros_like(digests), np.zeros(n, np.bool_)
        )
        missing = np.arange(n)
        few, batches = self._few, self._batches
        for batch in batches:
            rows = batch.find(digests[missing])
            is_there = rows >= 0
            _copy(batch.rows.taken(rows[is_there]), found, missing[is_there])
            missing = missing[~is_there]
        if len(missing):
            numbers = ints_from_words(digests[missing])
            nodes = [few[number] for number in numbers]
            _copy(NodeRows.of(numbers, nodes), found, missing)
        return found

    def put_rows(self, rows: NodeRows) -> None:
        """Keep these nodes, of which each hashes to its digest."""
        if len(rows) + len(self._few) < BATCH:
            self._few.update(
                (digest, node)
                for digest, node in rows.items()
                if _place(digest, self._batches) is None
            )
            return
        if self._few:
            rows = NodeRows.joined([NodeRows.of([*self._few], [*self._few.values()]), rows])
        for batch in self._batches:
            is_there = batch.find(rows.digests) >= 0
            rows = rows.taken(~is_there) if is_there.any() else rows
        made, kept = _Batch(rows), list(self._batches)
        again = made.repeated()
        if len(again):
            made = _Batch(rows.taken(np.delete(np.arange(len(rows)), again)))
        while kept and len(kept[-1].rows) < 2 * len(made.rows):
            made = _Batch(NodeRows.joined([kept.pop().rows, made.rows]))
        if len(made.rows):
            kept.append(made)
        # Only now, and at once: an interruption loses no node, and other threads find all.
        self._few, self._batches = {}, kept

    def __getitem__(self, digest: int) -> Node:
        few, batches = self._few, self._batches
        node = few.get(digest)
        if node is not None:
            return node
        place = _place(digest, batches)
        if place is None:
            raise KeyError(digest)
        batch, row = place
        return batches[batch].rows.node(row)

    def __setitem__(self, digest: int, node: Node) -> None:
        number = whole_number(digest)
        if number is None or not 0 <= number < R:
            fix = "Give a canonical digest."
            raise misuse("SparseMerkleTree.nodes", "has a node of no digest.", fix, "digest")
        kept = checked_node(node)
        place = _place(number, self._batches)
        if place is not None:
            if self[number] == kept:
                return
            del self[number]
        self._few[number] = kept
        if len(self._few) >= BATCH:
            self.put_rows(NodeRows.of([], []))

    def __delitem__(self, digest: int) -> None:
        if digest in self._few:
            del self._few[digest]
            return
        place = _place(digest, self._batches)
        if place is None:
            raise KeyError(digest)
        batch, row = place
        rows = self._batches[batch].rows
        self._batches[batch] = _Batch(rows.taken(np.delete(np.arange(len(rows)), row)))

    def __iter__(self) -> Iterator[int]:
        few, batches = list(self._few), self._batches
        yield from few
        for batch in batches:
            yield from ints_from_words(batch.rows.digests)

    def __len__(self) -> int:
        return len(self._few) + sum(len(batch.rows) for batch in self._batches)

    def items(self) -> ItemsView[int, Node]:
        """Digests with nodes, read many at once."""
        return _Items(self)

    def _all(self) -> Iterator[tuple[int, Node]]:
        few, batches = list(self._few.items()), self._batches
        yield from few
        for batch in batches:
            yield from batch.rows.items()


class _Items(ItemsView[int, Node]):
    """Those of a table: one lookup after the other takes ten times as long."""

    _mapping: NodeTable

    def __iter__(self) -> Iterator[tuple[int, Node]]:
        return self._mapping._all()


class _Batch:
    """Rows that are found by their digests.

    Digests with the same lowest word are looked at one after another. To find k of them takes some
    2^(64 (k - 1) / k) hashes: nobody makes lookups slow.
    """

    def __init__(self, rows: NodeRows) -> None:
        low = np.ascontiguousarray(rows.digests[:, 0])
        order = np.argsort(low)
        self.rows, self._low, self._order = rows, low[order], order.astype(np.uint32)

    def find(self, digests: Words) -> NDArray[np.int64]:
        """The row of each digest; -1 where there is none."""
        low = np.ascontiguousarray(digests[:, 0])
        place = np.searchsorted(self._low, low)
        found = np.full(len(digests), -1, np.int64)
        open_ = np.arange(len(digests))
        while len(open_):
            open_ = open_[place[open_] < len(self._low)]
            open_ = open_[self._low[place[open_]] == low[open_]]
            rows = self._order[place[open_]]
            is_it = (self.rows.digests[rows] == digests[open_]).all(axis=1)
            found[open_[is_it]] = rows[is_it]
            open_ = open_[~is_it]
            place[open_] += 1
        return found

    def find_one(self, digest: int) -> int | None:
        """The row of a digest; None if there is none."""
        low = digest & LOWEST
        numbers = self._low.data
        place = bisect_left(numbers, low)
        while place < len(numbers) and numbers[place] == low:
            row = int(self._order[place])
            if self.rows.digests[row].tobytes() == digest.to_bytes(32, "little"):
                return row
            place += 1
        return None

    def repeated(self) -> NDArray[np.int64]:
        """The rows whose digest another row has, too: all but the one that is found."""
        same = np.flatnonzero(self._low[1:] == self._low[:-1])
        if not len(same):  # nearly always
            return same
        rows = np.unique(self._order[np.concatenate([same, same + 1])]).astype(np.int64)
        is_again: NDArray[np.bool_] = self.find(self.rows.digests[rows]) != rows
        return rows[is_again]


def _copy(source: NodeRows, target: NodeRows, rows: NDArray[np.int64]) -> None:
    target.first[rows], target.second[rows] = source.first, source.second
    target.is_leaf[rows] = source.is_leaf


def _place(digest: object, batches: Sequence[_Batch]) -> tuple[int, int] | None:
    """The batch of a node, and its row there."""
    number = whole_number(digest)
    if number is None or not 0 <= number < R:
        return None
    for i, batch in enumerate(batches):
        row = batch.find_one(number)
        if row is not None:
            return i, row
    return None
