"""The functions of the language: check, hint, select, narrow, minimum, maximum, all_of, any_of.

They take signals and constants mixed; on constants alone they compute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from circuits.language import bounds
from circuits.language.engine import Engine, current_engine
from circuits.language.hints import HintCall
from circuits.language.plain import PlainEngine
from circuits.language.refusals import describe, refused
from circuits.language.signal import Signal, flag, foreign, in_reach, paired, plain_integer
from circuits.language.source import here
from circuits.language.types import (
    ArrayType,
    FieldType,
    IntegerType,
    Type,
    as_type,
    leaves,
)


def check(condition: object, message: str | None = None) -> None:
    """Constrain a condition to hold: a Bool, or a comparison, which costs less than its value.

    message  what UnsatisfiedError says when it does not hold

    Raises CompileError if the condition is no Bool, or is a constant that does not hold.
    """
    if message is not None and not isinstance(message, str):
        raise refused("has a message that is no text.", "Give a text: check(condition, 'why').")
    if not isinstance(condition, Signal):
        value = plain_integer(condition)
        if value not in (0, 1):
            raise refused(
                f"checks {describe(condition)}, which is no condition.",
                "Compare: check(x == 1), check(x != 0); use all_of() for a list of Bools.",
            )
        if not value:
            raise refused("can never hold.", "Mend the condition: no input satisfies it.")
        return
    if not condition.is_flag:
        raise refused(
            f"checks {condition.kind()}, which is no condition.",
            "Compare: check(x == 1), check(x != 0).",
        )
    in_reach(condition).require(condition, message)


def select(condition: Any, if_true: Any, if_false: Any) -> Any:
    """if_true where the condition is 1, if_false where it is 0; lists item by item. One row."""
    if isinstance(if_true, list | tuple) or isinstance(if_false, list | tuple):
        return _select_lists(condition, if_true, if_false)
    if not isinstance(condition, Signal):
        value = plain_integer(condition)
        if value not in (0, 1):
            raise refused(f"chooses by {describe(condition)}, which is no Bool.", _COMPARE)
        return if_true if value else if_false
    if not condition.is_flag:
        raise refused(f"chooses by {condition.kind()}, which is no Bool.", _COMPARE)
    x, y = paired(condition, if_true), paired(condition, if_false)
    engine = in_reach(condition)
    if x.low is None or y.low is None or x.high is None or y.high is None:
        return Signal(engine, engine.select(condition.value, x.value, y.value, True), None, None)
    value = engine.select(condition.value, x.value, y.value, False)
    return Signal(engine, value, min(x.low, y.low), max(x.high, y.high))


_COMPARE = "Compare: select(x != 0, a, b)."


def _select_lists(condition: Any, if_true: Any, if_false: Any) -> Any:
    both = isinstance(if_true, list | tuple) and isinstance(if_false, list | tuple)
    if not both or len(if_true) != len(if_false):
        raise refused("chooses between lists of different shapes.", "Give lists of one length.")
    chosen = [select(condition, x, y) for x, y in zip(if_true, if_false, strict=True)]
    return tuple(chosen) if isinstance(if_true, tuple) else chosen


def narrow(value: Any, type_: Any) -> Any:
    """The value as one of a narrower type, which is proven by a range check; lists item by item.

    Free if the bounds already say so. A Field may be narrowed to any UInt, Int or Bool.
    """
    wanted = as_type(type_, "narrow")
    if isinstance(wanted, ArrayType):
        if not isinstance(value, list | tuple) or len(value) != wanted.length:
            raise refused(f"narrows something that is no {wanted}.", "Give a list of that length.")
        return [narrow(item, wanted.element) for item in value]
    if isinstance(wanted, FieldType):
        raise refused("narrows to Field, which is the widest type.", "Use the value as it is.")
    if not isinstance(value, Signal):
        number = plain_integer(value)
        if number is None:
            raise refused(f"narrows {describe(value)}.", "Give a signal or a whole number.")
        if not wanted.low <= number <= wanted.high:
            raise refused(f"narrows a constant that {wanted} does not hold.", "Mend the constant.")
        return number
    if value.low is not None and value.high is not None:
        low, high = min(value.low, wanted.low), max(value.high, wanted.high)
        if not bounds.fits(low, high):
            raise bounds.too_wide(low, high)
        if value.high < wanted.low or value.low > wanted.high:
            raise refused(
                f"narrows {value.kind()} to {wanted}, which it never is.",
                "Mend the value or the type.",
            )
        low, high = max(value.low, wanted.low), min(value.high, wanted.high)
    else:
        low, high = wanted.low, wanted.high
    payload = in_reach(value).narrow(value, wanted, _name_here())
    return Signal(value.engine, payload, low, high)


def _name_here() -> str:
    """What is narrowed, from the text: the first argument of the call if it can be read."""
    place = here()
    text = place.expression() if place else None
    if text and text.startswith("narrow(") and "," in text:
        return f"`{text[7:].rpartition(',')[0]}`"
    return "a value"


def minimum(*values: Any) -> Any:
    """The least of integers, given one by one or as a list."""
    return _extreme("minimum", values, lambda x, y: (x <= y, x, y), min)


def maximum(*values: Any) -> Any:
    """The greatest of integers, given one by one or as a list."""
    return _extreme("maximum", values, lambda x, y: (x >= y, x, y), max)


def _extreme(
    name: str,
    values: tuple[Any, ...],
    order: Callable[[Any, Any], tuple[Any, Any, Any]],
    choose: Callable[..., int],
) -> Any:
    items = list(values[0]) if len(values) == 1 and isinstance(values[0], list | tuple) else values
    if not items:
        raise refused(f"takes the {name} of nothing.", "Give at least one value.")
    result = items[0]
    for item in items[1:]:
        if not isinstance(result, Signal) and not isinstance(item, Signal):
            result = choose(result, item)
            continue
        condition, x, y = order(result, item)
        chosen = select(condition, x, y)
        if isinstance(chosen, Signal):
            low, high = zip(_interval(x), _interval(y), strict=True)
            chosen = Signal(chosen.engine, chosen.value, choose(*low), choose(*high))
        result = chosen
    return result


def _interval(value: Any) -> tuple[int, int]:
    return value.interval if isinstance(value, Signal) else (value, value)


def all_of(conditions: Iterable[Any]) -> Any:
    """1 if every condition is 1 (also of none); two rows at the most beside the conditions' own."""
    signals, constants = _conditions("all_of", conditions)
    if not all(constants):
        return 0
    return _combined(signals, 1, Engine.conjunction)


