"""The format of a committed column: how wide its slots are, and which codes they hold.

A slot holds the code of a value: 0 for null, else 1 + value - low. Raw columns hold numbers from 0
to `high` as they are. The digest of a column says its width, its depth, low and high, so it opens
under no other format.

    column 0   2 cell + head   cell 1 to 15, 0 where there is no row; head: the first of its unit
    column 1   unit            the person or firm that a row is about
"""

from __future__ import annotations

from dataclasses import dataclass

NARROW, WIDE = 15, 62
SLOTS = {NARROW: 16, WIDE: 4}  # slots in one field element: 240 and 248 bits
ELEMENTS = 8  # in a chunk
CHILDREN = 8  # of a node
SEGMENT_CLASS = 10  # 2^10 slots a segment
MOST_COLUMNS = CHILDREN * CHILDREN
MOST_CELLS = 15


@dataclass(frozen=True, slots=True)
class Format:
    """How a column is committed.

    width     bits of a slot: 15 or 62
    low       the value whose code is 1; 0 in raw columns
    high      the greatest value
    is_raw    a slot holds the value itself
    """

    width: int
    low: int
    high: int
    is_raw: bool = False

    @property
    def most(self) -> int:
        """The greatest code."""
        return self.high if self.is_raw else 1 + self.high - self.low

    @property
    def bits(self) -> int:
        """How many bits its codes have."""
        return self.most.bit_length()


CELL = Format(NARROW, 0, 31, is_raw=True)
UNIT = Format(WIDE, 0, (1 << WIDE) - 1, is_raw=True)
FIRST_HALF = Format(WIDE, 0, (1 << 61) - 1)  # of a text's digest; 0 is null
SECOND_HALF = UNIT


def chunk_count(width: int, segment_class: int) -> int:
    """How many chunks a column of 2^segment_class slots has: 128 or 32 slots each."""
    return max(1, (1 << segment_class) // (ELEMENTS * SLOTS[width]))
