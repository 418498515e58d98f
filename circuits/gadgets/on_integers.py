"""Gadgets that have a plain function beside their rows: it answers wherever values are known.

Which of them answers is decided by what runs, and by the values that are given:

    no circuit                          the reference
    a circuit's plain run               the reference, and its results become values of the circuit
    a circuit's trace                   the rows
    a circuit's trace, constants alone  the rows, on integers: their checks hold there too

Values that cannot be seen, in objects of other kinds than numbers, lists, tuples and records, are
refused: the reference would be traced in the place of the rows.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable
from functools import partial, wraps
from types import FrameType
from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.circuits.errors import CompileError, UnsatisfiedError
from zkpipe.circuits.gadgets.arguments import misuse
from zkpipe.circuits.language.plain.run import Precomputed
from zkpipe.circuits.language.text.frames import Owner, owner_of
from zkpipe.circuits.language.text.source import source_here
from zkpipe.circuits.language.text.syntax import spot_of
from zkpipe.circuits.language.values.engine import Engine, current_engine, outside, running
from zkpipe.circuits.language.values.refusals import refused
from zkpipe.circuits.language.values.signal import Signal, constant, foreign, in_reach
from zkpipe.circuits.language.values.structure import (
    fields_of,
    is_record,
    leaves,
    make_record,
    map_structure,
)
from zkpipe.circuits.language.values.types import (
    Field,
    FieldType,
    FixedType,
    IntegerType,
    ScalarType,
    as_type,
    leaf_paths,
)
from zkpipe.ground.errors import ZkpipeError
from zkpipe.ground.kinds import describe, integer, items
from zkpipe.ground.process.interruption import ends_the_process

_OTHERS = (str, bytes, type(None), type, FieldType, IntegerType)  # arguments that hold no value

_OWN = "The reference of "  # how our own refusals of a reference begin

Function = Callable[..., Any]
Results = ScalarType | list[ScalarType]  # the type of every value, or of each in its order


def on_integers(reference: Function, returns: Any = Field) -> Callable[[Function], Function]:
    """Decorate the rows of a gadget with the plain function that computes the same.

    reference  called with the gadget's arguments in their order, with an integer for each value (a
               Field's from 0 to r - 1) and lists for arrays; gives an integer, or a nest of them.
               It refuses what the rows refuse, by raising any exception
    returns    the type of each value in the result; or the type of the result, if that is an Array
               or a record. No Fixed: return its units

    `testing.agrees` compares the rows with the reference.

    Raises CompileError for another type. The gadget raises CompileError for arguments in which
    values of a circuit cannot be seen, and for results that are not of the type.
    """
    if not callable(reference) or _is_bare(sys._getframe(1)):
        raise refused(
            "does not have the gadget's plain function.",
            "Write @on_integers(reference) above the rows.",
        )
    results = _results(returns)

    def decorate(rows: Function) -> Function:
        if not callable(rows):  # @on_integers by itself, where the text cannot be read
            raise refused(
                "calls what on_integers() decorates.",
                "Write @on_integers(reference) above the rows.",
            )
        name = getattr(rows, "__name__", "a gadget")
        signature = inspect.signature(rows)

        @wraps(rows)
        def gadget(*positional: Any, **named: Any) -> Any:
            if named or len(positional) != len(signature.parameters):
                positional = _bound(name, signature, positional, named)
            arguments = [_visible(name, x) for x in positional]
            engine = current_engine.get()
            if engine is None:
                found = map_structure(_number(name), reference(*arguments))
                return _each(name, results, found, lambda number, _: number)
            signals = [x for x in leaves(arguments) if isinstance(x, Signal)]
            if any(in_reach(x) is not engine for x in signals):
                raise foreign()
            if engine.knows_values:
                found = _answer(name, reference, map_structure(_known(engine), arguments))
            elif signals:
                return _each(name, results, rows(*arguments), partial(_as_type, name, engine))
            else:
                found = _on_constants(name, rows, arguments)
            return _each(name, results, found, partial(_constant, engine))

        return gadget

    return decorate


def _is_bare(frame: FrameType) -> bool:
    """Whether a frame is at `@on_integers` without parentheses, which takes the rows for it."""
    spot = None if owner_of(frame.f_code) is Owner.OURS else spot_of(frame, frame.f_lasti)
    around = None if spot is None or not spot.around else spot.around[0]
    return (
        spot is not None
        and isinstance(around, ast.FunctionDef)
        and isinstance(spot.node, ast.Name | ast.Attribute)
        and spot.node in around.decorator_list
    )


def _results(returns: Any) -> Results:
    type_ = as_type(returns, "on_integers()")
    parts = [part for _, part in leaf_paths(type_, "")]
    if any(isinstance(part, FixedType) for part in parts):
        raise refused("returns a Fixed.", "Return its number of units, as an Int.")
    return type_ if isinstance(type_, FieldType | IntegerType) else parts


def _bound(
    name: str, signature: inspect.Signature, positional: tuple[Any, ...], named: dict[str, Any]
) -> tuple[Any, ...]:
    """The arguments in their order, with defaults."""
    try:
        bound = signature.bind(*positional, **named)
    except TypeError as error:
        problem = f"calls {name}() with other arguments than it has: {error}."
        raise _misuse(problem, f"{name}{signature}") from None
    bound.apply_defaults()
    if bound.kwargs:
        raise _misuse(f"calls {name}(), which takes arguments by name alone.", "name(x, y)")
    return bound.args


def _misuse(problem: str, call: str) -> ZkpipeError:
    return misuse("A gadget", problem, f"Call it as {call}.")


def _visible(name: str, value: Any) -> Any:
    """An argument with integers for numbers and lists for arrays; its values can all be seen."""
    if isinstance(value, Signal):
        if value.scale is not None:
            raise misuse(f"{name}()", f"has {value.kind()}.", "Give its number of units, x.units.")
        return value
    number = integer(value)
    if number is not None:
        return number
    if isinstance(value, _OTHERS):
        return value
    if is_record(value):
        parts = {part: _visible(name, inner) for part, inner in fields_of(value)}
        return make_record(type(value), parts)
    listed = items(value)
    if listed is None:
        raise misuse(
            f"{name}()",
            f"has {describe(value)}, in which values cannot be seen.",
            "Give values alone, or in lists, tuples and records.",
        )
    made = [_visible(name, x) for x in listed]
    if isinstance(value, tuple):
        return value._make(made) if hasattr(value, "_make") else tuple(made)
    return made


def _known(engine: Engine) -> Callable[[object], object]:
    return lambda x: engine.integer(x) if isinstance(x, Signal) else x


def _number(name: str) -> Callable[[object], int]:
    def number(value: object) -> int:
        found = integer(value)
        if found is None:
            raise CompileError(
                f"The reference of {name}() returns {describe(value)}, which is not an integer.",
                "Return integers, alone or in lists, tuples and records.",
            )
        return found

    return number


def _answer(name: str, reference: Function, arguments: list[Any]) -> Any:
    """What the reference gives in a plain run, which no circuit is a part of."""
    try:
        with outside():
            return map_structure(_number(name), reference(*arguments))
    except UnsatisfiedError:
        raise
    except BaseException as error:
        if ends_the_process(error) or (isinstance(error, CompileError) and _OWN in error.problem):
            raise
        kind = type(error)  # what it says may hold private values
        said = (
            kind.__name__
            if kind.__module__ in ("builtins", CompileError.__module__)
            else "an error"
        )
        raise UnsatisfiedError(
            f"The gadget {name}() has no answer: its reference raises {said}.",
            "Give inputs for which it has one.",
            source_here(),
            cause=error,
        ) from None


def _on_constants(name: str, rows: Function, arguments: list[Any]) -> Any:
    """What the rows give for integers while a circuit is compiled: their checks count."""
    engine = Precomputed(name)

    def leaf(value: object) -> object:
        return constant(engine, value) if type(value) is int else value

    def plain(value: object) -> int:
        return engine.integer(value) if isinstance(value, Signal) else _number(name)(value)

    try:
        with running(engine):
            return map_structure(plain, rows(*map_structure(leaf, arguments)))
    except UnsatisfiedError as error:
        raise CompileError(error.problem, "Correct the constants.", error.source) from error


def _each(
    name: str, results: Results, found: object, typed: Callable[[Any, ScalarType], Any]
) -> Any:
    """A result, value by value, each with its type. Raises CompileError if it has none."""
    count = sum(1 for _ in leaves(found))
    if isinstance(results, list) and len(results) != count:
        raise CompileError(
            f"{name}() returns {count} values, and its type has {len(results)}.",
            "Give on_integers the type of the result.",
        )
    types = iter(results if isinstance(results, list) else [results] * count)

    def one(value: Any) -> Any:
        type_ = next(types)
        is_signal = isinstance(value, Signal)
        if isinstance(type_, FieldType):
            return typed(value if is_signal else value % R, type_)
        low, high = (value.low, value.high) if is_signal else (value, value)
        if low is None or not type_.low <= low <= high <= type_.high:
            given = value.kind() if is_signal else "an integer"
            raise CompileError(
                f"{name}() returns {given} that {type_} does not hold.",
                "Correct the function, or the type that on_integers was given.",
            )
        return typed(value, type_)

    return map_structure(one, found)


def _constant(engine: Engine, number: int, type_: ScalarType) -> Signal:
    low, high = (None, None) if isinstance(type_, FieldType) else (type_.low, type_.high)
    return Signal(engine, engine.constant(number), low, high)


def _as_type(name: str, engine: Engine, value: Any, type_: ScalarType) -> Signal:
    """What the rows give, with the bounds of the declared type: as in a plain run."""
    if not isinstance(value, Signal):
        return _constant(engine, _number(name)(value), type_)
    if value.scale is not None:
        raise refused(f"returns {value.kind()}.", "Return its number of units, x.units.")
    low, high = (None, None) if isinstance(type_, FieldType) else (type_.low, type_.high)
    return Signal(engine, value.payload, low, high)
