"""Keccak-256, as Ethereum has it, and SHA3-256.

Both are one sponge, with a rate of 136 bytes, and differ in the bits between message and padding.

Source: FIPS 202; the Keccak reference 3.0 for Ethereum's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.byte_hashes import keccak_plain, keccak_rows
from zkpipe.circuits.gadgets.byte_hashes.keccak_plain import KECCAK, RATE, SHA3, padding
from zkpipe.circuits.gadgets.byte_hashes.keccak_rows import LANES, WIDTH, Lane
from zkpipe.circuits.gadgets.byte_hashes.messages import BYTE, byte_bits, message_bytes, value_of
from zkpipe.circuits.gadgets.gates import exclusive_or
from zkpipe.circuits.gadgets.on_integers import on_integers
from zkpipe.circuits.language.values.types import UInt


def keccak256(message: Any) -> list[Any]:
    """The 32 bytes of Ethereum's hash: UInt[8] values, or of integers alone integers.

    message  a list of bytes, as UInt[8] values or integers from 0 to 255, also mixed; or Python's
             bytes. Its length is known when the circuit is compiled

    Raises InputError, or in a circuit CompileError, for values that are no bytes.

    Cost: 87,776 constraints for 32 bytes, 89,168 for 135, and about 93,400 for each further block
    of 136 bytes. The bytes' own are 8 each.
    """
    return _keccak256(message_bytes("keccak256()", message))  # type: ignore[no-any-return]


def sha3_256(message: Any) -> list[Any]:
    """The 32 bytes of SHA3-256, as `keccak256` has its own: another hash with the same cost.

    Raises InputError, or in a circuit CompileError, for values that are no bytes.
    """
    return _sha3_256(message_bytes("sha3_256()", message))  # type: ignore[no-any-return]


def _plain_keccak256(message: Sequence[int]) -> list[int]:
    return list(keccak_plain.keccak256(bytes(message)))


def _plain_sha3_256(message: Sequence[int]) -> list[int]:
    return list(hashlib.sha3_256(bytes(message)).digest())


@on_integers(_plain_keccak256, UInt[BYTE])
def _keccak256(message: Sequence[Any]) -> list[Any]:
    return _sponge(message, KECCAK)


@on_integers(_plain_sha3_256, UInt[BYTE])
def _sha3_256(message: Sequence[Any]) -> list[Any]:
    return _sponge(message, SHA3)


def _sponge(message: Sequence[Any], first: int) -> list[Any]:
    padded = [*message, *padding(len(message), first)]
    state: list[Sequence[Any]] = [[0] * WIDTH] * LANES
    for begin in range(0, len(padded), RATE):
        if begin:
            state = keccak_rows.permute(state)
        state = with_block(state, padded[begin : begin + RATE])
    return lane_bytes(keccak_rows.digest(state))


def with_block(state: Sequence[Lane], block: Sequence[Any]) -> list[Lane]:
    """The state, as lanes of bits, with the bytes of a block added to its first lanes."""
    added = byte_lanes(block)
    sums = [
        [exclusive_or(*bits) for bits in zip(*both, strict=True)]
        for both in zip(state, added, strict=False)
    ]
    return [*sums, *state[len(added) :]]


def byte_lanes(of: Sequence[Any]) -> list[Lane]:
    """The lanes that bytes make, the lowest byte and bit first."""
    bits = [bit for byte in of for bit in byte_bits(byte)]
    return [bits[begin : begin + WIDTH] for begin in range(0, len(bits), WIDTH)]


def lane_bytes(lanes: Sequence[Lane]) -> list[Any]:
    """The bytes of lanes."""
    return [
        value_of(lane[begin : begin + BYTE]) for lane in lanes for begin in range(0, WIDTH, BYTE)
    ]
