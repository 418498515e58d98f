"""The Poseidon permutation in a circuit: a component for each width, traced once and copied.

An S-box is three rows, x x = x2, x2 x2 = x4, x4 x = x5; linear layers are free. The capacity's
first S-box is a constant, so n inputs cost 3 (8 (n + 1) + R_P - 1) rows. In the partial rounds the
wire of the third row is not x5 but the filter's q, x4 x = q + a_1 q_1 + ...: so every sum there has
t entries, where sums of all the x5's so far would grow with each round.

Source: the filter form of `poseidon_plain`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from types import FunctionType
from typing import cast

from zkpipe.accel.bn254 import R
from zkpipe.circuits.compile.combinations.combination import Combination
from zkpipe.circuits.compile.lowering import TracingEngine
from zkpipe.circuits.define.component import Component, component
from zkpipe.circuits.gadgets.poseidon_parameters import FULL_ROUNDS, poseidon_parameters
from zkpipe.circuits.gadgets.poseidon_plain import partial_rounds
from zkpipe.circuits.language.values.signal import Signal
from zkpipe.circuits.language.values.types import ArrayType, Field

HALF = FULL_ROUNDS // 2


@cache
def permutation(width: int, outputs: int) -> Component:
    """The component that mixes a state of `width` elements and returns the first `outputs`.

    It is for a trace, whose values are linear combinations; a plain run has `permute`.
    """
    parameters, partial = poseidon_parameters(width), partial_rounds(width)
    matrix, rounds = parameters.matrix, parameters.round_constants

    def poseidon(state: Sequence[Signal]) -> list[Signal]:
        for k in range(HALF - 1):
            state = _apply(matrix, _s_boxes(state, rounds[k]))
        x, *newest_first = _apply(partial.entry, _s_boxes(state, rounds[HALF - 1]))

        x = x + partial.entry_constant
        memory = newest_first[::-1]
        for constant in partial.constants:
            memory.append(_wired(x**5 + constant - _dot(partial.feedback, memory)))
            x = _dot(partial.output, memory)
            del memory[0]
        hidden = _apply(partial.exit, memory[::-1])
        state = [x, *(h + c for h, c in zip(hidden, partial.exit_constants, strict=True))]

        for k in range(-HALF, -1):
            state = _apply(matrix, _s_boxes(state, rounds[k]))
        return _apply(matrix[:outputs], _s_boxes(state, rounds[-1]))

    poseidon.__annotations__ = {
        "state": ArrayType(Field, width),
        "return": ArrayType(Field, outputs),
    }
    return component(cast(FunctionType, poseidon))


def _s_boxes(values: Sequence[Signal], constants: Sequence[int]) -> list[Signal]:
    """(x + c)^5 of each."""
    return [(x + c) ** 5 for x, c in zip(values, constants, strict=True)]


def _apply(matrix: Sequence[Sequence[int]], vector: Sequence[Signal]) -> list[Signal]:
    return [_dot(row, vector) for row in matrix]


def _wired(x: Signal) -> Signal:
    """x on a wire of its own, by the row of the product in it."""
    engine = cast(TracingEngine, x.engine)
    return Signal(engine, engine.factor(engine.combination(x.payload)), None, None)


def _dot(weights: Sequence[int], values: Sequence[Signal]) -> Signal:
    """The sum of weights[i] * values[i], made in one piece."""
    total: Combination = {}
    for weight, x in zip(weights, values, strict=True):
        for slot, coefficient in x.payload.items():
            total[slot] = (total.get(slot, 0) + weight * coefficient) % R
    nonzero = {slot: coefficient for slot, coefficient in total.items() if coefficient}
    return Signal(values[0].engine, nonzero, None, None)
