"""Kind 2, update: a segment without some units, whole ones, so many that none stands out.

    results  rows units    words  ctx root schema old floor

A row of the new segment equals the old one, or is 0 in all columns. Rows of a unit go or stay
together. Order and heads are inherited from the old root: units that stay keep their rows in
order, and the empty rows between them are in no cell.

Who knows the answers of both segments knows what went. So of the units of a cell none goes, or all,
or at least `floor`; and unless all go, then of those that go for each listed column none has a
value, or at least `floor` have.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.circuits import (
    Array,
    Bool,
    Field,
    UInt,
    any_of,
    check,
    narrow,
)
from zkpipe.exchange.circuits.answering import FLOOR
from zkpipe.exchange.circuits.cells import cell_sums, first_values, heads_and_cells
from zkpipe.exchange.circuits.openings import Opening, salts_inputs
from zkpipe.exchange.circuits.template import UPDATE, Record, Template, circuit_of, columns_mask
from zkpipe.exchange.tables.commitment import Commitment
from zkpipe.exchange.tables.formats import SEGMENT_CLASS
from zkpipe.exchange.tables.layout import Layout
from zkpipe.exchange.tables.segments import check_class

PACKED_BITS = 240  # of counts that are summed at once


def update(schema: Layout, segment_class: int = SEGMENT_CLASS) -> Template:
    """The circuit that a segment has lost whole units, and no few.

    Cost: 193,000 rows for 1,024 slots, six cells, the unit and four columns of 7 bits or fewer, two
    of them listed. A further column of 7 bits takes 19,400, listed 23,700; one of 62 bits 96,800.
    """
    size = 1 << check_class(segment_class)
    opening = Opening(schema, range(len(schema.formats)), segment_class)
    listed = [schema.place(column.name) for column in schema.columns if column.listed]
    count_bits = segment_class + 1
    count = UInt[count_bits]

    def update_segment(
        ctx: Any, root: Any, schema_word: Any, old: Any, floor: Any,
        goes: Any, slots: Any, old_salts: Any, new_salts: Any,
    ) -> Any:  # fmt: skip
        check(schema_word == schema.word, "this circuit is of another schema")
        before = {j: opening.slots(slots, j) for j in opening.columns}
        after = {
            j: [slot * (1 - gone) for slot, gone in zip(column, goes, strict=True)]
            for j, column in before.items()
        }
        check(
            opening.root(before, old_salts, (), schema_word) == old, "the old root opens otherwise"
        )
        check(
            opening.root(after, new_salts, (), schema_word) == root, "the new root opens otherwise"
        )
        heads, cells = heads_and_cells(before[0], schema.cell_count)
        present = [any_of(bits) for bits in cells]
        for i in range(1, size):
            alone = heads[i] | ~present[i]  # else it is of the unit of the row before
            check((1 - alone) * (goes[i] - goes[i - 1]) == 0, "a unit goes whole")
        gone_heads = [head & gone for head, gone in zip(heads, goes, strict=True)]
        parts = [heads, gone_heads]
        for j in listed:
            gone_values = [b - a != 0 for b, a in zip(before[j], after[j], strict=True)]
            parts.append(first_values(heads, gone_values))
        _check_cells(_counts(cells, parts, count_bits, schema.cell_count), floor)
        rows = sum(here * (1 - gone) for here, gone in zip(present, goes, strict=True))
        units = sum(head - gone for head, gone in zip(heads, gone_heads, strict=True))
        return narrow(rows, count), narrow(units, count)

    words = dict.fromkeys(("ctx", "root", "schema_word", "old", "floor"), Field)
    private = {
        "goes": Array[Bool, size],
        "slots": opening.slots_type,
        "old_salts": opening.salts_type,
        "new_salts": opening.salts_type,
    }
    public = {**words, "floor": FLOOR}
    made = circuit_of(update_segment, public, private, (count, count))
    record = Record(
        kind=UPDATE, columns=columns_mask(opening.columns), results=2, words=len(public)
    )
    return Template(made, record, segment_class)


def _counts(
    cells: Sequence[Any], parts: Sequence[Sequence[Any]], bits: int, count: int
) -> list[list[Any]]:
    """For each cell the sums of all parts, as many at once as a number holds."""
    most = PACKED_BITS // bits
    found: list[list[Any]] = [[] for _ in range(count)]
    for first in range(0, len(parts), most):
        here = parts[first : first + most]
        for cell, sums in zip(
            found, cell_sums(cells, here, [bits] * len(here), count), strict=True
        ):
            cell += sums
    return found


def _check_cells(counts: Sequence[Sequence[Any]], floor: Any) -> None:
    for units, gone, *with_value in counts:
        is_emptied = gone == units
        check(
            is_emptied | (gone == 0) | (gone >= floor),
            "of the units of a cell none goes, or all, or at least the floor",
        )
        for values in with_value:
            check(
                is_emptied | (values == 0) | (values >= floor),
                "of the units that go none has a value in a listed column, or at least the floor",
            )


def update_inputs(
    template: Template, old: Commitment, new: Commitment, ctx: int, floor: int
) -> dict[str, Any]:
    """The inputs by which a new segment takes the place of an old one.

    template  of their schema and class
    old       the segment that leaves
    new       a commitment to old.table.without(rows), under a key of its own
    ctx       Context.word, for the action publish
    floor     the lineage's
    """
    opening = Opening(old.table.schema, range(len(old.digests)), template.segment_class)
    return {
        "ctx": ctx,
        "root": new.root,
        "schema_word": old.table.schema.word,
        "old": old.root,
        "floor": floor,
        "goes": [int(gone) for gone in _gone(old, new)],
        "slots": opening.inputs(old)["slots"],
        "old_salts": salts_inputs(old, opening.columns),
        "new_salts": salts_inputs(new, opening.columns),
    }


def _gone(old: Commitment, new: Commitment) -> NDArray[np.bool_]:
    """The rows that one has and the other has not."""
    was, remains = old.table.columns[0][0], new.table.columns[0][0]
    gone: NDArray[np.bool_] = np.logical_and(was != 0, remains == 0)
    return gone
