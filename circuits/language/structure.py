"""Nests of values: lists, tuples and records, walked leaf by leaf.

A record is an instance of a dataclass. It is made here without its constructor, which may compute
with what is not yet a plain value; types.record_type refuses dataclasses that rely on theirs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


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


def map_structure(function: Callable[[object], Any], value: object) -> Any:
    """A nest with the function applied to each leaf."""
    if isinstance(value, list):
        return [map_structure(function, item) for item in value]
    if isinstance(value, tuple):
        return tuple(map_structure(function, item) for item in value)
    if is_record(value):
        mapped = {name: map_structure(function, item) for name, item in fields_of(value)}
        return make_record(type(value), mapped)
    return function(value)


def leaves(value: object) -> Iterator[object]:
    """The leaves of a nest, in order."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    elif is_record(value):
        for _, item in fields_of(value):
            yield from leaves(item)
    else:
        yield value
