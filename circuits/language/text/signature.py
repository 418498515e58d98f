"""A function's head: its parameters, its annotations, and the line that errors about them name."""

from __future__ import annotations

import inspect
import linecache
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import FunctionType
from typing import Any, cast

from zkpipe.circuits.errors import CompileError, Source
from zkpipe.circuits.language.text.aliases import meant
from zkpipe.circuits.language.text.source import source_here
from zkpipe.ground.kinds import describe


def decorated(
    function: Callable[..., object] | None, options: Mapping[str, object]
) -> FunctionType:
    """What a decorator stands on. Raises CompileError for one with parentheses.

    Whether it is a function annotations_of looks at.
    """
    if function is None or options:
        raise CompileError(
            "The decorator stands with parentheses, but takes no options.",
            "Write @circuit or @component alone: the function's name is the circuit's.",
            source_here(),
        )
    return cast(FunctionType, function)


def annotations_of(function: FunctionType, names: dict[str, Any]) -> dict[str, Any]:
    """A function's annotations, evaluated where it was defined. Raises CompileError."""
    if isinstance(function, staticmethod | classmethod):
        name = type(function).__name__
        raise CompileError(
            f"The decorator stands above @{name}.",
            "Move the function out of the class, and leave out "
            f"@{name}: a circuit or component takes signals alone.",
        )
    if not isinstance(function, FunctionType):
        raise CompileError(
            f"The decorator stands on {describe(function)}, which is not a function.",
            "Put it right above a `def`: @circuit or @component, without parentheses, and no other "
            "decorator below it.",
        )
    try:
        found = inspect.get_annotations(function, locals=names, eval_str=True)
        return {name: meant(annotation) for name, annotation in found.items()}
    except CompileError as error:
        raise CompileError(error.problem, error.fix, head_of(function)) from error
    except Exception as error:
        raise CompileError(*unread(error, function.__name__), head_of(function)) from error


def unread(error: Exception, owner: str) -> tuple[str, str]:
    """What is wrong with an annotation that cannot be evaluated, and what to do.

    owner  of the annotation, as a message names it
    """
    if isinstance(error, NameError) and isinstance(error.name, str):
        return (
            f"An annotation of {owner} has the name `{error.name}`, which is not defined there.",
            instead_of_name(error.name) or "Import it, or define it above.",
        )
    return (
        f"An annotation of {owner} cannot be read: {type(error).__name__}.",
        "Import the names it uses, and write types as UInt[32] or Array[Field, 4].",
    )


def instead_of_name(name: str) -> str | None:
    """What to write for a name that is likely a type of the language; None for others."""
    if name in _TYPES:
        return f"Import it: from zkpipe.circuits import {name}."
    width = re.fullmatch(r"(u?)int_?([0-9]{1,3})", name, re.IGNORECASE)
    if width:
        return f"Write {'U' if width[1] else ''}Int[{width[2]}]."
    near = get_close_matches(name, _TYPES, 1)
    return f"Did you mean `{near[0]}`?" if near else None


_TYPES = (
    *("Array", "Bool", "Decimal", "Field", "Fixed", "Int"),
    *("Private", "Public", "Rounded", "UFixed", "UInt"),
)


def head_of(function: FunctionType) -> Source:
    """The line of a function's `def`."""
    code = function.__code__
    line = code.co_firstlineno
    text = linecache.getline(code.co_filename, line).strip()
    while text.startswith("@"):
        line += 1
        text = linecache.getline(code.co_filename, line).strip()
    return Source(Path(code.co_filename).name, line, text)


def argument_names(function: FunctionType) -> list[str]:
    """The names of a function's parameters, none optional. Raises CompileError."""
    names: list[str] = []
    for parameter in inspect.signature(function).parameters.values():
        name = parameter.name
        if not names and name in ("self", "cls") and name not in function.__annotations__:
            raise CompileError(
                f"{function.__name__} is a method, with the parameter `{name}`.",
                "Move it out of the class: a circuit or component takes signals alone. It may read "
                "constants by their names.",
                head_of(function),
            )
        wrong = _NO_INPUT.get(parameter.kind)
        if wrong is None and parameter.default is not parameter.empty:
            wrong = _WITH_DEFAULT
        if wrong is not None:
            what, fix = wrong
            raise CompileError(
                f"The parameter `{name}` of {function.__name__} {what}", fix, head_of(function)
            )
        names.append(name)
    return names


_WITH_DEFAULT = (
    "has a default.",
    "Leave it out, as every input is given. What never changes may be a constant beside the "
    "function.",
)
_NO_INPUT: dict[object, tuple[str, str]] = {
    inspect.Parameter.VAR_POSITIONAL: (
        "takes any number of arguments.",
        "Declare a list with its length, as Array[Field, 4], without the star.",
    ),
    inspect.Parameter.VAR_KEYWORD: (
        "takes arguments of any name.",
        "Declare a dataclass with a type for each field, without the stars.",
    ),
    inspect.Parameter.KEYWORD_ONLY: (
        "can be given by its name alone.",
        "Leave out the `*` before it: inputs may be given by name in any case.",
    ),
}
