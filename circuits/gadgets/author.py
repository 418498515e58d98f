"""For authors of gadgets: what the operators of a circuit's values do not say.

    linear_combination   a sum of multiples of values, made in one piece
    wire                 a value on a wire of its own
    on_integers          a plain function that computes a gadget where values are known

A gadget is a function of circuits' values and integers. What it takes is checked by
zkpipe.circuits.gadgets.arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.circuits.errors import CompileError
from zkpipe.circuits.gadgets.arguments import element, elements, listed, misuse, whole
from zkpipe.circuits.language.values.engine import Engine
from zkpipe.circuits.language.values.signal import Signal, constant, foreign, in_reach
from zkpipe.circuits.language.values.structure import leaves, map_structure
from zkpipe.circuits.language.values.types import Field, FieldType, IntegerType
from zkpipe.ground.kinds import integer


def linear_combination(weights: Sequence[int], values: Sequence[Any]) -> Any:
    """The sum of weights[i] * values[i], as a Field. No row; of integers alone an integer below r.

    weights  whole numbers strictly between -r and r, which are known when the circuit is compiled
    values   as many circuits' values and integers, in their order

    It is what `+` and `*` give, without a sum for each step between.

    Raises InputError, or in a circuit CompileError, for lengths that differ and for other values.
    """
    gadget = "linear_combination()"
    terms: list[Any] = listed(gadget, "values", values, "field elements")
    if not all(type(x) is Signal for x in terms):  # a Fixed is of another class
        terms = elements(gadget, "values", terms)
    factors: list[Any] = listed(gadget, "weights", weights, "whole numbers")
    if not all(type(weight) is int and -R < weight < R for weight in factors):
        factors = [
            whole(gadget, f"weights[{i}]", weight, 1 - R, R - 1, "Reduce it mod r first.")
            for i, weight in enumerate(factors)
        ]
    if len(factors) != len(terms):
        raise misuse(
            gadget,
            f"has {len(factors)} weights for {len(terms)} values.",
            "Give a weight for each value.",
        )
    signals = [x for x in terms if isinstance(x, Signal)]
    if not signals:
        return sum(w * x for w, x in zip(factors, terms, strict=True)) % R
    engine = _engine_of(signals)
    payloads = [x.payload if isinstance(x, Signal) else engine.constant(x) for x in terms]
    return Signal(engine, engine.linear_combination(factors, payloads), None, None)


def wire(value: Any) -> Any:
    """The value on a wire of its own, so that whatever is made of it has one entry for it.

    A sum with a product that no row has yet takes that product's row; any other costs a row. A
    constant stays one. Where values are known it is the value.

    Raises InputError, or in a circuit CompileError, for what is neither a number nor a value.
    """
    x = element("wire()", "value", value)
    if not isinstance(x, Signal):
        return integer(value)
    return x.moved(x.engine, in_reach(x).wired(x.payload))


def on_integers(
    reference: Callable[..., Any], returns: FieldType | IntegerType = Field
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate the rows of a gadget with the plain function that they compute.

    reference  called with the gadget's arguments, each value an integer (a Field's from 0 to
               r - 1): where all of them are integers, and in a circuit's plain run; gives an
               integer, or a nest of them
    returns    the type of each of these

    Only a trace calls the function that is decorated, where there is a value of the circuit among
    its arguments. `testing.agrees` compares both.
    """

    def decorate(rows: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(reference)
        def gadget(*arguments: Any) -> Any:
            signals = [x for x in leaves(list(arguments)) if isinstance(x, Signal)]
            if not signals:
                return reference(*arguments)
            engine = _engine_of(signals)
            if engine.integer(signals[0]) is None:
                return rows(*arguments)

            def known(x: Any) -> Any:
                return engine.integer(x) if isinstance(x, Signal) else x

            found = reference(*map_structure(known, list(arguments)))
            return map_structure(lambda value: _of_type(engine, value, returns), found)

        return gadget

    return decorate


def _engine_of(signals: Sequence[Signal]) -> Engine:
    engine = in_reach(signals[0])
    if any(signal.engine is not engine for signal in signals):
        raise foreign()
    return engine


def _of_type(engine: Engine, value: object, type_: FieldType | IntegerType) -> Signal:
    number = integer(value)
    if isinstance(type_, FieldType) and number is not None:
        return Signal(engine, constant(engine, number % R).payload, None, None)
    if number is None or isinstance(type_, FieldType) or not type_.low <= number <= type_.high:
        raise CompileError(
            f"The reference of a gadget returns what {type_} does not hold.",
            "Correct the reference, or the type that on_integers was given.",
        )
    return Signal(engine, constant(engine, number).payload, type_.low, type_.high)
