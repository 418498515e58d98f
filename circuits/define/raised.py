"""Exceptions that a circuit's value brings about in Python or in a library, as CompileErrors.

An attribute that a value does not have ends in an AttributeError, a function of a library that
cannot take it in a TypeError or what else its author thought of. They are told as refusals are:
the user's line, what is wrong, and what to write. An error that has nothing to do with a circuit's
values stays what it is, as Python's own words are best known.
"""

from __future__ import annotations

import ast
import dis
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from inspect import signature
from types import FrameType, FunctionType

from zkpipe.circuits.define.attributes import (
    KNOWN_LATER,
    OF_THE_VALUE,
    holds_signals,
    kind_of,
    of_missing,
)
from zkpipe.circuits.errors import CompileError
from zkpipe.circuits.language.suggestions.calls import of_call
from zkpipe.circuits.language.suggestions.needs import Advice, Need, written
from zkpipe.circuits.language.text.frames import Owner, of_dataclass, owner_of
from zkpipe.circuits.language.text.source import source_of
from zkpipe.circuits.language.text.syntax import Spot, shown, spot_of
from zkpipe.circuits.language.values.signal import OF_A_CIRCUIT, Signal
from zkpipe.ground.errors import ZkpipeError

_OURS = re.compile(rf"\b(Fixed)?Signal\b|{OF_A_CIRCUIT}")


@contextmanager
def explaining() -> Iterator[None]:
    """Raise CompileError in place of an exception that a circuit's value brought about."""
    try:
        yield
    except ZkpipeError:
        raise
    except Exception as error:
        found = _error_of(error)
        if found is None:
            raise
        raise found from None


def _error_of(error: Exception) -> CompileError | None:
    frame, instruction = _place_of(error)
    if frame is None:
        return None
    if _is_raised_there(error, frame) or _has_authors_words(error):
        return None  # the author's own words, with a circuit's value in them
    spot = spot_of(frame, instruction)
    advice = of_missing(error, spot) if isinstance(error, AttributeError) else None
    if advice is None and spot is not None:
        advice = _of_expression(error, spot)
    if advice is None and _OURS.search(_text(error)):
        advice = Advice(None if spot is None else spot.text, *Need.PLAIN.value)
    if advice is None:
        return None
    about = f"`{advice.about}`" if advice.about else "An expression"
    said = _text(error)
    is_said = advice.problem == Need.PLAIN.value[0] and said and not _OURS.search(said)
    evidence = [f"{type(error).__name__}: {said.splitlines()[0]}"] if is_said else []
    return CompileError(f"{about} {advice.problem}", advice.fix, source_of(error), evidence)


def _place_of(error: BaseException) -> tuple[FrameType | None, int]:
    """The innermost frame of the user's that an error came through, and where it was."""
    found: tuple[FrameType | None, int] = (None, 0)
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if owner_of(code) is Owner.USER and not of_dataclass(code):
            found = step.tb_frame, step.tb_lasti
        step = step.tb_next
    return found


def _is_raised_there(error: BaseException, frame: FrameType) -> bool:
    """Whether a `raise` in the frame's text raised it, and nothing that the text calls."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    if step is None or step.tb_frame is not frame:
        return False
    return dis.opname[frame.f_code.co_code[step.tb_lasti]] == "RAISE_VARARGS"


def _has_authors_words(error: Exception) -> bool:
    """Whether it is a warning, or holds a text of a circuit's value, and is none of our faults.

    Only an author's line makes such a text: Python or a library that does it by itself is refused.
    """
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    if step is None or owner_of(step.tb_frame.f_code) is Owner.OURS:
        return False
    is_text = any(isinstance(x, str) and OF_A_CIRCUIT in x for x in error.args)
    return is_text or isinstance(error, Warning)


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a class of somebody's
        return ""


def _of_expression(error: Exception, spot: Spot) -> Advice | None:
    """Of an expression with a circuit's values in it, which Python or a library cannot compute."""
    node = spot.node
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and part.attr in OF_THE_VALUE:
            owner = spot.value_of(part.value)
            if isinstance(owner, Signal):
                return Advice(
                    shown(part),
                    "reads what zkpipe keeps of a value for itself.",
                    KNOWN_LATER.format(x=shown(part.value) or "x"),
                )
    if isinstance(node, ast.Call):
        return _of_call(error, spot, node)
    if isinstance(node, ast.Attribute) and isinstance(spot.value_of(node.value), Signal):
        return Advice(
            shown(node),
            "sets an attribute of a circuit's value, which has none of its own.",
            "Keep it in a variable, or in a field of a dataclass.",
        )
    if isinstance(node, ast.Subscript):
        return _of_item(error, spot, node)
    if isinstance(node, ast.BinOp | ast.Compare | ast.AugAssign):
        return _of_operands(error, spot, node)
    return None