def any_of(conditions: Iterable[Any]) -> Any:
    """1 if one condition or more are 1; two rows at the most beside the conditions' own."""
    signals, constants = _conditions("any_of", conditions)
    if any(constants):
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
    return flag(engine, method([signal.value for signal in signals]))


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
            raise refused(f"combines {shown}, which is no Bool.", "Compare each: x != 0.")
    return signals, constants


def _items(name: str, conditions: Iterable[Any]) -> Iterator[Any]:
    if isinstance(conditions, Signal):
        raise refused(f"gives {name} one value.", f"Give a list: {name}([a, b, c]).")
    return leaves(list(conditions))


def hint(
    function: Callable[..., object],
    *signals: Any,
    returns: Any,
    waive: str | None = None,
) -> Any:
    """Values that a Python function finds when the witness is solved; nothing constrains them yet.

    function  called with plain integers (lists for lists) in the order of `signals`
    returns   the type of its result, range-checked in the circuit; a tuple of types gives a tuple
    waive     a written reason why the result need not be determined by the inputs

    Constrain what it returns with check(): a witness may hold any other value that passes.
    """
    if not callable(function):
        raise refused("gives hint() something that is no function.", "Write hint(function, ...).")
    if waive is not None and not (isinstance(waive, str) and waive.strip()):
        raise refused("waives without a reason.", "Write the reason: waive='any root serves'.")
    types: Type | tuple[Type, ...] = (
        tuple(as_type(part, "returns") for part in returns)
        if isinstance(returns, tuple)
        else as_type(returns, "returns")
    )
    found: list[Signal] = []
    shapes = tuple(_shape(argument, found) for argument in signals)
    engine = _engine_of(found)
    place = here()
    call = HintCall(
        function,
        shapes,
        tuple(None if s.low is None else s.interval for s in found),
        types,
        waive,
        None if place is None else place.source(),
    )
    if engine is None:
        values: Iterator[Any] = iter(PlainEngine(call.name).hint(call, []))
    else:
        payloads = engine.hint(call, [signal.value for signal in found])
        leaf_types = [type_ for _, type_ in call.result_types()]
        values = (_typed(engine, p, t) for p, t in zip(payloads, leaf_types, strict=True))
    if isinstance(types, tuple):
        return tuple(_nest(type_, values) for type_ in types)
    return _nest(types, values)


def _typed(engine: Engine, payload: Any, type_: FieldType | IntegerType) -> Signal:
    if isinstance(type_, FieldType):
        return Signal(engine, payload, None, None)
    return Signal(engine, payload, type_.low, type_.high)


def _nest(type_: Type, values: Iterator[Any]) -> Any:
    if isinstance(type_, ArrayType):
        if type_.length is None:
            raise refused("has an Array without a length.", "Give hint() a type with lengths.")
        return [_nest(type_.element, values) for _ in range(type_.length)]
    return next(values)


def _shape(argument: Any, found: list[Signal]) -> object:
    if isinstance(argument, Signal):
        found.append(argument)
        return len(found) - 1
    if isinstance(argument, list | tuple):
        return [_shape(item, found) for item in argument]
    value = plain_integer(argument)
    if value is None:
        raise refused(
            f"gives a hint {describe(argument)}.",
            "Give signals, whole numbers and lists of them; bind other values in the function.",
        )
    return (value,)


def _engine_of(signals: list[Signal]) -> Engine | None:
    """The engine of a hint's signals; of none, the one that is running."""
    running = current_engine.get()
    for signal in signals:
        if signal.engine is not (signals[0].engine if running is None else running):
            raise foreign()
    return running or (signals[0].engine if signals else None)
