"""RIPEMD-160 in a circuit: its authors' vectors, another program, rows, and refusals.

The long form has every vector in a circuit.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from tests.circuits.gadgets.byte_hashes.hashed import HASHES, traced
from tests.long_form import IS_LONG
from zkpipe.circuits import (
    Array,
    Bool,
    Private,
    Public,
    UInt,
    circuit,
)
from zkpipe.circuits.gadgets import ripemd160, sha256
from zkpipe.circuits.gadgets.byte_hashes.ripemd160_plain import LEFT, RIGHT
from zkpipe.circuits.gadgets.byte_hashes.ripemd160_rows import digest, step_terms
from zkpipe.circuits.gadgets.byte_hashes.words import sum_word
from zkpipe.circuits.testing import deletions, lies

PUBLISHED = Path(__file__).parents[3] / "vectors" / "ripemd160" / "ripevectors.txt"
VECTORS = [
    (bytes.fromhex(message)[: int(length) // 8], expected)
    for length, message, expected in re.findall(
        r"Len = (\d+)\nMsg = (\w+)\nMD = (\w+)", PUBLISHED.read_text()
    )
]
BLOCK = 15_912  # rows of a block of which nothing is constant
BYTES, DIGEST = 8, 20


def test_the_vectors_of_its_authors_hold_where_values_are_known() -> None:
    assert len(VECTORS) == 8
    for message, expected in VECTORS:
        assert bytes(ripemd160(message)).hex() == expected
        assert bytes(ripemd160(list(message))).hex() == expected


@pytest.mark.skipif(not IS_LONG, reason="200 ms a thousand bytes")
def test_a_million_letters_have_the_hash_that_its_authors_give() -> None:
    expected = "52783243c1697bdbe16d37f97f68f08325dc1528"
    assert bytes(ripemd160(b"a" * 1_000_000)).hex() == expected


def test_the_rows_on_integers_are_those_of_the_vectors() -> None:
    """The rows on constants: no wires, the same text."""
    for message, expected in VECTORS if IS_LONG else (VECTORS[0], VECTORS[7]):
        assert bytes(digest(message)).hex() == expected


def test_the_tables_are_those_of_the_paper() -> None:
    places = [[step.place for step in line[-16:]] for line in (LEFT, RIGHT)]
    assert places[0] == [4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13]
    assert places[1] == [12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11]
    assert [step.shift for step in LEFT[-4:]] == [11, 8, 5, 6]
    assert [step.shift for step in RIGHT[:4]] == [8, 9, 9, 11]
    constants = [{step.constant for step in line[16:32]} for line in (LEFT, RIGHT)]
    assert constants == [{0x5A827999}, {0x5C4DD124}]


def test_hashes_of_bytes_are_those_of_another_program() -> None:
    draw = np.random.default_rng(6)
    for count in [*range(200), *([draw.integers(500) for _ in range(10_000)] if IS_LONG else ())]:
        message = draw.bytes(count)
        assert bytes(ripemd160(message)) == HASHES["ripemd160"].others(message)


def test_the_hash_of_a_public_key_is_that_of_bitcoin() -> None:
    """The witness program of BIP 173's examples, HASH160 of the generator of secp256k1."""

    @circuit
    def hash160(key: Private[Array[UInt[8], 33]]) -> Public[Array[UInt[8], DIGEST]]:
        return ripemd160(sha256(key))

    key = bytes.fromhex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
    expected = "751e76e8199196d454941c45d1b3a323f1433bd6"
    assert bytes(hash160(list(key))).hex() == expected
    if IS_LONG:
        assert bytes(hash160.compile().solve(key=list(key)).public).hex() == expected


IN_CIRCUITS = [(message, expected) for message, expected in VECTORS if message]


@pytest.mark.parametrize(("message", "expected"), IN_CIRCUITS if IS_LONG else IN_CIRCUITS[4:5])
def test_the_vectors_of_its_authors_hold_in_circuits(message: bytes, expected: str) -> None:
    witness = traced("ripemd160", len(message)).solve(message=list(message))
    assert bytes(witness.public).hex() == expected


def test_a_block_costs_what_it_did_and_constants_cost_nothing() -> None:
    def rows(count: int) -> int:
        outputs = DIGEST  # a row for each
        return traced("ripemd160", count).constraint_count - BYTES * count - outputs

    assert rows(55) == 15_771  # bellpepper-gadgets, of 32 bytes: 22,893
    assert rows(56) == 15_771 + BLOCK


@circuit
def stepped(words: Private[Array[Bool, 6, 32]]) -> Public[Array[Bool, 32]]:
    """A step that turns its gate over, of five words and one of the message."""
    a, b, c, d, e, x = words
    return sum_word(step_terms(LEFT[33], a, b, c, d, e, [x] * 16))


def test_no_lie_about_a_step_passes_and_each_of_its_rows_is_needed() -> None:
    inputs = {"words": np.random.default_rng(2).integers(2, size=(6, 32)).tolist()}
    lies(stepped, inputs)
    deletions(stepped, [inputs], sample=None if IS_LONG else 4)
