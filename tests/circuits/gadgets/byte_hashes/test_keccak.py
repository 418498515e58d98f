"""Keccak-256 and SHA3-256 in a circuit: Ethereum's own, Python's hashlib, rows, and lengths."""

from __future__ import annotations

import numpy as np
import pytest
from eth_utils.crypto import keccak

from tests.circuits.gadgets.byte_hashes.hashed import HASHES, hashed, traced
from zkpipe.circuits import (
    Array,
    Private,
    Public,
    UInt,
    circuit,
)
from zkpipe.circuits.gadgets import keccak256

PUBLISHED = {  # of nothing and of abc: the hash of an account without code, and FIPS 202's
    "keccak256": (
        "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
        "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
    ),
    "sha3_256": (
        "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
        "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
    ),
}
ROUND, BYTES = 3840, 8


def drawn(count: int) -> bytes:
    return np.random.default_rng(count).bytes(count)


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_hashes_are_ours(name: str) -> None:
    gadget = HASHES[name].gadget
    for message, digest in zip((b"", b"abc"), PUBLISHED[name], strict=True):
        assert bytes(gadget(message)).hex() == digest
        assert bytes(gadget(list(message))).hex() == digest


@pytest.mark.parametrize("name", PUBLISHED)
@pytest.mark.parametrize("count", [0, 1, 32, 134, 135, 136, 137, 271, 272, 273, 500])
def test_hashes_of_bytes_are_those_of_others(name: str, count: int) -> None:
    of = HASHES[name]
    assert bytes(of.gadget(drawn(count))) == of.others(drawn(count))


def test_a_permutation_costs_what_it_did_and_constants_cost_nothing() -> None:
    first, last = 448 + 1600, 640 + 5 * 64 + 4 * 64
    of_32 = first + 22 * ROUND + last + 32  # circom: 150,848
    assert hashed("keccak256", 32).constraint_count == BYTES * 32 + of_32
    assert traced("sha3_256", 135).constraint_count == BYTES * 135 + 89_168
    assert hashed("keccak256", 136).constraint_count == BYTES * 136 + 89_168 + 24 * ROUND + 16


def test_bytes_that_are_constant_are_mixed_with_others() -> None:
    @circuit
    def mixed(some: Private[Array[UInt[8], 4]]) -> Public[Array[UInt[8], 32]]:
        return keccak256([*b"\x19Ethereum Signed Message:\n4", *some])

    message = b"\x19Ethereum Signed Message:\n4wxyz"
    assert bytes(mixed.trace().solve(some=list(b"wxyz")).public) == keccak(message)
    assert bytes(mixed(list(b"wxyz"))) == keccak(message)
