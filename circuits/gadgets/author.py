"""For authors of gadgets: what the operators of a circuit's values do not say.

    linear_combination   a sum of multiples of values, made in one piece
    wire                 a value on a wire of its own
    on_integers          a plain function that computes a gadget where values are known

A gadget is a function of circuits' values and integers. What it takes is checked by
zkpipe.circuits.gadgets.arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.circuits.gadgets.arguments import element, elements, listed, misuse, whole
from zkpipe.circuits.gadgets.on_integers import on_integers
from zkpipe.circuits.language.values.engine import Engine
from zkpipe.circuits.language.values.signal import Signal, foreign, in_reach
from zkpipe.ground.kinds import integer

__all__ = ["linear_combination", "on_integers", "wire"]


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
    if any(isinstance(weight, Signal) for weight in factors):
        raise misuse(
            gadget,
            "has a circuit's value for a weight, which must be known when the circuit is compiled.",
            "Write x * y for a product of two values."
            if any(isinstance(x, Signal) for x in terms)
            else "The weights come first: linear_combination([1, 2, 3], [x, y, z]).",
        )
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


def _engine_of(signals: Sequence[Signal]) -> Engine:
    engine = in_reach(signals[0])
    if any(signal.engine is not engine for signal in signals):
        raise foreign()
    return engine
