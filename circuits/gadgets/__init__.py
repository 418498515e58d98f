"""Gadgets: what circuits are built of. Called on plain integers they compute, anywhere.

    bits         to_bits, from_bits
    order        less_than, for whole field values
    lists        sort, argmin and argmax, round_div, not_member, GapTree and check_merkle_absence
    words        pack and unpack, to_words and from_words, rotations; switcher, one_hot
    poseidon     circomlib's hash, poseidon and poseidon_ex
    hashes       poseidon_sponge, of any number of values; poseidon2, mimc7 and mimc_sponge;
                 poseidon_many, on arrays and outside circuits
    byte_hashes  of bytes: sha256, sha512, keccak256, sha3_256, blake2s, ripemd160;
                 sha256_compress for other paddings
    curve        Baby Jubjub: eddsa_verify, eddsa_mimc_verify, schnorr_verify, Signature,
                 pedersen_commit, pedersen_hash; Point is in zkpipe.circuits
    encryption   ecdh, elgamal_encrypt, wrap_key, stream_encrypt, poseidon_encrypt, and back
    merkle       membership in a Merkle tree over Poseidon; MerkleTree, MerklePath, MerkleBatch
    trees        nodes of 2 to 16 children and any hash, many leaves at once, roots after a change
    sparse       sparse Merkle trees: smt_root, smt_root_without, smt_insert, smt_update,
                 smt_delete, SparseMerkleTree, StoredSparseMerkleTree

    baby_jubjub  in plain Python: keys, signatures and encryption, for applications; imported from
                 there
    gates        functions of three bits in one row, for authors of gadgets; imported from there

Comparisons, selection, division, minimum and maximum are the language's own (circuits.language).
"""

from zkpipe.circuits.gadgets.bits import from_bits, to_bits
from zkpipe.circuits.gadgets.byte_hashes.blake2s import blake2s
from zkpipe.circuits.gadgets.byte_hashes.keccak import keccak256, sha3_256
from zkpipe.circuits.gadgets.byte_hashes.ripemd160 import ripemd160
from zkpipe.circuits.gadgets.byte_hashes.sha2 import sha256, sha256_compress, sha512
from zkpipe.circuits.gadgets.curve.eddsa import Signature, eddsa_verify
from zkpipe.circuits.gadgets.curve.eddsa_mimc import eddsa_mimc_sponge_verify, eddsa_mimc_verify
from zkpipe.circuits.gadgets.curve.pedersen import pedersen_commit
from zkpipe.circuits.gadgets.curve.pedersen_hash import pedersen_hash, pedersen_hash_of_bits
from zkpipe.circuits.gadgets.curve.schnorr import schnorr_verify
from zkpipe.circuits.gadgets.encryption.ecdh import ecdh
from zkpipe.circuits.gadgets.encryption.elgamal import (
    ElGamalCiphertext,
    elgamal_decrypt,
    elgamal_encrypt,
)
from zkpipe.circuits.gadgets.encryption.poseidon_cipher import poseidon_decrypt, poseidon_encrypt
from zkpipe.circuits.gadgets.encryption.seal import (
    stream_decrypt,
    stream_encrypt,
    unwrap_key,
    wrap_key,
)
from zkpipe.circuits.gadgets.hashes.many import poseidon_many
from zkpipe.circuits.gadgets.hashes.mimc import mimc7, mimc_sponge
from zkpipe.circuits.gadgets.hashes.poseidon2 import poseidon2, poseidon2_permutation
from zkpipe.circuits.gadgets.hashes.poseidon_sponge import poseidon_sponge
from zkpipe.circuits.gadgets.lists.absence import check_merkle_absence, not_member
from zkpipe.circuits.gadgets.lists.gap_tree import Gap, GapTree
from zkpipe.circuits.gadgets.lists.rounding import round_div
from zkpipe.circuits.gadgets.lists.sorting import argmax, argmin, sort
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
from zkpipe.circuits.gadgets.words.choosing import one_hot, switcher
from zkpipe.circuits.gadgets.words.packing import from_words, pack, to_words, unpack
from zkpipe.circuits.gadgets.words.rotations import rotate_left, rotate_right

__all__ = [
    "ElGamalCiphertext",
    "Gap",
    "GapTree",
    "MerkleBatch",
    "MerklePath",
    "MerkleTree",
    "Signature",
    "SparseChange",
    "SparseMerkleTree",
    "SparsePath",
    "StoredSparseMerkleTree",
    "argmax",
    "argmin",
    "blake2s",
    "check_merkle_absence",
    "check_merkle_membership",
    "ecdh",
    "eddsa_mimc_sponge_verify",
    "eddsa_mimc_verify",
    "eddsa_verify",
    "elgamal_decrypt",
    "elgamal_encrypt",
    "from_bits",
    "from_words",
    "keccak256",
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
    "not_member",
    "one_hot",
    "pack",
    "pedersen_commit",
    "pedersen_hash",
    "pedersen_hash_of_bits",
    "poseidon",
    "poseidon2",
    "poseidon2_permutation",
    "poseidon_decrypt",
    "poseidon_encrypt",
    "poseidon_ex",
    "poseidon_many",
    "poseidon_sponge",
    "ripemd160",
    "rotate_left",
    "rotate_right",
    "round_div",
    "schnorr_verify",
    "sha3_256",
    "sha256",
    "sha256_compress",
    "sha512",
    "smt_delete",
    "smt_insert",
    "smt_root",
    "smt_root_without",
    "smt_update",
    "sort",
    "stream_decrypt",
    "stream_encrypt",
    "switcher",
    "to_bits",
    "to_words",
    "unpack",
    "unwrap_key",
    "wrap_key",
]
