"""Kind 1, register: a segment's rows are sorted, its heads are right, and padding is last.

    results  rows units    words  ctx root schema

One circuit and one key serve all schemas: it opens columns 0 and 1, and takes the digests of the
other columns and groups as they are.

Slots are not inputs here, but steps. A row's rank is its cell - 1, or 15 where there is no row, so
sorted rows have ranks that never fall. Its unit is a gap of 62 bits above the unit before, or above
0 where a cell begins. Units so never fall within a cell, and the gaps' bits are all the bits there
are. Only the greatest unit of each cell must be shown to be below 2^62: the room above it is an
input of 62 bits for each cell, and where a cell ends, unit + room = 2^62 - 1. Slots without a row
have all of that for their room, so the unit of the last one is 0, and with it all of theirs.
"""

from __future__ import annotations

from typing import Any

from zkpipe.circuits import Array, Field, UInt, check, lookup, narrow
from zkpipe.exchange.circuits.template import REGISTER, Record, Template, circuit_of, columns_mask
from zkpipe.exchange.tables.commitment import Commitment
from zkpipe.exchange.tables.digests import column_digest, root_of_opened, sibling_count, siblings
from zkpipe.exchange.tables.formats import (
    CELL,
    MOST_CELLS,
    MOST_COLUMNS,
    SEGMENT_CLASS,
    UNIT,
    WIDE,
    chunk_count,
)
from zkpipe.exchange.tables.segments import check_class

OPENED = (0, 1)
NO_ROW = MOST_CELLS  # the rank of a slot without a row
TOP = (1 << WIDE) - 1


def register(segment_class: int = SEGMENT_CLASS) -> Template:
    """The circuit that a segment is sorted.

    segment_class  of segments of 2^segment_class slots

    Cost: 118,942 rows for 1,024 slots.
    """
    size = 1 << check_class(segment_class)
    bits = segment_class + 1

    def register_segment(
        ctx: Any, root: Any, schema: Any,
        ranks: Any, gaps: Any, rooms: Any, cell_salts: Any, unit_salts: Any, siblings: Any,
    ) -> Any:  # fmt: skip
        cells, units, rows, heads = sorted_slots(ranks, gaps, rooms)
        digests = {
            0: column_digest(cells, cell_salts, CELL, segment_class),
            1: column_digest(units, unit_salts, UNIT, segment_class),
        }
        opened = root_of_opened(schema, digests, siblings, MOST_COLUMNS)
        check(opened == root, "the root opens otherwise")
        return narrow(rows, UInt[bits]), narrow(heads, UInt[bits])

    public = dict.fromkeys(("ctx", "root", "schema"), Field)
    private = {
        "ranks": Array[UInt[4], size],
        "gaps": Array[UInt[WIDE], size],
        "rooms": Array[UInt[WIDE], MOST_CELLS],
        "cell_salts": Array[Field, chunk_count(CELL.width, segment_class)],
        "unit_salts": Array[Field, chunk_count(UNIT.width, segment_class)],
        "siblings": Array[Field, sibling_count(MOST_COLUMNS, OPENED)],
    }
    made = circuit_of(register_segment, public, private, (UInt[bits], UInt[bits]))
    record = Record(kind=REGISTER, columns=columns_mask([*OPENED]), results=2, words=len(public))
    return Template(made, record, segment_class)


def sorted_slots(ranks: Any, gaps: Any, rooms: Any) -> tuple[list[Any], list[Any], Any, Any]:
    """The slots of columns 0 and 1, and how many rows and heads there are."""
    above = [*rooms, TOP]  # by rank; a slot without a row has unit 0
    cells: list[Any] = []
    units: list[Any] = []
    rows = heads = 0
    unit: Any = 0
    for i, (rank, gap) in enumerate(zip(ranks, gaps, strict=True)):
        is_row = rank != NO_ROW
        if i == 0:
            is_head = is_row
        else:
            before = ranks[i - 1]
            check(rank >= before, "rows are sorted by cell, and slots without a row are last")
            begins = rank != before
            unsaid = begins * (unit + lookup(above, before) - TOP)
            check(unsaid == 0, "a unit is below 2^62")
            unit = unit * (1 - begins)
            is_head = is_row & (begins | (gap != 0))
        unit = unit + gap
        cells.append(2 * (rank + 1) + is_head - (2 * NO_ROW + 2) * (1 - is_row))
        units.append(Field(unit))  # as a sum of gaps its bounds are wider than it is
        rows, heads = rows + is_row, heads + is_head
    # Without a row the room is all there is: the last unit is 0, and so are those since the rows.
    check(unit + lookup(above, ranks[-1]) == TOP, "a unit is below 2^62, and 0 without a row")
    return cells, units, rows, heads


def register_inputs(commitment: Commitment, ctx: int) -> dict[str, Any]:
    """The inputs by which a segment is registered.

    ctx  Context.word, for the action publish
    """
    table = commitment.table
    cells = [slot // 2 for slot in commitment.slots(0)]
    units = commitment.slots(1)
    rooms, gaps = [0] * MOST_CELLS, []
    for i, (cell, unit) in enumerate(zip(cells, units, strict=True)):
        goes_on = i > 0 and cells[i - 1] == cell
        gaps.append(unit - units[i - 1] if goes_on else unit)
        if cell:
            rooms[cell - 1] = TOP - unit
    return {
        "ctx": ctx,
        "root": commitment.root,
        "schema": table.schema.word,
        "ranks": [cell - 1 if cell else NO_ROW for cell in cells],
        "gaps": gaps,
        "rooms": rooms,
        "cell_salts": commitment.salts(0),
        "unit_salts": commitment.salts(1),
        "siblings": siblings(commitment.digests, OPENED, MOST_COLUMNS),
    }
