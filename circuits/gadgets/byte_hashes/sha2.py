"""SHA-256 and SHA-512 of bytes, and SHA-256's compression of one block for other paddings.

Source: FIPS 180-4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from zkpipe.circuits.gadgets.byte_hashes.messages import (
    BYTE,
    byte_bits,
    fixed_bytes,
    message_bytes,
    value_of,
)
from zkpipe.circuits.gadgets.byte_hashes.sha2_rows import (
    SHA256,
    SHA512,
    WORDS,
    Sha2,
    compress256,
    compress512,
)
from zkpipe.circuits.gadgets.byte_hashes.sha256_plain import compressed
from zkpipe.circuits.gadgets.on_integers import on_integers
from zkpipe.circuits.language.values.types import UInt

BLOCK, STATE = 64, 32  # bytes of SHA-256's
Compress = Callable[[Any, Any], Any]


def sha256(message: Any) -> list[Any]:
    """The 32 bytes of the hash: UInt[8] values, or of integers alone integers.

    message  a list of bytes, as UInt[8] values or integers from 0 to 255, also mixed; or Python's
             bytes. Its length is known when the circuit is compiled

    Raises InputError, or in a circuit CompileError, for values that are no bytes.

    Cost: 17,331 constraints a block of 64 bytes, less for the first one and where bytes are
    constant, as the padding is; the bytes' own are 8 each.
    """
    return _sha256(message_bytes("sha256()", message))  # type: ignore[no-any-return]


def sha512(message: Any) -> list[Any]:
    """The 64 bytes of SHA-512, of a message as `sha256` takes it.

    Raises InputError, or in a circuit CompileError, for values that are no bytes.

    Cost: 43,651 constraints a block of 128 bytes, less as for `sha256`; 42,685 for 64 bytes.
    """
    return _sha512(message_bytes("sha512()", message))  # type: ignore[no-any-return]


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
    if state is None:
        state = b"".join(word.to_bytes(4, "big") for word in SHA256.initial)
    return _step(taken, fixed_bytes(gadget, "state", state, STATE))  # type: ignore[no-any-return]


def _plain256(message: Sequence[int]) -> list[int]:
    return list(hashlib.sha256(bytes(message)).digest())


def _plain512(message: Sequence[int]) -> list[int]:
    return list(hashlib.sha512(bytes(message)).digest())


@on_integers(_plain256, UInt[BYTE])
def _sha256(message: Sequence[Any]) -> list[Any]:
    return _hash(SHA256, compress256, message)


@on_integers(_plain512, UInt[BYTE])
def _sha512(message: Sequence[Any]) -> list[Any]:
    return _hash(SHA512, compress512, message)


@on_integers(compressed, UInt[BYTE])
def _step(block: Sequence[Any], state: Sequence[Any]) -> list[Any]:
    return word_bytes(compress256(words(SHA256, state), words(SHA256, block)))


def _hash(of: Sha2, compress: Compress, message: Sequence[Any]) -> list[Any]:
    state: Any = of.initial_bits()
    padded = [*message, *padding(of, len(message))]
    block = WORDS * of.word // BYTE
    for begin in range(0, len(padded), block):
        state = compress(state, words(of, padded[begin : begin + block]))
    return word_bytes(state)


def padding(of: Sha2, count: int) -> bytes:
    """What follows a message of so many bytes: a bit 1, zeros, and in two words its bits."""
    length, block = 2 * of.word // BYTE, WORDS * of.word // BYTE
    zeros = -(count + 1 + length) % block
    return b"\x80" + bytes(zeros) + (BYTE * count).to_bytes(length, "big")


def words(of: Sha2, message: Sequence[Any]) -> list[list[Any]]:
    """The bits of words, lowest first; the first byte of a word is its highest."""
    size = of.word // BYTE
    return [
        [bit for byte in message[begin : begin + size][::-1] for bit in byte_bits(byte)]
        for begin in range(0, len(message), size)
    ]


def word_bytes(state: Sequence[Sequence[Any]]) -> list[Any]:
    """The bytes of words, the highest of each first."""
    return [
        value_of(word[begin : begin + BYTE])
        for word in state
        for begin in range(len(word) - BYTE, -1, -BYTE)
    ]
