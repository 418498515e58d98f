"""Membership in a Merkle tree over Poseidon, in a circuit and on integers.

A leaf is hashed by `merkle_leaf`, a node is `poseidon([left, right])`, and a path has one sibling
and one bit for each level. The number of levels is fixed by the circuit, so nothing of another
height passes. `merkle_tree` makes trees and paths, and says why a node is never a leaf.

Source: Merkle, "A digital signature based on a conventional encryption function", Crypto 1987.
"""

from __future__ import annotations

from collections.abc import Sequence

from circuits.errors import InputError
from circuits.gadgets.poseidon import poseidon, poseidon_ex


def merkle_leaf(values: Sequence[int]) -> int:
    """The digest of a leaf of 1 to 16 field elements.

    It is Poseidon with the capacity n * 2^64 for n elements, where a node has 0: a leaf of two
    elements is not a node of the tree.

    Cost: as `poseidon`, so 213 constraints for one element.
    Source: eprint 2019/458, section 4.2, constant-input-length hashing with one output.
    """
    return poseidon_ex(values, len(values) << 64, 1)[0]


def merkle_root(digest: int, siblings: Sequence[int], index_bits: Sequence[int]) -> int:
    """The root above a leaf's digest, by way of its siblings.

    digest      of the leaf, from `merkle_leaf`
    siblings    the digests beside the way, the leaf's own neighbour first
    index_bits  as many bits: 1 where the way comes from the right
    """
    _check_levels(len(siblings), len(index_bits))
    for level, (sibling, bit) in enumerate(zip(siblings, index_bits, strict=True)):
        if not isinstance(bit, int) or bit not in (0, 1):
            raise InputError(
                f"`index_bits[{level}]` is not a bit.", "Give 0 or 1.", f"index_bits[{level}]", bit
            )
        digest = poseidon([sibling, digest] if bit else [digest, sibling])
    return digest


def _check_levels(siblings: int, bits: int) -> None:
    if siblings != bits or not siblings:
        raise InputError(
            f"A path with {siblings} siblings and {bits} bits of the index leads to no root.",
            "Give one sibling and one bit for each level, and at least one level.",
            "siblings",
        )
