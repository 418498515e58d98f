"""What stands in annotations for a type, and is none of a circuit: what to use instead."""

from __future__ import annotations

import dataclasses
import re
import typing
from enum import Enum

import numpy as np

from zkpipe.circuits.language.values.refusals import NotPlain
from zkpipe.ground.kinds import describe, whole_number

_INSTEAD = {
    "int": "Use UInt[32], Int[32] or Field.",
    "bool": "Use Bool.",
    "float": "Use Fixed[32, 16].",
    "Decimal": "Use zkpipe's Decimal[12, 2], with the digits and those behind the point.",
    "complex": "Use a dataclass of two Fixed[32, 16].",
    **dict.fromkeys(("str", "bytes", "bytearray"), "Use Array[UInt[8], n], with its length."),
    **dict.fromkeys(("list", "set", "ndarray", "Sequence"), "Use Array[T, n], with its length."),
    **dict.fromkeys(
        ("Union", "UnionType"), "Use one type, and a Bool beside it if the value may be missing."
    ),
    **dict.fromkeys(("dict", "Mapping"), "Use a dataclass with a type for each field."),
    "Literal": "Use UInt[n], and in the circuit check(member(x, [1, 2])).",
    "NewType": "Use the type itself.",
    "TypeVar": "Use one type: a circuit is compiled for types that are known.",
}
_OTHERWISE = "Use Field, Bool, UInt[n], Int[n], Fixed[n, f], Array[T, n] or a dataclass of them."


def _class_of(value: object) -> type:
    """The class that it is, or is of; of Union[...] and the like that of their forms."""
    found = typing.get_origin(value) or value
    return found if isinstance(found, type) else type(found)


def named(value: object) -> str:
    """What stands for a type, in a sentence."""
    if isinstance(value, str):
        return "a text in quotes"
    if isinstance(value, int | float | tuple | list | dict):
        return describe(value)
    if isinstance(value, NotPlain):
        return "a value of the circuit"
    return _name_of(value)


def _name_of(value: object) -> str:
    form = typing.get_origin(value)
    if form is not None and not isinstance(form, type):  # Union, Literal
        return str(getattr(form, "__name__", None) or getattr(form, "_name", form))
    return _class_of(value).__name__


def instead_of_type(value: object) -> str:
    """What to write in place of what is no type of a circuit."""
    if isinstance(value, str):
        return "Leave out the quotes, or put them around the whole annotation."
    if isinstance(value, bool | float):
        return _OTHERWISE
    bits = whole_number(value) if isinstance(value, int) else None
    if bits is not None:
        return f"Write UInt[{bits}] for a number of {bits} bits." if 0 < bits < 254 else _OTHERWISE
    if isinstance(value, tuple):
        return "Give one type: Array[T, n] for a list, a dataclass for several."
    class_ = _class_of(value)
    name = _name_of(value)
    if class_ is tuple:
        return "Use Array[T, n] for values of one type, or a dataclass."
    if issubclass(class_, np.generic):
        return _of_numpy(name)
    if issubclass(class_, Enum):
        return (
            "Use UInt[n], wide enough for the members' values, and compare with a member's value."
        )
    if dataclasses.is_dataclass(class_):
        return "Write a dataclass without type variables: its fields have types of a circuit."
    if name in _INSTEAD:
        return _INSTEAD[name]
    if isinstance(value, type) and vars(class_).get("__annotations__"):
        return f"Make it a dataclass: write @dataclass above `class {name}:`, without a base class."
    return _OTHERWISE


def _of_numpy(name: str) -> str:
    width = re.fullmatch("(u?)int([0-9]+)", name)
    if width:
        return f"Use {'U' if width[1] else ''}Int[{width[2]}]."
    return "Use Bool." if name.startswith("bool") else "Use Fixed[32, 16]."
