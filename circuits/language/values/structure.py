"""Nests of values: lists, tuples and records, walked leaf by leaf.

A record is an instance of a dataclass. It is made here without its constructor, which may compute
with what is not yet a plain value; types.record_type refuses dataclasses that rely on theirs. Of
our own some are more than their fields, as a point is on its curve: SelfChecking.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from zkpipe.circuits.errors import CompileError
from zkpipe.circuits.language.text.source import source_here
from zkpipe.circuits.language.values.refusals import refused
from zkpipe.ground.kinds import MOST, describe, items

T = TypeVar("T")

MAX_DEPTH = 64  # of lists in one another: what holds itself has no end
MAX_LISTS = 1 << 19  # and records, in all


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


class _Budget:
    """How much more a nest may have: a small one that holds its parts twice has no end."""

    __slots__ = ("left", "lists")

    def __init__(self) -> None:
        self.left, self.lists = MOST, MAX_LISTS

    def take(self, count: int, depth: int) -> None:
        """Count the values of a list or a record. Raises CompileError if they are too many."""
        if depth > MAX_DEPTH:
            raise refused(
                f"has a list that holds itself, or lists nested more than {MAX_DEPTH} deep.",
                "Give lists that are less deep.",
            )
        self.left -= count
        self.lists -= 1
        if self.left < 0 or self.lists < 0:
            raise refused(
                f"has more than {MOST} values, or more than {MAX_LISTS} lists in one another.",
                "Give fewer.",
            )


def _listed(value: object) -> Sequence[object] | None:
    """A list or a tuple; of a class of somebody's a copy (ground.kinds)."""
    kind = type(value)
    if kind is list or kind is tuple:
        return value  # type: ignore[return-value] # one of these
    return _true(value, items(value)) if issubclass(kind, _LISTS) else None


_LISTS = (list, tuple)


def _true(value: object, listed: T | None) -> T | None:
    """The entries that were read of a value. Raises CompileError for a list that has none."""
    if listed is None and issubclass(type(value), _LISTS):
        raise refused(
            f"has {describe(value)} whose length is not that of its entries.", "Give a plain list."
        )
    return listed


def map_structure(
    function: Callable[[object], Any], value: object, depth: int = 0, budget: _Budget | None = None
) -> Any:
    """A nest with the function applied to each leaf. Raises CompileError for one without end."""
    listed = _listed(value)
    if listed is not None:
        budget = budget or _Budget()
        budget.take(len(listed), depth)
        mapped = [map_structure(function, item, depth + 1, budget) for item in listed]
        return tuple(mapped) if isinstance(value, tuple) else mapped
    if is_record(value):
        parts = dict(fields_of(value))
        budget = budget or _Budget()
        budget.take(len(parts), depth)
        for name, part in parts.items():
            parts[name] = map_structure(function, part, depth + 1, budget)
        return make_record(type(value), parts)
    return function(value)


def with_lists(value: object, depth: int = 0, budget: _Budget | None = None) -> Any:
    """A nest with lists for arrays and for sequences of other kinds (ground.kinds).

    Raises CompileError for one without end.
    """
    if is_record(value):
        parts = dict(fields_of(value))
        budget = budget or _Budget()
        budget.take(len(parts), depth)
        for name, part in parts.items():
            parts[name] = with_lists(part, depth + 1, budget)
        return make_record(type(value), parts)
    listed = None if type(value) is int else _true(value, items(value))
    if listed is None:
        return value
    budget = budget or _Budget()
    budget.take(len(listed), depth)
    made = [with_lists(item, depth + 1, budget) for item in listed]
    return tuple(made) if isinstance(value, tuple) else made


def leaves(value: object, depth: int = 0, budget: _Budget | None = None) -> Iterator[object]:
    """The leaves of a nest, in order. Raises CompileError for one without end."""
    listed = _listed(value)
    if listed is None and is_record(value):
        listed = [part for _, part in fields_of(value)]
    if listed is None:
        yield value
        return
    budget = budget or _Budget()
    budget.take(len(listed), depth)
    for item in listed:
        yield from leaves(item, depth + 1, budget)


class SelfChecking(ABC):
    """The base of a dataclass that constrains its fields wherever one enters a circuit.

    One enters as an input, and as a hint's result. Others are made of those by the class alone. A
    class derived from such a one is refused: it could make some that are not checked, and would
    pass for the first.

    is_compared_as_one  whether `==` of two is a Bool of the class's own, not Python's of the fields
    """

    is_compared_as_one: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        bases = [base for base in cls.__bases__ if issubclass(base, SelfChecking)]
        if bases != [SelfChecking]:
            name = bases[0].__name__
            raise CompileError(
                f"The class {cls.__name__} is derived from {name}, which checks what it holds.",
                f"Write a dataclass with a field that is a {name}.",
                source_here(),
            )

    @abstractmethod
    def check_entry(self) -> None:
        """Constrain the fields, in the body that runs."""

    @classmethod
    @abstractmethod
    def _fault(cls, *integers: int) -> tuple[str, str] | None:
        """What is wrong with an input of these scalars, as the end of a sentence, and what to do.

        Told before a witness is made, so that the sentence names the input.
        """


def check_entries(nest: object) -> None:
    """Have each record in a nest check itself, as it enters a circuit."""
    if isinstance(nest, SelfChecking):
        nest.check_entry()
    elif isinstance(nest, list | tuple):
        for item in nest:
            check_entries(item)
    elif is_record(nest):
        for _, part in fields_of(nest):
            check_entries(part)
