"""SHA-512 in a circuit: the standard's example, the rows of a block, and refusals."""

from __future__ import annotations

import numpy as np
import pytest

from tests.circuits.gadgets.byte_hashes.follows import follows, unnoticed
from tests.circuits.gadgets.byte_hashes.hashed import hashed
from tests.long_form import IS_LONG
from zkpipe.circuits import Field, InputError, Private, circuit
from zkpipe.circuits.errors import CompileError
from zkpipe.circuits.gadgets import sha512
from zkpipe.circuits.gadgets.byte_hashes.sha2_rows import SHA512

ABC = (
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
)
BYTES = 8
DELETED = 500 if IS_LONG else 4


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


def test_without_any_of_its_rows_the_digest_does_not_follow() -> None:
    """Rows drawn at random; the long form draws 500, and takes all of more than a round."""
    system = hashed("sha512", 3)
    assert follows(system)
    chosen = np.random.default_rng(1).choice(system.constraint_count, DELETED, replace=False)
    a_round = range(20_000, 20_400) if IS_LONG else ()
    assert unnoticed(system, [*chosen.tolist(), *a_round]) == []


def test_what_is_no_message_is_refused() -> None:
    for message in ([256], "abc", 5):
        with pytest.raises(InputError, match="sha512"):
            sha512(message)

    @circuit
    def field(x: Private[Field]) -> None:
        sha512([x])

    with pytest.raises(CompileError, match="no byte"):
        field.trace()
