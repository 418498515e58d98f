"""The generator of pseudo-random values that ceremonies of snarkjs use, from a seed of 256 bits.

ChaCha20's key stream under the key that the seed is, from counter 0 and nonce 0, one 32-bit word
after another. From it are drawn

    a scalar    eight words, the high half of each 64 bits first, the top two bits cleared; once
                more if that is not below the modulus. It is taken to be in Montgomery form.
    a point     x as a scalar of the coordinates' field; a word, whose lowest bit says which y; once
                more if x is on no point. A point of the twist is then multiplied by its cofactor.

Secrets stay in arrays, which `erase` overwrites. Points are public, and made of Python's integers.

Source: iden3/ffjavascript, chacha.js and wasm_curve.js, for the order of words.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import BITS, Curve
from zkpipe.accel.curves import integers
from zkpipe.accel.curves.integers import Fp2
from zkpipe.accel.fields.limbs import Words, from_montgomery, to_montgomery, words_from_ints
from zkpipe.prover.ceremony.points.multiplied import times_cofactor

_kernels = Kernels("zkpipe.accel.hashes.chacha")

WORDS = 16  # of the state, and of a block
SIGMA = (0x61707865, 0x3320646E, 0x79622D32, 0x6B206574)  # "expand 32-byte k"
SEED_WORDS, SEED_BYTES = 8, 32
_MASK = np.uint64((1 << BITS - 192) - 1)  # of a field element's top word


class ChaCha:
    """The generator of a seed: (8,) uint32, which may be overwritten afterwards."""

    def __init__(self, seed: NDArray[np.uint32]) -> None:
        self._state = np.zeros(WORDS, np.uint32)
        self._state[: len(SIGMA)] = SIGMA
        self._state[len(SIGMA) : len(SIGMA) + SEED_WORDS] = seed
        self._block = np.zeros(WORDS, np.uint32)
        self._next = WORDS
        self._drawn = np.zeros(SEED_WORDS, np.uint32)

    def scalar(self, curve: Curve = BN254) -> Words:
        """A scalar, (4,) uint64, Montgomery."""
        return self._element(curve.r)

    def g1(self, curve: Curve = BN254) -> Words:
        """A point of G1, (8,) uint64, affine, Montgomery."""
        p = curve.p
        while True:
            (x,) = from_montgomery(self._element(p), p)
            greatest = self._bit()
            y = _root((x * x * x + curve.g1_b) % p, p)
            if y is not None:
                y = y if _is_upper(y, p) == greatest else -y % p
                return to_montgomery((x, y), p).reshape(8)

    def g2(self, curve: Curve = BN254) -> Words:
        """A point of G2, (16,) uint64, affine, Montgomery."""
        p = curve.p
        while True:
            (x0,), (x1,) = (from_montgomery(self._element(p), p) for _ in range(2))
            x = x0, x1
            greatest = self._bit()
            cube = integers.multiply(integers.square(x, p), x, p)
            y = _root_fp2(integers.add(cube, curve.g2_b, p), p)
            if y is not None:
                if _is_upper(y[1] or y[0], p) != greatest:
                    y = integers.negative(y, p)
                return times_cofactor(to_montgomery((*x, *y), p).reshape(16), curve)

    def erase(self) -> None:
        """Overwrite the seed and what was made of it."""
        for array in (self._state, self._block, self._drawn):
            array.fill(0)

    def _words(self, out: NDArray[np.uint32]) -> None:
        for i in range(len(out)):
            if self._next == WORDS:
                _kernels.next_block(self._state, self._block)
                self._next = 0
            out[i] = self._block[self._next]
            self._next += 1

    def _element(self, modulus: int) -> Words:
        limit, out = words_from_ints([modulus])[0].copy(), np.zeros(4, np.uint64)
        while True:
            self._words(self._drawn)
            _kernels.join_words(self._drawn, _MASK, out)
            if _kernels.is_below(out, limit):
                return out

    def _bit(self) -> bool:
        self._words(self._drawn[:1])
        return bool(self._drawn[0] & 1)


def seed_of(digest: bytes | NDArray[np.uint8]) -> NDArray[np.uint32]:
    """The seed that a hash begins with: (8,) uint32, read with the high byte first."""
    head = np.frombuffer(digest, ">u4", SEED_WORDS)
    return head.astype(np.uint32)


def hash_to_g2(digest: bytes, curve: Curve = BN254) -> Words:
    """The point of G2 that a hash stands for, (16,) words, whose logarithm nobody knows."""
    return ChaCha(seed_of(digest)).g2(curve)


def _is_upper(y: int, p: int) -> bool:
    return y > p // 2


def _root(a: int, p: int) -> int | None:
    """A square root modulo p, which is 3 modulo 4; None if there is none."""
    root: int = pow(a, (p + 1) // 4, p)
    return root if root * root % p == a else None


def _root_fp2(a: Fp2, p: int) -> Fp2 | None:
    """A square root (c + d u): c^2 = (a0 + n) / 2 where n^2 is the norm, and d = a1 / (2 c)."""
    norm = _root((a[0] * a[0] + a[1] * a[1]) % p, p)
    if norm is None:
        return None
    half = pow(2, -1, p)
    for square in ((a[0] + norm) * half % p, (a[0] - norm) * half % p):
        c = _root(square, p)
        if c is None:
            continue
        d = a[1] * pow(2 * c, -1, p) % p if c else _root(-a[0] % p, p)
        if d is not None and integers.square((c, d), p) == a:
            return c, d
    return None
