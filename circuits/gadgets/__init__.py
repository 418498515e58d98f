"""Gadgets: what circuits are built of. Called on plain integers they compute, anywhere.

    bits      to_bits, from_bits
    poseidon  circomlib's hash, poseidon and poseidon_ex
    merkle    membership in a Merkle tree over Poseidon

Comparisons, selection, division, minimum and maximum are the language's own (circuits.language).
"""

from circuits.gadgets.bits import from_bits, to_bits
from circuits.gadgets.merkle import merkle_leaf, merkle_root
from circuits.gadgets.poseidon import poseidon, poseidon_ex

__all__ = ["from_bits", "merkle_leaf", "merkle_root", "poseidon", "poseidon_ex", "to_bits"]
