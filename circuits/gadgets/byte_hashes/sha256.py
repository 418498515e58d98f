"""SHA-256 of bytes.

    messages      what hashes over bytes take
    sha256_rows   the compression of a block in rows of a circuit

Source: FIPS 180-4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.byte_hashes.messages import BYTE, byte_bits, message_bytes, value_of
from zkpipe.circuits.gadgets.byte_hashes.sha256_rows import INITIAL, WORD, compress, constant_bits
from zkpipe.circuits.gadgets.on_integers import on_integers
from zkpipe.circuits.language.values.types import UInt

BLOCK = 64  # bytes
LENGTH = 8  # bytes at a message's end that hold its length


def sha256(message: Any) -> list[Any]:
    """The 32 bytes of the hash: UInt[8] values, or of integers alone integers.

    message  a list of bytes, as UInt[8] values or integers from 0 to 255, also mixed; or Python's
             bytes. Its length is known when the circuit is compiled

    Raises InputError, or in a circuit CompileError, for values that are no bytes.

    Cost: 17,331 constraints a block of 64 bytes, less for the first one and where bytes are
    constant, as the padding is; the bytes' own are 8 each.
    """
    return _hash(message_bytes("sha256()", message))  # type: ignore[no-any-return]


def _plain(message: Sequence[int]) -> list[int]:
    return list(hashlib.sha256(bytes(message)).digest())


@on_integers(_plain, UInt[BYTE])
def _hash(message: Sequence[Any]) -> list[Any]:
    state = [constant_bits(word) for word in INITIAL]
    padded = [*message, *padding(len(message))]
    for begin in range(0, len(padded), BLOCK):
        state = compress(state, words(padded[begin : begin + BLOCK]))
    return [
        value_of(word[begin : begin + BYTE])
        for word in state
        for begin in range(WORD - BYTE, -1, -BYTE)
    ]


def padding(count: int) -> bytes:
    """What follows a message of so many bytes: a bit 1, zeros, and its length in bits."""
    zeros = -(count + 1 + LENGTH) % BLOCK
    return b"\x80" + bytes(zeros) + (8 * count).to_bytes(LENGTH, "big")


def words(message: Sequence[Any]) -> list[list[Any]]:
    """The bits of words of four bytes, the first byte the highest."""
    return [
        [bit for byte in message[begin : begin + 4][::-1] for bit in byte_bits(byte)]
        for begin in range(0, len(message), 4)
    ]
