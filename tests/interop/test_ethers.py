"""Ethereum's clients: ethers and zkpipe make the same digests of new random messages and values."""

from __future__ import annotations

import json
import secrets
import subprocess
from typing import Any

import pytest
from eth_utils.address import to_checksum_address

from tests.circuits.gadgets.byte_hashes.hashed import HASHES, digests, traced
from tests.interop.conftest import HERE, MODULES, tool_of_npm
from zkpipe.circuits import (
    Array,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    check,
    circuit,
)
from zkpipe.circuits.gadgets import from_words, keccak256, to_words

IN_CIRCUITS = {"sha256": 56, "sha512": 20, "keccak256": 52}  # bytes of a message
MESSAGES = [secrets.token_bytes(n) for n in (0, 1, 20, 20, 32, 52, 52, 56, 56, 64, 135, 136, 300)]
PAYMENTS = [(secrets.randbits(160), n) for n in (0, 1, 2**128 - 1, secrets.randbits(128))]
PAYMENTS += [(0, 5), (2**160 - 1, 10**18)]


@circuit
def paid(
    digest: Public[Array[UInt[128], 2]], to: Private[UInt[160]], amount: Private[UInt[128]]
) -> None:
    """keccak256(abi.encode(to, amount)), as two numbers of 16 bytes."""
    encoded = [*to_words(to, 32, order="big"), *to_words(amount, 32, order="big")]
    found = keccak256(encoded)
    check(from_words(found[:16], order="big") == digest[0], "another payment")
    check(from_words(found[16:], order="big") == digest[1], "another payment")


def halves(digest: str) -> list[int]:
    number = int(digest, 16)
    return [number >> 128, number % 2**128]


@pytest.fixture(scope="module")
def answers() -> Any:
    """What ethers says to all of them."""
    if not (MODULES / "ethers").is_dir():
        pytest.skip("not installed: run `npm install --no-save ethers@6`")
    node = tool_of_npm("ethers")
    asked = {
        "messages": [f"0x{message.hex()}" for message in MESSAGES],
        "payments": [[to_checksum_address(to.to_bytes(20, "big")), str(n)] for to, n in PAYMENTS],
    }
    command = [node, HERE / "ethers_answers.cjs", MODULES / "ethers"]
    ended = subprocess.run(  # noqa: S603 # npm's
        command, input=json.dumps(asked), capture_output=True, text=True, check=True, timeout=120
    )
    return json.loads(ended.stdout)


@pytest.mark.parametrize("name", IN_CIRCUITS)
def test_digests_are_the_same_where_values_are_known_and_in_circuits(
    answers: Any, name: str
) -> None:
    theirs = [bytes.fromhex(answer[name][2:]) for answer in answers["digests"]]
    assert [bytes(HASHES[name].gadget(message)) for message in MESSAGES] == theirs
    count = IN_CIRCUITS[name]
    pairs = [(m, digest) for m, digest in zip(MESSAGES, theirs, strict=True) if len(m) == count]
    assert len(pairs) == 2
    found = digests(traced(name, count), [list(message) for message, _ in pairs])
    assert found == [digest for _, digest in pairs]


def test_encoded_values_have_the_digest_of_a_contract(answers: Any) -> None:
    for (to, amount), answer in zip(PAYMENTS, answers["payments"], strict=True):
        paid(halves(answer["encoded"]), to, amount)
        packed = [*to_words(to, 20, order="big"), *to_words(amount, 16, order="big")]
        assert f"0x{bytes(keccak256(packed)).hex()}" == answer["packed"]


def test_a_circuit_takes_what_ethers_encoded_and_nothing_else(answers: Any) -> None:
    system = paid.compile()
    for (to, amount), answer in zip(PAYMENTS, answers["payments"], strict=True):
        digest = halves(answer["encoded"])
        system.check(system.solve(digest=digest, to=to, amount=amount))
        for wrong in ({"amount": amount ^ 1}, {"to": to ^ 1}, {"digest": digest[::-1]}):
            with pytest.raises(UnsatisfiedError, match="another payment"):
                system.solve(**{"digest": digest, "to": to, "amount": amount, **wrong})
