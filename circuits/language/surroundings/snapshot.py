"""A function as it is now: with cells of its own, which later assignments do not reach.

A lambda in a loop sees the loop's variable, not its value; one that runs after the loop would see
the last. Python calls this late binding (Python's FAQ, "Why do lambdas defined in a loop with
different values all return the same result?").
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import CellType, FunctionType
from typing import Any


def with_own_cells(function: Callable[..., object]) -> Callable[..., object]:
    """A copy of a function that keeps what its closure holds now, and so do functions in there."""
    copied: Callable[..., object] = _copy(function, {})
    return copied


def _copy(thing: Any, copies: dict[int, Any]) -> Any:
    if id(thing) in copies:
        return copies[id(thing)]
    if type(thing) is partial:
        function = _copy(thing.func, copies)
        return thing if function is thing.func else partial(function, *thing.args, **thing.keywords)
    if type(thing) is not FunctionType or not thing.__closure__:
        return thing
    cells = tuple(CellType() for _ in thing.__closure__)
    code, name, defaults = thing.__code__, thing.__name__, thing.__defaults__
    copy = copies[id(thing)] = FunctionType(code, thing.__globals__, name, defaults, cells)
    copy.__kwdefaults__ = thing.__kwdefaults__
    copy.__qualname__ = thing.__qualname__
    copy.__module__ = thing.__module__
    copy.__dict__.update(thing.__dict__)
    for own, cell in zip(cells, thing.__closure__, strict=True):
        try:
            own.cell_contents = _copy(cell.cell_contents, copies)
        except ValueError:  # not set yet
            continue
    return copy
