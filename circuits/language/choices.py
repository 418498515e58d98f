"""The functions of the language that choose among values: select, minimum, maximum.

They take signals and constants mixed; on constants alone they compute.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from circuits.language.refusals import describe, refused
from circuits.language.signal import Signal, in_reach, paired, plain_integer
from circuits.language.structure import fields_of, is_record, make_record


def select(condition: Any, if_true: Any, if_false: Any) -> Any:
    """if_true where the condition is 1, if_false where it is 0; lists and records part by part.

    Cost: one row for each number in them.
    """
    if _is_nest(if_true) or _is_nest(if_false):
        return _select_nests(condition, if_true, if_false)
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


def _is_nest(value: object) -> bool:
    return isinstance(value, list | tuple) or is_record(value)


def _select_nests(condition: Any, if_true: Any, if_false: Any) -> Any:
    if is_record(if_true) and type(if_true) is type(if_false):
        parts = {
            name: select(condition, x, getattr(if_false, name)) for name, x in fields_of(if_true)
        }
        return make_record(type(if_true), parts)
    both = isinstance(if_true, list | tuple) and isinstance(if_false, list | tuple)
    if not both or len(if_true) != len(if_false):
        raise refused(
            "chooses between values of different shapes.",
            "Give lists of one length, or records of one class.",
        )
    chosen = [select(condition, x, y) for x, y in zip(if_true, if_false, strict=True)]
    return tuple(chosen) if isinstance(if_true, tuple) else chosen


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
