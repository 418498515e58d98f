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
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from numbers import Integral
from pathlib import Path
from typing import TypeGuard, TypeVar

import numpy as np

from accel.errors import KindError, ZkpipeError

T = TypeVar("T")

_DATES = (datetime.date, datetime.time, np.datetime64)
_TIMES = (datetime.timedelta, np.timedelta64)
MOST = 1 << 24  # entries that are read of what does not say how many it may have
_SHOWN = 10**80
_NUMBERS = "biufO"  # kinds of numpy's arrays whose entries become Python's own numbers
_WORDS = {"NoneType": "None", "str": "a text", "bytes": "bytes", "list": "a list", "dict": "a dict"}


def integer(value: object) -> int | None:
    """The int that a whole number or a Bool is; None for anything else."""
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, np.integer | np.bool_):
        return None if isinstance(value, np.timedelta64) else int(value)
    if isinstance(value, np.ndarray):
        return None if value.ndim else integer(value[()])
    if not isinstance(value, Integral):
        return None
    try:
        return int(value)
    except Exception:  # noqa: BLE001 - a class of somebody's
        return None


def is_bool(value: object) -> bool:
    """Whether it is a bool or one of numpy's."""
    if isinstance(value, np.ndarray) and not value.ndim:
        value = value[()]
    return isinstance(value, bool | np.bool_)


def whole_number(value: object) -> int | None:
    """The int that a whole number is; None for anything else, a bool too."""
    return None if is_bool(value) else integer(value)


def items(value: object) -> Sequence[object] | None:
    """The entries of a list in its order; None for what is none. See the module for what is one.

    Nothing is copied of a sequence: whoever reads it twice copies it first.
    """
    if isinstance(value, list | tuple | range):
        return value
    if isinstance(value, np.generic | str | bytes | bytearray | memoryview):
        return None
    if isinstance(value, np.ndarray):
        if not value.ndim:
            return None
        entries: Sequence[object] = value.tolist() if value.dtype.kind in _NUMBERS else list(value)
        return entries
    if isinstance(value, Sequence):
        return value
    to_list = getattr(type(value), "tolist", None)
    if to_list is None or isinstance(value, type):
        return None
    try:
        made = to_list(value)
    except Exception:  # noqa: BLE001 - a class of somebody's
        return None
    return made if isinstance(made, list) else None


def unordered(value: object) -> list[object] | None:
    """The entries of a list, a set or an iterator: for functions that order means nothing to.

    None for a dict, whose values would be left out, for text and bytes, and what has no entries.

    Raises KindError if there are more than MOST.
    """
    entries: Iterable[object] | None = items(value)
    if entries is None and not isinstance(
        value, Mapping | str | bytes | bytearray | memoryview | np.ndarray | np.generic
    ):
        entries = _iterator(value)
    if entries is None:
        return None
    if not isinstance(entries, Sequence) or len(entries) <= MOST:
        listed = list(islice(entries, MOST + 1))
        if len(listed) <= MOST:
            return listed
    raise KindError(f"More than {MOST} values are given.", "Give fewer.")


def _iterator(value: object) -> Iterator[object] | None:
    if not isinstance(value, Iterable):
        return None
    try:
        return iter(value)
    except ZkpipeError:
        raise
    except Exception:  # noqa: BLE001 - a class of somebody's
        return None


def describe(value: object) -> str:
    """A kind of thing, for messages: never its value."""
    if isinstance(value, _DATES):
        return "a date"
    if isinstance(value, _TIMES):
        return "a length of time"
    if isinstance(value, np.ndarray):
        kind = "a MaskedArray" if isinstance(value, np.ma.MaskedArray) else "an array"
        return f"{kind} of {_kind_of_entries(value)}"
    name = type(value).__name__
    return _WORDS.get(name, f"{'an' if name[:1] in 'aeiouAEIOU' else 'a'} {name}")


def _kind_of_entries(array: np.ndarray) -> str:
    return {"M": "dates", "m": "lengths of time", "O": "objects", "V": "records"}.get(
        array.dtype.kind, str(array.dtype)
    )


def shown_number(number: int) -> str:
    """An integer for a message: Python writes none of thousands of digits, and nobody reads one."""
    return str(number) if abs(number) < _SHOWN else f"a number of {number.bit_length()} bits"


def is_date(value: object) -> bool:
    """Whether it is a date or a length of time, which may be meant as a number of something."""
    return isinstance(value, (*_DATES, *_TIMES)) or (
        isinstance(value, np.ndarray) and value.dtype.kind in "mM"
    )


DATES = "Give the number that is meant: whole days or seconds since a day that you choose."


# --- refusals


def wrong_kind(function: str, name: str, value: object, wanted: str, mend: str) -> KindError:
    """The error for an argument of another kind than a function takes.

    wanted  with its article: "a ProvingKey"
    """
    return KindError(
        f"{function} takes {wanted} for `{name}`, and was given {describe(value)}.", mend
    )


def require(function: str, name: str, value: object, kind: type[T], mend: str) -> T:
    """The value, if it is of the kind. Raises KindError for any other."""
    if not isinstance(value, kind):
        word = kind.__name__
        wanted = f"{'an' if word[:1] in 'AEIOU' else 'a'} {word}"
        raise wrong_kind(function, name, value, wanted, mend)
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


def require_text(function: str, name: str, value: object) -> str:
    """The text. Raises KindError for anything else."""
    if not isinstance(value, str):
        raise wrong_kind(function, name, value, "a text", "Give a text.")
    return value


def require_path(function: str, name: str, value: object) -> Path:
    """The path that a text or an os.PathLike names. Raises KindError for anything else."""
    if not _is_path(value):
        raise wrong_kind(function, name, value, "a path", "Give a text or a pathlib.Path.")
    return Path(value)


def _is_path(value: object) -> TypeGuard[str | os.PathLike[str]]:
    if isinstance(value, str):
        return True
    try:
        return isinstance(value, os.PathLike) and isinstance(os.fspath(value), str)
    except Exception:  # noqa: BLE001 - a class of somebody's
        return False
