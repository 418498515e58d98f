"""The hash of a circuit in a ceremony: BLAKE2b of the points that a key begins its ceremony with.

    alpha1, beta1, beta2, gamma2, delta1, delta2     gamma and delta still the generators
    IC, H, L, A, B1, B2                              each behind the number of its points, u32

Points are uncompressed (prover.ceremony.points.as_bytes), numbers big-endian. H is not the query of
the same name but tau^(i + n) - tau^i for i < n - 1.

snarkjs counts in chunks of 2^14 and takes whole ones, so that from a domain of 2^15 on it hashes
one difference more than the number before them says: that of i = n - 1. It is part of the hash that
everybody compares. Where the file has no more powers than the circuit needs, there is no
tau^(2n - 1): what is taken for a point then is the 64 bytes behind section 2, the beginning of the
next section.

Source: iden3/snarkjs, zkey_new.js.
"""

from __future__ import annotations

import hashlib
import struct

import numpy as np

from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.points.sparse_sums import sums_of_runs
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.binfile import FIX
from zkpipe.prover.ceremony.phase2.past_the_powers import difference_from_no_point
from zkpipe.prover.ceremony.phase2.prepared_powers import PreparedPowers
from zkpipe.prover.ceremony.points.as_bytes import uncompressed
from zkpipe.prover.ceremony.ptau_file import TAU_G1

CHUNK = 1 << 14  # differences of one reading, as snarkjs has it: the accident depends on it
POINT = 64  # bytes


class CircuitHash:
    """BLAKE2b-512 of points and counts."""

    def __init__(self) -> None:
        self._hash = hashlib.blake2b()

    def count(self, number: int) -> None:
        """Take the number of the points to come."""
        self._hash.update(struct.pack(">I", number))

    def points(self, points: Words) -> None:
        """Take points: (n, 8) or (n, 16) words, or one."""
        self._hash.update(uncompressed(points).data)

    def digest(self) -> bytes:
        """64 bytes."""
        return self._hash.digest()

    def powers(self, powers: PreparedPowers, n: int) -> None:
        """Take tau^(i + n) - tau^i for a domain of n points, with their number."""
        self.count(n - 1)
        last = (2 << powers.power) - 2  # tau's largest exponent in the file
        for begin in range(0, n - 1, CHUNK):
            end = begin + min(CHUNK, n - 1)  # beyond n - 1 in the last of several: see above
            inside = min(end, last + 1 - n)
            low = powers.points(TAU_G1, begin, end)
            high = powers.points(TAU_G1, begin + n, inside + n)
            self.points(_differences(high, low[: len(high)]))
            if inside < end:
                self.points(difference_from_no_point(_behind(powers), low[-1]))


def _differences(left: Words, right: Words) -> Words:
    """left[i] - right[i]; (n, 8) words each."""
    n = len(left)
    pairs = np.stack([left, right], axis=1).reshape(2 * n, 8)
    negative = np.tile(np.array([False, True]), n)
    return sums_of_runs(pairs, negative, np.arange(0, 2 * n + 1, 2))


def _behind(powers: PreparedPowers) -> Words:
    """The 64 bytes behind the powers of tau in G1, whatever they are, as (8,) words."""
    file, extent = powers.file.file, powers.file.extent(TAU_G1)
    end = extent.begin + extent.size
    if file.size < end + POINT:
        raise FormatError(
            f"{powers.file.where(TAU_G1)} is the last of the file; the hash of a circuit of this "
            "size takes the bytes behind it.",
            FIX,
        )
    return file.read(end, POINT).view("<u8").view(np.uint64)
