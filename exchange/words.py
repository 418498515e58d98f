"""The words that contracts, circuits and Python build alike.

    keccak_of    keccak256(abi.encode(..)): what ids are, and what is signed
    word_of      a digest of 32 bytes as a field element: its first 248 bits
    tag          the number that keeps one use of Poseidon apart from all others
    tagged       Poseidon with a tag in its capacity, of integers or of a circuit's values
    Context      the place that a proof is for, and the word that binds the proof to it

A digest is shifted by 8 bits, because a whole one is above the field's prime r in four cases of
five.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zkpipe.circuits.gadgets import poseidon_ex

PREFIX = "zkpipe.v1."
ZERO = bytes(32)
NOBODY = "0x" + "00" * 20

_CONTEXT = (
    "uint256",
    "address",
    *["bytes32"] * 4,
    "uint256",
    "address",
    "address",
    "uint256",
)


def keccak_of(types: Sequence[str], *values: Any) -> bytes:
    """The digest of values as a contract encodes them, 32 bytes."""
    from eth_abi.abi import encode

    return keccak(encode(types, values))


def keccak(data: bytes) -> bytes:
    """Ethereum's digest of bytes, 32 bytes."""
    from eth_utils.crypto import keccak as digest

    return digest(data)


def word_of(digest: bytes) -> int:
    """A digest as a field element."""
    return int.from_bytes(digest, "big") >> 8


def tag(name: str) -> int:
    """The ASCII bytes of "zkpipe.v1.NAME" as a big-endian integer: at most 31 of them."""
    return int.from_bytes((PREFIX + name).encode("ascii"), "big")


def tagged(name: str, values: Sequence[Any]) -> Any:
    """P[NAME](values): Poseidon of 1 to 16 values, with the tag in its capacity.

    The values are integers or a circuit's values, as `poseidon` takes them.
    """
    return poseidon_ex(values, tag(name), 1)[0]


def action(name: str) -> bytes:
    """What a proof is for: step, band, publish or enrol."""
    return keccak((PREFIX + name).encode("ascii"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The place that a proof is for. No proof is accepted in any other.

    chain_id   of the prover's own configuration, never of the node's answer
    contract   that takes the proof: an address
    circuit    its id in CircuitRegistry
    action     step, band, publish or enrol
    job        its id; zeros where there is none
    grant      its id; the lineage's for publish, the template for enrol
    number     the use's ticket; 0 where there is none
    submitter  who sends the transaction: an address
    payee      who is paid: an address
    deadline   seconds since 1970
    """

    chain_id: int
    contract: str
    circuit: bytes
    action: str
    job: bytes = ZERO
    grant: bytes = ZERO
    number: int = 0
    submitter: str = NOBODY
    payee: str = NOBODY
    deadline: int = 0

    @property
    def word(self) -> int:
        """ctx, the public input of the proof."""
        return word_of(
            keccak_of(
                _CONTEXT,
                self.chain_id,
                self.contract,
                self.circuit,
                action(self.action),
                self.job,
                self.grant,
                self.number,
                self.submitter,
                self.payee,
                self.deadline,
            )
        )
