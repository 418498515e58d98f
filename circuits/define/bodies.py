"""The text and the code of a body, and of the functions that it calls by name.

For what shows in the text alone and in no run: what is never run, the order of a set, the type of a
local name.
"""

from __future__ import annotations

import ast
import inspect
import linecache
from collections.abc import Iterator
from functools import partial
from itertools import islice
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from zkpipe.circuits.errors import Source
from zkpipe.circuits.language.surroundings.reads import is_of_library
from zkpipe.circuits.language.surroundings.walk import Decorated
from zkpipe.circuits.language.text.frames import Owner, owner_of, shown_file
from zkpipe.circuits.language.text.parsing import module_of

MOST = 2_000  # functions that are looked at
MOST_ENTRIES = 100  # of a list or a dict


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

    Also those that a name leads to: methods of a class or of an object, attributes of a module,
    what a decorator has wrapped, defaults of parameters, entries of a list or a dict.
    """
    waiting, seen = [function], set[FunctionType]()
    while waiting and len(seen) < MOST:
        here = waiting.pop()
        if here in seen or owner_of(here.__code__) is not Owner.USER:
            continue
        seen.add(here)
        values = _values(here)
        named = {name for code in codes_of(here.__code__) for name in code.co_names}
        for value in [*values.values(), *_defaults(here)]:
            waiting += _functions_of(value, named)
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


def _defaults(function: FunctionType) -> list[object]:
    return [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]


def _functions_of(value: object, named: set[str], depth: int = 3) -> Iterator[FunctionType]:
    """The functions that a name leads to.

    named  the names in the code: which attributes and methods it may call
    """
    kind = type(value)
    if depth == 0:
        return
    if isinstance(value, FunctionType):
        yield value
        yield from _functions_of(vars(value).get("__wrapped__"), named, depth - 1)
    elif isinstance(value, Decorated):
        yield from _functions_of(value.function, named, depth - 1)
    elif kind is partial:
        yield from _functions_of(value.func, named, depth - 1)  # type: ignore[attr-defined] # of a partial
    elif kind in (staticmethod, classmethod, MethodType):
        yield from _functions_of(value.__func__, named, depth - 1)  # type: ignore[attr-defined] # of these
    elif kind is property:
        yield from _functions_of(value.fget, named, depth - 1)  # type: ignore[attr-defined] # of a property
    elif kind in (list, tuple, dict):
        entries: Any = value
        for entry in islice(entries.values() if kind is dict else entries, MOST_ENTRIES):
            yield from _functions_of(entry, named, depth - 1)
    elif isinstance(value, ModuleType | type):
        if not is_of_library(getattr(value, "__module__", value.__name__)):
            for name in named & vars(value).keys():
                yield from _functions_of(vars(value)[name], named, depth - 1)
    elif kind.__module__ != "builtins" and not is_of_library(kind.__module__):
        yield from _functions_of(kind, named | {"__call__"}, depth)
