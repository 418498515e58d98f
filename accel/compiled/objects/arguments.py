"""The arguments of kernels as numba sees them, told without numba: types choose the machine code.

    quick_key(arguments)   what tells types apart, made quickly; None if only numba can tell
    types_text(arguments)  the names of their types, as numba writes them
    pieces(arguments)      for each, the function that appends what the machine code takes

Known are arrays of numbers or of records of these, Python's and numpy's integers and booleans,
tuples of these, with names or without, and our own objects, which have an `address`, a `length`
and a `type_name` (Elements, Rows, PreparedConstants).

An array is seven arguments and more: two null pointers, for its memory is numpy's, the number of
its items, their size, the address, and its shape and strides.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from zkpipe.ground.process.memory import C_ORDER, WRITABLE, address_of

Key = tuple[Any, ...]
Piece = Callable[[Any, list[Any]], None]

NUMBERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
ITEMS = {np.dtype(name): name for name in (*NUMBERS, "bool")}  # in this machine's byte order
SCALARS: dict[type, str] = {getattr(np, name): name for name in NUMBERS}
SCALARS |= {bool: "bool", np.bool_: "bool"}
FORTRAN_ORDER = 2  # a flag of an array
LEAST, MOST = -(1 << 63), (1 << 63) - 1  # of what numba takes for an int64


def quick_key(arguments: tuple[Any, ...]) -> Key | None:
    """What tells the types of arguments apart: equal keys are of equal types."""
    key: list[Any] = []
    for value in arguments:
        kind = type(value)
        if kind is np.ndarray:
            item = _item(value.dtype)
            if item is None:
                return None
            flags = value.flags.num & (C_ORDER | FORTRAN_ORDER | WRITABLE)
            key.append((item, value.ndim, flags))
        elif kind is int:
            if not LEAST <= value <= MOST:
                return None
            key.append(int)
        elif kind in SCALARS:
            key.append(SCALARS[kind])
        elif kind is tuple:
            inner = quick_key(value)
            if not inner:  # numba has no use for an empty one either
                return None
            key.append(inner)
        elif is_named(kind):
            inner = quick_key(tuple(value))
            if not inner:
                return None
            key.append((kind, inner))
        else:
            name = getattr(value, "type_name", None)
            if name is None:
                return None
            key.append((name,))
    return tuple(key)


def _item(dtype: np.dtype[Any]) -> str | None:
    """numba's name for what an array is of; None for what is left to numba."""
    if dtype.names is None:
        return ITEMS.get(dtype)
    return _record(dtype, dtype.isalignedstruct)  # dtypes may be equal, one of them aligned


@cache
def _record(dtype: np.dtype[Any], is_aligned: bool) -> str | None:
    """The name of a record of numbers, and of arrays of these."""
    texts = []
    fields = sorted(
        (dtype.fields or {}).items(), key=lambda field: field[1][1]
    )  # as numba has them
    for name, (kind, offset, *title) in fields:
        text = ITEMS.get(kind.base)
        if text is None or title:
            return None
        if kind.shape:
            text = f"nestedarray({text}, {kind.shape})"
        texts.append(f"{name}[type={text};offset={offset}]")
    return f"Record({','.join(texts)};{dtype.itemsize};{is_aligned})"


def types_text(arguments: tuple[Any, ...]) -> str:
    """The types of arguments that have a quick key."""
    return ", ".join(map(_type_text, arguments))


def _type_text(value: Any) -> str:
    kind = type(value)
    if kind is np.ndarray:
        flags, dtype = value.flags.num, value.dtype
        order = "C" if flags & C_ORDER else "F" if flags & FORTRAN_ORDER else "A"
        frozen = "" if flags & WRITABLE else "readonly "
        apart = "" if dtype.names is None or dtype.isalignedstruct else "unaligned "
        return f"{apart}{frozen}array({_item(dtype)}, {value.ndim}d, {order})"
    if kind is int:
        return "int64"
    if kind in SCALARS:
        return SCALARS[kind]
    if kind is tuple:
        return tuple_text([_type_text(member) for member in value])
    if is_named(kind):
        return named_text(kind, [_type_text(member) for member in value])
    return str(value.type_name)


def is_named(kind: type) -> bool:
    """Whether a class is of named tuples."""
    return issubclass(kind, tuple) and hasattr(kind, "_fields")


def named_text(kind: type, members: list[str]) -> str:
    """The type of a named tuple, by its class and the types of its members."""
    return f"{kind.__module__}.{kind.__qualname__}({', '.join(members)})"


def tuple_text(members: list[str]) -> str:
    """The type of a tuple, by those of its members."""
    if len(set(members)) == 1:
        return f"UniTuple({members[0]} x {len(members)})"
    return f"Tuple({', '.join(members)})"


def pieces(arguments: tuple[Any, ...]) -> list[Piece]:
    """How to take each of these arguments, and others of the same types, to pieces."""
    return [_piece(value) for value in arguments]


def _piece(value: Any) -> Piece:
    kind = type(value)
    if kind is np.ndarray:
        return _array
    if kind is int or kind in SCALARS:
        return _number
    if kind is tuple or is_named(kind):
        inner = pieces(value)

        def members(value: Any, out: list[Any]) -> None:
            for piece, member in zip(inner, value, strict=True):
                piece(member, out)

        return members
    return _own


def _array(value: Any, out: list[Any]) -> None:
    size, item, address = value.size, value.itemsize, address_of(value)
    out += (None, None, size, item, address, *value.shape, *value.strides)


def _number(value: Any, out: list[Any]) -> None:
    out.append(int(value))


def _own(value: Any, out: list[Any]) -> None:
    out += (value.address, value.length)
