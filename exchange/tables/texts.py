"""Texts and digests as 123 bits: codes of 1 + 61 bits and of 62.

A text is digested as SHA-256("zkpipe.v1.TEXT" and its UTF-8), once for each distinct text; a
digest is given, 32 bytes. Their first 123 bits count: 61 in the first code, which is one more, and
62 in the second. Null is 0 in both. Two texts share their bits with probability 2^-123.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.exchange.words import PREFIX

Codes = NDArray[np.uint64]
DIGEST = 32  # bytes
_PREFIX = (PREFIX + "TEXT").encode("ascii")


def digests_of_texts(texts: Iterable[str]) -> NDArray[np.uint8]:
    """(n, 32) bytes. Cost: 1 us each."""
    joined = b"".join(hashlib.sha256(_PREFIX + text.encode()).digest() for text in texts)
    return np.frombuffer(joined, np.uint8).reshape(-1, DIGEST)


def digests_from_hex(texts: Any) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The bytes that texts of 64 hex digits, perhaps after 0x, stand for, and which are others.

    texts   an array of Arrow, of strings without nulls
    result  (n, 32) bytes, zeros for others; (n,) whether it is another
    """
    digits, is_other = hex_digits(texts, 2 * DIGEST)
    pairs = digits.reshape(-1, DIGEST, 2)
    found = np.empty(pairs.shape[:2], np.uint8)
    found[:] = pairs[:, :, 0] << 4 | pairs[:, :, 1]
    return found, is_other


def hex_digits(texts: Any, count: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The values of hex digits, perhaps after 0x: (n, count), and which texts are others."""
    import pyarrow as pa
    import pyarrow.compute as pc

    fits = pc.match_substring_regex(texts, f"^(0x)?[0-9a-fA-F]{{{count}}}$")
    is_other = ~fits.to_numpy(zero_copy_only=False)
    bare = pc.if_else(fits, pc.replace_substring_regex(texts, "^0x", ""), "0" * count)
    data = bare.cast(pa.binary()).cast(pa.binary(count)).buffers()[1]
    letters = np.frombuffer(data, np.uint8, len(texts) * count, bare.offset)
    return _DIGITS[letters].reshape(-1, count), is_other


def codes_of_digests(digests: NDArray[np.uint8]) -> tuple[Codes, Codes]:
    """The two codes of digests of 32 bytes."""
    words = np.ascontiguousarray(digests[:, :16]).view(">u8").astype(np.uint64)
    first = (words[:, 0] >> np.uint64(3)) + np.uint64(1)
    second = (words[:, 0] & np.uint64(7)) << np.uint64(59) | words[:, 1] >> np.uint64(5)
    return first, second


_DIGITS = np.zeros(256, np.uint8)
for _i, _letter in enumerate("0123456789abcdef"):
    _DIGITS[[ord(_letter), ord(_letter.upper())]] = _i
