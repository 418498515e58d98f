"""A sparse Merkle tree in plain Python, circomlib's: for applications, beside `roots`.

Nodes are kept in a mapping, by digest: a NodeTable, a dict, or anything that stores as one. Those
of earlier roots stay, so that a tree can be taken up again at any of them.

Source: circomlibjs' smt.js, whose roots these are.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, ints_from_words, words_from_ints
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.gadgets.arguments import listed, misuse, whole
from zkpipe.circuits.gadgets.poseidon import poseidon
from zkpipe.circuits.gadgets.sparse.building import (
    Changes,
    check_depth,
    check_place,
    joined,
    spread,
)
from zkpipe.circuits.gadgets.sparse.changes import smt_delete, smt_insert, smt_update
from zkpipe.circuits.gadgets.sparse.node_table import NodeTable
from zkpipe.circuits.gadgets.sparse.roots import EMPTY, smt_leaf, smt_root, smt_root_without
from zkpipe.circuits.gadgets.sparse.rows import (
    WHOSE,
    Node,
    NodeRows,
    NodeStore,
    checked_node,
)
from zkpipe.circuits.language.values.bounds import FIELD_BITS
from zkpipe.ground.kinds import describe, is_of


@dataclass(frozen=True, slots=True)
class SparsePath:
    """The way to a key's place, as circuits take it.

    value     of the key; None if it is not there
    siblings  the digests beside the way, from the root's children down
    other     the key and value of the leaf in its place; None if that is empty or the key's own
    """

    key: int
    value: int | None
    siblings: tuple[int, ...]
    other: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        where = "SparsePath()"
        object.__setattr__(self, "key", _element(where, "key", self.key))
        if self.value is not None:
            object.__setattr__(self, "value", _element(where, "value", self.value))
        siblings = listed(where, "siblings", self.siblings, "canonical digests")
        digests = tuple(_element(where, f"siblings[{i}]", s) for i, s in enumerate(siblings))
        object.__setattr__(self, "siblings", digests)
        if self.other is not None:
            fix = "Give the key and the value of the leaf, or None."
            object.__setattr__(self, "other", _two(where, "other", self.other, fix))

    def padded(self, levels: int) -> list[int]:
        """The siblings of a circuit with so many levels. Raises InputError for a longer way."""
        levels = whole("padded()", "levels", levels, 0, FIELD_BITS, "Give the circuit's levels.")
        if len(self.siblings) > levels:
            raise InputError(
                f"The way to this key has {len(self.siblings)} levels, and the circuit {levels}.",
                "Compile it for more levels.",
            )
        return [*self.siblings, *[EMPTY] * (levels - len(self.siblings))]

    def root(self) -> int:
        """The root that the way leads to."""
        other_key, other_value = self.other or (0, 0)
        root: int = (
            smt_root(self.key, self.value, self.siblings)
            if self.value is not None
            else smt_root_without(
                self.key, self.siblings, other_key, other_value, self.other is None
            )
        )
        return root


@dataclass(frozen=True, slots=True)
class SparseChange:
    """What one change did, as `smt_insert`, `smt_update` and `smt_delete` take it.

    old_value, new_value  of the key; None where the tree has it not
    siblings, other       of the key's way in the tree without it, as in SparsePath; of an update,
                          the siblings of both trees
    children              of a key taken out of a place that stays empty, the two digests under the
                          last sibling; else None
    """

    key: int
    old_value: int | None
    new_value: int | None
    siblings: tuple[int, ...]
    other: tuple[int, int] | None = None
    children: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.old_value is None and self.new_value is None:
            fix = "Give a value that the key has before or after."
            raise misuse("SparseChange()", "has no value of the key.", fix, "new_value")
        old = SparsePath(self.key, self.old_value, self.siblings, self.other)
        new = SparsePath(self.key, self.new_value, self.siblings, self.other)
        parts = {"key": old.key, "siblings": old.siblings, "other": old.other}
        for name, part in {**parts, "old_value": old.value, "new_value": new.value}.items():
            object.__setattr__(self, name, part)
        if self.children is not None:
            fix = "Give the two digests under the last sibling, or None."
            children = _two("SparseChange()", "children", self.children, fix)
            object.__setattr__(self, "children", children)

    def padded(self, levels: int) -> list[int]:
        """The siblings of a circuit with so many levels. Raises InputError for a longer way.

        A circuit that parts two leaves needs a level more than their keys' bits agree in: where
        there are too few, it has no solution.
        """
        return SparsePath(self.key, None, self.siblings).padded(levels)

    def roots(self) -> tuple[int, int]:
        """The roots before and after."""
        other, empty = self.other or (0, 0), self.other is None
        siblings: list[int] = [*self.siblings]
        if self.old_value is not None and self.new_value is not None:
            return smt_update(self.key, self.old_value, self.new_value, siblings)
        if not empty:  # levels enough for the two leaves to part
            differing = self.key ^ other[0]
            needed = (differing & -differing).bit_length()
            siblings = self.padded(max(needed, len(siblings)))
        if self.old_value is None:
            return smt_insert(self.key, self.new_value, siblings, *other, empty)
        under = self.children or (0, 0)
        return smt_delete(self.key, self.old_value, siblings, *other, empty, under)


class SparseMerkleTree:
    """Keys with values, canonical integers below r, under one root.

    nodes  where they are kept, by digest: a NodeTable unless told; not to be changed by others
    root   0 for an empty tree

    Raises InputError for nodes that are no mapping, and for a root that they do not have; later for
    a leaf that is met in another place than its key's. Nodes are trusted to have the digests that
    they are kept by: to try others', compare path(key).root().

    tree[key] raises KeyError for a key that is not there.

    Cost: a hash a level, some 0.25 ms each; of n random keys the ways have log2 n levels on
    average, and the longest about twice as many.
    """

    def __init__(self, nodes: MutableMapping[int, Node] | None = None, root: int = EMPTY) -> None:
        if nodes is not None and not is_of(nodes, MutableMapping):  # type: ignore[type-abstract]
            raise misuse(
                "SparseMerkleTree()", f"has {describe(nodes)} for nodes.", "Give a dict.", "nodes"
            )
        self.nodes: MutableMapping[int, Node] = NodeTable() if nodes is None else nodes
        self.root = _element("SparseMerkleTree()", "root", root)
        if self.root != EMPTY:
            self._node(self.root)

    def path(self, key: int) -> SparsePath:
        """The way to a key's place, whether it is there or not."""
        return self._path("path()", key)

    def _path(self, where: str, key: int) -> SparsePath:
        key = _element(where, "key", key)
        digest, siblings = self.root, list[int]()
        while digest != EMPTY:
            node = self._node(digest)
            if len(node) == 3:
                check_place(node[0], key, len(siblings))
                own = node[0] == key
                other = None if own else (node[0], node[1])
                return SparsePath(key, node[1] if own else None, tuple(siblings), other)
            check_depth(len(siblings))
            right = key >> len(siblings) & 1
            siblings.append(node[1 - right])
            digest = node[right]
        return SparsePath(key, None, tuple(siblings))

    def __getitem__(self, key: int) -> int:
        value = self._path("SparseMerkleTree[]", key).value
        if value is None:
            raise KeyError("the key is not in the tree")  # which may be private: not shown
        return value

    def __contains__(self, key: int) -> bool:
        return self._path("SparseMerkleTree", key).value is not None

    __iter__: ClassVar[None] = None  # else Python would ask for the keys 0, 1, ...

    def insert(self, key: int, value: int) -> SparseChange:
        """Put a key in. Raises InputError for one that is there."""
        way, value = self._path("insert()", key), _element("insert()", "value", value)
        if way.value is not None:
            raise InputError("The key is in the tree.", "Use update() for another value.", "key")
        siblings = list(way.siblings)
        if way.other is not None:
            other = way.other[0]
            while way.key >> len(siblings) & 1 == other >> len(siblings) & 1:
                siblings.append(EMPTY)
            siblings.append(self._leaf(*way.other))
        self._changed(self._above(way.key, self._leaf(way.key, value), siblings))
        return SparseChange(way.key, None, value, way.siblings, way.other)

    def update(self, key: int, value: int) -> SparseChange:
        """Give a key another value. Raises InputError for one that is not there."""
        way, value = self._there("update()", key), _element("update()", "value", value)
        self._changed(self._above(way.key, self._leaf(way.key, value), list(way.siblings)))
        return SparseChange(way.key, way.value, value, way.siblings)

    def delete(self, key: int) -> SparseChange:
        """Take a key out. Raises InputError for one that is not there."""
        way = self._there("delete()", key)
        siblings, digest = list(way.siblings), EMPTY
        other, children = None, None
        if siblings:
            beside = self._node(siblings[-1])
            if len(beside) == 3:  # the leaf beside it rises
                check_place(beside[0], way.key ^ 1 << len(siblings) - 1, len(siblings))
                digest, other = siblings.pop(), (beside[0], beside[1])
                while siblings and siblings[-1] == EMPTY:
                    siblings.pop()
            else:
                children = beside[0], beside[1]
        self._changed(self._above(way.key, digest, siblings))
        return SparseChange(way.key, way.value, None, tuple(siblings), other, children)

    def change_many(self, entries: Mapping[int, int | None]) -> None:
        """Put keys in, give them other values, or take them out: all at once.

        entries  the new value of each key that changes; None takes a key out

        Raises InputError for a key to take out that is not there; the tree is as it was.

        Cost: the nodes above these keys, each hashed once, level by level on all threads; 0.6 us a
        key besides, 2 us more a node for a dict. 110 bytes a node, 300 in a dict.
        """
        where = "change_many()"
        if not is_of(entries, Mapping):  # type: ignore[type-abstract]
            fix = "Give a dict of values by their keys."
            raise misuse(where, f"has {describe(entries)} for entries.", fix, "entries")
        made, root = joined(spread(self._rows_of, self.root, _changes(where, entries)))
        self._keep(made)
        self._changed(root)

    def _keep(self, rows: NodeRows) -> None:
        if isinstance(self.nodes, NodeStore):
            self.nodes.put_rows(rows)
        else:
            self.nodes.update(rows.items())

    def _keep_one(self, digest: int, node: Node) -> None:
        self.nodes[digest] = node

    def _changed(self, root: int) -> None:
        """A change is complete: all its nodes are kept."""
        self.root = root

    def _there(self, where: str, key: int) -> SparsePath:
        way = self._path(where, key)
        if way.value is None:
            raise InputError("The key is not in the tree.", "Use insert() to put it in.", "key")
        return way

    def _node(self, digest: int) -> Node:
        node = self.nodes.get(digest)
        if node is None:
            raise _missing()
        return checked_node(node)

    def _rows_of(self, digests: Words) -> NodeRows:
        """The nodes of digests. Raises InputError as `_node` does."""
        if isinstance(self.nodes, NodeStore):
            try:
                return self.nodes.rows_of(digests)
            except KeyError:
                raise _missing() from None
        numbers = ints_from_words(digests)
        return NodeRows.of(numbers, [self._node(number) for number in numbers])

    def _leaf(self, key: int, value: int) -> int:
        digest: int = smt_leaf(key, value)
        self._keep_one(digest, (key, value, 1))
        return digest

    def _above(self, key: int, digest: int, siblings: list[int]) -> int:
        """The root above a digest in a key's place."""
        for level in reversed(range(len(siblings))):
            pair = [digest, siblings[level]]
            if key >> level & 1:
                pair.reverse()
            digest = poseidon(pair)
            self._keep_one(digest, (pair[0], pair[1]))
        return digest


