"""Field elements from a chain of Keccak-256 digests.

circomlib's MiMC and gnark-crypto's Poseidon2 take their round constants from such a chain.
"""

from __future__ import annotations

from functools import cache

from zkpipe.accel.bn254 import R
from zkpipe.circuits.gadgets.byte_hashes.keccak_plain import keccak256


@cache
def chained_constants(seed: str, count: int) -> tuple[int, ...]:
    """The digests of the digest of a seed, the digest of that, and so on; big-endian, mod r.

    Cost: 0.4 ms each, once.
    """
    digest = keccak256(seed.encode())
    constants = []
    for _ in range(count):
        digest = keccak256(digest)
        constants.append(int.from_bytes(digest, "big") % R)
    return tuple(constants)
