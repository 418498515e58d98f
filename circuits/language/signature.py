"""A function's head: its parameters, its annotations, and the line that errors about them name."""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Mapping
from pathlib import Path
from types import FunctionType
from typing import Any

from accel.kinds import describe
from circuits.errors import CompileError, Source
from circuits.language.source import source_here


def decorated(function: FunctionType | None, options: Mapping[str, object]) -> FunctionType:
    """What a decorator stands on. Raises CompileError for one with parentheses."""
    if function is None or options:
        raise CompileError(
            "The decorator stands with parentheses, but takes no options.",
            "Write @circuit or @component alone: the function's name is the circuit's.",
            source_here(),
        )
    return function


def annotations_of(function: FunctionType, names: dict[str, Any]) -> dict[str, Any]:
    """A function's annotations, evaluated where it was defined. Raises CompileError."""
    if not isinstance(function, FunctionType):
        raise CompileError(
            f"The decorator stands on {describe(function)}, which is no function.",
            "Put it on a plain function: @circuit or @component, without parentheses.",
        )
    try:
        return inspect.get_annotations(function, locals=names, eval_str=True)
    except CompileError as error:
        raise CompileError(error.what, error.mend, head_of(function)) from error
    except Exception as error:
        raise CompileError(
            f"An annotation of {function.__name__} cannot be read: {type(error).__name__}.",
            "Import the names it uses, and write types as UInt[32] or Array[Field, 4].",
            head_of(function),
        ) from error


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
    names = []
    for parameter in inspect.signature(function).parameters.values():
        plain = parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.POSITIONAL_ONLY)
        if not plain or parameter.default is not parameter.empty:
            raise CompileError(
                f"The parameter `{parameter.name}` of {function.__name__} is optional, "
                "keyword-only or a collector.",
                "Circuits and components have a fixed number of parameters, without defaults.",
                head_of(function),
            )
        names.append(parameter.name)
    return names
