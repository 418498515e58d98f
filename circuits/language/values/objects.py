"""Comparisons that Python makes without asking a signal: `is`, lists of two lengths, `in`.

They give True or False while the circuit is compiled, and say nothing of its values. By then it is
a plain bool, so what it came from is read from the text of the check.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import FrameType

from zkpipe.circuits.language.text.frames import user_frame
from zkpipe.circuits.language.text.source import Place
from zkpipe.circuits.language.values.refusals import refused
from zkpipe.circuits.language.values.signal import Signal
from zkpipe.circuits.language.values.structure import is_record


def refuse_comparison_of_objects() -> None:
    """Raise CompileError if the call that runs compares objects that hold signals in its text."""
    frame = user_frame()
    if frame is None:
        return
    tree = Place(frame.f_code, frame.f_lasti).tree()
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Compare):
            _refuse(node, frame)


def _refuse(node: ast.Compare, frame: FrameType) -> None:
    sides = [node.left, *node.comparators]
    for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
        pair = _held(left, frame), _held(right, frame)
        if isinstance(operator, ast.Is | ast.IsNot):
            # `x is not None` is a guard, of Python's own values; check() tells that it is constant
            if any(pair) and not any(_is_none(side) for side in (left, right)):
                raise refused(
                    "asks whether two names mean one object, which says nothing of the values.",
                    "Compare the values: a == b, a != b.",
                )
        elif isinstance(operator, ast.In | ast.NotIn):
            if any(pair):
                raise refused(
                    "looks for an object in a list, which says nothing of the values.",
                    "Write member(x, values).",
                )
        elif "a nest" in pair:  # a signal alone would have answered with a signal
            raise refused(
                "compares lists or objects as Python does, which says nothing of the values here.",
                "Compare them item by item: all_of(x == y for x, y in zip(xs, ys, strict=True)).",
            )


def _is_none(side: ast.expr) -> bool:
    return isinstance(side, ast.Constant) and side.value is None


def _held(side: ast.expr, frame: FrameType) -> str | None:
    """Whether an operand is `a signal`, or `a nest` that holds some: as far as its text says."""
    if isinstance(side, ast.List | ast.Tuple):
        return "a nest" if any(_held(item, frame) for item in side.elts) else None
    if isinstance(side, ast.Compare | ast.BinOp | ast.UnaryOp):
        names = [node for node in ast.walk(side) if isinstance(node, ast.Name)]
        return "a signal" if any(_held(name, frame) for name in names) else None
    found, value = _value(side, frame)
    if not found or not any(isinstance(part, Signal) for part in _parts(value)):
        return None
    return "a signal" if isinstance(value, Signal) else "a nest"


def _value(node: ast.expr, frame: FrameType) -> tuple[bool, object]:
    """The object that a name, a field of a record or an item of a list is, without calling code."""
    if isinstance(node, ast.Name):
        for names in (frame.f_locals, frame.f_globals):
            if node.id in names:
                return True, names[node.id]
        return False, None
    if isinstance(node, ast.Attribute):
        found, owner = _value(node.value, frame)
        if found and is_record(owner) and node.attr in vars(owner):
            return True, vars(owner)[node.attr]
        return False, None
    if isinstance(node, ast.Subscript):
        found, owner = _value(node.value, frame)
        if found and type(owner) in (list, tuple):
            return _item(owner, node.slice, frame)
        return False, None
    return False, None


def _item(owner: object, index: ast.expr, frame: FrameType) -> tuple[bool, object]:
    assert isinstance(owner, list | tuple)  # noqa: S101 - for the type checker
    if isinstance(index, ast.Slice):
        return True, owner  # its items, or some of them
    found, place = (True, index.value) if isinstance(index, ast.Constant) else _value(index, frame)
    if found and type(place) is int and -len(owner) <= place < len(owner):
        return True, owner[place]
    return False, None


def _parts(value: object, depth: int = 8) -> Iterator[object]:
    """What a nest holds, sets' and dicts' values too."""
    if depth and isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _parts(item, depth - 1)
    elif depth and isinstance(value, dict):
        yield from _parts(list(value.values()), depth)
    elif depth and is_record(value):
        yield from _parts(list(vars(value).values()), depth)
    else:
        yield value
