"""The functions of the language that state things: check, narrow, all_of, any_of.

They take signals and constants mixed; on constants alone they compute. Those that choose among
values are in `choices`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from zkpipe.circuits.language.text.source import here
from zkpipe.circuits.language.values import bounds
from zkpipe.circuits.language.values.as_field import as_field
from zkpipe.circuits.language.values.engine import Engine, current_engine
from zkpipe.circuits.language.values.fixed import (
    FixedSignal,
    between,
    nearest_two,
    number_of,
    units_of,
)
from zkpipe.circuits.language.values.objects import refuse_comparison_of_objects
from zkpipe.circuits.language.values.refusals import (
    DEFINED_ANEW,
    describe_record,
    is_defined_anew,
    refused,
)
from zkpipe.circuits.language.values.signal import (
    OF_A_CIRCUIT,
    Signal,
    foreign,
    in_reach,
    plain_integer,
    spare,
    stated,
)
from zkpipe.circuits.language.values.structure import (
    leaves,
    make_record,
)
from zkpipe.circuits.language.values.types import (
    ArrayType,
    FieldType,
    FixedType,
    IntegerType,
    RecordType,
    as_type,
)
from zkpipe.ground.kinds import describe, is_of, items, unordered

_CONSTANT = "Correct the constant."


def check(condition: object, message: str | None = None) -> None:
    """Constrain a condition to hold: a Bool, or a comparison, which costs less than its value.

    message  what UnsatisfiedError says when it does not hold

    A condition that always holds constrains nothing: compile() warns of it.

    Raises CompileError if the condition is no Bool, is a constant that does not hold, or compares
    objects that hold signals as Python does, by identity or length.
    """
    if message is not None:
        if not is_of(message, str):
            raise refused(
                "has a message that is not text.", "Give a text: check(condition, 'why')."
            )
        message = str.__str__(message)
    if message is not None and OF_A_CIRCUIT in message:
        raise refused(
            "has a circuit's value in its message, which is not known when the circuit is "
            "compiled.",
            "Write a text without it: where a check fails, error.explain() shows the values.",
        )
    if not isinstance(condition, Signal):
        value = plain_integer(condition)
        if value not in (0, 1):
            raise refused(
                f"checks {describe(condition)}, which is not a condition.",
                "Compare: check(x == 1), check(x != 0); use all_of() for a list of Bools.",
            )
        engine = current_engine.get()
        if engine is not None:
            refuse_comparison_of_objects()
        if not value:
            raise refused(
                "can never hold: Python knows it to be false when the circuit is compiled.",
                "Compare values of the circuit; their types and texts say nothing of them.",
            )
        if engine is not None:
            engine.constant_check()
        return
    if not condition.is_flag:
        raise refused(
            f"checks {condition.kind()}, which is not a condition.",
            "Compare: check(x == 1), check(x != 0).",
        )
    in_reach(condition).require(condition, message)


def narrow(value: Any, type_: Any) -> Any:
    """The value as one of a narrower type, which is proven by a range check; lists item by item.

    Free if the bounds already say so. A Field may be narrowed to any UInt, Int or Bool; what is
    narrowed to Field only loses its bounds, so that arithmetic on it wraps around. A number
    narrowed to a Fixed of coarser units is floored to them. A constant must be a whole number of
    units, unless the type is Rounded, which is for constants alone.
    """
    if isinstance(type_, Signal):
        raise refused("narrows to a value of the circuit.", "Write narrow(x, UInt[8]): x first.")
    wanted = as_type(type_, "narrow()")
    if isinstance(wanted, ArrayType):
        listed = None if isinstance(value, Signal) else items(value)
        if listed is None or len(listed) != wanted.length:
            raise refused(
                f"narrows something that is not of type {wanted}.", "Give a list of that length."
            )
        return [narrow(item, wanted.element) for item in listed]
    if isinstance(wanted, RecordType):
        if not is_of(value, wanted.record):
            is_anew = is_defined_anew(value, wanted.record)
            raise refused(
                f"narrows {describe_record(value, wanted.record)} to the record {wanted}.",
                DEFINED_ANEW if is_anew else "Give such a record.",
            )
        parts = {name: narrow(getattr(value, name), part) for name, part in wanted.fields}
        return make_record(wanted.record, parts)
    if isinstance(wanted, FieldType):
        return as_field(value)
    if isinstance(wanted, FixedType):
        return _narrow_to_fixed(value, wanted)
    if isinstance(value, FixedSignal):
        raise refused(
            f"narrows {value.kind()} to {wanted}.",
            "Its whole part is x // 1, its number of units x.units.",
        )
    if not isinstance(value, Signal):
        number = plain_integer(value)
        if number is None:
            raise refused(
                f"narrows {describe(value)}.",
                "Give a signal or a whole number."
                if items(value) is None
                else f"Narrow item by item: [narrow(x, {wanted}) for x in xs].",
            )
        if not wanted.low <= number <= wanted.high:
            raise refused(
                f"narrows a constant that {wanted} does not hold.", "Correct the constant."
            )
        return number
    if value.low is not None and value.high is not None:
        low, high = min(value.low, wanted.low), max(value.high, wanted.high)
        if not bounds.fits(low, high):
            raise bounds.too_wide(low, high)
        if value.high < wanted.low or value.low > wanted.high:
            raise refused(
                f"narrows {value.kind()} to {wanted}, which it never is.",
                "Correct the value or the type.",
            )
        low, high = max(value.low, wanted.low), min(value.high, wanted.high)
    else:
        low, high = wanted.low, wanted.high
    payload = in_reach(value).narrow(value, wanted, _name_here())
    return Signal(value.engine, payload, low, high)


def _narrow_to_fixed(value: Any, wanted: FixedType) -> Any:
    """A number in the type's units, proven to lie in it; a constant as an exact Fraction."""
    if not isinstance(value, Signal):
        units = units_of(value, wanted)
        if units is None and nearest_two(value, wanted.scale):
            raise refused(
                f"narrows a number that is between two units of {wanted}"
                f"{between(value, wanted.scale)}.",
                f"Write one of these, or Rounded[{wanted}] for the nearest.",
            )
        if units is None:
            raise refused(f"narrows {describe(value)}.", "Give a signal or a finite number.")
        if not wanted.low <= units <= wanted.high:
            raise refused(
                f"narrows a constant that {wanted} does not hold.", "Correct the constant."
            )
        return number_of(units, wanted.scale)
    scale = value.scale or 1
    if value.low is None:
        raise refused(f"narrows a Field to {wanted}.", "Narrow it to an Int[n] first.")
    if scale % wanted.scale and wanted.scale % scale:
        raise refused(
            f"narrows {value.kind()} to {wanted}, whose units do not go into one another.",
            "Multiply by a number of the new units first, or compute with x.units.",
        )
    if scale > wanted.scale and wanted.rounds:
        raise refused(
            f"narrows {value.kind()} to {wanted}, but a signal is floored.",
            "Write the Fixed without Rounded; add half a unit before, if it shall be the nearest.",
        )
    if scale > wanted.scale:
        scaled = value.units // (scale // wanted.scale)
    else:
        scaled = value.units * (wanted.scale // scale)
    units_type = IntegerType(wanted.name, wanted.low, wanted.high)
    return FixedSignal(narrow(scaled, units_type), wanted.scale)


def _name_here() -> str:
    """What is narrowed, from the text: the first argument of the call if it can be read."""
    place = here()
    text = place.expression() if place else None
    if text and text.startswith("narrow(") and "," in text:
        return f"`{text[7:].rpartition(',')[0]}`"
    return "a value"


def all_of(conditions: Iterable[Any]) -> Any:
    """1 if every condition is 1 (also of none); two rows at the most beside the conditions' own."""
    signals, constants = _conditions("all_of", conditions)
    if not all(constants):
        spare(signals)
        return 0
    return _combined(signals, 1, Engine.conjunction)


def any_of(conditions: Iterable[Any]) -> Any:
    """1 if one condition or more are 1; two rows at the most beside the conditions' own."""
    signals, constants = _conditions("any_of", conditions)
    if any(constants):
        spare(signals)
        return 1
    return _combined(signals, 0, Engine.disjunction)


def _combined(signals: list[Signal], of_none: int, combine: Callable[..., Any]) -> Any:
    if not signals:
        return of_none
    if len(signals) == 1:
        return signals[0]
    engine = in_reach(signals[0])
    if any(signal.engine is not engine for signal in signals):
        raise foreign()
    method = getattr(engine, combine.__name__)
    return stated(engine, method([signal.payload for signal in signals]))


def _conditions(name: str, conditions: Iterable[Any]) -> tuple[list[Signal], list[int]]:
    signals, constants = [], []
    for condition in _items(name, conditions):
        value = plain_integer(condition)
        if isinstance(condition, Signal) and condition.is_flag:
            signals.append(condition)
        elif value in (0, 1):
            constants.append(int(value))
        else:
            shown = condition.kind() if isinstance(condition, Signal) else describe(condition)
            raise refused(f"combines {shown}, which is not a Bool.", "Compare each: x != 0.")
    return signals, constants


def _items(name: str, conditions: Iterable[Any]) -> Iterator[Any]:
    if isinstance(conditions, Signal):
        raise refused(f"gives {name} one value.", f"Give a list: {name}([a, b, c]).")
    found = unordered(conditions)
    if found is None:
        raise refused(
            f"gives {name} {describe(conditions)}.", f"Give a list of Bools: {name}([a, b, c])."
        )
    return leaves(found)
