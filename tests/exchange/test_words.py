"""Words as contracts build them; contracts are the oracle in tests/exchange/contracts."""

from __future__ import annotations

import pytest

from zkpipe.accel.bn254 import R
from zkpipe.circuits.gadgets.encryption.seal import SEAL, WRAP
from zkpipe.exchange.words import Context, keccak, keccak_of, tag, tagged, word_of

PLACE = Context(
    chain_id=31337,
    contract="0x" + "11" * 20,
    circuit=b"\x22" * 32,
    action="step",
    job=b"\x33" * 32,
    grant=b"\x44" * 32,
    number=7,
    submitter="0x" + "55" * 20,
    payee="0x" + "66" * 20,
    deadline=1_800_000_000,
)


def test_tags_are_the_ones_of_the_seal() -> None:
    assert tag("WRAP") == WRAP
    assert tag("SEAL") == SEAL


def test_a_tag_keeps_hashes_apart() -> None:
    assert len({tagged(name, [1, 2]) for name in ("CHUNK", "COL", "NODE.0", "NODE.1")}) == 4


def test_keccak_is_ethereums() -> None:  # of the empty string, the yellow paper's
    empty = "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak(b"").hex() == empty
    assert keccak_of([]).hex() == empty


def test_a_context_is_the_digest_of_ten_words() -> None:
    words = [
        31337,
        int("11" * 20, 16),
        int("22" * 32, 16),
        int.from_bytes(keccak(b"zkpipe.v1.step"), "big"),
        int("33" * 32, 16),
        int("44" * 32, 16),
        7,
        int("55" * 20, 16),
        int("66" * 20, 16),
        1_800_000_000,
    ]
    whole = keccak(b"".join(word.to_bytes(32, "big") for word in words))
    assert PLACE.word == int.from_bytes(whole, "big") >> 8 == word_of(whole) < R


@pytest.mark.parametrize(
    "other",
    [
        {"chain_id": 1},
        {"contract": "0x" + "12" * 20},
        {"circuit": b"\x23" * 32},
        {"action": "band"},
        {"job": b"\x34" * 32},
        {"grant": b"\x45" * 32},
        {"number": 8},
        {"submitter": "0x" + "56" * 20},
        {"payee": "0x" + "67" * 20},
        {"deadline": 1_800_000_001},
    ],
    ids=lambda other: next(iter(other)),
)
def test_every_part_of_a_place_changes_its_word(other: dict[str, object]) -> None:
    parts = {name: getattr(PLACE, name) for name in Context.__slots__}
    assert Context(**{**parts, **other}).word != PLACE.word
