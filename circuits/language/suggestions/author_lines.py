"""Whether the author's line shows what it makes a text of: print(f"{x}"), raise ValueError(str(x)).

A text is shown if it goes into a display as it is, or inside other texts and lists. A length of it,
a slice or a comparison would be computed from words that say nothing of the value.
"""

from __future__ import annotations

import ast
from types import FrameType

from zkpipe.circuits.language.suggestions.calls import name_of
from zkpipe.circuits.language.suggestions.displayers import (
    Streams,
    attribute,
    is_display,
    is_error,
    is_printer,
    joins,
    shows,
    takes_stream_second,
    unwrapped,
)
from zkpipe.circuits.language.suggestions.instructions import instruction_shows
from zkpipe.circuits.language.text.syntax import Spot, spot_of

_INSIDE_TEXTS = (
    *(ast.JoinedStr, ast.FormattedValue, ast.Constant),  # before Python 3.12 all at one place
    *(ast.Attribute, ast.keyword),
    *(ast.Tuple, ast.List, ast.Dict, ast.Starred, ast.ListComp, ast.GeneratorExp),
)
_OF_ERRORS = (ast.FormattedValue, ast.BinOp, ast.Attribute, ast.Subscript)  # a text of one again
_TEXT_OPERATORS = (ast.Add, ast.Mod, ast.Mult)
_STREAMS = ("file", "stream")


def line_shows(frame: FrameType, outside: Streams, is_kept: bool = False) -> bool:
    """Whether the line that a frame is at shows what it makes a text of.

    outside  the standard streams when the body began
    is_kept  whether a text may also be kept: in the __init__ of an exception
    """
    spot = spot_of(frame, frame.f_lasti)
    if spot is None:
        return not is_kept and instruction_shows(frame, outside)
    path = [spot.node, *spot.around]
    if _is_rewritten(spot):
        path = path[1:]
    inner: ast.AST | None = None
    holds_error = False  # the path has come to an exception with the text in it
    for node, outer in zip(path, [*path[1:], None], strict=True):
        if isinstance(node, ast.Raise):
            return True
        if isinstance(node, ast.Assert):
            return inner is not None and inner is node.msg
        if isinstance(node, ast.stmt):
            return holds_error or (is_kept and isinstance(node, ast.Assign | ast.AnnAssign))
        if isinstance(node, ast.Call):
            function, name = _called(spot, node), name_of(node.func)
            if is_error(function) or isinstance(outer, ast.Raise):
                holds_error = True
            elif _shows(spot, node, function, outer, outside) or (is_kept and name == "__init__"):
                return True
            elif joins(function, name, frame):
                holds_error = False
            else:
                return holds_error and inner is not node.func
        elif not _is_inside_texts(node, inner):
            return holds_error and isinstance(node, ast.NamedExpr | ast.Lambda | ast.Yield)
        elif isinstance(node, _OF_ERRORS):
            holds_error = False
        inner = node
    return False


def _is_rewritten(spot: Spot) -> bool:
    """Whether it is `"%s" % (x,)`, of which Python makes an f-string: the place is that of x."""
    parent, above, *_ = (*spot.around, None, None)
    return (
        spot.operation.startswith(("FORMAT", "CONVERT"))
        and isinstance(parent, ast.Tuple)
        and isinstance(above, ast.BinOp)
        and isinstance(above.op, ast.Mod)
    )


def _is_inside_texts(node: ast.AST, inner: ast.AST | None) -> bool:
    """Whether a node that is no call is a text with the inner one in it, or a list of such."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, _TEXT_OPERATORS)
    if isinstance(node, ast.IfExp):
        return inner is not node.test
    if isinstance(node, ast.Subscript | ast.DictComp):
        return inner is node.value
    return isinstance(node, _INSIDE_TEXTS)


def _shows(
    spot: Spot, node: ast.Call, function: object, outer: ast.AST | None, outside: Streams
) -> bool:
    name = name_of(node.func)
    if name in ("write", "writelines") and isinstance(node.func, ast.Attribute):
        stream = _object(spot, node.func.value)
        is_standard = name_of(node.func.value).endswith(("stdout", "stderr"))
        return is_standard and stream is not None and is_display(stream, outside)
    is_unused = isinstance(outer, ast.Expr)
    if not shows(function, name, spot.frame, is_unused=is_unused, outside=outside):
        return False
    return all(_is_shown(spot, stream, outside) for stream in _streams(node, function))


def _streams(node: ast.Call, function: object) -> list[ast.expr]:
    """What a call is given as its stream, and what may hold one."""
    found = [x.value for x in node.keywords if x.arg is None or x.arg in _STREAMS]
    if isinstance(node.func, ast.Call):  # partial(print, file=...)(x)
        found += [x.value for x in node.func.keywords if x.arg is None or x.arg in _STREAMS]
    if takes_stream_second(function):
        found += node.args[1:2]
    return found


def _is_shown(spot: Spot, stream: ast.expr, outside: Streams) -> bool:
    """Whether what goes to a stream is shown; of **options the one that they name."""
    if isinstance(stream, ast.Constant) and stream.value is None:
        return True
    if isinstance(stream, ast.Call):
        return _object(spot, stream.func) is open
    value = _object(spot, stream)
    if isinstance(value, dict):
        return all(is_display(value[key], outside) for key in _STREAMS if key in value)
    return value is not None and is_display(value, outside)


def _called(spot: Spot, node: ast.Call) -> object:
    """What a call calls: print also of partial(print)(x), and of list(map(print, values))."""
    if isinstance(node.func, ast.Call):
        is_partial = name_of(node.func.func) == "partial" and node.func.args
        return _object(spot, node.func.args[0]) if is_partial else None
    function = _object(spot, node.func)
    if (function is list or function is tuple) and node is spot.node and len(node.args) == 1:
        given = node.args[0]
        if isinstance(given, ast.Call) and _object(spot, given.func) is map and given.args:
            mapped = _object(spot, given.args[0])
            return mapped if is_printer(mapped) else function
    return function if _has_streams(function) else unwrapped(function)


def _has_streams(function: object) -> bool:
    keywords = getattr(function, "keywords", None)
    return isinstance(keywords, dict) and not keywords.keys().isdisjoint(_STREAMS)


def _object(spot: Spot, node: ast.expr) -> object:
    """What a name stands for, or a name behind points; None if that is not known."""
    if isinstance(node, ast.Attribute):
        return attribute(_object(spot, node.value), node.attr)
    return spot.value_of(node)
