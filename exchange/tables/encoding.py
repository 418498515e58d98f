"""A frame under a schema as a Table: cells, units, and the codes of all columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.exchange.errors import TableError
from zkpipe.exchange.tables.codes import codes_of, given_digests, text_digests
from zkpipe.exchange.tables.columns import Column
from zkpipe.exchange.tables.formats import SEGMENT_CLASS, WIDE
from zkpipe.exchange.tables.frames import columns_of
from zkpipe.exchange.tables.layout import Layout
from zkpipe.exchange.tables.segments import Slots, Table, check_class, in_segments
from zkpipe.exchange.tables.texts import hex_digits
from zkpipe.exchange.tables.values import is_text, joined, nulls_of, refuse
from zkpipe.ground.shown import shown

HOLDER_DIGITS = 31  # hex, of 124 bits
Units = NDArray[np.uint64]


def encode(schema: Layout, frame: Any, segment_class: int = SEGMENT_CLASS) -> Table:
    """As Schema.encode, in segments of 2^segment_class rows."""
    size = check_class(segment_class)
    names = [schema.unit, *(column.name for column in schema.columns)]
    values = columns_of(frame, names)
    units = _units(schema, joined(values[schema.unit]))
    cells = np.ones(len(units[0]), np.uint16)
    weight = 1
    for column in reversed(schema.cell_columns):
        (of_column,) = codes_of(column, values[column.name])
        cells += ((of_column - 1) * weight).astype(np.uint16)
        weight *= column.high - column.low + 1

    def codes() -> Iterator[Slots]:
        for column in schema.columns:
            yield from codes_of(column, values[column.name])

    return in_segments(schema, cells, units, codes(), size)


def units_of(schema: Layout, frame: Any) -> list[Units]:
    """The numbers of the units in a frame, CSV or Parquet file: one array, or two of holders.

    Raises as `encode`.
    """
    return _units(schema, joined(columns_of(frame, [schema.unit])[schema.unit]))


def _units(schema: Layout, array: Any) -> list[Units]:
    """The numbers of the units: one array, or two of holders."""
    name, type_ = schema.unit, schema.unit_type
    is_null = nulls_of(array)
    refuse(name, is_null, "has no unit", "Say whose each row is.")
    if type_ == "int":
        column = Column(name, "int", 0, (1 << WIDE) - 2, WIDE, nulls=False)
        (codes,) = codes_of(column, array)
        return [codes - np.uint64(1)]
    if type_ == "holder":
        if not is_text(array.type):
            raise TableError(
                f"The column {shown(name)} holds {array.type} values, which are no holders.",
                "Give texts of 0x and 31 hex digits.",
            )
        return _holders(name, array)
    read = text_digests if type_ == "text" else given_digests
    digests = read(name, array, is_null)
    units = np.ascontiguousarray(digests[:, :8]).view(">u8").astype(np.uint64)[:, 0] >> np.uint64(2)
    if len(np.unique(units)) < len(np.unique(digests, axis=0)):
        raise TableError(
            f"Two units of the column {shown(name)} have the same first 62 bits of their digests.",
            "Number the units yourself: a column of whole numbers.",
        )
    return [units]


def _holders(name: str, array: Any) -> list[Units]:
    digits, is_other = hex_digits(array, HOLDER_DIGITS)
    refuse(name, is_other, "has no holder", "Write 0x and 31 hex digits, of 124 bits.")
    wide = digits.astype(np.uint64)
    high = np.zeros(len(wide), np.uint64)  # bits 64 to 123
    for i in range(HOLDER_DIGITS - 16):
        high = high << np.uint64(4) | wide[:, i]
    low = np.zeros(len(wide), np.uint64)  # bits 0 to 63
    for i in range(HOLDER_DIGITS - 16, HOLDER_DIGITS):
        low = low << np.uint64(4) | wide[:, i]
    first = low & np.uint64((1 << WIDE) - 1)
    return [first, high << np.uint64(2) | low >> np.uint64(WIDE)]
