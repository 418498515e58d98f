"""Where a contribution's secrets come from: chance, or a beacon.

A contributor's seed is the BLAKE2b hash of 64 bytes from the operating system and of what the user
gave. A beacon's seed is public: a value that nobody knew before its time, hashed so often that
nobody had the time to choose among many.

Source: iden3/snarkjs, misc.js, for the way from a hash to a seed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from zkpipe.ground.errors import RangeError
from zkpipe.prover.ceremony.blake2b import Blake2b
from zkpipe.prover.ceremony.chacha import SEED_BYTES, ChaCha, seed_of
from zkpipe.prover.ceremony.secret_memory import erase

CHANCE_BYTES = 64
LEAST_EXPONENT, MOST_EXPONENT = 10, 63  # of a file
COMPUTED_EXPONENT = 40  # the largest that is computed: of days
SECONDS = 0.5e-6  # of one of a beacon's hashes
MOST_BEACON_BYTES = 255
_DEVICE = "/dev/urandom"  # read into an array: what os.urandom gives cannot be overwritten
_STEP = 1 << 16  # iterations between two reports of progress


def fresh_generator(given: bytes = b"") -> ChaCha:
    """A generator whose seed nobody knows: the system's chance, mixed with what the user gave."""
    chance = _chance()
    hash_ = Blake2b()
    hash_.update(chance)
    hash_.update(given)
    digest = hash_.digest_array()
    seed = seed_of(digest)
    generator = ChaCha(seed)
    hash_.erase()
    erase(chance, digest, seed)
    return generator


def _chance() -> NDArray[np.uint8]:
    out = np.zeros(CHANCE_BYTES, np.uint8)
    try:
        with open(_DEVICE, "rb", buffering=0) as device:  # noqa: PTH123 # not a file of the user's
            whole = device.readinto(out.data) == CHANCE_BYTES
    except OSError:
        whole = False
    if not whole:  # a system without that device
        out[:] = np.frombuffer(os.urandom(CHANCE_BYTES), np.uint8)
    return out


def refuse_endless_beacons(exponents: Iterable[int]) -> None:
    """Raise RangeError for beacons that take more than 2^40 hashes in all.

    A file says the exponents of its beacons, and whoever made it may want nobody to be done.
    """
    listed = list(exponents)
    if sum(1 << exponent for exponent in listed) > 1 << COMPUTED_EXPONENT:
        raise RangeError(
            f"A beacon's exponent of {max(listed)} means more hashes, one after another, than the "
            f"2^{COMPUTED_EXPONENT} in all that are computed: they take weeks or ages.",
            f"Close the ceremony with a beacon of an exponent of {COMPUTED_EXPONENT} or less. "
            "Trust no file whose beacon nobody can compute.",
        )


def beacon_generator(
    value: bytes, exponent: int, progress: Callable[[int], None] | None = None
) -> ChaCha:
    """The generator of a beacon: its seed is the value after 2^exponent times SHA-256.

    value     1 to 255 bytes
    exponent  10 to 40
    progress  is told the iterations done so far, from time to time

    Raises RangeError. Cost: 0.5 us an iteration, so that 2^32 take 35 minutes, 2^40 six days.
    """
    if not LEAST_EXPONENT <= exponent <= MOST_EXPONENT:
        raise RangeError(
            f"A beacon is hashed 2^{exponent} times; the exponent must be from {LEAST_EXPONENT} to "
            f"{COMPUTED_EXPONENT}.",
            "Give the exponent that the ceremony has agreed on.",
        )
    if not 1 <= len(value) <= MOST_BEACON_BYTES:
        raise RangeError(
            f"A beacon's value has {len(value)} bytes; it must have 1 to {MOST_BEACON_BYTES}.",
            "Give the value of the beacon that the ceremony has agreed on, in hexadecimal.",
        )
    refuse_endless_beacons([exponent])
    sha256 = hashlib.sha256
    step = min(_STEP, 1 << exponent)
    for done in range(0, 1 << exponent, step):
        if progress is not None:
            progress(done)
        for _ in range(step):
            value = sha256(value).digest()
    if progress is not None:
        progress(1 << exponent)
    return ChaCha(seed_of(value[:SEED_BYTES]))
