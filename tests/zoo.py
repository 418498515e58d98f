"""Values of every wrong kind, by name: what a caller may give in the place of what is taken."""

from __future__ import annotations

import datetime
import enum
import itertools
from array import array
from collections import UserList, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from unittest.mock import MagicMock

import numpy as np

from zkpipe.accel.bn254 import R


class Missing:
    """As pandas' NA: neither true nor false, equal to nothing."""

    def __bool__(self) -> bool:
        raise TypeError("boolean value of NA is ambiguous")

    def __eq__(self, other: object) -> Any:
        return self

    __hash__ = None  # type: ignore[assignment] # as a list has none


class Column:
    """As pandas' Series: a column that turns itself into a list, and compares item by item."""

    def __init__(self, values: Sequence[object]) -> None:
        self.values = values

    def tolist(self) -> list[object]:
        """The values."""
        return list(self.values)

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[object]:
        return iter(self.values)

    def __eq__(self, other: object) -> Any:
        return np.array([value == other for value in self.values])

    def __bool__(self) -> bool:
        raise ValueError("the truth value of a Series is ambiguous")

    __hash__ = None  # type: ignore[assignment] # as a Series has none


class Broken:
    """Whatever Python may ask of it, it raises."""

    def _raise(self, *_: object) -> Any:
        raise RuntimeError("asked")

    __index__ = __int__ = __float__ = __len__ = __iter__ = __getitem__ = __array__ = _raise
    __bool__ = __eq__ = __fspath__ = __contains__ = tolist = as_integer_ratio = _raise
    __hash__ = object.__hash__


class EndlessList(list[object]):
    """A list that says it has two entries, and goes on for ever."""

    def __len__(self) -> int:
        return 2

    def __iter__(self) -> Iterator[object]:
        return itertools.count()


class EndlessTuple(tuple[object, ...]):
    """A tuple that says it has two entries, and goes on for ever."""

    __slots__ = ()

    def __len__(self) -> int:
        return 2

    def __iter__(self) -> Iterator[object]:
        return itertools.count()


class EndlessSequence(Sequence[object]):
    """The same, of a class of its own."""

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: object) -> Any:
        return 1

    def __iter__(self) -> Iterator[object]:
        return itertools.count()


class OddText(str):
    """A text that answers nothing that a text is asked."""

    __slots__ = ()

    def _raise(self, *_: object) -> Any:
        raise RuntimeError("asked")

    __eq__ = __hash__ = __len__ = __iter__ = __contains__ = __str__ = __repr__ = __format__ = _raise
    __getitem__ = isprintable = strip = encode = split = _raise


class OddNumber(int):
    """An integer that answers nothing that a number is asked."""

    def _raise(self, *_: object) -> Any:
        raise RuntimeError("asked")

    __eq__ = __hash__ = __index__ = __int__ = __str__ = __repr__ = __format__ = __bool__ = _raise
    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __sub__ = __mul__ = __mod__ = __radd__ = _raise
    bit_length = as_integer_ratio = to_bytes = _raise


class Pair(NamedTuple):
    """A tuple by names."""

    first: int
    second: int


class Claims:
    """An object that says it is a list."""

    __class__ = property(lambda _: list)  # type: ignore[assignment] # isinstance believes it


class ClaimsText:
    """An object that says it is a text."""

    __class__ = property(lambda _: str)  # type: ignore[assignment] # isinstance believes it


class ClaimsInt:
    """An object that says it is an int."""

    __class__ = property(lambda _: int)  # type: ignore[assignment] # isinstance believes it


class ClaimsDict:
    """An object that says it is a dict."""

    __class__ = property(lambda _: dict)  # type: ignore[assignment] # isinstance believes it


def _holds_itself_as_a_number() -> object:
    ring = np.empty((), object)
    ring[()] = ring
    return ring


def _holds_its_part_twice() -> list[object]:
    nest: list[object] = []
    for _ in range(60):
        nest = [nest, nest]
    return nest


class Colour(enum.IntEnum):
    """Integers by name."""

    RED = 1


def _holds_itself() -> list[object]:
    ring: list[object] = []
    ring.append(ring)
    return ring


