"""The circuit `claim`: somebody on the list takes their payment, once, and nobody learns who.

    python examples/payout/demo.py                    the whole way, on a chain in this process
    zkpipe lint examples/payout/payout.py             that the inputs determine every value

Each person on the list draws a secret and registers its hash. The list is a Merkle tree of these
hashes, and its root is public. A claim shows a nullifier, the hash of the secret and of the
contract's number: a person has one in each contract. It does not reveal the secret.

What a claim is for stands in its public values: the contract's number, which is a hash of chain and
address, and who is paid. So a claim that somebody copies pays the same account, and works nowhere
else. Claimants compute the number and do not ask the contract for it.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from zkpipe import Array, Bool, Field, Private, Public, UInt, circuit
from zkpipe.accel.bn254 import R
from zkpipe.circuits.gadgets import MerkleTree, check_merkle_membership, poseidon

DEPTH = 10  # of the list, which has room for 2^DEPTH people


@circuit
def claim(
    root: Public[Field],
    contract: Public[Field],
    recipient: Public[UInt[160]],
    secret: Private[Field],
    siblings: Private[Array[Field, DEPTH]],
    index: Private[Array[Bool, DEPTH]],
) -> Public[Field]:
    """A person on the list has their payment sent to the recipient. Returns the nullifier."""
    check_merkle_membership(root, [commitment_of(secret)], siblings, index)
    return nullifier_of(secret, contract)


def commitment_of(secret: Any) -> Any:
    """Return what a person registers: it hides the secret and binds the person to it."""
    return poseidon([secret])


def nullifier_of(secret: Any, contract: Any) -> Any:
    """Return what shows that a person has claimed from a contract, but not which person."""
    return poseidon([secret, contract])


def new_secret() -> int:
    """Return a secret that nobody can guess: 253 random bits, which a field element can hold."""
    return secrets.randbits(253)


def list_of(commitments: Sequence[int]) -> MerkleTree:
    """Return the list of the people with these commitments, in this order."""
    return MerkleTree(DEPTH, [[commitment] for commitment in commitments])


def number_of(chain_id: int, address: str) -> int:
    """Return the number of the contract at an address, as Payout.sol computes it."""
    from eth_utils.crypto import keccak  # here, as circuits need no chain

    words = (chain_id, int(address, 16))
    return int.from_bytes(keccak(b"".join(word.to_bytes(32, "big") for word in words)), "big") % R
