"""What to write instead of an attribute or a method that a circuit's value does not have.

Newcomers look for those of Python's int, of numpy's arrays, and of other circuit languages.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cached_property
from types import FunctionType

import numpy as np

from zkpipe.circuits.language.suggestions.calls import BITS, instead_of, name_of
from zkpipe.circuits.language.suggestions.needs import Advice, Kind
from zkpipe.circuits.language.text.frames import Owner, owner_of
from zkpipe.circuits.language.text.syntax import Spot, shown
from zkpipe.circuits.language.values.signal import Signal
from zkpipe.circuits.language.values.structure import fields_of, is_record

# Attributes that zkpipe alone reads.
OF_THE_VALUE = ("payload", "low", "high", "engine", "interval", "moved")
KNOWN_LATER = (
    "Compute with {x} itself: it has a value only when a witness is solved, and error.explain() "
    "shows it where a check fails."
)
COMPUTED = (property, cached_property)
_SINGLE = "It is a single value: leave out .{name}, or declare an Array[T, n]."
_ITSELF = "Leave out .{name}, and write {x}."
_WIDTH = "The width stands in its type: take the n of UInt[n]."
_NARROWED = "Write narrow({x}, UInt[n]), which checks the range."
_INVERSE = "Take the inverse from a hint, and check(inverse * {x} == 1)."
_CHOOSE = "Choose with select(condition, if_true, if_false)."

_ADVICE: Mapping[str, str] = {  # {x} is the value, {name} the attribute
    **dict.fromkeys(("value", "val", "data", "item", "get", "numpy"), KNOWN_LATER),
    **dict.fromkeys(("shape", "ndim", "size", "T", "dtype", "tolist", "flatten"), _SINGLE),
    **dict.fromkeys(("append", "index", "count", "sum", "mean", "keys", "items"), _SINGLE),
    **dict.fromkeys(("real", "numerator", "conjugate", "copy"), _ITSELF),
    **dict.fromkeys(("bit_length", "width", "nbits"), _WIDTH),
    **dict.fromkeys(("bits", "to_bits"), BITS),
    "bit_count": "Write sum(zkpipe.circuits.gadgets.to_bits({x}, n)).",
    **dict.fromkeys(("astype", "cast", "narrow"), _NARROWED),
    **dict.fromkeys(("inverse", "inv", "reciprocal"), _INVERSE),
    **dict.fromkeys(("select", "choose", "if_else", "where"), _CHOOSE),
    **dict.fromkeys(("is_zero", "isZero"), "Write {x} == 0."),
    **dict.fromkeys(("not_", "negate", "logical_not"), "Write ~{x}."),
    **dict.fromkeys(("imag", "denominator"), "Leave out .{name}: a value is not a complex number."),
    **dict.fromkeys(("eq", "equals", "assert_eq", "assert_equal"), "Write check({x} == y)."),
    **dict.fromkeys(("upper", "lower", "encode", "strip", "split"), "A circuit has no texts."),
}
_OTHERWISE = (
    "A value has Python's operators, and the functions of zkpipe.circuits and its gadgets take it."
)


def _fix(x: str, name: str, kind: Kind) -> str:
    """What to do about an attribute that a single value does not have; x is its text."""
    fix = _ADVICE.get(name) or instead_of(name, x, kind) or _OTHERWISE
    return fix.format(x=x, name=name)


_ARRAY = {  # of numpy's arrays, which newcomers take lists for
    "sum": "Write sum({x}).",
    "max": "Write maximum({x}).",
    "min": "Write minimum({x}).",
    "shape": "Write len({x}).",
    "size": "Write len({x}).",
    "length": "Write len({x}).",
    "T": "Write list(zip(*{x})).",
    "tolist": "Leave out .tolist(): it is a list already.",
}


def of_missing(error: AttributeError, spot: Spot | None) -> Advice | None:
    """Of `value.name` where a value, a list of values or a record of the circuit has none."""
    owner, name = error.obj, error.name
    if not isinstance(name, str) or (spot is not None and _sets(spot)):
        return None
    node = None if spot is None else spot.node
    if isinstance(node, ast.Call):  # before Python 3.12 a method is looked for by its call
        node = node.func
    is_here = isinstance(node, ast.Attribute) and node.attr == name
    x = (shown(node.value) if isinstance(node, ast.Attribute) and is_here else None) or "x"
    about = shown(node) if is_here else None
    if isinstance(owner, Signal):
        return Advice(
            about,
            f"looks for `{name}`, which {owner.kind()} does not have.",
            _fix(x, name, kind_of(owner)),
        )
    if isinstance(owner, FunctionType) and owner_of(owner.__code__) is Owner.OURS:
        called = owner.__name__
        return Advice(
            about,
            f"looks for `{name}`, which the function {called} does not have.",
            f"Call it: {called}(...).",
        )
    names = list(getattr(owner, "_fields", ())) if isinstance(owner, tuple) else []
    if is_record(owner):
        members = [field for field, _ in fields_of(owner)]
        members += [n for n, is_ in vars(type(owner)).items() if isinstance(is_, COMPUTED)]
        names = [member for member in members if not member.startswith("_")]
    if names and holds_signals(owner):
        near = get_close_matches(name, names, 1)
        return Advice(
            about,
            f"looks for `{name}`, which the record {type(owner).__name__} does not have.",
            f"Did you mean `{near[0]}`?" if near else f"Its fields are {', '.join(names)}.",
        )
    if isinstance(owner, list | tuple) and holds_signals(owner):
        fix = (
            _ARRAY.get(name)
            or instead_of(name, "x", kind_of(None))
            or ("np.array({x}) makes an array of numpy's." if hasattr(np.ndarray, name) else None)
        )
        if fix is not None:
            return Advice(
                about,
                f"looks for `{name}`, but an Array of a circuit is a list of Python's.",
                fix.format(x=x),
            )
    return None


def _sets(spot: Spot) -> bool:
    """Whether an attribute is set or deleted: as of Python 3.13 these errors have a name too."""
    if isinstance(spot.node, ast.Call):
        return name_of(spot.node.func).strip("_") in ("setattr", "delattr")
    return spot.operation in ("STORE_ATTR", "DELETE_ATTR")


def kind_of(value: object) -> Kind:
    """What of a value the advice depends on."""
    if isinstance(value, Signal):
        is_signed = value.low is not None and value.low < 0
        return Kind(value.is_flag, value.scale is not None, value.low is None, is_signed)
    return Kind(False, False)


def holds_signals(value: object, depth: int = 4) -> bool:
    """Whether it is a circuit's value, or a list or a record with one in it."""
    if isinstance(value, Signal):
        return True
    if depth and isinstance(value, list | tuple):
        return any(holds_signals(item, depth - 1) for item in value)
    if depth and isinstance(value, np.ndarray) and value.dtype == object:
        return any(holds_signals(item, depth - 1) for item in value.flat)
    return bool(depth) and is_record(value) and holds_signals([x for _, x in fields_of(value)])
