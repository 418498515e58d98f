"""Copies and unpickled objects are made as all others are, so that their checks are run again."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from zkpipe.ground.quick_dataclass import delete_no_field, set_no_field


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
            cls.__setattr__ = set_no_field  # type: ignore[method-assign]
            cls.__delattr__ = delete_no_field  # type: ignore[method-assign]

    def __reduce__(self) -> tuple[Any, ...]:
        parts = fields(self)  # type: ignore[arg-type]
        values = {part.name: getattr(self, part.name) for part in parts if part.init}
        return _remake, (type(self), values)


def _remake(kind: type[Any], values: dict[str, Any]) -> Any:
    return kind(**values)
