"""A sparse Merkle tree in plain Python, circomlib's: for applications, beside `roots`.

Nodes are kept in a mapping, by digest: a dict, or anything that stores as one. Those of
earlier roots stay, so that a tree can be taken up again at any of them.

Source: circomlibjs' smt.js, whose roots these are.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import ClassVar, cast

from zkpipe.accel.bn254 import R
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.gadgets.arguments import listed, misuse, whole
from zkpipe.circuits.gadgets.poseidon import poseidon
from zkpipe.circuits.gadgets.sparse.roots import EMPTY, smt_leaf, smt_root, smt_root_without
from zkpipe.circuits.language.values.bounds import FIELD_BITS
from zkpipe.ground.kinds import describe, is_of, items, whole_number

Node = tuple[int, ...]  # (left, right), or a leaf's (key, value, 1)
WHOSE = "Give the nodes of a tree with this root, as SparseMerkleTree.nodes has them."


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
            leaf = listed(where, "other", self.other, "a key and a value")
            if len(leaf) != 2:
                fix = "Give the key and the value of the leaf, or None."
                raise misuse(where, f"has {len(leaf)} numbers for other.", fix, "other")
            key, value = (_element(where, f"other[{i}]", part) for i, part in enumerate(leaf))
            object.__setattr__(self, "other", (key, value))

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


class SparseMerkleTree:
    """Keys with values, canonical integers below r, under one root.

    nodes  where they are kept, by digest; not to be changed by others
    root   0 for an empty tree

    Raises InputError for nodes that are no mapping, and for a root that they do not have. Nodes are
    trusted to have the digests that they are kept by: to try others', compare path(key).root().

    tree[key] raises KeyError for a key that is not there.

    Cost: a hash a level, some 0.25 ms each; of n random keys the ways have log2 n levels on
    average, and the longest about twice as many.
    """

    def __init__(self, nodes: MutableMapping[int, Node] | None = None, root: int = EMPTY) -> None:
        if nodes is not None and not is_of(nodes, MutableMapping):  # type: ignore[type-abstract]
            raise misuse(
                "SparseMerkleTree()", f"has {describe(nodes)} for nodes.", "Give a dict.", "nodes"
            )
        self.nodes: MutableMapping[int, Node] = {} if nodes is None else nodes
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
                own = node[0] == key
                other = None if own else (node[0], node[1])
                return SparsePath(key, node[1] if own else None, tuple(siblings), other)
            if len(siblings) == FIELD_BITS:
                raise InputError("The nodes have a way longer than a key has bits.", WHOSE, "nodes")
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

    def insert(self, key: int, value: int) -> None:
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
        self.root = self._above(way.key, self._leaf(way.key, value), siblings)

    def update(self, key: int, value: int) -> None:
        """Give a key another value. Raises InputError for one that is not there."""
        way, value = self._there("update()", key), _element("update()", "value", value)
        self.root = self._above(way.key, self._leaf(way.key, value), list(way.siblings))

    def delete(self, key: int) -> None:
        """Take a key out. Raises InputError for one that is not there."""
        way = self._there("delete()", key)
        siblings, digest = list(way.siblings), EMPTY
        if siblings and len(self._node(siblings[-1])) == 3:  # the leaf beside it rises
            digest = siblings.pop()
            while siblings and siblings[-1] == EMPTY:
                siblings.pop()
        self.root = self._above(way.key, digest, siblings)

    def _there(self, where: str, key: int) -> SparsePath:
        way = self._path(where, key)
        if way.value is None:
            raise InputError("The key is not in the tree.", "Use insert() to put it in.", "key")
        return way

    def _node(self, digest: int) -> Node:
        node = self.nodes.get(digest)
        if node is None:
            raise InputError("The nodes have no node of that digest.", WHOSE, "nodes")
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

    def _leaf(self, key: int, value: int) -> int:
        digest: int = smt_leaf(key, value)
        self.nodes[digest] = (key, value, 1)
        return digest

    def _above(self, key: int, digest: int, siblings: list[int]) -> int:
        """The root above a digest in a key's place."""
        for level in reversed(range(len(siblings))):
            pair = [digest, siblings[level]]
            if key >> level & 1:
                pair.reverse()
            digest = poseidon(pair)
            self.nodes[digest] = (pair[0], pair[1])
        return digest


def _element(where: str, name: str, value: object) -> int:
    return whole(where, name, value, 0, R - 1, "Give a canonical integer, from 0 to r - 1.")
