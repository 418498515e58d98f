"""Parameters and the plain permutation against the definition, circomlibjs and the literature."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.circuits.oracles.poseidon import permutation_by_definition
from zkpipe.accel.bn254 import R
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.gadgets import poseidon_plain
from zkpipe.circuits.gadgets.poseidon import poseidon, poseidon_ex
from zkpipe.circuits.gadgets.poseidon_parameters import (
    FULL_ROUNDS,
    PARTIAL_ROUNDS,
    STATE_BITS,
    TAPS,
    _lfsr_bits,
    poseidon_parameters,
)

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "circomlib" / "poseidon.json").read_text()
)
WIDTHS = sorted(PARTIAL_ROUNDS)
EDGES = [0, 1, 2, R - 1, R - 2, (R + 1) // 2, 1 << 128, 1 << 253]


def permute(state: Sequence[int]) -> list[int]:
    return poseidon_plain.permute(poseidon_parameters(len(state)), state)


def grain_by_the_bit(seed: int, count: int) -> list[int]:
    bits = [seed >> i & 1 for i in range(STATE_BITS)]
    while len(bits) < count:
        bits.append(sum(bits[len(bits) - STATE_BITS + tap] for tap in TAPS) % 2)
    return bits


def test_the_hash_of_every_vector_is_circomlibjs_own() -> None:
    assert {len(case["inputs"]) for case in VECTORS["hash"]} == set(range(1, 17))
    for case in VECTORS["hash"]:
        assert permute([0, *map(int, case["inputs"])])[0] == int(case["out"])


def test_an_initial_state_and_several_outputs_are_circomlibjs_own() -> None:
    assert len(VECTORS["ex"]) == 3
    for case in VECTORS["ex"]:
        state = permute([int(case["initState"]), *map(int, case["inputs"])])
        assert state[: case["nOut"]] == [int(x) for x in case["out"]]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_filter_form_is_the_permutation_of_the_definition(width: int) -> None:
    source = np.random.default_rng(width)
    states = [[edge] * width for edge in EDGES]
    states += [[EDGES[i] for i in source.integers(len(EDGES), size=width)] for _ in range(4)]
    states += [
        [int.from_bytes(source.bytes(40), "little") % R for _ in range(width)] for _ in range(4)
    ]
    parameters = poseidon_parameters(width)
    for state in states:
        assert permute(state) == permutation_by_definition(parameters, state)


@given(st.integers(1, (1 << STATE_BITS) - 1), st.integers(STATE_BITS, 3000))
def test_the_doubled_recurrence_gives_the_sequence_of_the_single_one(seed: int, count: int) -> None:
    bits = _lfsr_bits(seed, count)
    assert [bits >> i & 1 for i in range(count)] == grain_by_the_bit(seed, count)


def test_the_first_round_constants_of_width_three_are_the_published_ones() -> None:
    # The first constant and the matrix's first entry of poseidonperm_x5_254_3, the authors' test
    # vectors for this field.
    parameters = poseidon_parameters(3)
    assert parameters.round_constants[0][0] == (
        0x0EE9A592BA9A9518D05986D656F40C2114C4993C11BB29938D21D47304CD8E6E
    )
    assert parameters.matrix[0][0] == (
        0x109B7F411BA0E4C9B2B70CAF5C36A7B194BE7C11AD24378BFEDB68592BA8118B
    )
    assert permute([0, 1, 2]) == [
        0x115CC0F5E7D690413DF64C6B9662E9CF2A3617F2743245519E19607A4417189A,
        0x0FCA49B798923AB0239DE1C9E7A4A9A2210312B6A2F616D18B5A87F9B628AE29,
        0x0E7AE82E40091E63CBD4F16A6D16310B3729D4B6E138FCF54110E2867045A30C,
    ]


@pytest.mark.parametrize("width", WIDTHS)
def test_parameters_have_the_shape_of_their_rounds_and_no_constant_twice(width: int) -> None:
    parameters = poseidon_parameters(width)
    constants = [c for row in parameters.round_constants for c in row]
    assert len(parameters.round_constants) == FULL_ROUNDS + PARTIAL_ROUNDS[width]
    assert {len(row) for row in parameters.round_constants} == {width}
    assert len(set(constants)) == len(constants)
    assert all(0 <= c < R for c in constants)
    # every square part of a Cauchy matrix is regular if no entry repeats in a row or a column
    assert len(parameters.matrix) == width
    for line in [*parameters.matrix, *zip(*parameters.matrix, strict=True)]:
        assert len(set(line)) == width


@given(st.lists(st.integers(1 - R, R - 1), min_size=1, max_size=16))
def test_an_integer_stands_for_its_residue(inputs: list[int]) -> None:
    assert poseidon(inputs) == permute([0, *(x % R for x in inputs)])[0]
    assert poseidon_ex(inputs, -5, len(inputs) + 1) == permute([R - 5, *(x % R for x in inputs)])


@pytest.mark.parametrize("value", [R, -R, R + 1, 1 << 256, 1.0, "1", None, [1]])
def test_what_is_no_field_element_is_refused_and_not_shown(value: object) -> None:
    with pytest.raises(InputError, match=r"inputs\[1\]") as refusal:
        poseidon([7, value])
    assert refusal.value.value == value
    assert refusal.value.parameter == "inputs[1]"
    assert str(R) not in str(refusal.value)
    with pytest.raises(InputError, match="initial_state"):
        poseidon_ex([7], value, 1)


@pytest.mark.parametrize("count", [0, 17])
def test_no_inputs_and_too_many_are_refused(count: int) -> None:
    with pytest.raises(InputError, match=f"not {count}"):
        poseidon([1] * count)


@pytest.mark.parametrize("outputs", [0, -1, 4])
def test_a_number_of_outputs_the_state_has_not_is_refused(outputs: int) -> None:
    with pytest.raises(InputError, match="outputs"):
        poseidon_ex([1, 2], 0, outputs)
