"""Gates on bits, of which hashes are made: one row each, and none for what constants decide.

    exclusive_or   of two or three Bools
    majority       of three Bools
    choose         one of two Bools by a third
    chi            a ^ (~b & c), Keccak's
    sum_bits       the lowest bits of a weighted sum of Bools, such as a sum of words

The output of each is a Bool. Python's `^` gives a value that sums can take apart, and so has no
wire of its own; that of a gate has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.arguments import Element, bits, listed, misuse, whole
from zkpipe.circuits.language.gates import CHI, CHOOSE, MAJORITY, XOR, Gate
from zkpipe.circuits.language.values.bounds import MAX_BITS
from zkpipe.circuits.language.values.engine import Engine
from zkpipe.circuits.language.values.signal import Signal, flag, foreign, in_reach

__all__ = ["chi", "choose", "exclusive_or", "majority", "sum_bits"]


def exclusive_or(a: Any, b: Any, c: Any = 0) -> Any:
    """a ^ b ^ c: a row, or none if two of them are constant, equal or opposite.

    Raises InputError, or in a circuit CompileError, for what is no bit.
    """
    return _gate("exclusive_or()", XOR, [a, b, c])


def majority(a: Any, b: Any, c: Any) -> Any:
    """The bit that two or three of them are: a row, or none if two are equal or opposite.

    Raises InputError, or in a circuit CompileError, for what is no bit.
    """
    return _gate("majority()", MAJORITY, [a, b, c])


def choose(condition: Any, if_one: Any, if_zero: Any) -> Any:
    """if_one where the condition is 1, else if_zero: a row, or none if both are constant.

    Raises InputError, or in a circuit CompileError, for what is no bit.
    """
    return _gate("choose()", CHOOSE, [condition, if_one, if_zero])


def chi(a: Any, b: Any, c: Any) -> Any:
    """a ^ (~b & c): a row.

    Raises InputError, or in a circuit CompileError, for what is no bit.
    """
    return _gate("chi()", CHI, [a, b, c])


def sum_bits(weights: Sequence[int], values: Sequence[Any], constant: int, count: int) -> list[Any]:
    """The `count` lowest bits of the sum of weights[i] * values[i] and a constant, lowest first.

    weights   whole numbers; if the sum can be negative it is taken mod 2^count
    values    as many Bools
    constant  a whole number
    count     from 1 to 253

    Cost: a row for each bit of the greatest sum, so those of the carry too.

    Raises InputError, or in a circuit CompileError, for what is no bit, for lengths that differ,
    and for a sum that may have more than 253 bits.
    """
    gadget = "sum_bits()"
    checked = bits(gadget, "values", values)
    count = whole(gadget, "count", count, 1, MAX_BITS, f"A sum has at most {MAX_BITS} bits.")
    numbers = [
        *listed(gadget, "weights", weights, "whole numbers"),
        constant,
    ]
    limit, few = 1 << MAX_BITS, "Give a smaller number."
    *factors, added = (whole(gadget, "weights", x, 1 - limit, limit - 1, few) for x in numbers)
    if len(factors) != len(checked):
        raise misuse(
            gadget,
            f"has {len(factors)} weights for {len(checked)} values.",
            "Give a weight for each value.",
        )
    if sum(map(abs, factors), abs(added)) >= limit:
        raise misuse(gadget, f"has a sum of more than {MAX_BITS} bits.", "Add fewer at once.")
    signals = [x for x in checked if isinstance(x, Signal)]
    if not signals:
        total = added + sum(w * x for w, x in zip(factors, checked, strict=True))
        return [total >> i & 1 for i in range(count)]
    engine = _engine_of(signals)
    found = engine.sum_bits(factors, _payloads(engine, checked), added, count)
    return [flag(engine, bit) for bit in found]


def _gate(gadget: str, function: Gate, values: Sequence[Any]) -> Any:
    checked = bits(gadget, "its bits", values)
    signals = [x for x in checked if isinstance(x, Signal)]
    if not signals:
        return function(*(x for x in checked if isinstance(x, int)))
    engine = _engine_of(signals)
    return flag(engine, engine.gate(function, _payloads(engine, checked)))


def _payloads(engine: Engine, checked: Sequence[Element]) -> list[Any]:
    return [x.payload if isinstance(x, Signal) else engine.constant(x) for x in checked]


def _engine_of(signals: Sequence[Signal]) -> Engine:
    engine = in_reach(signals[0])
    if any(signal.engine is not engine for signal in signals):
        raise foreign()
    return engine