def _of_item(error: Exception, spot: Spot, node: ast.Subscript) -> Advice | None:
    """Of values[i], where values is a list of a circuit's values or none."""
    values = _value(spot, node.value)
    if isinstance(values, Signal):
        return Advice(shown(node), *Need.ITEMS.value)
    if not isinstance(values, list | tuple) or not holds_signals(values):
        return None
    if isinstance(error, IndexError):
        return Advice(
            shown(node),
            f"takes an item that the list does not have: its length is {len(values)}.",
            f"Indices go from 0 to {len(values) - 1}.",
        )
    if isinstance(node.slice, ast.Tuple):
        fix = f"Write {shown(node.value) or 'values'}[i][j] for a list of lists."
    else:
        fix = "Give a whole number; of a record or a dict take a field by its name."
    return Advice(shown(node), "takes an item of a list by something else than a place.", fix)


def _of_call(error: Exception, spot: Spot, node: ast.Call) -> Advice | None:
    called = spot.value_of(node.func)
    if isinstance(called, Signal):
        name = shown(node.func)
        return Advice(
            spot.text,
            f"calls `{name}`, which is {called.kind()} here, and no function.",
            f"If a function is called `{name}` too, give one of the two another name.",
        )
    wrong = _of_ours(error, called, node)
    if wrong is not None:
        return Advice(spot.text, *wrong)
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    values = [_value(spot, x.value if isinstance(x, ast.Starred) else x) for x in given]
    holding = [value for value in values if holds_signals(value)]
    if not holding and _is_of_library(error):  # np.linalg.inv(np.array([a, b]))
        parts = [_value(spot, part) for x in given for part in ast.walk(x)]
        holding = [value for value in parts if holds_signals(value)]
    if not _OURS.search(_text(error)) and not (
        isinstance(error, TypeError) and holding and not _is_of_user(called)
    ):
        return None
    signal = next((value for value in holding if isinstance(value, Signal)), None)
    return of_call(spot, node, Need.PLAIN, kind_of(signal))


def _of_ours(error: Exception, function: object, node: ast.Call) -> tuple[str, str] | None:
    """What is wrong with a call of ours that has other arguments than the function takes."""
    if not isinstance(error, TypeError):
        return None
    if isinstance(function, type) and is_dataclass(function):
        names = ", ".join(field.name for field in fields(function))
        return "makes a record with other fields than it has.", f"Give its fields: {names}."
    if not isinstance(function, FunctionType):
        return None
    parameters = signature(function).parameters.values()
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    if owner_of(function.__code__) is not Owner.OURS or (
        step is not None and owner_of(step.tb_frame.f_code) is Owner.OURS
    ):
        return None  # it ran
    needed = ", ".join(
        f"*{x.name}"
        if x.kind is x.VAR_POSITIONAL
        else x.name
        if x.default is x.empty
        else f"{x.name}=..."
        for x in parameters
    )
    name = function.__name__
    fix = f"Write {name}({needed})."
    lists = any(isinstance(x, ast.List | ast.ListComp | ast.Starred) for x in node.args)
    if len(parameters) == 1 and len(node.args) > 1 and not lists:
        fix = written(
            ast.Call(node.func, [ast.List(node.args)], []), f"Give one list: {name}([a, b, c])."
        )
    return f"calls {name}() with other arguments than it takes.", fix


def _is_of_library(error: BaseException) -> bool:
    """Whether a library raised it, and not the user's line by itself."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return step is not None and owner_of(step.tb_frame.f_code) is Owner.LIBRARY


def _is_of_user(function: object) -> bool:
    """Whether it is the user's own function, which they called with other arguments than it has."""
    code = getattr(getattr(function, "__init__", None), "__code__", None)
    code = getattr(function, "__code__", code)
    return code is not None and owner_of(code) is Owner.USER


def _of_operands(
    error: Exception, spot: Spot, node: ast.BinOp | ast.Compare | ast.AugAssign
) -> Advice | None:
    """Of an operator beside a list that holds values of the circuit."""
    if isinstance(node, ast.BinOp):
        sides = [node.left, node.right]
    elif isinstance(node, ast.AugAssign):
        sides = [node.target, node.value]
    else:
        sides = [node.left, *node.comparators]
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
        if not _OURS.search(_text(error)):
            return None
        return Advice(
            shown(node),
            "looks for a circuit's value in what holds none.",
            "Write member(x, [1, 2, 3]).",
        )
    values = [_value(spot, side) for side in sides[:2]]
    if not isinstance(error, TypeError) or not any(map(holds_signals, values)):
        return None
    lists = [isinstance(value, list | tuple) for value in values]
    names = [ast.Name("x"), ast.Name("y")]
    x, y = (
        name if is_list else side for name, is_list, side in zip(names, lists, sides, strict=False)
    )
    item = (
        ast.Compare(x, node.ops, [y]) if isinstance(node, ast.Compare) else ast.BinOp(x, node.op, y)
    )
    texts = [shown(side) for side in sides]
    if all(lists[:2]):
        loop = f"for x, y in zip({texts[0]}, {texts[1]}, strict=True)"
    else:
        loop = f"for {'x' if lists[0] else 'y'} in {texts[0] if lists[0] else texts[1]}"
    return Advice(
        shown(node),
        "computes with a list of a circuit's values as with a number.",
        f"Work on it item by item: [{shown(item)} {loop}].",
    )


def _value(spot: Spot, node: ast.AST) -> object:
    """What a name stands for, or a list of names."""
    if isinstance(node, ast.List | ast.Tuple):
        return [_value(spot, item) for item in node.elts]
    return spot.value_of(node)
