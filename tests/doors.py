"""Every public function of a package, called with values of every wrong kind in every place.

A door is a function with arguments that it takes. In each place stands each value of the zoo in
turn, and the answer is one of three: an error of ours, in two sentences; Python's own TypeError for
a wrong number or name of arguments, which no value here causes; or a result, for the values that a
door says it takes. Anything else is a fault: an exception of another kind is a bug of ours, and a
result for a value that nobody listed is likely a wrong one.
"""

from __future__ import annotations

import datetime
import enum
import inspect
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import partial
from importlib import import_module
from pathlib import PurePosixPath
from types import ModuleType
from typing import Any

import numpy as np

from accel.bn254 import R
from accel.errors import ZkpipeError


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
    "missing": Missing,
    "True": lambda: True,
    "np.True": lambda: np.True_,
    "enum": lambda: Colour.RED,
    "minus one": lambda: -1,
    "np.int64": lambda: np.int64(-1),
    "np.uint8": lambda: np.uint8(200),
    "r": lambda: R,
    "huge": lambda: 10**5000,
    "float": lambda: 1.5,
    "whole float": lambda: 2.0,
    "np.float32": lambda: np.float32(0.1),
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
    "bytes": lambda: b"\x01\x00",
    "bytearray": lambda: bytearray(b"\x01\x00"),
    "memoryview": lambda: memoryview(b"\x01\x00"),
    "date": lambda: datetime.date(2026, 1, 1),
    "timestamp": lambda: datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    "timedelta": lambda: datetime.timedelta(days=1),
    "datetime64": lambda: np.datetime64("2026-01-01", "ns"),
    "NaT": lambda: np.datetime64("NaT"),
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
    "deque": lambda: deque([1, 0]),
    "range": lambda: range(10**12),
    "0-d": lambda: np.array(1),
    "0-d float": lambda: np.array(1.0),
    "array": lambda: np.array([1, 0]),
    "array of bools": lambda: np.array([True, False]),
    "array of floats": lambda: np.array([1.0, 0.0]),
    "array of objects": lambda: np.array([1, None], object),
    "array of dates": lambda: np.array(["2026-01-01"], "datetime64[ns]"),
    "array of times": lambda: np.array([1], "timedelta64[ns]"),
    "array of texts": lambda: np.array(["1"]),
    "array of records": lambda: np.zeros(2, [("x", "i4"), ("y", "i4")]),
    "record": lambda: np.zeros(1, [("x", "i4")])[0],
    "masked array": lambda: np.ma.array([1, 0], mask=[True, False]),
    "empty array": lambda: np.zeros((0, 4), np.uint64),
    "words": lambda: np.zeros((2, 4), np.uint64),
    "big-endian words": lambda: np.zeros((2, 4), ">u8"),
    "column": lambda: Column([1, 0]),
    "column of dates": lambda: Column([datetime.date(2026, 1, 1)]),
    "column with gaps": lambda: Column([1, Missing()]),
}

ANYTHING = frozenset(ZOO)
NUMBERS = frozenset({"np.int64", "np.uint8", "enum", "minus one", "0-d"})


@dataclass(frozen=True)
class Door:
    """A function and arguments that it takes.

    good   in their places
    named  by name
    takes  what else of the zoo each place takes, by its number or name
    """

    call: Callable[..., object]
    good: tuple[object, ...] = ()
    named: Mapping[str, object] = field(default_factory=dict)
    takes: Mapping[int | str, Iterable[str]] = field(default_factory=dict)
    is_for_tests: bool = False

    def places(self) -> Iterator[tuple[int | str, Callable[[object], object]]]:
        """Each place, and the call with another value in it."""
        for i in range(len(self.good)):
            yield i, partial(self._call_at, i)
        for name in self.named:
            yield name, partial(self._call_with, name)

    def _call_at(self, i: int, value: object) -> object:
        return self.call(*self.good[:i], value, *self.good[i + 1 :], **self.named)

    def _call_with(self, name: str, value: object) -> object:
        return self.call(*self.good, **{**self.named, name: value})


def faults(door: Door) -> list[str]:
    """What comes out of a door that should not, with the place and the value that went in."""
    found = []
    for place, call in door.places():
        takes = frozenset(door.takes.get(place, ()))
        assert takes <= ANYTHING, takes - ANYTHING
        for name, make in ZOO.items():
            fault = _fault(call, make(), is_taken=name in takes, is_for_tests=door.is_for_tests)
            if fault is not None:
                found.append(f"{place!r} = {name}: {fault}")
    return found


def _fault(
    call: Callable[[object], object], value: object, *, is_taken: bool, is_for_tests: bool
) -> str | None:
    try:
        result = call(value)
        if inspect.isgenerator(result):
            list(result)
    except ZkpipeError as error:
        return _unsaid(error)
    except AssertionError as error:  # of a function for tests, whose mistakes fail them
        return None if is_for_tests and str(error) else f"AssertionError: {str(error)[:120]}"
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is told
        return f"{type(error).__name__}: {str(error)[:120]}"
    return None if is_taken else f"is taken, and gives {type(result).__name__}"


def _unsaid(error: ZkpipeError) -> str | None:
    """What an error does not say in its two sentences."""
    for said in (error.what, error.mend):
        if not said.strip() or said.strip()[-1] not in ".:?":
            return f"{type(error).__name__} says no sentence: {said!r}"
    if " object at 0x" in str(error):
        return f"{type(error).__name__} shows an address: {error.what!r}"
    return None


# --- what there is


def public_callables(package: ModuleType | str) -> set[str]:
    """The functions of a package's __all__ and the public methods of its classes, by name.

    Errors and warnings are left out: they are made here, and by nobody else.
    """
    module = import_module(package) if isinstance(package, str) else package
    names = set()
    for name in module.__all__:
        value = getattr(module, name)
        if inspect.isclass(value) and issubclass(value, BaseException):
            continue
        if inspect.isclass(value):
            names.add(name)
            names |= {f"{name}.{method}" for method in _methods(value)}
        elif callable(value):
            names.add(name)
    return names


def _methods(class_: type) -> Iterator[str]:
    """Those that take arguments."""
    for base in class_.__mro__[:-1]:
        for name, value in vars(base).items():
            function = getattr(value, "__func__", value)
            if name.startswith("_") or not inspect.isfunction(function):
                continue
            if len(inspect.signature(function).parameters) > (type(value) is not staticmethod):
                yield name
