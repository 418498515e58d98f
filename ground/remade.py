"""Copies and unpickled objects are made as all others are, so that their checks are run again."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from typing import Any


class Remade:
    """A base of dataclasses whose `__post_init__` holds rules.

    pickle and copy would else fill in the fields of a blank object, and no rule would be asked.
    """

    __slots__ = ()

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        if {"__setattr__", "__dataclass_fields__"} <= vars(cls).keys():
            # the class that dataclass(slots=True) makes of the first: what it copied asks for the
            # first, and ends in a TypeError on super()
            cls.__setattr__ = _set  # type: ignore[method-assign]
            cls.__delattr__ = _delete  # type: ignore[method-assign]

    def __reduce__(self) -> tuple[Any, ...]:
        parts = fields(self)  # type: ignore[arg-type]
        values = {part.name: getattr(self, part.name) for part in parts if part.init}
        return _remake, (type(self), values)


def _set(self: object, name: str, value: object) -> None:
    if not _is_frozen(self, name):
        object.__setattr__(self, name, value)
        return
    raise FrozenInstanceError(
        f"`{name}` cannot be set: a {type(self).__name__} does not change. "
        "Keep the value in a variable of your own, or make another object with other fields."
    )


def _delete(self: object, name: str) -> None:
    if not _is_frozen(self, name):
        object.__delattr__(self, name)
        return
    raise FrozenInstanceError(
        f"`{name}` cannot be deleted: a {type(self).__name__} does not change. "
        "Make another object with other fields."
    )


def _is_frozen(made: object, name: str) -> bool:
    """Whether an attribute is a field, or its object one of the very class: as of dataclasses."""
    kind = next(kind for kind in type(made).__mro__ if vars(kind).get("__setattr__") is _set)
    return type(made) is kind or any(name == field.name for field in fields(kind))


def _remake(kind: type[Any], values: dict[str, Any]) -> Any:
    return kind(**values)
