"""What is given to a function: whole numbers, lists, paths. One rule for every package.

    whole number   an int or one of numpy's integers, also as an array without dimensions
    Bool           a bool or one of numpy's, where a Bool is asked for; else it is no number
    list           a list, tuple, range or another sequence, in its order; an array of numpy's, or
                   what turns itself into a list as arrays do (`tolist`: pandas' and pyarrow's
                   columns). Not text, not bytes, and nothing without an order: no set, no dict;
                   no iterator, which can be read only once
    path           a text or an os.PathLike

Dates and lengths of time are no numbers: whether they count nanoseconds or days is a guess.
"""

from __future__ import annotations

import datetime
import math
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from numbers import Integral
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

import numpy as np

from zkpipe.ground.errors import KindError, ZkpipeError

T = TypeVar("T")

_DATES = (datetime.date, datetime.time, np.datetime64)
_TIMES = (datetime.timedelta, np.timedelta64)
MOST = 1 << 24  # entries that are read of what does not say how many it may have
_SHOWN = 10**80
_LONGEST_NAME = 80  # characters of a class's name
_LONGEST_TEXT = 80  # characters of a text that are shown
_BOOLS = (bool, np.bool_)
_WHOLE = (np.integer, np.bool_, Integral)
_NO_LISTS = (np.generic, str, bytes, bytearray, memoryview, type)
_NO_ENTRIES = (*_NO_LISTS[:-1], Mapping, np.ndarray)
_NUMBERS = "biufO"  # kinds of numpy's arrays whose entries become Python's own numbers
_WORDS = {"NoneType": "None", "str": "a text", "bytes": "bytes", "list": "a list", "dict": "a dict"}


def is_of(value: object, kind: type[T]) -> TypeGuard[T]:
    """Whether it is of a class, by its type: its `__class__`, which isinstance asks, may lie."""
    return issubclass(type(value), kind)


def is_masked(value: object) -> bool:
    """Whether it is an array of numpy's with a mask.

    numpy loads their module, for 10 ms, when it is first named. Without it there is no such array.
    """
    return is_of(value, getattr(sys.modules.get("numpy.ma"), "MaskedArray", _Nothing))


class _Nothing:
    """What no value is."""


def integer(value: object) -> int | None:
    """The int that a whole number or a Bool is; None for anything else."""
    if is_of(value, int):
        return int.__int__(value)
    if is_of(value, np.ndarray):
        alone = _alone(value)
        return None if is_of(alone, np.ndarray) else integer(alone)
    if not issubclass(type(value), _WHOLE) or is_of(value, np.timedelta64):
        return None
    try:
        return int(value)  # type: ignore[call-overload,no-any-return] # as Integral has it
    except Exception:  # noqa: BLE001 - a class of somebody's
        return None


def _alone(array: Any) -> object:
    """What an array without dimensions holds; the array itself if it has some, or holds itself."""
    try:
        return array if array.ndim else array[()]
    except Exception:  # noqa: BLE001 - a class of somebody's
        return array


def is_bool(value: object) -> bool:
    """Whether it is a bool or one of numpy's."""
    if is_of(value, np.ndarray):
        value = _alone(value)
    return issubclass(type(value), _BOOLS)


def whole_number(value: object) -> int | None:
    """The int that a whole number is; None for anything else, a bool too."""
    return None if is_bool(value) else integer(value)


def items(value: object) -> list[object] | tuple[object, ...] | range | None:
    """The entries of a list in its order; None for what is none. See the module for what is one.

    They are Python's own list, tuple or range: as given, or else a copy, because another class may
    answer otherwise each time, or without end. Whoever reads a list twice copies it first.

    Raises KindError for an array, or another sequence, of more than MOST values.
    """
    kind = type(value)
    if kind is list or kind is tuple or kind is range:
        if kind is range and value[sys.maxsize :]:  # type: ignore[index] # len() would not count it
            raise _too_many()
        return value  # type: ignore[return-value] # one of these
    if issubclass(kind, _NO_LISTS):
        return None
    to_list = getattr(kind, "tolist", None)
    try:
        if is_of(value, np.ndarray):
            return _entries_of_array(value)
        if to_list is None or issubclass(kind, Sequence):
            return _entries(value)
        return _entries(to_list(value))
    except ZkpipeError:
        raise
    except Exception:  # noqa: BLE001 - a class of somebody's
        return None


def _entries_of_array(array: Any) -> list[object] | None:
    if not array.ndim:
        return None
    if array.size > MOST:  # a view of one number may have any size
        raise _too_many()
    return _entries(array.tolist() if array.dtype.kind in _NUMBERS else list(array))


def _entries(value: object) -> list[object] | None:
    """A copy of a sequence; None if its length is not that of its entries."""
    if not is_of(value, Sequence):  # type: ignore[type-abstract] # what registers as one, too
        return None
    count = len(value)
    if count > MOST:
        raise _too_many()
    entries = value if type(value) is list else list(islice(iter(value), count + 1))
    return entries if len(entries) == count else None


def _too_many() -> KindError:
    return KindError(f"More than {MOST} values are given.", "Give fewer.")


