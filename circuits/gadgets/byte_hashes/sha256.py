"""SHA-256 of bytes, and its compression of one block for messages that are padded otherwise.

Source: FIPS 180-4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.byte_hashes.messages import (
    BYTE,
    byte_bits,
    fixed_bytes,
    message_bytes,
    value_of,
)
from zkpipe.circuits.gadgets.byte_hashes.sha256_plain import compressed
from zkpipe.circuits.gadgets.byte_hashes.sha256_rows import INITIAL, WORD, compress, constant_bits
from zkpipe.circuits.gadgets.on_integers import on_integers
from zkpipe.circuits.language.values.types import UInt

BLOCK = 64  # bytes
STATE = 32  # bytes
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


def sha256_compress(block: Any, state: Any = None) -> list[Any]:
    """The 32 bytes of the state after a block: UInt[8] values, or of integers alone integers.

    It is for messages with a padding of your own. `sha256` is what it makes of the blocks of a
    message, with the standard's padding at the end, one after the other.

    block  64 bytes, as sha256() takes them
    state  32 bytes, the state after the block before; None for the standard's initial state

    Raises InputError, or in a circuit CompileError, for values that are no bytes or of another
    number.

    Cost: 17,363 constraints, less where bytes are constant; the bytes' own are 8 each, also of a
    state that is the result of a hash.
    """
    gadget = "sha256_compress()"
    taken = fixed_bytes(gadget, "block", block, BLOCK)
    before = b"".join(word.to_bytes(4, "big") for word in INITIAL) if state is None else state
    return _step(taken, fixed_bytes(gadget, "state", before, STATE))  # type: ignore[no-any-return]


def _plain(message: Sequence[int]) -> list[int]:
    return list(hashlib.sha256(bytes(message)).digest())


@on_integers(_plain, UInt[BYTE])
def _hash(message: Sequence[Any]) -> list[Any]:
    state = [constant_bits(word) for word in INITIAL]
    padded = [*message, *padding(len(message))]
    for begin in range(0, len(padded), BLOCK):
        state = compress(state, words(padded[begin : begin + BLOCK]))
    return _bytes_of(state)


@on_integers(compressed, UInt[BYTE])
def _step(block: Sequence[Any], state: Sequence[Any]) -> list[Any]:
    return _bytes_of(compress(words(state), words(block)))


def _bytes_of(state: Sequence[Sequence[Any]]) -> list[Any]:
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
