"""Sums of what rows have, cell by cell.

Several small counts are packed into one number, each in bits of its own, and the numbers of the
rows of each cell are summed: a tree over the bits of the cell splits a row's number, a row of
constraints for each cell. The sums are taken apart by one decomposition a cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.circuits import Field, UInt, narrow
from zkpipe.circuits.gadgets import from_bits, to_bits

Bits = Sequence[Any]


def heads_and_cells(slots: Sequence[Any], count: int) -> tuple[list[Any], list[Bits]]:
    """Column 0 taken apart: whether a row is the first of its unit, and the bits of its cell.

    slots  2 cell + head each, where cell is 0 to `count`
    """
    parts = [to_bits(slot, 1 + count.bit_length()) for slot in slots]
    return [bits[0] for bits in parts], [bits[1:] for bits in parts]


def cell_sums(
    cells: Sequence[Bits], parts: Sequence[Sequence[Any]], widths: Sequence[int], count: int
) -> list[list[Any]]:
    """The sums of a cell's rows, for cells 1 to `count`: of each part.

    cells   bits of a number from 0 to `count` for each row; 0 is no cell
    parts   a list for each part, a number for each row
    widths  bits that hold a cell's sum of each part, 253 in all at the most

    result  a list for each cell: a UInt for each part

    Cost: `count` rows for each row of the table, and 1 + sum(widths) for each cell.
    """
    totals: list[Any] = [Field(0)] * (1 + count)
    for row, bits in enumerate(cells):
        number: Any = Field(0)
        shift = 0
        for part, width in zip(parts, widths, strict=True):
            number = number + Field(part[row]) * (1 << shift)
            shift += width
        for cell, value in _split(number, bits[::-1], 0, count):
            totals[cell] = totals[cell] + value
    return [_taken_apart(total, widths) for total in totals[1:]]


def _split(number: Any, bits: Bits, place: int, count: int) -> list[tuple[int, Any]]:
    """The number at the place that bits say, the highest first, and 0 at others up to `count`."""
    if not bits:
        return [(place, number)]
    bit, *lower = bits
    middle = place + (1 << len(lower))
    if middle > count:  # the bit is 0 here, since no cell is above `count`
        return _split(number, lower, place, count)
    upper = number * bit
    below, above = number - upper, upper
    return [*_split(below, lower, place, count), *_split(above, lower, middle, count)]


def _taken_apart(total: Any, widths: Sequence[int]) -> list[Any]:
    bits = to_bits(narrow(total, UInt[sum(widths)]), sum(widths))
    found, start = [], 0
    for width in widths:
        found.append(from_bits(bits[start : start + width]))
        start += width
    return found


def first_values(heads: Sequence[Any], has_value: Sequence[Any]) -> list[Any]:
    """Whether a row is the first of its unit with a value: as many are as there are such units.

    heads      Bools: whether a row is the first of its unit
    has_value  Bools
    result     Fields of 0 and 1

    Cost: two rows for each.
    """
    found: list[Any] = []
    seen: Any = Field(0)  # whether a row of this unit had one
    for head, has in zip(heads, has_value, strict=True):
        carried = seen * (1 - Field(head))
        first = Field(has) * (1 - carried)
        found.append(first)
        seen = carried + first
    return found
