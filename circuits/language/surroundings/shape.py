"""What of a component's arguments belongs to its shape: lengths, constants, bounds."""

from __future__ import annotations

from zkpipe.circuits.language.values.engine import Engine
from zkpipe.circuits.language.values.fixed import as_fixed, of_units
from zkpipe.circuits.language.values.signal import Signal, constant
from zkpipe.circuits.language.values.structure import fields_of, is_record
from zkpipe.circuits.language.values.types import FieldType, FixedType, ScalarType

Shape = tuple[object, ...]


def of_kind(signal: Signal, type_: ScalarType) -> Signal | None:
    """The signal as the type has it, with its own, tighter bounds; None if it may be beyond it."""
    if isinstance(type_, FixedType):
        fixed = as_fixed(signal.engine, signal, type_.scale)
        if fixed is None:
            return None
        signal = fixed
    elif signal.scale is not None:
        return None
    elif isinstance(type_, FieldType):
        return Signal(signal.engine, signal.payload, None, None)
    low, high = signal.low, signal.high
    if low is None or high is None or low < type_.low or high > type_.high:
        return None
    return signal


class Constant:
    """A constant argument, in units for a Fixed: part of the shape."""

    __slots__ = ("type", "value")

    def __init__(self, value: int, type_: ScalarType) -> None:
        self.value = value
        self.type = type_

    def signal(self, engine: Engine) -> Signal:
        """The constant as a signal of its type, with bounds of its own."""
        signal = constant(engine, self.value)
        if isinstance(self.type, FieldType):
            return Signal(engine, signal.payload, None, None)
        return of_units(signal, self.type.scale if isinstance(self.type, FixedType) else None)


class ByIdentity:
    """An object by its identity, as part of a shape."""

    __slots__ = ("content",)

    def __init__(self, content: object) -> None:
        self.content = content

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByIdentity) and self.content is other.content

    def __hash__(self) -> int:
        return id(self.content)


def shape_of(nest: object) -> object:
    """What of an argument belongs to the shape; hashable."""
    if isinstance(nest, list):
        return tuple(shape_of(item) for item in nest)
    if is_record(nest):
        return (type(nest), *(shape_of(part) for _, part in fields_of(nest)))
    if isinstance(nest, Constant):
        return ("constant", nest.value, nest.type)
    assert isinstance(nest, Signal)  # noqa: S101 - for the type checker
    return ("signal", nest.low, nest.high)
