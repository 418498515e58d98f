"""Gadgets: what circuits are built of. Called on plain integers they compute, anywhere.

    bits         to_bits, from_bits
    order        less_than, for whole field values
    poseidon     circomlib's hash, poseidon and poseidon_ex
    byte_hashes  sha256, over bytes
    merkle       membership in a Merkle tree over Poseidon

Comparisons, selection, division, minimum and maximum are the language's own (circuits.language).
"""

from zkpipe.circuits.gadgets.bits import from_bits, to_bits
from zkpipe.circuits.gadgets.byte_hashes import sha256
from zkpipe.circuits.gadgets.merkle import (
    check_merkle_membership,
    merkle_leaf,
    merkle_root,
    merkle_root_of_pairs,
)
from zkpipe.circuits.gadgets.merkle_tree import MerklePath, MerkleTree
from zkpipe.circuits.gadgets.order import less_than
from zkpipe.circuits.gadgets.poseidon import poseidon, poseidon_ex

__all__ = [
    "MerklePath",
    "MerkleTree",
    "check_merkle_membership",
    "from_bits",
    "less_than",
    "merkle_leaf",
    "merkle_root",
    "merkle_root_of_pairs",
    "poseidon",
    "poseidon_ex",
    "sha256",
    "to_bits",
]
