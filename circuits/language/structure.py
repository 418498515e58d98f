"""Nests of values: lists, tuples and records, walked leaf by leaf.

A record is an instance of a dataclass. It is made here without its constructor, which may compute
with what is not yet a plain value; types.record_type refuses dataclasses that rely on theirs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from accel.kinds import MOST, items
from circuits.errors import CompileError
from circuits.language.refusals import refused

T = TypeVar("T")

MAX_DEPTH = 64  # of lists in one another: what holds itself has no end


def is_record(value: object) -> bool:
    """Whether it is an instance of a dataclass."""
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def fields_of(record: Any) -> Iterator[tuple[str, object]]:
    """A record's fields in order, by name."""
    for field in dataclasses.fields(record):
        yield field.name, getattr(record, field.name)


def make_record(class_: type[T], values: Mapping[str, object]) -> T:
    """An instance with these fields, frozen or not."""
    record = object.__new__(class_)
    for name, value in values.items():
        object.__setattr__(record, name, value)
    return record


def _too_deep() -> CompileError:
    return refused(
        f"has a list that holds itself, or lists nested more than {MAX_DEPTH} deep.",
        "Give lists that are less deep.",
    )


def map_structure(function: Callable[[object], Any], value: object, depth: int = 0) -> Any:
    """A nest with the function applied to each leaf. Raises CompileError for one without end."""
    if depth > MAX_DEPTH:
        raise _too_deep()
    if isinstance(value, list):
        return [map_structure(function, item, depth + 1) for item in value]
    if isinstance(value, tuple):
        return tuple(map_structure(function, item, depth + 1) for item in value)
    if is_record(value):
        mapped = {name: map_structure(function, item, depth + 1) for name, item in fields_of(value)}
        return make_record(type(value), mapped)
    return function(value)


def with_lists(value: object, depth: int = 0) -> Any:
    """A nest with lists for arrays and for sequences of other kinds (accel.kinds).

    Raises CompileError for one without end.
    """
    if depth > MAX_DEPTH:
        raise _too_deep()
    if isinstance(value, tuple):
        return tuple(with_lists(item, depth + 1) for item in value)
    if is_record(value):
        parts = {name: with_lists(item, depth + 1) for name, item in fields_of(value)}
        return make_record(type(value), parts)
    listed = None if type(value) is int else items(value)
    if listed is None:
        return value
    if len(listed) > MOST:
        raise refused(f"has a list of more than {MOST} values.", "Give fewer.")
    return [with_lists(item, depth + 1) for item in listed]


def leaves(value: object, depth: int = 0) -> Iterator[object]:
    """The leaves of a nest, in order. Raises CompileError for one without end."""
    if depth > MAX_DEPTH:
        raise _too_deep()
    if isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item, depth + 1)
    elif is_record(value):
        for _, item in fields_of(value):
            yield from leaves(item, depth + 1)
    else:
        yield value
