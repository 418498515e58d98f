"""Gadgets: what circuits are built of. Called on plain integers they compute, anywhere.

    bits      to_bits, from_bits
    order     less_than, for whole field values
    poseidon  circomlib's hash, poseidon and poseidon_ex
    curve     Baby Jubjub: eddsa_verify, Signature, pedersen_commit; Point is in zkpipe.circuits
    sparse    sparse Merkle trees: smt_root, smt_root_without; smt_insert, smt_update, smt_delete;
              SparseMerkleTree, StoredSparseMerkleTree
    hashes    poseidon_sponge, of any number of values; poseidon2, mimc7 and mimc_sponge;
              poseidon_many, on arrays and outside circuits
    merkle    membership in a Merkle tree over Poseidon; MerkleTree, MerklePath, MerkleBatch
    trees     nodes of 2 to 16 children and any hash, many leaves at once, roots after a change

    baby_jubjub   in plain Python: keys and signatures, for applications; imported from there

Comparisons, selection, division, minimum and maximum are the language's own (circuits.language).
"""

from zkpipe.circuits.gadgets.bits import from_bits, to_bits
from zkpipe.circuits.gadgets.curve.eddsa import Signature, eddsa_verify
from zkpipe.circuits.gadgets.curve.pedersen import pedersen_commit
from zkpipe.circuits.gadgets.hashes.many import poseidon_many
from zkpipe.circuits.gadgets.hashes.mimc import mimc7, mimc_sponge
from zkpipe.circuits.gadgets.hashes.poseidon2 import poseidon2, poseidon2_permutation
from zkpipe.circuits.gadgets.hashes.poseidon_sponge import poseidon_sponge
from zkpipe.circuits.gadgets.merkle import (
    check_merkle_membership,
    merkle_leaf,
    merkle_root,
    merkle_root_of_pairs,
)
from zkpipe.circuits.gadgets.merkle_paths import MerkleBatch, MerklePath
from zkpipe.circuits.gadgets.merkle_tree import MerkleTree
from zkpipe.circuits.gadgets.order import less_than
from zkpipe.circuits.gadgets.poseidon import poseidon, poseidon_ex
from zkpipe.circuits.gadgets.sparse.changes import smt_delete, smt_insert, smt_update
from zkpipe.circuits.gadgets.sparse.roots import smt_root, smt_root_without
from zkpipe.circuits.gadgets.sparse.storage import StoredSparseMerkleTree
from zkpipe.circuits.gadgets.sparse.tree import SparseChange, SparseMerkleTree, SparsePath
from zkpipe.circuits.gadgets.trees.appending import merkle_append, merkle_update
from zkpipe.circuits.gadgets.trees.arity import merkle_root_at, merkle_root_of_children
from zkpipe.circuits.gadgets.trees.openings import merkle_root_of_many

__all__ = [
    "MerkleBatch",
    "MerklePath",
    "MerkleTree",
    "Signature",
    "SparseChange",
    "SparseMerkleTree",
    "SparsePath",
    "StoredSparseMerkleTree",
    "check_merkle_membership",
    "eddsa_verify",
    "from_bits",
    "less_than",
    "merkle_append",
    "merkle_leaf",
    "merkle_root",
    "merkle_root_at",
    "merkle_root_of_children",
    "merkle_root_of_many",
    "merkle_root_of_pairs",
    "merkle_update",
    "mimc7",
    "mimc_sponge",
    "pedersen_commit",
    "poseidon",
    "poseidon2",
    "poseidon2_permutation",
    "poseidon_ex",
    "poseidon_many",
    "poseidon_sponge",
    "smt_delete",
    "smt_insert",
    "smt_root",
    "smt_root_without",
    "smt_update",
    "to_bits",
]
