"""The circuit `admitted`: somebody is on one list and not on another, and nobody learns who.

    python examples/lists/demo.py                     the whole way
    zkpipe lint examples/lists/lists.py               that the inputs determine every value

A club has a list of members. An authority has a list of sanctioned persons. Both know a person by
the number of a document. The roots of both lists are public.

- The members' list is a Merkle tree. A leaf has the member's document and the hash of a secret
  that only the member knows. Without the secret, anyone who reads the list could pass for a member.
- The sanctions list is a sparse Merkle tree. Its keys are hashes of documents. A key has one place
  in such a tree, so a proof can show that it is not there.

The proof shows the member's mark for one session. So it is valid in that session only, and a member
who comes twice is noticed. Marks of two sessions do not tell whether they are of the same member.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from zkpipe import Array, Bool, Field, Private, Public, check, circuit
from zkpipe.circuits.gadgets import (
    MerkleTree,
    SparseMerkleTree,
    check_merkle_membership,
    poseidon,
    smt_root_without,
)

DEPTH = 10  # of the members' list, which has room for 2^DEPTH
LEVELS = 16  # of the sanctions list: enough for a hundred persons


@dataclass(frozen=True)
class Place:
    """Where a leaf is in the members' list."""

    siblings: Array[Field, DEPTH]
    index: Array[Bool, DEPTH]


@dataclass(frozen=True)
class Gap:
    """Where a key would be in the sanctions list: a place that is empty or has another's leaf."""

    siblings: Array[Field, LEVELS]
    is_empty: Bool
    other_key: Field
    other_value: Field


@circuit
def admitted(
    members: Public[Field],
    sanctions: Public[Field],
    session: Public[Field],
    document: Private[Field],
    secret: Private[Field],
    place: Private[Place],
    gap: Private[Gap],
) -> Public[Field]:
    """A member who is not sanctioned is in this session. Returns the member's mark for it."""
    leaf = leaf_of(document, commitment_of(secret))
    check_merkle_membership(members, leaf, place.siblings, place.index)
    root = smt_root_without(
        key_of(document), gap.siblings, gap.other_key, gap.other_value, gap.is_empty
    )
    check(root == sanctions, "the gap is not in the sanctions list")
    return mark_of(secret, session)


def leaf_of(document: Any, commitment: Any) -> list[Any]:
    """Return what stands in the members' list for a member."""
    return [document, commitment]


def commitment_of(secret: Any) -> Any:
    """Return what a member tells of the secret."""
    return poseidon([secret])


def key_of(document: Any) -> Any:
    """Return the key of a document in the sanctions list. Hashes spread well in the tree."""
    return poseidon([document])


def mark_of(secret: Any, session: Any) -> Any:
    """Return what a member shows of the secret in a session."""
    return poseidon([secret, session])


def new_secret() -> int:
    """Return a number that nobody can guess: 253 random bits, which a field element can hold."""
    return secrets.randbits(253)


def number_of(text: str) -> int:
    """Return a document as a number. Raises ValueError unless it is 1 to 31 letters or digits.

    No two documents have the same number. Both lists must write a document in the same way.
    """
    if not (text.isascii() and text.isalnum() and len(text) <= 31):
        raise ValueError("a document has 1 to 31 letters and digits, without accents or spaces")
    return int.from_bytes(text.encode(), "big")


def members_list(documents: Iterable[str], commitments: Iterable[int]) -> MerkleTree:
    """Return the list of members with these documents and commitments, in this order.

    Raises ValueError for a document that is there twice: its owner would have two marks.
    """
    numbers = [number_of(text) for text in documents]
    if len(set(numbers)) < len(numbers):
        raise ValueError("a document of the members' list is there twice")
    pairs = zip(numbers, commitments, strict=True)
    return MerkleTree(DEPTH, [leaf_of(number, commitment) for number, commitment in pairs])


def sanctions_list(documents: Iterable[str]) -> SparseMerkleTree:
    """Return the list of sanctioned persons. Each key has the value 1."""
    tree = SparseMerkleTree()
    tree.change_many({key_of(number_of(text)): 1 for text in documents})
    return tree


def inputs_of(
    members: MerkleTree, sanctions: SparseMerkleTree, index: int, text: str, secret: int
) -> dict[str, Any]:
    """Return the inputs of the member at an index, without the session.

    Of a sanctioned person there is no gap: then it is the way to their own leaf.
    """
    document = number_of(text)
    path, way = members.path(index), sanctions.path(key_of(document))
    other_key, other_value = way.other or (way.key, way.value or 0)
    return {
        "members": members.root,
        "sanctions": sanctions.root,
        "document": document,
        "secret": secret,
        "place": {"siblings": path.siblings, "index": path.index_bits},
        "gap": {
            "siblings": way.padded(LEVELS),
            "is_empty": way.value is None and way.other is None,
            "other_key": other_key,
            "other_value": other_value,
        },
    }
