"""SHA-256 in a circuit: NIST's vectors, Python's hashlib, the rows of a block, and refusals.

The long form has every vector in a circuit, and the two large circuits that must compile in time.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.circuits.gadgets.byte_hashes.follows import follows, unnoticed
from tests.long_form import IS_LONG
from zkpipe.circuits import (
    Array,
    CompileError,
    Field,
    InputError,
    Private,
    Public,
    UInt,
    Witness,
    circuit,
    narrow,
)
from zkpipe.circuits.gadgets import sha256, sha256_compress
from zkpipe.circuits.gadgets.byte_hashes.sha2 import padding, words
from zkpipe.circuits.gadgets.byte_hashes.sha2_rows import SHA256, compress256
from zkpipe.circuits.solve.many import solve_many
from zkpipe.circuits.system import ConstraintSystem

NIST = Path(__file__).parents[3] / "vectors" / "nist"
BLOCK = 17_331  # rows of a block of which nothing is constant
BYTES = 8  # rows of an input's byte


def vectors(name: str) -> Iterator[tuple[bytes, str]]:
    """The messages and digests of one of NIST's files."""
    text = (NIST / name).read_text()
    for length, message, digest in re.findall(r"Len = (\d+)\nMsg = (\w+)\nMD = (\w+)", text):
        yield bytes.fromhex(message)[: int(length) // 8], digest


SHORT, LONG = list(vectors("SHA256ShortMsg.rsp")), list(vectors("SHA256LongMsg.rsp"))


@cache
def hashed(count: int) -> ConstraintSystem:
    """The system of a message of so many private bytes."""

    @circuit
    def digest(message: Private[Array[UInt[8], count]]) -> Public[Array[UInt[8], 32]]:
        return sha256(message)

    return digest.compile()


def test_there_are_as_many_vectors_as_the_files_have() -> None:
    assert (len(SHORT), len(LONG)) == (65, 12)


def test_the_vectors_of_nist_hold_where_values_are_known() -> None:
    for message, digest in [*SHORT, *LONG]:
        assert bytes(sha256(message)).hex() == digest
        assert bytes(sha256(list(message))).hex() == digest


# The empty message is a constant; blocks change at 56 and 64 bytes.
IN_CIRCUITS = {len(message): (message, digest) for message, digest in [*SHORT, *LONG] if message}
TRIED = list(IN_CIRCUITS) if IS_LONG else [3, 32, 55, 56, 64]


@pytest.mark.parametrize("count", TRIED)
def test_the_vectors_of_nist_hold_in_circuits(count: int) -> None:
    message, digest = IN_CIRCUITS[count]
    system = hashed(count)
    witness = system.solve(message=list(message))
    assert bytes(witness.public).hex() == digest
    system.check(witness)


def test_the_rows_on_integers_are_those_of_the_standard() -> None:
    """The rows of a component on constants: no wires, the same text."""
    for message, digest in SHORT[:24]:
        state: Any = SHA256.initial_bits()
        padded = [*message, *padding(SHA256, len(message))]
        for begin in range(0, len(padded), 64):
            state = compress256(state, words(SHA256, padded[begin : begin + 64]))
        found = [sum(bit << i for i, bit in enumerate(word)) for word in state]
        assert b"".join(word.to_bytes(4, "big") for word in found).hex() == digest


def test_the_constants_are_those_of_the_standard() -> None:
    initial, constants = SHA256.initial, SHA256.constants
    assert (initial[0], initial[1], initial[7]) == (0x6A09E667, 0xBB67AE85, 0x5BE0CD19)
    assert (constants[0], constants[31], constants[63]) == (0x428A2F98, 0x14292967, 0xC67178F2)


def test_ten_thousand_random_messages_are_hashed_as_python_does() -> None:
    draw = np.random.default_rng(7)
    for _ in range(10_000):
        message = draw.bytes(draw.integers(200))
        assert bytes(sha256(list(message))) == hashlib.sha256(message).digest()


WITNESSES, DELETED = (10_000, 500) if IS_LONG else (98, 24)


@pytest.mark.parametrize("count", [32, 64])
def test_witnesses_of_random_messages_have_the_digests_that_python_gives(count: int) -> None:
    draw = np.random.default_rng(count)
    messages = [bytes(count), b"\xff" * count, *(draw.bytes(count) for _ in range(WITNESSES))]
    outcomes = solve_many(hashed(count), [list(message) for message in messages])
    for message, outcome in zip(messages, outcomes, strict=True):
        assert isinstance(outcome, Witness)
        assert bytes(outcome.public) == hashlib.sha256(message).digest()


def test_a_block_costs_what_it_did_and_constants_cost_nothing() -> None:
    def rows(count: int) -> int:
        return hashed(count).constraint_count - BYTES * count

    assert rows(192) - rows(128) == BLOCK
    assert rows(128) - rows(64) == BLOCK
    assert rows(55) == 17_037
    assert rows(64) == 29_912  # circomlib's Sha256(512): 59,281
    assert rows(3) == 16_328


@circuit
def step(
    block: Private[Array[UInt[8], 64]], state: Private[Array[UInt[8], 32]]
) -> Public[Array[UInt[8], 32]]:
    return sha256_compress(block, state)


def in_steps(message: bytes, compress_: Any) -> bytes:
    """The hash by the compression of one block after the other."""
    padded, state = message + padding(SHA256, len(message)), None
    for begin in range(0, len(padded), 64):
        state = compress_(padded[begin : begin + 64], state)
    return bytes(state)


def test_blocks_compressed_one_by_one_make_the_hash() -> None:
    for message, digest in [*SHORT[::4], *LONG]:
        assert in_steps(message, sha256_compress).hex() == digest


def test_a_block_compressed_in_a_circuit_is_the_one_on_integers() -> None:
    system = step.compile()
    assert system.constraint_count == 96 * BYTES + 17_363
    draw = np.random.default_rng(8)
    cases = [(bytes(64), bytes(32)), (b"\xff" * 64, b"\xff" * 32)]
    cases += [(draw.bytes(64), draw.bytes(32)) for _ in range(WITNESSES)]
    outcomes = solve_many(system, [[*block, *state] for block, state in cases])
    for (block, state), outcome in zip(cases, outcomes, strict=True):
        assert isinstance(outcome, Witness)
        assert outcome.public == sha256_compress(block, state)


def test_a_block_may_be_compressed_from_the_initial_state_and_on() -> None:
    @circuit
    def own(first: Private[Array[UInt[8], 64]], length: Private[UInt[8]]) -> Public[UInt[8]]:
        last = [0x80, *bytes(62), length]
        return sha256_compress(last, sha256_compress(first))[0]

    inputs = {"first": list(range(64)), "length": 200}
    wanted = sha256_compress(bytes([0x80, *bytes(62), 200]), sha256_compress(bytes(range(64))))[0]
    assert own.compile().solve(**inputs).public == [wanted]
    assert own(**inputs) == wanted


def test_without_any_of_its_rows_the_digest_does_not_follow() -> None:
    """Rows drawn at random; the long form draws 500, and takes all of more than a round."""
    system = hashed(3)
    assert follows(system)
    drawn = np.random.default_rng(1).choice(system.constraint_count, DELETED, replace=False)
    assert unnoticed(system, [*drawn.tolist(), *(range(8000, 8200) if IS_LONG else ())]) == []


def test_bytes_that_are_constant_are_mixed_with_others_and_cost_less() -> None:
    @circuit
    def mixed(some: Private[Array[UInt[8], 4]], x: Private[Field]) -> Public[Array[UInt[8], 32]]:
        return sha256([*b"prefix", *some, narrow(x, UInt[8]), some[0] // 2, 255])

    system = mixed.compile()
    message = [*b"prefix", 1, 2, 3, 250, 77, 0, 255]
    assert system.solve(some=[1, 2, 3, 250], x=77).public == sha256(message)
    assert list(mixed([1, 2, 3, 250], 77)) == sha256(message)


def test_a_hash_of_a_hash_and_of_sums_is_determined() -> None:
    @circuit
    def twice(some: Private[Array[UInt[7], 3]]) -> Public[Array[UInt[8], 32]]:
        first = [some[0] + some[1], some[1] + some[2], some[2]]
        return sha256(sha256(first))

    witness = twice.compile().solve(some=[100, 27, 101])
    inner = hashlib.sha256(bytes([127, 128, 101])).digest()
    assert bytes(witness.public) == hashlib.sha256(inner).digest()


def test_a_message_of_constants_alone_makes_no_rows() -> None:
    @circuit
    def known(x: Private[UInt[8]]) -> Public[Array[UInt[8], 32]]:
        return [x * 0 + byte for byte in sha256(b"abc")]

    assert bytes(known.trace().solve(x=1).public) == hashlib.sha256(b"abc").digest()


@pytest.mark.parametrize(
    ("message", "words_"),
    [
        ([256], "no byte"),
        ([-1], "no byte"),
        (["a"], "text"),
        (5, "not a list"),
        ("abc", r"text.encode\(\)"),
        ([1.5], "a float"),
    ],
)
def test_what_is_no_message_is_refused(message: Any, words_: str) -> None:
    with pytest.raises(InputError, match=words_):
        sha256(message)


@pytest.mark.parametrize("given", [(bytes(63),), (bytes(65),), (bytes(64), bytes(31))])
def test_a_block_and_a_state_have_their_sizes(given: tuple[bytes, ...]) -> None:
    with pytest.raises(InputError, match=r"bytes for (block|state)"):
        sha256_compress(*given)


def test_a_value_that_is_no_byte_is_refused() -> None:
    @circuit
    def wide(x: Private[UInt[9]]) -> None:
        sha256([x])

    @circuit
    def field(x: Private[Field]) -> None:
        sha256([x])

    for one in (wide, field):
        with pytest.raises(CompileError, match="no byte"):
            one.trace()
