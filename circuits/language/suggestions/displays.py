"""Whether the text of a circuit's value is only shown, or goes where a program computes with it.

str(x), repr(x) and f"{x}" are texts such as `<an integer from 0 to 255 of a circuit>`, which say
nothing of the value: a hash or a length of them is a constant. People need them, though: print(x),
a log, a debugger, the message of an exception. The text of the author's line says which it is, and
the libraries that run between that line and the value.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from types import FrameType

from zkpipe.circuits.language.suggestions.calls import name_of
from zkpipe.circuits.language.text.frames import (
    Owner,
    frames_here,
    of_dataclass,
    owner_of,
    package_of,
    runs_bodies,
)
from zkpipe.circuits.language.text.syntax import Spot, shown, spot_of

SHOWING = frozenset(
    (
        *("print", "pprint", "pp", "ic", "display", "echo", "breakpoint", "fail"),
        *("debug", "info", "warning", "error", "critical", "exception", "log", "warn"),
        "check",  # refuses such a message in its own words
    )
)
_JOINING = frozenset(
    (
        *("str", "repr", "ascii", "format", "format_map", "join", "map", "list", "tuple"),
        *("ljust", "rjust", "center", "strip", "upper", "lower", "title", "replace"),
    )
)
_INSIDE_TEXTS = (
    *(ast.JoinedStr, ast.FormattedValue, ast.Constant),  # before Python 3.12 all at one place
    *(ast.BinOp, ast.IfExp, ast.Attribute, ast.keyword),
    *(ast.Tuple, ast.List, ast.Dict, ast.Starred, ast.ListComp, ast.GeneratorExp),
)
_MAKERS = (  # modules that make texts for those who call them
    *("json", "string", "textwrap", "pprint", "reprlib", "dataclasses", "csv", "collections"),
    *("enum", "functools", "numpy._core.arrayprint", "numpy.core.arrayprint"),
)
_DEBUGGERS = frozenset(
    (
        *("bdb", "pdb", "code", "doctest", "IPython", "ipdb", "pudb"),
        *("pydevd", "_pydevd_bundle", "debugpy"),
    )
)
_OF_CLASSES = ("__str__", "__repr__", "__format__")


def is_only_shown(asking: FrameType | None) -> bool:
    """Whether a text is for people's eyes, as far as that can be told.

    asking  the frame that wants it
    """
    author = frames_here()[0]
    home = None if author is None or owner_of(author.f_code) is Owner.USER else _package(author)
    frame = asking
    while frame is not None:
        owner = owner_of(frame.f_code)
        is_author = owner is Owner.USER or (home is not None and _package(frame) == home)
        if of_dataclass(frame.f_code) or (is_author and frame.f_code.co_name in _OF_CLASSES):
            pass  # a part of the text of an object, which somebody else wants
        elif is_author:
            return _shows(frame) or any(_package(outer) in _DEBUGGERS for outer in _around(frame))
        elif owner is Owner.OURS or not _makes_texts(frame):
            return True  # a message of ours; a log, a debugger, a test's report
        frame = frame.f_back
    return True


def _makes_texts(frame: FrameType) -> bool:
    module = str(frame.f_globals.get("__name__"))
    return any(module == maker or module.startswith(f"{maker}.") for maker in _MAKERS)


def _package(frame: FrameType) -> str:
    return package_of(frame.f_globals.get("__name__"))


def _around(frame: FrameType) -> Iterator[FrameType]:
    """The frames outside of one, to where the body begins."""
    outer = frame.f_back
    while outer is not None and not runs_bodies(outer.f_code):
        yield outer
        outer = outer.f_back


def _shows(frame: FrameType) -> bool:
    """Whether the author's line shows what it makes a text of."""
    spot = spot_of(frame, frame.f_lasti)
    if spot is None:
        return not SHOWING.isdisjoint(frame.f_code.co_names)  # no text: all that can be told
    path = (spot.node, *spot.around)
    if any(isinstance(node, ast.Raise) for node in path):
        return True
    inner: ast.AST | None = None
    for node in path:
        if isinstance(node, ast.Assert):
            return inner is not None and inner is node.msg
        if isinstance(node, ast.Call):
            if _is_showing(spot, node):
                return True
            if name_of(node.func) not in _JOINING:
                return False
        elif not isinstance(node, _INSIDE_TEXTS):
            return False
        inner = node
    return False


def _is_showing(spot: Spot, node: ast.Call) -> bool:
    """Whether a call shows its arguments, or makes an exception of them."""
    name, function = name_of(node.func), spot.value_of(node.func)
    if isinstance(function, type) and issubclass(function, BaseException):
        return True
    if name in ("write", "writelines") and isinstance(node.func, ast.Attribute):
        return (shown(node.func.value) or "").endswith(("stdout", "stderr"))
    is_kept = any(isinstance(spot.value_of(x.value), io.StringIO) for x in node.keywords)
    return not is_kept and (name in SHOWING or name.endswith(("Error", "Exception", "Warning")))
