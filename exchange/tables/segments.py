"""Rows in segments: sorted by cell and unit, whole units where they fit.

A segment has 2^class slots, 1,024 by default, and zeros after its rows. Segments are filled in
order with as many whole units as fit, so a table of n rows takes n / 1,024 segments or few more.
A unit is split only if its rows in one cell are more than a segment's: then it begins a segment of
its own, fills as many as it needs, and counts as a unit in each. The last rows of a cell may so
come alone into a segment; below the floor that segment is silent on the cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.exchange.errors import ExchangeError, SchemaError
from zkpipe.exchange.tables.formats import CELL, NARROW, Format
from zkpipe.exchange.tables.layout import Layout

Slots = NDArray[Any]  # uint16 for 15 bits, uint64 for 62
NO_ROW = -1
CLASSES = range(1, 21)


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """Rows under a schema as codes, in segments.

    schema         theirs
    segment_class  a segment has 2^segment_class slots
    columns        the committed columns, each (segments, 2^segment_class); uint16 or uint64
    origin         (segments, 2^segment_class) int64: the number of the frame's row, from 0; -1
                   where there is none
    """

    schema: Layout
    segment_class: int
    columns: tuple[Slots, ...]
    origin: NDArray[np.int64]

    def __repr__(self) -> str:
        return f"<Table of {len(self)} segments>"

    def __len__(self) -> int:
        """How many segments there are."""
        return len(self.origin)

    def segment(self, i: int) -> Table:
        """A segment by itself. Raises ExchangeError if there is none of that number."""
        if not 0 <= i < len(self):
            raise ExchangeError(
                f"The table has no segment {i}.", f"Give a number from 0 to {len(self) - 1}."
            )
        parts = tuple(column[i : i + 1] for column in self.columns)
        return Table(self.schema, self.segment_class, parts, self.origin[i : i + 1])

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """How many rows each segment has."""
        counts: NDArray[np.int64] = np.sum(self.columns[0] >= 2, axis=1, dtype=np.int64)
        return counts

    @cached_property
    def units(self) -> NDArray[np.int64]:
        """How many units each segment has, a unit in two cells counted twice."""
        counts: NDArray[np.int64] = np.sum(self.columns[0] & 1, axis=1, dtype=np.int64)
        return counts

    def without(self, rows: NDArray[np.bool_]) -> Table:
        """The table with zeros in place of rows: what `update` proves.

        rows  (segments, 2^segment_class): whether a row goes
        """
        if rows.shape != self.origin.shape:
            raise ExchangeError(
                f"Rows are marked in an array of shape {rows.shape}.",
                f"Give one of shape {self.origin.shape}, of bools.",
            )
        parts = tuple(np.where(rows, column.dtype.type(0), column) for column in self.columns)
        return Table(self.schema, self.segment_class, parts, np.where(rows, NO_ROW, self.origin))


def check_class(segment_class: object) -> int:
    """The class of a segment, if it is one. Raises SchemaError."""
    if not isinstance(segment_class, int) or segment_class not in CLASSES:
        raise SchemaError("A segment's class is no number from 1 to 20.", "Leave it at 10.")
    return segment_class


def dtype_of(format_: Format) -> type[np.uint16] | type[np.uint64]:
    """Of the slots of a column."""
    return np.uint16 if format_.width == NARROW else np.uint64


def in_segments(
    schema: Layout,
    cells: NDArray[np.uint16],
    units: Sequence[NDArray[np.uint64]],
    codes: Iterator[Slots],
    segment_class: int,
) -> Table:
    """The rows as a Table.

    cells  (n,) 1 to 15
    units  one or two arrays of n numbers
    codes  of the other committed columns, one after another, each (n,), in the frame's order
    """
    keys: list[NDArray[Any]] = [*reversed(units), cells]
    order = np.lexsort(keys).astype(np.int64)
    cells = cells[order]
    changes = cells[1:] != cells[:-1]
    for unit in units:
        here = unit[order]
        changes = changes | (here[1:] != here[:-1])
    starts = np.concatenate(([0], 1 + np.flatnonzero(changes)))
    bounds = segment_bounds(starts, len(order), 1 << segment_class)
    slot = _slots(bounds, 1 << segment_class)
    shape = len(bounds) - 1, 1 << segment_class

    def placed(values: NDArray[Any], empty: int = 0) -> NDArray[Any]:
        out = np.full(shape, empty, values.dtype)
        out.reshape(-1)[slot] = values
        return out

    heads = np.zeros(len(order), bool)
    heads[starts] = True
    heads[bounds[:-1]] = True
    slots = (2 * cells + heads).astype(dtype_of(CELL))
    columns = (
        placed(slots),
        *(placed(unit[order]) for unit in units),
        *(placed(column[order]) for column in codes),
    )
    return Table(schema, segment_class, columns, placed(order, NO_ROW))


def segment_bounds(starts: NDArray[np.int64], rows: int, size: int) -> NDArray[np.int64]:
    """Where segments begin, and the number of rows at last.

    starts  of the units' rows, ascending from 0
    """
    ends = np.append(starts[1:], rows)
    bounds, at = [0], 0
    while at < rows:
        last = int(np.searchsorted(ends, at + size, side="right"))
        reached = int(ends[last - 1]) if last else 0
        at = reached if reached > at else at + size  # else one unit has more rows than a segment
        bounds.append(min(at, rows))
    return np.array(bounds, np.int64)


def _slots(bounds: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """The slot of each row: segment by segment, from the first slot on."""
    sizes = np.diff(bounds)
    return np.repeat(np.arange(len(sizes)) * size - bounds[:-1], sizes) + np.arange(bounds[-1])
