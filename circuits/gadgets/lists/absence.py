"""What a list does not hold: of constants by a few candidates, under a root by a gap.

Some bits of x are the index of a bucket, which holds the constants that have the same bits. One
lookup gives what is in it, and x is compared with that alone. The bits are those that spread the
constants best. A place that is free holds one of the bucket again, or in an empty one a number with
other bits, which x cannot be. Nothing is advice: whatever x is, it has its own bucket.

A list under a root: what lies between its values are gaps [first, last], which are the leaves of a
Merkle tree. One path shows one gap, and x in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.circuits.gadgets.arguments import element, elements, misuse, whole
from zkpipe.circuits.gadgets.bits import from_bits, to_bits
from zkpipe.circuits.gadgets.merkle import check_merkle_membership
from zkpipe.circuits.gadgets.order import less_than
from zkpipe.circuits.language.values.as_field import as_field
from zkpipe.circuits.language.values.bounds import FIELD_BITS, comparable
from zkpipe.circuits.language.values.choices import lookup, member
from zkpipe.circuits.language.values.functions import check
from zkpipe.circuits.language.values.signal import Signal
from zkpipe.ground.kinds import describe, unordered

OUTSIDE = "the value is not in the gap"
MOST_INDEX = 14  # bits of a bucket's index
STRICT_ROWS = 307  # of the bits of a Field


def not_member(x: Any, table: Iterable[int]) -> Any:
    """Whether x is none of some constants: a Bool, or of an integer a bool.

    x      a value of a circuit, or an integer
    table  whole numbers in any order

    Cost: the bits of x, and of n constants that its bits spread well some 2 sqrt(n) rows: 22 of
    100, 67 of 1000, 217 of 10^4. Never more than ~member(x, table) takes, which is n + 1.

    Raises InputError, or in a circuit CompileError, for other tables.
    """
    gadget = "not_member()"
    entries = None if isinstance(table, Signal) else unordered(table)
    if entries is None:
        given = table.kind() if isinstance(table, Signal) else describe(table)
        raise misuse(gadget, f"has {given} for table.", "Give a list of whole numbers.", "table")
    most = "Give whole numbers: of a list that is not known use check_merkle_absence()."
    constants = sorted(
        {whole(gadget, f"table[{i}]", value, 1 - R, R - 1, most) for i, value in enumerate(entries)}
    )
    if not isinstance(x, Signal):
        residue = whole(gadget, "x", x, 1 - R, R - 1, "Give a whole number.") % R
        return residue not in {value % R for value in constants}  # -1 is r - 1, as in a Field
    element(gadget, "x", x)
    if x.low is None:
        constants = sorted({value % R for value in constants})
        found = _spread(constants, FIELD_BITS)
        if found is None or found.rows + STRICT_ROWS > len(constants):
            return 1 - member(x, constants)
        return _in_no_bucket(x, to_bits(x, FIELD_BITS), found)
    low, high = x.interval
    inside = [value - low for value in constants if low <= value <= high]
    bits = (high - low).bit_length()
    found = _spread(inside, bits)
    if found is None or found.rows > len(inside):
        return 1 - member(x, [value + low for value in inside])
    return _in_no_bucket(x - low, to_bits(x - low, bits), found)


@dataclass(frozen=True, slots=True)
class _Buckets:
    """Constants by the `width` bits from `start` on; of every bucket as many."""

    start: int
    width: int
    rows: int
    entries: list[list[int]]


def _in_no_bucket(x: Signal, bits: list[Any], buckets: _Buckets) -> Any:
    index = from_bits(bits[buckets.start : buckets.start + buckets.width])
    held = lookup(buckets.entries, index)  # and x are below r: equal if they are as Fields
    return ~member(as_field(x), [as_field(value) for value in held])


def _spread(constants: Sequence[int], bits: int) -> _Buckets | None:
    """The buckets that cost the fewest rows; None for none that are fewer than constants."""
    lowest = np.array([value & (1 << 64) - 1 for value in constants], np.uint64)
    best = (len(constants) + 1, 0, 0)
    for width in range(1, min(MOST_INDEX, bits, len(constants).bit_length() + 1) + 1):
        for start in range(min(bits, 64) - width + 1):
            index = (lowest >> np.uint64(start)) & np.uint64((1 << width) - 1)
            size = int(np.bincount(index.astype(np.int64), minlength=1).max())
            best = min(best, (_rows(width, size), start, width))
    rows, start, width = best
    if not width:
        return None
    held: list[list[int]] = [[] for _ in range(1 << width)]
    for value in constants:
        held[value >> start & (1 << width) - 1].append(value)
    size = max(map(len, held))
    for i, bucket in enumerate(held):
        filler = bucket[0] if bucket else (i ^ 1) << start
        bucket += [filler] * (size - len(bucket))
    return _Buckets(start, width, rows, held)


def _rows(width: int, size: int) -> int:
    """The rows of a lookup of `size` constants among 2^width, and of a product of differences."""
    upper = range(width + 1)
    products = [(1 << width - u) + (1 << u) - 2 - width + size * ((1 << u) - 1) for u in upper]
    return min(products) + size + 1


def check_merkle_absence(
    root: Any, x: Any, gap: Sequence[Any], siblings: Sequence[Any], index_bits: Sequence[Any]
) -> None:
    """Constrain a value to lie in a gap of the list that a GapTree of this root holds.

    x         a UInt, or a Field, which is taken as the integer from 0 to r - 1
    gap       its first and its last value, of the type of x
    siblings, index_bits   as check_merkle_membership takes them

    A root proves what its tree leaves out only if the tree was made by its rules. On integers alone
    use `path.verify` of a Gap, which answers instead.

    Cost: 240 rows for the leaf, 241 a level, one, and two comparisons.

    Raises InputError, or in a circuit CompileError, as merkle_root does.
    """
    gadget = "check_merkle_absence()"
    value, ends = element(gadget, "x", x), elements(gadget, "gap", gap)
    if len(ends) != 2:
        raise misuse(
            gadget, f"has {len(ends)} values for gap, not 2.", "Give [first, last].", "gap"
        )
    check_merkle_membership(root, ends, siblings, index_bits)
    for less, more in ((ends[0], value), (value, ends[1])):
        if _have_order(less, more):
            check(less <= more, OUTSIDE)
        else:
            is_beyond = less_than(more, less)
            check(~is_beyond if isinstance(is_beyond, Signal) else not is_beyond, OUTSIDE)


def _have_order(x: Any, y: Any) -> bool:
    ends = [z.interval for z in (x, y) if isinstance(z, Signal) and z.low is not None]
    if len(ends) != 2:
        return False
    return min(ends[0][0], ends[1][0]) >= 0 and comparable(
        ends[1][0] - ends[0][1], ends[1][1] - ends[0][0]
    )
