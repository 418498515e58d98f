"""BLAKE2b-512 whose inner state can be written down and taken up again.

A contribution's record holds the state of the hash over its data, so that whoever reads the record
can append the contributor's public key and have the hash of the whole. 216 bytes:

    buffer 128      the block that is not yet taken; what lies behind its c bytes counts for nothing
    h      64       eight words
    t      u64      bytes taken
    c      u64      bytes in the buffer, to 128: a full block waits until one more byte comes
    f      u64      0

What lies behind the buffer's c bytes is left from earlier blocks; it is here what snarkjs leaves,
which keeps a block in the buffer only where an update begins or ends.

Where no state is needed, hashlib.blake2b is quicker.

Source: RFC 7693; the layout, mafintosh/blake2b-wasm.
"""

from __future__ import annotations

import hashlib
import struct

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.hashes.blake2b import BLOCK_BYTES, IV, STATE_WORDS
from zkpipe.ground.errors import FormatError

_kernels = Kernels("zkpipe.accel.hashes.kernels.blake2b")

STATE_BYTES = 216
DIGEST_BYTES = 64
BLANK = hashlib.blake2b().digest()  # of nothing: what stands for a response before the first
_PARAMETERS = np.uint64(0x01010000 | DIGEST_BYTES)
_COUNTS = struct.Struct("<QQQ")
_MOST_TAKEN = 1 << 48  # bytes; the largest ceremony's response has some 2^36
_PIECE = 512  # blocks that are copied and taken at a time: 64 KiB

Data = bytes | bytearray | memoryview | NDArray[np.uint8]


class Blake2b:
    """The hash of what `update` is given, one piece after another."""

    def __init__(self) -> None:
        self._buffer = np.zeros((1, BLOCK_BYTES), np.uint8)
        self._words = IV.copy()
        self._words[0] ^= _PARAMETERS
        self._taken = 0
        self._held = 0
        self._work = np.zeros((_PIECE, BLOCK_BYTES), np.uint8)

    @classmethod
    def from_state(cls, state: bytes) -> Blake2b:
        """Take up a hash where `state` left it. Raises FormatError for no state of one."""
        hash_ = cls()
        if len(state) != STATE_BYTES:
            raise _no_state(f"it has {len(state)} bytes, not {STATE_BYTES}")
        hash_._taken, hash_._held, last = _COUNTS.unpack_from(state, STATE_BYTES - _COUNTS.size)
        is_begun = hash_._held <= BLOCK_BYTES and hash_._taken <= _MOST_TAKEN
        if not is_begun or hash_._taken % BLOCK_BYTES or last:
            raise _no_state("its counts are of no hash that goes on")
        hash_._buffer[0] = np.frombuffer(state, np.uint8, BLOCK_BYTES)
        hash_._words[:] = np.frombuffer(state, "<u8", STATE_WORDS, BLOCK_BYTES)
        return hash_

    @property
    def length(self) -> int:
        """The bytes that the hash is of."""
        return self._taken + self._held

    def update(self, data: Data) -> None:
        """Append to what the hash is of. Cost: 2 ns a byte."""
        bytes_ = np.frombuffer(data, np.uint8) if not isinstance(data, np.ndarray) else data
        bytes_ = bytes_.reshape(-1)
        at, end = 0, len(bytes_)
        while at < end:
            if self._held == BLOCK_BYTES:
                self._take(self._buffer, 1)
                self._held = 0
            whole = (end - at - 1) // BLOCK_BYTES  # the last block stays in the buffer
            if self._held == 0 and whole:
                at += self._take_from(bytes_[at : at + whole * BLOCK_BYTES])
            size = min(BLOCK_BYTES - self._held, end - at)
            self._buffer[0, self._held : self._held + size] = bytes_[at : at + size]
            self._held += size
            at += size

    def _take_from(self, bytes_: NDArray[np.uint8]) -> int:
        for begin in range(0, len(bytes_), _PIECE * BLOCK_BYTES):
            piece = bytes_[begin : begin + _PIECE * BLOCK_BYTES].reshape(-1, BLOCK_BYTES)
            self._work[: len(piece)] = piece
            self._take(self._work, len(piece))
        return len(bytes_)

    def _take(self, blocks: NDArray[np.uint8], count: int) -> None:
        _kernels.compress(self._words, blocks.view(np.uint64), count, np.uint64(self._taken), False)
        self._taken += count * BLOCK_BYTES

    def digest_array(self) -> NDArray[np.uint8]:
        """The hash, (64,) bytes that can be overwritten. More may be appended afterwards."""
        words, block = self._words.copy(), self._buffer.copy()
        block[0, self._held :] = 0
        before = np.uint64((self.length - BLOCK_BYTES) % 2**64)
        _kernels.compress(words, block.view(np.uint64), 1, before, True)
        block.fill(0)
        return words.view(np.uint8)

    def digest(self) -> bytes:
        """The hash, 64 bytes. More may be appended afterwards."""
        return self.digest_array().tobytes()

    def state(self) -> bytes:
        """The inner state, 216 bytes."""
        counts = _COUNTS.pack(self._taken, self._held, 0)
        return self._buffer.tobytes() + self._words.astype("<u8").tobytes() + counts

    def erase(self) -> None:
        """Overwrite what it held: the hash of a secret is one."""
        for array in (self._buffer, self._words, self._work):
            array.fill(0)


def _no_state(problem: str) -> FormatError:
    return FormatError(
        f"The state of a BLAKE2b hash is malformed: {problem}.",
        "Make the file again with the tool it comes from.",
    )