def unordered(value: object) -> list[object] | None:
    """The entries of a list, a set or an iterator: for functions that order means nothing to.

    None for a dict, whose values would be left out, for text and bytes, and what has no entries.

    Raises KindError if there are more than MOST.
    """
    entries: Sequence[object] | None = items(value)
    kind = type(value)
    if entries is None and issubclass(kind, Iterator):
        entries = list(islice(value, MOST + 1))  # type: ignore[call-overload] # what it raises, too
    elif entries is None and issubclass(kind, Iterable) and not issubclass(kind, _NO_ENTRIES):
        try:
            entries = list(islice(iter(value), MOST + 1))  # type: ignore[call-overload] # tried
        except ZkpipeError:
            raise
        except Exception:  # noqa: BLE001 - a class of somebody's
            return None
    if entries is None:
        return None
    if len(entries) > MOST:
        raise _too_many()
    return list(entries)


def describe(value: object) -> str:
    """A kind of thing, for messages: never its value."""
    kind = type(value)
    if issubclass(kind, _DATES):
        return "a date"
    if issubclass(kind, _TIMES):
        return "a length of time"
    if is_of(value, np.ndarray):
        name = "a MaskedArray" if is_masked(value) else "an array"
        return f"{name} of {_kind_of_entries(_dtype(value))}"
    name = kind.__name__
    if not name.isidentifier() or len(name) > _LONGEST_NAME:  # of `type(name, ...)`
        return "an object"
    return _WORDS.get(name, f"{'an' if name[:1] in 'aeiouAEIOU' else 'a'} {name}")


def _kind_of_entries(dtype: np.dtype[Any]) -> str:
    return {"M": "dates", "m": "lengths of time", "O": "objects", "V": "records"}.get(
        dtype.kind, str(dtype)
    )


def _dtype(array: np.ndarray) -> np.dtype[Any]:
    """Of an array, whatever its class says of itself."""
    dtype: np.dtype[Any] = np.ndarray.view(array, np.ndarray).dtype
    return dtype


def shown_number(number: int) -> str:
    """An integer for a message: Python writes none of thousands of digits, and nobody reads one."""
    return str(number) if abs(number) < _SHOWN else f"a number of {number.bit_length()} bits"


def shown_text(value: object) -> str:
    """A text for a message, its beginning if it is long; of another value its kind."""
    if not is_of(value, str):
        return describe(value)
    text = str.__str__(value)
    return ascii(text) if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]!a}..."


def is_date(value: Any) -> bool:
    """Whether it is a date or a length of time, which may be meant as a number of something."""
    return issubclass(type(value), (*_DATES, *_TIMES)) or (
        is_of(value, np.ndarray) and _dtype(value).kind in "mM"
    )


DATES = "Give the number that is meant: whole days or seconds since a day that you choose."


# --- refusals


def wrong_kind(function: str, name: str, value: object, wanted: str, fix: str) -> KindError:
    """The error for an argument of another kind than a function takes.

    wanted  with its article: "a ProvingKey"
    """
    return KindError(
        f"{function} takes {wanted} for `{name}`, and was given {describe(value)}.", fix
    )


def require(function: str, name: str, value: object, kind: type[T], fix: str) -> T:
    """The value, if it is of the kind. Raises KindError for any other."""
    if not is_of(value, kind):
        word = kind.__name__
        wanted = f"{'an' if word[:1] in 'AEIOU' else 'a'} {word}"
        raise wrong_kind(function, name, value, wanted, fix)
    return value


def require_whole(
    function: str, name: str, value: object, least: int = 0, most: int | None = None
) -> int:
    """The int that a whole number is, if it is from `least` to `most`. Raises KindError."""
    number = whole_number(value)
    if number is None or number < least or (most is not None and number > most):
        given = describe(value) if number is None else "another"
        reach = f"from {least}" if most is None else f"from {least} to {most}"
        raise KindError(
            f"{function} takes a whole number {reach} for `{name}`, and was given {given}.",
            DATES if is_date(value) else f"Give a whole number {reach}.",
        )
    return number


def require_real(function: str, name: str, value: object) -> float:
    """The float that a whole number or a float is; no bool, no text. Raises KindError.

    Infinities and what is no number (NaN) are floats; an int that no float holds is infinite.
    """
    number = whole_number(value)
    if number is not None:
        if abs(number) <= sys.float_info.max:
            return float(number)
        return math.inf if number > 0 else -math.inf
    if issubclass(type(value), (float, np.floating)):
        with suppress(Exception):  # a class of somebody's
            return float(value)  # type: ignore[arg-type] # as a float has it
    raise wrong_kind(function, name, value, "a number", "Give a number.")


def require_text(function: str, name: str, value: object) -> str:
    """The text, as Python's own. Raises KindError for anything else."""
    if not is_of(value, str):
        raise wrong_kind(function, name, value, "a text", "Give a text.")
    return str.__str__(value)


def require_list(
    function: str, name: str, value: object, of: str, most: int = MOST
) -> list[object] | tuple[object, ...] | range:
    """The entries of a list of at most so many. Raises KindError for anything else.

    of  what they are, for people: "proofs"
    """
    entries = items(value)
    if entries is None:
        fix = f"Give a list or a tuple of {of}, in their order."
        raise wrong_kind(function, name, value, f"a list of {of}", fix)
    if len(entries) > most:
        raise KindError(
            f"{function} takes at most {most} {of} for `{name}`, and was given {len(entries)}.",
            "Give fewer.",
        )
    return entries


def require_path(function: str, name: str, value: object) -> Path:
    """The path that a text or an os.PathLike names. Raises KindError for anything else."""
    text = value
    if not is_of(value, str):
        with suppress(Exception):  # a class of somebody's
            text = os.fspath(value)  # type: ignore[call-overload] # tried
    if not is_of(text, str):
        raise wrong_kind(function, name, value, "a path", "Give a text or a pathlib.Path.")
    return Path(str.__str__(text))
