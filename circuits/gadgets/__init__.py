"""Gadgets: what circuits are built of. Called on plain integers they compute, anywhere.

    bits      to_bits, from_bits
    order     less_than, for whole field values
    lists     sort, argmin and argmax, round_div, not_member, GapTree and check_merkle_absence
    words     pack and unpack, to_words and from_words, rotations; switcher, one_hot
    poseidon  circomlib's hash, poseidon and poseidon_ex
    curve     Baby Jubjub: eddsa_verify, Signature, pedersen_commit; Point is in zkpipe.circuits
    sparse    sparse Merkle trees: smt_root, smt_root_without, SparseMerkleTree
    hashes    poseidon_sponge, of any number of values; poseidon2, mimc7 and mimc_sponge
    merkle    membership in a Merkle tree over Poseidon

    baby_jubjub   in plain Python: keys and signatures, for applications; imported from there

Comparisons, selection, division, minimum and maximum are the language's own (circuits.language).
"""

from zkpipe.circuits.gadgets.bits import from_bits, to_bits
from zkpipe.circuits.gadgets.curve.eddsa import Signature, eddsa_verify
from zkpipe.circuits.gadgets.curve.pedersen import pedersen_commit
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
from zkpipe.circuits.gadgets.merkle_tree import MerklePath, MerkleTree
from zkpipe.circuits.gadgets.order import less_than
from zkpipe.circuits.gadgets.poseidon import poseidon, poseidon_ex
from zkpipe.circuits.gadgets.sparse.roots import smt_root, smt_root_without
from zkpipe.circuits.gadgets.sparse.tree import SparseMerkleTree, SparsePath
from zkpipe.circuits.gadgets.words.choosing import one_hot, switcher
from zkpipe.circuits.gadgets.words.packing import from_words, pack, to_words, unpack
from zkpipe.circuits.gadgets.words.rotations import rotate_left, rotate_right

__all__ = [
    "Gap",
    "GapTree",
    "MerklePath",
    "MerkleTree",
    "Signature",
    "SparseMerkleTree",
    "SparsePath",
    "argmax",
    "argmin",
    "check_merkle_absence",
    "check_merkle_membership",
    "eddsa_verify",
    "from_bits",
    "from_words",
    "less_than",
    "merkle_leaf",
    "merkle_root",
    "merkle_root_of_pairs",
    "mimc7",
    "mimc_sponge",
    "not_member",
    "one_hot",
    "pack",
    "pedersen_commit",
    "poseidon",
    "poseidon2",
    "poseidon2_permutation",
    "poseidon_ex",
    "poseidon_sponge",
    "rotate_left",
    "rotate_right",
    "round_div",
    "smt_root",
    "smt_root_without",
    "sort",
    "switcher",
    "to_bits",
    "to_words",
    "unpack",
]
