"""Pedersen's hash: circomlibjs' points, the definition bit by bit, and lengths that matter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zkpipe.accel.curves.baby_jubjub import (
    IDENTITY,
    add,
    is_in_subgroup,
    multiply,
)
from zkpipe.circuits import InputError, Point
from zkpipe.circuits.gadgets.baby_jubjub import pack_point, pedersen_hash
from zkpipe.circuits.gadgets.baby_jubjub.pedersen import pedersen_generator

VECTORS = json.loads(
    (Path(__file__).parents[3] / "vectors" / "circomlib" / "mimc_pedersen.json").read_text()
)["pedersen"]


def hash_by_the_bit(data: bytes) -> Point:
    """As the literature has it: windows of four bits, 50 of them for each generator."""
    bits = [byte >> i & 1 for byte in data for i in range(8)]
    total = IDENTITY
    for window, start in enumerate(range(0, len(bits), 4)):
        b0, b1, b2, sign = bits[start : start + 4]
        weight = (1 - 2 * sign) * (1 + b0 + 2 * b1 + 4 * b2) * 32 ** (window % 50)
        total = add(total, multiply(pedersen_generator(window // 50), weight))
    return Point(*total)


def test_hashes_are_those_of_circomlibjs() -> None:
    assert [len(case["msg_hex"]) // 2 for case in VECTORS] == [0, 5, 31, 32, 63, 100]
    for case in VECTORS:
        assert pack_point(pedersen_hash(bytes.fromhex(case["msg_hex"]))).hex() == case["out"]


@settings(max_examples=10)
@given(st.binary(max_size=60))
def test_a_hash_is_that_of_the_definition(data: bytes) -> None:
    assert pedersen_hash(data) == hash_by_the_bit(data)


def test_generators_differ_and_lie_in_the_subgroup() -> None:
    generators = [pedersen_generator(segment) for segment in range(6)]
    assert len(set(generators)) == 6
    assert all(map(is_in_subgroup, generators))
    assert IDENTITY not in generators


def test_inputs_of_zeros_hash_to_different_points_by_their_length() -> None:
    hashes = [pedersen_hash(bytes(size)) for size in range(28)]
    assert hashes[0] == Point.IDENTITY
    assert len(set(hashes)) == len(hashes)


@pytest.mark.parametrize("data", ["text", 5, None, [1, 2]])
def test_what_is_no_bytes_is_refused(data: object) -> None:
    with pytest.raises(InputError, match="must be bytes"):
        pedersen_hash(data)
