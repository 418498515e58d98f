"""Kind 4, stats: count and sum of a listed column, cell by cell; sealed.

    results  lock E.y ct ..    words  ctx root ask floor recipient auditor

A cell answers if at least `floor` units in it have a value in the column, else it is (0, 0). The
sum is of value - low, over the rows with a value, so it is never negative; `totals` adds low for
each. Rows that `update` emptied are in no cell.

What the root says is enough: `register` proved that the rows of a unit follow each other, and that
its first row is its head.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, make_dataclass
from fractions import Fraction
from typing import Any

from zkpipe.circuits import Array, Field, UInt, check, narrow, select
from zkpipe.exchange.circuits.answering import Slots, answering
from zkpipe.exchange.circuits.cells import cell_sums, first_values, heads_and_cells
from zkpipe.exchange.circuits.openings import Opening
from zkpipe.exchange.circuits.template import STATS, Template
from zkpipe.exchange.errors import SchemaError
from zkpipe.exchange.tables.columns import Column
from zkpipe.exchange.tables.formats import SEGMENT_CLASS
from zkpipe.exchange.tables.layout import Layout
from zkpipe.exchange.tables.segments import check_class
from zkpipe.ground.shown import shown


def stats(schema: Layout, column: str, segment_class: int = SEGMENT_CLASS) -> Template:
    """The circuit that sums a listed column.

    Raises SchemaError for a column that is not listed.

    Cost: 40,000 rows for 1,024 slots, six cells and values of 7 bits; one more for each slot, cell
    and bit.
    """
    declared = schema.column(column)
    if not declared.listed:
        raise SchemaError(
            f"The column {shown(column)} is not listed, so nobody may be told its sums.",
            'Choose one that the schema has as "listed": true.',
        )
    check_class(segment_class)
    value = schema.place(column)
    opening = Opening(schema, [0, value], segment_class)
    cells = schema.cell_count
    count_bits = segment_class + 1
    code_sum_bits = (declared.formats[0].most << segment_class).bit_length()
    widths = [count_bits, count_bits, code_sum_bits]
    count_type, sum_type = UInt[count_bits], UInt[_sum_bits(declared, segment_class)]
    cell_type = make_dataclass(
        "CellTotal", [("rows", count_type), ("distance", sum_type)], frozen=True
    )

    def told(opened: Slots, ask: Any, floor: Any) -> tuple[Any, ...]:
        check(ask == 0, "this circuit takes no question")
        heads, cell_of = heads_and_cells(opened[0], cells)
        codes = opened[value]
        has_value = [code != 0 for code in codes]
        parts = [first_values(heads, has_value), has_value, codes]
        answers = []
        for units, rows, code_sum in cell_sums(cell_of, parts, widths, cells):
            is_told = units >= floor
            distance = Field(code_sum) - Field(rows)  # of value - low: a code is one more
            told_rows = narrow(select(is_told, rows, 0), count_type)
            told_distance = narrow(select(is_told, distance, 0), sum_type)
            answers.append(cell_type(told_rows, told_distance))
        return (answers,)

    types = (Array[cell_type, cells],)
    return answering("stats", STATS, opening, types, told, keeps_floor=True)


@dataclass(frozen=True, slots=True)
class Total:
    """What a cell answers: (0, 0) if it is silent.

    rows  with a value
    sum   of the values, in the column's own places
    """

    rows: int
    sum: Fraction


def totals(schema: Layout, column: str, answer: Sequence[Any]) -> list[Total]:
    """An opened answer as sums of values, a total for each cell."""
    declared = schema.column(column)
    return [
        Total(cell.rows, Fraction(cell.distance + declared.low * cell.rows, 10**declared.places))
        for cell in answer
    ]


def _sum_bits(column: Column, segment_class: int) -> int:
    return max(1, ((column.high - column.low) << segment_class).bit_length())
