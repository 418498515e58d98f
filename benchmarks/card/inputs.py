"""Points and scalars to compute with: random ones, as fast as the processor makes them."""

from __future__ import annotations

import secrets

import numpy as np

from zkpipe.accel.bn254 import BN254, P, R
from zkpipe.accel.fields.limbs import Words, to_montgomery
from zkpipe.accel.msm.fixed_base import FixedBase

TOP = R >> 192


def random_scalars(n: int) -> Words:
    """Canonical scalars: (n, 4) uint64. The highest word stays below r's."""
    words = np.frombuffer(secrets.token_bytes(32 * n), np.uint64).reshape(n, 4).copy()
    words[:, 3] %= np.uint64(TOP)
    return words


def points_of(words: int, n: int) -> Words:
    """Random multiples of the generator of G1 (8 words) or G2 (16): (n, words), Montgomery."""
    generator = BN254.g1_generator if words == 8 else BN254.g2_generator
    base = to_montgomery(list(generator), P).reshape(-1)
    return FixedBase(base, n).multiples(random_scalars(n))
