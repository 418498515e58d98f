"""Random messages: the digests that circuits give are those of other libraries."""

from __future__ import annotations

import numpy as np
import pytest

from tests.circuits.gadgets.byte_hashes.hashed import HASHES, digests, hashed, traced
from tests.long_form import IS_LONG
from zkpipe.circuits import Array, Private, Public, UInt, circuit
from zkpipe.circuits.gadgets import to_words

# Lengths at which blocks change, and about how many random messages of each.
LONG = {
    "sha256": ([1, 32, 55, 56, 64, 128], 2000),
    "sha512": ([1, 64, 111, 112, 127, 128, 240], 1500),
    "keccak256": ([1, 31, 32, 64, 134, 135, 136, 137, 271, 272, 273], 1000),
    "sha3_256": ([1, 31, 32, 64, 134, 135, 136, 137, 271, 272, 273], 1000),
    "blake2s": ([1, 32, 63, 64, 65, 127, 128, 129], 1500),
    "ripemd160": ([1, 32, 55, 56, 63, 64, 65, 128], 1500),
}
CASES = [
    ("sha256", 55, 96),
    ("sha256", 64, 96),
    ("sha512", 112, 30),
    ("keccak256", 32, 46),
    ("keccak256", 136, 6),
    ("sha3_256", 135, 6),  # of 135 bytes the padding is one byte
    ("blake2s", 64, 60),
    ("blake2s", 65, 30),
    ("ripemd160", 55, 60),
    ("ripemd160", 56, 30),
]
# SHA3-256 has the rows and so the verdict of Keccak-256, and two blocks those of one.
WITHOUT_VERDICT = {("sha3_256", 135), ("blake2s", 65), ("ripemd160", 56)}
if IS_LONG:
    CASES = [(name, count, most) for name, (counts, most) in LONG.items() for count in counts]


@pytest.mark.parametrize(("name", "count", "most"), CASES)
def test_digests_in_circuits_are_those_of_others(name: str, count: int, most: int) -> None:
    draw = np.random.default_rng(count)
    edges = [bytes(count), b"\xff" * count]
    messages = [*edges, *(draw.bytes(count) for _ in range(most))]
    has_verdict = IS_LONG or (name, count) not in WITHOUT_VERDICT
    system = hashed(name, count) if has_verdict else traced(name, count)
    found = digests(system, [list(message) for message in messages])
    assert found == [HASHES[name].others(message) for message in messages]
    for message in edges:
        system.check(system.solve(message=list(message)))


@pytest.mark.parametrize("name", ["sha256", "keccak256"])
def test_a_narrow_number_in_wide_words_costs_what_its_bytes_cost(name: str) -> None:
    """Bits that a number does not have are constants: no wires, whose rows would be unproven."""
    gadget, others = HASHES[name].gadget, HASHES[name].others

    @circuit
    def of_number(number: Private[UInt[16]]) -> Public[Array[UInt[8], 32]]:
        return gadget(to_words(number, 32, order="big"))

    @circuit
    def of_bytes(pair: Private[Array[UInt[8], 2]]) -> Public[Array[UInt[8], 32]]:
        return gadget([*bytes(30), *pair])

    system = of_number.compile()
    assert system.constraint_count <= of_bytes.trace().constraint_count
    for number in (0, 1, 0x1234, 0xFFFF):
        digest = bytes(system.solve(number=number).public)
        assert digest == others(number.to_bytes(32, "big")) == bytes(of_number(number))


@pytest.mark.parametrize("name", HASHES)
def test_random_messages_have_the_digests_of_others_where_values_are_known(name: str) -> None:
    draw = np.random.default_rng(7)
    for _ in range(10_000 if IS_LONG else 300):
        message = draw.bytes(draw.integers(300))
        digest = HASHES[name].others(message)
        assert bytes(HASHES[name].gadget(message)) == digest
        assert bytes(HASHES[name].gadget(list(message))) == digest
