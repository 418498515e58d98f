"""SHA-512 in a circuit: the standard's example, the rows of a block, and refusals."""

from __future__ import annotations

from tests.circuits.gadgets.byte_hashes.hashed import hashed
from tests.long_form import IS_LONG
from zkpipe.circuits.gadgets import sha512
from zkpipe.circuits.gadgets.byte_hashes.sha2_rows import SHA512

ABC = (
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
)
BYTES = 8


def test_the_example_of_the_standard_is_ours() -> None:
    assert bytes(sha512(b"abc")).hex() == ABC
    assert bytes(hashed("sha512", 3).solve(message=list(b"abc")).public).hex() == ABC


def test_the_constants_are_those_of_the_standard() -> None:
    assert SHA512.initial[0] == 0x6A09E667F3BCC908
    assert SHA512.initial[7] == 0x5BE0CD19137E2179
    assert SHA512.constants[0] == 0x428A2F98D728AE22
    assert SHA512.constants[79] == 0x6C44198C4A475817


def test_a_block_costs_what_it_did() -> None:
    def rows(count: int) -> int:
        return hashed("sha512", count).constraint_count - BYTES * count

    assert rows(112) == 74_502
    if IS_LONG:
        assert rows(111) == 43_065
