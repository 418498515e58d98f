"""BLAKE of the SHA-3 contest: its authors' digests, and those of others' code for many lengths."""

from __future__ import annotations

import pytest

from zkpipe.circuits.gadgets.byte_hashes.blake import blake256, blake512

# lengths on both sides of where padding takes another block, and where a block has no data
LENGTHS = (0, 1, 31, 54, 55, 56, 63, 64, 65, 110, 111, 112)
LENGTHS += (119, 120, 127, 128, 129, 239, 240, 256, 300)


# "SHA-3 proposal BLAKE", version 1.3, appendix: one byte of 0, and 72 or 144
@pytest.mark.parametrize(
    ("blake", "zeros", "digest"),
    [
        (blake256, 1, "0ce8d4ef4dd7cd8d62dfded9d4edb0a774ae6a41929a74da23109e8f11139c87"),
        (blake256, 72, "d419bad32d504fb7d44d460c42c5593fe544fa4c135dec31e21bd9abdcc22d41"),
        (
            blake512,
            1,
            "97961587f6d970faba6d2478045de6d1fabd09b61ae50932054d52bc29d31be4"
            "ff9102b9f69e2bbdb83be13d4b9c06091e5fa0b48bd081b634058be0ec49beb3",
        ),
        (
            blake512,
            144,
            "313717d608e9cf758dcb1eb0f0c3cf9fc150b2d500fb33f51c52afc99d358a2f"
            "1374b8a38bba7974e7f6ef79cab16f22ce1e649d6e01ad9589c213045d545dde",
        ),
    ],
)
def test_digests_are_those_of_the_proposal(blake, zeros: int, digest: str) -> None:
    assert blake(bytes(zeros)).hex() == digest


# the digest of all digests: computed with npm's @noble/hashes 1.8.0 and blake-hash 2.0.0, alike
@pytest.mark.parametrize(
    ("blake", "digest"),
    [
        (blake256, "be04ef6c00b5cc28c152175f7d884cde4ab5a01b323047ac523a293573033feb"),
        (
            blake512,
            "84c716e7a9019a5d2c3debea76e5f905cf98d8c1e832cb2a8af269a756cf1f98"
            "bc8bafdcb547892f875cffa34cd5fdd423bd67deeb2ee2cc2c0fc63db4405d6b",
        ),
    ],
)
def test_digests_of_every_kind_of_length_are_those_of_two_libraries(blake, digest: str) -> None:
    digests = [blake(bytes(i % 256 for i in range(length))) for length in LENGTHS]
    assert blake(b"".join(digests)).hex() == digest
