"""Places in a tree: from an index, for each level, where the digest lies among its siblings.

A place p among a children is held as a - 1 numbers, steps[j] = 1 if p > j, else 0. The digest d and
its siblings s_0, ..., s_(a-2) become the children c_0, ..., c_(a-1) one by one: with x_0 = d,

    c_j = x_j + steps[j] (s_j - x_j)        x_(j+1) = s_j + x_j - c_j        c_(a-1) = x_(a-1)

so while steps[j] is 1 a sibling goes by, at the first 0 the digest itself, and then the siblings
one late. It is a row a sibling, and x is free.

If a is 2^k, the steps come from k bits of the index: with [q > j] the steps of the lower bits of p
and b its highest, those of p are b or [q > j], then b, then b and [q > j]; one product makes both.
For other arities the index is divided by a, and each place is compared with 0, ..., a - 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.arguments import misuse, whole
from zkpipe.circuits.gadgets.bits import to_bits
from zkpipe.circuits.language.values.functions import check
from zkpipe.circuits.language.values.signal import Signal

MAX_ARITY = 16
MAX_PLACES = 1 << 64
BEYOND = "the index is a place of the tree"

Steps = list[Any]


def steps_of(gadget: str, index: Any, arity: int, depth: int) -> list[Steps]:
    """The steps of each level for an index from 0 to arity^depth - 1, the leaf's level first.

    index  an integer, a UInt, or a Field for an arity that is a power of two
    """
    if arity**depth > MAX_PLACES:
        fix = "Give fewer levels: a tree has at most 2^64 places."
        raise misuse(gadget, f"has {depth} levels of arity {arity}.", fix, "siblings")
    if not isinstance(index, Signal):
        fix = "A tree of this arity and depth has a place for each of these."
        rest = whole(gadget, "index", index, 0, arity**depth - 1, fix)
        digits = [rest // arity**level % arity for level in range(depth)]
        return [[int(digit > j) for j in range(arity - 1)] for digit in digits]
    if arity & (arity - 1) == 0:
        k = arity.bit_length() - 1
        bits = to_bits(index, k * depth)
        return [_of_bits(bits[level * k : level * k + k]) for level in range(depth)]
    if index.high is None or index.low is None or index.low < 0 or index.scale is not None:
        fix = "Declare it a UInt."
        raise misuse(gadget, f"has {index.kind()} for index at arity {arity}.", fix, "index")
    return _by_division(index, arity, depth)


def _of_bits(bits: Sequence[Any]) -> Steps:
    """The steps of a place of k bits, lowest first: 2^k - k - 1 rows."""
    steps: Steps = []
    for bit in bits:
        both = [bit * lower for lower in steps]
        either = [bit + lower - product for lower, product in zip(steps, both, strict=True)]
        steps = [*either, bit, *both]
    return steps


def _by_division(index: Any, arity: int, depth: int) -> list[Steps]:
    found, rest = [], index
    for _ in range(depth - 1):
        found.append(_compared(rest % arity, arity))
        rest = rest // arity
    if not isinstance(rest, Signal) or rest.high is None or rest.high >= arity:
        check(rest < arity, BEYOND)
    return [*found, _compared(rest, arity)]


def _compared(place: Any, arity: int) -> Steps:
    """The steps of a place below the arity: two rows each."""
    steps, above = [], 1
    for j in range(arity - 1):
        above = above - (place == j)
        steps.append(above)
    return steps


def inserted(digest: Any, siblings: Sequence[Any], steps: Steps) -> list[Any]:
    """The children in their order: a row a sibling."""
    children, carried = [], digest
    for sibling, step in zip(siblings, steps, strict=True):
        child = carried + step * (sibling - carried)
        children.append(child)
        carried = sibling + carried - child
    return [*children, carried]


def picked(entries: Sequence[Any], steps: Sequence[Steps]) -> Any:
    """The entry, of arity^levels, that the places of the levels lead to: a row each but one."""
    for level in steps:
        width = len(level) + 1
        groups = [entries[i : i + width] for i in range(0, len(entries), width)]
        entries = [
            group[0]
            + sum(step * (b - a) for step, a, b in zip(level, group[:-1], group[1:], strict=True))
            for group in groups
        ]
    (found,) = entries
    return found
