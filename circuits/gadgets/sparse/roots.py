"""Roots of sparse Merkle trees, by the digests beside a key's way.

A leaf is poseidon([key, value, 1]), a node poseidon([left, right]), an empty place 0. A key goes
left or right by its bits from the lowest, and its leaf stands as high as it is alone. So the way to
it ends below the last digest beside it that is not 0.

In a circuit there are as many levels as siblings are given; those below the way's end are 0. Where
the way ends is read from them: a_i says that all from level i on are 0, and the digest of level i
is the leaf where a_i is 1, else the node above level i + 1.

A key that is not there has a way to an empty place, or to the leaf of another key, which the tree
has put there because the two have the same bits so far. Either root is right only for a tree that
was made by these rules: who lets others change a tree checks each change.

Source: circomlib's smtverifier.circom, with a row or two less a level, and strict bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.arguments import bit, element, elements, misuse
from zkpipe.circuits.gadgets.bits import to_bits
from zkpipe.circuits.gadgets.poseidon import poseidon
from zkpipe.circuits.language.values.as_field import as_field
from zkpipe.circuits.language.values.bounds import FIELD_BITS
from zkpipe.circuits.language.values.choices import select
from zkpipe.circuits.language.values.functions import all_of, check
from zkpipe.circuits.language.values.signal import Signal

EMPTY = 0
OTHER = "the leaf in the key's place is of the key itself"


def smt_leaf(key: Any, value: Any) -> Any:
    """The digest of a key's leaf: 258 rows."""
    leaf = elements("smt_leaf()", "key and value", [key, value])
    return poseidon([*leaf, 1])


def smt_root(key: Any, value: Any, siblings: Sequence[Any]) -> Any:
    """The root of the tree in which a key has a value.

    siblings  the digests beside the way, from the root's children down; 0 below the way's end

    Raises InputError, or in a circuit CompileError, for what is no field element, and for more than
    254 siblings.

    Cost: 563 rows, and 245 a level; 5,463 for 20 levels, where circomlib has 6,573.
    """
    return _root("smt_root()", key, smt_leaf(key, value), siblings)


def smt_root_without(
    key: Any, siblings: Sequence[Any], other_key: Any, other_value: Any, is_empty: Any
) -> Any:
    """The root of the tree in which a key is not.

    other_key, other_value  the leaf in the key's place; any if the place is empty
    is_empty                a Bool: whether it is

    In a circuit no witness has the key itself for the other; on integers that is refused.

    Raises as smt_root does; InputError, or UnsatisfiedError in a plain run, for the key itself.

    Cost: four rows more than smt_root.
    """
    gadget = "smt_root_without()"
    wanted, other = element(gadget, "key", key), element(gadget, "other_key", other_key)
    empty = bit(gadget, "is_empty", is_empty)
    is_other = other != wanted
    if isinstance(is_other, Signal) or isinstance(empty, Signal):
        check((is_other * 1 + empty * 1) != 0, OTHER)
    elif not is_other and not empty:
        fix = "Give the leaf of another key, or of an empty place is_empty = 1."
        raise misuse(gadget, f"has a key that is there: {OTHER}.", fix, "other_key")
    return _root(gadget, wanted, select(empty, EMPTY, smt_leaf(other, other_value)), siblings)


def _root(gadget: str, key: Any, leaf: Any, siblings: Sequence[Any]) -> Any:
    beside = elements(gadget, "siblings", siblings)
    if len(beside) > FIELD_BITS:
        raise misuse(
            gadget,
            f"has {len(beside)} siblings, more than a key has bits.",
            f"Give {FIELD_BITS} at the most.",
            "siblings",
        )
    turns = to_bits(as_field(element(gadget, "key", key)), FIELD_BITS)
    digest, is_end = leaf, 1
    for turn, sibling in reversed(list(zip(turns, beside, strict=False))):
        is_end = all_of([is_end, sibling == 0])
        left = select(turn, sibling, digest)
        node = poseidon([left, digest + sibling - left])
        digest = select(is_end, leaf, node)
    return digest
