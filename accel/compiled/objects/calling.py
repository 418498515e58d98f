"""Calling machine code as numba's own calls it, without numba.

    int status(result *, exception **, arguments taken to pieces ...)

The GIL is released while it runs, as numba does for these kernels. A status other than the two good
ones says that the kernel raised: then what `exception` points to is looked up among those that were
found when the kernel was linked.

C types stand as letters of the struct module: q i h b for integers, ? for a boolean, P for an
address. A result is a letter; nothing for None; for a tuple, its members in parentheses.

Source: numba.core.callconv, CPUCallConv.
"""

from __future__ import annotations

import builtins
import ctypes
from collections.abc import Mapping
from functools import cache
from typing import Any

from zkpipe.accel.compiled.objects.arguments import pieces

C_TYPES: dict[str, Any] = {
    "q": ctypes.c_int64,
    "Q": ctypes.c_uint64,
    "i": ctypes.c_int32,
    "I": ctypes.c_uint32,
    "h": ctypes.c_int16,
    "H": ctypes.c_uint16,
    "b": ctypes.c_int8,
    "B": ctypes.c_uint8,
    "?": ctypes.c_bool,
    "P": ctypes.c_void_p,
}
OK, NONE = 0, -2  # statuses
Raised = Mapping[int, tuple[str, tuple[Any, ...]]]  # by addresses


class Bound:
    """A kernel for one list of types, ready to be called."""

    __slots__ = ("_function", "_pieces", "_raised", "_result")

    def __init__(
        self, address: int, letters: str, result: str, raised: Raised, arguments: tuple[Any, ...]
    ) -> None:
        """The machine code at an address.

        letters, result  its C types, without the first two arguments
        raised           what it may raise
        arguments        some that it is called with
        """
        types = (C_TYPES[letter] for letter in letters)
        pointer = ctypes.c_void_p
        self._function = ctypes.CFUNCTYPE(ctypes.c_int32, pointer, pointer, *types)(address)
        self._result = result_type(result)
        self._raised = raised
        self._pieces = pieces(arguments)

    def __call__(self, arguments: tuple[Any, ...]) -> Any:
        """Call it. Raises what the kernel raises."""
        flat: list[Any] = []
        for piece, value in zip(self._pieces, arguments, strict=True):
            piece(value, flat)
        result, exception = self._result(), ctypes.c_void_p()
        status = self._function(ctypes.addressof(result), ctypes.addressof(exception), *flat)
        if status == OK:
            return None if self._result is _Nothing else _plain(result.value)
        if status == NONE:
            return None
        raise self._exception(status, exception.value)

    def _exception(self, status: int, address: int | None) -> BaseException:
        name, values = self._raised.get(address or 0, ("", ()))
        kind = getattr(builtins, name, None)
        if isinstance(kind, type) and issubclass(kind, Exception):
            return kind(*values)
        return SystemError(f"a kernel ended with the unknown status {status}")


class _Nothing(ctypes.Structure):
    """Room for a result that is None: kernels write a null pointer there."""

    _fields_ = (("value", ctypes.c_void_p),)


@cache
def result_type(letters: str) -> type[ctypes.Structure]:
    """The C type with a field `value` for a result. Raises ValueError for what is none."""
    if not letters:
        return _Nothing
    kind, rest = _parse(letters)
    if rest:
        raise ValueError(f"{letters!r} is no type of a result")
    return type("_Result", (ctypes.Structure,), {"_fields_": (("value", kind),)})


def _parse(letters: str) -> tuple[Any, str]:
    """The C type at the beginning of a text, and the rest."""
    if letters[:1] == "(":
        members: list[tuple[str, Any]] = []
        rest = letters[1:]
        while rest[:1] != ")":
            member, rest = _parse(rest)
            members.append((f"m{len(members)}", member))
        return type("_Tuple", (ctypes.Structure,), {"_fields_": tuple(members)}), rest[1:]
    if letters[:1] not in C_TYPES or letters[:1] == "P":
        raise ValueError(f"{letters!r} begins with no type of a result")
    return C_TYPES[letters[0]], letters[1:]


def _plain(value: Any) -> Any:
    if isinstance(value, ctypes.Structure):
        return tuple(_plain(getattr(value, name)) for name, *_ in value._fields_)
    return value