# Each is made anew for each call: an iterator is used up.
ZOO: Mapping[str, Callable[[], object]] = {
    "None": lambda: None,
    "Ellipsis": lambda: ...,
    "object": object,
    "type": lambda: int,
    "function": lambda: len,
    "exception": lambda: ValueError("no value"),
    "broken": Broken,
    "claims to be a list": Claims,
    "claims to be a text": ClaimsText,
    "claims to be an int": ClaimsInt,
    "claims to be a dict": ClaimsDict,
    "mock": MagicMock,
    "odd class": type("no\nname\x1b[31m", (), {}),
    "missing": Missing,
    "True": lambda: True,
    "np.True": lambda: np.True_,
    "enum": lambda: Colour.RED,
    "minus one": lambda: -1,
    "np.int64": lambda: np.int64(-1),
    "odd number": lambda: OddNumber(1),
    "np.uint64": lambda: np.uint64(1 << 63),
    "np.uint8": lambda: np.uint8(200),
    "r": lambda: R,
    "huge": lambda: 10**5000,
    "float": lambda: 1.5,
    "whole float": lambda: 2.0,
    "np.float32": lambda: np.float32(0.1),
    "minus zero": lambda: -0.0,
    "np.longdouble": lambda: np.longdouble(0.1),
    "nan": lambda: float("nan"),
    "inf": lambda: float("inf"),
    "complex": lambda: 1 + 2j,
    "Decimal": lambda: Decimal("1.1"),
    "Decimal nan": lambda: Decimal("sNaN"),
    "Fraction": lambda: Fraction(1, 3),
    "text": lambda: "no such thing\x00",
    "digits": lambda: "12",
    "empty text": lambda: "",
    "surrogate": lambda: "\ud800",
    "odd text": lambda: OddText("no such thing\x00"),
    "np.str_": lambda: np.str_("no such thing\x00"),
    "np.bytes_": lambda: np.bytes_(b"\x01\x00"),
    "bytes": lambda: b"\x01\x00",
    "bytearray": lambda: bytearray(b"\x01\x00"),
    "memoryview": lambda: memoryview(b"\x01\x00"),
    "date": lambda: datetime.date(2026, 1, 1),
    "timestamp": lambda: datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    "timedelta": lambda: datetime.timedelta(days=1),
    "datetime64": lambda: np.datetime64("2026-01-01", "ns"),
    "NaT": lambda: np.datetime64("NaT", "s"),
    "timedelta64": lambda: np.timedelta64(1, "ns"),
    "path": lambda: PurePosixPath("/nowhere/at all"),
    "set": lambda: {1, 0},
    "frozenset": lambda: frozenset([1]),
    "dict": lambda: {1: 0},
    "dict of names": lambda: {"x": 1},
    "dict view": lambda: {1: 0}.values(),
    "generator": lambda: (i for i in (1, 0)),
    "iterator": lambda: iter([1, 0]),
    "map": lambda: map(int, "10"),
    "empty list": list,
    "empty tuple": tuple,
    "list of None": lambda: [None],
    "list of texts": lambda: ["1", "0"],
    "list of lists": lambda: [[1], [0]],
    "holds itself": _holds_itself,
    "holds its part twice": _holds_its_part_twice,
    "endless list": lambda: EndlessList([1, 0]),
    "endless tuple": lambda: EndlessTuple([1, 0]),
    "endless sequence": EndlessSequence,
    "named tuple": lambda: Pair(1, 0),
    "user's list": lambda: UserList([1, 0]),
    "array of Python": lambda: array("q", [1, 0]),
    "deque": lambda: deque([1, 0]),
    "range": lambda: range(10**12),
    "0-d": lambda: np.array(1),
    "0-d float": lambda: np.array(1.0),
    "array": lambda: np.array([1, 0]),
    "array in steps": lambda: np.array([1, 9, 0, 9])[::2],
    "big-endian array": lambda: np.array([1, 0], ">i4"),
    "endless array": lambda: np.broadcast_to(np.uint8(1), 10**12),
    "array of bools": lambda: np.array([True, False]),
    "array of floats": lambda: np.array([1.0, 0.0]),
    "array of objects": lambda: np.array([1, None], object),
    "array of dates": lambda: np.array(["2026-01-01"], "datetime64[ns]"),
    "array of times": lambda: np.array([1], "timedelta64[ns]"),
    "array of texts": lambda: np.array(["1"]),
    "array of records": lambda: np.zeros(2, [("x", "i4"), ("y", "i4")]),
    "record": lambda: np.zeros(1, [("x", "i4")])[0],
    "0-d that holds itself": _holds_itself_as_a_number,
    "masked": lambda: np.ma.masked,
    "masked array": lambda: np.ma.array([1, 0], mask=[True, False]),
    "empty array": lambda: np.zeros((0, 4), np.uint64),
    "words": lambda: np.zeros((2, 4), np.uint64),
    "big-endian words": lambda: np.zeros((2, 4), ">u8"),
    "column": lambda: Column([1, 0]),
    "column of dates": lambda: Column([datetime.date(2026, 1, 1)]),
    "column with gaps": lambda: Column([1, Missing()]),
}
