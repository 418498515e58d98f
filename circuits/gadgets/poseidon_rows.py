"""A Poseidon permutation in a circuit: a component for each, traced once and copied.

An S-box is three rows, x x = x2, x2 x2 = x4, x4 x = x5; linear layers are free. A constant in the
state saves its first S-box: n inputs cost Poseidon 3 (8 (n + 1) + R_P - 1) rows. In the partial
rounds the wire of the third row is not x5 but the filter's q, x4 x = q + a_1 q_1 + ...: so every
sum there has t entries, where sums of all the x5's so far would grow with each round.

Source: the filter form of `poseidon_plain`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from types import FunctionType
from typing import Any, cast

from zkpipe.circuits.define.component import component
from zkpipe.circuits.gadgets.author import linear_combination, on_integers, wire
from zkpipe.circuits.gadgets.poseidon_parameters import PoseidonParameters
from zkpipe.circuits.gadgets.poseidon_plain import partial_rounds, permute
from zkpipe.circuits.language.values.types import ArrayType, Field


@cache
def permutation(
    parameters: PoseidonParameters, outputs: int
) -> Callable[[Sequence[Any]], list[Any]]:
    """The function that mixes a state and returns the first `outputs` elements."""
    partial, half = partial_rounds(parameters), parameters.full_rounds // 2
    matrix, rounds = parameters.matrix, parameters.round_constants

    def rows(state: Sequence[Any]) -> list[Any]:
        for k in range(half - 1):
            state = _apply(matrix, _s_boxes(state, rounds[k]))
        x, *newest_first = _apply(partial.entry, _s_boxes(state, rounds[half - 1]))

        x = x + partial.entry_constant
        memory = newest_first[::-1]
        for constant in partial.constants:
            memory.append(wire(x**5 + constant - linear_combination(partial.feedback, memory)))
            x = linear_combination(partial.output, memory)
            del memory[0]
        hidden = _apply(partial.exit, memory[::-1])
        state = [x, *(h + c for h, c in zip(hidden, partial.exit_constants, strict=True))]

        for k in range(-half, -1):
            state = _apply(matrix, _s_boxes(state, rounds[k]))
        return _apply(matrix[:outputs], _s_boxes(state, rounds[-1]))

    rows.__name__ = parameters.name
    rows.__annotations__ = {
        "state": ArrayType(Field, len(matrix)),
        "return": ArrayType(Field, outputs),
    }
    mixed = component(cast(FunctionType, rows))
    return on_integers(lambda state: permute(parameters, state)[:outputs])(mixed)


def _s_boxes(values: Sequence[Any], constants: Sequence[int]) -> list[Any]:
    """(x + c)^5 of each."""
    return [(x + c) ** 5 for x, c in zip(values, constants, strict=True)]


def _apply(matrix: Sequence[Sequence[int]], vector: Sequence[Any]) -> list[Any]:
    return [linear_combination(row, vector) for row in matrix]
