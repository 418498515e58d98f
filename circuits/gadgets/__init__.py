"""Gadgets: what circuits are built of. Called on plain integers they compute, anywhere.

    bits         to_bits, from_bits
    order        less_than, for whole field values
    poseidon     circomlib's hash, poseidon and poseidon_ex
    curve        Baby Jubjub: eddsa_verify, Signature, pedersen_commit; Point is in zkpipe.circuits
    sparse       sparse Merkle trees: smt_root, smt_root_without, SparseMerkleTree
    hashes       poseidon_sponge, of any number of values; poseidon2, mimc7 and mimc_sponge
    byte_hashes  of bytes: sha256, sha512, keccak256, sha3_256; sha256_compress for other paddings
    merkle       membership in a Merkle tree over Poseidon

    baby_jubjub  in plain Python: keys and signatures, for applications; imported from there
    gates        functions of three bits in one row, for authors of gadgets; imported from there

Comparisons, selection, division, minimum and maximum are the language's own (circuits.language).
"""

from zkpipe.circuits.gadgets.bits import from_bits, to_bits
from zkpipe.circuits.gadgets.byte_hashes import keccak256, sha3_256, sha256, sha256_compress, sha512
from zkpipe.circuits.gadgets.curve.eddsa import Signature, eddsa_verify
from zkpipe.circuits.gadgets.curve.pedersen import pedersen_commit
from zkpipe.circuits.gadgets.hashes.mimc import mimc7, mimc_sponge
from zkpipe.circuits.gadgets.hashes.poseidon2 import poseidon2, poseidon2_permutation
from zkpipe.circuits.gadgets.hashes.poseidon_sponge import poseidon_sponge
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
    "keccak256",
    "less_than",
    "merkle_leaf",
    "merkle_root",
    "merkle_root_of_pairs",
    "mimc7",
    "mimc_sponge",
    "pedersen_commit",
    "poseidon",
    "poseidon2",
    "poseidon2_permutation",
    "poseidon_ex",
    "poseidon_sponge",
    "sha3_256",
    "sha256",
    "sha256_compress",
    "sha512",
    "smt_root",
    "smt_root_without",
    "to_bits",
]
