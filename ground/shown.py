"""Values as messages show them, whatever they are: bounded, and of odd objects the kind alone.

Python's own `repr` has no end for a small nest that holds its parts twice at each level, writes no
integer of thousands of digits in decimal, and asks objects that may raise.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from zkpipe.ground.kinds import describe

MOST = 10_000  # entries, of all lists in one another
DEEPEST = 16


def shown(value: object) -> str:
    """A value as Python writes it, with `...` for what is beyond MOST entries or DEEPEST levels."""
    return _Writer().written(value, 0)


class _Writer:
    """Writes one value; counts the entries that are left."""

    def __init__(self) -> None:
        self.left = MOST

    def written(self, value: object, depth: int) -> str:
        if type(value) is list:
            return f"[{self._joined((('', part) for part in value), depth)}]"
        if type(value) is tuple:
            comma = "," if len(value) == 1 else ""
            return f"({self._joined((('', part) for part in value), depth)}{comma})"
        if type(value) is dict:
            pairs = ((f"{_alone(name)}: ", part) for name, part in value.items())
            return f"{{{self._joined(pairs, depth)}}}"
        if getattr(getattr(type(value), "__dataclass_params__", None), "repr", False):
            names = [field.name for field in dataclasses.fields(value)]  # type: ignore[arg-type]
            pairs = ((f"{name}=", getattr(value, name, None)) for name in names)
            return f"{type(value).__name__}({self._joined(pairs, depth)})"
        return _alone(value)

    def _joined(self, parts: Iterable[tuple[str, object]], depth: int) -> str:
        written = []
        for name, value in parts:
            self.left -= 1
            if self.left < 0 or depth >= DEEPEST:
                written.append("...")
                break
            written.append(name + self.written(value, depth + 1))
        return ", ".join(written)


def _alone(value: object) -> str:
    """What is no list and no record."""
    try:
        return repr(value)
    except ValueError:  # an integer of thousands of digits
        return hex(value) if type(value) is int else describe(value)
    except Exception:  # noqa: BLE001 - a class of somebody's
        return describe(value)
