"""Functions that show a text to people: print(), loggers, warnings; and streams that people read.

A name alone says little: a class of the author's may have a method `info` that computes. So the
function is looked up where its name can be followed, and without running anything of the author's.
A function that is not found, or is the author's own, shows a text if nothing uses its result.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import io
import pprint
import sys
from types import (
    BuiltinFunctionType,
    FrameType,
    MemberDescriptorType,
    MethodDescriptorType,
    ModuleType,
)

from zkpipe.circuits.language.text.frames import Owner, owner_of, package_of

_PRINTING = ("print", "pprint", "pp", "ic", "display", "echo", "secho")  # to a standard stream
_SHOWING = frozenset(
    (
        *(*_PRINTING, "breakpoint", "fail", "print_exc", "print_exception", "print_stack"),
        *("debug", "info", "warning", "error", "critical", "exception", "log", "warn"),
        "warn_explicit",
    )
)
_ENDINGS = ("Error", "Exception", "Warning")
_JOINING = frozenset(  # texts, or lists of them, made of texts
    (
        *("str", "repr", "ascii", "format", "format_map", "join", "map", "list", "tuple"),
        *("ljust", "rjust", "center", "strip", "upper", "lower", "title", "replace"),
        *("pformat", "fill", "indent", "dedent", "shorten", "dumps", "format_exc"),
    )
)
_KNOWN = frozenset(  # libraries whose functions keep their names under others of the author's
    (
        *("builtins", "logging", "warnings", "_warnings", "_py_warnings", "traceback", "pprint"),
        *("rich", "click", "loguru", "structlog"),
    )
)
_PRINTERS = (print, pprint.pprint, pprint.pp)

Streams = tuple[object, ...]


def shows(
    function: object, name: str, frame: FrameType, *, is_unused: bool, outside: Streams
) -> bool:
    """Whether a call shows its arguments.

    function   what is called, None if that is not known
    name       its name in the text
    frame      what calls it
    is_unused  whether nothing uses the result
    outside    the standard streams when the body began
    """
    is_known = function is not None and not _is_authors(function, frame)
    if name == "check":  # ours, which refuses such a message in its own words
        return is_known and package_of(_module(function)) == "zkpipe.circuits"
    if is_known and package_of(_module(function)) in _KNOWN:  # d = LOG.debug; d(x)
        name = str(getattr(function, "__name__", name))
    if is_printer(function) or (name in _PRINTING and (is_known or is_unused)):
        return all(is_display(stream, outside) for stream in (sys.stdout, sys.stderr))
    return (name in _SHOWING and (is_known or is_unused)) or (name.endswith(_ENDINGS) and is_unused)


def joins(function: object, name: str, frame: FrameType) -> bool:
    """Whether what a call returns is a text with those that it was given, or a list of such."""
    return name in _JOINING and (function is None or not _is_authors(function, frame))


def is_printer(function: object) -> bool:
    """Whether it is print() of Python's, or pprint()."""
    return any(function is printer for printer in _PRINTERS)


def takes_stream_second(function: object) -> bool:
    """Whether the second argument is the stream: of pprint() and click.echo(), not of print()."""
    if is_printer(function):
        return function is not print
    name = getattr(function, "__name__", None)
    return name in ("echo", "secho") and package_of(_module(function)) == "click"


def is_error(function: object) -> bool:
    """Whether it is a class of exceptions."""
    return isinstance(function, type) and issubclass(function, BaseException)


def is_display(stream: object, outside: Streams) -> bool:
    """Whether people read a stream: one of the streams around the body, or a file.

    A body could read again what it has printed into a stream in memory.
    """
    if stream is None or any(stream is one for one in (*outside, sys.__stdout__, sys.__stderr__)):
        return True
    try:
        return isinstance(stream.fileno(), int)  # type: ignore[attr-defined]  # whatever it is
    except (AttributeError, TypeError, OSError, ValueError, io.UnsupportedOperation):
        return False


def attribute(owner: object, name: str) -> object:
    """An attribute of an object as it lies there; None if only running something would tell."""
    if owner is None:
        return None
    if isinstance(owner, ModuleType):
        return vars(owner).get(name)
    try:
        found = inspect.getattr_static(owner, name, None)
    except (AttributeError, TypeError):
        return None
    if isinstance(found, MemberDescriptorType) and not isinstance(owner, type):
        return found.__get__(owner, type(owner)) if hasattr(owner, name) else None
    if isinstance(found, staticmethod | classmethod):
        return found.__func__
    return None if isinstance(found, property) else found


def unwrapped(function: object) -> object:
    """What functools.partial() was given, or the function itself."""
    return function.func if isinstance(function, functools.partial) else function


def _is_authors(function: object, frame: FrameType) -> bool:
    """Whether a function is the author's, or nothing tells whose it is."""
    if isinstance(function, BuiltinFunctionType | MethodDescriptorType):
        return False
    if isinstance(function, type):
        return getattr(builtins, function.__name__, None) is not function
    code = getattr(function, "__code__", None)
    if code is None:
        code = getattr(attribute(type(function), "__call__"), "__code__", None)
    if code is None or owner_of(code) is Owner.USER:
        return True
    return package_of(_module(function)) == package_of(frame.f_globals.get("__name__"))


def _module(function: object) -> object:
    return getattr(function, "__module__", None)
