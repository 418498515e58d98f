"""hint(): values that a function of the user's finds; what it is given is checked where it stands.

What the function returns is checked when it runs (circuits.language.plain.hint_call).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from inspect import iscoroutinefunction, isgeneratorfunction, signature
from types import FunctionType
from typing import Any

from zkpipe.circuits.language.plain.hint_call import HintCall, Units
from zkpipe.circuits.language.plain.run import PlainEngine
from zkpipe.circuits.language.text.source import here
from zkpipe.circuits.language.values.engine import Engine, current_engine
from zkpipe.circuits.language.values.fixed import signal_of
from zkpipe.circuits.language.values.refusals import refused
from zkpipe.circuits.language.values.signal import Signal, foreign, in_reach, plain_integer
from zkpipe.circuits.language.values.structure import (
    check_entries,
    fields_of,
    is_record,
    make_record,
    with_lists,
)
from zkpipe.circuits.language.values.types import Type, as_type, is_open, nest_of
from zkpipe.ground.kinds import describe, is_of


def hint(
    function: Callable[..., object],
    *signals: Any,
    returns: Any = None,
    waive: str | None = None,
) -> Any:
    """Values that a Python function finds when the witness is solved; nothing constrains them yet.

    function  called with plain integers in the order of `signals`: lists for lists, records for
              records, a Fraction for a Fixed
    returns   the type of its result, range-checked in the circuit; a tuple of types gives a tuple;
              for a record it may return a dict, for a Fixed a whole number of its units, or any
              number for a Rounded one
    waive     a written reason why the result need not be determined by the inputs

    Constrain what it returns with check(): a witness may hold any other value that passes.
    """
    if not callable(function):
        raise refused(
            "gives hint() something that is not a function.", "Write hint(function, ...)."
        )
    if returns is None:
        raise refused(
            "gives hint() no type for its result.",
            "Say what the function returns: hint(function, x, returns=UInt[8]).",
        )
    if waive is not None:
        waive = str.__str__(waive) if is_of(waive, str) else ""
        if not waive.strip():
            raise refused(
                "waives the check without a reason.", "Write the reason: waive='any root serves'."
            )
    _refuse_signals_within(function)
    _refuse_wrong_kind(function, len(signals))
    types: Type | tuple[Type, ...] = (
        tuple(as_type(part, "`returns` of hint()") for part in returns)
        if isinstance(returns, tuple)
        else as_type(returns, "`returns` of hint()")
    )
    if any(is_open(part) for part in (types if isinstance(types, tuple) else (types,))):
        raise refused("has an Array without a length.", "Give hint() a type with lengths.")
    found: list[Signal] = []
    shapes = tuple(_shape(with_lists(argument), found) for argument in signals)
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
        payloads = engine.hint(call, [signal.payload for signal in found])
        leaf_types = [type_ for _, type_ in call.result_types()]
        values = (signal_of(engine, p, t) for p, t in zip(payloads, leaf_types, strict=True))
    parts = types if isinstance(types, tuple) else (types,)
    nests = [nest_of(part, lambda _: next(values)) for part in parts]
    if engine is not None:
        check_entries(nests)
    return tuple(nests) if isinstance(types, tuple) else nests[0]


def _refuse_wrong_kind(function: Callable[..., object], count: int) -> None:
    """Refuse a function that cannot be called with so many values, or that returns none."""
    if iscoroutinefunction(function) or isgeneratorfunction(function):
        raise refused(
            "gives hint() a generator or a coroutine, which returns no values.",
            "Give a plain function that returns its result.",
        )
    try:
        parameters = signature(function)
    except (TypeError, ValueError):  # of some functions in C nothing is known
        return
    try:
        parameters.bind(*range(count))
    except TypeError:
        raise refused(
            f"gives hint() {count} value{'s' * (count != 1)} for a function that takes others.",
            "Give a value for each of its parameters: hint(function, x, y, returns=UInt[8]).",
        ) from None


def _refuse_signals_within(function: Any) -> None:
    """Refuse a function that holds a signal, which has no value when the function runs."""
    while isinstance(function, partial):
        for value in (*function.args, *function.keywords.values()):
            _refuse_signal_within(value, "a partial's argument")
        function = function.func
    if not isinstance(function, FunctionType):
        return
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        with suppress(ValueError):  # not set yet
            _refuse_signal_within(cell.cell_contents, f"`{name}`")
    for value in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
        _refuse_signal_within(value, "a default")


def _refuse_signal_within(value: object, where: str) -> None:
    if isinstance(value, Signal):
        raise refused(
            f"gives a hint a function that reads a signal as {where}, which has no value then.",
            "Give signals as arguments: hint(lambda x, y: x // y, a, b, returns=UInt[8]).",
        )


def _shape(argument: Any, found: list[Signal]) -> object:
    if isinstance(argument, Signal):
        found.append(argument)
        position = len(found) - 1
        return position if argument.scale is None else Units(position, argument.scale)
    if type(argument) in (list, tuple):
        return [_shape(item, found) for item in argument]
    if is_record(argument):
        parts = {name: _shape(part, found) for name, part in fields_of(argument)}
        return make_record(type(argument), parts)
    value = plain_integer(argument)
    if value is None:
        raise refused(
            f"gives a hint {describe(argument)}.",
            "Give signals, whole numbers and lists of them; bind other values in the function.",
        )
    return (value,)


def _engine_of(signals: list[Signal]) -> Engine | None:
    """The engine of a hint's signals; of none, the one that is running."""
    engine = in_reach(signals[0]) if signals else current_engine.get()
    if any(signal.engine is not engine for signal in signals):
        raise foreign()
    return engine
