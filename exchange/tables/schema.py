"""A schema: what the columns of a table are, which make the cell, and whose the rows are.

    {"format": "zkpipe schema 1",
     "columns": [{"name": "visits", "type": "int", "low": 0, "high": 100, "width": 15,
                  "nulls": false, "listed": true}, ..],
     "cell": ["plan", "health"],
     "unit": {"name": "person", "type": "int"}}

Columns are in `columns`. The cell of a row is told by columns without nulls, of 15 combinations of
values at the most; by none for one cell. The unit is the person or firm that a row is about:

    int      a whole number from 0, below 2^62
    text     62 bits of its digest
    digest   the first 62 bits of 32 bytes in hex
    holder   31 hex digits after 0x: of a keyed set, in which a row is found by its holder's key

Every member stands in the file, so that what means the same has one digest: keccak256 of the JSON
with sorted names, without spaces, in UTF-8. Circuits take that shifted by 8 bits.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

from zkpipe.exchange.errors import SchemaError
from zkpipe.exchange.tables.columns import Column, read_name, require_members
from zkpipe.exchange.tables.encoding import encode
from zkpipe.exchange.tables.formats import MOST_CELLS, MOST_COLUMNS
from zkpipe.exchange.tables.layout import Layout, unknown
from zkpipe.exchange.tables.segments import Table
from zkpipe.ground.files.strict_json import Json, parse_json, read_json
from zkpipe.ground.kinds import require, require_path
from zkpipe.ground.shown import shown

FORMAT = "zkpipe schema 1"
UNIT_TYPES = ("int", "text", "digest", "holder")
MOST_BYTES = 1 << 22


@dataclass(frozen=True)
class Schema(Layout):
    """A schema that was read from its file: what it says, and how a frame is encoded by it."""

    @staticmethod
    def load(path: str | os.PathLike[str]) -> Schema:
        """The schema in a file. Raises FileError, FormatError and SchemaError."""
        file = require_path("Schema.load()", "path", path)
        return _read(read_json(file, limit=MOST_BYTES), str(file))

    @staticmethod
    def of(text: str | bytes) -> Schema:
        """The schema that a JSON text says. Raises FormatError and SchemaError."""
        data = text.encode() if isinstance(text, str) else text
        checked = require("Schema.of()", "text", data, bytes, "Give JSON.")
        return _read(parse_json(checked, "The schema", limit=MOST_BYTES), "The schema")

    def encode(self, frame: Any) -> Table:
        """A frame's rows as codes, sorted, in segments.

        frame  a table of pyarrow, a data frame of pandas or polars, a dict of arrays, or the path
               of a CSV or Parquet file. Columns of other names are left out

        Raises TableError for what the schema does not hold, MissingError without pyarrow.

        Cost: 0.6 s for 10^6 rows and 20 columns of numbers.
        """
        return encode(self, frame)


def _read(value: Json, where: str) -> Schema:
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise SchemaError(f"{where} is no schema.", f'Write an object with "format": "{FORMAT}".')
    require_members(value, {"format", "columns", "cell", "unit"}, where)
    listed, cell, unit = value["columns"], value["cell"], value["unit"]
    if not isinstance(listed, list) or not listed:
        raise SchemaError(f"{where} has no columns.", "List one or more.")
    columns = tuple(Column.read(item, f"Column {i} of {where}") for i, item in enumerate(listed, 1))
    if not isinstance(unit, dict):
        raise SchemaError(f"{where} has no unit.", 'Write "unit": {"name": .., "type": ..}.')
    require_members(unit, {"name", "type"}, f"The unit of {where}")
    unit_type = unit["type"]
    if not isinstance(unit_type, str) or unit_type not in UNIT_TYPES:
        raise SchemaError(
            f"The unit of {where} has no type that there is.",
            f"Write one of {', '.join(UNIT_TYPES)}.",
        )
    names = [read_name(unit["name"], f"The unit of {where}"), *(column.name for column in columns)]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise SchemaError(f"{where} has two columns {shown(name)}.", "Give each its own name.")
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    schema = Schema(columns, _cell(cell, names, where), names[0], unit_type, text.encode())
    _check_cells(schema, where)
    if len(schema.formats) > MOST_COLUMNS:
        raise SchemaError(
            f"{where} has {len(schema.formats)} committed columns: a text takes two of them.",
            f"A table has {MOST_COLUMNS} at most.",
        )
    return schema


def _cell(value: Json, names: list[str], where: str) -> tuple[str, ...]:
    found = [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
    if not isinstance(value, list) or len(found) < len(value) or len(set(found)) < len(found):
        raise SchemaError(
            f"{where} has no list of names that make the cell.", 'Write "cell": [] for one cell.'
        )
    for name in found:
        if name not in names[1:]:
            raise unknown(name, names[1:])
    return tuple(found)


def _check_cells(schema: Schema, where: str) -> None:
    for column in schema.cell_columns:
        if column.nulls or len(column.formats) > 1:
            raise SchemaError(
                f"The column {shown(column.name)} of {where} cannot make the cell: it has nulls, "
                "or any number of values.",
                "Choose categories, bools or small numbers without nulls.",
            )
    if schema.cell_count > MOST_CELLS:
        raise SchemaError(
            f"The columns of the cell of {where} have {schema.cell_count:,} combinations.",
            f"Choose fewer or coarser ones: {MOST_CELLS} at most.",
        )
    if schema.is_keyed and schema.cell:
        raise SchemaError(
            f"{where} is of a keyed set, and has cells.", 'Write "cell": []: it has one cell.'
        )
