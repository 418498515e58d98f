"""Keys of what a function sees: tokens, with the names by which things are read."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from zkpipe.circuits.language.surroundings.shape import ByIdentity

PLAIN = frozenset((int, bool, str, bytes, type(None)))


class Read:
    """In a key: the name by which what follows is read."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Read) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


class Key:
    """The tokens of a walk; hashed once."""

    __slots__ = ("_hash", "tokens")

    def __init__(self, tokens: tuple[Any, ...]) -> None:
        self.tokens = tokens
        self._hash = hash(tokens)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Key) and self.tokens == other.tokens)

    def __hash__(self) -> int:
        return self._hash


class Known:
    """Tuples of plain values that were met before: one object for each content."""

    def __init__(self) -> None:
        self.by_id: dict[int, tuple[object, Hashable]] = {}  # with the tuple: its id stays its own
        self.by_content: dict[Hashable, Hashable] = {}

    def of(self, items: tuple[object, ...]) -> Hashable | None:
        """What stands for a tuple in keys; None if it holds other things."""
        met = self.by_id.get(id(items))
        if met is None:
            kinds = _kinds(items)
            if kinds is None:
                return None
            met = (items, self.by_content.setdefault((items, kinds), ByIdentity(items)))
            self.by_id[id(items)] = met
        return met[1]


def _kinds(items: tuple[object, ...]) -> tuple[object, ...] | None:
    """The types in a tuple of plain values and such tuples; None for another."""
    kinds: list[object] = []
    for item in items:
        kind = _kinds(item) if type(item) is tuple else type(item)
        if kind is None or (type(item) is not tuple and kind not in PLAIN):
            return None
        kinds.append(kind)
    return tuple(kinds)
