"""The types of the language: Field, Bool, UInt[n], Int[n], Array[T, n, ...]; Public, Private.

An integer type is an interval [low, high] with a name; Bool is the interval [0, 1]. The widest
that cannot wrap around the field's order r has 253 bits.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from circuits.errors import CompileError
from circuits.language.source import here

MAX_BITS = 253  # 2^253 < r < 2^254
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FieldType:
    """Elements of Fr: arithmetic wraps around r, and there is no order."""

    def __str__(self) -> str:
        return "Field"


@dataclass(frozen=True, slots=True)
class IntegerType:
    """Integers from low to high, both included."""

    name: str
    low: int
    high: int

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ArrayType:
    """`length` values of one type, as a list; length None (any) only for a component's argument."""

    element: Type
    length: int | None

    def __str__(self) -> str:
        lengths, element = [self.length], self.element
        while isinstance(element, ArrayType):
            lengths.append(element.length)
            element = element.element
        shown = ", ".join("..." if n is None else str(n) for n in lengths)
        return f"Array[{element}, {shown}]"


Type = FieldType | IntegerType | ArrayType


@dataclass(frozen=True, slots=True)
class Visible:
    """A type with its visibility, as annotations of a circuit give it."""

    type: Type
    public: bool

    def __str__(self) -> str:
        return f"{'Public' if self.public else 'Private'}[{self.type}]"


def wrong_type(what: str, mend: str) -> CompileError:
    """The error for what is no type, at the user's line."""
    place = here()
    return CompileError(what, mend, None if place is None else place.source())


def _width(name: str, bits: object) -> int:
    try:
        width = operator.index(bits)  # type: ignore[arg-type]  # any object: refused below
    except TypeError:
        width = 0
    if isinstance(bits, bool) or not 1 <= width <= MAX_BITS:
        raise wrong_type(
            f"{name}[...] takes a number of bits from 1 to {MAX_BITS}.",
            f"Write for example {name}[32]; 254 bits do not fit the field without wrapping around.",
        )
    return width


class UInt:
    """UInt[n]: integers from 0 to 2^n - 1, n from 1 to 253."""

    def __class_getitem__(cls, bits: object) -> IntegerType:
        n = _width("UInt", bits)
        return IntegerType(f"UInt[{n}]", 0, (1 << n) - 1)


class Int:
    """Int[n]: integers from -2^(n - 1) to 2^(n - 1) - 1; a negative one is its residue mod r."""

    def __class_getitem__(cls, bits: object) -> IntegerType:
        n = _width("Int", bits)
        return IntegerType(f"Int[{n}]", -(1 << n - 1), (1 << n - 1) - 1)


Field = FieldType()
Bool = IntegerType("Bool", 0, 1)


class Array:
    """Array[T, n, ...]: a list of n values, nested for more lengths.

    For a component's argument a length may be `...`: any.
    """

    def __class_getitem__(cls, parameters: object) -> ArrayType:
        element, *lengths = parameters if isinstance(parameters, tuple) else (parameters,)
        type_ = as_type(element, "Array")
        if not lengths:
            raise wrong_type("An Array has no length.", "Write for example Array[Field, 4].")
        for length in reversed(lengths):
            type_ = ArrayType(type_, _length(length))
        assert isinstance(type_, ArrayType)  # noqa: S101 - for the type checker: there is a length
        return type_


def _length(length: object) -> int | None:
    if length is Ellipsis:
        return None
    if isinstance(length, bool) or not isinstance(length, int) or length < 0:
        raise wrong_type(
            "The length of an Array is not a whole number.", "Write for example Array[Field, 4]."
        )
    return length


class Public:
    """Public[T]: an input or output that the verifier sees."""

    def __class_getitem__(cls, parameter: object) -> Visible:
        return Visible(as_type(parameter, "Public"), True)


class Private:
    """Private[T]: an input that only the prover knows."""

    def __class_getitem__(cls, parameter: object) -> Visible:
        return Visible(as_type(parameter, "Private"), False)


def as_type(value: object, where: str) -> Type:
    """The type that an annotation gives; raises CompileError for what is none."""
    if isinstance(value, FieldType | IntegerType | ArrayType):
        return value
    if isinstance(value, Visible):
        raise wrong_type(
            f"{value} stands inside {where}.", "Write Public or Private once, on the outside."
        )
    if value is UInt or value is Int:
        raise wrong_type(
            f"{value.__name__} in {where} has no number of bits.",
            f"Write for example {value.__name__}[32].",
        )
    advice = {int: "UInt[32], Int[32] or Field", bool: "Bool", float: "Int[32]"}.get(
        value if isinstance(value, type) else object, "Field, Bool, UInt[n], Int[n] or Array[T, n]"
    )
    shown = value.__name__ if isinstance(value, type) else type(value).__name__
    raise wrong_type(f"{where} has {shown}, which is no type of a circuit.", f"Use {advice}.")


def leaf_paths(type_: Type, path: str) -> Iterator[tuple[str, FieldType | IntegerType]]:
    """The scalar parts of a type in order, each with its path: incomes[0], incomes[1], ..."""
    if isinstance(type_, ArrayType):
        for i in range(type_.length or 0):
            yield from leaf_paths(type_.element, f"{path}[{i}]")
    else:
        yield path, type_


def map_structure(function: Callable[[object], T], value: object) -> object:
    """A nest of lists and tuples with the function applied to each leaf."""
    if isinstance(value, list):
        return [map_structure(function, item) for item in value]
    if isinstance(value, tuple):
        return tuple(map_structure(function, item) for item in value)
    return function(value)


def leaves(value: object) -> Iterator[object]:
    """The leaves of a nest of lists and tuples, in order."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    else:
        yield value
