"""Python integers to and from arrays of four little-endian 64-bit words, the form of data here.

A field element is four `uint64` words, least significant first; n elements are (n, 4) in C order.
Montgomery form is x * 2^256 mod the modulus; canonical form is x itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from zkpipe.ground.errors import ShapeError
from zkpipe.ground.kinds import describe, is_masked

Words = NDArray[np.uint64]

MONTGOMERY_R = 1 << 256
PIECE = 1 << 14  # integers that are changed at a time


def check_rows(what: str, array: object, width: int) -> None:
    """Check that an argument is an (n, width) array of words, n any number.

    what  it holds, for people, in the plural: "Points of G1"

    Raises ShapeError. An array with a mask is none: what it hides would count.
    """
    fix = f"Give an (n, {width}) array of uint64 words, in the machine's order of bytes."
    if not isinstance(array, np.ndarray) or is_masked(array):
        raise ShapeError(f"{what} were given as {describe(array)}, not as an array.", fix)
    if array.ndim != 2 or array.shape[1] != width or array.dtype != np.uint64:
        raise ShapeError(f"{what} have shape {array.shape} and dtype {array.dtype.str}.", fix)


def words_from_ints(values: Iterable[int]) -> Words:
    """Integers in [0, 2^256) as an (n, 4) array of words. Cost: 0.2 us each."""
    data, rest = bytearray(), iter(values)
    while piece := b"".join(
        [value.to_bytes(32, "little") for value in islice(rest, PIECE)]
    ):  # as bytes each takes twice the memory
        data += piece
    return np.frombuffer(data, dtype="<u8").reshape(-1, 4)


def ints_from_words(words: Words) -> list[int]:
    """The integers that an array of words holds, last axis first flattened to rows of four."""
    if words.shape[-1] % 4 or words.dtype != np.uint64:
        raise ShapeError(
            f"An array of shape {words.shape} and dtype {words.dtype} holds no 4-word elements.",
            "Give uint64 words with a last axis that is a multiple of 4.",
        )
    data = np.ascontiguousarray(words).tobytes()
    return [int.from_bytes(data[i : i + 32], "little") for i in range(0, len(data), 32)]


def to_montgomery(values: Sequence[int], modulus: int) -> Words:
    """Canonical integers as Montgomery words: x * 2^256 mod the modulus. For constants, tests."""
    return words_from_ints(value * MONTGOMERY_R % modulus for value in values)


def from_montgomery(words: Words, modulus: int) -> list[int]:
    """The canonical integers of Montgomery words. For constants, results and tests."""
    inverse = pow(MONTGOMERY_R, -1, modulus)
    return [value * inverse % modulus for value in ints_from_words(words)]
