"""Copies and unpickled objects are made as all others are, so that their checks are run again."""

from __future__ import annotations

from dataclasses import fields
from typing import Any


class Remade:
    """A base of dataclasses whose `__post_init__` holds rules.

    pickle and copy would else fill in the fields of a blank object, and no rule would be asked.
    """

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
        return _remake, (type(self), values)


def _remake(kind: type[Any], values: dict[str, Any]) -> Any:
    return kind(**values)
