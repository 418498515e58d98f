"""The text and the code of a body, and of the functions that it calls by name.

For what shows in the text alone and in no run: what is never run, the order of a set, the type of a
local name.
"""

from __future__ import annotations

import ast
import inspect
import linecache
from collections.abc import Iterator
from types import CodeType, FunctionType

from zkpipe.circuits.errors import Source
from zkpipe.circuits.language.surroundings.walk import Decorated
from zkpipe.circuits.language.text.frames import Owner, owner_of, shown_file
from zkpipe.circuits.language.text.parsing import module_of


def codes_of(code: CodeType) -> Iterator[CodeType]:
    """A function's code, and that of all functions, classes and generators within."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes_of(constant)


def tree_of(function: FunctionType) -> ast.Module | None:
    """A function's text as statements; None if it has none. Cost: some ms."""
    try:
        text = inspect.getsource(function)
    except (OSError, SyntaxError, TypeError):
        return None
    if not text[:1].isspace():
        return module_of(text)
    tree = module_of("if True:\n" + text)  # indented as it stands: texts over lines may not be
    return tree and ast.increment_lineno(tree, -1)


def source_in(function: FunctionType, node: ast.stmt | ast.expr) -> Source:
    """The line of a part of a function's tree."""
    code = function.__code__
    line = code.co_firstlineno + node.lineno - 1
    text = linecache.getline(code.co_filename, line).strip()
    return Source(shown_file(code.co_filename), line, text)


def called_by_name(function: FunctionType) -> Iterator[tuple[FunctionType, dict[str, object]]]:
    """A function and those of users that its code names, each once, with what its names stand for.

    Functions that are attributes, as of a module, are not among them.
    """
    waiting, seen = [function], set()
    while waiting:
        here = waiting.pop()
        if here in seen or owner_of(here.__code__) is not Owner.USER:
            continue
        seen.add(here)
        values = _values(here)
        waiting += [f for f in map(_function_of, values.values()) if f is not None]
        yield here, values


def closure_of(function: FunctionType) -> dict[str, object]:
    """What the names of the functions around stand for, as far as they are set."""
    found: dict[str, object] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not set yet
            continue
    return found


def _values(function: FunctionType) -> dict[str, object]:
    """What the names in a function's code stand for, as far as they are not its own."""
    names = {name for code in codes_of(function.__code__) for name in code.co_names}
    found = {name: function.__globals__[name] for name in names if name in function.__globals__}
    return found | closure_of(function)


def _function_of(value: object) -> FunctionType | None:
    if isinstance(value, Decorated):
        value = value.function
    return value if isinstance(value, FunctionType) else None
