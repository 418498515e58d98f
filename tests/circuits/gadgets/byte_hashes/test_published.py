"""Published messages: NIST's of SHA-2 and SHA-3, the Keccak team's of Keccak-256.

Every message goes through the plain functions and, block by block, through a circuit. Circuits of
whole messages are compiled for some lengths: in the long form for all that NIST's short messages of
SHA-256 have, and for one in eight of the other hashes.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests.circuits.gadgets.byte_hashes.blocks import BLOCKS, in_blocks
from tests.circuits.gadgets.byte_hashes.hashed import HASHES, digests, hashed
from tests.long_form import IS_LONG
from tests.vectors.hashes import make
from zkpipe.circuits.gadgets import sha256_compress

PUBLISHED = json.loads(gzip.decompress(make.OUT.read_bytes()))
CHAINED = [name for name in PUBLISHED if PUBLISHED[name]["monte"]]
STEPS = 1000  # of a chain from a published digest to the next
Message = tuple[bytes, str]


def messages(listed: Sequence[Sequence[str]]) -> list[Message]:
    return [(bytes.fromhex(message), digest) for message, digest in listed]


def kept(name: str, kind: str) -> list[Message]:
    return messages(PUBLISHED[name][kind])


def test_there_are_as_many_messages_as_the_readme_says() -> None:
    counts = {name: (len(kept(name, "short")), len(kept(name, "long"))) for name in PUBLISHED}
    assert counts == {
        "sha256": (65, 64),
        "sha512": (129, 8),
        "sha3_256": (137, 7),
        "keccak256": (256, 5),
    }
    longest = {name: max(len(message) for message, _ in kept(name, "long")) for name in PUBLISHED}
    assert longest == {"sha256": 6400, "sha512": 12_800, "sha3_256": 13_836, "keccak256": 4288}


def files(name: str) -> list[Message]:
    """All messages of a hash's files, as the package has them that they come from."""
    source = make.SOURCES[name]
    reason = f"{source.package} is not installed: see tests/vectors/hashes/make.py"
    pytest.importorskip(source.package, reason=reason)
    read = [make.messages(make.content(source.package, f)) for f in (source.short, source.long)]
    return messages([*read[0], *read[1]])


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_file_of_messages_is_what_its_script_makes(name: str) -> None:
    files(name)
    made = make.published(make.SOURCES[name])
    assert json.loads(json.dumps(made)) == PUBLISHED[name]


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_messages_have_their_digests_where_values_are_known(name: str) -> None:
    gadget = HASHES[name].gadget
    for message, digest in [*kept(name, "short"), *kept(name, "long")]:
        assert bytes(gadget(message)).hex() == digest
        assert bytes(gadget(list(message))).hex() == digest


def test_blocks_of_sha256_compressed_one_by_one_make_the_hash() -> None:
    of = BLOCKS["sha256"]
    for message, digest in [*kept("sha256", "short")[::4], *kept("sha256", "long")[::8]]:
        padded, state = message + of.padding(len(message)), None
        for begin in range(0, len(padded), of.size):
            state = sha256_compress(padded[begin : begin + of.size], state)
        assert bytes(state or ()).hex() == digest


def in_circuit(name: str, given: Sequence[Message]) -> None:
    """Assert that messages have their digests, block by block."""
    found = in_blocks(name, [message for message, _ in given])
    assert [state.hex() for state in found] == [digest for _, digest in given]


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_messages_have_their_digests_block_by_block(name: str) -> None:
    """Of one block and of two; the long form takes all that the file has."""
    short = kept(name, "short")
    in_circuit(name, [*short, *kept(name, "long")] if IS_LONG else short[3::4])


@pytest.mark.skipif(not IS_LONG, reason="some 10,000 blocks of each hash")
@pytest.mark.parametrize("name", PUBLISHED)
def test_all_messages_of_the_packages_have_their_digests(name: str) -> None:
    given = files(name)
    for message, digest in given:
        assert bytes(HASHES[name].gadget(message)).hex() == digest
    in_circuit(name, given)


# Lengths at which the padding of a block becomes one byte, or begins another block.
EDGES = {
    "sha256": {55, 56, 63, 64},
    "sha512": {111, 112, 127, 128},
    "keccak256": {134, 135, 136, 137},
    "sha3_256": {134, 135, 136},
}
WHOLE = [("sha256", 3), ("sha256", 55), ("sha256", 64), ("sha512", 3), ("keccak256", 32)]
if IS_LONG:
    WHOLE = [
        (name, count)
        for name, edges in EDGES.items()
        for count in sorted({len(message) for message, _ in kept(name, "short")} - {0})
        if name == "sha256" or count % 8 == 3 or count in edges
    ]


@pytest.mark.parametrize(("name", "count"), WHOLE)
def test_published_messages_have_their_digests_in_circuits_of_their_own(
    name: str, count: int
) -> None:
    system = hashed(name, count)
    cases = [case for case in kept(name, "short") if len(case[0]) == count]
    for message, digest in cases:
        witness = system.solve(message=list(message))
        assert bytes(witness.public).hex() == digest
        system.check(witness)


def following(name: str, seed: bytes) -> list[bytes]:
    """What a chain begins with: SHA-3 hashes the last digest, SHA-2 the last three."""
    return [seed] * (1 if name == "sha3_256" else 3)


@pytest.mark.parametrize("name", CHAINED)
def test_chains_of_hashes_have_their_published_digests(name: str) -> None:
    gadget, chain = HASHES[name].gadget, PUBLISHED[name]["monte"]
    assert len(chain["digests"]) == 100
    digest = bytes.fromhex(chain["seed"])
    for expected in chain["digests"] if IS_LONG else chain["digests"][:1]:
        last = following(name, digest)
        for _ in range(STEPS):
            digest = bytes(gadget(b"".join(last)))
            last = [*last[1:], digest]
        assert digest.hex() == expected


@pytest.mark.skipif(not IS_LONG, reason="8,000 witnesses of each hash")
@pytest.mark.parametrize("name", CHAINED)
def test_chains_of_hashes_go_through_a_circuit(name: str) -> None:
    """Eight stretches side by side, each from a published digest to the next."""
    chain: Any = PUBLISHED[name]["monte"]
    seeds = [chain["seed"], *chain["digests"][:7]]
    last = [following(name, bytes.fromhex(seed)) for seed in seeds]
    system = hashed(name, sum(map(len, last[0])))
    for _ in range(STEPS):
        found = digests(system, [list(b"".join(three)) for three in last])
        last = [[*three[1:], digest] for three, digest in zip(last, found, strict=True)]
    assert [three[-1].hex() for three in last] == chain["digests"][:8]
