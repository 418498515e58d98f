"""The circuit `cast_vote`: somebody on the register votes, once, and nobody learns who.

    python examples/vote/demo.py                      the whole way, on a chain in this process
    zkpipe lint examples/vote/vote.py                 that the inputs determine every value

Each voter draws a secret and registers its hash. The register is a Merkle tree of these hashes. Its
root is public. A vote shows a nullifier, which is the hash of the secret and the ballot's number. A
voter has one nullifier in a ballot, and a different one in the next. It does not reveal the secret.

The ballot's number is a hash of the chain and the address of the contract that counts. So a vote is
valid at one place only. Voters compute the number and do not ask the contract for it, because a
contract could answer with the number of another ballot.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from zkpipe import Array, Bool, Field, Private, Public, UInt, check, circuit
from zkpipe.accel.bn254 import R
from zkpipe.circuits.gadgets import MerkleTree, check_merkle_membership, poseidon

DEPTH = 10  # of the register, which has room for 2^DEPTH voters


@circuit
def cast_vote(
    root: Public[Field],
    ballot: Public[Field],
    choices: Public[UInt[8]],
    choice: Public[UInt[8]],
    secret: Private[Field],
    siblings: Private[Array[Field, DEPTH]],
    index: Private[Array[Bool, DEPTH]],
) -> Public[Field]:
    """A registered voter makes this choice in this ballot. Returns the nullifier."""
    check_merkle_membership(root, [commitment_of(secret)], siblings, index)
    check(choice < choices, "the ballot has no such choice")
    return nullifier_of(secret, ballot)


def commitment_of(secret: Any) -> Any:
    """Return what a voter registers: it hides the secret and binds the voter to it."""
    return poseidon([secret])


def nullifier_of(secret: Any, ballot: Any) -> Any:
    """Return what shows that a voter has voted in a ballot, but not which voter."""
    return poseidon([secret, ballot])


def new_secret() -> int:
    """Return a secret that nobody can guess: 253 random bits, which a field element can hold."""
    return secrets.randbits(253)


def register(commitments: Sequence[int]) -> MerkleTree:
    """Return the register of the voters with these commitments, in this order."""
    return MerkleTree(DEPTH, [[commitment] for commitment in commitments])


def ballot_at(chain_id: int, address: str) -> int:
    """Return the number of the ballot of the contract at an address, as Ballot.sol computes it."""
    from eth_utils.crypto import keccak  # here, as circuits need no chain

    words = (chain_id, int(address, 16))
    return int.from_bytes(keccak(b"".join(word.to_bytes(32, "big") for word in words)), "big") % R
