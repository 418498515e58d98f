"""The rounds of Poseidon and of Poseidon2, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from zkpipe.accel.bn254 import R
from zkpipe.circuits.gadgets.poseidon_parameters import PoseidonParameters


def permutation_by_definition(parameters: PoseidonParameters, state: Sequence[int]) -> list[int]:
    """Add constants, S-boxes, matrix; round after round, as section 2.2 of 2019/458 has it."""
    half = parameters.full_rounds // 2
    values = list(state)
    for k, constants in enumerate(parameters.round_constants):
        is_full = not half <= k < half + parameters.partial_rounds
        values = [(x + c) % R for x, c in zip(values, constants, strict=True)]
        values = [pow(x, 5, R) if is_full or i == 0 else x for i, x in enumerate(values)]
        values = layer(parameters.matrix if is_full else parameters.partial_matrix, values)
    return values


def layer(matrix: Sequence[Sequence[int]], values: Sequence[int]) -> list[int]:
    return [sum(m * x for m, x in zip(row, values, strict=True)) % R for row in matrix]
