"""SHA-256 in a circuit: its blocks, their rows, bytes of other types, and refusals.

Messages that NIST published are in test_published, random ones in test_messages.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest

from tests.circuits.gadgets.byte_hashes.blocks import block_of_sha256, compiled
from tests.circuits.gadgets.byte_hashes.hashed import digests, hashed
from tests.long_form import IS_LONG
from zkpipe.circuits import (
    Array,
    InputError,
    Private,
    Public,
    UInt,
    circuit,
)
from zkpipe.circuits.gadgets import sha256, sha256_compress
from zkpipe.circuits.gadgets.byte_hashes.sha2 import padding, words
from zkpipe.circuits.gadgets.byte_hashes.sha2_rows import SHA256, compress256

BLOCK = 17_331  # rows of a block of which nothing is constant
BYTES = 8  # rows of an input's byte
COMPRESSED = 10_000 if IS_LONG else 98


def test_the_rows_on_integers_are_those_of_the_standard() -> None:
    """The rows of a component on constants: no wires, the same text."""
    for message in (b"abc", bytes(range(64)), *map(bytes, range(24 if IS_LONG else 3))):
        state: Any = SHA256.initial_bits()
        padded = [*message, *padding(SHA256, len(message))]
        for begin in range(0, len(padded), 64):
            state = compress256(state, words(SHA256, padded[begin : begin + 64]))
        found = [sum(bit << i for i, bit in enumerate(word)) for word in state]
        digest = hashlib.sha256(message).digest()
        assert b"".join(word.to_bytes(4, "big") for word in found) == digest


def test_the_constants_are_those_of_the_standard() -> None:
    initial, constants = SHA256.initial, SHA256.constants
    assert (initial[0], initial[1], initial[7]) == (0x6A09E667, 0xBB67AE85, 0x5BE0CD19)
    assert (constants[0], constants[31], constants[63]) == (0x428A2F98, 0x14292967, 0xC67178F2)


def test_a_block_costs_what_it_did_and_constants_cost_nothing() -> None:
    def rows(count: int) -> int:
        return hashed("sha256", count).constraint_count - BYTES * count

    assert rows(3) == 16_328
    assert rows(55) == 17_037
    assert rows(64) == 29_912  # circomlib's Sha256(512): 59,281
    if IS_LONG:
        assert rows(128) - rows(64) == rows(192) - rows(128) == BLOCK


def test_a_block_compressed_in_a_circuit_is_the_one_on_integers() -> None:
    system = compiled(block_of_sha256)
    assert system.constraint_count == 96 * BYTES + BLOCK + 32
    draw = np.random.default_rng(8)
    cases = [(bytes(64), bytes(32)), (b"\xff" * 64, b"\xff" * 32)]
    cases += [(draw.bytes(64), draw.bytes(32)) for _ in range(COMPRESSED)]
    found = digests(system, [[*block, *state] for block, state in cases])
    assert found == [bytes(sha256_compress(block, state)) for block, state in cases]


def test_a_block_may_be_compressed_from_the_initial_state_and_on() -> None:
    @circuit
    def own(first: Private[Array[UInt[8], 64]], length: Private[UInt[8]]) -> Public[UInt[8]]:
        last = [0x80, *bytes(62), length]
        return sha256_compress(last, sha256_compress(first))[0]

    inputs = {"first": list(range(64)), "length": 200}
    wanted = sha256_compress(bytes([0x80, *bytes(62), 200]), sha256_compress(bytes(range(64))))[0]
    assert own.compile().solve(**inputs).public == [wanted]
    assert own(**inputs) == wanted


def test_a_hash_of_a_hash_and_of_sums_is_determined() -> None:
    @circuit
    def twice(some: Private[Array[UInt[7], 3]]) -> Public[Array[UInt[8], 32]]:
        first = [some[0] + some[1], some[1] + some[2], some[2]]
        return sha256(sha256(first))

    witness = twice.compile().solve(some=[100, 27, 101])
    inner = hashlib.sha256(bytes([127, 128, 101])).digest()
    assert bytes(witness.public) == hashlib.sha256(inner).digest()


@pytest.mark.parametrize("given", [(bytes(63),), (bytes(65),), (bytes(64), bytes(31))])
def test_a_block_and_a_state_have_their_sizes(given: tuple[bytes, ...]) -> None:
    with pytest.raises(InputError, match=r"bytes for (block|state)"):
        sha256_compress(*given)
