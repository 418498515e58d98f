"""A list of numbers under a root that proves what is not in it, in plain Python.

The leaves of a Merkle tree are the gaps of the list, from the least: of 3, 4 and 9 in four bits
[0, 2], [5, 8] and [10, 15]. A number is absent exactly if it lies in a gap. In a circuit
`check_merkle_absence` verifies a path to one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from zkpipe.accel.bn254 import R
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.gadgets.arguments import misuse, whole
from zkpipe.circuits.gadgets.merkle_paths import MAX_DEPTH
from zkpipe.circuits.gadgets.merkle_tree import MerklePath, MerkleTree
from zkpipe.circuits.language.values.bounds import FIELD_BITS
from zkpipe.ground.kinds import describe, unordered


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers that a list does not hold, from the first to the last, and the path to them."""

    first: int
    last: int
    path: MerklePath

    @property
    def ends(self) -> tuple[int, int]:
        """The leaf: the first and the last number."""
        return self.first, self.last


class GapTree:
    """The gaps of a list of numbers from 0 to 2^bits - 1, or r - 1 for 254 bits.

    values  in any order, from 0
    depth   of the tree, which has 2^depth places; a list of n numbers has up to n + 1 gaps
    bits    of the numbers: those of the UInt that circuits have, 254 for a Field

    Raises InputError for a number that is too large, and for more gaps than places.

    Cost: as MerkleTree, a leaf for each gap.
    """

    def __init__(self, values: Iterable[int], depth: int, bits: int = FIELD_BITS) -> None:
        gadget = "GapTree()"
        whole(gadget, "depth", depth, 1, MAX_DEPTH, "A tree has a level or more.")
        size = whole(gadget, "bits", bits, 1, FIELD_BITS, "Give the bits of the UInt.")
        end = min(1 << size, R)
        entries = unordered(values)
        if entries is None:
            problem = f"has {describe(values)} for values."
            raise misuse(gadget, problem, "Give a list or a set of whole numbers.", "values")
        held = {
            whole(gadget, f"values[{i}]", x, 0, end - 1, "Give numbers of so many bits.")
            for i, x in enumerate(entries)
        }
        around = pairwise([-1, *sorted(held), end])
        self._gaps = [(low + 1, high - 1) for low, high in around if high - low > 1]
        self._tree = MerkleTree(depth, self._gaps)
        self._end = end

    @property
    def root(self) -> int:
        """The root, which stands for the list."""
        return self._tree.root

    def gap(self, number: int) -> Gap:
        """The gap in which a number lies. Raises InputError for one that the list holds."""
        x = whole("GapTree.gap()", "number", number, 0, self._end - 1, "Give one of so many bits.")
        place = bisect_right(self._gaps, (x, self._end)) - 1
        if place < 0 or x > self._gaps[place][1]:
            raise InputError(
                "GapTree.gap() has a number that the list holds.",
                "Its absence cannot be proved.",
                "number",
                number,
            )
        return Gap(*self._gaps[place], self._tree.path(place))
