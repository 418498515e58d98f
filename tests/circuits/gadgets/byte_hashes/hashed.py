"""The hashes over bytes: who else has them, circuits of private messages, and their digests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from Crypto.Hash import RIPEMD160
from eth_utils.crypto import keccak

from zkpipe.circuits import Array, Private, Public, UInt, Witness, circuit
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.gadgets import blake2s, keccak256, ripemd160, sha3_256, sha256, sha512
from zkpipe.circuits.solve.many import solve_many
from zkpipe.circuits.system import ConstraintSystem

MOST_WIRES = 1 << 24  # of the witnesses of a batch: 512 MiB


@dataclass(frozen=True, slots=True)
class ByteHash:
    """A hash over bytes.

    gadget  ours
    others  the digest that another library gives
    size    bytes of a digest
    """

    gadget: Callable[[Any], list[Any]]
    others: Callable[[bytes], bytes]
    size: int = 32


HASHES = {
    "sha256": ByteHash(sha256, lambda message: hashlib.sha256(message).digest()),
    "sha512": ByteHash(sha512, lambda message: hashlib.sha512(message).digest(), 64),
    "keccak256": ByteHash(keccak256, keccak),
    "sha3_256": ByteHash(sha3_256, lambda message: hashlib.sha3_256(message).digest()),
    "blake2s": ByteHash(blake2s, lambda message: hashlib.blake2s(message).digest()),
    "ripemd160": ByteHash(ripemd160, lambda message: RIPEMD160.new(message).digest(), 20),
}


def of_private_bytes(name: str, count: int) -> Circuit:
    """The circuit of a message of so many private bytes."""
    of = HASHES[name]

    @circuit
    def digest(message: Private[Array[UInt[8], count]]) -> Public[Array[UInt[8], of.size]]:
        return of.gadget(message)

    return digest


@cache
def hashed(name: str, count: int) -> ConstraintSystem:
    """Its system, with its verdict."""
    return of_private_bytes(name, count).compile()


@cache
def traced(name: str, count: int) -> ConstraintSystem:
    """The same system without the verdict, in half of the time where rounds are copied."""
    return of_private_bytes(name, count).trace()


def digests(system: ConstraintSystem, inputs: Sequence[Sequence[int]]) -> list[bytes]:
    """The public bytes for each row of flat inputs, which all have a witness; in bounded memory."""
    found = []
    batch = max(1, MOST_WIRES // system.wire_count)
    for begin in range(0, len(inputs), batch):
        for witness in solve_many(system, inputs[begin : begin + batch]):
            assert isinstance(witness, Witness)
            found.append(bytes(witness.public))
    return found
