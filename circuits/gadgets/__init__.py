"""Gadgets: what circuits are built of. Called on plain integers they compute, anywhere.

    bits      to_bits, from_bits
    order     less_than, for whole field values
    poseidon  circomlib's hash, poseidon and poseidon_ex
    curve     Baby Jubjub: eddsa_verify, Signature, pedersen_commit; Point is in zkpipe.circuits
    sparse    sparse Merkle trees: smt_root, smt_root_without, SparseMerkleTree
    merkle    membership in a Merkle tree over Poseidon

Comparisons, selection, division, minimum and maximum are the language's own (circuits.language).
"""

from zkpipe.circuits.gadgets.bits import from_bits, to_bits
from zkpipe.circuits.gadgets.curve.eddsa import Signature, eddsa_verify
from zkpipe.circuits.gadgets.curve.pedersen import pedersen_commit
from zkpipe.circuits.gadgets.merkle import (
    check_merkle_membership,
    merkle_leaf,
    merkle_root,
    merkle_root_of_pairs,
)
from zkpipe.circuits.gadgets.merkle_tree import MerklePath, MerkleTree
from zkpipe.circuits.gadgets.order import less_than
from zkpipe.circuits.gadgets.poseidon import poseidon, poseidon_ex
from zkpipe.circuits.gadgets.sparse.roots import smt_root, smt_root_without
from zkpipe.circuits.gadgets.sparse.tree import SparseMerkleTree, SparsePath

__all__ = [
    "MerklePath",
    "MerkleTree",
    "Signature",
    "SparseMerkleTree",
    "SparsePath",
    "check_merkle_membership",
    "eddsa_verify",
    "from_bits",
    "less_than",
    "merkle_leaf",
    "merkle_root",
    "merkle_root_of_pairs",
    "pedersen_commit",
    "poseidon",
    "poseidon_ex",
    "smt_root",
    "smt_root_without",
    "to_bits",
]
