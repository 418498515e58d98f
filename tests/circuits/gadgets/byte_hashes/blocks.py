"""Long messages by a circuit of one block: the state after a block goes into the next.

One compiled circuit serves messages of every length.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from tests.circuits.gadgets.byte_hashes.hashed import HASHES, digests
from zkpipe.circuits import Array, Private, Public, UInt, circuit
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.gadgets import sha256_compress
from zkpipe.circuits.gadgets.byte_hashes import keccak_plain, keccak_rows, sha2
from zkpipe.circuits.gadgets.byte_hashes.keccak import byte_lanes, lane_bytes, with_block
from zkpipe.circuits.gadgets.byte_hashes.sha2_rows import SHA256, SHA512, Sha2, compress512
from zkpipe.circuits.system import ConstraintSystem

Byte = UInt[8]


@circuit
def block_of_sha256(
    block: Private[Array[Byte, 64]], state: Private[Array[Byte, 32]]
) -> Public[Array[Byte, 32]]:
    return sha256_compress(block, state)


@circuit
def block_of_sha512(
    block: Private[Array[Byte, 128]], state: Private[Array[Byte, 64]]
) -> Public[Array[Byte, 64]]:
    return sha2.word_bytes(compress512(sha2.words(SHA512, state), sha2.words(SHA512, block)))


@circuit
def block_of_keccak(
    block: Private[Array[Byte, 136]], state: Private[Array[Byte, 200]]
) -> Public[Array[Byte, 200]]:
    return lane_bytes(keccak_rows.permute(with_block(byte_lanes(state), block)))


@dataclass(frozen=True, slots=True)
class Blocks:
    """How a hash takes a message.

    step     the circuit of a block and a state
    size     bytes of a block
    padding  what follows a message of so many bytes
    initial  the state before the first block
    """

    step: Circuit
    size: int
    padding: Callable[[int], bytes]
    initial: bytes


def _initial(of: Sha2) -> bytes:
    return b"".join(word.to_bytes(of.word // 8, "big") for word in of.initial)


BLOCKS = {
    "sha256": Blocks(
        block_of_sha256, 64, lambda count: sha2.padding(SHA256, count), _initial(SHA256)
    ),
    "sha512": Blocks(
        block_of_sha512, 128, lambda count: sha2.padding(SHA512, count), _initial(SHA512)
    ),
    "keccak256": Blocks(
        block_of_keccak,
        136,
        lambda count: keccak_plain.padding(count, keccak_plain.KECCAK),
        bytes(200),
    ),
    "sha3_256": Blocks(
        block_of_keccak,
        136,
        lambda count: keccak_plain.padding(count, keccak_plain.SHA3),
        bytes(200),
    ),
}


@cache
def compiled(step: Circuit) -> ConstraintSystem:
    """The system of a block and a state, which hashes may share."""
    return step.compile()


def in_blocks(name: str, messages: Sequence[bytes]) -> list[bytes]:
    """The digests of messages, whose blocks go through the circuit side by side."""
    of, size = BLOCKS[name], BLOCKS[name].size
    padded = [message + of.padding(len(message)) for message in messages]
    states = [of.initial] * len(messages)
    for begin in range(0, max(map(len, padded)), size):
        left = [number for number, message in enumerate(padded) if begin < len(message)]
        inputs = [[*padded[number][begin : begin + size], *states[number]] for number in left]
        for number, state in zip(left, digests(compiled(of.step), inputs), strict=True):
            states[number] = state
    return [state[: HASHES[name].size] for state in states]