def _missing() -> InputError:
    return InputError("The nodes have no node of that digest.", WHOSE, "nodes")


def _two(where: str, name: str, value: object, fix: str) -> tuple[int, int]:
    parts = listed(where, name, value, "two numbers")
    if len(parts) != 2:
        raise misuse(where, f"has {len(parts)} numbers for {name}.", fix, name)
    first, second = (_element(where, f"{name}[{i}]", part) for i, part in enumerate(parts))
    return first, second


def _element(where: str, name: str, value: object) -> int:
    return whole(where, name, value, 0, R - 1, "Give a canonical integer, from 0 to r - 1.")


def _changes(where: str, entries: Mapping[int, int | None]) -> Changes:
    keys, given = _words(where, "a key", [*entries]), [*entries.values()]
    is_put = np.ones(len(given), np.bool_)
    if None in given:
        is_put[:] = [value is not None for value in given]
    values = np.zeros((len(given), 4), np.uint64)
    values[is_put] = _words(where, "a value", [x for x in given if x is not None])
    return Changes.of(keys, values, is_put)


def _words(where: str, name: str, values: list[Any]) -> Words:
    """Canonical integers as words; a million of them take a quarter of a second."""
    if set(map(type, values)) <= {int}:
        with suppress(OverflowError):  # of a negative one, or a long one
            words = words_from_ints(values)
            if first_not_below(words, R) is None:
                return words
    return words_from_ints(_element(where, name, x) for x in values)
