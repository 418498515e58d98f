"""Roots of sparse Merkle trees before and after one change: a key put in, taken out, or changed.

The formats and rules are those of `roots`. Both roots are made of the same siblings, so nothing
else changes. Level by level from below, with a_i where the way has ended (`roots`), a key that is
put in where no leaf is stands at the way's end. Where another key's leaf is, both leaves go down to
the first level i at or below the end at which the keys' bits differ; above it, down from the end,
lie nodes with one empty side:

    new_i = node(new_(i+1), s_i)        above the end
            node(new leaf, old leaf)    at or below it, if the bits differ at level i
            node(new_(i+1), 0)          at or below it, if they agree

The topmost level at which they differ decides, for what lies below it is left out. That there is
one is checked: else the old leaf would be lost. Taking a key out is putting it in, backwards.

A tree stays one that was made by the rules, and only of such a tree do roots say what it holds.
Where a key is taken out and its place stays empty, the sibling there must not be a leaf, which had
to rise: it is shown to be a node, by the two digests under it. circomlib does not ask for them, so
that a prover can leave the leaf where it is. Its key is then neither there nor absent.

Source: circomlib's smtprocessor.circom, for the format and the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.arguments import bit, element, elements, misuse
from zkpipe.circuits.gadgets.bits import to_bits
from zkpipe.circuits.gadgets.poseidon import poseidon
from zkpipe.circuits.gadgets.sparse.roots import EMPTY, smt_leaf
from zkpipe.circuits.language.values.as_field import as_field
from zkpipe.circuits.language.values.bounds import FIELD_BITS
from zkpipe.circuits.language.values.choices import select
from zkpipe.circuits.language.values.functions import all_of, any_of, check
from zkpipe.circuits.language.values.signal import Signal

NO_ROOM = "the keys part within the circuit's levels"
RISES = "no leaf beside the key is left below its place"


def smt_update(
    key: Any, old_value: Any, new_value: Any, siblings: Sequence[Any]
) -> tuple[Any, Any]:
    """The roots of the tree in which a key has the old value, and the new one.

    siblings  as in `smt_root`

    Raises as `smt_root` does.

    Cost: 823 rows and 487 a level.
    """
    gadget = "smt_update()"
    beside = _siblings(gadget, siblings)
    turns = _turns(gadget, "key", key)
    old_leaf, new_leaf = smt_leaf(key, old_value), smt_leaf(key, new_value)
    old, new, is_end = old_leaf, new_leaf, 1
    for turn, sibling in reversed(list(zip(turns, beside, strict=False))):
        is_end = all_of([is_end, sibling == 0])
        old = select(is_end, old_leaf, _node(turn, old, sibling))
        new = select(is_end, new_leaf, _node(turn, new, sibling))
    return old, new


def smt_insert(
    key: Any,
    value: Any,
    siblings: Sequence[Any],
    other_key: Any,
    other_value: Any,
    is_empty: Any,
) -> tuple[Any, Any]:
    """The roots of a tree without a key, and with the key and its value.

    siblings                the digests beside the key's way in the tree without it, as in
                            `smt_root_without`: a `SparsePath` of before, padded
    other_key, other_value  the leaf in the key's place; any if the place is empty
    is_empty                a Bool: whether it is

    Raises as `smt_root` does; UnsatisfiedError, on integers InputError, for the key itself as the
    other one, and for keys that agree in more bits than there are siblings.

    Cost: 1,132 rows and 492 a level; 10,972 for 20 levels, where circomlib's processor has 11,535.
    """
    return _inserted("smt_insert()", key, value, siblings, (other_key, other_value), is_empty)


def smt_delete(
    key: Any,
    value: Any,
    siblings: Sequence[Any],
    other_key: Any,
    other_value: Any,
    is_empty: Any,
    children: Sequence[Any],
) -> tuple[Any, Any]:
    """The roots of a tree with a key and its value, and without the key.

    All but the last is of the tree without it, as in `smt_insert`: the leaf that has risen into the
    key's place, if there is one. `SparseMerkleTree.delete` gives it.

    children  of an empty place the two digests under the last sibling that is not 0; any if all
              are 0, or if a leaf has risen

    Raises as `smt_insert` does, and UnsatisfiedError, on integers InputError, for other children.

    Cost: 1,380 rows and up to 494 a level; 11,254 for 20 levels.
    """
    gadget = "smt_delete()"
    after, before = _inserted(gadget, key, value, siblings, (other_key, other_value), is_empty)
    under = elements(gadget, "children", children)
    if len(under) != 2:
        problem = f"has {len(under)} digests for children, not 2."
        raise misuse(gadget, problem, "Give those under the last sibling.", "children")
    last, is_end = _last(_siblings(gadget, siblings))
    is_risen = bit(gadget, "is_empty", is_empty) == 0
    is_right = any_of([is_risen, is_end, poseidon(under) == last])
    if isinstance(is_right, Signal):
        check(is_right, RISES)
    elif not is_right:
        fix = "Give the two digests under the last sibling; of a leaf, let it rise."
        raise misuse(gadget, f"has other children than that sibling: {RISES}.", fix, "children")
    return before, after


def _last(siblings: Sequence[Any]) -> tuple[Any, Any]:
    """The last sibling that is not 0, and whether there is none."""
    last, is_end = 0, 1
    for sibling in reversed(siblings):
        last = last + is_end * sibling
        is_end = all_of([is_end, sibling == 0])
    return last, is_end


def _inserted(
    gadget: str, key: Any, value: Any, siblings: Sequence[Any], other: tuple[Any, Any], empty: Any
) -> tuple[Any, Any]:
    """The roots without and with the key."""
    beside = _siblings(gadget, siblings)
    turns, others = _turns(gadget, "key", key), _turns(gadget, "other_key", other[0])
    is_empty = bit(gadget, "is_empty", empty)
    new_leaf, other_leaf = smt_leaf(key, value), smt_leaf(*other)
    old_leaf = select(is_empty, EMPTY, other_leaf)
    old, new, is_end, partings = old_leaf, new_leaf, 1, is_empty * 1
    levels = list(zip(turns, others, beside, strict=False))
    for turn, other_turn, sibling in reversed(levels):
        is_end = all_of([is_end, sibling == 0])
        old = select(is_end, old_leaf, _node(turn, old, sibling))
        is_place = all_of([is_end, is_empty])
        parts = (is_end - is_place) * (turn ^ other_turn)  # 1 only where the sibling is 0
        below = new + parts * (new_leaf - new)
        new = select(is_place, new_leaf, _node(turn, below, sibling + parts * other_leaf))
        partings = partings + parts
    is_kept = partings != 0
    if isinstance(is_kept, Signal):
        check(is_kept, NO_ROOM)
    elif not is_kept:
        fix = "Give a leaf of another key, and as many siblings as the keys agree in bits, and one."
        raise misuse(gadget, f"has a leaf to part from: {NO_ROOM} is not so.", fix, "other_key")
    return old, new


def _node(turn: Any, digest: Any, sibling: Any) -> Any:
    left = select(turn, sibling, digest)
    return poseidon([left, digest + sibling - left])


def _siblings(gadget: str, siblings: object) -> list[Any]:
    beside = elements(gadget, "siblings", siblings)
    if len(beside) > FIELD_BITS:
        raise misuse(
            gadget,
            f"has {len(beside)} siblings, more than a key has bits.",
            f"Give {FIELD_BITS} at the most.",
            "siblings",
        )
    return beside


def _turns(gadget: str, name: str, key: Any) -> list[Any]:
    return to_bits(as_field(element(gadget, name, key)), FIELD_BITS)
