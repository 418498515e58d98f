"""BLAKE2s in a circuit: its authors' vectors, Python's hashlib, the rows of a block, and refusals.

The long form has every vector by the rows.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.circuits.gadgets.byte_hashes.hashed import traced
from tests.long_form import IS_LONG
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    Field,
    InputError,
    Private,
    Public,
    UInt,
    circuit,
)
from zkpipe.circuits.gadgets import blake2s
from zkpipe.circuits.gadgets.byte_hashes.blake2s_rows import (
    ROTATIONS,
    closed,
    digest,
    mixed_half,
)
from zkpipe.circuits.testing import deletions, lies

KAT = Path(__file__).parents[3] / "vectors" / "blake2" / "blake2s-kat.json"
VECTORS = json.loads(KAT.read_text())
KEY = bytes(range(32))  # of the vectors
FIRST, BLOCK = 20_680, 20_932  # rows of 64 bytes, and of 64 more
BYTES = 8  # rows of an input's byte


@pytest.mark.parametrize(("kind", "key"), [("unkeyed", b""), ("keyed", KEY)])
def test_the_vectors_of_its_authors_hold_where_values_are_known(kind: str, key: bytes) -> None:
    assert len(VECTORS[kind]) == 256
    for count, expected in enumerate(VECTORS[kind]):
        message = bytes(range(count))
        assert bytes(blake2s(message, key)).hex() == expected
        assert bytes(blake2s(list(message), list(key))).hex() == expected


TRIED = [(kind, i) for kind in ("unkeyed", "keyed") for i in range(256)]


@pytest.mark.parametrize(
    ("kind", "count"),
    TRIED if IS_LONG else [("unkeyed", 0), ("unkeyed", 129), ("keyed", 0), ("keyed", 65)],
)
def test_the_rows_on_integers_are_those_of_the_vectors(kind: str, count: int) -> None:
    """The rows on constants: no wires, the same text."""
    key = KEY if kind == "keyed" else b""
    assert bytes(digest(range(count), key, b"")).hex() == VECTORS[kind][count]


def test_a_key_may_be_private() -> None:
    @circuit
    def tag(
        key: Private[Array[UInt[8], 32]], some: Private[Array[UInt[8], 2]]
    ) -> Public[Array[UInt[8], 32]]:
        return blake2s([0, *some], key=key)

    inputs = {"key": list(KEY), "some": [1, 2]}
    assert bytes(tag.trace().solve(**inputs).public).hex() == VECTORS["keyed"][3]
    assert bytes(tag(**inputs)).hex() == VECTORS["keyed"][3]


@pytest.mark.parametrize("size", [1, 31, 32])
@pytest.mark.parametrize("person", [b"", b"z", b"Zcash_nf"])
def test_keys_and_persons_are_those_of_python(size: int, person: bytes) -> None:
    for count in (0, 5, 64):
        message, key = bytes(count), KEY[:size]
        expected = hashlib.blake2s(message, key=key, person=person).digest()
        assert bytes(blake2s(message, key, person)) == expected
        if IS_LONG or (count, size, person) == (64, 31, b"z"):
            assert bytes(digest(message, key, person)) == expected


def test_a_person_costs_nothing_and_is_one_of_zcash() -> None:
    """Zcash hashes a key and a note's place with this person: one block of 64 bytes."""

    @circuit
    def nullifier(message: Private[Array[UInt[8], 64]]) -> Public[Array[UInt[8], 32]]:
        return blake2s(message, person=b"Zcash_nf")

    system, message = nullifier.trace(), bytes(range(64))
    assert system.constraint_count == traced("blake2s", 64).constraint_count
    expected = hashlib.blake2s(message, person=b"Zcash_nf").digest()
    assert bytes(system.solve(message=list(message)).public) == expected


def test_a_block_costs_what_it_did_and_constants_cost_nothing() -> None:
    def rows(count: int) -> int:
        outputs = 32  # a row for each
        return traced("blake2s", count).constraint_count - BYTES * count - outputs

    assert rows(64) == FIRST  # Zcash: 21,006
    assert rows(65) == FIRST + BLOCK - 3


@circuit
def mixing(words: Private[Array[Bool, 5, 32]]) -> Public[Array[Bool, 3, 32]]:
    """G of four words and one of the message, without the last b."""
    a, b, c, d, x = words
    a, half, c, d = mixed_half(a, closed(b), c, d, x, ROTATIONS[:2])
    a, half, c, d = mixed_half(a, half, c, d, x, ROTATIONS[2:])
    return [a, c, d]


def test_no_lie_about_a_mixing_passes_and_each_of_its_rows_is_needed() -> None:
    drawn = np.random.default_rng(2).integers(2, size=(5, 32)).tolist()
    lies(mixing, {"words": drawn})
    deletions(mixing, [{"words": drawn}], sample=None if IS_LONG else 4)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (([], bytes(33)), "33 bytes for key"),
        (([], "key"), "text for key"),
        (([], [300]), r"no byte for key\[0\]"),
        (([], b"", bytes(9)), "9 bytes for person"),
        (([], b"", "person"), "text for person"),
    ],
)
def test_what_is_no_key_or_person_is_refused(given: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        blake2s(*given)


def test_values_that_are_no_key_or_no_constants_are_refused() -> None:
    @circuit
    def field(x: Private[Field]) -> None:
        blake2s([1], [x])

    with pytest.raises(CompileError, match="no byte"):
        field.trace()

    @circuit
    def personal(x: Private[UInt[8]]) -> None:
        blake2s([x], person=[x])

    with pytest.raises(CompileError, match="for person, which must be known"):
        personal.trace()
