"""The ceremonies' generator: its words are ChaCha20's, what it draws is in range and in its group.

That it draws what ffjavascript draws is tested in tests/interop.
"""

from __future__ import annotations

import numpy as np
from Crypto.Cipher import ChaCha20

from zkpipe.accel.bn254 import P, R
from zkpipe.accel.curves.curve import g1_on_curve, g2_in_subgroup, g2_on_curve
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.prover.ceremony.chacha import ChaCha, hash_to_g2, seed_of

KEY = bytes(range(7, 39))
SEED = np.frombuffer(KEY, "<u4").astype(np.uint32)


def stream(words: int) -> list[int]:
    """The key stream of ChaCha20 by pycryptodome."""
    cipher = ChaCha20.new(key=KEY, nonce=bytes(8))
    return np.frombuffer(cipher.encrypt(bytes(4 * words)), "<u4").tolist()


def element(words: list[int], modulus: int) -> tuple[int, list[int]]:
    """The first number that the words make below the modulus, and the words left."""
    while True:
        eight, words = words[:8], words[8:]
        halves = [high << 32 | low for high, low in zip(eight[::2], eight[1::2], strict=True)]
        value = sum(half << 64 * i for i, half in enumerate(halves)) & (1 << 254) - 1
        if value < modulus:
            return value, words


def test_scalars_are_drawn_from_the_key_stream_of_chacha20() -> None:
    generator, words = ChaCha(SEED), stream(1000)
    for _ in range(40):
        value, words = element(words, R)
        assert ints_from_words(generator.scalar()) == [value]


def test_points_are_in_their_groups() -> None:
    generator = ChaCha(SEED)
    g1 = np.stack([generator.g1() for _ in range(16)])
    g2 = np.stack([generator.g2() for _ in range(16)])
    assert g1_on_curve(g1).all()
    assert g2_on_curve(g2).all()
    assert g2_in_subgroup(g2).all()
    for points in (g1, g2):
        assert len(np.unique(points, axis=0)) == 16
        assert points.any(axis=1).all()
        assert max(ints_from_words(points)) < P


def test_both_values_of_y_occur() -> None:
    generator, words = ChaCha(SEED), stream(4000)
    seen = set()
    for _ in range(12):
        x, y = ints_from_words(generator.g1())
        while True:
            value, words = element(words, P)
            bit, words = words[0] & 1, words[1:]
            if value == x:
                break
        half = y * pow(2**256, -1, P) % P > P // 2
        assert half == bit
        seen.add(half)
    assert seen == {True, False}


def test_a_seed_is_read_with_the_high_byte_first() -> None:
    assert seed_of(bytes(range(64))).tolist()[:2] == [0x00010203, 0x04050607]
    assert len(seed_of(bytes(64))) == 8


def test_a_hash_gives_one_point() -> None:
    one, same, other = (hash_to_g2(bytes([i]) * 64) for i in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_erasing_leaves_nothing_of_the_seed() -> None:
    generator = ChaCha(SEED)
    generator.scalar()
    generator.erase()
    kept = [value for value in vars(generator).values() if isinstance(value, np.ndarray)]
    assert len(kept) == 3
    assert not any(array.any() for array in kept)
