"""The hash that a contributor answers to.

A challenge is the hash of the response before it and of all powers, uncompressed, section after
section. Before the first contribution every power is a generator, and the hash of nothing stands
for the response: so the first challenge is known for each power.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.fields.limbs import Words
from zkpipe.prover.ceremony.blake2b import BLANK
from zkpipe.prover.ceremony.phase1.first_challenges import FIRST_CHALLENGES
from zkpipe.prover.ceremony.points.as_bytes import uncompressed
from zkpipe.prover.ceremony.ptau_file import IN_G2, POWERS, point_count
from zkpipe.prover.ceremony.records import Powers

CHUNK_BYTES = 1 << 20  # of points that are read, worked on and hashed at a time


def chunks(count: int, words: int) -> Iterator[tuple[int, int]]:
    """The begin and the end of each chunk of so many points of so many words."""
    size = CHUNK_BYTES // (8 * words)
    for begin in range(0, count, size):
        yield begin, min(begin + size, count)


def generator_words(section: int) -> Words:
    """The generator of the group of a section, (8,) or (16,) words."""
    nobody = Powers.of_nobody(BN254)
    return nobody.tau_g2 if section in IN_G2 else nobody.tau_g1


def first_challenge(power: int) -> bytes:
    """The challenge to the first contributor of a ceremony of this power, 64 bytes."""
    known = FIRST_CHALLENGES.get(power)
    return hash_of_generators(power) if known is None else bytes.fromhex(known)


@lru_cache(maxsize=4)
def hash_of_generators(power: int) -> bytes:
    """The same, computed. Cost: the hash of 384 bytes a power, 0.4 s for 2^20."""
    hash_ = hashlib.blake2b(BLANK)
    for section in POWERS:
        point = uncompressed(generator_words(section)).tobytes()
        size = CHUNK_BYTES // len(point)
        many, rest = divmod(point_count(section, power), size)
        block = np.tile(np.frombuffer(point, np.uint8), size)
        for _ in range(many):
            hash_.update(block.data)
        hash_.update(block[: rest * len(point)].data)
    return hash_.digest()
