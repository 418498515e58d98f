"""A block of ChaCha20's key stream, from a state of sixteen words.

Source: Bernstein, "ChaCha, a variant of Salsa20", 2008.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.kernels import kernel


@kernel
def _turn(x, bits):
    return np.uint32(x << np.uint32(bits)) | np.uint32(x >> np.uint32(32 - bits))


@kernel
def _quarter(w, a, b, c, d):
    w[a] = np.uint32(w[a] + w[b])
    w[d] = _turn(np.uint32(w[d] ^ w[a]), 16)
    w[c] = np.uint32(w[c] + w[d])
    w[b] = _turn(np.uint32(w[b] ^ w[c]), 12)
    w[a] = np.uint32(w[a] + w[b])
    w[d] = _turn(np.uint32(w[d] ^ w[a]), 8)
    w[c] = np.uint32(w[c] + w[d])
    w[b] = _turn(np.uint32(w[b] ^ w[c]), 7)


@kernel
def next_block(state, out):
    """The block of a state into `out`; the 128-bit counter in words 12 to 15 goes up by one.

    state, out  (16,) uint32
    """
    for i in range(16):
        out[i] = state[i]
    for _ in range(10):
        for i in range(4):
            _quarter(out, i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            _quarter(out, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    for i in range(16):
        out[i] = np.uint32(out[i] + state[i])
    for i in range(12, 16):
        state[i] = np.uint32(state[i] + np.uint32(1))
        if state[i] != 0:
            break


@kernel
def join_words(words, mask, out):
    """Four 64-bit words of a field element from eight of the stream: the high half comes first.

    words  (8,) uint32;  mask  uint64, for the top word;  out  (4,) uint64
    """
    for i in range(4):
        out[i] = np.uint64(words[2 * i]) << np.uint64(32) | np.uint64(words[2 * i + 1])
    out[3] &= mask


@kernel
def is_below(words, limit):
    """Whether one number of four words is below another."""
    for i in range(3, -1, -1):
        if words[i] != limit[i]:
            return words[i] < limit[i]
    return False
