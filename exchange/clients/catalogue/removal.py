"""Segments without some units, so many that nobody can tell from two answers what those held.

Of the units of a cell none goes, or all, or at least the floor. Unless all go, of those that go for
each listed column none has a value, or at least the floor have. The circuit `update` proves this;
here it is said before anything is proved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.exchange.clients.catalogue.descriptions import Description
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.errors import RemovalError
from zkpipe.exchange.tables import Commitment, Schema, Table, commit, segment_key
from zkpipe.exchange.tables.encoding import units_of
from zkpipe.exchange.tables.layout import Layout
from zkpipe.ground.shown import shown


def remove_units(
    holdings: Holdings, roots: Sequence[bytes], units: Any, floor: int, schema: Schema
) -> Description:
    """Commit to segments anew without units; those that have none of them stay out of it.

    roots  of segments that the home has
    units  a frame, CSV or Parquet file with the column of the units
    floor  the lineage's

    Raises RemovalError if no segment has such a unit, or the removal would show what they held;
    TableError; UnknownSubjectError for a segment that the home does not have.
    """
    wanted = units_of(schema, units)
    made: list[Commitment] = []
    replaces: dict[int, int] = {}
    for root in roots:
        old = holdings.segment(root)
        goes = rows_of_units(old.table, wanted)
        if goes.any():
            check_removal(old.table, goes, floor)
            new = commit(old.table.without(goes), segment_key())
            replaces[new.root] = old.root
            made.append(new)
    if not made:
        raise RemovalError(
            "None of the segments has a row of one of these units.",
            "Give the segments that hold them, as they are now.",
        )
    holdings.keep(made)
    return Description.of(made, replaces)


def rows_of_units(
    table: Table, units: Iterable[NDArray[np.uint64]], cell: int | None = None
) -> NDArray[np.bool_]:
    """Which rows are of units, (segments, slots); of a cell's alone if one is named.

    units  one array of numbers, of a keyed set two
    """
    wanted = _joined(units)
    count = 2 if table.schema.is_keyed else 1
    here = _joined([column.reshape(-1) for column in table.columns[1 : 1 + count]])
    found: NDArray[np.bool_] = np.isin(here, wanted).reshape(table.columns[0].shape)
    cells = table.columns[0] >> 1
    return found & (cells > 0 if cell is None else cells == cell)


def check_removal(table: Table, goes: NDArray[np.bool_], floor: int) -> None:
    """Raises RemovalError if answers before and after would tell of rows that go.

    table  of one segment
    goes   (1, slots)
    """
    schema = table.schema
    cells = table.columns[0][0] >> 1
    numbers = unit_numbers(table)
    for cell in np.unique(cells[goes[0]]).tolist():
        here = cells == cell
        gone = goes[0] & here
        count = len(np.unique(numbers[gone]))
        if count == len(np.unique(numbers[here])):
            continue
        if count < floor:
            raise RemovalError(
                f"Fewer units than the floor, {floor}, would leave {cell_name(schema, cell)}.",
                "Remove more of them at once, or all of that cell.",
            )
        for column in schema.columns:
            if column.listed:
                values = table.columns[schema.place(column.name)][0] != 0
                count = len(np.unique(numbers[gone & values]))
                if 0 < count < floor:
                    raise RemovalError(
                        f"Fewer units than the floor, {floor}, with a value in "
                        f"{shown(column.name)} would leave {cell_name(schema, cell)}.",
                        "Remove more of them at once, or all of that cell.",
                    )


def unit_numbers(table: Table) -> NDArray[Any]:
    """The unit of each slot of a table of one segment; of keyed sets both halves."""
    count = 2 if table.schema.is_keyed else 1
    return _joined([column[0] for column in table.columns[1 : 1 + count]])


def cell_name(schema: Layout, cell: int) -> str:
    """A cell in words, by the values of its columns where the schema names them."""
    rest, parts = cell - 1, []
    for column in reversed(schema.cell_columns):
        rest, code = divmod(rest, column.high - column.low + 1)
        said = column.values[code] if column.values else str(column.low + code)
        parts.append(f"{shown(column.name)} {shown(said)}")
    return "the cell of " + ", ".join(reversed(parts)) if parts else "the only cell"


def _joined(units: Iterable[NDArray[Any]]) -> NDArray[Any]:
    """One or two arrays of numbers as one array, each entry of which stands for a unit."""
    parts = [np.ascontiguousarray(part, np.uint64) for part in units]
    if len(parts) == 1:
        return parts[0]
    both = np.stack(parts, axis=-1)
    return np.ascontiguousarray(both).view([("first", np.uint64), ("second", np.uint64)])[..., 0]
