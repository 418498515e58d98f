"""What a schema says of tables: their committed columns, cells and units.

The committed columns are column 0, 2 cell + head; column 1, the unit, in keyed sets with its second
half in column 2; then each declared column, in one or two of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

from zkpipe.exchange.errors import SchemaError
from zkpipe.exchange.tables.columns import Column
from zkpipe.exchange.tables.formats import CELL, UNIT, Format
from zkpipe.exchange.words import keccak, word_of
from zkpipe.ground.shown import shown


@dataclass(frozen=True)
class Layout:
    """What a table's columns are.

    columns    as they are declared, in order
    cell       the names of the columns that tell the cell
    unit       the name of the column that tells the unit
    unit_type  int, text, digest or holder
    canonical  the JSON that is digested
    """

    columns: tuple[Column, ...]
    cell: tuple[str, ...]
    unit: str
    unit_type: str
    canonical: bytes

    @cached_property
    def hash(self) -> bytes:
        """keccak256 of the canonical JSON: schemaHash of policies and of circuits."""
        return keccak(self.canonical)

    @property
    def word(self) -> int:
        """The schema as a circuit's public word."""
        return word_of(self.hash)

    @property
    def is_keyed(self) -> bool:
        """Whether rows are found by their holder's key."""
        return self.unit_type == "holder"

    @cached_property
    def formats(self) -> tuple[Format, ...]:
        """Of the committed columns, in order: cell, unit, perhaps its second half, and the rest."""
        units = (UNIT, UNIT) if self.is_keyed else (UNIT,)
        return (CELL, *units, *(part for column in self.columns for part in column.formats))

    def place(self, name: str) -> int:
        """The number of the committed column, or of the first of two, that a name stands for.

        Raises SchemaError for a name that no column has.
        """
        number = 3 if self.is_keyed else 2
        if name == self.unit:
            return 1
        for column in self.columns:
            if column.name == name:
                return number
            number += len(column.formats)
        raise unknown(name, [self.unit, *(column.name for column in self.columns)])

    def column(self, name: str) -> Column:
        """The declared column of a name. Raises SchemaError for a name that none has."""
        for column in self.columns:
            if column.name == name:
                return column
        raise unknown(name, [column.name for column in self.columns])

    @cached_property
    def cell_columns(self) -> tuple[Column, ...]:
        """The columns that tell the cell, the first one's value changing slowest."""
        return tuple(self.column(name) for name in self.cell)

    @property
    def cell_count(self) -> int:
        """How many cells there can be: 1 to 15."""
        return prod(1 + column.high - column.low for column in self.cell_columns)


def unknown(name: str, names: Sequence[str]) -> SchemaError:
    """The error for a name that no column has."""
    near = difflib.get_close_matches(name, names, 1)
    fix = f"Did you mean {shown(near[0])}?" if near else "Write a name as it is declared."
    return SchemaError(f"No column has the name {shown(name)}.", fix)
